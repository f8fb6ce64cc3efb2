package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
)

// provider is one configured lender.
type provider struct {
	section config.Provider
	mode    canonical.Mode
	shared  *credentials
	own     map[string]*credentials // by merchant
	gate    *adapters.LocalGate     // nil where it is switched off
	rate    string
	off     string // why it is switched off, for everybody
	why     string // more of that, for operators
	clashes bool   // that is because of its open orders
}

// credentials are one set of them, and the client that speaks with it.
type credentials struct {
	client    *adapters.Client
	transport *adapters.HTTPTransport
	link      link
	values    adapters.Values // the settings as read: secrets are in the clear
	replaced  []replaced
}

// link is what a transport is made for.
type link struct {
	base    string
	connect time.Duration
	calls   int
	tls     adapters.TLS
}

// replaced are settings as they were before a reload replaced secrets of theirs.
type replaced struct {
	values adapters.Values
	at     time.Time
}

func newProvider(section config.Provider, adapter adapters.Adapter, env environment, before *provider, known config.Mistakes) (*provider, error) {
	if adapter.Define == nil {
		return nil, known.Err()
	}
	p := &provider{section: section, mode: canonical.Mode(section.Mode), own: make(map[string]*credentials)}
	p.rate = fmt.Sprintf("%d/%s", section.Limits.Rate.Calls, units[section.Limits.Rate.Per])
	if p.follows(before) {
		p.gate = before.gate
	} else {
		p.gate = adapters.NewLocalGate(section.ID, limitsOf(section))
		if env.changed != nil {
			p.gate.Listen(env.changed)
		}
	}
	var err error
	if p.shared, err = p.credentials(adapter, "", before, env); err != nil {
		return nil, err
	}
	for _, merchant := range section.Merchants {
		if p.own[merchant.ID], err = p.credentials(adapter, merchant.ID, before, env); err != nil {
			return nil, err
		}
	}
	return p, known.Err()
}

// follows says whether the lender is the one that it was, as far as its address tells.
func (p *provider) follows(before *provider) bool {
	if before == nil || before.gate == nil {
		return false
	}
	was, is := before.section, p.section
	return was.Style == is.Style && was.Mode == is.Mode && was.BaseURL == is.BaseURL
}

// credentials makes one set of credentials, or takes over the one there was; merchant "" is the one that all share.
func (p *provider) credentials(adapter adapters.Adapter, merchant string, before *provider, env environment) (*credentials, error) {
	was := before.ownSet(merchant)
	if was != nil && p.follows(before) && was.client.Describe().Config == p.section.Hash(merchant) {
		return was, nil
	}
	values, definition, err := p.define(adapter, merchant)
	if err != nil {
		return nil, err
	}
	set := &credentials{values: values, link: link{base: p.section.BaseURL, connect: p.section.Timeouts.Connect, calls: p.section.Limits.InFlight}}
	if definition.TLS != nil {
		set.link.tls = *definition.TLS
	}
	options := p.options(adapter, merchant, env)
	options.Define = definition
	if was != nil {
		set.replaced = was.replace(adapter, values, env.now(), p.section.FormerSecrets)
		options.Former = set.former(adapter, p.section.FormerSecrets)
	}
	if was != nil && p.follows(before) && p.section.Contract.Same(before.section.Contract) && maps.Equal(was.values, values) {
		options.Follows = was.client
	}
	if was != nil && was.link == set.link {
		set.transport = was.transport
	} else if set.transport, err = adapters.NewHTTPTransport(adapters.TransportOptions{Connect: set.link.connect, Requests: set.link.calls, TLS: definition.TLS}); err != nil {
		return nil, fmt.Errorf("provider %s: %w", p.section.ID, err)
	}
	options.Transport, options.Provider.Lender = set.transport, p.lender(adapter, values)
	set.client = adapters.NewClient(options)
	return set, nil
}

// ownSet is a merchant's own set of credentials, or with "" the one that all share; nil where there is none.
func (p *provider) ownSet(merchant string) *credentials {
	switch {
	case p == nil:
		return nil
	case merchant == "":
		return p.shared
	}
	return p.own[merchant]
}

