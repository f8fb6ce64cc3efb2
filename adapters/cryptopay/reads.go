package cryptopay

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const (
	usualPage   = 50
	largestPage = 200
	mostPages   = 50
)

// slack is how far the processor's created_at may be before ours: the clocks, and then some.
const slack = time.Hour

func (c *cryptopay) reads() []adapters.Exchange {
	return []adapters.Exchange{
		{Name: "sync", Class: adapters.ReadCall, Collect: c.sync, Failures: readFailures},
		{Name: "find", Class: adapters.ReadCall, Collect: c.find, Failures: readFailures},
		{Name: "list", Class: adapters.ReadCall, Method: http.MethodGet, Path: ordersPath, Query: listQuery, Read: c.readList, Failures: readFailures},
		{Name: "probe", Class: adapters.ReadCall, Method: http.MethodGet, Path: "/api/v1/me", Read: readProbe, Failures: readFailures},
	}
}

func readProbe(_ canonical.Query, reply adapters.Reply) (r canonical.Report, err error) {
	if !json.Valid(reply.Body) {
		err = errors.New("no JSON")
	}
	return r, err
}

// sync reads the order; before its id is known it is looked for by our reference.
func (c *cryptopay) sync(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	id := q.Order.ProviderOrder.ID
	if id == "" {
		return c.search(ctx, call, q.Order)
	}
	reply, err := call(ctx, http.MethodGet, ordersPath+"/"+url.PathEscape(id))
	if err != nil || reply.Status == http.StatusNotFound {
		return canonical.Report{Finding: canonical.Absent}, err
	}
	s, err := c.decodeOrder(q.Order, reply)
	if err != nil {
		return canonical.Report{}, err
	}
	c.learnRefunds(ctx, call, q.Order.Hidden.Kept, s)
	return canonical.Report{Finding: canonical.Found, Sighting: s}, nil
}

// learnRefunds asks once, when there is something to refund, whether the channel refunds at all.
// The order is worth as much without the answer, so an error is no error.
func (c *cryptopay) learnRefunds(ctx context.Context, call adapters.Caller, kept map[string]string, s *canonical.Sighting) {
	known := kept[keptMode] == custodial || s.Kept[keptMode] == custodial || kept[keptRefunds] != ""
	if known || s.Net == nil || c.settings.Text("refund") != auto {
		return
	}
	reply, err := call(ctx, http.MethodGet, channelsPath)
	if err != nil {
		return
	}
	var said channels
	if json.Unmarshal(reply.Body, &said) != nil {
		return
	}
	for _, one := range said.Data {
		if code := s.Details.Text("channel"); one.Code == code && code != "" {
			s.Kept[keptRefunds] = strconv.FormatBool(one.SupportsRefund || one.Settlement == custodial)
		}
	}
}

// find looks for a charge. A refund has neither a reference nor an id: it shows in the total alone.
func (c *cryptopay) find(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
	if q.Attempt != nil && q.Attempt.Kind != canonical.OpCreate {
		return canonical.Report{Finding: canonical.Mute}, nil
	}
	return c.search(ctx, call, q.Order)
}

// search pages through the orders, newest first, until it meets our reference or orders older than
// ours can be. Orders that arrive meanwhile shift the pages, so some rows come twice.
func (c *cryptopay) search(ctx context.Context, call adapters.Caller, o canonical.Order) (canonical.Report, error) {
	reference := o.ProviderOrder.Reference
	if reference == "" {
		return canonical.Report{}, canonical.Errorf(canonical.OperationUnsupported, "the order has no reference to search for")
	}
	named := make(map[string]bool) // orders that carry another reference
	for offset, pages := 0, 0; pages < mostPages; pages++ {
		reply, err := call(ctx, http.MethodGet, ordersPath+pageQuery("", largestPage, offset))
		if err != nil {
			return canonical.Report{}, err
		}
		rows, err := decodePage(reply)
		if err != nil {
			return canonical.Report{}, err
		}
		if ours := withNumber(rows.Data, reference); len(ours) > 0 {
			return c.theOne(ours)
		}
		for _, row := range rows.Data {
			named[row.ID] = named[row.ID] || row.MerchantOrderID != ""
		}
		offset += len(rows.Data)
		older := len(rows.Data) > 0 && passed(rows.Data[len(rows.Data)-1], o.CreatedAt)
		if older || offset >= *rows.Total || len(rows.Data) == 0 {
			return absence(named, *rows.Total, older), nil
		}
	}
	return canonical.Report{Finding: canonical.Mute}, nil
}

// absence: ours is not there if every order down to those older than ours was shown, with its number.
func absence(named map[string]bool, total int, older bool) canonical.Report {
	shown := older || len(named) >= total
	for _, id := range slices.Sorted(maps.Keys(named)) {
		shown = shown && id != "" && named[id]
	}
	if !shown {
		return canonical.Report{Finding: canonical.Mute}
	}
	return canonical.Report{Finding: canonical.Absent}
}

func withNumber(rows []order, reference string) (ours []order) {
	for _, row := range rows {
		if row.MerchantOrderID == reference {
			ours = append(ours, row)
		}
	}
	return ours
}

// theOne is the order that carries our reference. The reference makes an order once: two are one that
// came twice, or nothing to go by.
func (c *cryptopay) theOne(ours []order) (canonical.Report, error) {
	for _, row := range ours {
		if row.ID != ours[0].ID {
			return canonical.Report{Finding: canonical.Mute}, nil
		}
	}
	s, err := c.sight(ours[0])
	return canonical.Report{Finding: canonical.Found, Sighting: s}, err
}

// passed says whether a row is older than an order made at a time can be.
func passed(row order, created time.Time) bool {
	at := adapters.Moment(row.CreatedAt)
	return at != nil && !created.IsZero() && at.Before(created.Add(-slack))
}

func decodePage(reply adapters.Reply) (rows page, err error) {
	err = json.Unmarshal(reply.Body, &rows)
	if err == nil && (rows.Data == nil || rows.Total == nil) {
		err = errors.New("no list of orders, or none that says how many there are")
	}
	return rows, err
}

func listQuery(q canonical.Query) string {
	limit := q.Limit
	if limit <= 0 {
		limit = usualPage
	}
	return pageQuery(q.Status, min(limit, largestPage), offsetOf(q.Cursor))
}

func offsetOf(cursor string) int {
	offset, err := strconv.Atoi(cursor)
	if err != nil {
		return 0
	}
	return max(0, offset)
}

// pageQuery asks for orders of one status, in our words or the processor's.
func pageQuery(status string, limit, offset int) string {
	if status == string(canonical.StatusCaptured) {
		status = paid
	}
	wanted := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
	if status != "" {
		wanted.Set("status", status)
	}
	return "?" + wanted.Encode()
}

func (c *cryptopay) readList(q canonical.Query, reply adapters.Reply) (r canonical.Report, err error) {
	rows, err := decodePage(reply)
	if err != nil {
		return r, err
	}
	r.Finding = canonical.Found
	for _, row := range rows.Data {
		s, err := c.sight(row)
		if err != nil {
			return canonical.Report{}, err
		}
		r.Orders = append(r.Orders, *s)
	}
	if next := offsetOf(q.Cursor) + len(rows.Data); len(rows.Data) > 0 && next < *rows.Total {
		r.Cursor = strconv.Itoa(next)
	}
	return r, nil
}
