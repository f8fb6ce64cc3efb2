package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Gates are what stands before the lenders.
type Gates interface {
	// Standing describes a provider's; false where it has none.
	Standing(provider string) (canonical.Gate, bool)
	// Shut says for how long nothing would be written to a provider with a merchant's credentials; 0: it would be.
	Shut(provider, merchant string) time.Duration
	// Drain has the engine's Drain run for a provider, unless it does already. It does not wait for it.
	Drain(provider string)
	// Force gives a breaker a state until told otherwise; nil: it decides by itself.
	Force(provider string, class canonical.BreakerClass, f *canonical.Forced)
	// Release ends the hold on a merchant's own credentials, "" being those that all others share; false:
	// there is none.
	Release(provider, merchant, reason string) bool
}

func (e *Engine) gateOf(provider string) *canonical.Gate {
	if e.gates == nil {
		return nil
	}
	gate, known := e.gates.Standing(provider)
	if !known {
		return nil
	}
	return &gate
}

// Forcing is what an operator wants of a breaker, or of a hold on credentials.
type Forcing struct {
	Class    canonical.BreakerClass
	Force    canonical.Force
	Reason   string
	Until    *time.Time
	Merchant string // of credentials on hold: whose own; "" are those that all others share
}

// longestForce is how far ahead a forced state may end.
const longestForce = 30 * daily

func (f Forcing) check(now time.Time) error {
	switch {
	case f.Reason == "":
		return canonical.Invalid("/reason", "say why")
	case f.Class == canonical.CredentialBreaker && f.Force != canonical.ForceAuto:
		return canonical.Invalid("/force", "a hold on credentials can only be ended: auto")
	case f.Class == canonical.CredentialBreaker:
	case !slices.Contains(canonical.BreakerClasses, f.Class):
		return canonical.Invalid("/class", "must be writes, reads, token or credential")
	case f.Force != canonical.ForceOpen && f.Force != canonical.ForceClosed && f.Force != canonical.ForceAuto:
		return canonical.Invalid("/force", "must be open, closed or auto")
	case f.Merchant != "":
		return canonical.Invalid("/merchant", "breakers are shared by all merchants")
	}
	switch {
	case f.Until == nil:
	case f.Force == canonical.ForceAuto:
		return canonical.Invalid("/until", "is for open and closed")
	case !f.Until.After(now) || f.Until.After(now.Add(longestForce)):
		return canonical.Invalid("/until", "must be a time to come, at most 30 days ahead")
	}
	return nil
}

// ForceBreaker gives a provider's breaker a state by an operator's word, or ends that or a hold on
// credentials. Errors: not_found, provider_off, invalid_request, operation_not_allowed where there is
// nothing to end.
func (e *Engine) ForceBreaker(ctx context.Context, call Call, provider string, f Forcing) error {
	now := e.rt.Now()
	if err := f.check(now); err != nil {
		return err
	}
	if _, err := e.providers.For(provider, f.Merchant); err != nil {
		return err
	}
	if e.gates == nil {
		return canonical.Errorf(canonical.OperationNotAllowed, "there are no breakers here")
	}
	if f.Class == canonical.CredentialBreaker {
		return e.release(ctx, call, provider, f)
	}
	var forced *canonical.Forced
	if f.Force != canonical.ForceAuto {
		forced = &canonical.Forced{Class: f.Class, To: canonical.CircuitState(f.Force), Reason: f.Reason, By: call.Actor, Until: f.Until}
	}
	err := e.recordOf(ctx, provider, func(r *state.ProviderRecord) (*canonical.Event, error) {
		if forced == nil && forcedOf(r, f.Class) == nil {
			return nil, nothingToEnd(provider, "no breaker of this class is forced")
		}
		setForced(r, f.Class, forced)
		return told(call, f), nil
	})
	if err == nil {
		e.gates.Force(provider, f.Class, forced)
		e.logForced(ctx, call, provider, f)
	}
	return err
}

func (e *Engine) logForced(ctx context.Context, call Call, provider string, f Forcing) {
	e.log.WarnContext(ctx, "an operator sets a breaker", "provider", provider, "class", f.Class, "force", f.Force, "merchant", f.Merchant, "actor", call.Actor, "reason", f.Reason)
}

func nothingToEnd(provider, detail string) error {
	return &canonical.Error{Kind: canonical.OperationNotAllowed, Provider: provider, Detail: detail, Next: &canonical.Next{Action: canonical.NextNone}}
}

func (e *Engine) release(ctx context.Context, call Call, provider string, f Forcing) error {
	if !e.gates.Release(provider, f.Merchant, "an operator ended the hold: "+f.Reason) {
		return nothingToEnd(provider, "these credentials are not on hold")
	}
	e.logForced(ctx, call, provider, f)
	return e.recordOf(ctx, provider, func(*state.ProviderRecord) (*canonical.Event, error) { return told(call, f), nil })
}

