package adapters_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/config"
)

var style = adapters.Adapter{Name: "shop", Settings: []adapters.Setting{
	{Name: "id", Kind: adapters.TextSetting, Required: true},
	{Name: "key", Kind: adapters.TextSetting, Secret: true},
	{Name: "place", Kind: adapters.TextSetting, Default: "here"},
	{Name: "on", Kind: adapters.FlagSetting, Default: "true"},
	{Name: "count", Kind: adapters.IntegerSetting, Default: "3"},
	{Name: "wait", Kind: adapters.DurationSetting, Default: "24h"},
	{Name: "color", Kind: adapters.ChoiceSetting, Default: "red", Choices: []string{"red", "blue"}},
	{Name: "sizes", Kind: adapters.ListSetting, Default: "s,m", Choices: []string{"s", "m", "l"}},
	{Name: "names", Kind: adapters.ListSetting},
}}

// section is the settings of a provider, written as lines of YAML.
func section(t *testing.T, lines ...string) *config.Settings {
	t.Helper()
	text := "version: 1\nserver: {public_url: http://127.0.0.1:8080}\nproviders:\n  - id: shop-se\n    style: shop\n    mode: test\n    base_url: http://127.0.0.1:9\n    settings:\n      " + strings.Join(lines, "\n      ") + "\n"
	file, err := config.Parse("providers.yaml", []byte(text), config.Options{LookupEnv: func(string) (string, bool) { return "from outside", true }})
	if err != nil {
		t.Fatal(err)
	}
	return file.Providers[0].For("")
}

func TestSettingsAreReadByTheirKind(t *testing.T) {
	for _, row := range []struct {
		name  string
		lines []string
		want  adapters.Values
	}{
		{"defaults", []string{"id: a"}, adapters.Values{"id": "a", "place": "here", "on": "true", "count": "3", "wait": "24h", "color": "red", "sizes": "s,m"}},
		{"all of them", []string{"id: a", "key: ${env:KEY}", "place: there", "on: false", "count: 7", "wait: 90s", "color: blue", "sizes: [l]", "names: [x, y]"},
			adapters.Values{"id": "a", "key": "from outside", "place": "there", "on": "false", "count": "7", "wait": "1m30s", "color": "blue", "sizes": "l", "names": "x,y"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := section(t, row.lines...)
			got := style.Read(s)
			if err := s.Mistakes().Err(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(- want, + got)\n%s", diff)
			}
		})
	}
}

func TestEveryMistakeInSettingsIsNotedWithItsPlace(t *testing.T) {
	for _, row := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"a required one is missing", []string{"place: there"}, "id"},
		{"a required one is empty", []string{`id: ""`}, "id"},
		{"a secret in the file", []string{"id: a", "key: hunter2"}, "key"},
		{"a word that is no choice", []string{"id: a", "color: green"}, "color"},
		{"an item that is no choice", []string{"id: a", "sizes: [s, xl]"}, "sizes"},
		{"an item that would read as two", []string{"id: a", `names: ["x,y"]`}, "names"},
		{"no number", []string{"id: a", "count: many"}, "count"},
		{"no time", []string{"id: a", "wait: long"}, "wait"},
		{"a setting nobody knows", []string{"id: a", "colour: red"}, "colour"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := section(t, row.lines...)
			style.Read(s)
			err := s.Mistakes().Err()
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "providers.yaml:") {
				t.Errorf("%v, want a mistake about %s", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Error("the mistake repeats the secret")
			}
		})
	}
}

func TestValuesAreAskedForByType(t *testing.T) {
	v := adapters.Values{"on": "true", "count": "7", "wait": "1m30s", "sizes": "s,m"}
	if !v.Flag("on") || v.Flag("off") || v.Integer("count") != 7 || v.Integer("off") != 0 || v.Duration("wait") != 90*time.Second || v.Text("count") != "7" {
		t.Errorf("%v is read wrong", v)
	}
	if diff := cmp.Diff([]string{"s", "m"}, v.List("sizes")); diff != "" || v.List("off") != nil {
		t.Errorf("lists: %s %v", diff, v.List("off"))
	}
	if !v.Has("sizes", "m") || v.Has("sizes", "l") || v.Has("off", "") {
		t.Error("what a list holds is read wrong")
	}
}

func TestDefaultsTakeNoSettingTheStyleDoesNotHave(t *testing.T) {
	if got := style.Defaults(adapters.Values{"place": "there"}); got["place"] != "there" || got["color"] != "red" {
		t.Errorf("%v", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown setting is taken")
		}
	}()
	style.Defaults(adapters.Values{"colour": "red"})
}

func TestReplacedPutsBackOnlySecretsThatOthersTookThePlaceOf(t *testing.T) {
	style := adapters.Adapter{Settings: []adapters.Setting{{Name: "secret", Secret: true}, {Name: "other", Secret: true}, {Name: "name"}}}
	for _, row := range []struct {
		name              string
		before, now, want adapters.Values
		replaced          bool
	}{
		{"nothing", adapters.Values{"secret": "a", "name": "x"}, adapters.Values{"secret": "a", "name": "x"}, adapters.Values{"secret": "a", "name": "x"}, false},
		{"a secret", adapters.Values{"secret": "a", "other": "o"}, adapters.Values{"secret": "b", "other": "o"}, adapters.Values{"secret": "a", "other": "o"}, true},
		{"a secret, and a name that stays as it is now", adapters.Values{"secret": "a", "name": "x"}, adapters.Values{"secret": "b", "name": "y"}, adapters.Values{"secret": "a", "name": "y"}, true},
		{"a name alone", adapters.Values{"name": "x"}, adapters.Values{"name": "y"}, adapters.Values{"name": "y"}, false},
		{"a secret that is added", adapters.Values{}, adapters.Values{"secret": "b"}, adapters.Values{"secret": "b"}, false},
		{"a secret that is removed", adapters.Values{"secret": "a"}, adapters.Values{}, adapters.Values{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, replaced := style.Replaced(row.before, row.now)
			if replaced != row.replaced || !maps.Equal(got, row.want) {
				t.Errorf("got %v %v, want %v %v", got, replaced, row.want, row.replaced)
			}
		})
	}
}
