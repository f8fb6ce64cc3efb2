package creditkey

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// The oldest API finds orders by our number, and tells what was refunded: the newer ones do neither.

const findPath = "/app/ecomm/find_order_by_merchant_order_id"

func (s style) looksUp() bool { return s.settings.Text("reference_lookup") == "ecomm" }

// find looks for a create whose reply was lost. An order with our number and another amount is none
// that we asked for, and no proof that ours is not there.
func (s style) find(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	mute := canonical.Report{Finding: canonical.Mute}
	if q.Attempt == nil || q.Attempt.Kind != canonical.OpCreate {
		return mute, nil
	}
	report, err := s.search(ctx, call, q, cmp.Or(q.Attempt.Reference, q.Order.ProviderOrder.Reference))
	if seen := report.Sighting; err == nil && seen != nil && seen.Amount != nil && !seen.Amount.Equal(q.Order.Amount) {
		return mute, nil
	}
	return report, err
}

// sync reads an order and adds what was refunded. Without an id it is the search.
func (s style) sync(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	if q.Order.ProviderOrder.ID == "" {
		return s.search(ctx, call, q, q.Order.ProviderOrder.Reference)
	}
	return s.show(ctx, call, q)
}

func (s style) search(ctx context.Context, call adapters.Caller, q canonical.Query, reference string) (canonical.Report, error) {
	legacy, err := s.lookUp(ctx, call, reference)
	if err != nil {
		return canonical.Report{}, err
	}
	if legacy == nil {
		return canonical.Report{Finding: canonical.Absent}, nil
	}
	q.Order.ProviderOrder.ID = legacy.ID
	report, err := s.show(ctx, call, q)
	if seen := report.Sighting; err == nil && (seen == nil || (seen.Reference != "" && seen.Reference != reference)) {
		return canonical.Report{Finding: canonical.Mute}, nil // the two do not agree
	}
	return report, err
}

func (s style) show(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	reply, err := call(ctx, http.MethodGet, s.orders()+"/"+url.PathEscape(q.Order.ProviderOrder.ID))
	if err != nil {
		return canonical.Report{}, err
	}
	report, err := s.decodeRead(q, reply)
	if err == nil && report.Sighting != nil && is(report.Sighting.Word, captured) {
		report.Sighting.Refunded = s.refunded(ctx, call, report.Sighting)
	}
	return report, err
}

// refunded is what was refunded of a captured order; nil where the look-up fails or knows another
// order under the number, so that the newer API's own words are never lost over it.
func (s style) refunded(ctx context.Context, call adapters.Caller, seen *canonical.Sighting) *canonical.Amount {
	legacy, err := s.lookUp(ctx, call, seen.Reference)
	if err != nil || legacy == nil || legacy.ID != seen.ID {
		return nil
	}
	figure, err := s.definition.Amount(legacy.RefundedAmount, currency)
	if err != nil {
		return nil
	}
	return &figure
}

// lookUp finds an order by our number; nil where there is none.
func (s style) lookUp(ctx context.Context, call adapters.Caller, reference string) (*legacyOrder, error) {
	if reference == "" {
		return nil, canonical.Errorf(canonical.OperationUnsupported, "the order has no number to look for")
	}
	query := url.Values{
		"merchant_order_id": {reference},
		"public_key":        {s.settings.Text("public_key")},
		"shared_secret":     {s.settings.Text("shared_secret")},
	}
	address := strings.TrimRight(s.settings.Text("lookup_url"), "/") + findPath + "?" + query.Encode()
	reply, err := call(ctx, http.MethodGet, address)
	if err != nil || reply.Status == http.StatusNotFound {
		return nil, err
	}
	var found legacyOrder
	if err := json.Unmarshal(reply.Body, &found); err != nil {
		return nil, err
	}
	if found.ID == "" || found.MerchantOrderID != reference {
		return nil, errors.New("the look-up answered with another order")
	}
	return &found, nil
}
