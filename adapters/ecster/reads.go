package ecster

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// searchPath has its trailing slash also before a query: so it is documented.
const searchPath = "/v1/orders/"

// The words for a Swish refund.
const (
	refundOngoing = "ONGOING"
	refundDone    = "SUCCESS"
)

// sync reads the order; before its id is known it is looked for by our reference.
func (e *ecster) sync(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	id, searched := q.Order.ProviderOrder.ID, q.Order.ProviderOrder.ID == ""
	if searched {
		found, err := e.search(ctx, call, q.Order)
		if err != nil || len(found) == 0 {
			return canonical.Report{Finding: canonical.Absent}, err
		}
		if id = theOne(found); id == "" {
			return canonical.Report{Finding: canonical.Mute}, nil
		}
	}
	refund, err := e.refundUnderWay(ctx, call, q)
	if err != nil {
		return canonical.Report{}, err
	}
	seen, _, err := e.get(ctx, call, id, q.Order.Amount.Currency)
	switch {
	case err != nil || (seen == nil && q.Attempt == nil && !searched):
		return canonical.Report{Finding: canonical.Absent}, err
	case seen == nil: // an order that is not there says nothing of its money: the keys may be another's
		return canonical.Report{Finding: canonical.Mute}, nil
	case searched && seen.Reference != q.Order.ProviderOrder.Reference: // the list says otherwise
		return canonical.Report{Finding: canonical.Mute}, nil
	}
	refund.hide(seen)
	return canonical.Report{Finding: canonical.Found, Sighting: seen}, nil
}

func orderPathOf(id string) string { return searchPath + url.PathEscape(id) }

// get reads an order; nil where Ecster has none with this id. currency is that of our order, where known.
func (e *ecster) get(ctx context.Context, call adapters.Caller, id, currency string) (*canonical.Sighting, order, error) {
	reply, err := call(ctx, http.MethodGet, orderPathOf(id))
	if err != nil || reply.Status == http.StatusNotFound {
		return nil, order{}, err
	}
	seen, said, err := e.decodeOrder(reply.Body)
	switch {
	case err != nil:
	case said.ID != id:
		err = errors.New("another order than asked for")
	case currency != "" && said.Currency != currency:
		err = errors.New("another currency than the order's")
	}
	return &seen, said, err
}

// search lists the orders that carry our reference.
func (e *ecster) search(ctx context.Context, call adapters.Caller, o canonical.Order) ([]order, error) {
	reference := o.ProviderOrder.Reference
	if reference == "" {
		return nil, canonical.Errorf(canonical.OperationUnsupported, "the order has no reference to search for")
	}
	reply, err := call(ctx, http.MethodGet, searchPath+"?"+url.Values{"orderReference": {reference}}.Encode())
	if err != nil || reply.Status == http.StatusNotFound {
		return nil, err
	}
	listed, err := decodeList(reply.Body)
	var ours []order
	for _, one := range listed {
		switch {
		case one.ID == "" || one.OrderReference == "": // it may be ours
			return nil, errors.New("order in a list without id or reference")
		case one.OrderReference == reference:
			ours = append(ours, one)
		}
	}
	return ours, err
}

func decodeList(body []byte) (listed []order, err error) {
	err = json.Unmarshal(body, &listed)
	if err == nil && listed == nil {
		err = errors.New("no list")
	}
	return listed, err
}

// theOne is the id of the order that is not over, else of the last listed: a customer who was turned
// down may try again in the same cart. "" where two are alive. ASSUMED: the oldest is listed first.
func theOne(found []order) string {
	alive := ""
	for _, one := range found {
		switch {
		case over(one.Status):
		case alive != "":
			return ""
		default:
			alive = one.ID
		}
	}
	if alive == "" {
		alive = found[len(found)-1].ID
	}
	return alive
}

func over(status string) bool {
	for _, word := range words {
		if word.Word == status {
			return word.Phase == canonical.Ended
		}
	}
	return false
}

// swishRefund is the status of the latest refund, "" where none of ours is unresolved.
type swishRefund string

