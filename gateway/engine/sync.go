package engine

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Synced is an order after the lender was asked, or why it could not be.
type Synced struct {
	Order  canonical.Order
	Synced bool
	Reason string // where not synced
	Read   bool   // the lender answered for the order, whatever it said
	Heard  bool   // the lender answered, if only in vain
}

// Sync reads the lender's truth now and applies it. What is unresolved is settled first, by whatever
// evidence there is. Errors: not_found. A lender that cannot be read is no error.
func (e *Engine) Sync(ctx context.Context, call Call, orderID string) (Synced, error) {
	seen, err := e.Order(ctx, call, orderID)
	if err != nil {
		return Synced{}, err
	}
	var result Synced
	var failure error
	_, span := e.tracer.Start(ctx, "sync")
	describeOrder(span, &seen)
	wait := e.rt.Start("sync", func(apart context.Context) {
		defer span.End()
		ctx := trace.ContextWithSpan(apart, span)
		result, failure = untilFresh(func() (Synced, error) { return e.sync(ctx, orderID, canonical.BySync) })
	})
	if !wait(ctx, e.set.Wait) {
		return Synced{Order: seen, Reason: "the lender has not answered yet"}, nil
	}
	if failure != nil {
		e.log.ErrorContext(ctx, "sync", "order", orderID, "error", failure)
		return Synced{Order: seen, Reason: string(canonical.KindOf(failure))}, nil
	}
	e.Present(&result.Order)
	return result, nil
}

// sync settles what is unresolved by whatever evidence there is, and reads the order.
func (e *Engine) sync(ctx context.Context, orderID string, by canonical.FoundBy) (Synced, error) {
	order, err := e.orderByID(ctx, orderID)
	if err != nil {
		return Synced{}, err
	}
	if open := order.Hidden.Open; open != nil {
		s, err := e.recover(ctx, open.ID, by)
		if err != nil {
			return Synced{}, err
		}
		if order = s.order; order.Hidden.Open != nil {
			return Synced{Order: order, Heard: s.heard, Reason: "the order's " + string(order.Hidden.Open.Kind) + " is " + string(order.Hidden.Open.State)}, nil
		}
	}
	return e.readAndAbsorb(ctx, order, by)
}

// readAndAbsorb reads an order on which nothing is unresolved. errStale: it changed meanwhile.
func (e *Engine) readAndAbsorb(ctx context.Context, order canonical.Order, by canonical.FoundBy) (Synced, error) {
	provider, err := e.providers.For(order.Provider, order.Merchant)
	if err != nil {
		return Synced{Order: order, Reason: string(canonical.KindOf(err))}, nil
	}
	asked := findable(order)
	report, err := provider.Read(ctx, canonical.Query{Read: "sync", Order: asked})
	switch {
	case err != nil && canonical.KindOf(err) == canonical.OperationUnsupported:
		return Synced{Order: order, Reason: "this provider cannot be read", Read: true, Heard: true}, nil
	case err != nil:
		return Synced{Order: order, Reason: string(canonical.KindOf(err))}, nil
	case hinted(order, asked) && (report.Sighting == nil || another(order, *report.Sighting)):
		return Synced{Order: order, Reason: "what a notification named is not this order", Read: true, Heard: true}, nil
	case report.Finding == canonical.Absent:
		return e.notShown(ctx, order, report, provider)
	case report.Finding != canonical.Found || report.Sighting == nil:
		return Synced{Order: order, Reason: "the lender does not say", Read: true, Heard: true}, nil
	}
	after, err := e.absorb(ctx, order, report, provider, by)
	return Synced{Order: after, Synced: err == nil, Read: err == nil, Heard: err == nil}, err
}

// findable is an order as its lender can be asked for it: where our books do not know what the lender
// calls it, a notification may have said so.
func findable(order canonical.Order) canonical.Order {
	if order.ProviderOrder.ID == "" && order.Hidden.Watch != nil {
		order.ProviderOrder.ID = order.Hidden.Watch.Lender
	}
	return order
}

// hinted says that the lender is asked by a name that only a notification has given.
func hinted(order, asked canonical.Order) bool {
	return asked.ProviderOrder.ID != order.ProviderOrder.ID
}

// another says that what a notification named is not this order: a message is a hint, and only our number
// in the lender's own answer bears it out.
func another(order canonical.Order, s canonical.Sighting) bool {
	return s.Reference != order.ProviderOrder.Reference
}

func (e *Engine) orderByID(ctx context.Context, id string) (order canonical.Order, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		order, err = r.Order(id)
		return err
	})
	return order, err
}
