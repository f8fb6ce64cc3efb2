package gateway_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// Shown by the metrics of a gateway that has looked at its configuration again.
const (
	takenLine   = `lendgate_config_reloads_total{result="taken"} `
	refusedLine = `lendgate_config_reloads_total{result="refused"} `
)

// looks is how often a configuration was taken, or refused.
func (s *site) looks(line string) (count int) {
	s.t.Helper()
	metrics, _ := s.page("/metrics", "")
	_, after, found := strings.Cut(metrics, "\n"+line)
	if _, err := fmt.Sscan(after, &count); !found || err != nil {
		s.t.Fatalf("the metrics do not show %s: %v", line, err)
	}
	return count
}

// reconfigure changes the file, tells the process, and waits until it is taken, or with refusedLine refused.
func (s *site) reconfigure(p *process, line string, replaced ...string) {
	s.t.Helper()
	before := s.looks(line)
	s.configure(replaced...)
	p.signal(syscall.SIGHUP)
	s.until("the configuration is looked at", func() bool { return s.looks(line) > before })
}

// configOf is the hash of the configuration that a provider shows.
func (s *site) configOf(provider string) string {
	s.t.Helper()
	var view struct{ Config string }
	s.readAs(s.operator, "/v1/providers/"+provider, &view)
	return view.Config
}

// configsOf are the hashes that the attempts of an order's operations ran under, the newest first.
func (s *site) configsOf(order string) (hashes []string) {
	s.t.Helper()
	var page struct {
		Operations []struct{ Attempts []struct{ Config string } }
	}
	s.readAs(s.operator, "/v1/operations?order="+order, &page)
	for _, op := range page.Operations {
		for _, attempt := range op.Attempts {
			hashes = append(hashes, attempt.Config)
		}
	}
	return hashes
}

// TestAChangedFileIsTakenWhileTheGatewayRuns: nobody has to tell it. What ran began under the old hash and ends
// so; what comes after has the new one, and all others are as they were.
func TestAChangedFileIsTakenWhileTheGatewayRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.lend()
	s.apart()
	order := s.authorized(1)[0]
	before, other := s.configOf("creditkey-us"), s.configOf("fluxa")
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","fault":"slow","times":1,"delay":"5s"}`, nil)
	answers := make(chan answered, 1)
	go func() {
		a, _, _ := s.ask("POST", "/v1/orders/"+order.ID+"/capture", "")
		answers <- a
	}()
	s.until("the capture is at the lender", func() bool { return s.arrived("creditkey", "capture") == 1 })
	s.configure("limits: { in_flight: 64, rate: 50/s }", "limits: { in_flight: 64, rate: 60/s }")
	s.until("the file is taken", func() bool { return s.looks(takenLine) == 1 })
	if rate := s.provider(s.operator, "creditkey-us").Gate.Limits.Rate; rate != "60/s" {
		t.Errorf("the rate is %s, want 60/s", rate)
	}
	after := s.configOf("creditkey-us")
	if after == before || s.configOf("fluxa") != other {
		t.Errorf("hashes: %s is now %s, and %s is %s", before, after, other, s.configOf("fluxa"))
	}
	if a := <-answers; a.Status != "captured" {
		t.Errorf("the capture under way ended with %+v", a)
	}
	s.must(http.StatusOK, "POST", "/v1/orders/"+order.ID+"/refund", `{"amount":{"value":"10.00","currency":"USD"}}`)
	if got, want := fmt.Sprint(s.configsOf(order.ID)), fmt.Sprint([]string{after, before, before, before}); got != want {
		t.Errorf("the attempts ran under %s, want %s", got, want)
	}
	want := fmt.Sprintf("[provider.configured the configuration was %s and is %s]", before, after)
	if got := fmt.Sprint(s.told()); got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	s.wantEqualBooks()
	s.wantVerified()
}

