package adapters

import (
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// State is how a class's breaker stands.
func (g *LocalGate) State(class Class) canonical.CircuitState {
	defer g.tell()
	return g.breaker(class).view().State
}

// Standing describes the gate.
func (g *LocalGate) Standing() canonical.Gate {
	defer g.tell()
	view := canonical.Gate{Holds: g.holds.views()}
	for _, b := range []*breaker{g.writes, g.reads, g.tokens} {
		view.Breakers = append(view.Breakers, b.view())
	}
	g.turning.Lock()
	defer g.turning.Unlock()
	view.Limits.InFlight = g.limits.InFlight
	view.Limits.UnderWay = len(g.common.slots) + len(g.fresh.slots) + len(g.recovery.slots)
	if success := shown(g.success); !g.success.IsZero() {
		view.LastSuccess = &success
	}
	if paused := shown(g.paused); g.paused.After(time.Now()) {
		view.PausedUntil = &paused
	}
	return view
}

// Adjust gives the gate other limits. Whatever they do not concern goes on: holds, pauses, stamps, and the
// breakers where their rules are the same. Calls that are under way keep the places they have, and are not
// counted among the new ones.
func (g *LocalGate) Adjust(limits Limits) {
	defer g.tell()
	g.turning.Lock()
	before := g.limits
	g.limits = limits
	if before.InFlight != limits.InFlight || before.Rate != limits.Rate {
		g.rooms = newRooms(limits)
	}
	g.turning.Unlock()
	if before.Breaker == limits.Breaker {
		return
	}
	for _, b := range []*breaker{g.writes, g.reads, g.tokens} {
		b.adjust(limits.Breaker)
	}
	g.holds.adjust(limits.Breaker)
}

// Shut says why nothing would be written with a set of credentials now, and for how long that is certain;
// nil: it would.
func (g *LocalGate) Shut(credential string) *Refusal {
	defer g.tell()
	if refusal := g.holds.refusal(Errand{Class: MoneyCall, Credential: credential}, false); refusal != nil {
		return refusal
	}
	if refusal := g.writes.shut(); refusal != nil {
		return refusal
	}
	return g.tokens.shut()
}

// Force gives a class's breaker a state until told otherwise; nil: it decides by itself again.
func (g *LocalGate) Force(class canonical.BreakerClass, f *canonical.Forced) {
	defer g.tell()
	for _, b := range []*breaker{g.writes, g.reads, g.tokens} {
		if b.class == class {
			b.force(f)
		}
	}
}

// Release ends the hold on a set of credentials; false: there is none.
func (g *LocalGate) Release(credential, reason string) bool {
	defer g.tell()
	return g.holds.release(credential, reason)
}

// Trials says what waits to be tried again: whether a breaker is half open, and the credentials on hold
// whose time has come.
func (g *LocalGate) Trials() (halfOpen bool, credentials []string) {
	for _, class := range []Class{MoneyCall, ReadCall, TokenCall} {
		halfOpen = halfOpen || g.State(class) == canonical.CircuitHalfOpen
	}
	return halfOpen, g.holds.due()
}

// Asked counts the reads that were let through, and those of them that are under way. One that was let through
// while a breaker is half open asks the lender whether it is back.
func (g *LocalGate) Asked() (all, underWay int) {
	g.turning.Lock()
	defer g.turning.Unlock()
	return g.asked, g.asking
}

// Grant lets one call of whatever kind ask whether the lender is back: for a lender that cannot be asked
// by a read.
func (g *LocalGate) Grant(credential string) {
	g.writes.grant()
	g.holds.grant(credential)
}
