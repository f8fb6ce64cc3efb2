package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/config"
)

// mistakesOf parses and returns one line for each mistake, without the file's name.
func mistakesOf(t *testing.T, text string, opts config.Options) []string {
	t.Helper()
	_, err := config.Parse("p.yaml", []byte(text), opts)
	var mistakes config.Mistakes
	if err != nil && !errors.As(err, &mistakes) {
		t.Fatalf("%v is not Mistakes", err)
	}
	var lines []string
	for _, m := range mistakes {
		lines = append(lines, strings.TrimPrefix(m.Error(), "p.yaml:"))
	}
	return lines
}

func refuses(t *testing.T, text string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, mistakesOf(t, text, config.Options{LookupEnv: lookup(nil)})); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s\nin:\n%s", diff, text)
	}
}

func TestMistakesInAProvider(t *testing.T) {
	const at = "providers[0]."
	for _, tt := range []struct{ name, line, want string }{
		{"an unknown key has its likely name", "time_outs: {}", `5: ` + at + `time_outs: is not known here: did you mean "timeouts"?`},
		{"an unknown key in a map inside", "timeouts: {reed: 1s}", `16: ` + at + `timeouts.reed: is not known here: did you mean "read"?`},
		{"an unknown key like no other", "breaker: {colour: red}", `15: ` + at + `breaker.colour: is not known here: remove it, or use one of failure_ratio, in_a_row, minimum_calls, open_for, open_for_at_most, window`},
		{"a key written twice", "id: south", `5: ` + at + `id: is written twice, first on line 3: keep one of them`},
		{"a key without a value", "timeouts:", `14: ` + at + `timeouts: has no value: give it one or remove the key`},
		{"a map where a list belongs", "accepts: {currencies: {}}", `27: ` + at + `accepts.currencies: must be a list, such as [first, second]`},
		{"text where a map belongs", "breaker: strong", `14: ` + at + `breaker: must be a map of names and values`},
		{"text where settings belong", "settings: none", `15: ` + at + `settings: must be a map of names and values`},
		{"a duration without a unit", "timeouts: {read: 8}", `22: ` + at + `timeouts.read: must be a duration such as 250ms, 25s or 1h30m, in quotes`},
		{"a duration in days", "close_after: 3d", `18: ` + at + `close_after: must be a duration such as 250ms, 25s or 1h30m`},
		{"a duration below zero", "close_after: -3h", `18: ` + at + `close_after: must be a duration such as 250ms, 25s or 1h30m`},
		{"a duration of nothing", "close_after: 0s", `18: ` + at + `close_after: must be a duration above 0 and below 290 years`},
		{"a duration beyond all bounds", "close_after: 999999999h", `18: ` + at + `close_after: must be a duration above 0 and below 290 years`},
		{"a time-out too long", "timeouts: {read: 6m}", `22: ` + at + `timeouts.read: must be between 10ms and 5m`},
		{"a deadline too short", "close_after: 59s", `18: ` + at + `close_after: must be between 1m and 8784h`},
		{"a rate without a time", "limits: {rate: 50}", `20: ` + at + `limits.rate: must be a rate such as 50/s, 600/m or 5000/h, in quotes`},
		{"a rate of nothing", "limits: {rate: 0/s}", `20: ` + at + `limits.rate: must be a rate such as 50/s, 600/m or 5000/h`},
		{"no call at a time", "limits: {in_flight: 0}", `25: ` + at + `limits.in_flight: must be between 1 and 10000`},
		{"half a call at a time", "limits: {in_flight: 1.5}", `25: ` + at + `limits.in_flight: must be a whole number such as 5`},
		{"a count in words", "limits: {in_flight: many}", `25: ` + at + `limits.in_flight: must be a whole number such as 5`},
		{"a ratio above one", "breaker: {failure_ratio: 1.5}", `30: ` + at + `breaker.failure_ratio: must be a number above 0 and up to 1 with at most three decimals, such as 0.5`},
		{"a ratio of nothing", "breaker: {failure_ratio: 0.000}", `30: ` + at + `breaker.failure_ratio: must be a number above 0 and up to 1 with at most three decimals, such as 0.5`},
		{"a window below six time-outs", "breaker: {window: 149s}", `23: ` + at + `breaker.window: must be at least 2m30s, six write time-outs: a shorter one never opens on a lender that hangs`},
		{"a breaker that opens longer than it may", "breaker: {open_for: 2m, open_for_at_most: 1m}", `47: ` + at + `breaker.open_for_at_most: must not be below open_for`},
		{"polling that ends before it starts", "polling: {after: 2m, until: 1m}", `33: ` + at + `polling.until: must not be below after`},
		{"an amount as a number", "accepts: {amount: {min: 100}}", `29: ` + at + `accepts.amount.min: must be a decimal amount such as "100" or "49.50", in quotes`},
		{"an amount with an exponent", `accepts: {amount: {min: "1e3"}}`, `29: ` + at + `accepts.amount.min: must be a decimal amount such as "100" or "49.50"`},
		{"an amount below zero", `accepts: {amount: {max: "-1"}}`, `29: ` + at + `accepts.amount.max: must be a decimal amount such as "100" or "49.50"`},
		{"a largest amount of nothing", `accepts: {amount: {max: "0.00"}}`, `29: ` + at + `accepts.amount.max: must be above 0`},
		{"amounts the wrong way round", `accepts: {amount: {min: "9.50", max: "9.49"}}`, `42: ` + at + `accepts.amount.max: must not be below min`},
		{"a currency in small letters", "accepts: {currencies: [usd]}", `28: ` + at + `accepts.currencies[0]: must be a currency code in capitals, such as USD or USDT`},
		{"a currency twice", "accepts: {currencies: [SEK, SEK]}", `33: ` + at + `accepts.currencies[1]: stands here twice, first on line 7: remove one`},
		{"no currency at all", "accepts: {currencies: []}", `27: ` + at + `accepts.currencies: is an empty list: name at least one, or remove the key to take all`},
		{"a country by name", "accepts: {countries: [Sweden]}", `27: ` + at + `accepts.countries[0]: must be a country as two capitals (ISO 3166), such as SE; the United Kingdom is GB`},
		{"a country that ISO calls otherwise", "accepts: {countries: [UK]}", `27: ` + at + `accepts.countries[0]: must be a country as two capitals (ISO 3166), such as SE; the United Kingdom is GB`},
		{"an unknown kind of customer", "accepts: {customers: [dog]}", `27: ` + at + `accepts.customers[0]: must be person or company`},
		{"a lender's word that means a number", "words: {ON_HOLD: 1}", `22: ` + at + `words.ON_HOLD: must be text, in quotes`},
		{"a lender's word that means nothing", `words: {"ON HOLD": ""}`, `24: ` + at + `words["ON HOLD"]: is empty: give it a value`},
		{"a lender's word that is a number", `words: {100: pending}`, `13: ` + at + `words["100"]: is a key and must be text: put it in quotes`},
		{"a merchant with an odd name", `merchants: {"a b": {settings: {}}}`, `24: ` + at + `merchants["a b"]: is a merchant and must be 1 to 64 letters, digits, dots, dashes and underscores`},
		{"a merchant without settings", `merchants: {acme: {}}`, `23: ` + at + `merchants.acme.settings: is missing: add it`},
		{"a merchant with other keys", `merchants: {acme: {settings: {}, mode: live}}`, `38: ` + at + `merchants.acme.mode: is not known here: remove it, or use one of settings`},
		{"a contract of another style", `contract: own.yaml`, `15: ` + at + `contract: goes with style: declared alone: remove it, or change the style`},
		{"an anchor", "timeouts: &slow {read: 9s}", `15: ` + at + `timeouts: anchors (&name) are not read here: write the value out, and put text that starts with & in quotes`},
		{"a tag", "close_after: !!str 72h", `18: ` + at + `close_after: tags (!name) are not read here: remove it, and put text that starts with ! in quotes`},
		{"a merge key", "limits: {<<: {rate: 5/s}}", `14: ` + at + `limits["<<"]: merge keys are not read here: write the keys out`},
		{"a reference outside settings", "close_after: ${env:LATER}", `18: ` + at + `close_after: references are read only in settings and in store.badger.key: write the value itself`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			refuses(t, smallest+"    "+tt.line+"\n", "7:"+tt.want)
		})
	}
}

