package adapters

import (
	"context"
	"net/http"

	"github.com/lendgate/lendgate/canonical"
)

// Read asks the lender something that moves nothing. Errors: operation_unsupported where the provider
// has no such read, provider_unavailable, provider_garbled, provider_misconfigured, refused.
func (c *Client) Read(ctx context.Context, q canonical.Query) (canonical.Report, error) {
	x := c.exchange(q.Read)
	if x == nil {
		return canonical.Report{}, canonical.Errorf(canonical.OperationUnsupported, "this provider has no "+q.Read)
	}
	asOf := c.now()
	report, err := c.read(ctx, x, q)
	if err == nil {
		err = inCurrency(q.Order.Amount.Currency, report.Sighting)
	}
	if err != nil {
		return canonical.Report{}, err
	}
	report.AsOf = asOf
	c.definition.limitOffers(report.Offers, asOf)
	c.definition.interpret(report.Sighting)
	for i := range report.Orders {
		c.definition.interpret(&report.Orders[i])
	}
	return report, nil
}

func (c *Client) read(ctx context.Context, x *Exchange, q canonical.Query) (canonical.Report, error) {
	call := c.caller(x, q.Attempt != nil)
	if x.Collect != nil {
		report, err := x.Collect(ctx, call, q)
		return report, asGarbled(err)
	}
	order := q.Order
	if order.Customer.Reference == "" {
		order.Customer = q.Customer
	}
	path, err := expandPath(x.Path, named(&canonical.Command{Order: order, Options: q.Options}))
	if err != nil {
		return canonical.Report{}, canonical.Errorf(canonical.OperationUnsupported, "the lender cannot be asked yet: "+err.Error())
	}
	if x.Query != nil {
		path += x.Query(q)
	}
	reply, err := call(ctx, x.Method, path)
	if err != nil {
		return canonical.Report{}, err
	}
	report, err := x.Read(q, reply)
	return report, asGarbled(err)
}

// inCurrency refuses a report in another currency than the order's: its figures would say nothing of ours.
func inCurrency(currency string, s *canonical.Sighting) error {
	if s == nil || s.Amount == nil || currency == "" || s.Amount.Currency == currency {
		return nil
	}
	return &canonical.Error{Kind: canonical.ProviderGarbled, Detail: "the lender's answer is in another currency than the order"}
}

func asGarbled(err error) error {
	if err == nil || canonical.KindOf(err) != canonical.Internal {
		return err
	}
	return &canonical.Error{Kind: canonical.ProviderGarbled, Detail: "the lender's answer cannot be read", Err: err}
}

// caller sends the requests of one read. It returns replies with status 2xx or 404.
func (c *Client) caller(x *Exchange, recovering bool) Caller {
	return func(ctx context.Context, method, path string) (Reply, error) {
		header, err := x.headers(func(string) string { return "" })
		if err != nil {
			return Reply{}, err
		}
		t := c.try(ctx, x, wireRequest{method: method, path: path, header: header, timeout: c.patience(x), recovering: recovering})
		f := facts{reach: t.reach, status: t.reply.Status, tokened: t.fresh, denied: t.denied}
		f.unreadable = ok2xx(f.status) && ambiguous(t.reply.Body)
		if t.reach == Replied && !f.unreadable && (ok2xx(f.status) || f.status == http.StatusNotFound) {
			t.leave(Shown{Health: Healthy})
			return t.reply, nil
		}
		var code, message string
		if t.reach == Replied {
			code, message = c.refusal(t.reply)
			f.failure = x.failureOf(f.status, code)
		}
		t.leave(c.shown(t, f))
		ruled := rule(f, ReadCall)
		if ruled == isListed {
			_, err := x.listed(f.failure, code, message)
			return Reply{}, err
		}
		return Reply{}, t.failed(errorKinds[ruled], code, message)
	}
}
