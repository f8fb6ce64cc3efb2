package engine

import (
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// claimReference gives a merchant's number to an order, unless another order holds it, and says which
// one had it before.
func (e *Engine) claimReference(tx state.Tx, order *canonical.Order, reference string) (previous string, err error) {
	if reference == "" {
		return "", nil
	}
	id := referenceID(order, reference)
	present, err := tx.References().Get(id)
	claimed := state.Reference{Order: order.ID, Held: true}
	switch {
	case err == state.ErrNotFound:
		return "", tx.References().Insert(id, claimed)
	case err != nil:
		return "", err
	case present.Order == order.ID:
		return "", tx.References().Replace(id, claimed)
	case present.Held:
		return "", &canonical.Error{Kind: canonical.ReferenceTaken, Order: present.Order, Detail: "order " + present.Order + " holds the reference"}
	}
	return present.Order, tx.References().Replace(id, claimed)
}

func referenceID(order *canonical.Order, reference string) state.ReferenceID {
	return state.ReferenceID{Merchant: order.Merchant, Mode: order.Mode, Reference: reference}
}

// letGoReferences lets go of those numbers that are not the order's, and of the order's own once it has
// ended with nothing captured and nothing unresolved.
func (e *Engine) letGoReferences(tx state.Tx, order *canonical.Order, others ...string) error {
	if !order.HoldsReference() {
		if err := e.letGo(tx, order, order.Reference); err != nil {
			return err
		}
	}
	for _, other := range others {
		if other == order.Reference {
			continue
		}
		if err := e.letGo(tx, order, other); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) letGo(tx state.Tx, order *canonical.Order, reference string) error {
	if reference == "" {
		return nil
	}
	id := referenceID(order, reference)
	present, err := tx.References().Get(id)
	if err == state.ErrNotFound {
		return nil
	}
	if err != nil || present.Order != order.ID || !present.Held {
		return err
	}
	present.Held = false
	return tx.References().Replace(id, present)
}