// told is the event of an operator's word.
func told(call Call, f Forcing) *canonical.Event {
	event := canonical.Event{Type: canonical.BreakerClosed, Origin: canonical.FromOperator, Actor: call.Actor, TraceID: call.TraceID,
		Detail: string(f.Class) + " set to " + string(f.Force) + " by an operator: " + f.Reason}
	if f.Force == canonical.ForceOpen {
		event.Type = canonical.BreakerOpened
	}
	if f.Until != nil {
		event.Detail += ", until " + f.Until.UTC().Format(time.RFC3339)
	}
	return &event
}

func forcedOf(r *state.ProviderRecord, class canonical.BreakerClass) *canonical.Forced {
	for i := range r.Forced {
		if r.Forced[i].Class == class {
			return &r.Forced[i]
		}
	}
	return nil
}

func setForced(r *state.ProviderRecord, class canonical.BreakerClass, f *canonical.Forced) {
	r.Forced = slices.DeleteFunc(slices.Clone(r.Forced), func(other canonical.Forced) bool { return other.Class == class })
	if f != nil {
		r.Forced = append(r.Forced, *f)
	}
}

// Enforce gives every breaker that is new, as force knows, the state that an operator wanted of it.
func (e *Engine) Enforce(ctx context.Context, force func(provider string, class canonical.BreakerClass, f *canonical.Forced)) error {
	return e.eachForced(ctx, func(provider string, forced canonical.Forced) error {
		force(provider, forced.Class, &forced)
		return nil
	})
}

// EndForced ends the forced states whose time is over.
func (e *Engine) EndForced(ctx context.Context) error {
	now := e.rt.Now()
	return e.eachForced(ctx, func(provider string, forced canonical.Forced) error {
		if !forced.Over(now) {
			return nil
		}
		return e.endForced(ctx, provider, forced.Class, now)
	})
}

func (e *Engine) eachForced(ctx context.Context, do func(provider string, forced canonical.Forced) error) error {
	var records []state.ProviderRecord
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		records, err = r.AllProviderRecords()
		return err
	})
	for _, record := range records {
		for _, forced := range record.Forced {
			err = errors.Join(err, do(record.Provider, forced))
		}
	}
	return err
}

func (e *Engine) endForced(ctx context.Context, provider string, class canonical.BreakerClass, now time.Time) error {
	err := e.recordOf(ctx, provider, func(r *state.ProviderRecord) (*canonical.Event, error) {
		if forced := forcedOf(r, class); forced == nil || !forced.Over(now) {
			return nil, errStale
		}
		setForced(r, class, nil)
		return &canonical.Event{Type: canonical.BreakerClosed, Origin: canonical.FromEngine, Detail: string(class) + " decides by itself again: the forced state has ended"}, nil
	})
	if err == errStale {
		return nil
	}
	if err == nil {
		e.gates.Force(provider, class, nil)
	}
	return err
}

// TellProvider writes what happened to a provider, or to credentials for it, into its history.
func (e *Engine) TellProvider(ctx context.Context, provider string, kind canonical.EventType, detail string) error {
	return e.recordOf(ctx, provider, func(*state.ProviderRecord) (*canonical.Event, error) {
		return &canonical.Event{Type: kind, Origin: canonical.FromEngine, Detail: detail}, nil
	})
}

// recordOf changes a provider's record and tells it in one commit.
func (e *Engine) recordOf(ctx context.Context, provider string, change func(*state.ProviderRecord) (*canonical.Event, error)) error {
	n := e.notice(provider, e.modeOf(provider), change)
	return e.commit(ctx, n.write)
}

// notice is a change of a provider's record, and the event that tells it. It is the same one when it is
// written again.
type notice struct {
	provider string
	mode     canonical.Mode
	event    string // its id
	at       time.Time
	change   func(*state.ProviderRecord) (*canonical.Event, error) // a nil event: nothing is told
}

func (e *Engine) notice(provider string, mode canonical.Mode, change func(*state.ProviderRecord) (*canonical.Event, error)) notice {
	return notice{provider, mode, e.rt.NewID("evt"), e.rt.Now(), change}
}

func (n notice) write(tx state.Tx) error {
	record, err := tx.ProviderRecords().Get(n.provider)
	write := tx.ProviderRecords().Replace
	if err == state.ErrNotFound {
		record, write, err = state.ProviderRecord{Provider: n.provider}, tx.ProviderRecords().Insert, nil
	}
	if err != nil {
		return err
	}
	event, err := n.change(&record)
	if err != nil {
		return err
	}
	if event != nil {
		event.ID, event.At, event.Mode, event.Provider, event.Next = n.event, n.at, n.mode, n.provider, canonical.Next{Action: canonical.NextNone}
		sealed, err := record.Chain.Record(*event)
		if err != nil {
			return err
		}
		if err := tx.Append(sealed); err != nil {
			return err
		}
	}
	return write(n.provider, record)
}

func (e *Engine) modeOf(provider string) canonical.Mode {
	if slices.Contains(e.providers.IDs(canonical.Live), provider) {
		return canonical.Live
	}
	return canonical.Test
}
