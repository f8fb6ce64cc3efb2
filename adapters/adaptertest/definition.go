package adaptertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// findings collects what is wrong with one thing after another.
type findings []string

func (f *findings) when(wrong bool, format string, arguments ...any) {
	if wrong {
		*f = append(*f, fmt.Sprintf(format, arguments...))
	}
}

var settingKinds = []adapters.SettingKind{
	adapters.TextSetting, adapters.FlagSetting, adapters.IntegerSetting, adapters.DurationSetting, adapters.ChoiceSetting, adapters.ListSetting,
}

func (s *suite) checkSettings() []string {
	var f findings
	var names []string
	for _, setting := range s.Adapter.Settings {
		f.when(slices.Contains(names, setting.Name), "%s: there are two", setting.Name)
		names = append(names, setting.Name)
		f.when(setting.Help == "", "%s: no help", setting.Name)
		f.when(!slices.Contains(settingKinds, setting.Kind), "%s: unknown kind %q", setting.Name, setting.Kind)
		f.when((setting.Secret || setting.Required) && setting.Default != "", "%s: is secret or required and has a default", setting.Name)
		f.when(setting.Kind == adapters.ChoiceSetting && !slices.Contains(setting.Choices, setting.Default), "%s: the default is no choice", setting.Name)
		f.when(setting.Secret && setting.Kind == adapters.TextSetting && s.used(setting.Name) && len(s.settings[setting.Name]) < 8,
			"%s: the harness gives it a value that could show by chance", setting.Name)
	}
	f.when(s.Adapter.Name == "" || s.Adapter.Title == "" || s.Adapter.Docs == "", "the style has no name, title or address of its documents")
	return f
}

func (s *suite) used(setting string) bool { return s.settings[setting] != "" }

var readNames = []string{"sync", "find", "list", "offers", "customer_offers", "probe"}

func (s *suite) checkExchanges() []string {
	var f findings
	var names []string
	for i := range s.definition.Exchanges {
		x := &s.definition.Exchanges[i]
		f.when(x.Name == "" || slices.Contains(names, x.Name), "%q: no name, or one that another row has", x.Name)
		names = append(names, x.Name)
		f = append(f, checkRow(x)...)
	}
	d := &s.definition
	f.when(d.Traits.Unreadable == slices.Contains(names, "sync"), "trait unreadable and a `sync` contradict each other")
	f.when(d.Reference.Max < 12, "reference: at least 12 characters")
	f.when(len(d.Currencies) == 0, "no currencies")
	for _, currency := range d.Currencies {
		digits, known := canonical.Digits(currency)
		f.when(!known || d.CurrencyDigits(currency) > digits, "%s: unknown, or with fewer digits than declared", currency)
	}
	return f
}

// ofMoney are the operations that move money at every lender.
var ofMoney = []canonical.OperationKind{canonical.OpAuthorize, canonical.OpCapture, canonical.OpRefund}

func checkRow(x *adapters.Exchange) []string {
	var f findings
	if x.By != "" || x.Local {
		f.when(x.Method != "" || x.Path != "" || x.Encode != nil, "%s: sends nothing and has a request", x.Name)
		f.when(x.Kind == "", "%s: sends nothing and is no operation", x.Name)
		return f
	}
	read := x.Kind == ""
	f.when(!read && !slices.Contains(canonical.OperationKinds, x.Kind), "%s: unknown operation %q", x.Name, x.Kind)
	f.when(read && !slices.Contains(readNames, x.Name), "%s: a read is one of %s", x.Name, strings.Join(readNames, ", "))
	f.when(read && (x.Class != adapters.ReadCall || (x.Read == nil) == (x.Collect == nil)), "%s: a read is of class read and has Read or Collect", x.Name)
	f.when(!read && x.Decode == nil, "%s: no Decode", x.Name)
	f.when(!read && x.Collect != nil, "%s: an operation takes one request, it cannot Collect", x.Name)
	f.when(x.Collect == nil && (x.Method == "" || !strings.HasPrefix(x.Path, "/")), "%s: no method, or a path without its slash", x.Name)
	f.when(!slices.Contains([]adapters.Class{adapters.MoneyCall, adapters.Harmless, adapters.ReadCall}, x.Class), "%s: unknown class %q", x.Name, x.Class)
	f.when(slices.Contains(ofMoney, x.Kind) && x.Class != adapters.MoneyCall, "%s: %s moves money, whatever else it is", x.Name, x.Kind)
	f.when(x.Class == adapters.MoneyCall && len(x.Lost) == 0, "%s: moves money and does not say what settles a lost reply", x.Name)
	f.when(x.Class != adapters.MoneyCall && len(x.Before) > 0, "%s: Before matters for money only", x.Name)
	f.when(x.Key.Header != strings.ToLower(x.Key.Header), "%s: the key's header in lower case, or net/http sends the request again by itself", x.Name)
	f.when(x.Key.TTL < 0 || (x.Key.TTL > 0 && !x.Key.Honored()), "%s: a key's time to live without a key", x.Name)
	return append(f, checkFailureRows(x)...)
}

var meanings = []adapters.Meaning{
	adapters.MeansDeclined, adapters.MeansRefused, adapters.MeansState, adapters.MeansBusy,
	adapters.MeansMisconfigured, adapters.MeansAlreadyDone, adapters.MeansInDoubt, adapters.MeansAbsent,
}

// ofCustomers are the operations a lender answers with a no to the customer.
var ofCustomers = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthenticate, canonical.OpAuthorize}

