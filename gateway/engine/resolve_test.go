package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

// resolve has an operator say what became of an operation.
func (k *kit) resolve(op string, said engine.Resolution) (engine.Answer, error) {
	if said.Reason == "" {
		said.Reason = "the lender's statement"
	}
	return k.engine.Resolve(k.Context(), k.operator(), op, said)
}

func (k *kit) resolved(op string, said engine.Resolution) engine.Answer {
	k.Helper()
	answer, err := k.resolve(op, said)
	if err != nil {
		k.Fatalf("resolve: %v", err)
	}
	return answer
}

// trusting is spendoption where no key is trusted, so that every doubt is left to a person.
func trusting(s style) style {
	s.settings = adapters.Values{"idempotent_ops": ""}
	for name, value := range spendoptionStyle.settings {
		s.settings[name] = value
	}
	return s
}

// doubts are operations of every kind whose answer was lost.
var doubts = func() []movement {
	none := trusting(spendoptionStyle)
	return []movement{
		{"creditkey create", creditkeyStyle, true, nil, engine.Ask{Kind: canonical.OpCreate}, byPerson},
		{"creditkey authorize", creditkeyStyle, true, nil, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}}, byRead},
		{"creditkey update", creditkeyStyle, false, nil, change(canonical.Change{Amount: creditkeyStyle.money("900.00")}), byRead},
		{"creditkey cancel", creditkeyStyle, false, nil, cancel(nil), byRead},
		{"creditkey refund", creditkeyStyle, false, []engine.Ask{capture(nil)}, refund(creditkeyStyle.money("10.00")), byPerson},
		{"ecster capture", ecsterStyle, false, nil, capture(ecsterStyle.money("300.00")), byRead},
		{"ecster capture for good", ecsterStyle, false, nil, finalCapture(ecsterStyle.money("300.00")), byRead},
		{"cryptopay create", cryptopayStyle, true, nil, engine.Ask{Kind: canonical.OpCreate}, byRepeat},
		{"spendoption authorize", none, true, nil, engine.Ask{Kind: canonical.OpAuthorize}, byPerson},
		{"spendoption capture", none, false, nil, capture(none.money("300.00")), byPerson},
		{"spendoption cancel", none, false, nil, cancel(none.money("300.00")), byPerson},
		{"spendoption refund", none, false, []engine.Ask{capture(nil)}, refund(none.money("300.00")), byPerson},
		{"spendoption capture for good", none, false, nil, finalCapture(none.money("300.00")), byPerson},
		{"spendoption refund over captures", none, false, []engine.Ask{capture(none.money("300.00")), capture(nil)}, refund(nil), byPerson},
	}
}()

// doubtful is a kit with the movement in doubt, which happened at the lender or did not.
func (m movement) doubtful(t tester, happened bool) (*kit, engine.Answer) {
	t.Helper()
	k, order := m.ready(t)
	fault := "lose_request"
	if happened {
		fault = "lose_reply"
	}
	k.fault(m.style.name(), m.operation(), fault)
	answer, err := m.perform(k, k.engine, k.callWith("key", "request"), order)
	if err != nil || answer.Operation.State != canonical.Doubtful {
		t.Fatalf("%s is %s, %v", m.name, answer.Operation.State, err)
	}
	return k, answer
}

// said is what an operator reads off the lender's own dashboard.
func (m movement) said(k *kit, happened bool) engine.Resolution {
	if !happened {
		return engine.Resolution{Outcome: canonical.Failed}
	}
	said := engine.Resolution{Outcome: canonical.Succeeded}
	there := k.world.Orders(m.style.name())
	switch m.ask.Kind {
	case canonical.OpCreate, canonical.OpAuthorize:
		said.Reference = there[len(there)-1].ID
	case canonical.OpCapture:
		said.Reference = "there-1"
	}
	return said
}

