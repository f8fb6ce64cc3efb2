package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// lookedAt lets time pass and lists when the lender was looked at, since it began. Reads at the same moment are one look.
func (k *kit) lookedAt(s style, d time.Duration) []time.Duration {
	k.Helper()
	var looks []time.Duration
	begun, before := k.clock(), k.looks(s.name())
	for end := begun.Add(d); ; {
		due, any := k.nextDue()
		if !any || due.After(end) {
			k.later(end.Sub(k.clock()))
			return looks
		}
		k.later(due.Sub(k.clock()))
		if now := k.looks(s.name()); now > before {
			looks, before = append(looks, k.clock().Sub(begun)), now
		}
	}
}

// count is how many looks fell into a span.
func count(looks []time.Duration, from, to time.Duration) int {
	n := 0
	for _, at := range looks {
		if at > from && at <= to {
			n++
		}
	}
	return n
}

const day = 24 * time.Hour

// TestAnOrderThatWaitsForOthersIsReadEverMoreSeldom counts the looks over virtual days. Nothing happens at
// the lender, and no deadline of its own comes near.
func TestAnOrderThatWaitsForOthersIsReadEverMoreSeldom(t *testing.T) {
	card := polled(ecsterStyle)
	card.reserve = completes("await_payment")
	signs := polled(ecsterStyle)
	signs.reserve = completes("await_signature")
	for _, test := range []struct {
		name   string
		style  style
		ready  func(style, tester, string) (*kit, canonical.Order)
		before time.Duration // until the wait begins
	}{
		{"iwocapay, the customer has not begun", polled(iwocapayStyle), style.created, 0},
		{"ecster, the customer pays although the cart's time is over", card, style.reserved, day},
		{"ecster, the customer signs likewise", signs, style.reserved, day},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.ready(test.style, t, "1000.00")
			order = k.sync(order.ID)
			k.later(test.before)
			looks := k.lookedAt(test.style, 10*day)
			for _, span := range []struct {
				from, to    time.Duration
				least, most int
			}{
				{0, 10 * time.Minute, 9, 10},          // every minute
				{10 * time.Minute, time.Hour, 15, 25}, // a tenth of the time that has passed
				{time.Hour, 10 * time.Hour, 20, 30},   // likewise
				{10 * time.Hour, 3 * day, 55, 65},     // every hour
				{3*day + time.Hour, 10 * day, 6, 7},   // daily
				{4*day + 2*time.Hour, 5*day + 2*time.Hour, 1, 1},
			} {
				if n := count(looks, span.from, span.to); n < span.least || n > span.most {
					t.Errorf("%d looks from %s to %s, want %d to %d", n, span.from, span.to, span.least, span.most)
				}
			}
			k.wantTimers()
			if after := k.order(order.ID); after.Version != order.Version {
				t.Errorf("looks that changed nothing made version %d of %d", after.Version, order.Version)
			}
		})
	}
}

func TestAnOrderThatWaitsForTheMerchantIsReadDaily(t *testing.T) {
	for _, test := range []struct {
		name  string
		style style
		ready func(style, tester, string) (*kit, canonical.Order)
	}{
		{"creditkey, to be authorized", polled(creditkeyStyle), style.created},
		{"creditkey, to be captured", polled(creditkeyStyle), style.reserved},
		{"ecster, to be captured", polled(ecsterStyle), style.reserved},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.ready(test.style, t, "1000.00")
			looks := k.lookedAt(test.style, 7*day+time.Hour)
			if len(looks) != 7 || looks[0] != day || looks[6] != 7*day {
				t.Errorf("looks at %v, want one a day", looks)
			}
			k.wantRules(k.order(order.ID))
		})
	}
}

func TestNobodyReadsWhatWaitsForNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		style style
		ask   engine.Ask
	}{
		{"creditkey captured", polled(creditkeyStyle), capture(nil)},
		{"creditkey canceled", polled(creditkeyStyle), cancel(nil)},
		{"ecster captured", polled(ecsterStyle), capture(nil)},
		{"ecster canceled", polled(ecsterStyle), cancel(nil)},
		{"spendoption canceled", polled(spendoptionStyle), cancel(nil)},
		{"iwocapay paid", polled(iwocapayStyle), engine.Ask{}},
		{"cryptopay paid", polled(cryptopayStyle), engine.Ask{}},
		{"cryptopay refunded", polled(cryptopayStyle), refund(nil)},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.style.reserved(t, "1000.00")
			if test.ask.Kind != "" {
				k.do(order.ID, test.ask)
			}
			if timers := k.timers(); len(timers) > 0 {
				t.Errorf("timers %+v", timers)
			}
			if looks := k.lookedAt(test.style, 40*day); len(looks) > 0 {
				t.Errorf("looks at %v", looks)
			}
			k.wantRules(k.order(order.ID))
		})
	}
}

func TestALenderThatCannotBeReadIsNeverRead(t *testing.T) {
	s := polled(spendoptionStyle)
	for _, ready := range []func(style, tester, string) (*kit, canonical.Order){style.created, style.reserved} {
		k, order := ready(s, t, "1000.00")
		if looks := k.lookedAt(s, 40*day); len(looks) > 0 || len(k.timers()) > 0 {
			t.Errorf("%s: looks at %v, timers %v", order.Status, looks, k.timers())
		}
	}
}

func TestReadsThatFailBackOffAndRecover(t *testing.T) {
	s := polled(iwocapayStyle)
	k, order := s.created(t, "1000.00")
	k.wire.connected(false)
	tries, last := 0, k.clock()
	k.wire.stead = nil
	for end := k.clock().Add(2 * time.Hour); ; {
		due, any := k.nextDue()
		if !any || due.After(end) {
			break
		}
		k.later(due.Sub(k.clock()))
		tries, last = tries+1, due
	}
	if tries < 100 || tries > 130 {
		t.Errorf("%d tries in two hours, want about one a minute", tries)
	}
	k.wire.connected(true)
	k.act(s.name(), order.ProviderOrder.Reference, "complete", "")
	k.later(last.Add(2 * time.Minute).Sub(k.clock()))
	k.wantStatus(k.order(order.ID), canonical.StatusCaptured)
	if w := k.order(order.ID).Hidden.Watch; w.Failure != 0 || w.Retry != nil {
		t.Errorf("after a read that succeeded: %d failures, again at %v", w.Failure, w.Retry)
	}
	k.wantAllBooks(s)
}

// TestADashboardIsNoticed has people act at the lender while nobody asks and no message comes.
func TestADashboardIsNoticed(t *testing.T) {
	for _, test := range []struct {
		name   string
		style  style
		fresh  bool
		do     deed
		kind   canonical.OperationKind
		status canonical.Status
		within time.Duration
	}{
		{"creditkey captures", polled(creditkeyStyle), false, deed{"capture", ""}, canonical.OpCapture, canonical.StatusCaptured, day},
		{"creditkey cancels", polled(creditkeyStyle), false, deed{"cancel", ""}, canonical.OpCancel, canonical.StatusCanceled, day},
		{"ecster debits", polled(ecsterStyle), false, deed{"debit", "300.00"}, canonical.OpCapture, canonical.StatusPartiallyCaptured, day},
		{"ecster annuls", polled(ecsterStyle), false, deed{"annul", ""}, canonical.OpCancel, canonical.StatusCanceled, day},
		{"an ecster customer completes", polled(ecsterStyle), true, deed{"complete", ""}, canonical.OpAuthorize, canonical.StatusAuthorized, time.Minute},
		{"an iwocapay customer completes", polled(iwocapayStyle), true, deed{"complete", ""}, canonical.OpCapture, canonical.StatusCaptured, time.Minute},
		{"a cryptopay customer pays", polled(cryptopayStyle), true, deed{"pay", ""}, canonical.OpCapture, canonical.StatusCaptured, time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			begin := test.style.reserved
			if test.fresh {
				begin = test.style.created
			}
			k, order := begin(t, "1000.00")
			k.act(test.style.name(), order.ProviderOrder.Reference, test.do.do, test.do.amount)
			k.later(test.within)
			k.wantStatus(k.order(order.ID), test.status)
			op := k.operationOf(order.ID)
			if op.Kind != test.kind || op.Origin != canonical.FromProvider || op.FoundBy != canonical.ByPoll {
				t.Errorf("the last operation is a %s of origin %s, found by %s", op.Kind, op.Origin, op.FoundBy)
			}
			k.wantAllBooks(test.style)
		})
	}
}

