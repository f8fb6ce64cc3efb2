package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Difference is one thing that two files say differently, defaults filled in.
type Difference struct {
	Provider string // whose it is; "" is the server's or the store's
	Name     string // such as limits.rate or merchants.acme.settings.client_id; "" is the provider as a whole
	Setting  string // of a style's setting, or a merchant's: its bare name. What it says is in no Difference
	Merchant string // of a merchant's: whose
	Change   Change
	Before   string // "" where it is not there, is a setting, or is the store's key
	After    string
}

// Change is how two files differ in one thing.
type Change string

// The changes.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Changed Change = "changed"
)

// Compare lists what two files say differently: the server's and the store's, then each provider's in the order
// of the files. What is only written otherwise, or moved, is no difference.
func Compare(before, after *File) []Difference {
	all := compare("", before.facts(), after.facts())
	for _, p := range before.Providers {
		if next, stays := after.provider(p.ID); stays {
			all = append(all, compare(p.ID, p.facts(), next.facts())...)
		} else {
			all = append(all, Difference{Provider: p.ID, Change: Removed})
		}
	}
	for _, p := range after.Providers {
		if _, was := before.provider(p.ID); !was {
			all = append(all, Difference{Provider: p.ID, Change: Added})
		}
	}
	return all
}

func (f *File) provider(id string) (Provider, bool) {
	at := slices.IndexFunc(f.Providers, func(p Provider) bool { return p.ID == id })
	if at < 0 {
		return Provider{}, false
	}
	return f.Providers[at], true
}

// fact is one thing that a file says.
type fact struct {
	name, text        string
	setting, merchant string
	hidden            bool // text is shown to nobody
}

func compare(provider string, before, after []fact) (all []Difference) {
	for _, was := range before {
		is, stays := factNamed(after, was.name)
		switch {
		case !stays:
			all = append(all, was.difference(provider, Removed, was.text, ""))
		case is.text != was.text:
			all = append(all, was.difference(provider, Changed, was.text, is.text))
		}
	}
	for _, is := range after {
		if _, was := factNamed(before, is.name); !was {
			all = append(all, is.difference(provider, Added, "", is.text))
		}
	}
	return all
}

func factNamed(facts []fact, name string) (fact, bool) {
	at := slices.IndexFunc(facts, func(f fact) bool { return f.name == name })
	if at < 0 {
		return fact{}, false
	}
	return facts[at], true
}

func (f fact) difference(provider string, change Change, before, after string) Difference {
	d := Difference{Provider: provider, Name: f.name, Setting: f.setting, Merchant: f.merchant, Change: change}
	if !f.hidden {
		d.Before, d.After = before, after
	}
	return d
}

// facts of a file are those of its server and store. A field added there must be added here.
func (f *File) facts() []fact {
	server, store := f.Server, f.Store
	return []fact{
		{name: "server.address", text: server.Address},
		{name: "server.admin_address", text: server.AdminAddress},
		{name: "server.public_url", text: server.PublicURL},
		{name: "server.limits.requests", text: server.Limits.Requests.text()},
		{name: "server.limits.failed_keys", text: server.Limits.FailedKeys.text()},
		{name: "server.limits.in_flight", text: strconv.Itoa(server.Limits.InFlight)},
		{name: "server.limits.connections", text: strconv.Itoa(server.Limits.Connections)},
		{name: "server.limits.connections_per_address", text: strconv.Itoa(server.Limits.ConnectionsPerAddress)},
		{name: "store.badger.path", text: store.Badger.Path},
		{name: "store.badger.key", text: store.Badger.Key.Reveal(), hidden: true},
		{name: "store.floor", text: store.Floor.text()},
		{name: "store.ballast", text: store.Ballast.text()},
		{name: "store.keep_bodies", text: brief(store.KeepBodies)},
	}
}

// facts of a provider are all that its section says. A field added to Provider must be added here.
func (p Provider) facts() []fact {
	all := []fact{
		{name: "style", text: p.Style}, {name: "contract", text: p.Contract.print()}, {name: "mode", text: string(p.Mode)}, {name: "base_url", text: p.BaseURL},
		{name: "accepts.currencies", text: strings.Join(p.Accepts.Currencies, ", ")},
		{name: "accepts.countries", text: strings.Join(p.Accepts.Countries, ", ")},
		{name: "accepts.customers", text: strings.Join(p.Accepts.Customers, ", ")},
		{name: "accepts.amount.min", text: p.Accepts.Min}, {name: "accepts.amount.max", text: p.Accepts.Max},
		{name: "timeouts.connect", text: brief(p.Timeouts.Connect)}, {name: "timeouts.write", text: brief(p.Timeouts.Write)}, {name: "timeouts.read", text: brief(p.Timeouts.Read)},
		{name: "limits.in_flight", text: strconv.Itoa(p.Limits.InFlight)}, {name: "limits.rate", text: p.Limits.Rate.text()},
		{name: "breaker.in_a_row", text: strconv.Itoa(p.Breaker.InARow)}, {name: "breaker.failure_ratio", text: p.Breaker.FailureRatio.text()},
		{name: "breaker.minimum_calls", text: strconv.Itoa(p.Breaker.MinimumCalls)}, {name: "breaker.window", text: brief(p.Breaker.Window)},
		{name: "breaker.open_for", text: brief(p.Breaker.OpenFor)}, {name: "breaker.open_for_at_most", text: brief(p.Breaker.OpenForAtMost)},
		{name: "polling.after", text: brief(p.Polling.After)}, {name: "polling.until", text: brief(p.Polling.Until)},
		{name: "close_after", text: brief(p.CloseAfter)}, {name: formerSecretsSpan.name, text: brief(p.FormerSecrets)},
		{name: "trace_context", text: strconv.FormatBool(p.TraceContext)},
	}
	for _, word := range p.Words {
		all = append(all, fact{name: "words" + step(word.Lender), text: word.Meaning})
	}
	all = append(all, settingFacts("", "settings", p.Settings)...)
	for _, m := range p.Merchants {
		at := "merchants" + step(m.ID)
		all = append(all, fact{name: at})
		all = append(all, settingFacts(m.ID, at+".settings", m.Settings)...)
	}
	return all
}

func settingFacts(merchant, at string, settings Value) (all []fact) {
	for _, e := range settings.node.entries {
		all = append(all, fact{name: at + step(e.name), text: e.node.wording(), setting: e.name, merchant: merchant, hidden: true})
	}
	return all
}

// wording is the same text for what says the same. It is for comparing, because it may hold a secret.
func (n *node) wording() string {
	switch n.kind {
	case object:
		var parts []string
		for _, e := range n.entries {
			parts = append(parts, strconv.Quote(e.name)+":"+e.node.wording())
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case list:
		var parts []string
		for _, item := range n.items {
			parts = append(parts, item.wording())
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return strconv.Quote(n.text())
}

func (r Rate) text() string {
	units := map[time.Duration]string{time.Second: "s", time.Minute: "m", time.Hour: "h"}
	return fmt.Sprintf("%d/%s", r.Calls, units[r.Per])
}

func (t Thousandths) text() string { return fmt.Sprintf("%d.%03d", t/1000, t%1000) }

// text writes a size as the file does, in the largest unit that fits.
func (s Size) text() string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for s > 0 && s%1024 == 0 && len(units) > 1 {
		s, units = s/1024, units[1:]
	}
	return fmt.Sprintf("%d%s", s, units[0])
}