func TestMistakesInWhatAProviderNeeds(t *testing.T) {
	for _, tt := range []struct{ name, old, replacement, want string }{
		{"no id", "id: north", "words: {}", `3:5: providers[0].id: is missing: add it`},
		{"no style", "    style: ecster\n", "", `3:5: providers[0].style: is missing: add it`},
		{"no mode", "    mode: test\n", "", `3:5: providers[0].mode: is missing: add it`},
		{"no base URL", "    base_url: http://127.0.0.1:8081/ecster\n", "", `3:5: providers[0].base_url: is missing: add it`},
		{"no version", "version: 1\n", "", `1:1: version: is missing: add it`},
		{"another version", "version: 1", "version: 2", `1:10: version: must be 1, the only version there is`},
		{"a version as text", "version: 1", `version: "1"`, `1:10: version: must be a whole number such as 5`},
		{"an id in capitals", "id: north", "id: North", `3:9: providers[0].id: must be 1 to 32 lower-case letters, digits and dashes, a letter first`},
		{"an id that is too long", "id: north", "id: " + strings.Repeat("n", 33), `3:9: providers[0].id: must be 1 to 32 lower-case letters, digits and dashes, a letter first`},
		{"an id that YAML takes for a yes", "id: north", "id: true", `3:9: providers[0].id: must be 1 to 32 lower-case letters, digits and dashes, a letter first, in quotes`},
		{"an unknown mode", "mode: test", "mode: prod", `5:11: providers[0].mode: must be one of live, test`},
		{"a URL of another kind", "http://127.0.0.1:8081/ecster", "ftp://lender.example", urlMistake},
		{"a URL without a host", "http://127.0.0.1:8081/ecster", "http:///ecster", urlMistake},
		{"a URL with a user", "http://127.0.0.1:8081/ecster", "https://me:pw@lender.example", urlMistake},
		{"a URL with a query", "http://127.0.0.1:8081/ecster", "https://lender.example/a?b=c", urlMistake},
		{"a URL with a slash at the end", "http://127.0.0.1:8081/ecster", "https://lender.example/", urlMistake},
		{"a URL with an impossible port", "http://127.0.0.1:8081/ecster", "https://lender.example:70000", urlMistake},
		{"a URL with an impossible host", "http://127.0.0.1:8081/ecster", "http://[::1", urlMistake},
		{"live without TLS", "mode: test\n    base_url: http://127.0.0.1:8081", "mode: live\n    base_url: http://lender.example", `6:15: providers[0].base_url: must start with https:// in mode live`},
		{"an id taken", "providers:\n", "providers:\n  - {id: north, style: x, mode: test, base_url: http://h}\n", `4:9: providers[1].id: is taken by the provider on line 3: choose another`},
		{"a provider that is no map", "providers:\n", "providers:\n  - north\n", `3:5: providers[0]: must be a map of names and values`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(smallest, tt.old, tt.replacement, 1)
			refuses(t, changed, tt.want)
		})
	}
}

