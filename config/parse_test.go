package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lendgate/lendgate/config"
)

const smallest = `version: 1
providers:
  - id: north
    style: ecster
    mode: test
    base_url: http://127.0.0.1:8081/ecster
`

// ignored are what says where a thing stands; what stands there is compared through Settings.
var ignored = cmp.Options{
	cmpopts.IgnoreUnexported(config.Provider{}),
	cmp.Comparer(func(a, b config.Value) bool { return a.Present() == b.Present() }),
	cmp.Comparer(func(a, b config.Secret) bool { return a.Reveal() == b.Reveal() }),
}

func parse(t *testing.T, text string, opts config.Options) *config.File {
	t.Helper()
	file, err := config.Parse("p.yaml", []byte(text), opts)
	if err != nil {
		t.Fatalf("unexpected mistakes:\n%v", err)
	}
	return file
}

func TestEverythingNotWrittenHasItsDefault(t *testing.T) {
	file := parse(t, smallest, config.Options{})
	want := &config.File{
		Version: 1,
		Server: config.Server{
			Address: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080",
			Limits: config.ServerLimits{
				Requests: config.Rate{Calls: 1000, Per: time.Second}, FailedKeys: config.Rate{Calls: 60, Per: time.Minute},
				InFlight: 64, Connections: 4096, ConnectionsPerAddress: 1024,
			},
		},
		Store: config.Store{Badger: config.Badger{Path: "data"}, Floor: 1 << 30, Ballast: 128 << 20, KeepBodies: 90 * 24 * time.Hour},
		Providers: []config.Provider{{
			At: file.Providers[0].At,
			ID: "north", Style: "ecster", Mode: config.Test, BaseURL: "http://127.0.0.1:8081/ecster",
			Timeouts: config.Timeouts{Connect: 2 * time.Second, Write: 25 * time.Second, Read: 8 * time.Second},
			Limits:   config.Limits{InFlight: 64, Rate: config.Rate{Calls: 50, Per: time.Second}},
			Breaker: config.Breaker{
				InARow: 5, FailureRatio: 500, MinimumCalls: 20,
				Window: 150 * time.Second, OpenFor: 15 * time.Second, OpenForAtMost: 5 * time.Minute,
			},
			Polling: config.Polling{After: time.Minute, Until: 72 * time.Hour}, FormerSecrets: 24 * time.Hour,
		}},
	}
	if diff := cmp.Diff(want, file, ignored); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

const fullest = `version: 1
server:
  address: 0.0.0.0:9000
  admin_address: "[::1]:9001"
  public_url: https://pay.example.com/gate
  limits: {requests: 600/m, failed_keys: 10/h, in_flight: 8, connections: 100, connections_per_address: 10}
store:
  badger: {path: /var/lib/lendgate, key: "${env:STORE_KEY}"}
  floor: 512MiB
  ballast: 64MiB
  keep_bodies: 720h
providers:
  - id: north
    style: ecster
    mode: live
    base_url: https://api.example.com/rest
    settings: {api_key: "${env:NORTH_KEY}", channels: [a, b]}
    merchants:
      acme: {settings: {api_key: "${env:ACME_KEY}"}}
    accepts:
      currencies: [SEK, USDT]
      countries: [NO, SE]
      customers: [person, company]
      amount: {min: "0.10", max: "50000"}
    timeouts: {connect: 500ms, write: 10s, read: 1m30s}
    limits: {in_flight: 1, rate: 600/m}
    breaker: {in_a_row: 3, failure_ratio: 0.125, minimum_calls: 7, window: 60s, open_for: 1s, open_for_at_most: 2s}
    polling: {after: 5s, until: 24h}
    close_after: 72h
    former_secrets: 1h
    trace_context: true
    words: {"ON HOLD": pending}
`

func TestEverythingWrittenIsRead(t *testing.T) {
	env := map[string]string{"STORE_KEY": "k0", "NORTH_KEY": "k1", "ACME_KEY": "k2"}
	file := parse(t, fullest, config.Options{LookupEnv: lookup(env)})
	p := file.Providers[0]
	want := &config.File{
		Version: 1,
		Server: config.Server{
			Address: "0.0.0.0:9000", AdminAddress: "[::1]:9001", PublicURL: "https://pay.example.com/gate",
			Limits: config.ServerLimits{
				Requests: config.Rate{Calls: 600, Per: time.Minute}, FailedKeys: config.Rate{Calls: 10, Per: time.Hour},
				InFlight: 8, Connections: 100, ConnectionsPerAddress: 10,
			},
		},
		Store: config.Store{Badger: config.Badger{Path: "/var/lib/lendgate", Key: config.NewSecret("k0")}, Floor: 512 << 20, Ballast: 64 << 20, KeepBodies: 720 * time.Hour},
		Providers: []config.Provider{{
			At: p.At,
			ID: "north", Style: "ecster", Mode: config.Live, BaseURL: "https://api.example.com/rest",
			Settings:  p.Settings,
			Merchants: []config.Merchant{{ID: "acme", Settings: p.Settings}},
			Accepts: config.Accepts{
				Currencies: []string{"SEK", "USDT"}, Countries: []string{"NO", "SE"}, Customers: []string{"person", "company"},
				Min: "0.10", Max: "50000",
			},
			Timeouts: config.Timeouts{Connect: 500 * time.Millisecond, Write: 10 * time.Second, Read: 90 * time.Second},
			Limits:   config.Limits{InFlight: 1, Rate: config.Rate{Calls: 600, Per: time.Minute}},
			Breaker: config.Breaker{
				InARow: 3, FailureRatio: 125, MinimumCalls: 7,
				Window: time.Minute, OpenFor: time.Second, OpenForAtMost: 2 * time.Second,
			},
			Polling:    config.Polling{After: 5 * time.Second, Until: 24 * time.Hour},
			CloseAfter: 72 * time.Hour, FormerSecrets: time.Hour, TraceContext: true,
			Words: []config.Word{{Lender: "ON HOLD", Meaning: "pending", At: p.At}},
		}},
	}
	if diff := cmp.Diff(want, file, ignored); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		text, set := env[name]
		return text, set
	}
}

