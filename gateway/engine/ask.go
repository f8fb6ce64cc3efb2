package engine

import (
	"context"
	"errors"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Ask is what a caller wants of an order.
type Ask struct {
	Kind      canonical.OperationKind
	Amount    *canonical.Money // nil: all there is
	Lines     []canonical.Line
	Capture   string
	Final     bool
	Reference string
	Message   string
	Reason    string
	Shipping  *canonical.Shipping
	Plan      *canonical.Plan
	Options   canonical.Values
	Change    *canonical.Change // of an update
	Version   int               // of an update: the version the caller has seen; 0 is any
	Elsewhere bool              // it happened without us: book it, call nobody
}

// errStale: what was read before a commit has changed since; it is read again.
var errStale = errors.New("stale")

// staleTries is how often a request begins anew on an order that keeps changing.
const staleTries = 20

// untilFresh tries until nothing changes between what is read and what is written.
func untilFresh[R any](try func() (R, error)) (result R, err error) {
	for range staleTries {
		if result, err = try(); !errors.Is(err, errStale) {
			return result, err
		}
	}
	return result, &canonical.Error{Kind: canonical.Overloaded, Detail: "others keep changing the same order", Err: err}
}

// Submit performs an operation on an order and waits for it, at most as long as the settings say.
// Errors: not_found, idempotency_key_reused, operation_in_progress, operation_not_allowed,
// operation_unsupported, amount_exceeded, invalid_request, version_mismatch, refused, not_done,
// provider_busy, provider_unavailable, provider_misconfigured, provider_off, overloaded.
func (e *Engine) Submit(ctx context.Context, call Call, order string, ask Ask) (Answer, error) {
	read := false
	return untilFresh(func() (Answer, error) { return e.submit(ctx, call, order, ask, &read) })
}

// submit tries once. read says whether the lender has been read for this since it came in.
func (e *Engine) submit(ctx context.Context, call Call, orderID string, ask Ask, read *bool) (Answer, error) {
	seen, err := e.look(ctx, call, orderID)
	if err != nil {
		return Answer{}, err
	}
	if seen.replay != nil {
		return e.again(ctx, call, seen)
	}
	if !*read {
		if *read, err = e.freshen(ctx, &seen.order, ask); err != nil {
			return Answer{}, err
		}
		if *read {
			return Answer{}, errStale // it may have changed
		}
	}
	intent, err := e.prepare(call, seen.order, ask)
	if err != nil {
		return Answer{}, err
	}
	intent.key = seen.key
	return e.performNew(ctx, call, intent)
}

// look is what a request finds before it begins.
type look struct {
	order  canonical.Order
	key    *state.Key           // what the idempotency key points to now
	replay *canonical.Operation // the operation to answer with
}

func (e *Engine) look(ctx context.Context, call Call, orderID string) (seen look, err error) {
	err = e.store.View(ctx, func(r state.Reader) error {
		order, err := owned(r, call, orderID)
		if err != nil {
			return err
		}
		seen = look{order: order}
		return e.lookKey(r, call, &seen)
	})
	return seen, err
}

// owned reads an order of the caller's merchant; another's is not there.
func owned(r state.Reader, call Call, id string) (canonical.Order, error) {
	order, err := r.Order(id)
	if err == state.ErrNotFound || (err == nil && !call.owns(order.Merchant, order.Mode)) {
		return order, canonical.Errorf(canonical.NotFound, "there is no order "+id)
	}
	return order, err
}

// owns: operators own everything of their mode, everyone else what is their merchant's.
func (c Call) owns(merchant string, mode canonical.Mode) bool {
	return c.Mode == mode && (c.Merchant == merchant || (c.Role == state.RoleOperator && c.Merchant == ""))
}

// lookKey finds what the idempotency key points to. A key whose operation certainly did not happen,
// and was not refused, is free: the next request with it makes a new operation.
func (e *Engine) lookKey(r state.Reader, call Call, seen *look) error {
	key, err := r.Key(call.keyID())
	if err == state.ErrNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	seen.key = &key
	if key.Fingerprint != e.fingerprint(call) {
		return canonical.Errorf(canonical.IdempotencyKeyReused, "the key was used with another request")
	}
	op, err := r.Operation(key.Operation)
	if err != nil {
		return err
	}
	if op.State == canonical.Failed && freesKey(op.Recovery.Problem) {
		return nil
	}
	seen.replay = &op
	return nil
}

func (c Call) keyID() state.KeyID { return state.KeyID{Merchant: c.Merchant, Mode: c.Mode, Key: c.Key} }

// freesKey: the problems after which a repeat with the same key is a new try.
func freesKey(problem canonical.Kind) bool {
	switch problem {
	case canonical.ProviderBusy, canonical.ProviderUnavailable, canonical.ProviderMisconfigured, canonical.ProviderGarbled, canonical.ProviderOff:
		return true
	}
	return false
}

// again answers a repeat of a request.
func (e *Engine) again(ctx context.Context, call Call, seen look) (Answer, error) {
	op := seen.replay
	if op.State == canonical.Started {
		wait := canonical.Next{Action: canonical.NextWait, After: 1}
		return Answer{}, &canonical.Error{Kind: canonical.OperationInProgress, Operation: op.ID, Order: op.Order, Next: &wait, Detail: "the first request with this key is still running"}
	}
	answer, err := e.settled(ctx, op)
	answer.Replayed = true
	return answer, err
}
