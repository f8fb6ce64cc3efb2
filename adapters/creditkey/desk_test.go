package creditkey_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

var opening = time.Date(2026, 6, 3, 9, 12, 44, 0, time.UTC)

var credentials = adapters.Values{"client_id": "sandbox", "client_secret": "sandbox-secret", "webhook_secret": "sandbox-webhook-secret"}

// with adds settings to the credentials.
func with(settings ...string) adapters.Values {
	values := adapters.Values{}
	for name, value := range credentials {
		values[name] = value
	}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	return values
}

func defined(t testing.TB, values adapters.Values) adapters.Definition {
	t.Helper()
	d, err := creditkey.Adapter.Define(creditkey.Adapter.Defaults(values))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newClient is a client of the style that sends through a transport.
func newClient(t testing.TB, values adapters.Values, base string, transport adapters.Transport, now func() time.Time) *adapters.Client {
	t.Helper()
	limits := adapters.Limits{InFlight: 4, Rate: rate.Inf, Breaker: adapters.Breaker{InARow: 100, RatioPercent: 100, MinimumCalls: 100, Window: time.Minute, OpenFor: time.Second}}
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "creditkey-us", Mode: canonical.Test}, Adapter: creditkey.Adapter, Define: defined(t, values),
		BaseURL: base, Timeouts: adapters.Timeouts{Write: 5 * time.Second, Read: 5 * time.Second},
		Transport: transport, Gate: adapters.NewLocalGate("creditkey-us", limits), Now: now,
	})
}

// desk is one order on its way through the client and the simulated lender, with the books we keep.
type desk struct {
	*testing.T
	client  *adapters.Client
	world   *sandbox.World
	now     time.Time
	order   canonical.Order
	notices chan lender.Notice
}

func open(t *testing.T, values adapters.Values, settings simulated.Settings) *desk {
	t.Helper()
	d := &desk{T: t, now: opening, notices: make(chan lender.Notice, 16)}
	settings.ClientID, settings.ClientSecret, settings.WebhookSecret = "sandbox", "sandbox-secret", "sandbox-webhook-secret"
	world, err := sandbox.New(sandbox.Options{
		Now: func() time.Time { return d.now }, Lenders: []lender.Lender{simulated.New(settings)},
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
	d.world = world
	d.client = newClient(t, values, server.URL+"/creditkey", transport, func() time.Time { return d.now })
	d.order = canonical.Order{
		ID: "ord_1", Phase: canonical.Created, Customer: canonical.Customer{Reference: "40217", Type: "company"},
		Plan: &canonical.Plan{Installments: 6}, ProviderOrder: canonical.ProviderOrder{Reference: "INV-7-00000001"},
	}
	return d
}

// command is what the engine would ask with: "capture 60.00", or "capture" for all there is.
func (d *desk) command(step string) canonical.Command {
	d.Helper()
	word, figure, given := strings.Cut(step, " ")
	cmd := canonical.Command{Kind: canonical.OperationKind(word), Attempt: "att_1", Order: d.order, Amount: d.order.Amount, Reference: "INV-7-00000001"}
	if given {
		cmd.Amount = canonical.MustMoney(figure, "USD")
	} else if most := d.order.Most(cmd.Kind); most != nil {
		cmd.Amount = d.order.Amount.With(*most)
	}
	if cmd.Kind == canonical.OpUpdate {
		cmd.Change = &canonical.Change{Amount: &cmd.Amount}
	}
	return cmd
}

func (d *desk) send(cmd canonical.Command) (canonical.Outcome, error) {
	d.Helper()
	request, err := d.client.Prepare(cmd)
	if err != nil {
		return canonical.Outcome{}, err
	}
	return d.client.Send(d.Context(), cmd, request)
}

// do makes steps that must succeed and books them.
func (d *desk) do(steps ...string) {
	d.Helper()
	for _, step := range steps {
		cmd := d.command(step)
		outcome, err := d.send(cmd)
		if err != nil || outcome.State != canonical.Succeeded {
			d.Fatalf("%s: %s %s %v", step, outcome.State, outcome.Alarm, err)
		}
		d.book(cmd, outcome.Sighting)
	}
}

// book enters a movement; afterwards the reply must agree with our books.
func (d *desk) book(cmd canonical.Command, seen *canonical.Sighting) {
	d.Helper()
	for _, m := range d.movements(cmd) {
		if err := d.order.Book(m, canonical.Entry{Operation: "op_1", Attempt: "att_1", At: d.now}); err != nil {
			d.Fatal(err)
		}
	}
	if cmd.Kind == canonical.OpCreate || cmd.Kind == canonical.OpUpdate {
		d.order.Amount = cmd.Amount
	}
	d.learn(seen)
}

func (d *desk) movements(cmd canonical.Command) []canonical.Movement {
	move := canonical.Movement{Move: canonical.MoveName(cmd.Kind), Amount: cmd.Amount.Value}
	switch {
	case cmd.Kind == canonical.OpCreate:
		return nil
	case cmd.Kind == canonical.OpUpdate && d.order.Phase != canonical.Open:
		return nil
	case cmd.Kind == canonical.OpUpdate:
		return []canonical.Movement{{Move: canonical.Cancel, Amount: d.order.Totals.Net().Sub(cmd.Amount.Value)}}
	case cmd.Kind == canonical.OpCancel && d.order.Phase != canonical.Open:
		return []canonical.Movement{{Move: canonical.End, EndedBy: canonical.ByCancel}}
	}
	return []canonical.Movement{move}
}

func (d *desk) learn(seen *canonical.Sighting) {
	d.Helper()
	d.order.Learn(seen, d.now)
	d.order.Refresh()
	if seen == nil {
		return
	}
	movements, late, drift := canonical.Differ(d.order.Position(), *seen)
	if len(movements) > 0 || late || drift != "" {
		d.Errorf("the lender's %s differs from our books: %v %s", seen.Word, movements, drift)
	}
}

// sync reads the order, which must agree with our books, as must the lender's own.
func (d *desk) sync() *canonical.Sighting {
	d.Helper()
	report, err := d.client.Read(d.Context(), canonical.Query{Read: "sync", Order: d.order})
	if err != nil || report.Finding != canonical.Found {
		d.Fatalf("sync: %s %v", report.Finding, err)
	}
	d.learn(report.Sighting)
	totals, id := d.order.Totals, d.order.ProviderOrder.ID
	ours := fmt.Sprintf("authorized %s captured %s canceled %s refunded %s", totals.Authorized, totals.Captured, totals.Canceled, totals.Refunded)
	theirs := fmt.Sprintf("authorized %s captured %s canceled %s refunded %s", d.effects(id, "authorize"), d.effects(id, "capture"), d.effects(id, "cancel"), d.effects(id, "refund"))
	if ours != theirs {
		d.Errorf("our books: %s; the lender's: %s", ours, theirs)
	}
	return report.Sighting
}

// effects is the sum of one kind of movement in the lender's ledger.
func (d *desk) effects(order, kind string) string {
	var book lender.Book
	for _, e := range d.world.Effects("creditkey") {
		book.Enter(e)
	}
	return book.Sum(order, kind).StringFixed(2)
}

// heard are the notifications so far.
func (d *desk) heard() []lender.Notice {
	var all []lender.Notice
	for len(d.notices) > 0 {
		all = append(all, <-d.notices)
	}
	return all
}
