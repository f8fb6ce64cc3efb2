package cryptopay

import "slices"

type page struct {
	Data   []wireOrder `json:"data"`
	Total  int         `json:"total"`
	Limit  int         `json:"limit"`
	Offset int         `json:"offset"`
}

const farthest = 1 << 31

// list shows orders newest first, of one status where the query names one.
func (l *Lender) list(c call) (int, any, *refusal) {
	f := readQuery(c.request.RawQuery)
	status, filtered := f.take("status")
	p := page{Data: []wireOrder{}, Limit: f.count("limit", 20, 1, 200), Offset: f.count("offset", 0, 0, farthest)}
	if filtered && !slices.Contains(statuses, string(status)) {
		f.blame("status must be one of %v", statuses)
	}
	if no := f.refused(); no != nil {
		return 0, nil, no
	}
	for _, o := range slices.Backward(l.orders) {
		if filtered && o.status(c.now) != string(status) {
			continue
		}
		if p.Total >= p.Offset && len(p.Data) < p.Limit {
			p.Data = append(p.Data, o.listed(c.now))
		}
		p.Total++
	}
	return 200, p, nil
}

func (l *Lender) get(c call) (int, any, *refusal) {
	o := l.byID[c.id]
	if o == nil {
		return 0, nil, notFound("no such order")
	}
	return 200, struct {
		Order       wireOrder    `json:"order"`
		Payment     payment      `json:"payment"`
		Settlements []settlement `json:"settlements"`
		CheckoutURL string       `json:"checkout_url"`
	}{o.brief(c.now), o.payment(c.now), append([]settlement{}, o.settlements...), o.instruction.RedirectURL}, nil
}

// me describes the account. ASSUMED: every field but status.
func (l *Lender) me(call) (int, any, *refusal) {
	return 200, struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		Status string `json:"status"`
		IsTest bool   `json:"is_test"`
	}{"acc_sandbox", "Sandbox merchant", "active", !l.live()}, nil
}

// channels shows what keys of this mode can use. ASSUMED: a list under data, as for orders.
func (l *Lender) channels(call) (int, any, *refusal) {
	var open []channel
	for _, ch := range channels {
		if ch.open(l.live()) {
			open = append(open, ch)
		}
	}
	return 200, struct {
		Data []channel `json:"data"`
	}{open}, nil
}