// TestASecretsFileIsWatchedThroughItsLinks: as it is where secrets are mounted, and a link to their folder is
// replaced.
func TestASecretsFileIsWatchedThroughItsLinks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	dir := t.TempDir()
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for version, secret := range map[string]string{"v1": "another\n", "v2": "sandbox-secret\n"} {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, version, "secret"), secret)
	}
	link("v1", "data")
	link("data/secret", "secret")
	s.configure("client_secret: sandbox-secret", "client_secret: another")
	gateway := s.together()
	order := tradeAt("creditkey-us").newOrder("LINK-1", "100.00")
	s.wantProblem("POST", "/v1/orders", order, canonical.ProviderMisconfigured, canonical.NextContactOperator)
	s.reconfigure(gateway, takenLine, "client_secret: another", "client_secret: ${file:"+filepath.Join(dir, "secret")+"}") // the same, from a file
	taken := s.looks(takenLine)
	link("v2", "next")
	if err := os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	s.until("the secret is taken", func() bool { return s.looks(takenLine) > taken })
	s.must(http.StatusCreated, "POST", "/v1/orders", order) // the hold on the credentials has ended with it
	s.wantEqualBooks()
}

// TestAFileThatIsWrongChangesNothing: every mistake is told, an alert fires until a good file comes, and what was
// right in the bad one is not taken either.
func TestAFileThatIsWrongChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	well, _ := s.page("/metrics", "")
	before := s.configOf("creditkey-us")
	s.reconfigure(gateway, refusedLine, "rate: 50/s }", "rate: 60/s }", "api_key: sandbox-api-key", "api_kee: x", "style: iwocapay", "style: iwoca", "currencies: [GBP]", "currencies: [GBPOUND]")
	ill, _ := s.page("/metrics", "")
	wantShown(t, ill, "lendgate_config_refused 1")
	wantAlerts(t, well, ill, `alertname="LendgateConfigRefused"`)
	if got := s.configOf("creditkey-us"); got != before {
		t.Errorf("the hash is %s, want %s still", got, before)
	}
	s.place("iwoca-uk", "WRONG-1", "100.00")
	s.place("ecster-se", "WRONG-2", "100.00")
	s.reconfigure(gateway, refusedLine, "version: 1", "version: [")
	s.reconfigure(gateway, takenLine, "version: [", "version: 1", "api_kee: x", "api_key: sandbox-api-key", "style: iwoca\n", "style: iwocapay\n", "[GBPOUND]", "[GBP]")
	again, _ := s.page("/metrics", "")
	wantShown(t, again, "lendgate_config_refused 0")
	if got := s.configOf("creditkey-us"); got == before {
		t.Error("the good file is not taken")
	}
	if err := gateway.stop(); err != nil {
		t.Fatal(err)
	}
	line := gateway.logged(t, "the configuration is refused")
	for _, mistake := range []string{"api_kee", "settings.api_key: is missing", "style: is none of", "accepts.currencies", s.config + ":"} {
		if !strings.Contains(line, mistake) {
			t.Errorf("the alarm does not name %q: %s", mistake, line)
		}
	}
}

// logged is the first line of the log with a message. The process must have ended.
func (p *process) logged(t *testing.T, message string) string {
	t.Helper()
	for line := range strings.Lines(p.out.String()) {
		if strings.Contains(line, `"msg":"`+message) {
			return line
		}
	}
	t.Errorf("nothing was logged of %q:\n%s", message, p.out)
	return ""
}

// TestWhatDidNotChangeKeepsRunning: breakers stay open, and tokens are used on.
func TestWhatDidNotChangeKeepsRunning(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(patient...)
	acme := "    merchants:\n      acme:\n        settings:\n          client_secret: theirs\n    accepts: # what may be sent"
	s.configure("    accepts: # what may be sent", acme)
	gateway := s.together()
	orders := s.authorized(2)
	s.fault("creditkey", "capture", "error_before", 1)
	s.fault("creditkey", "create", "error_before", 3)
	for i := range 3 {
		s.must(http.StatusAccepted, "POST", "/v1/orders", tradeAt("creditkey-us").newOrder(fmt.Sprint("KEEP-", i), "100.00"))
	}
	s.control("DELETE", "faults", "", nil)
	opened := s.breaker("creditkey-us", canonical.WritesBreaker)
	if opened.State != canonical.CircuitOpen {
		t.Fatalf("the breaker is %s", opened.State)
	}
	tokens := s.arrived("creditkey", "token")
	config := s.configOf("creditkey-us")
	s.reconfigure(gateway, takenLine, "client_secret: theirs", "client_secret: theirs-anew")
	if now := s.breaker("creditkey-us", canonical.WritesBreaker); fmt.Sprint(now.Since, now.State, now.Reason) != fmt.Sprint(opened.Since, opened.State, opened.Reason) {
		t.Errorf("after a change of a merchant's credentials: %+v, want %+v", now, opened)
	}
	if now := s.configOf("creditkey-us"); now != config {
		t.Errorf("the credentials that all share have hash %s, want %s still", now, config)
	}
	s.reconfigure(gateway, takenLine, "in_flight: 16, rate: 1000/s", "in_flight: 16, rate: 900/s")
	if now := s.breaker("creditkey-us", canonical.WritesBreaker); now.State != canonical.CircuitOpen {
		t.Errorf("after a change of the rate: %+v", now)
	}
	s.must(http.StatusOK, "GET", "/v1/orders/"+orders[0].ID+"?sync=true", "")
	if now := s.arrived("creditkey", "token"); now != tokens {
		t.Errorf("%d tokens were fetched, and the one there was is good", now-tokens)
	}
	s.reconfigure(gateway, takenLine, "in_a_row: 3", "in_a_row: 4")
	if now := s.breaker("creditkey-us", canonical.WritesBreaker); now.State != canonical.CircuitClosed {
		t.Errorf("after a change of its own settings: %+v", now)
	}
	s.must(http.StatusOK, "POST", "/v1/orders/"+orders[1].ID+"/capture", "")
	s.wantEqualBooks()
}

