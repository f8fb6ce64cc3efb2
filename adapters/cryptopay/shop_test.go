package cryptopay_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

var sandboxed = adapters.Values{
	"api_key": "pk_test_sandbox", "api_secret": "sk_test_sandbox", "webhook_secret": "whsec_sandbox_0123456789abcdef", "channel": "mock",
}

// shop is one order at the simulated processor, kept the way the engine keeps it.
type shop struct {
	t       *testing.T
	now     time.Time
	world   *sandbox.World
	client  *adapters.Client
	order   canonical.Order
	sent    canonical.Request
	cmd     canonical.Command
	asked   int
	notices []lender.Notice
}

func open(t *testing.T, given adapters.Values, terms simulated.Settings, amount string) *shop {
	t.Helper()
	s := &shop{t: t, now: noon}
	terms.Key, terms.Secret, terms.WebhookSecret = sandboxed["api_key"], sandboxed["api_secret"], sandboxed["webhook_secret"]
	world, err := sandbox.New(sandbox.Options{
		Now: s.clock, Lenders: []lender.Lender{simulated.New(terms)},
		Deliver: func(n []lender.Notice) { s.notices = append(s.notices, n...) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(world.Handler())
	t.Cleanup(func() { server.Close(); _ = world.Close() })
	s.world, s.client = world, s.connect(server.URL+"/cryptopay", given)
	s.order = s.fresh("GW-7f31-abcdefgh", amount)
	return s
}

func (s *shop) clock() time.Time { return s.now }

func (s *shop) fresh(reference, amount string) canonical.Order {
	return canonical.Order{
		ID: "ord_01jx4t9m6q0000abcdefgh", Amount: canonical.MustMoney(amount, "USDT"), Phase: canonical.Created, CreatedAt: s.now,
		ProviderOrder: canonical.ProviderOrder{Reference: reference},
	}
}

func (s *shop) connect(url string, given adapters.Values) *adapters.Client {
	s.t.Helper()
	values := cryptopay.Adapter.Defaults(sandboxed)
	maps.Copy(values, given)
	define, err := cryptopay.Adapter.Define(values)
	if err != nil {
		s.t.Fatal(err)
	}
	transport, err := adapters.NewHTTPTransport(adapters.TransportOptions{Connect: time.Second, Requests: 4})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(transport.Close)
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "fluxa", Mode: canonical.Test}, Adapter: cryptopay.Adapter, Define: define,
		BaseURL: url, Timeouts: adapters.Timeouts{Write: 5 * time.Second, Read: 5 * time.Second}, Transport: transport,
		Gate: adapters.NewLocalGate("fluxa", adapters.Limits{InFlight: 4, Rate: 1000, Breaker: adapters.Breaker{InARow: 100, RatioPercent: 100, MinimumCalls: 100, Window: time.Minute, OpenFor: time.Second}}),
		Now:  s.clock,
	})
}

// ask prepares and sends one operation and books what it did, as the engine would.
func (s *shop) ask(kind canonical.OperationKind, value string, options canonical.Values) (canonical.Outcome, error) {
	s.t.Helper()
	s.asked++
	s.order.ProviderOptions = options
	s.cmd = canonical.Command{Kind: kind, Order: s.order, Amount: s.order.Amount, Attempt: fmt.Sprintf("att_%d", s.asked), Options: options}
	s.cmd.Reference = s.cmd.Attempt
	if kind == canonical.OpCreate {
		s.cmd.Reference = s.order.ProviderOrder.Reference
	}
	if value != "" {
		s.cmd.Amount = canonical.MustMoney(value, "USDT")
	}
	request, err := s.client.Prepare(s.cmd)
	if err != nil {
		return canonical.Outcome{}, err
	}
	s.sent = request
	return s.send(false)
}

// send sends the request at hand, again where repeat says so.
func (s *shop) send(repeat bool) (canonical.Outcome, error) {
	s.t.Helper()
	request := s.sent
	request.Repeat = repeat
	outcome, err := s.client.Send(s.t.Context(), s.cmd, request)
	if err != nil || outcome.State != canonical.Succeeded {
		return outcome, err
	}
	if s.cmd.Kind == canonical.OpRefund {
		s.movement(canonical.Movement{Move: canonical.Refund, Amount: s.cmd.Amount.Value})
	}
	s.absorb(outcome.Sighting)
	return outcome, nil
}

func (s *shop) movement(m canonical.Movement) {
	s.t.Helper()
	if err := s.order.Book(m, canonical.Entry{Operation: s.cmd.Attempt, At: s.now}); err != nil {
		s.t.Fatal(err)
	}
}

// absorb takes over what the processor says, and says whether it came after the end.
func (s *shop) absorb(seen *canonical.Sighting) (late bool) {
	s.t.Helper()
	s.order.Learn(seen, s.now)
	movements, late, drift := canonical.Differ(s.order.Position(), *seen)
	if drift != "" {
		s.t.Fatalf("drift: %s", drift)
	}
	for _, m := range movements {
		s.movement(m)
	}
	s.order.Refresh()
	return late
}

func (s *shop) must(kind canonical.OperationKind, value string, options canonical.Values) canonical.Outcome {
	s.t.Helper()
	outcome, err := s.ask(kind, value, options)
	if err != nil || outcome.State != canonical.Succeeded || outcome.Alarm != "" {
		s.t.Fatalf("%s %s: %+v, %v", kind, value, outcome, err)
	}
	return outcome
}

func (s *shop) act(do, amount string) {
	s.t.Helper()
	if err := s.world.Act("cryptopay", lender.Act{Order: s.order.ProviderOrder.Reference, Do: do, Amount: amount}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) read(name string, change func(*canonical.Query)) canonical.Report {
	s.t.Helper()
	q := canonical.Query{Read: name, Order: s.order}
	if change != nil {
		change(&q)
	}
	report, err := s.client.Read(s.t.Context(), q)
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	return report
}

// syncs reads the order, absorbs the answer and compares books and status.
func (s *shop) syncs(status canonical.Status) canonical.Sighting {
	s.t.Helper()
	report := s.read("sync", nil)
	if report.Finding != canonical.Found {
		s.t.Fatalf("sync: %+v", report)
	}
	s.absorb(report.Sighting)
	s.stands(status)
	return *report.Sighting
}

func (s *shop) stands(status canonical.Status) {
	s.t.Helper()
	if s.order.Status != status {
		s.t.Errorf("status %s, want %s", s.order.Status, status)
	}
	theirs := map[string]canonical.Amount{}
	for _, e := range s.world.Effects("cryptopay") {
		theirs[e.Kind] = theirs[e.Kind].Add(canonical.AmountOf(e.Amount))
	}
	ours := map[string]canonical.Amount{}
	if totals := s.order.Totals.Ledger; !totals.Captured.IsZero() {
		ours["capture"] = totals.Captured
		if !totals.Refunded.IsZero() {
			ours["refund"] = totals.Refunded
		}
	}
	if diff := cmp.Diff(theirs, ours, cmp.Comparer(canonical.Amount.Equal)); diff != "" {
		s.t.Errorf("lender against our books:\n%s", diff)
	}
}