func TestDefaultsFollowWhatIsWritten(t *testing.T) {
	provider := func(f *config.File) config.Provider { return f.Providers[0] }
	for _, tt := range []struct {
		name, written string
		got           func(*config.File) any
		want          any
	}{
		{"the window is six write time-outs where that is longer than usual", "    timeouts: {write: 40s}\n",
			func(f *config.File) any { return provider(f).Breaker.Window }, 4 * time.Minute},
		{"the window stays as usual where six write time-outs are shorter", "    timeouts: {write: 1s}\n",
			func(f *config.File) any { return provider(f).Breaker.Window }, 150 * time.Second},
		{"a breaker that opens for long stays open at least as long", "    breaker: {open_for: 30m}\n",
			func(f *config.File) any { return provider(f).Breaker.OpenForAtMost }, 30 * time.Minute},
		{"the public URL follows the address", "server: {address: localhost:9000}\n",
			func(f *config.File) any { return f.Server.PublicURL }, "http://localhost:9000"},
		{"the public URL of all interfaces is this machine's", "server: {address: \":9000\"}\n",
			func(f *config.File) any { return f.Server.PublicURL }, "http://127.0.0.1:9000"},
		{"an empty address is the usual one", "server: {address: \"\", admin_address: \"\"}\n",
			func(f *config.File) any { return f.Server.Address + "|" + f.Server.AdminAddress }, "127.0.0.1:8080|"},
		{"a rate by the hour", "    limits: {rate: 5000/h}\n",
			func(f *config.File) any { return provider(f).Limits.Rate }, config.Rate{Calls: 5000, Per: time.Hour}},
		{"a ratio of all calls", "    breaker: {failure_ratio: 1}\n",
			func(f *config.File) any { return provider(f).Breaker.FailureRatio }, config.Thousandths(1000)},
		{"a ratio with two decimals", "    breaker: {failure_ratio: 0.05}\n",
			func(f *config.File) any { return provider(f).Breaker.FailureRatio }, config.Thousandths(50)},
		{"a floor in bytes", "store: {floor: 900000B}\n",
			func(f *config.File) any { return f.Store.Floor }, config.Size(900000)},
		{"a floor in kibibytes", "store: {floor: 3KiB}\n",
			func(f *config.File) any { return f.Store.Floor }, config.Size(3 << 10)},
		{"the largest floor", "store: {floor: 999999TiB}\n",
			func(f *config.File) any { return f.Store.Floor }, config.Size(999999 << 40)},
		{"live on this machine may be plain", "", // a proxy beside the gateway adds TLS
			func(f *config.File) any { return provider(f).BaseURL }, "http://127.0.0.1:8081/ecster"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := smallest + tt.written
			if strings.HasPrefix(tt.name, "live") {
				text = strings.Replace(text, "mode: test", "mode: live", 1)
			}
			if diff := cmp.Diff(tt.want, tt.got(parse(t, text, config.Options{}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadNamesTheFileInItsMistakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(path, []byte("version: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(path, config.Options{})
	if want := path + ":1:10: version: must be 1, the only version there is"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadRefusesAFileThatIsTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(path, []byte("version: 1\n#"+strings.Repeat("x", 2<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, config.Options{}); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestLoadSaysWhichFileIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent.yaml")
	file, err := config.Load(path, config.Options{})
	if err == nil || !strings.Contains(err.Error(), path) || file == nil {
		t.Errorf("got %v and file %v, want an error that names %s and an empty file", err, file, path)
	}
}

func TestTheShippedFileHoldsFiveProvidersForTheSandbox(t *testing.T) {
	file, err := config.Load("../providers.yaml", config.Options{LiteralSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range file.Providers {
		if p.Mode != config.Test || p.BaseURL != "http://127.0.0.1:8081/"+p.Style {
			t.Errorf("%s: mode %s at %s is not the sandbox", p.ID, p.Mode, p.BaseURL)
		}
		got = append(got, p.ID+" "+p.Style)
	}
	want := []string{"creditkey-us creditkey", "newday-uk spendoption", "ecster-se ecster", "iwoca-uk iwocapay", "fluxa cryptopay"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("providers (-want +got):\n%s", diff)
	}
}

func TestTheShippedFileSaysTheDefaultsItWritesOut(t *testing.T) {
	file, err := config.Load("../providers.yaml", config.Options{LiteralSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	plain := parse(t, smallest, config.Options{}).Providers[0]
	first := file.Providers[0]
	want := []any{plain.Timeouts, plain.Limits, plain.Breaker, plain.Polling}
	got := []any{first.Timeouts, first.Limits, first.Breaker, first.Polling}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-default +written):\n%s", first.ID, diff)
	}
}