func TestAnOperatorEndsADoubt(t *testing.T) {
	for _, m := range doubts {
		for _, happened := range []bool{true, false} {
			name := m.name + " failed"
			if happened {
				name = m.name + " succeeded"
			}
			t.Run(name, func(t *testing.T) {
				k, doubtful := m.doubtful(t, happened)
				before := k.asks(m.style.name())
				said := m.said(k, happened)
				said.Attempt = doubtful.Operation.Attempts[0].ID
				k.resolved(doubtful.Operation.ID, said)
				op := k.operation(doubtful.Operation.ID)
				want := canonical.Failed
				if happened {
					want = canonical.Succeeded
				}
				if op.State != want || op.FoundBy != canonical.ByOperator && len(op.Attempts) == 1 {
					t.Fatalf("it is %s, found by %s", op.State, op.FoundBy)
				}
				if rest := len(op.Attempts) - 1; happened && k.asks(m.style.name())-before != rest || !happened && k.asks(m.style.name()) != before {
					t.Errorf("%d requests, %d attempts are left of the plan", k.asks(m.style.name())-before, rest)
				}
				after := k.order(doubtful.Order.ID)
				if after.InDoubt != nil || after.Hidden.Open != nil {
					t.Errorf("the order is still held: %+v", after.Hidden.Open)
				}
				k.wantAllBooks(m.style)
				k.wantTold(after.ID, op.ID)
				if m.style.name() != "spendoption" && after.ProviderOrder.ID != "" {
					if synced := k.sync(after.ID); synced.Drift != nil || k.alarms.String() != "" {
						t.Errorf("a read finds drift %v, alarms %q", synced.Drift, k.alarms.String())
					}
				}
			})
		}
	}
}

// wantTold: the history says who ended the doubt, and why.
func (k *kit) wantTold(order, op string) {
	k.Helper()
	sealed, err := k.engine.History(k.Context(), k.operator(), order, 0, 1000)
	if err != nil {
		k.Fatal(err)
	}
	for _, event := range k.read(sealed) {
		if event.Type == canonical.OperationResolved && event.Operation.ID == op {
			if event.Origin != canonical.FromOperator || event.Actor != "key_operator" || event.Detail != "the lender's statement" {
				k.Errorf("resolved by %s %q because %q", event.Origin, event.Actor, event.Detail)
			}
			return
		}
	}
	k.Errorf("nothing tells of it: %v", k.events(order))
}

// TestAnOrderLivesOnAfterAnOperatorEndedADoubt: later requests need what the operator has named.
func TestAnOrderLivesOnAfterAnOperatorEndedADoubt(t *testing.T) {
	for _, test := range []struct {
		name string
		then []engine.Ask
		end  canonical.Status
	}{
		{"creditkey create", []engine.Ask{{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}}, capture(nil), refund(nil)}, canonical.StatusRefunded},
		{"creditkey authorize", []engine.Ask{capture(nil), refund(nil)}, canonical.StatusRefunded},
		{"creditkey update", []engine.Ask{capture(nil), refund(nil)}, canonical.StatusRefunded},
		{"spendoption authorize", []engine.Ask{capture(nil), refund(nil)}, canonical.StatusRefunded},
		{"spendoption cancel", []engine.Ask{capture(nil), refund(nil)}, canonical.StatusRefunded},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := doubts[slices.IndexFunc(doubts, func(m movement) bool { return m.name == test.name })]
			k, doubtful := m.doubtful(t, true)
			k.resolved(doubtful.Operation.ID, m.said(k, true))
			for _, ask := range test.then {
				k.do(doubtful.Order.ID, ask)
			}
			k.wantStatus(k.order(doubtful.Order.ID), test.end)
			k.wantAllBooks(m.style)
		})
	}
}

