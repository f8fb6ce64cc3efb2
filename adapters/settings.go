package adapters

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/config"
)

// Setting is one setting of a style, as providers.yaml and PROVIDERS.md know it.
type Setting struct {
	Name     string
	Kind     SettingKind
	Help     string
	Default  string   // in the spelling of the file
	Example  string   // for documents, where not any text will do
	Choices  []string // of a choice, and of the items of a list
	Required bool
	Secret   bool
	Identity bool // decides at whom we are who: not changed while orders are open
	Assumed  bool // the lender's documentation does not say; this makes our choice changeable
}

// SettingKind is the type of a setting.
type SettingKind string

// The kinds.
const (
	TextSetting     SettingKind = "text"
	FlagSetting     SettingKind = "flag"
	IntegerSetting  SettingKind = "integer"
	DurationSetting SettingKind = "duration"
	ChoiceSetting   SettingKind = "choice"
	ListSetting     SettingKind = "list"
)

// Values are settings as read, defaults filled in. Secrets are in the clear: never log it.
type Values map[string]string

// Text returns a setting, "" where it was not given.
func (v Values) Text(name string) string { return v[name] }

// Flag returns a flag.
func (v Values) Flag(name string) bool { return v[name] == "true" }

// Integer returns a whole number, 0 where it was not given.
func (v Values) Integer(name string) int {
	n, _ := strconv.Atoi(v[name])
	return n
}

// Duration returns a span of time, 0 where it was not given.
func (v Values) Duration(name string) time.Duration {
	d, _ := time.ParseDuration(v[name])
	return d
}

// List returns the items of a list.
func (v Values) List(name string) []string {
	if v[name] == "" {
		return nil
	}
	return strings.Split(v[name], ",")
}

// Has says whether a list setting holds an item.
func (v Values) Has(name, item string) bool {
	for _, one := range v.List(name) {
		if one == item {
			return true
		}
	}
	return false
}

// Read reads a style's settings from a provider's section. Every mistake is noted there with its place.
func (a Adapter) Read(section *config.Settings) Values {
	values := make(Values, len(a.Settings))
	for _, setting := range a.Settings {
		if text := setting.read(section); text != "" {
			values[setting.Name] = text
		}
	}
	return values
}

func (s Setting) read(section *config.Settings) string {
	if s.Required {
		section.Require(s.Name)
	}
	if !section.Has(s.Name) {
		return s.Default
	}
	switch s.Kind {
	case FlagSetting:
		return strconv.FormatBool(section.Bool(s.Name))
	case IntegerSetting:
		return strconv.Itoa(section.Integer(s.Name))
	case DurationSetting:
		return section.Duration(s.Name).String()
	case ChoiceSetting:
		return section.OneOf(s.Name, s.Choices...)
	case ListSetting:
		return s.readList(section)
	}
	if s.Secret {
		return section.Secret(s.Name).Reveal()
	}
	return section.Text(s.Name)
}

func (s Setting) readList(section *config.Settings) string {
	items := section.Texts(s.Name)
	for _, item := range items {
		if !s.takes(item) {
			section.Add(s.Name, "each item must be one of %s", strings.Join(s.Choices, ", "))
		}
	}
	return strings.Join(items, ",")
}

func (s Setting) takes(item string) bool {
	if len(s.Choices) == 0 {
		return !strings.Contains(item, ",")
	}
	for _, choice := range s.Choices {
		if choice == item {
			return true
		}
	}
	return false
}

// Setting is a setting by its name; the zero Setting where the style has none of it.
func (a Adapter) Setting(name string) Setting {
	for _, setting := range a.Settings {
		if setting.Name == name {
			return setting
		}
	}
	return Setting{}
}

// Identity are the settings that say whose orders are whose at the lender, by their names.
func (a Adapter) Identity(values Values) map[string]string {
	identity := make(map[string]string)
	for _, setting := range a.Settings {
		if setting.Identity {
			identity[setting.Name] = values[setting.Name]
		}
	}
	return identity
}

// Replaced gives values with the secrets that were there before in place of those that took their place; false:
// none was replaced. A secret that was added or removed has no other in its place.
func (a Adapter) Replaced(before, now Values) (former Values, replaced bool) {
	former = maps.Clone(now)
	for _, setting := range a.Settings {
		was, is := before[setting.Name], now[setting.Name]
		if setting.Secret && was != is && was != "" && is != "" {
			former[setting.Name], replaced = was, true
		}
	}
	return former, replaced
}

// Defaults are the values of a style where nothing is configured, for tests and documents.
func (a Adapter) Defaults(given Values) Values {
	values := make(Values, len(a.Settings))
	for _, setting := range a.Settings {
		values[setting.Name] = setting.Default
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, known := values[name]; !known {
			panic(fmt.Sprintf("adapters: style %s has no setting %s", a.Name, name))
		}
		values[name] = given[name]
	}
	return values
}