// TestWhatWasSignedWithAReplacedSecretIsTakenForAWhile: the lender goes on signing with the old one until it is
// told, and what it sends meanwhile counts; a day later it does not.
func TestWhatWasSignedWithAReplacedSecretIsTakenForAWhile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	orders := s.authorized(3)
	s.posting("creditkey", `{"mode":"drop"}`)
	for _, o := range orders {
		s.act("creditkey", o.ProviderOrder.ID, "capture")
	}
	messages := s.messages(orders, "CAPTURED")
	forged := messages[0]
	forged.body = strings.Replace(forged.body, "CAPTURED", "RETURNED", 1)
	s.reconfigure(gateway, takenLine, "webhook_secret: sandbox-webhook-secret", "webhook_secret: the-next-one")
	s.mustTell(http.StatusOK, messages[0])
	s.mustTell(http.StatusUnauthorized, forged)
	s.until("the lender was read for it", func() bool { return s.order(orders[0].ID).Status == "captured" })
	s.reconfigure(gateway, takenLine, "rate: 50/s }", "rate: 60/s }") // another change forgets nothing
	s.mustTell(http.StatusOK, messages[1])
	s.reconfigure(gateway, takenLine, "    accepts: # what may be sent", "    former_secrets: 0s\n    accepts: # what may be sent")
	s.mustTell(http.StatusUnauthorized, messages[2])
	s.reconfigure(gateway, takenLine, "former_secrets: 0s", "former_secrets: 24h", "the-next-one", "the-third", "rate: 60/s }", "rate: 50/s }")
	s.mustTell(http.StatusUnauthorized, messages[2]) // what was forgotten does not come back
	s.advance(25 * time.Hour)
	s.mustTell(http.StatusUnauthorized, messages[1])
	s.wantEqualBooks()
}

func TestAReplacedSecretIsTakenNoLongerThanADay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	order := s.authorized(1)[0]
	message := s.messages([]answered{order}, "AUTHORIZED")[0]
	s.reconfigure(gateway, takenLine, "webhook_secret: sandbox-webhook-secret", "webhook_secret: the-next-one")
	s.advance(23 * time.Hour)
	s.mustTell(http.StatusOK, message)
	s.advance(2 * time.Hour)
	s.mustTell(http.StatusUnauthorized, message)
}

// TestReloadsUnderLoadFailNoRequest changes one thing after the other while merchants work over HTTP.
func TestReloadsUnderLoadFailNoRequest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.unlimited()
	s.lend()
	gateway := s.apart()
	var merchants sync.WaitGroup
	var stopped atomic.Bool
	var done atomic.Int64
	for n := range 4 {
		merchants.Go(func() {
			for i := 0; !stopped.Load(); i++ {
				if err := s.life(fmt.Sprintf("LOAD-%d-%d", n, i)); err != nil {
					t.Error(err)
				}
				done.Add(1)
			}
		})
	}
	for i := range 12 {
		seen := done.Load()
		from, to := "write: 25s", "write: 24s"
		if i%2 == 1 {
			from, to = to, from
		}
		more := []string{"connect: 2s", "connect: 3s"}
		if i%4 == 3 {
			more = []string{"connect: 3s", "connect: 2s"}
		}
		s.reconfigure(gateway, takenLine, append(more, from, to)...)
		s.until("requests are answered after it", func() bool { return done.Load() > seen+4 })
	}
	stopped.Store(true)
	merchants.Wait()
	if n := s.looks(refusedLine); n != 0 {
		t.Errorf("%d reloads were refused", n)
	}
	t.Logf("%d orders, %d reloads", done.Load(), s.looks(takenLine))
	s.wantEqualBooks()
	s.wantVerified()
}

