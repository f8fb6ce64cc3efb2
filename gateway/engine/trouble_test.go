package engine_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestAnOrderThatKeepsChangingIsNotWaitedForForever(t *testing.T) {
	k, p, order := newScripted(t)
	p.sends(yes(), nil)
	busy, runs := k.newEngine("busy"), 0
	k.hook = func(gateway string, at statetest.Moment) bool {
		if gateway == "one" && at == statetest.BeforeRun {
			runs++
			if _, err := busy.Submit(t.Context(), k.call(), order.ID, change(canonical.Change{Metadata: canonical.Metadata{}})); err != nil {
				t.Fatal(err)
			}
		}
		return false
	}
	answer, err := k.engine.Submit(t.Context(), k.call(), order.ID, hundred())
	if e := k.problem(canonical.OpCapture, answer, err); e.Kind != canonical.Overloaded || e.Operation != "" {
		t.Errorf("problem %v after %d runs, want overloaded", e, runs)
	}
	if len(p.sent) > 0 || len(k.unresolved()) > 0 {
		t.Errorf("%d sent, %v unresolved", len(p.sent), k.unresolved())
	}
}

func TestAStoreThatNeverAnswersLetsNothingBeSent(t *testing.T) {
	for _, moment := range []statetest.Moment{statetest.BeforeCommit, statetest.AfterCommit} {
		k, p, order := newScripted(t)
		p.sends(yes(), nil)
		call, commits := k.call(), 0
		k.hook = func(_ string, at statetest.Moment) bool {
			commits++
			return at == moment
		}
		answer, err := k.engine.Submit(t.Context(), call, order.ID, hundred())
		k.hook = nil
		landed := moment == statetest.AfterCommit
		switch {
		case !landed && (err == nil || len(p.sent) > 0):
			t.Errorf("%s: sent %d times, %v", moment, len(p.sent), err)
		case landed && err != nil:
			t.Errorf("%s: %v, want an operation that is under way", moment, err)
		case landed && answer.Operation.State.Unresolved() && len(p.sent) != 1:
			t.Errorf("%s: sent %d times", moment, len(p.sent))
		}
		if commits > 40 {
			t.Errorf("%s: tried %d times", moment, commits)
		}
		p.shows("1000.00", map[bool]string{true: "100.00", false: "0.00"}[len(p.sent) > 0], "0.00")
		k.heal()
		again, err := k.engine.Submit(t.Context(), call, order.ID, hundred())
		if err != nil || again.Operation.State != canonical.Succeeded || len(p.sent) != 1 {
			t.Errorf("%s, then again: %s, sent %d times, %v", moment, again.Operation.State, len(p.sent), err)
		}
	}
}

func TestWhatCouldNotBeWrittenDownIsNeverCalledFailed(t *testing.T) {
	k, p, order := newScripted(t)
	p.sent = nil
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) {
		k.hook = func(string, statetest.Moment) bool { return true } // the store is gone while the lender acts
		return yes(), nil
	}
	answer := k.do(order.ID, hundred())
	k.hook = nil
	k.wantState(answer.Operation, canonical.Started, canonical.NextWait)
	p.shows("1000.00", "100.00", "0.00")
	k.heal()
	k.wantState(k.operation(answer.Operation.ID), canonical.Succeeded, canonical.NextNone)
	if len(p.sent) != 1 {
		t.Errorf("it was sent %d times", len(p.sent))
	}
}

func TestAnAnswerAboutAnothersOrderIsNotBelieved(t *testing.T) {
	k, p, first := newScripted(t)
	there := func(net string) canonical.Report {
		report := p.says("OPEN", canonical.Open, net, net, "0.00")
		report.Sighting.ID = "lender-1"
		return report
	}
	p.read = func(canonical.Query) (canonical.Report, error) { return there("1000.00"), nil }
	k.wantStatus(k.sync(first.ID), canonical.StatusCaptured)
	second := k.create(engine.NewOrder{Provider: "scripted", Reference: "ORD-2", Amount: money("500.00", "EUR")}).Order
	confused := k.sync(second.ID)
	k.wantStatus(confused, canonical.StatusCreated)
	if confused.ProviderOrder.ID != "" || confused.Drift == nil || !strings.Contains(k.alarms.String(), "another's") {
		t.Errorf("lender's order %q, drift %v", confused.ProviderOrder.ID, confused.Drift)
	}
	k.wantRules(confused)
}

func TestAPanicInAProviderLeavesTheOperationInDoubt(t *testing.T) {
	k, p, order := newScripted(t)
	p.sent = nil
	p.send = func(canonical.Command, canonical.Request) (canonical.Outcome, error) { panic(killed{}) }
	survive(func() { k.do(order.ID, hundred()) })
	p.shows("1000.00", "0.00", "0.00")
	k.heal()
	ops := k.unresolved()
	if len(ops) > 0 || len(p.sent) != 1 {
		t.Errorf("%v unresolved, sent %d times", ops, len(p.sent))
	}
	k.wantRules(k.order(order.ID))
}
