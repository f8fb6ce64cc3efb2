package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// TestNobodyElseWorksOnWhatIsSentAgain has a neighbor, and a caller, come by while a repeat is under way.
func TestNobodyElseWorksOnWhatIsSentAgain(t *testing.T) {
	k, p, order := newScripted(t)
	p.evidence.Lost = []canonical.Recovery{canonical.RepeatSameKey}
	p.sends(doubt(), nil)
	k.do(order.ID, hundred())
	two := k.newEngine("two")
	p.sent = nil
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) {
		if len(p.sent) > 1 {
			t.Fatal("it is sent again by two at once")
		}
		if _, err := two.Sync(t.Context(), k.call(), order.ID); err != nil {
			t.Fatal(err)
		}
		k.pass(2*time.Minute + time.Second)
		if _, err := two.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		return yes(), nil
	}
	k.later(3 * time.Second)
	k.wantStatus(k.order(order.ID), canonical.StatusPartiallyCaptured)
}

func TestWhatTheLenderDecidesLater(t *testing.T) {
	for _, test := range []struct {
		name   string
		report func(*scripted) canonical.Report
		state  canonical.OperationState
		status canonical.Status
	}{
		{"it says yes", func(p *scripted) canonical.Report { return p.says("OPEN", canonical.Open, "1000.00", "0.00", "0.00") }, canonical.Succeeded, canonical.StatusAuthorized},
		{"it says no", func(p *scripted) canonical.Report {
			report := p.says("DENIED", canonical.Ended)
			report.Sighting.EndedBy = canonical.ByLender
			return report
		}, canonical.Declined, canonical.StatusDeclined},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, p, _ := newScripted(t)
			order := k.create(engine.NewOrder{Provider: "scripted", Amount: money("1000.00", "EUR")}).Order
			p.sends(canonical.Outcome{State: canonical.Waiting, Sends: 1, Sighting: &canonical.Sighting{Word: "REVIEW", Phase: canonical.Pending, WaitingFor: canonical.ForLender}}, nil)
			pending := k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize})
			k.wantState(pending.Operation, canonical.Waiting, canonical.NextWait)
			k.wantStatus(pending.Order, canonical.StatusPending)
			p.read = func(canonical.Query) (canonical.Report, error) {
				report := p.says("REVIEW", canonical.Pending)
				report.Sighting.WaitingFor = canonical.ForLender
				return report, nil
			}
			k.later(7 * 24 * time.Hour)
			k.wantState(k.operation(pending.Operation.ID), canonical.Waiting, canonical.NextWait)
			p.read = func(canonical.Query) (canonical.Report, error) { return test.report(p), nil }
			k.later(time.Hour)
			if got := k.operation(pending.Operation.ID).State; got != test.state {
				t.Errorf("it is %s, want %s", got, test.state)
			}
			k.wantStatus(k.order(order.ID), test.status)
			if len(p.sent) != 1 {
				t.Errorf("it was sent %d times", len(p.sent))
			}
		})
	}
}

func TestAProcessThatWasHeldUpSendsNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		lost  bool // a neighbor took the call for lost meanwhile
		state canonical.OperationState
	}{
		{"and what it would have sent is queued", false, canonical.Queued},
		{"and what a neighbor took for lost stays in doubt", true, canonical.Doubtful},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, p, order := newScripted(t)
			p.sends(yes(), nil)
			k.hook = func(_ string, at statetest.Moment) bool {
				if at != statetest.AfterCommit {
					return false
				}
				k.hook = nil
				k.pass(10 * time.Minute)
				if test.lost {
					if _, err := k.newEngine("two").Tick(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				return false
			}
			op := k.do(order.ID, hundred()).Operation
			if op.State != test.state || len(p.sent) != 0 {
				t.Errorf("it is %s and was sent %d times, want %s and nothing sent", op.State, len(p.sent), test.state)
			}
			k.wantTimers()
		})
	}
}

