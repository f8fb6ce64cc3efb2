package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/all"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
	"github.com/lendgate/lendgate/gateway/engine"
)

// providers are the configured lenders, each with a client for every set of credentials.
type providers struct {
	order []string
	byID  map[string]*provider
}

type provider struct {
	mode    canonical.Mode
	shared  *adapters.Client
	own     map[string]*adapters.Client // by merchant
	off     string                      // why it is switched off
	closers []func()
	gate    *adapters.LocalGate // nil where it is switched off
	rate    string
}

// environment is what every provider is made with.
type environment struct {
	publicURL string
	now       func() time.Time
	changed   func(adapters.Change) // nil: nobody is told of breakers
	observed  *observed             // nil: nobody is told of calls
}

func (env environment) telemetry(section config.Provider) adapters.Telemetry {
	if env.observed == nil {
		return adapters.Telemetry{}
	}
	t := env.observed.lenders()
	t.Propagate = section.TraceContext
	return t
}

// newProviders makes the providers of a file. What is wrong with one switches that one off, and is
// added to the mistakes.
func newProviders(file *config.File, env environment, mistakes *config.Mistakes) *providers {
	all := &providers{byID: make(map[string]*provider)}
	for _, section := range file.Providers {
		p, err := newProvider(section, env, mistakes.Under(section.At))
		if err != nil {
			mistakes.Include(err)
			p = &provider{mode: canonical.Mode(section.Mode), off: "its configuration is not valid: " + firstLine(err)}
		}
		all.order = append(all.order, section.ID)
		all.byID[section.ID] = p
	}
	return all
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func newProvider(section config.Provider, env environment, known config.Mistakes) (*provider, error) {
	adapter, found := styleNamed(section.Style)
	if !found {
		var mistakes config.Mistakes
		mistakes.Add(section.At.Field("style"), "is none of %s", strings.Join(all.Names(), ", "))
		return nil, mistakes.Err()
	}
	p := &provider{mode: canonical.Mode(section.Mode), own: make(map[string]*adapters.Client)}
	gate := adapters.NewLocalGate(section.ID, limitsOf(section))
	if env.changed != nil {
		gate.Listen(env.changed)
	}
	p.gate, p.rate = gate, fmt.Sprintf("%d/%s", section.Limits.Rate.Calls, units[section.Limits.Rate.Per])
	var err error
	if p.shared, err = p.client(section, adapter, "", gate, env); err != nil {
		return nil, err
	}
	for _, merchant := range section.Merchants {
		if p.own[merchant.ID], err = p.client(section, adapter, merchant.ID, gate, env); err != nil {
			return nil, err
		}
	}
	return p, known.Err()
}

func styleNamed(name string) (adapters.Adapter, bool) {
	for _, adapter := range all.Adapters {
		if adapter.Name == name {
			return adapter, true
		}
	}
	return adapters.Adapter{}, false
}

// client makes the client of one set of credentials; merchant "" is the one that all share.
func (p *provider) client(section config.Provider, adapter adapters.Adapter, merchant string, gate adapters.Gate, env environment) (*adapters.Client, error) {
	settings := section.For(merchant)
	values := adapter.Read(settings)
	if mistakes := settings.Mistakes(); len(mistakes) > 0 {
		return nil, mistakes
	}
	definition, err := adapter.Define(values)
	if err != nil {
		settings.Add("", "%s", err)
		return nil, settings.Mistakes()
	}
	definition.Words = append(definition.Words, addedWords(section, settings)...)
	if mistakes := settings.Mistakes(); len(mistakes) > 0 {
		return nil, mistakes
	}
	transport, err := adapters.NewHTTPTransport(adapters.TransportOptions{Connect: section.Timeouts.Connect, Requests: section.Limits.InFlight, TLS: definition.TLS})
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", section.ID, err)
	}
	p.closers = append(p.closers, transport.Close)
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: section.ID, Mode: p.mode, Accepts: acceptance(section.Accepts), Config: section.Hash(merchant), Credential: merchant,
			Polling: canonical.Polling(section.Polling), CloseAfter: section.CloseAfter},
		Adapter: adapter, Define: definition, BaseURL: section.BaseURL, NotifyURL: env.publicURL + "/notifications/" + section.ID,
		Timeouts:  adapters.Timeouts{Write: section.Timeouts.Write, Read: section.Timeouts.Read},
		Transport: transport, Gate: gate, Now: env.now, Telemetry: env.telemetry(section),
	}), nil
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

// For returns a provider with the merchant's own credentials where it has some. See engine.Providers.
func (all *providers) For(id, merchant string) (engine.Provider, error) {
	p, known := all.byID[id]
	switch {
	case !known:
		return nil, canonical.Errorf(canonical.NotFound, "there is no provider "+id)
	case p.off != "":
		return nil, &canonical.Error{Kind: canonical.ProviderOff, Provider: id, Detail: "provider " + id + " is switched off: " + p.off}
	}
	if own, has := p.own[merchant]; has {
		return own, nil
	}
	return p.shared, nil
}

// Credentials returns a provider once for each set of credentials. See engine.Providers.
func (all *providers) Credentials(id string) ([]engine.Provider, error) {
	shared, err := all.For(id, "")
	if err != nil {
		return nil, err
	}
	every := []engine.Provider{shared}
	for _, merchant := range slices.Sorted(maps.Keys(all.byID[id].own)) {
		every = append(every, all.byID[id].own[merchant])
	}
	return every, nil
}

// IDs lists the providers of a mode. See engine.Providers.
func (all *providers) IDs(mode canonical.Mode) []string {
	var ids []string
	for _, id := range all.order {
		if all.byID[id].mode == mode {
			ids = append(ids, id)
		}
	}
	return ids
}

func (all *providers) close() {
	for _, p := range all.byID {
		for _, closer := range p.closers {
			closer()
		}
	}
}
