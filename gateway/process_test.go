package gateway_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// authorized makes orders at Credit Key that are ready to be captured.
func (s *site) authorized(n int) []answered {
	s.t.Helper()
	var orders []answered
	for i := range n {
		body := fmt.Sprintf(`{"provider":"creditkey-us","reference":"KILL-%d","amount":{"value":"%d.00","currency":"USD"},"customer":{"reference":"4021","type":"company"},"plan":{"installments":6}}`, i, 200+i)
		created := s.must(http.StatusCreated, "POST", "/v1/orders", body)
		orders = append(orders, s.must(http.StatusOK, "POST", "/v1/orders/"+created.ID+"/authorize", ""))
	}
	return orders
}

// compare holds our books against the lender's ledger of truth, and waits for recovery to make them equal.
func (s *site) compare(orders []answered) {
	s.t.Helper()
	truth := make(map[string]decimal.Decimal)
	for _, e := range s.effects() {
		truth[e.Order+" "+e.Kind] = truth[e.Order+" "+e.Kind].Add(decimal.RequireFromString(e.Amount))
	}
	for _, order := range orders {
		s.becomes(order.ID, "captured", truth[order.ProviderOrder.ID+" capture"])
		s.becomes(order.ID, "authorized", truth[order.ProviderOrder.ID+" authorize"])
	}
}

// becomes syncs an order until a total is what the lender says, at most for half a minute.
func (s *site) becomes(order, total string, theirs decimal.Decimal) {
	s.t.Helper()
	var ours decimal.Decimal
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		a := s.must(http.StatusOK, "POST", "/v1/orders/"+order+"/sync", "")
		if ours = decimal.RequireFromString(a.Totals[total]); ours.Equal(theirs) {
			return
		}
	}
	s.t.Errorf("order %s: we have %s %s, the lender %s", order, total, ours, theirs)
}

// storm captures every order at once and kills a process while the calls are under way.
func (s *site) storm(orders []answered, victim *process) {
	var running sync.WaitGroup
	first := make(chan struct{}, len(orders))
	for _, order := range orders {
		running.Go(func() {
			_, _, _ = s.ask("POST", "/v1/orders/"+order.ID+"/capture", "")
			first <- struct{}{}
		})
	}
	<-first // some calls are done, others are on their way
	victim.kill()
	running.Wait()
}

func TestKilledDuringCaptureWithLendersAlive(t *testing.T) {
	s := newSite(t)
	s.lend()
	gateway := s.apart()
	orders := s.authorized(12)
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","fault":"slow","times":4,"delay":"300ms"}`, nil)
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","order":"`+orders[3].ProviderOrder.ID+`","fault":"lose_reply","times":1}`, nil)
	s.storm(orders, gateway)
	s.apart()
	s.compare(orders)
}

func TestKilledTogetherWithTheLenders(t *testing.T) {
	s := newSite(t)
	both := s.together()
	orders := s.authorized(12)
	s.storm(orders, both)
	s.together()
	s.compare(orders)
}

func TestTermFinishesWhatIsUnderWay(t *testing.T) {
	s := newSite(t)
	s.lend()
	gateway := s.apart()
	order := s.authorized(1)[0]
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","fault":"slow","times":1,"delay":"1s"}`, nil)
	answers := make(chan answered, 1)
	go func() {
		a, _, _ := s.ask("POST", "/v1/orders/"+order.ID+"/capture", "")
		answers <- a
	}()
	for s.arrived("capture") == 0 { // the call has reached the lender
	}
	if err := gateway.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if a := <-answers; a.Status != "captured" {
		t.Errorf("the call under way was answered with status %q code %q, want captured", a.Status, a.Code)
	}
	if err := gateway.cmd.Wait(); err != nil {
		t.Errorf("the gateway ended with %v: %s", err, gateway.out)
	}
}

// arrived counts the requests for an operation that have reached the lender.
func (s *site) arrived(operation string) int {
	var arrivals []struct {
		Operation string
		Count     int
	}
	s.control("GET", "arrivals?lender=creditkey", "", &arrivals)
	count := 0
	for _, a := range arrivals {
		if a.Operation == operation {
			count += a.Count
		}
	}
	return count
}

// command runs the binary to its end.
func (s *site) command(args ...string) (string, error) {
	cmd := exec.Command(binary(), args...)
	cmd.Env = append(cmd.Environ(), asBinary+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestSecondProcessOnTheSameDataIsRefused(t *testing.T) {
	s := newSite(t)
	s.together()
	out, err := s.command("serve", "--sandbox", "--config", s.config, "--data", s.data, "--address", freeAddress(t), "--lenders", "")
	if err == nil || !strings.Contains(out, "store") {
		t.Errorf("a second process ended with %v and said %q", err, out)
	}
}

func TestKeysOverTheSocketAndWithoutAGateway(t *testing.T) {
	s := newSite(t)
	gateway := s.together()
	out, err := s.command("keys", "create", "--data", s.data, "--merchant", "acme", "--name", "checkout")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	id, key, _ := strings.Cut(strings.TrimSpace(out), "\n")
	s.key = key
	s.must(http.StatusOK, "GET", "/v1/orders", "")
	if out, err := s.command("keys", "revoke", "--data", s.data, id); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.must(http.StatusUnauthorized, "GET", "/v1/orders", "")
	gateway.kill()
	out, err = s.command("keys", "list", "--data", s.data)
	if err != nil || !strings.Contains(out, "acme") || strings.Contains(out, key) {
		t.Errorf("without a gateway: %v and %q", err, out)
	}
}

func TestConfigCheckTellsEveryMistake(t *testing.T) {
	s := newSite(t)
	if out, err := s.command("config", "check", "--sandbox", s.config); err != nil {
		t.Errorf("the shipped configuration: %v: %s", err, out)
	}
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	text := strings.NewReplacer("api_key: sandbox-api-key", "api_kee: x", "style: iwocapay", "style: iwoca").Replace(source(t, "providers.yaml"))
	write(t, bad, text)
	out, err := s.command("config", "check", "--sandbox", bad)
	if err == nil {
		t.Fatal("a bad configuration passed")
	}
	for _, want := range []string{"api_kee", "api_key", "iwoca", bad + ":"} {
		if !strings.Contains(out, want) {
			t.Errorf("the mistakes do not name %q:\n%s", want, out)
		}
	}
}
