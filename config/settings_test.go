package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/config"
)

// settingsOf reads the settings of a provider from YAML lines, in the sandbox.
func settingsOf(t *testing.T, lines string) *config.Settings {
	t.Helper()
	text := smallest + "    settings:\n" + indented(lines)
	env := map[string]string{"YES": "true", "FIVE": "5", "WORD": "word", "SOON": "3s"}
	return parse(t, text, config.Options{LiteralSecrets: true, LookupEnv: lookup(env)}).Providers[0].For("")
}

func indented(lines string) string {
	return "      " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n      ") + "\n"
}

const everyType = `
word: hello
empty: ""
digits: "10045127"
day: 2026-01-31
no: NO
yes: true
five: 5
soon: 90s
sca: on
list: [a, b]
secret: s3cret
map: {inner: {word: deep}}
maps: [{word: one}, {word: two}]
ref_yes: ${env:YES}
ref_five: ${env:FIVE}
ref_soon: ${env:SOON}
ref_word: ${env:WORD}
refs: ["${env:WORD}", plain]
`

func TestSettingsAreReadByNameWithAType(t *testing.T) {
	s := settingsOf(t, everyType)
	words := func(maps []*config.Settings) (words []string) {
		for _, m := range maps {
			words = append(words, m.Text("word"))
		}
		return words
	}
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"text", s.Text("word"), "hello"},
		{"empty text", s.Text("empty"), ""},
		{"text that looks like a number", s.Text("digits"), "10045127"},
		{"text that looks like a day", s.Text("day"), "2026-01-31"},
		{"text that older YAML takes for a no", s.Text("no"), "NO"},
		{"true", s.Bool("yes"), true},
		{"a whole number", s.Integer("five"), 5},
		{"a duration", s.Duration("soon"), 90 * time.Second},
		{"one of two words", s.OneOf("sca", "on", "off"), "on"},
		{"a list", s.Texts("list"), []string{"a", "b"}},
		{"a secret", s.Secret("secret").Reveal(), "s3cret"},
		{"a map in a map", s.Map("map").Map("inner").Text("word"), "deep"},
		{"a list of maps", words(s.Maps("maps")), []string{"one", "two"}},
		{"true by reference", s.Bool("ref_yes"), true},
		{"a whole number by reference", s.Integer("ref_five"), 5},
		{"a duration by reference", s.Duration("ref_soon"), 3 * time.Second},
		{"one of two words by reference", s.OneOf("ref_word", "word", "other"), "word"},
		{"a reference in a list", s.Texts("refs"), []string{"word", "plain"}},
		{"what is not written", []any{s.Text("x"), s.Bool("x"), s.Integer("x"), s.Duration("x"), s.OneOf("x", "a"), s.Secret("x").Reveal(), s.Has("x")},
			[]any{"", false, 0, time.Duration(0), "", "", false}},
		{"what is written", s.Has("word"), true},
		{"the names in the file's order", s.Map("map").Names(), []string{"inner"}},
		{"where it stands", s.Value("five").Path(), "providers[0].settings.five"},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if got := s.Mistakes(); len(got) > 0 {
		t.Errorf("unexpected mistakes:\n%v", got)
	}
}

