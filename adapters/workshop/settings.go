package workshop

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// Settings reads what was given as name=value. A secret is given as ${env:NAME} or ${file:/path}, unless open says that
// it can be in the clear: at a lender on this machine it is none.
func (l Lender) Settings(given []string, open bool) (adapters.Values, error) {
	values := adapters.Values{}
	for _, one := range given {
		name, text, is := strings.Cut(one, "=")
		setting := l.Adapter.Setting(name)
		switch {
		case !is:
			return nil, fmt.Errorf("--set %s: write name=value", one)
		case setting.Name == "":
			return nil, fmt.Errorf("--set %s: %s has no such setting; it has %s", name, l.Adapter.Name, strings.Join(l.settingNames(), ", "))
		}
		value, referred, err := refer(text)
		if err != nil {
			return nil, fmt.Errorf("--set %s: %w", name, err)
		}
		if setting.Secret && !referred && !open {
			return nil, fmt.Errorf("--set %s: is secret: a command line is seen by others and kept; write --set '%s=${env:NAME}'", name, name)
		}
		if err := fits(setting, value); err != nil {
			return nil, fmt.Errorf("--set %s: %w", name, err)
		}
		values[name] = value
	}
	return values, nil
}

func (l Lender) settingNames() (names []string) {
	for _, setting := range l.Adapter.Settings {
		names = append(names, setting.Name)
	}
	return names
}

// refer looks up what ${env:NAME} and ${file:/path} stand for.
func refer(text string) (value string, referred bool, err error) {
	reference, opened := strings.CutPrefix(text, "${")
	reference, closed := strings.CutSuffix(reference, "}")
	if !opened || !closed {
		return text, false, nil
	}
	source, name, _ := strings.Cut(reference, ":")
	switch source {
	case "env":
		value = os.Getenv(name)
	case "file":
		content, err := os.ReadFile(name)
		if err != nil {
			return "", true, err
		}
		value = strings.TrimRight(string(content), "\r\n")
	default:
		return "", true, fmt.Errorf("%s: a reference reads ${env:NAME} or ${file:/path}", text)
	}
	if value == "" {
		return "", true, fmt.Errorf("%s is empty: give it a value", text)
	}
	return value, true, nil
}

// fits says what is wrong with a value; nil: nothing.
func fits(s adapters.Setting, value string) error {
	switch s.Kind {
	case adapters.FlagSetting:
		if value != "true" && value != "false" {
			return fmt.Errorf("must be true or false")
		}
	case adapters.IntegerSetting:
		if _, err := strconv.Atoi(value); err != nil {
			return fmt.Errorf("must be a whole number")
		}
	case adapters.DurationSetting:
		if _, err := time.ParseDuration(value); err != nil {
			return fmt.Errorf("must be a duration such as 90s, 5m or 24h")
		}
	case adapters.ChoiceSetting:
		if !slices.Contains(s.Choices, value) {
			return fmt.Errorf("must be one of %s", strings.Join(s.Choices, ", "))
		}
	}
	return nil
}

// invented gives every setting that needs a value one that nobody has. The same ones each time.
func (l Lender) invented() adapters.Values {
	values := adapters.Values{}
	for _, s := range l.Adapter.Settings {
		switch {
		case s.Example != "":
			values[s.Name] = s.Example
		case s.Kind == adapters.TextSetting && (s.Required || (s.Secret && l.Contract != nil)):
			values[s.Name] = "invented-" + strings.ReplaceAll(s.Name, "_", "-")
		case s.Kind == adapters.IntegerSetting && s.Required:
			values[s.Name] = "1"
		case s.Kind == adapters.DurationSetting && s.Required:
			values[s.Name] = "1h"
		}
	}
	return values
}

// complete fills in defaults, and where somebody else answers in the lender's place what is missing as well. invented
// names what was.
func (l Lender) complete(given adapters.Values, offline bool) (values adapters.Values, invented []string, err error) {
	values = l.Adapter.Defaults(given)
	var missing []string
	for name, value := range l.invented() {
		setting := l.Adapter.Setting(name)
		_, is := given[name]
		switch {
		case is || (!setting.Required && !offline):
		case offline:
			values[name] = value
			invented = append(invented, name)
		case setting.Required:
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	slices.Sort(invented)
	if len(missing) > 0 {
		err = fmt.Errorf("%s needs settings that are not given: %s; write --set '%s=${env:NAME}'", l.Adapter.Name, strings.Join(missing, ", "), missing[0])
	}
	return values, invented, err
}
