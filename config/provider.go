package config

import (
	"math/big"
	"net"
	"net/url"
	"slices"
	"time"
)

func (r reader) provider(s *Settings) Provider {
	s.Require("id", "style", "mode", "base_url")
	p := Provider{
		At:       s.At(),
		BaseURL:  readURL(s, "base_url"),
		Mode:     Mode(s.OneOf("mode", string(Live), string(Test))),
		Settings: r.settings(s),
		Accepts:  readAccepts(s.Map("accepts")),
		Limits:   readLimits(s.Map("limits")),
		Polling:  readPolling(s.Map("polling")),
		Words:    readWords(s.Map("words")),
		terms:    &terms{literalSecrets: s.terms.literalSecrets},
		hashKey:  r.hashKey,
	}
	p.ID, _ = s.form("id", idForm)
	p.Style, _ = s.form("style", idForm)
	p.Contract = r.contract(s, p.Style)
	p.Merchants = r.merchants(s.Map("merchants"))
	p.Timeouts = readTimeouts(s.Map("timeouts"))
	p.Breaker = readBreaker(s.Map("breaker"), p.Timeouts)
	p.CloseAfter = s.span(closeAfterSpan)
	p.FormerSecrets = s.span(formerSecretsSpan)
	p.TraceContext = s.Bool("trace_context")
	if p.Mode == Live && plainOverNetwork(p.BaseURL) {
		s.Add("base_url", "must start with https:// in mode live")
	}
	return p
}

// readURL reads an http or https URL and gives "" for one that is not written or wrong.
func readURL(s *Settings, name string) string {
	word, ok := s.form(name, urlForm)
	if !ok {
		return ""
	}
	u, err := url.Parse(word)
	if err != nil || u.Hostname() == "" || u.Port() != "" && !isPort(u.Port()) {
		s.Add(name, "must be %s", urlForm.must)
		return ""
	}
	return word
}

// plainOverNetwork tells an http URL that leaves the machine.
func plainOverNetwork(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// settings keeps the map as it is, references looked up: the style knows what belongs in it.
func (r reader) settings(s *Settings) Value {
	n := s.ask("settings")
	if n.kind != object && n.kind != absent && n.kind != broken {
		s.Add("settings", "must be a map of names and values")
	}
	r.references.resolve(n)
	return Value{n}
}

func (r reader) merchants(s *Settings) []Merchant {
	var merchants []Merchant
	for _, id := range s.Names() {
		merchant := s.Map(id)
		if !merchantForm.pattern.MatchString(id) {
			s.Add(id, "is a merchant and must be %s", merchantForm.must)
		}
		merchant.Require("settings")
		merchants = append(merchants, Merchant{ID: id, Settings: r.settings(merchant)})
	}
	return merchants
}

func readAccepts(s *Settings) Accepts {
	bounds := s.Map("amount")
	accepts := Accepts{
		Currencies: s.forms("currencies", currencyForm),
		Countries:  s.forms("countries", countryForm),
		Customers:  s.forms("customers", customerForm),
	}
	accepts.Min, _ = bounds.form("min", amountForm)
	accepts.Max, _ = bounds.form("max", amountForm)
	least, _ := new(big.Rat).SetString("0" + accepts.Min)
	most, _ := new(big.Rat).SetString("0" + accepts.Max)
	switch {
	case accepts.Max == "":
	case most.Sign() == 0:
		bounds.Add("max", "must be above 0")
	case most.Cmp(least) < 0:
		bounds.Add("max", "must not be below min")
	}
	return accepts
}

func readTimeouts(s *Settings) Timeouts {
	return Timeouts{Connect: s.span(connectSpan), Write: s.span(writeSpan), Read: s.span(readSpan)}
}

func readLimits(s *Settings) Limits {
	return Limits{InFlight: s.count(inFlightCount), Rate: rate(s.formOr("rate", rateForm, usualRate))}
}

func readBreaker(s *Settings, timeouts Timeouts) Breaker {
	shortest := windowTimeouts * timeouts.Write
	window := windowSpan
	window.usual = max(window.usual, shortest)
	b := Breaker{
		InARow:        s.count(inARowCount),
		FailureRatio:  readRatio(s, "failure_ratio"),
		MinimumCalls:  s.count(minimumCallsCount),
		Window:        s.span(window),
		OpenFor:       s.span(openForSpan),
		OpenForAtMost: s.span(openForAtMostSpan),
	}
	if b.Window < shortest {
		s.Add("window", "must be at least %s, six write time-outs: a shorter one never opens on a lender that hangs", brief(shortest))
	}
	b.OpenForAtMost = s.notBelow(openForAtMostSpan.name, b.OpenForAtMost, openForSpan.name, b.OpenFor)
	return b
}

func readRatio(s *Settings, name string) Thousandths {
	word, ok := s.formOf(s.ask(name), ratioForm, number)
	if !ok {
		word = usualRatio
	}
	share := thousandths(word)
	if share == 0 {
		s.Add(name, "must be %s", ratioForm.must)
	}
	return share
}

func readPolling(s *Settings) Polling {
	p := Polling{After: s.span(pollAfterSpan), Until: s.span(pollUntilSpan)}
	p.Until = s.notBelow(pollUntilSpan.name, p.Until, pollAfterSpan.name, p.After)
	return p
}

// notBelow notes a mistake where both were written the wrong way round, and where only the smaller
// was written lets the greater follow it.
func (s *Settings) notBelow(greaterName string, greater time.Duration, smallerName string, smaller time.Duration) time.Duration {
	if greater < smaller && s.Has(greaterName) {
		s.Add(greaterName, "must not be below %s", smallerName)
	}
	return max(greater, smaller)
}

func readWords(s *Settings) []Word {
	var words []Word
	for _, lender := range s.Names() {
		s.Require(lender)
		words = append(words, Word{Lender: lender, Meaning: s.Text(lender), At: s.Value(lender)})
	}
	return words
}

// For reads the settings that hold for a merchant: the provider's, and in place of each one that
// the merchant has too, the merchant's. "", like any merchant without settings of its own, reads
// the provider's. Each call gives a fresh reader.
func (p Provider) For(merchant string) *Settings {
	s := newSettings(p.Settings.node, &terms{literalSecrets: p.terms.literalSecrets})
	for _, m := range p.Merchants {
		if m.ID == merchant {
			s.entries = overlay(s.entries, m.Settings.node.entries)
		}
	}
	return s
}

func overlay(under, over []entry) []entry {
	merged := slices.Clone(under)
	for _, e := range over {
		same := slices.IndexFunc(merged, func(m entry) bool { return m.name == e.name })
		if same < 0 {
			merged = append(merged, e)
			continue
		}
		merged[same] = e
	}
	return merged
}