func TestALateYesAfterProvenAbsenceIsDriftUntilTheLenderIsRead(t *testing.T) {
	k, p, order := newScripted(t)
	p.sent = nil
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) {
		k.pass(10 * time.Minute) // the process sleeps while it waits for the reply
		two := k.newEngine("two")
		p.shows("1000.00", "0.00", "0.00")
		for range 5 {
			if _, err := two.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			k.pass(time.Minute)
		}
		return yes(), nil
	}
	answer, err := k.engine.Submit(t.Context(), k.call(), order.ID, hundred())
	if e := k.problem(canonical.OpCapture, answer, err); e.Kind != canonical.NotDone {
		t.Fatalf("problem %s, want not_done", e.Kind)
	}
	if k.order(order.ID).Drift == nil || !strings.Contains(k.alarms.String(), "second answer") {
		t.Error("the second answer is neither drift nor alarm")
	}
	p.shows("1000.00", "100.00", "0.00")
	after := k.sync(order.ID)
	if after.Drift != nil || after.Totals.Captured.String() != "100.00" || k.operation(after.Captures[0].ID).Origin != canonical.FromProvider {
		t.Errorf("drift %v, totals %+v", after.Drift, after.Totals.Ledger)
	}
}

func TestTheFirstAttemptInDoubtStopsTheRestOfThePlan(t *testing.T) {
	for _, test := range []struct {
		name  string
		shown []string // what the lender shows afterwards
		state canonical.OperationState
		sent  int
	}{
		{"until it is known to have happened", []string{"1000.00", "300.00", "0.00"}, canonical.Succeeded, 2},
		{"for good where it did not happen", []string{"1000.00", "0.00", "0.00"}, canonical.Failed, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, p, order := newScripted(t)
			p.traits.Final = canonical.FinalThenCancel
			p.sends(doubt(), nil)
			op := k.do(order.ID, finalCapture(money("300.00", "EUR"))).Operation
			k.wantState(op, canonical.Doubtful, canonical.NextWait)
			if states := []canonical.OperationState{op.Attempts[0].State, op.Attempts[1].State}; !slices.Equal(states, []canonical.OperationState{canonical.Doubtful, canonical.Planned}) {
				t.Fatalf("attempts are %v", states)
			}
			first := p.bodies()
			p.sends(yes(), nil)
			p.shows(test.shown...)
			k.engine = k.newEngine("two")
			k.later(10 * time.Minute)
			if got := k.operation(op.ID).State; got != test.state || len(first)+len(p.sent) != test.sent {
				t.Errorf("it is %s after %v and %v", got, first, p.bodies())
			}
			for _, attempt := range k.operation(op.ID).Attempts {
				if attempt.State != test.state {
					t.Errorf("an attempt is %s, want all %s", attempt.State, test.state)
				}
			}
			k.wantRules(k.order(order.ID))
		})
	}
}

func TestAPlanThatEndsHalfwayIsIncomplete(t *testing.T) {
	k, p, order := newScripted(t)
	p.traits.Final = canonical.FinalThenCancel
	p.send = func(cmd canonical.Command, _ canonical.Request) (canonical.Outcome, error) {
		if cmd.Kind == canonical.OpCancel {
			return canonical.Outcome{Sends: 1}, canonical.Errorf(canonical.Refused, "not now")
		}
		return yes(), nil
	}
	op := k.do(order.ID, finalCapture(money("300.00", "EUR"))).Operation
	k.wantState(op, canonical.Incomplete, canonical.NextRetryNewKey)
	if op.Next.Amount == nil || op.Next.Amount.Value.String() != "700.00" {
		t.Errorf("next %+v, want the 700.00 that are left", op.Next)
	}
	k.wantRules(k.order(order.ID))
}

func TestACallIsNotTakenForLostWhileItMayBeUnderWay(t *testing.T) {
	k, p, order := newScripted(t)
	var early canonical.Operation
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) {
		op := k.unresolved()[0]
		k.view(func(r state.Reader) error {
			timer, err := r.Timer("recover:" + op.ID)
			if err != nil {
				return err
			}
			timer.Owner, timer.Due = "", k.clock() // whatever makes it due
			return k.cluster.Gateway("test").Update(t.Context(), func(tx state.Tx) error { return tx.Timers().Replace(timer.ID, timer) })
		})
		if _, err := k.newEngine("two").Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		early = k.operation(op.ID)
		return yes(), nil
	}
	k.wantState(k.do(order.ID, hundred()).Operation, canonical.Succeeded, canonical.NextNone)
	if early.State != canonical.Started {
		t.Errorf("while its call was under way it was %s, want started", early.State)
	}
}