const urlMistake = `6:15: providers[0].base_url: must be a URL such as https://api.example.com/base, without user, query or slash at the end`

func TestMistakesAtTheTop(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"routes", "version: 1\nroutes: []\n", []string{`2:9: routes: routing rules are not built yet: remove it, and name the provider in each order`}},
		{"PostgreSQL", "version: 1\nstore:\n  postgres: {dsn: x}\n", []string{`3:13: store.postgres: the PostgreSQL store is not built yet: remove it, and use store.badger`}},
		{"a section misspelt", "version: 1\nserevr: {}\n", []string{`2:1: serevr: is not known here: did you mean "server"?`}},
		{"an address without a port", "version: 1\nserver: {address: localhost}\n", []string{`2:19: server.address: must be host:port, such as 127.0.0.1:8080`}},
		{"an address beyond the last port", "version: 1\nserver: {address: \"h:65536\"}\n", []string{`2:19: server.address: must be host:port, such as 127.0.0.1:8080, the port at most 65535`}},
		{"two listeners on one address", "version: 1\nserver: {admin_address: 127.0.0.1:8080}\n", []string{`2:25: server.admin_address: is the same as address: give it another port, or remove it`}},
		{"a floor in decimal units", "version: 1\nstore: {floor: 1GB}\n", []string{`2:16: store.floor: must be a size such as 512MiB or 1GiB`}},
		{"an empty store folder", "version: 1\nstore: {badger: {path: \"\"}}\n", []string{`2:24: store.badger.path: is empty: give it a value`}},
		{"a literal store key", "version: 1\nstore: {badger: {key: abc}}\n", []string{`2:23: store.badger.key: is a secret and must not stand in the file: write ${env:NAME} or ${file:/path}`}},
		{"an empty file", "", []string{"1:1: the file is empty: it needs at least `version: 1`"}},
		{"nothing but comments", "# nothing\n", []string{"1:1: the file is empty: it needs at least `version: 1`"}},
		{"a list", "- a\n", []string{"1:1: the file must be a map that starts with `version: 1`"}},
		{"an empty document", "---\n", []string{"2:1: has no value: give it one or remove the key"}},
		{"a second document", "version: 1\n---\nversion: 1\n", []string{"2:1: a second document starts here: put everything under one, without ---"}},
		{"an alias", "version: 1\nserver: {address: &a \"h:1\", admin_address: *a}\n", []string{
			`2:19: server.address: anchors (&name) are not read here: write the value out, and put text that starts with & in quotes`,
			`2:44: server.admin_address: aliases (*name) are not read here: write the value out, and put text that starts with * in quotes`}},
		{"an alias to nothing, which may be a secret, is not repeated", "version: 1\nserver:\n  public_url: *s3cret\n", []string{
			`3:15: aliases (*name) are not read here: write the value out, and put text that starts with * in quotes`}},
		{"too deep", "version: 1\nserver: " + strings.Repeat("[", 70) + strings.Repeat("]", 70), []string{
			`2:9: server: must be a map of names and values`,
			`2:73: server` + strings.Repeat("[0]", 64) + `: is nested more than 64 levels deep: flatten it`}},
		{"too many keys in one map", "version: 1\nserver: {" + strings.Repeat("a: 1, ", 1001) + "}\n", []string{
			`2:9: server: holds more than 1000 keys: make it smaller`}},
		{"too large", "version: 1\n#" + strings.Repeat("x", 1<<20), []string{"1:1: the file is larger than 1 MiB: split it or remove what is not configuration"}},
		{"not UTF-8", "version: 1\n# caf\xe9\n", []string{"2:6: a byte here is not readable text: remove it, and save the file as UTF-8"}},
		{"a control character", "version: 1\n\x00", []string{"2:1: a byte here is not readable text: remove it, and save the file as UTF-8"}},
		{"a line break that editors do not show", "version: 1 # a note\u2028routes: []\n", []string{"1:20: a byte here is not readable text: remove it, and save the file as UTF-8"}},
		{"a line break from long ago", "version: 1\rroutes: []\n", []string{"1:11: a byte here is not readable text: remove it, and save the file as UTF-8"}},
		{"line breaks from Windows", "version: 1\r\nservers: {}\r\n", []string{`2:1: servers: is not known here: did you mean "server"?`}},
		{"a tab", "version: 1\nserver:\n\taddress: h\n", []string{"3:1: found character that cannot start any token: put text that starts with @, ` or % in quotes, and indent with spaces"}},
		{"a brace left open", "version: 1\nserver: {address: h\nstore: {}\n", []string{"2:1: did not find expected ',' or '}': close the brace, and inside braces put a ${env:NAME} in quotes"}},
		{"a reference in braces without quotes", "version: 1\nstore: {badger: {key: ${env:K}}}\n", []string{"2:1: did not find expected ',' or '}': close the brace, and inside braces put a ${env:NAME} in quotes"}},
		{"a colon in plain text", "version: 1\nserver:\n  address: a: b\n", []string{"3:1: mapping values are not allowed in this context: check the indentation, and put text that holds a colon and a space in quotes"}},
		{"a complaint we have no remedy for", "%FOO 1\n---\nversion: 1\n", []string{"1:1: found unknown directive name: correct the YAML around this line"}},
		{"a line further left than the first", "  version: 1\nserver: {}\n", []string{"2:1: did not find expected <document start>: start this line in the same column as the first"}},
	} {
		t.Run(tt.name, func(t *testing.T) { refuses(t, tt.text, tt.want...) })
	}
}