func TestACaptureThatAnOperatorNamedCanBeRefunded(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.fault(s.name(), "capture", "lose_reply")
	op := k.do(order.ID, capture(s.money("300.00"))).Operation
	shown, err := newKitOver(k, s).adopt(engine.NewOrder{Provider: s.name(), ProviderOrder: order.ProviderOrder.ID}) // what the lender lists
	if err != nil {
		t.Fatal(err)
	}
	k.resolved(op.ID, engine.Resolution{Outcome: canonical.Succeeded, Reference: shown.Order.Captures[0].Reference})
	k.wantStatus(k.do(order.ID, refund(s.money("100.00"))).Order, canonical.StatusPartiallyCaptured)
	k.wantAllBooks(s)
}

func TestWhatAnOperatorMaySay(t *testing.T) {
	s := creditkeyStyle
	authorize := doubts[1]
	for _, test := range []struct {
		name    string
		said    engine.Resolution
		kind    canonical.Kind
		pointer string
	}{
		{"without a reference of what was authorized", engine.Resolution{Outcome: canonical.Succeeded}, canonical.InvalidRequest, "/reference"},
		{"without an outcome", engine.Resolution{}, canonical.InvalidRequest, "/outcome"},
		{"an outcome that is none", engine.Resolution{Outcome: canonical.Declined}, canonical.InvalidRequest, "/outcome"},
		{"of another attempt", engine.Resolution{Attempt: "att_other", Outcome: canonical.Failed}, canonical.InvalidRequest, "/attempt"},
		{"less than was asked", engine.Resolution{Outcome: canonical.Succeeded, Reference: "x", Amount: s.money("999.99")}, canonical.InvalidRequest, "/amount/value"},
		{"another currency", engine.Resolution{Outcome: canonical.Succeeded, Reference: "x", Amount: money("1000.00", "EUR")}, canonical.InvalidRequest, "/amount/currency"},
		{"an amount of what did not happen", engine.Resolution{Outcome: canonical.Failed, Amount: s.money("1000.00")}, canonical.InvalidRequest, "/amount"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, doubtful := authorize.doubtful(t, true)
			before := k.values()
			_, err := k.resolve(doubtful.Operation.ID, test.said)
			e := k.problem(canonical.OpAuthorize, engine.Answer{}, err)
			if e.Kind != test.kind || len(e.Fields) != 1 || e.Fields[0].Pointer != test.pointer {
				t.Errorf("problem %v, want %s at %s", e, test.kind, test.pointer)
			}
			if diff := cmp.Diff(before, k.values()); diff != "" {
				t.Errorf("something was written:\n%s", diff)
			}
		})
	}
	t.Run("without a reason", func(t *testing.T) {
		k, doubtful := authorize.doubtful(t, true)
		_, err := k.engine.Resolve(t.Context(), k.operator(), doubtful.Operation.ID, engine.Resolution{Outcome: canonical.Failed})
		if e := k.problem(canonical.OpAuthorize, engine.Answer{}, err); e.Kind != canonical.InvalidRequest || e.Fields[0].Pointer != "/reason" {
			t.Errorf("problem %v", e)
		}
	})
}

func TestALenderMayHaveRaisedWhatItAuthorized(t *testing.T) {
	k, p, _ := newScripted(t)
	order := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")}).Order
	p.sends(doubt(), nil)
	doubtful := k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize})
	said := engine.Resolution{Outcome: canonical.Succeeded, Reference: "there-1", Amount: money("1029.00", "EUR")}
	after := k.resolved(doubtful.Operation.ID, said).Order
	if after.Totals.Authorized.String() != "1029.00" || after.Totals.Capturable.String() != "1029.00" || after.Drift != nil {
		t.Errorf("totals %+v, drift %v", after.Totals, after.Drift)
	}
	k.wantRules(k.order(after.ID))
}