func TestAWaitBeginsAnewWhenTheOrderMovesOn(t *testing.T) {
	s := polled(iwocapayStyle)
	k, order := s.created(t, "1000.00")
	k.later(2 * day)
	k.act(s.name(), order.ProviderOrder.Reference, "begin", "")
	looks := k.lookedAt(s, 2*time.Hour)
	k.wantStatus(k.order(order.ID), canonical.StatusPending)
	if len(looks) < 20 || looks[1]-looks[0] != time.Minute {
		t.Errorf("looks at %v after the customer began", looks)
	}
}

func TestAnOrderIsNotPolledWhileAnOperationIsWorkedOn(t *testing.T) {
	s := polled(ecsterStyle)
	k, order := s.reserved(t, "1000.00")
	k.wire.connected(false)
	queued := k.do(order.ID, capture(nil))
	k.wantTimers()
	k.later(2 * time.Hour)
	k.wantTimers()
	k.wire.connected(true)
	k.later(2 * time.Minute)
	k.wantState(k.operation(queued.Operation.ID), canonical.Succeeded, canonical.NextNone)
	k.wantAllBooks(s)
}

// TestALookMayBeStoppedAtAnyPoint kills the process at every point of what time brings about on an order:
// whatever comes after has exactly one timer for it, and the same end.
func TestALookMayBeStoppedAtAnyPoint(t *testing.T) {
	t.Parallel()
	for _, life := range passings() {
		t.Run(life.name, func(t *testing.T) {
			stops := 0
			for stop := 1; ; stop++ {
				for _, how := range []restart{again, neighbor} {
					k, order := life.ready(t)
					p := &points{stop: stop}
					k.killing(p)
					survive(func() { k.later(life.pass) })
					at := p.where
					k.restart(how, life.style)
					if at == "" {
						if stops < 8 {
							t.Errorf("only %d points at which it can be stopped", stops)
						}
						return
					}
					k.wantTimers()
					k.later(dawn.Add(life.pass).Add(time.Hour).Sub(k.clock()))
					if err := life.end(k, k.order(order.ID)); err != nil {
						t.Fatalf("killed %s (%d), then %s: %v", at, stop, how, err)
					}
					k.wantAllBooks(life.style)
					if stops++; t.Failed() {
						t.Fatalf("killed %s (%d), then %s", at, stop, how)
					}
				}
			}
		})
	}
}

// passing is what time brings about on an order.
type passing struct {
	name  string
	style style
	ready func(tester) (*kit, canonical.Order)
	pass  time.Duration
	end   func(*kit, canonical.Order) error
}

func wants(status canonical.Status, events ...canonical.EventType) func(*kit, canonical.Order) error {
	return func(k *kit, o canonical.Order) error {
		told := k.events(o.ID)
		for _, event := range events {
			if n := len(slices.DeleteFunc(slices.Clone(told), func(e canonical.EventType) bool { return e != event })); n != 1 {
				return fmt.Errorf("%d events %s, want 1: %v", n, event, told)
			}
		}
		if o.Status != status {
			return fmt.Errorf("the order is %s, want %s: %v", o.Status, status, told)
		}
		return nil
	}
}