func TestAllMistakesAreReportedAtOnceInTheOrderOfTheFile(t *testing.T) {
	refuses(t, `version: 3
server:
  adress: x
providers:
  - id: A
    style: ecster
    mode: prod
    timeouts: {write: 1m, read: x}
    breaker: {window: 5m}
  - id: south
`,
		`1:10: version: must be 1, the only version there is`,
		`3:3: server.adress: is not known here: did you mean "address"?`,
		`5:5: providers[0].base_url: is missing: add it`,
		`5:9: providers[0].id: must be 1 to 32 lower-case letters, digits and dashes, a letter first`,
		`7:11: providers[0].mode: must be one of live, test`,
		`8:33: providers[0].timeouts.read: must be a duration such as 250ms, 25s or 1h30m`,
		`9:23: providers[0].breaker.window: must be at least 6m, six write time-outs: a shorter one never opens on a lender that hangs`,
		`10:5: providers[1].base_url: is missing: add it`,
		`10:5: providers[1].mode: is missing: add it`,
		`10:5: providers[1].style: is missing: add it`,
	)
}

func TestOneBadProviderDoesNotSpoilTheOthers(t *testing.T) {
	file, err := config.Parse("p.yaml", []byte(`version: 1
providers:
  - {id: bad, style: x, mode: prod, base_url: http://h}
  - {id: good, style: x, mode: test, base_url: http://h}
`), config.Options{})
	var mistakes config.Mistakes
	mistakes.Include(err)
	got := map[string]int{}
	for _, p := range file.Providers {
		got[p.ID] = len(mistakes.Under(p.At))
	}
	if diff := cmp.Diff(map[string]int{"bad": 1, "good": 0}, got); diff != "" {
		t.Errorf("mistakes by provider (-want +got):\n%s", diff)
	}
}