func TestWhatIsInNoDoubtIsNotResolved(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	done := k.do(order.ID, capture(s.money("100.00"))).Operation
	if _, err := k.resolve(done.ID, engine.Resolution{Outcome: canonical.Failed}); canonical.KindOf(err) != canonical.OperationNotAllowed {
		t.Errorf("one that succeeded: %v, want operation_not_allowed", err)
	}
	k.wire.connected(false)
	queued := k.do(order.ID, capture(s.money("100.00"))).Operation
	if _, err := k.resolve(queued.ID, engine.Resolution{Outcome: canonical.Failed}); canonical.KindOf(err) != canonical.OperationNotAllowed {
		t.Errorf("one that is queued: %v, want operation_not_allowed", err)
	}
	if _, err := k.resolve("op_nobody", engine.Resolution{Outcome: canonical.Failed}); canonical.KindOf(err) != canonical.NotFound {
		t.Errorf("none: %v, want not_found", err)
	}
	other := k.call()
	other.Merchant = "other"
	if _, err := k.engine.Resolve(t.Context(), other, queued.ID, engine.Resolution{Outcome: canonical.Failed, Reason: "because"}); canonical.KindOf(err) != canonical.NotFound {
		t.Errorf("another merchant: %v, want not_found", err)
	}
	k.wantRules(k.order(order.ID))
}

func TestADoubtIsResolvedOnce(t *testing.T) {
	m := doubts[4]
	k, doubtful := m.doubtful(t, true)
	k.resolved(doubtful.Operation.ID, m.said(k, true))
	for _, outcome := range []canonical.OperationState{canonical.Succeeded, canonical.Failed} {
		if _, err := k.resolve(doubtful.Operation.ID, engine.Resolution{Outcome: outcome}); canonical.KindOf(err) != canonical.OperationNotAllowed {
			t.Errorf("said again %s: %v, want operation_not_allowed", outcome, err)
		}
	}
	k.wantAllBooks(m.style)
}

// TestEvidenceAgainstAnOperatorsWord: what the lender shows later goes forward, or is drift; either way somebody hears of it.
func TestEvidenceAgainstAnOperatorsWord(t *testing.T) {
	capturing := doubts[5]
	for _, test := range []struct {
		name     string
		happened bool
		captured string
		drift    bool
	}{
		{"that it did not happen", true, "300.00", false},
		{"that it happened", false, "300.00", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, doubtful := capturing.doubtful(t, test.happened)
			k.resolved(doubtful.Operation.ID, capturing.said(k, !test.happened))
			k.later(day)
			after := k.order(doubtful.Order.ID)
			if after.Totals.Captured.String() != test.captured || (after.Drift != nil) != test.drift {
				t.Errorf("captured %s, drift %v", after.Totals.Captured, after.Drift)
			}
			if !strings.Contains(k.alarms.String(), "than the operator") {
				t.Errorf("no alarm: %q", k.alarms.String())
			}
			if op := k.operation(doubtful.Operation.ID); op.FoundBy != canonical.ByOperator {
				t.Errorf("the operation was found by %s afterwards", op.FoundBy)
			}
			k.wantRules(after)
			if !test.drift {
				k.wantAllBooks(ecsterStyle)
			}
		})
	}
}

// TestAnOperatorMayRaceWithTheTruth has the doubt end by itself at each moment of the operator's word.
func TestAnOperatorMayRaceWithTheTruth(t *testing.T) {
	m := doubts[5]
	for _, happened := range []bool{true, false} {
		for stop := 1; ; stop++ {
			k, doubtful := m.doubtful(t, happened)
			k.pass(10 * time.Minute)
			two, p := k.newEngine("two"), &points{stop: stop}
			k.hook = func(gateway string, at statetest.Moment) bool {
				if gateway == "one" && p.pass(string(at)) {
					for range 2 {
						if _, err := two.Sync(t.Context(), k.call(), doubtful.Order.ID); err != nil {
							t.Fatal(err)
						}
						k.pass(time.Minute)
					}
				}
				return false
			}
			_, err := k.resolve(doubtful.Operation.ID, m.said(k, happened))
			if k.hook = nil; p.where == "" {
				break
			}
			if err != nil && canonical.KindOf(err) != canonical.OperationNotAllowed {
				t.Errorf("%s: %v", p.where, err)
			}
			k.later(day)
			if after := k.order(doubtful.Order.ID); after.Drift != nil || after.InDoubt != nil {
				t.Errorf("%s: drift %v, in doubt %v", p.where, after.Drift, after.InDoubt)
			}
			k.wantAllBooks(m.style)
		}
	}
}

