package config_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/config"
)

const hashed = smallest + `    settings: {client: a, secret: "${env:KEY}", list: [x, y]}
    merchants: {acme: {settings: {client: b}}}
    words: {NEW: pending, OLD: created}
`

func hashOf(t *testing.T, text, merchant string, opts config.Options) string {
	t.Helper()
	if opts.LookupEnv == nil {
		opts.LookupEnv = lookup(map[string]string{"KEY": "s3cret"})
	}
	return parse(t, text, opts).Providers[0].Hash(merchant)
}

func TestTheHashStaysWhereNothingChangesForACall(t *testing.T) {
	want := hashOf(t, hashed, "", config.Options{})
	if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(want) {
		t.Fatalf("%q is not 12 hexadecimal digits", want)
	}
	for _, tt := range []struct{ name, old, replacement string }{
		{"the same file", "", ""},
		{"comments and empty lines", "version: 1", "# hello\n\nversion: 1"},
		{"settings in another order", `client: a, secret: "${env:KEY}"`, `secret: "${env:KEY}", client: a`},
		{"words in another order", "NEW: pending, OLD: created", "OLD: created, NEW: pending"},
		{"a default written out", "    words:", "    polling: {after: 60s, until: 72h}\n    words:"},
		{"a secret that moved from its variable into the file", `"${env:KEY}"`, "s3cret"},
		{"another provider", "providers:\n", "server: {address: \":1\"}\nproviders:\n"},
		{"another merchant's settings", "client: b", "client: c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := hashOf(t, strings.Replace(hashed, tt.old, tt.replacement, 1), "", config.Options{LiteralSecrets: true})
			if got != want {
				t.Errorf("got %s, want %s as before", got, want)
			}
		})
	}
}

func TestTheHashChangesWithWhateverACallRunsUnder(t *testing.T) {
	before := hashOf(t, hashed, "", config.Options{})
	for _, tt := range []struct{ name, old, replacement string }{
		{"the id", "id: north", "id: south"},
		{"the style", "style: ecster", "style: other"},
		{"the mode", "mode: test", "mode: live"},
		{"the base URL", "8081/ecster", "8082/ecster"},
		{"a setting", "client: a", "client: c"},
		{"a setting of another type", "client: a", "client: [a]"},
		{"a setting's name", "client: a", "name: a"},
		{"another setting", "client: a", "client: a, more: {in: x}"},
		{"an item of a list", "[x, y]", "[x, z]"},
		{"the order of a list", "[x, y]", "[y, x]"},
		{"a word", "NEW: pending", "NEW: created"},
		{"what is accepted", "    words:", "    accepts: {currencies: [SEK]}\n    words:"},
		{"a bound", "    words:", "    accepts: {amount: {min: \"1\"}}\n    words:"},
		{"a time-out", "    words:", "    timeouts: {read: 9s}\n    words:"},
		{"a limit", "    words:", "    limits: {rate: 49/s}\n    words:"},
		{"the breaker", "    words:", "    breaker: {failure_ratio: 0.501}\n    words:"},
		{"polling", "    words:", "    polling: {after: 2m}\n    words:"},
		{"traces", "    words:", "    trace_context: true\n    words:"},
		{"closing", "    words:", "    close_after: 72h\n    words:"},
		{"how long replaced secrets are good for", "    words:", "    former_secrets: 1h\n    words:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(hashed, tt.old, tt.replacement, 1)
			if changed == hashed {
				t.Fatal("nothing was replaced")
			}
			if got := hashOf(t, changed, "", config.Options{}); got == before {
				t.Errorf("got %s as before", got)
			}
		})
	}
}

func TestTheHashDependsOnSecretsMerchantAndKey(t *testing.T) {
	plain := hashOf(t, hashed, "", config.Options{})
	for _, tt := range []struct {
		name, merchant string
		opts           config.Options
	}{
		{"another secret", "", config.Options{LookupEnv: lookup(map[string]string{"KEY": "other"})}},
		{"a merchant with settings", "acme", config.Options{}},
		{"a hash key", "", config.Options{HashKey: []byte("pepper")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := hashOf(t, hashed, tt.merchant, tt.opts)
			if got == plain {
				t.Errorf("got %s as without", got)
			}
			if again := hashOf(t, hashed, tt.merchant, tt.opts); again != got {
				t.Errorf("got %s and then %s", got, again)
			}
		})
	}
	if got := hashOf(t, hashed, "zenith", config.Options{}); got != plain {
		t.Errorf("a merchant without settings has %s, want the provider's %s", got, plain)
	}
}