func TestUnderKeepsToThePlaceAndWhatIsBelowIt(t *testing.T) {
	file, err := config.Parse("p.yaml", []byte(smallest+"    settings: {a: \"${x}\", b: [\"${x}\"]}\n    settings_old: {}\n"), config.Options{})
	var mistakes config.Mistakes
	mistakes.Include(err)
	at := file.Providers[0].Settings
	mistakes.Add(at, "is odd")
	var got []string
	for _, m := range mistakes.Under(at) {
		got = append(got, m.Path)
	}
	want := []string{"providers[0].settings", "providers[0].settings.a", "providers[0].settings.b[0]"}
	if diff := cmp.Diff(want, got); diff != "" || len(mistakes) != 4 {
		t.Errorf("under settings (-want +got):\n%s\nof:\n%v", diff, mistakes)
	}
}

func TestTheCallersMistakesJoinOurs(t *testing.T) {
	file, err := config.Parse("p.yaml", []byte(smallest+"    mod: live\n"), config.Options{})
	var mistakes config.Mistakes
	mistakes.Include(errors.New("no style is built in"))
	p := file.Providers[0]
	mistakes.Add(p.At.Field("style"), "is not a style; did you mean %q?", config.Closest("ecsterr", []string{"ecster"}))
	mistakes.Add(p.At.Field("settings").Field("api_key"), "is needed")
	mistakes.Include(err)
	mistakes.Include(err) // the same again is said once
	want := strings.Join([]string{
		`no style is built in`,
		`p.yaml:3:5: providers[0].settings.api_key: is needed`,
		`p.yaml:4:12: providers[0].style: is not a style; did you mean "ecster"?`,
		`p.yaml:7:5: providers[0].mod: is not known here: did you mean "mode"?`,
	}, "\n")
	if diff := cmp.Diff(want, mistakes.Err().Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAMistakeWithoutAPlaceIsOnlyItsText(t *testing.T) {
	var mistakes config.Mistakes
	var nowhere config.Value
	mistakes.Add(nowhere.Field("key"), "is odd")
	if got := mistakes.Error(); got != "is odd" || nowhere.String() != "nowhere" || nowhere.Path() != "" || nowhere.Present() {
		t.Errorf("got %q at %v", got, nowhere)
	}
	if got := mistakes.Under(nowhere); len(got) > 0 {
		t.Errorf("nothing is under no place, got %v", got)
	}
}

func TestNoMistakesAreNoError(t *testing.T) {
	var mistakes config.Mistakes
	mistakes.Include(nil)
	if err := mistakes.Err(); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestMistakesRepeatNoValue(t *testing.T) {
	text := strings.NewReplacer("north", "N"+canary, "mode: test", "mode: "+canary, "127.0.0.1", "me:"+canary+"@h").
		Replace(smallest) + `    settings: {key: "a${` + canary + `}"}
    accepts: {currencies: [` + canary + `], amount: {min: ` + canary + `}}
    timeouts: ` + canary + `
    limits: {rate: ` + canary + `, in_flight: ` + canary + `}
    close_after: &` + canary + ` 5
`
	_, err := config.Parse("p.yaml", []byte(text), config.Options{})
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != 10 {
		t.Fatalf("want 10 mistakes, got:\n%v", err)
	}
	if strings.Contains(err.Error(), canary) {
		t.Errorf("a value is repeated:\n%v", err)
	}
}

func TestClosest(t *testing.T) {
	known := []string{"read", "write", "connect"}
	for _, tt := range []struct{ name, word, want string }{
		{"a letter too many", "reads", "read"},
		{"two letters swapped", "wirte", "write"},
		{"capitals", "CONNECT", "connect"},
		{"something else", "colour", ""},
		{"a single letter is no hint", "x", ""},
		{"a text too long to compare", strings.Repeat("read", 20), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := config.Closest(tt.word, known); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