func checkFailureRows(x *adapters.Exchange) []string {
	var f findings
	for i, row := range x.Failures {
		where := fmt.Sprintf("%s: failure %d %q", x.Name, row.Status, row.Code)
		f.when(!slices.Contains(meanings, row.Means), "%s: unknown meaning %q", where, row.Means)
		f.when(row.Means == adapters.MeansDeclined && !slices.Contains(ofCustomers, x.Kind), "%s: a no to %s is refused, not declined", where, x.Kind)
		f.when(row.Status == 0 && row.Code == "", "%s: fits everything", where)
		for _, earlier := range x.Failures[:i] {
			f.when(covers(earlier, row), "%s: never reached, an earlier row takes it", where)
		}
	}
	return f
}

// covers says whether a row takes every reply another would.
func covers(a, b adapters.Failure) bool {
	return (a.Status == 0 || a.Status == b.Status) && (a.Code == "" || strings.EqualFold(a.Code, b.Code))
}

// concluding are the recoveries that may conclude from not seeing something that it did not happen.
var concluding = []canonical.Recovery{canonical.FindByReference, canonical.ReadAndCompare, canonical.CompareTotals}

func (s *suite) checkRecovery() []string {
	var f findings
	for i := range s.definition.Exchanges {
		x := &s.definition.Exchanges[i]
		for _, way := range x.Lost {
			f.when(!slices.Contains(canonical.Recoveries, way), "%s: unknown recovery %q", x.Name, way)
			f.when(way == canonical.RepeatSameKey && !x.Key.Honored(), "%s: repeat_same_key without a key", x.Name)
			f.when(way == canonical.FindByReference && rowNamed(&s.definition, "find") == nil, "%s: find_by_reference without `find`", x.Name)
			f.when((way == canonical.ReadAndCompare || way == canonical.CompareTotals) && rowNamed(&s.definition, "sync") == nil, "%s: %s without `sync`", x.Name, way)
			f.when(way == canonical.SendAgain && x.Class == adapters.MoneyCall && x.Key.Honored(), "%s: send_again where the lender has keys", x.Name)
			f.when(slices.Contains(concluding, way) && x.Class == adapters.MoneyCall && x.Horizon <= 0, "%s: absence is concluded and no horizon says how late a request may still arrive", x.Name)
		}
	}
	return append(f, s.each(s.checkTraces)...)
}

// checkTraces: what recovery looks for was really sent.
func (s *suite) checkTraces(one sample) []string {
	var f findings
	if one.from.command == nil || one.row.Local {
		return nil
	}
	sent := string(one.was.request.Body) + one.was.request.Path
	for _, value := range one.was.request.Header {
		sent += "\n" + value
	}
	find, repeat := slices.Contains(one.row.Lost, canonical.FindByReference), slices.Contains(one.row.Lost, canonical.RepeatSameKey)
	f.when(find && !strings.Contains(sent, one.from.command.Reference), "find_by_reference, and the request carries no reference")
	f.when(repeat && !strings.Contains(sent, one.from.command.Key), "repeat_same_key, and the request carries no key")
	return f
}

func (s *suite) checkWords() []string {
	var f findings
	var words []string
	for _, word := range s.definition.Words {
		f.when(slices.Contains(words, word.Word), "%s: there are two", word.Word)
		words = append(words, word.Word)
		f.when(!slices.Contains(canonical.Phases, word.Phase), "%s: unknown phase %q", word.Word, word.Phase)
		f.when((word.Phase == canonical.Ended) != (word.EndedBy != ""), "%s: says who ended it, if and only if it ended", word.Word)
		waits := word.Phase == canonical.Created || word.Phase == canonical.Pending || word.Phase == canonical.Approved
		f.when(waits && word.WaitingFor == "", "%s: waits and does not say for whom", word.Word)
	}
	for i := range s.definition.Exchanges {
		for _, yes := range s.definition.Exchanges[i].Yes {
			f.when(!slices.Contains(words, yes), "%s: %s confirms it and is no word of the vocabulary", s.definition.Exchanges[i].Name, yes)
		}
	}
	return f
}

var optionTypes = []canonical.OptionType{canonical.TextOption, canonical.BooleanOption, canonical.IntegerOption, canonical.ListOption}

func (s *suite) checkDeclared() []string {
	var f findings
	var names []string
	for _, option := range s.definition.Options {
		f.when(option.Help == "" || !slices.Contains(optionTypes, option.Type), "option %s: no help, or unknown type %q", option.Name, option.Type)
		f.when(len(option.Operations) == 0 && !option.Offers, "option %s: belongs to no operation", option.Name)
		names = append(names, option.Name)
	}
	for _, detail := range s.definition.Details {
		f.when(detail.Help == "" || (detail.Type != canonical.AnyOption && !slices.Contains(optionTypes, detail.Type)), "detail %s: no help, or unknown type %q", detail.Name, detail.Type)
	}
	for i := range s.definition.Exchanges {
		x := &s.definition.Exchanges[i]
		for _, option := range optionsIn(x) {
			f.when(!slices.Contains(names, option), "%s: uses option %s, which is not declared", x.Name, option)
		}
	}
	return append(f, s.each(s.checkDetails)...)
}

// optionsIn are the options that a row's templates name.
func optionsIn(x *adapters.Exchange) []string {
	templates := x.Path
	for _, header := range x.Headers {
		templates += header.Value
	}
	var names []string
	for _, part := range strings.Split(templates, "{option.")[1:] {
		name, _, _ := strings.Cut(part, "}")
		names = append(names, name)
	}
	return names
}

func (s *suite) checkDetails(one sample) []string {
	var f findings
	seen := one.was.sighting()
	if seen == nil {
		return nil
	}
	for name := range seen.Details {
		declared := slices.ContainsFunc(s.definition.Details, func(o canonical.Option) bool { return o.Name == name })
		f.when(!declared, "shows detail %s, which is not declared", name)
	}
	return f
}