func TestSettingsOfTheWrongTypeAreMistakesWithAPlace(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		read       func(*config.Settings)
		want       string
	}{
		{"a number as text", "key: 5", func(s *config.Settings) { s.Text("key") }, "8:12: providers[0].settings.key: must be text, in quotes"},
		{"a list as text", "key: [a]", func(s *config.Settings) { s.Text("key") }, "8:12: providers[0].settings.key: must be text"},
		{"text as true", "key: yes", func(s *config.Settings) { s.Bool("key") }, "8:12: providers[0].settings.key: must be true or false"},
		{"text as true by reference", "key: ${env:WORD}", func(s *config.Settings) { s.Bool("key") }, "8:12: providers[0].settings.key: must be true or false"},
		{"text as a number", `key: "5"`, func(s *config.Settings) { s.Integer("key") }, "8:12: providers[0].settings.key: must be a whole number such as 5"},
		{"text as a number by reference", "key: ${env:WORD}", func(s *config.Settings) { s.Integer("key") }, "8:12: providers[0].settings.key: must be a whole number such as 5"},
		{"a hexadecimal number", "key: 0x10", func(s *config.Settings) { s.Integer("key") }, "8:12: providers[0].settings.key: must be a whole number such as 5"},
		{"a number beyond a thousand million", "key: 1000000000", func(s *config.Settings) { s.Integer("key") }, "8:12: providers[0].settings.key: must be a whole number such as 5"},
		{"a number as a duration", "key: 5", func(s *config.Settings) { s.Duration("key") }, "8:12: providers[0].settings.key: must be a duration such as 250ms, 25s or 1h30m, in quotes"},
		{"another word", "key: maybe", func(s *config.Settings) { s.OneOf("key", "on", "off") }, "8:12: providers[0].settings.key: must be one of on, off"},
		{"true among words", "key: true", func(s *config.Settings) { s.OneOf("key", "on", "off") }, "8:12: providers[0].settings.key: must be one of on, off, in quotes"},
		{"text as a list", "key: a", func(s *config.Settings) { s.Texts("key") }, "8:12: providers[0].settings.key: must be a list, such as [first, second]"},
		{"a map in a list of text", "key: [{a: b}]", func(s *config.Settings) { s.Texts("key") }, "8:13: providers[0].settings.key[0]: must be text"},
		{"text as a map", "key: a", func(s *config.Settings) { s.Map("key") }, "8:12: providers[0].settings.key: must be a map of names and values"},
		{"text in a list of maps", "key: [a]", func(s *config.Settings) { s.Maps("key") }, "8:13: providers[0].settings.key[0]: must be a map of names and values"},
		{"what is required and empty", `key: ""`, func(s *config.Settings) { s.Require("key") }, "8:12: providers[0].settings.key: is empty: give it a value"},
		{"what is required in a map", "key: {}", func(s *config.Settings) { s.Map("key").Require("a") }, "8:12: providers[0].settings.key.a: is missing: add it"},
		{"what the reader finds wrong", "key: a", func(s *config.Settings) { s.Text("key"); s.Add("key", "has %d letter", 1) }, "8:12: providers[0].settings.key: has 1 letter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := settingsOf(t, tt.line)
			tt.read(s)
			if got := s.Mistakes().Error(); got != "p.yaml:"+tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWhatNobodyReadIsNamedWithTheLikelyName(t *testing.T) {
	s := settingsOf(t, `
client_id: a
clinet_secret: b
map: {known: c, unknown: d}
`)
	s.Text("client_id")
	s.Secret("client_secret")
	s.Map("map").Text("known")
	s.Map("map").Text("also_known") // a map that is read twice is one map
	var unread []string
	for _, v := range s.Unread() {
		unread = append(unread, v.Path())
	}
	if diff := cmp.Diff([]string{"providers[0].settings.clinet_secret", "providers[0].settings.map.unknown"}, unread); diff != "" {
		t.Errorf("unread (-want +got):\n%s", diff)
	}
	want := `p.yaml:9:7: providers[0].settings.clinet_secret: is not known here: did you mean "client_secret"?
p.yaml:10:23: providers[0].settings.map.unknown: is not known here: did you mean "known"?`
	for range 2 {
		if diff := cmp.Diff(want, s.Mistakes().Error()); diff != "" {
			t.Errorf("mistakes (-want +got):\n%s", diff)
		}
	}
}

func TestAStyleWithoutSettingsTakesNone(t *testing.T) {
	s := settingsOf(t, "key: a")
	if got, want := s.Mistakes().Error(), "p.yaml:8:7: providers[0].settings.key: is not known here: remove it"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRequiredSettingsAreMissedWhereTheyWouldStand(t *testing.T) {
	s := parse(t, smallest, config.Options{}).Providers[0].For("")
	s.Require("key")
	if got, want := s.Mistakes().Error(), "p.yaml:3:5: providers[0].settings.key: is missing: add it"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSettingsThatAreNoMapMissNothing(t *testing.T) {
	file, err := config.Parse("p.yaml", []byte(smallest+"    settings: none\n"), config.Options{})
	if err == nil {
		t.Fatal("text in place of settings must be a mistake")
	}
	s := file.Providers[0].For("")
	s.Require("key")
	if got := s.Mistakes(); len(got) > 0 {
		t.Errorf("one mistake is enough, got also %v", got)
	}
}

const withMerchants = smallest + `    settings:
      client: shared
      region: eu
    merchants:
      acme:
        settings:
          client: acme
          label: {a: b}
`

func TestAMerchantsSettingsWinOverTheProviders(t *testing.T) {
	p := parse(t, withMerchants, config.Options{}).Providers[0]
	for _, tt := range []struct {
		name, merchant string
		names          []string
		client, where  string
	}{
		{"a merchant with settings", "acme", []string{"client", "region", "label"}, "acme", "p.yaml:13:19"},
		{"a merchant without", "zenith", []string{"client", "region"}, "shared", "p.yaml:8:15"},
		{"no merchant", "", []string{"client", "region"}, "shared", "p.yaml:8:15"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := p.For(tt.merchant)
			if diff := cmp.Diff(tt.names, s.Names()); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if got := s.Text("client"); got != tt.client {
				t.Errorf("client is %q, want %q", got, tt.client)
			}
			if got := s.Text("region"); got != "eu" {
				t.Errorf("region is %q, want the provider's", got)
			}
			if got := s.Value("client").String(); got != tt.where {
				t.Errorf("client stands at %s, want %s", got, tt.where)
			}
		})
	}
}

func TestEachReaderOfAProviderRemembersForItself(t *testing.T) {
	p := parse(t, withMerchants, config.Options{}).Providers[0]
	first := p.For("")
	first.Text("client")
	first.Add("client", "is odd")
	first.Text("region")
	if got := len(p.For("").Unread()); got != 2 {
		t.Errorf("a fresh reader has %d unread settings, want 2", got)
	}
	if got := p.For("zenith").Mistakes(); len(got) != 2 {
		t.Errorf("a fresh reader has the mistakes %v, want its own two unread settings", got)
	}
}