func (p *provider) options(adapter adapters.Adapter, merchant string, env environment) adapters.ClientOptions {
	s := p.section
	return adapters.ClientOptions{
		Provider: canonical.Provider{ID: s.ID, Style: s.Style, Mode: p.mode, Accepts: acceptance(s.Accepts), Config: s.Hash(merchant), Credential: merchant,
			Polling: canonical.Polling(s.Polling), CloseAfter: s.CloseAfter},
		Adapter: adapter, BaseURL: s.BaseURL, NotifyURL: env.publicURL + "/notifications/" + s.ID,
		Timeouts: adapters.Timeouts{Write: s.Timeouts.Write, Read: s.Timeouts.Read},
		Gate:     p.gate, Now: env.now, Telemetry: env.telemetry(s),
	}
}

// define reads the settings of one set of credentials, and says what the lender is with them.
func (p *provider) define(adapter adapters.Adapter, merchant string) (adapters.Values, adapters.Definition, error) {
	settings := p.section.For(merchant)
	values := adapter.Read(settings)
	if mistakes := settings.Mistakes(); len(mistakes) > 0 {
		return nil, adapters.Definition{}, mistakes
	}
	definition, err := adapter.Define(values)
	if err != nil {
		settings.Add("", "%s", err)
		return nil, definition, settings.Mistakes()
	}
	definition.Words = append(definition.Words, addedWords(p.section, settings)...)
	return values, definition, settings.Mistakes().Err()
}

// lender is digests of what says at which lender, and as whom, orders stand. See engine.Configured.
func (p *provider) lender(adapter adapters.Adapter, values adapters.Values) string {
	says := adapter.Identity(values)
	says["style"], says["mode"], says["base_url"] = p.section.Style, string(p.section.Mode), p.section.BaseURL
	if p.section.Style == config.DeclaredStyle {
		says["contract"] = adapter.Name
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(says)) {
		sum := sha256.Sum256([]byte(name + "\n" + says[name]))
		parts = append(parts, name+"="+hex.EncodeToString(sum[:8]))
	}
	return strings.Join(parts, " ")
}

// replace remembers the secrets that other settings replace, and forgets those that are not taken any more.
func (c *credentials) replace(adapter adapters.Adapter, by adapters.Values, now time.Time, taken time.Duration) (all []replaced) {
	if _, some := adapter.Replaced(c.values, by); some {
		all = append(all, replaced{c.values, now})
	}
	for _, r := range c.replaced {
		if now.Before(r.at.Add(taken)) {
			all = append(all, r)
		}
	}
	return all
}

// former are the proofs of messages that replaced secrets made: with all other settings as they are now.
func (c *credentials) former(adapter adapters.Adapter, taken time.Duration) (all []adapters.FormerNotifications) {
	for _, r := range c.replaced {
		values, some := adapter.Replaced(r.values, c.values)
		if !some {
			continue // they are back
		}
		if definition, err := adapter.Define(values); err == nil && definition.Notifications != nil {
			all = append(all, adapters.FormerNotifications{Until: r.at.Add(taken), Notifications: definition.Notifications})
		}
	}
	return all
}

// addedWords are words of a lender that no release knows yet. They may say that the order waits, and no more:
// what moves money needs code.
func addedWords(section config.Provider, mistakes *config.Settings) []canonical.Word {
	var words []canonical.Word
	for _, word := range section.Words {
		phase := canonical.Phase(word.Meaning)
		if phase != canonical.Created && phase != canonical.Pending && phase != canonical.Approved {
			mistakes.AddAt(word.At, "must be created, pending or approved")
		}
		words = append(words, canonical.Word{Word: word.Lender, Phase: phase, Note: "added in the configuration"})
	}
	return words
}

func acceptance(a config.Accepts) canonical.Acceptance {
	return canonical.Acceptance{Currencies: a.Currencies, Countries: a.Countries, Customers: a.Customers, Min: bound(a.Min), Max: bound(a.Max)}
}

func bound(text string) *canonical.Amount {
	amount, err := canonical.ParseAmount(text)
	if err != nil { // config has checked it: it is not there
		return nil
	}
	return &amount
}

func limitsOf(section config.Provider) adapters.Limits {
	l, b := section.Limits, section.Breaker
	return adapters.Limits{
		InFlight: l.InFlight,
		Rate:     rate.Every(l.Rate.Per / time.Duration(l.Rate.Calls)),
		Breaker: adapters.Breaker{InARow: uint32(b.InARow), RatioPercent: uint32(b.FailureRatio / 10), MinimumCalls: uint32(b.MinimumCalls),
			Window: b.Window, OpenFor: b.OpenFor, OpenForAtMost: b.OpenForAtMost},
	}
}

// units are as the configuration writes them.
var units = map[time.Duration]string{time.Second: "s", time.Minute: "m", time.Hour: "h"}
