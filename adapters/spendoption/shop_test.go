package spendoption_test

import (
	"crypto/sha1"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/spendoption"
	"github.com/lendgate/lendgate/adapters/spendoption"
	"github.com/lendgate/lendgate/canonical"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

var sandboxed = adapters.Values{"merchant_id": "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", "tenant_id": "tn-sandbox"}

// shop is one order at the simulated lender, kept the way the engine keeps it.
type shop struct {
	t      *testing.T
	world  *sandbox.World
	client *adapters.Client
	order  canonical.Order
	sent   canonical.Request
	cmd    canonical.Command
	asked  int
}

func open(t *testing.T, given adapters.Values, terms simulated.Settings, amount string) *shop {
	t.Helper()
	terms.MerchantID, terms.TenantID = sandboxed["merchant_id"], sandboxed["tenant_id"]
	world, err := sandbox.New(sandbox.Options{Now: func() time.Time { return noon }, Lenders: []lender.Lender{simulated.New(terms)}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(world.Handler())
	t.Cleanup(func() { server.Close(); _ = world.Close() })
	return &shop{
		t: t, world: world, client: client(t, server.URL+"/spendoption", given),
		order: canonical.Order{
			ID: "ord_01jx4t9m6q0000abcdefgh", Amount: canonical.MustMoney(amount, "GBP"), Phase: canonical.Created,
			Customer: canonical.Customer{Reference: "CUST-40817"}, ReturnURL: "https://shop.example/back?order=1",
			ProviderOrder: canonical.ProviderOrder{Reference: "GW-10077-abcdefgh"},
		},
	}
}

func client(t *testing.T, url string, given adapters.Values) *adapters.Client {
	t.Helper()
	values := spendoption.Adapter.Defaults(sandboxed)
	for name, value := range given {
		values[name] = value
	}
	define, err := spendoption.Adapter.Define(values)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := adapters.NewHTTPTransport(adapters.TransportOptions{Connect: time.Second, Requests: 4, TLS: define.TLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.Close)
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "newday-uk", Mode: canonical.Test}, Adapter: spendoption.Adapter, Define: define,
		BaseURL: url, Timeouts: adapters.Timeouts{Write: 5 * time.Second, Read: 5 * time.Second}, Transport: transport,
		Gate: adapters.NewLocalGate("newday-uk", adapters.Limits{InFlight: 4, Rate: 1000, Breaker: adapters.Breaker{InARow: 100, RatioPercent: 100, MinimumCalls: 100, Window: time.Minute, OpenFor: time.Second}}),
		Now:  func() time.Time { return noon },
	})
}

// ask prepares and sends one operation and books what it did, as the engine would.
func (s *shop) ask(kind canonical.OperationKind, value string, adjust ...func(*canonical.Command)) (canonical.Outcome, error) {
	s.t.Helper()
	s.asked++
	s.cmd = canonical.Command{Kind: kind, Order: s.order, Amount: s.order.Amount, Attempt: fmt.Sprintf("att_%d", s.asked), Reference: fmt.Sprintf("att_%d", s.asked)}
	s.cmd.Key = guid(s.cmd.Attempt)
	if value != "" {
		s.cmd.Amount = canonical.MustMoney(value, "GBP")
	}
	for _, change := range adjust {
		change(&s.cmd)
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
	if err == nil {
		s.book(outcome)
	}
	return outcome, err
}

func (s *shop) book(o canonical.Outcome) {
	s.t.Helper()
	move := canonical.Movement{Move: canonical.MoveName(s.cmd.Kind), Amount: s.cmd.Amount.Value}
	moves := o.State == canonical.Succeeded && (s.cmd.Kind == canonical.OpAuthorize || s.order.Phase == canonical.Open)
	if moves {
		entry := canonical.Entry{Operation: s.cmd.Attempt, Attempt: s.cmd.Attempt, Reference: o.Reference, At: noon}
		if s.cmd.Capture != nil {
			entry.Capture = s.cmd.Capture.ID
		}
		if err := s.order.Book(move, entry); err != nil {
			s.t.Fatal(err)
		}
	}
	s.follow(o)
	s.order.Refresh()
}

// follow takes over what the reply says of the order.
func (s *shop) follow(o canonical.Outcome) {
	s.t.Helper()
	s.order.Learn(o.Sighting, noon)
	if o.Sighting == nil || o.State == canonical.Doubtful {
		return
	}
	movements, _, drift := canonical.Differ(s.order.Position(), *o.Sighting)
	if drift != "" {
		s.t.Fatalf("%s drifts: %s", s.cmd.Kind, drift)
	}
	for _, m := range movements {
		if err := s.order.Book(m, canonical.Entry{At: noon}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// must asks for what has to succeed.
func (s *shop) must(kind canonical.OperationKind, value string, adjust ...func(*canonical.Command)) canonical.Outcome {
	s.t.Helper()
	outcome, err := s.ask(kind, value, adjust...)
	if err != nil || outcome.State != canonical.Succeeded || outcome.Alarm != "" {
		s.t.Fatalf("%s %s: %+v, %v", kind, value, outcome, err)
	}
	return outcome
}

func of(capture *canonical.CaptureEntry) func(*canonical.Command) {
	return func(cmd *canonical.Command) { cmd.Capture = capture }
}

func with(options canonical.Values) func(*canonical.Command) {
	return func(cmd *canonical.Command) { cmd.Options = options }
}

func guid(seed string) string {
	h := fmt.Sprintf("%x", sha1.Sum([]byte(seed)))
	return h[:8] + "-" + h[8:12] + "-5" + h[13:16] + "-a" + h[17:20] + "-" + h[20:32]
}

// agrees compares our ledger with what really happened at the lender.
func (s *shop) agrees() {
	s.t.Helper()
	var ours, theirs []string
	for _, kind := range []string{"authorize", "capture", "cancel", "refund"} {
		sum := canonical.Zero("GBP").Value
		for _, e := range s.world.Effects("spendoption") {
			if e.Kind == kind {
				sum = sum.Add(canonical.AmountOf(e.Amount))
			}
		}
		theirs = append(theirs, kind+" "+s.order.Amount.With(sum).String())
	}
	totals := s.order.Totals.Ledger
	for i, amount := range []canonical.Amount{totals.Authorized, totals.Captured, totals.Canceled, totals.Refunded} {
		ours = append(ours, strings.Fields(theirs[i])[0]+" "+s.order.Amount.With(amount).String())
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		s.t.Errorf("lender against our books:\n%s", diff)
	}
}

func (s *shop) stands(status canonical.Status) {
	s.t.Helper()
	s.order.Refresh()
	if s.order.Status != status {
		s.t.Errorf("status %s, want %s", s.order.Status, status)
	}
	s.agrees()
}
