package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Receive takes in a lender's message: once it returns nil the message is durable, and the lender will be
// read for it. Nothing of an order changes by a message alone. Errors: not_found where no such provider
// takes messages, provider_off, unauthenticated.
func (e *Engine) Receive(ctx context.Context, provider string, m canonical.Message) error {
	all, err := e.providers.Credentials(provider)
	if err != nil {
		return err
	}
	message, err := e.verified(all, m)
	if err != nil || message.ID == "" {
		return err
	}
	_, err = untilFresh(func() (struct{}, error) { return struct{}{}, e.takeIn(ctx, message) })
	return err
}

// verified finds the credentials that verify a message, and whom it is about. One that names no order is
// nobody's business: it verified, and its ID is "".
func (e *Engine) verified(all []Provider, m canonical.Message) (message state.Message, err error) {
	takes := false
	for _, p := range all {
		notice, err := p.Notice(m)
		switch kind := canonical.KindOf(err); {
		case err != nil && kind == canonical.NotFound:
			continue
		case err != nil && kind == canonical.Unauthenticated:
			takes = true
			continue
		}
		description := p.Describe()
		message.Credentials = append(message.Credentials, description.Credential)
		if err == nil && message.ID == "" {
			message.ID, message.Provider, message.At, message.Body, message.Query = notice.ID, description.ID, m.At, m.Body, m.Query.Encode()
			message.Event, message.LenderID, message.Reference = notice.Event, notice.ProviderID, notice.Reference
		}
	}
	switch {
	case message.ID != "":
		message.ID = messageID(message)
		return message, nil
	case len(message.Credentials) > 0:
		return message, nil
	case takes:
		return message, canonical.Errorf(canonical.Unauthenticated, "the notification does not verify")
	}
	return message, canonical.Errorf(canonical.NotFound, "this provider sends no notifications")
}

// messageID is the same for what is the same message again, under the same credentials: one merchant's
// message is never taken for another's.
func messageID(m state.Message) string {
	sum := sha256.Sum256([]byte(m.Provider + "\n" + strings.Join(m.Credentials, "\n") + "\n" + m.ID))
	return "msg_" + hex.EncodeToString(sum[:16])
}

func messageTimerID(id string) string { return messageTimer + ":" + id }

// takeIn writes a message that is new, with its timer, and has the order it is about looked at.
func (e *Engine) takeIn(ctx context.Context, m state.Message) error {
	found, err := e.addressee(ctx, &m)
	if err != nil {
		return err
	}
	var made *change
	err = e.alter(context.WithoutCancel(ctx), func(tx state.Tx) (*change, error) {
		_, err := tx.Messages().Get(m.ID)
		if err != state.ErrNotFound {
			return nil, err // it came before
		}
		made, err = e.hand(tx, m, found, tx.Messages().Insert)
		return made, err
	})
	if err == nil && made != nil {
		concerns(ctx, made.order)
	}
	return err
}

// addressee is the order that a message is about.
type addressee struct {
	order   string
	certain bool // it is the lender's order that the message names, and no other
	orphan  bool // the lender's order has this one's reference, and is not the one that it became
}

func (e *Engine) addressee(ctx context.Context, m *state.Message) (found addressee, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		found, err = e.addressed(r, m)
		return err
	})
	return found, err
}

// addressed looks for the order by what the lender calls it, then by what we called it there. An order
// under other credentials than those that verified the message is not meant.
func (e *Engine) addressed(r state.Reader, m *state.Message) (addressee, error) {
	for _, credential := range m.Credentials {
		known, err := r.ProviderOrder(state.ProviderOrderID{Provider: m.Provider, Credential: credential, ID: m.LenderID})
		if err != state.ErrNotFound {
			return addressee{order: known.Order, certain: true}, err
		}
	}
	if m.Reference == "" {
		return addressee{}, nil
	}
	orders, err := r.OrdersGiven(m.Provider, m.Reference)
	for i := range orders {
		if err == nil && e.verifies(&orders[i], m) {
			return match(r, &orders[i], m)
		}
	}
	return addressee{}, err
}

// match compares a message with the order that has its reference. The lender's order it names can only be
// another where ours is known, or came to nothing; then a create that was sent twice has left it behind.
func match(r state.Reader, o *canonical.Order, m *state.Message) (addressee, error) {
	nothing := o.Phase == canonical.Ended && o.Totals.Authorized.IsZero() && o.Hidden.Waiting == ""
	if m.LenderID == "" || (o.ProviderOrder.ID == "" && !nothing) {
		return addressee{order: o.ID, certain: m.LenderID == ""}, nil
	}
	repeated, err := repeatedCreate(r, o.ID)
	switch {
	case repeated:
		return addressee{order: o.ID, orphan: true}, err
	case o.ProviderOrder.ID == "":
		return addressee{order: o.ID}, err
	}
	return addressee{}, err
}

// repeatedCreate says whether an order's create may have been sent more than once.
func repeatedCreate(r state.Reader, orderID string) (bool, error) {
	ops, err := operationsOf(r, orderID)
	for _, op := range ops {
		if op.Kind == canonical.OpCreate && len(op.Attempts) > 0 && op.Attempts[0].Sends > 1 {
			return true, nil
		}
	}
	return false, err
}

func (e *Engine) verifies(order *canonical.Order, m *state.Message) bool {
	provider, err := e.providers.For(order.Provider, order.Merchant)
	if err != nil {
		return false
	}
	for _, credential := range m.Credentials {
		if credential == provider.Describe().Credential {
			return true
		}
	}
	return false
}

// hand gives a message to its order, or parks it until that is known. write inserts or replaces it.
func (e *Engine) hand(tx state.Tx, m state.Message, to addressee, write func(string, state.Message) error) (*change, error) {
	if to.certain {
		m.Order = to.order
	}
	if err := e.parkMessage(tx, m, write); err != nil || to.order == "" || to.orphan {
		return nil, err
	}
	order, err := tx.Orders().Get(to.order)
	if err != nil {
		return nil, err
	}
	provider, err := e.providers.For(order.Provider, order.Merchant)
	if err != nil {
		return nil, err
	}
	if w := order.Hidden.Watch; w != nil && w.Looked != nil && w.Looked.After(m.At) {
		return nil, nil // the lender has been read since
	}
	c := e.change(&order, provider)
	c.hint()
	if order.ProviderOrder.ID == "" && !has(provider, "find") {
		order.Hidden.Watch.Lender = m.LenderID // there is no other way to it; it is tried once
	}
	return c, nil
}

// hint has the lender read soon.
func (c *change) hint() {
	if c.order.Hidden.Watch == nil {
		c.order.Hidden.Watch = &canonical.Watch{}
	}
	c.order.Hidden.Watch.Hinted = &c.at
}