// life takes an order through what merchants do, and wants all of it to go well.
func (s *site) life(reference string) error {
	created, status, err := s.ask("POST", "/v1/orders", tradeAt("creditkey-us").newOrder(reference, "250.00"))
	if err != nil || status != http.StatusCreated {
		return fmt.Errorf("create %s: %d %s %w", reference, status, created.Code, err)
	}
	for _, do := range []string{"/authorize", "/capture", "/refund"} {
		if a, status, err := s.ask("POST", "/v1/orders/"+created.ID+do, ""); err != nil || status != http.StatusOK {
			return fmt.Errorf("%s %s: %d %s %w", do, reference, status, a.Code, err)
		}
	}
	if _, status, err := s.ask("GET", "/v1/orders/"+created.ID, ""); err != nil || status != http.StatusOK {
		return fmt.Errorf("read %s: %d %w", reference, status, err)
	}
	return nil
}

// TestServerSettingsWaitForARestart, and the rest of the same file does not.
func TestServerSettingsWaitForARestart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gateway := s.together()
	s.reconfigure(gateway, takenLine, "requests: 1000/s", "requests: 900/s", "floor: 1GiB", "floor: 2GiB", "rate: 50/s }", "rate: 60/s }")
	if rate := s.provider(s.operator, "creditkey-us").Gate.Limits.Rate; rate != "60/s" {
		t.Errorf("the rate is %s, want 60/s", rate)
	}
	if err := gateway.stop(); err != nil {
		t.Fatal(err)
	}
	var line struct{ Settings []string }
	if err := json.Unmarshal([]byte(gateway.logged(t, "these settings are not taken before a restart")), &line); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(line.Settings, " "); got != "server.limits.requests store.floor" {
		t.Errorf("named were %s", got)
	}
}

func TestConfigDiffSaysWhatWouldChange(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	next := filepath.Join(t.TempDir(), "next.yaml")
	text := source(t, "providers.yaml")
	write(t, s.config, text)
	compare := func(wantCode int) string {
		t.Helper()
		out, err := s.command("config", "diff", "--sandbox", s.config, next)
		if code := codeOf(err); code != wantCode {
			t.Errorf("ended with %d, want %d: %s", code, wantCode, out)
		}
		return out
	}
	write(t, next, "# the same\n"+text)
	if out := compare(0); out != "" {
		t.Errorf("said of the same: %s", out)
	}
	fluxa := text[strings.Index(text, "  # Fluxa"):]
	write(t, next, strings.NewReplacer("client_secret: sandbox-secret", "client_secret: hunter2", "client_id: sandbox", "client_id: shop-2", "rate: 50/s", "rate: 60/s", "floor: 1GiB", "floor: 2GiB",
		"    # words: { ON_HOLD: pending }", "    words: { ON_HOLD: pending }", "base_url: http://127.0.0.1:8081/ecster", "base_url: http://127.0.0.1:9/ecster", fluxa, strings.Replace(fluxa, "id: fluxa", "id: flux", 1)).Replace(text))
	want := `store.floor: 1GiB is now 2GiB (taken by a restart alone)
creditkey-us: limits.rate: 50/s is now 60/s
creditkey-us: settings.client_id: changed (refused while orders are open)
creditkey-us: settings.client_secret: secret changed
creditkey-us: words.ON_HOLD: added pending
ecster-se: base_url: http://127.0.0.1:8081/ecster is now http://127.0.0.1:9/ecster (refused while orders are open)
fluxa: removed (refused while orders are open)
flux: added
`
	if got := compare(1); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	write(t, next, strings.Replace(text, "style: iwocapay", "style: iwoca", 1))
	if out := compare(2); !strings.Contains(out, "style: is none of") {
		t.Errorf("said of a file that is wrong: %s", out)
	}
}

// codeOf is the exit code of a command.
func codeOf(err error) int {
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode()
	}
	return 0
}