// refundUnderWay looks after a Swish refund whose end is not known.
func (e *ecster) refundUnderWay(ctx context.Context, call adapters.Caller, q canonical.Query) (swishRefund, error) {
	if q.Attempt == nil || q.Attempt.Kind != canonical.OpRefund || !swish(q.Order) {
		return "", nil
	}
	reply, err := call(ctx, http.MethodGet, orderPathOf(q.Order.ProviderOrder.ID)+"/refunds/latest/status")
	if err != nil || reply.Status == http.StatusNotFound {
		return "", err
	}
	var said refundReply
	err = json.Unmarshal(reply.Body, &said)
	if err == nil && said.Status == "" {
		err = errors.New("refund without a status")
	}
	return swishRefund(said.Status), err
}

// hide takes the refunded total out of a sighting while the lender is at work on it: as long as it
// may still change it is no evidence that nothing happened.
func (r swishRefund) hide(s *canonical.Sighting) {
	none := s.Refunded != nil && s.Refunded.IsZero()
	if r == refundOngoing || (r == refundDone && none) {
		s.Refunded = nil
	}
}

// find looks for one transaction of ours in the order's list. A list that lacks some of what the
// totals hold proves no absence, nor does an order that is not there.
func (e *ecster) find(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	switch {
	case q.Attempt == nil || q.Attempt.Kind == canonical.OpCreate:
		return e.sync(ctx, call, q)
	case swish(q.Order): // its refunds carry no reference
		return canonical.Report{Finding: canonical.Mute}, nil
	}
	seen, said, err := e.get(ctx, call, q.Order.ProviderOrder.ID, q.Order.Amount.Currency)
	if err != nil || seen == nil {
		return canonical.Report{Finding: canonical.Mute}, err
	}
	ours, contrary := ofAttempt(said.Transactions, seen.Seen, q.Attempt)
	report := canonical.Report{Finding: canonical.Mute, Sighting: seen, Seen: ours}
	listed := q.Attempt.Kind == canonical.OpCapture || q.Attempt.Kind == canonical.OpRefund
	switch {
	case contrary:
		report.Finding, report.Seen = canonical.Contrary, nil
	case ours != nil:
		report.Finding = canonical.Found
	case listed && legible(said.Transactions) && listsAll(seen, canonical.OpCapture, seen.Captured) && listsAll(seen, canonical.OpRefund, seen.Refunded):
		report.Finding = canonical.Absent
	}
	return report, nil
}

// legible: every row of a list says what it is. One that does not may be ours.
func legible(listed []transaction) bool {
	return listed != nil && !slices.ContainsFunc(listed, func(t transaction) bool { return t.ID == "" || t.Type == "" })
}

// ofAttempt is the movement that carries an attempt's reference. What carries it and is another kind of
// movement, or is there once more with another amount, speaks neither for the attempt nor against it.
func ofAttempt(listed []transaction, seen []canonical.Seen, attempt *canonical.Attempt) (ours *canonical.Seen, contrary bool) {
	for _, t := range listed {
		contrary = contrary || (t.TransactionReference == attempt.Reference && kinds[t.Type] != attempt.Kind)
	}
	for i := range seen {
		switch one := &seen[i]; {
		case one.Reference != attempt.Reference || one.Kind != attempt.Kind:
		case ours == nil:
			ours = one
		default:
			contrary = contrary || !one.Amount.Equal(ours.Amount)
		}
	}
	return ours, contrary
}

func listsAll(s *canonical.Sighting, kind canonical.OperationKind, total *canonical.Amount) bool {
	sum := decimal.Zero
	for _, one := range s.Seen {
		if one.Kind == kind {
			sum = sum.Add(one.Amount.Value.Decimal())
		}
	}
	return total != nil && sum.Equal(total.Decimal())
}

// listQuery asks for one status in the lender's word; nothing is paged.
func listQuery(q canonical.Query) string {
	if q.Status == "" {
		return ""
	}
	return "?" + url.Values{"status": {q.Status}}.Encode()
}

func (e *ecster) readList(_ canonical.Query, reply adapters.Reply) (r canonical.Report, err error) {
	listed, err := decodeList(reply.Body)
	if err != nil {
		return r, err
	}
	for _, one := range listed {
		seen, err := e.sight(one)
		if err != nil {
			return r, err
		}
		r.Orders = append(r.Orders, seen)
	}
	return r, nil
}

func readProbe(_ canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	_, err := decodeList(reply.Body)
	return canonical.Report{Finding: canonical.Mute}, err
}
