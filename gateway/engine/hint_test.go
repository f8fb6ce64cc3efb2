package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

// doubtful is a kit with a create whose answer was lost.
func (s style) doubtful(t tester) (*kit, engine.Answer) {
	t.Helper()
	k := newKit(t, s)
	k.fault(s.name(), "create", "lose_reply")
	created := k.create(s.newOrder("1000.00"))
	k.wantState(created.Operation, canonical.Doubtful, canonical.NextWait)
	return k, created
}

func TestAMessageEndsTheDoubtOfACreate(t *testing.T) {
	s := creditkeyStyle
	for _, test := range []struct {
		name   string
		waited time.Duration
	}{{"while it is looked for", 0}, {"after it was handed over to a person", time.Minute}} {
		t.Run(test.name, func(t *testing.T) {
			k, created := s.doubtful(t)
			k.later(test.waited)
			k.deliverAll()
			k.later(soon)
			op := k.operation(created.Operation.ID)
			k.wantState(op, canonical.Succeeded, canonical.NextNone)
			if op.FoundBy != canonical.ByNotification {
				t.Errorf("found by %s", op.FoundBy)
			}
			after := k.order(created.Order.ID)
			k.wantStatus(after, canonical.StatusCreated)
			if after.ProviderOrder.ID != k.world.Orders(s.name())[0].ID || after.InDoubt != nil {
				t.Errorf("the lender's order is %q, in doubt %v", after.ProviderOrder.ID, after.InDoubt)
			}
			authorizes(k, after)
			k.wantAllBooks(s)
			if asked := k.asks(s.name()); asked != 2 {
				t.Errorf("the lender was asked %d times, want one create and one authorize", asked)
			}
		})
	}
}

func TestWhatAMessageTellsOfAnOrderThatWasGivenUpIsCanceled(t *testing.T) {
	s := creditkeyStyle
	k, created := s.doubtful(t)
	k.later(time.Minute)
	k.wantStatus(k.do(created.Order.ID, cancel(nil)).Order, canonical.StatusCanceled)
	k.deliverAll()
	k.later(time.Minute)
	if there := k.world.Orders(s.name())[0]; there.Status != "CANCELED" {
		t.Errorf("at the lender the order is %s", there.Status)
	}
	op := k.operationOf(created.Order.ID)
	if op.Kind != canonical.OpCancel || op.Origin != canonical.FromEngine || op.State != canonical.Succeeded {
		t.Errorf("the last operation is a %s of origin %s that is %s", op.Kind, op.Origin, op.State)
	}
	k.later(25 * time.Hour)
	k.wantState(k.operation(created.Operation.ID), canonical.Succeeded, canonical.NextNone)
	k.wantStatus(k.order(created.Order.ID), canonical.StatusCanceled)
	k.wantAllBooks(s)
}

// TestAMessageThatNamesAnotherOrderOfTheLenders has a message with our number and another order of the
// lender's come before the real ones: it proves nothing, and blinds nobody.
func TestAMessageThatNamesAnotherOrderOfTheLenders(t *testing.T) {
	for _, one := range tellings {
		if one.word == "" || one.style.name() == "iwocapay" {
			continue // whose create always tells the id
		}
		for _, there := range []struct {
			name string
			is   bool // another order has that name
		}{{"that it does not have", false}, {"that is another's", true}} {
			t.Run(one.name+" "+there.name, func(t *testing.T) {
				s := one.style
				k := newKit(t, s)
				wrong := "no-such-order"
				if there.is {
					wrong = stranger(k, s, "1000.00").ProviderOrder.ID
					k.mail()
				}
				k.fault(s.name(), "create", "lose_reply")
				created := k.create(s.newOrder("1000.00"))
				if s.name() != "creditkey" {
					one.deeds = one.deeds[:1]
					one.live(k, created.Order)
				}
				notices := k.mail()
				lenders := k.world.Orders(s.name())
				real := lenders[len(lenders)-1].ID
				k.deliverThese([]lender.Notice{one.forged(notices[0], real, wrong)})
				k.later(20 * time.Minute) // long enough to take what is not shown for what is not there
				if op := k.operation(created.Operation.ID); op.State == canonical.Failed {
					t.Errorf("the create is %s: %s", op.State, op.Recovery.Detail)
				}
				for _, n := range notices {
					if s.name() == "cryptopay" {
						signCryptopayAt(&n, k.clock())
					}
					k.deliverThese([]lender.Notice{n})
				}
				k.later(time.Hour)
				k.wantState(k.operation(created.Operation.ID), canonical.Succeeded, canonical.NextNone)
				after := k.order(created.Order.ID)
				if after.ProviderOrder.ID != real || after.Drift != nil {
					t.Errorf("the lender's order is %q, want %q, drift %v", after.ProviderOrder.ID, real, after.Drift)
				}
				k.wantRules(after)
			})
		}
	}
}