// TestTheReferenceOfACreateMustBeFree: an operator who names an order of another's has misread something.
func TestTheReferenceOfACreateMustBeFree(t *testing.T) {
	s := creditkeyStyle
	k, first := s.created(t, "1000.00")
	k.fault(s.name(), "create", "lose_reply")
	n := s.newOrder("500.00")
	n.Reference = "ORD-2"
	doubtful := k.create(n)
	_, err := k.resolve(doubtful.Operation.ID, engine.Resolution{Outcome: canonical.Succeeded, Reference: first.ProviderOrder.ID})
	if canonical.KindOf(err) != canonical.ProviderOrderTaken {
		t.Errorf("%v, want provider_order_taken", err)
	}
	if op := k.operation(doubtful.Operation.ID); !op.State.Uncertain() {
		t.Fatalf("the create is %s", op.State)
	}
	k.resolved(doubtful.Operation.ID, engine.Resolution{Outcome: canonical.Succeeded, Reference: k.world.Orders(s.name())[1].ID})
	k.wantStatus(k.sync(doubtful.Order.ID), canonical.StatusCreated)
	k.wantRules(k.order(doubtful.Order.ID))
}

// TestWhatAnOperatorFindsOfAnOrderThatWasGivenUpIsCanceled as if it had turned up by itself.
func TestWhatAnOperatorFindsOfAnOrderThatWasGivenUpIsCanceled(t *testing.T) {
	s := creditkeyStyle
	k, created := s.doubtful(t)
	k.later(time.Minute)
	k.do(created.Order.ID, cancel(nil))
	k.resolved(created.Operation.ID, engine.Resolution{Outcome: canonical.Succeeded, Reference: k.world.Orders(s.name())[0].ID})
	k.later(time.Hour)
	if there := k.world.Orders(s.name())[0]; there.Status != "CANCELED" {
		t.Errorf("at the lender the order is %s", there.Status)
	}
	k.wantStatus(k.order(created.Order.ID), canonical.StatusCanceled)
	k.wantAllBooks(s)
}

// TestAResolutionMayBeStoppedAtAnyPoint kills the process at each point of an operator's word on a plan.
func TestAResolutionMayBeStoppedAtAnyPoint(t *testing.T) {
	m := doubts[slices.IndexFunc(doubts, func(m movement) bool { return m.name == "spendoption capture for good" })]
	for stop := 1; ; stop++ {
		for _, how := range []restart{again, neighbor} {
			k, doubtful := m.doubtful(t, true)
			p := &points{stop: stop}
			k.killing(p)
			said := false
			survive(func() {
				k.resolved(doubtful.Operation.ID, m.said(k, true))
				said = true
			})
			k.restart(how, m.style)
			if p.where == "" {
				return
			}
			k.later(time.Hour)
			for _, op := range k.unresolved() { // whatever is in doubt now, the operator looks it up
				moved := k.moved(m.style, string(canonical.OpCancel)).String()
				at := slices.IndexFunc(op.Attempts, func(a canonical.Attempt) bool { return a.State.Unresolved() })
				outcome := canonical.Succeeded
				if op.Attempts[at].Kind == canonical.OpCancel && moved == "0" {
					outcome = canonical.Failed
				}
				k.resolved(op.ID, engine.Resolution{Outcome: outcome, Reference: "there-1"})
			}
			k.wantAllBooks(m.style)
			k.wantOnce(m.style, "capture", "300")
			if t.Failed() {
				t.Fatalf("killed %s (%d), then %s, said %v", p.where, stop, how, said)
			}
		}
	}
}
