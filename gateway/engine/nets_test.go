package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestOneKeyOfTwoMerchantsMakesTwoOrders(t *testing.T) {
	k, p, _ := newScripted(t)
	p.sends(yes(), nil)
	made := make(map[string]bool)
	for _, merchant := range []string{"demo", "other"} {
		call := k.callWith("key", "create")
		call.Merchant = merchant
		for _, replayed := range []bool{false, true} {
			answer, err := k.engine.Create(t.Context(), call, engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")})
			if err != nil || answer.Replayed != replayed || answer.Order.Merchant != merchant {
				t.Errorf("%s gets %s's order, replayed %t: %v", merchant, answer.Order.Merchant, answer.Replayed, err)
			}
			made[answer.Order.ID] = true
		}
	}
	if len(made) != 2 {
		t.Errorf("%d orders were made, want 2", len(made))
	}
}

// TestACancelComesBetweenAtAnyMoment withdraws a queued capture at each moment at which another process is about
// to send it.
func TestACancelComesBetweenAtAnyMoment(t *testing.T) {
	withdrawn := 0
	for stop := 1; stop < 20; stop++ {
		k, p, order := newScripted(t)
		p.sends(canonical.Outcome{}, canonical.Errorf(canonical.ProviderUnavailable, "not now"))
		queued := k.do(order.ID, hundred()).Operation
		k.wantState(queued, canonical.Queued, canonical.NextWait)
		k.pass(time.Hour)
		p.sends(yes(), nil)
		two, moments, canceled := k.newEngine("two"), 0, ""
		k.hook = func(gateway string, _ statetest.Moment) bool {
			if moments++; gateway == "one" && moments == stop {
				k.hook = nil
				if answer, err := two.Submit(t.Context(), k.call(), order.ID, cancel(nil)); err == nil {
					canceled = answer.Operation.Amount.Value.String()
				}
			}
			return false
		}
		k.later(time.Minute)
		passed := k.hook != nil
		k.hook = nil
		captured := slices.ContainsFunc(p.bodies(), func(body string) bool { return strings.HasPrefix(body, "capture ") })
		if state := k.operation(queued.ID).State; captured != (state == canonical.Succeeded) || (captured && canceled == "1000.00") {
			t.Errorf("at moment %d %q are canceled; the capture is %s, sent: %t", stop, canceled, state, captured)
		}
		k.wantRules(k.order(order.ID))
		if !captured {
			withdrawn++
		}
		k.wantTimers()
		if passed {
			break
		}
	}
	if withdrawn == 0 {
		t.Error("no cancel came in time")
	}
}

func TestACallerWhoHangsUpWhileTheIntentIsWrittenStopsNothing(t *testing.T) {
	for _, moment := range statetest.Moments {
		k, p, order := newScripted(t)
		p.sends(yes(), nil)
		ctx, hangUp := context.WithCancel(t.Context())
		k.hook = func(_ string, at statetest.Moment) (lost bool) {
			if at != moment {
				return false
			}
			k.hook = nil
			hangUp()
			return true
		}
		answer, err := k.engine.Submit(ctx, k.call(), order.ID, hundred())
		if err != nil || answer.Operation.State != canonical.Succeeded || len(p.sent) != 1 {
			t.Errorf("%s: it is %s and was sent %d times: %v", moment, answer.Operation.State, len(p.sent), err)
		}
	}
}

// The lender answers each time, and says nothing of the capture.
func TestRoundsThatSomebodyAskedForDoNotUseUpTheSchedule(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(doubt(), nil)
	op := k.do(order.ID, hundred()).Operation
	p.read = func(canonical.Query) (canonical.Report, error) {
		return canonical.Report{Finding: canonical.Mute, AsOf: p.now()}, nil
	}
	for range 300 {
		k.sync(order.ID)
	}
	k.later(time.Hour)
	k.wantState(k.operation(op.ID), canonical.Doubtful, canonical.NextWait)
	k.later(4 * 24 * time.Hour)
	k.wantState(k.operation(op.ID), canonical.HandedOver, canonical.NextContactOperator)
}

func TestEveryEventSaysWhoAskedForIt(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.do(order.ID, capture(s.money("400.00")))
	k.do(order.ID, refund(s.money("100.00")))
	sealed, err := k.engine.History(t.Context(), k.operator(), order.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	events := k.read(sealed)
	if len(events) < 6 {
		t.Fatalf("%d events of a create, a capture and a refund", len(events))
	}
	for _, event := range events {
		if op := event.Operation; op != nil && op.Origin == canonical.FromAPI && (event.Actor != "key_demo" || event.TraceID != "trace") {
			t.Errorf("%s of a %s is %q's, in trace %q", event.Type, op.Kind, event.Actor, event.TraceID)
		}
	}
}

func TestWhatIsQueuedIsSentOnceThoughAnswersOfCommitsAreLost(t *testing.T) {
	lost := 0
	for stop := 1; stop < 20; stop++ {
		k, p, order := newScripted(t)
		p.sends(canonical.Outcome{}, canonical.Errorf(canonical.ProviderUnavailable, "not now"))
		queued := k.do(order.ID, hundred()).Operation
		k.pass(time.Hour)
		p.sends(yes(), nil)
		commits := 0
		k.hook = func(_ string, at statetest.Moment) bool {
			if at == statetest.AfterCommit {
				commits++
			}
			return at == statetest.AfterCommit && commits == stop
		}
		k.later(3 * time.Minute)
		k.hook = nil
		if state := k.operation(queued.ID).State; state != canonical.Succeeded || len(p.sent) != 1 {
			t.Errorf("the answer of commit %d is lost: the capture is %s and was sent %d times", stop, state, len(p.sent))
		}
		k.wantRules(k.order(order.ID))
		if commits < stop {
			break
		}
		lost++
	}
	if lost == 0 {
		t.Error("no answer was lost")
	}
}

func TestTheRestOfAPlanIsNotSentWhereOthersTookItsRoom(t *testing.T) {
	k, p, order := newScripted(t)
	p.traits.Final = canonical.FinalThenCancel
	p.sends(doubt(), nil)
	op := k.do(order.ID, finalCapture(money("300.00", "EUR"))).Operation
	p.sends(yes(), nil)
	p.shows("300.00", "300.00", "0.00") // their staff has let the rest go
	k.later(time.Minute)
	if after := k.operation(op.ID); after.State.Unresolved() || after.Attempts[1].State != canonical.Failed || len(p.sent) != 0 {
		t.Errorf("it is %s, attempts %+v, %d more were sent", after.State, after.Attempts, len(p.sent))
	}
	k.wantStatus(k.order(order.ID), canonical.StatusCaptured)
	k.wantRules(k.order(order.ID))
}

func TestACaptureIsRefundedNoFurtherThanWhatIsLeftOfIt(t *testing.T) {
	k, p, order := newRefund(t)
	first := k.order(order.ID).Captures[0].ID
	k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Capture: first, Amount: money("50.00", "EUR")})
	sent := len(p.sent)
	e := k.refused(order.ID, engine.Ask{Kind: canonical.OpRefund, Capture: first, Amount: money("90.00", "EUR")})
	if e.Kind != canonical.AmountExceeded || e.Remaining == nil || e.Remaining.Value.String() != "40.00" || len(p.sent) != sent {
		t.Errorf("problem %v, remaining %v", e, e.Remaining)
	}
	rest := k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Capture: first}).Operation
	if rest.State != canonical.Succeeded || rest.Amount.Value.String() != "40.00" {
		t.Errorf("all that is left is %s, and was %s", rest.Amount, rest.State)
	}
	k.wantRules(k.order(order.ID))
}

