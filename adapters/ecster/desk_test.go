package ecster_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const number = "S-1042-7ZK3M9QX"

func kronor(value string) canonical.Money { return canonical.MustMoney(value, "SEK") }

// desk is one order between a client and the simulated lender, over HTTP, with the books we keep.
type desk struct {
	*testing.T
	client  *adapters.Client
	world   *sandbox.World
	order   canonical.Order
	notices []lender.Notice
	tries   int
}

func open(t *testing.T, amount string) *desk {
	t.Helper()
	d := &desk{T: t}
	world, err := sandbox.New(sandbox.Options{
		Now:     func() time.Time { return noon },
		Deliver: func(n []lender.Notice) { d.notices = append(d.notices, n...) },
		Lenders: []lender.Lender{simulated.New(simulated.Settings{
			APIKey: "key-5b0f2c71e9", MerchantKey: "10045127", MerchantID: "60417733", NoticeName: "X-Shop-Token", NoticeValue: "token-93ac1d07",
		})},
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
	definition, err := ecster.Adapter.Define(ecster.Adapter.Defaults(given()))
	if err != nil {
		t.Fatal(err)
	}
	limits := adapters.Limits{InFlight: 4, Rate: rate.Inf, Breaker: adapters.Breaker{InARow: 100, RatioPercent: 100, MinimumCalls: 100, Window: time.Minute, OpenFor: time.Second}}
	d.world, d.client = world, adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "ecster-se", Mode: canonical.Test}, Adapter: ecster.Adapter, Define: definition,
		BaseURL: server.URL + "/ecster", NotifyURL: "https://gateway.test/notifications/ecster-se",
		Timeouts: adapters.Timeouts{Write: 5 * time.Second, Read: 5 * time.Second}, Transport: transport,
		Gate: adapters.NewLocalGate("ecster-se", limits), Now: func() time.Time { return noon },
	})
	d.order = canonical.Order{
		ID: "ord_01kjpv3f6d8x2b7t7ZK3M9QX", Phase: canonical.Created, Amount: kronor(amount), ReturnURL: "https://shop.test/back",
		ProviderOrder: canonical.ProviderOrder{Reference: number}, CreatedAt: noon,
	}
	return d
}

// begin opens a cart and lets the customer do something in the checkout.
func (d *desk) begin(customer string) {
	d.Helper()
	if got := d.do(canonical.Command{Kind: canonical.OpCreate, Amount: d.order.Amount, Reference: number}); got.State != canonical.Succeeded {
		d.Fatalf("create is %s", got.State)
	}
	if d.order.Action == nil || d.order.Action.Kind != "widget" || d.order.Action.Details.Text("cart_key") == "" {
		d.Fatalf("the customer has no checkout to go to: %+v", d.order.Action)
	}
	d.act(customer)
	d.sync()
}

func (d *desk) act(what string) {
	d.Helper()
	if err := d.world.Act("ecster", lender.Act{Order: number, Do: what}); err != nil {
		d.Fatal(err)
	}
}

// do sends one command and books what it moved, where it did.
func (d *desk) do(cmd canonical.Command) canonical.Outcome {
	d.Helper()
	d.tries++
	cmd.Order, cmd.Attempt = d.order, fmt.Sprintf("att_%d", d.tries)
	if cmd.Reference == "" {
		cmd.Reference = cmd.Attempt
	}
	request, err := d.client.Prepare(cmd)
	if err != nil {
		d.Fatal(err)
	}
	outcome, err := d.client.Send(d.Context(), cmd, request)
	if err != nil {
		d.Fatal(err)
	}
	if outcome.State == canonical.Succeeded {
		d.order.Learn(outcome.Sighting, noon)
		d.book(cmd, outcome.Reference)
	}
	return outcome
}

func (d *desk) book(cmd canonical.Command, reference string) {
	d.Helper()
	entry := canonical.Entry{Operation: cmd.Attempt, Attempt: cmd.Attempt, Reference: reference, At: noon}
	if cmd.Capture != nil {
		entry.Capture = cmd.Capture.ID
	}
	if cmd.Kind == canonical.OpCapture || cmd.Kind == canonical.OpCancel || cmd.Kind == canonical.OpRefund {
		d.move(canonical.Movement{Move: canonical.MoveName(cmd.Kind), Amount: cmd.Amount.Value}, entry)
	}
	if cmd.Final {
		d.move(canonical.Movement{Move: canonical.Cancel, Amount: d.order.Totals.Remaining()}, entry)
	}
	d.order.Refresh()
}

func (d *desk) move(m canonical.Movement, e canonical.Entry) {
	d.Helper()
	if err := d.order.Book(m, e); err != nil {
		d.Error(err)
	}
}

func (d *desk) read(q canonical.Query) canonical.Report {
	d.Helper()
	q.Order = d.order
	report, err := d.client.Read(d.Context(), q)
	if err != nil {
		d.Fatal(err)
	}
	return report
}

// sync takes over what the lender says and returns how it differed from our books.
func (d *desk) sync() []canonical.Movement {
	d.Helper()
	report := d.read(canonical.Query{Read: "sync"})
	if report.Finding != canonical.Found {
		d.Fatalf("sync is %s", report.Finding)
	}
	movements, _, drift := canonical.Differ(d.order.Position(), *report.Sighting)
	if drift != "" {
		d.Errorf("drift: %s", drift)
	}
	d.order.Learn(report.Sighting, noon)
	for i, m := range movements {
		entry := canonical.Entry{Operation: fmt.Sprintf("seen_%d", i), At: noon}
		if m.Move == canonical.Capture {
			entry.Reference = report.Sighting.Seen[0].LenderReference
		}
		d.move(m, entry)
	}
	d.order.Refresh()
	return movements
}

// agree proves that our books, what the lender says and what really happened are the same.
func (d *desk) agree(status canonical.Status) {
	d.Helper()
	if left := d.sync(); len(left) > 0 {
		d.Errorf("the lender says more than our books: %+v", left)
	}
	if d.order.Status != status {
		d.Errorf("the order is %s, want %s", d.order.Status, status)
	}
	for kind, ours := range map[string]canonical.Amount{
		"authorize": d.order.Totals.Authorized, "capture": d.order.Totals.Captured, "cancel": d.order.Totals.Canceled, "refund": d.order.Totals.Refunded,
	} {
		truth := d.world.Effects("ecster")
		sum := canonical.Zero("SEK").Value
		for _, effect := range truth {
			if effect.Kind == kind {
				sum = sum.Add(canonical.AmountOf(effect.Amount))
			}
		}
		if !sum.Equal(ours) {
			d.Errorf("%s: our books say %s, the lender moved %s", kind, ours, sum)
		}
	}
}