// TestACartIsLookedForByItsNumberWhateverAMessageSays has a message with our number and no order behind it
// come when the cart's time is over.
func TestACartIsLookedForByItsNumberWhateverAMessageSays(t *testing.T) {
	one := tellings[1]
	k, order := one.ready(t)
	k.act("ecster", order.ProviderOrder.Reference, "complete", "")
	notice := k.mail()[0]
	k.later(25 * time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized) // read at its deadline

	k, order = one.ready(t)
	k.act("ecster", order.ProviderOrder.Reference, "complete", "")
	real := k.world.Orders("ecster")[0].ID
	k.deliverThese([]lender.Notice{one.forged(notice, real, "no-such-order")})
	k.later(25 * time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusAuthorized)
	k.wantAllBooks(one.style)
}

func TestAMessageThatNamesAnotherOrderThanOursIsForAPerson(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		if one.word == "" {
			t.Skip("nobody but the lender can seal a message")
		}
		k, order, notices := one.lived(t)
		k.wantStatus(k.sync(order.ID), one.end)
		version, asked := k.order(order.ID).Version, k.asks(one.style.name())
		forged := one.forged(notices[0], k.world.Orders(one.style.name())[0].ID, "no-such-order")
		k.deliverThese([]lender.Notice{forged})
		k.later(25 * time.Hour)
		if !strings.Contains(k.alarms.String(), "about no order of ours") {
			t.Errorf("no alarm: %q", k.alarms.String())
		}
		if after := k.order(order.ID); after.Version != version || k.asks(one.style.name()) != asked || len(k.all()) != 1 {
			t.Errorf("version %d after %d, %d orders: %v", after.Version, version, len(k.all()), k.events(order.ID))
		}
		k.wantAllBooks(one.style)
	})
}

// TestAMessageAboutWhatAPersonMustDecideKeepsNobodyBusy has one come for an order whose refund nobody can look for.
func TestAMessageAboutWhatAPersonMustDecideKeepsNobodyBusy(t *testing.T) {
	s := creditkeyStyle
	k, order := s.reserved(t, "1000.00")
	k.do(order.ID, capture(nil))
	k.fault(s.name(), "refund", "lose_reply")
	k.mail()
	doubtful := k.do(order.ID, refund(s.money("10.00")))
	k.later(time.Minute)
	k.wantState(k.operation(doubtful.Operation.ID), canonical.HandedOver, canonical.NextContactOperator)
	k.act(s.name(), order.ProviderOrder.Reference, "refund", "990.00")
	k.deliverAll()
	commits := 0
	k.hook = func(_ string, at statetest.Moment) bool {
		if at == statetest.AfterCommit {
			commits++
		}
		return false
	}
	k.later(day)
	k.hook = nil
	if commits > 50 {
		t.Errorf("%d commits in a day", commits)
	}
	k.wantRules(k.order(order.ID))
}

// TestAMessageHasADoubtLookedAtAtOnce although recovery has come to its long pauses.
func TestAMessageHasADoubtLookedAtAtOnce(t *testing.T) {
	k, p, order := newScripted(t)
	p.read = func(canonical.Query) (canonical.Report, error) {
		report := p.says("OPEN", canonical.Open, "1000.00", "0.00", "0.00")
		report.Sighting.ID = "lender-1"
		return report, nil
	}
	k.sync(order.ID) // now our books know what the lender calls it
	p.sends(doubt(), nil)
	doubtful := k.do(order.ID, hundred())
	p.read = func(canonical.Query) (canonical.Report, error) {
		return canonical.Report{Finding: canonical.Mute, AsOf: k.clock()}, nil
	}
	k.later(6*time.Hour + 7*time.Minute)
	k.wantState(k.operation(doubtful.Operation.ID), canonical.Doubtful, canonical.NextWait)
	p.shows("1000.00", "100.00", "0.00")
	if err := k.engine.Receive(t.Context(), "scripted", canonical.Message{Body: []byte("lender-1"), At: k.clock()}); err != nil {
		t.Fatal(err)
	}
	k.later(soon)
	op := k.operation(doubtful.Operation.ID)
	k.wantState(op, canonical.Succeeded, canonical.NextNone)
	if op.FoundBy != canonical.ByNotification {
		t.Errorf("found by %s", op.FoundBy)
	}
	k.wantRules(k.order(order.ID))
}