func TestADeclineWithoutAWordEndsTheOrder(t *testing.T) {
	k, p, _ := newScripted(t)
	p.sends(canonical.Outcome{State: canonical.Declined, Sends: 1, Reason: "limit"}, nil)
	declined := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")})
	k.wantStatus(declined.Order, canonical.StatusDeclined)
	if declined.Order.Phase != canonical.Ended || declined.Order.Reason != "limit" {
		t.Errorf("the order is %s because of %q", declined.Order.Phase, declined.Order.Reason)
	}
}

// naming is a lender whose messages carry our number beside its own.
type naming struct {
	*scripted
	number string
}

func (n *naming) Notice(m canonical.Message) (canonical.Notice, error) {
	notice, err := n.scripted.Notice(m)
	notice.Reference = n.number
	return notice, err
}

// tell brings a message that names an order of the lender's.
func (k *kit) tell(id string) {
	k.Helper()
	if err := k.engine.Receive(k.Context(), "scripted", canonical.Message{Body: []byte(id), At: k.clock()}); err != nil {
		k.Fatal(err)
	}
}

func TestWhatAMessageNamedIsNotTakenWithoutOurNumber(t *testing.T) {
	k, p, _ := newScripted(t)
	n := &naming{scripted: p}
	k.clients["scripted"] = n
	p.sends(doubt(), nil)
	created := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")})
	n.number = created.Order.ProviderOrder.Reference
	asked := 0
	p.read = func(q canonical.Query) (canonical.Report, error) {
		if q.Order.ProviderOrder.ID != "there-9" {
			return canonical.Report{}, canonical.Errorf(canonical.ProviderUnavailable, "not now")
		}
		asked++
		report := p.says("OPEN", canonical.Open, "1000.00", "0.00", "0.00")
		report.Sighting.ID = "there-9"
		return report, nil
	}
	k.tell("there-9")
	k.later(time.Hour)
	after := k.order(created.Order.ID)
	if asked == 0 || after.ProviderOrder.ID != "" || !after.Totals.Authorized.IsZero() {
		t.Errorf("asked %d times: the lender's order is %q, authorized %s", asked, after.ProviderOrder.ID, after.Totals.Authorized)
	}
}

