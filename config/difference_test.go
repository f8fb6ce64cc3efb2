package config_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/config"
)

const compared = hashed + `  - id: south
    style: ecster
    mode: test
    base_url: http://127.0.0.1:8081/ecster
`

func differences(t *testing.T, before, after string) []config.Difference {
	t.Helper()
	opts := config.Options{LiteralSecrets: true, LookupEnv: lookup(map[string]string{"KEY": "s3cret", "OTHER": "hidden"})}
	return config.Compare(parse(t, before, opts), parse(t, after, opts))
}

func TestEachDifferenceIsNamedAndNoSettingIsShown(t *testing.T) {
	north := func(name, before, after string) config.Difference {
		return config.Difference{Provider: "north", Name: name, Change: config.Changed, Before: before, After: after}
	}
	setting := func(name, merchant, path string, change config.Change) config.Difference {
		return config.Difference{Provider: "north", Name: path, Setting: name, Merchant: merchant, Change: change}
	}
	words := "    words: {NEW: pending, OLD: created}\n"
	for _, tt := range []struct {
		name, old, replacement string
		want                   config.Difference
	}{
		{"the style", "style: ecster", "style: other", north("style", "ecster", "other")},
		{"the mode", "mode: test", "mode: live", north("mode", "test", "live")},
		{"the base URL", "8081/ecster", "8082/ecster", north("base_url", "http://127.0.0.1:8081/ecster", "http://127.0.0.1:8082/ecster")},
		{"a secret", "env:KEY", "env:OTHER", setting("secret", "", "settings.secret", config.Changed)},
		{"a setting", "client: a", "client: c", setting("client", "", "settings.client", config.Changed)},
		{"a setting more", "client: a", "client: a, more: {in: x}", setting("more", "", "settings.more", config.Added)},
		{"a setting less", "client: a, ", "", setting("client", "", "settings.client", config.Removed)},
		{"the order of a list", "[x, y]", "[y, x]", setting("list", "", "settings.list", config.Changed)},
		{"a merchant's setting", "client: b", "client: c", setting("client", "acme", "merchants.acme.settings.client", config.Changed)},
		{"a word", "NEW: pending", "NEW: created", north("words.NEW", "pending", "created")},
		{"what is accepted", words, words + "    accepts: {currencies: [SEK, EUR]}\n", north("accepts.currencies", "", "SEK, EUR")},
		{"a bound", words, words + "    accepts: {amount: {max: \"9.50\"}}\n", north("accepts.amount.max", "", "9.50")},
		{"a time-out", words, words + "    timeouts: {read: 9s}\n", north("timeouts.read", "8s", "9s")},
		{"a rate", words, words + "    limits: {rate: 600/m}\n", north("limits.rate", "50/s", "600/m")},
		{"a ratio", words, words + "    breaker: {failure_ratio: 0.25}\n", north("breaker.failure_ratio", "0.500", "0.250")},
		{"polling", words, words + "    polling: {after: 2m}\n", north("polling.after", "1m", "2m")},
		{"closing", words, words + "    close_after: 72h\n", north("close_after", "0s", "72h")},
		{"replaced secrets", words, words + "    former_secrets: 0s\n", north("former_secrets", "24h", "0s")},
		{"traces", words, words + "    trace_context: true\n", north("trace_context", "false", "true")},
		{"a provider more", "  - id: south", "  - {id: west, style: a, mode: test, base_url: \"http://a\"}\n  - id: south", config.Difference{Provider: "west", Change: config.Added}},
		{"the store's key", "version: 1", "version: 1\nstore: {badger: {key: \"${env:KEY}\"}}", config.Difference{Name: "store.badger.key", Change: config.Changed}},
		{"the floor", "version: 1", "version: 1\nstore: {floor: 1536MiB}", config.Difference{Name: "store.floor", Change: config.Changed, Before: "1GiB", After: "1536MiB"}},
		{"the address", "version: 1", "version: 1\nserver: {address: \":1\", public_url: \"http://127.0.0.1:8080\"}", config.Difference{Name: "server.address", Change: config.Changed, Before: "127.0.0.1:8080", After: ":1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			after := strings.Replace(compared, tt.old, tt.replacement, 1)
			if diff := cmp.Diff([]config.Difference{tt.want}, differences(t, compared, after)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	removed := []config.Difference{{Provider: "south", Change: config.Removed}}
	if diff := cmp.Diff(removed, differences(t, compared, hashed)); diff != "" {
		t.Errorf("a provider less (-want +got):\n%s", diff)
	}
}

func TestWhatIsWrittenOtherwiseIsNoDifference(t *testing.T) {
	for _, tt := range []struct{ name, old, replacement string }{
		{"the same file", "", ""},
		{"comments", "version: 1", "# hello\nversion: 1"},
		{"settings in another order", `client: a, secret: "${env:KEY}"`, `secret: "${env:KEY}", client: a`},
		{"words in another order", "NEW: pending, OLD: created", "OLD: created, NEW: pending"},
		{"a default written out", "    words:", "    polling: {after: 60s, until: 72h}\n    words:"},
		{"a secret that moved from its variable into the file", `"${env:KEY}"`, "s3cret"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := differences(t, compared, strings.Replace(compared, tt.old, tt.replacement, 1)); got != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestNoFieldIsLeftOutOfAComparison counts what a file can say: whoever adds a field reads here that Compare,
// Hash and this count want it too.
func TestNoFieldIsLeftOutOfAComparison(t *testing.T) {
	count := func(of any) int { return reflect.TypeOf(of).NumField() }
	got := []int{count(config.Server{}), count(config.ServerLimits{}), count(config.Store{}), count(config.Badger{}), count(config.Provider{}),
		count(config.Accepts{}), count(config.Timeouts{}), count(config.Limits{}), count(config.Breaker{}), count(config.Polling{})}
	if want := []int{4, 5, 4, 2, 19, 5, 3, 2, 6, 2}; !cmp.Equal(got, want) {
		t.Errorf("fields: got %v, want %v", got, want)
	}
}

func TestTheFilesOfSecretsAreNamed(t *testing.T) {
	text := smallest + "    settings: {a: \"${file:/run/b}\", b: \"${file:/run/a}\", c: [\"${file:/run/b}\"], d: \"${file:/run/gone}\"}\n"
	file, err := config.Parse("p.yaml", []byte(text), config.Options{ReadFile: func(path string) ([]byte, error) {
		if path == "/run/gone" {
			return nil, os.ErrNotExist
		}
		return []byte(path), nil
	}})
	if err == nil || len(file.Files) != 3 || strings.Join(file.Files, " ") != "/run/a /run/b /run/gone" {
		t.Errorf("got %v and %v", file.Files, err)
	}
}
