package iwocapay_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

const supplier = "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func with(settings ...string) adapters.Values {
	values := adapters.Values{"seller_token": "sandbox-seller-token", "supplier_id": supplier}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	return values
}

func defined(t testing.TB, values adapters.Values) adapters.Definition {
	t.Helper()
	d, err := iwocapay.Adapter.Define(iwocapay.Adapter.Defaults(values))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newClient(t testing.TB, values adapters.Values, base string, transport adapters.Transport) *adapters.Client {
	t.Helper()
	limits := adapters.Limits{InFlight: 4, Rate: rate.Inf, Breaker: adapters.Breaker{InARow: 100, RatioPercent: 100, MinimumCalls: 100, Window: time.Minute, OpenFor: time.Second}}
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "iwoca-uk", Mode: canonical.Test}, Adapter: iwocapay.Adapter, Define: defined(t, values),
		BaseURL: base, NotifyURL: "https://gateway.example/notifications/iwoca-uk", Timeouts: adapters.Timeouts{Write: 5 * time.Second, Read: 5 * time.Second},
		Transport: transport, Gate: adapters.NewLocalGate("iwoca-uk", limits), Now: func() time.Time { return noon },
	})
}

// script answers every request with one reply and keeps what was sent.
type script struct {
	reply adapters.Reply
	wires []adapters.Wire
}

func (s *script) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	s.wires = append(s.wires, w)
	return s.reply, adapters.Replied, nil
}

func says(status int, body string) adapters.Reply {
	return adapters.Reply{Status: status, Header: http.Header{}, Body: []byte(body)}
}

func scripted(t testing.TB, reply adapters.Reply, settings ...string) (*adapters.Client, *script) {
	t.Helper()
	s := &script{reply: reply}
	return newClient(t, with(settings...), "https://lender.example", s), s
}

func pounds(value string) canonical.Money { return canonical.MustMoney(value, "GBP") }

// desk is one order on its way through the client and the simulated lender, with the books we keep.
type desk struct {
	*testing.T
	client  *adapters.Client
	world   *sandbox.World
	order   canonical.Order
	notices chan lender.Notice
}

func open(t *testing.T, values adapters.Values, settings simulated.Settings) *desk {
	t.Helper()
	d := &desk{T: t, notices: make(chan lender.Notice, 16)}
	settings.SellerToken, settings.SupplierUUID = "sandbox-seller-token", supplier
	world, err := sandbox.New(sandbox.Options{
		Now: func() time.Time { return noon }, Lenders: []lender.Lender{simulated.New(settings)},
		Deliver: func(notices []lender.Notice) {
			for _, n := range notices {
				d.notices <- n
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(world.Handler())
	transport, err := adapters.NewHTTPTransport(adapters.TransportOptions{Connect: time.Second, Requests: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.Close(); server.Close(); _ = world.Close() })
	d.world, d.client = world, newClient(t, values, server.URL+"/iwocapay", transport)
	d.order = canonical.Order{
		ID: "ord_1", Phase: canonical.Created, Amount: pounds("1480.50"), ReturnURL: "https://shop.example/back?order=ord_1",
		Customer: canonical.Customer{Type: "company"},
	}
	return d
}

func (d *desk) send(kind canonical.OperationKind) (canonical.Outcome, error) {
	d.Helper()
	cmd := canonical.Command{Kind: kind, Attempt: "att_1", Order: d.order, Amount: d.order.Amount, Reference: "INV-2207-1"}
	request, err := d.client.Prepare(cmd)
	if err != nil {
		return canonical.Outcome{}, err
	}
	return d.client.Send(d.Context(), cmd, request)
}

// create makes the order, and proves that the customer was given an address.
func (d *desk) create() {
	d.Helper()
	outcome, err := d.send(canonical.OpCreate)
	if err != nil || outcome.State != canonical.Succeeded {
		d.Fatalf("create: %s %v", outcome.State, err)
	}
	d.absorb(outcome.Sighting)
	if d.order.Action == nil || d.order.Action.Kind != "redirect" || d.order.Action.URL == "" {
		d.Fatalf("the customer has nothing to do: %+v", d.order.Action)
	}
}

// absorb does to our books what the lender says.
func (d *desk) absorb(seen *canonical.Sighting) {
	d.Helper()
	movements, _, drift := canonical.Differ(d.order.Position(), *seen)
	if drift != "" {
		d.Errorf("drift: %s", drift)
	}
	for _, m := range movements {
		if err := d.order.Book(m, canonical.Entry{Operation: "op_1", Attempt: "att_1", At: noon}); err != nil {
			d.Error(err)
		}
	}
	d.order.Learn(seen, noon)
	d.order.Refresh()
}

func (d *desk) read() canonical.Report {
	d.Helper()
	report, err := d.client.Read(d.Context(), canonical.Query{Read: "sync", Order: d.order})
	if err != nil {
		d.Fatal(err)
	}
	return report
}

func (d *desk) act(do string) {
	d.Helper()
	if err := d.world.Act("iwocapay", lender.Act{Order: d.order.ProviderOrder.ID, Do: do}); err != nil {
		d.Fatal(err)
	}
}

// heard are the notifications so far.
func (d *desk) heard() []lender.Notice {
	var all []lender.Notice
	for len(d.notices) > 0 {
		all = append(all, <-d.notices)
	}
	return all
}