// TestWhatAMessageNamedAndIsNotThereEndsNothing has messages name what the lender does not have, when the
// customer's time is over and the order itself cannot be read.
func TestWhatAMessageNamedAndIsNotThereEndsNothing(t *testing.T) {
	k, p, _ := newScripted(t)
	n := &naming{scripted: p}
	k.clients["scripted"] = n
	ends := k.clock().Add(time.Hour)
	begun := yes()
	begun.Sighting = &canonical.Sighting{Word: "NEW", Phase: canonical.Created, Deadlines: canonical.Deadlines{OrderExpiresAt: &ends}}
	p.sends(begun, nil)
	order := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")}).Order
	n.number = order.ProviderOrder.Reference
	absent := 0
	p.read = func(q canonical.Query) (canonical.Report, error) {
		if q.Order.ProviderOrder.ID == "" {
			return canonical.Report{}, canonical.Errorf(canonical.ProviderUnavailable, "not now")
		}
		absent++
		return canonical.Report{Finding: canonical.Absent, AsOf: p.now()}, nil
	}
	k.later(2 * time.Hour)
	for _, id := range []string{"no-such-order", "nor-this"} {
		k.tell(id)
		k.later(10 * time.Minute)
	}
	if after := k.order(order.ID); absent < 2 || after.Phase == canonical.Ended {
		t.Errorf("%d looks did not show what messages named, and the order is %s", absent, after.Phase)
	}
	k.wantTimers()
}

// paging is a lender that lists one order on each page.
type paging struct{ *scripted }

func (p paging) Describe() canonical.Provider {
	description := p.scripted.Describe()
	description.Capabilities = append(description.Capabilities, canonical.Capability{Operation: "list"})
	return description
}

func TestALendersListIsReadToItsLastPage(t *testing.T) {
	k, p, _ := newScripted(t)
	k.clients["scripted"] = paging{p}
	pages := map[string]string{"": "there-1", "there-1": "there-2", "there-2": "there-3"}
	p.read = func(q canonical.Query) (canonical.Report, error) {
		if q.Read != "list" {
			report := p.says("OPEN", canonical.Open, "1000.00", "0.00", "0.00")
			report.Sighting.ID = q.Order.ProviderOrder.ID
			return report, nil
		}
		id := pages[q.Cursor]
		report := canonical.Report{AsOf: p.now(), Orders: []canonical.Sighting{{ID: id, Word: "OPEN", Phase: canonical.Open, Amount: money("1000.00", "EUR")}}}
		if _, more := pages[id]; more {
			report.Cursor = id
		}
		return report, nil
	}
	k.resume(k.clock().Add(-time.Minute))
	k.later(10 * time.Minute)
	if orders := k.all(); len(orders) != 4 {
		t.Errorf("%d orders, want the one from the backup and three that the lender lists", len(orders))
	}
}

// TestACallThatWaitedForATokenIsNotTakenForLost takes as long as a token and a second send may take.
func TestACallThatWaitedForATokenIsNotTakenForLost(t *testing.T) {
	k, p, order := newScripted(t)
	var early canonical.OperationState
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) {
		k.pass(25 * time.Second) // of time-outs of ten
		if _, err := k.newEngine("two").Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		early = k.unresolved()[0].State
		return yes(), nil
	}
	k.wantState(k.do(order.ID, hundred()).Operation, canonical.Succeeded, canonical.NextNone)
	if early != canonical.Started {
		t.Errorf("while its call was under way it was %s, want started", early)
	}
}

func TestAListIsOfTheCallersOrdersAlone(t *testing.T) {
	k, _, order := newScripted(t)
	other := k.call()
	other.Merchant = "other"
	for _, list := range []struct {
		call engine.Call
		want int
	}{{k.call(), 1}, {other, 0}, {k.operator(), 1}} {
		orders, err := k.engine.Orders(t.Context(), list.call, engine.Page{Limit: 10}, nil)
		if err != nil || len(orders) != list.want || (list.want == 1 && orders[0].ID != order.ID) {
			t.Errorf("%s of %q sees %d orders, want %d: %v", list.call.Role, list.call.Merchant, len(orders), list.want, err)
		}
	}
}

// asking is a lender that wants a secret with each create.
type asking struct{ *scripted }

func (a asking) Describe() canonical.Provider {
	description := a.scripted.Describe()
	creates := []canonical.OperationKind{canonical.OpCreate}
	description.Options = []canonical.Option{
		{Name: "token", Type: canonical.TextOption, Secret: true, Operations: creates},
		{Name: "campaign", Type: canonical.TextOption, Operations: creates},
	}
	return description
}

func TestASecretOptionIsNotKeptWithItsOrder(t *testing.T) {
	k, p, _ := newScripted(t)
	k.clients["scripted"] = asking{p}
	options := canonical.Values{}.With("token", "canary-token").With("campaign", "spring")
	order := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR"), Options: options}).Order
	if kept := k.order(order.ID).ProviderOptions; kept.Text("campaign") != "spring" || len(kept) != 1 {
		t.Errorf("kept %s", kept)
	}
	if keys := k.holding("canary-token"); len(keys) > 0 {
		t.Errorf("the secret stands under %q", keys)
	}
}

func TestAnOrphanWhoseLenderDoesNotAnswerIsAskedForAgain(t *testing.T) {
	k, order := twins(t)
	k.wire.stead = func(w adapters.Wire) (adapters.Reply, bool) {
		return adapters.Reply{Status: 503}, w.Class == adapters.ReadCall
	}
	k.deliverAll()
	k.later(10 * time.Minute)
	if orders := k.all(); len(orders) != 1 {
		t.Errorf("%d orders, though nothing could be read", len(orders))
	}
	k.wire.stead = nil
	k.later(time.Hour)
	k.wantStatus(k.wantOrphan(order), canonical.StatusCanceled)
	k.wantAllBooks(iwocapayStyle)
}
