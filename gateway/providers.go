package gateway

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
	"github.com/lendgate/lendgate/gateway/engine"
)

// providers are the configured lenders, each with a client for every set of credentials. Nothing of them
// changes once they are in force.
type providers struct {
	order  []string
	byID   map[string]*provider
	styles *styles
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

// newProviders makes the providers of a file. What is the same as before is used on; before is nil at a start.
// What is wrong with one switches that one off, and is added to the mistakes.
func newProviders(file *config.File, env environment, before *providers, mistakes *config.Mistakes) *providers {
	all := &providers{byID: make(map[string]*provider), styles: newStyles(before)}
	for _, section := range file.Providers {
		p, err := all.make(section, env, before.provider(section.ID), mistakes.Under(section.At))
		if err != nil {
			mistakes.Include(err)
			p = &provider{mode: canonical.Mode(section.Mode), off: "its configuration is not valid: " + firstLine(err)}
		}
		all.put(section.ID, p)
	}
	all.styles.before = nil
	return all
}

func (all *providers) make(section config.Provider, env environment, before *provider, known config.Mistakes) (*provider, error) {
	adapter, err := all.styles.of(section)
	if err != nil {
		return nil, err
	}
	return newProvider(section, adapter, env, before, known)
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func (all *providers) put(id string, p *provider) {
	if _, known := all.byID[id]; !known {
		all.order = append(all.order, id)
	}
	all.byID[id] = p
}

// provider is one of them, nil where there is none.
func (all *providers) provider(id string) *provider {
	if all == nil {
		return nil
	}
	return all.byID[id]
}

// shut switches a provider off whose open orders stand at another lender. One that is not configured any more
// is there again, switched off, for as long as they do.
func (all *providers) shut(c engine.Clash) {
	all.put(c.Provider, &provider{mode: c.Mode, off: "orders are open that were made under another configuration", why: c.Detail(), clashes: true})
}

// clash tells whether a provider is switched off because of its open orders.
func (all *providers) clash(id string) bool {
	p := all.provider(id)
	return p != nil && p.clashes
}

// off lists those that are switched off.
func (all *providers) off() (ids []string) {
	for _, id := range all.order {
		if all.byID[id].off != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// configured is how those that are not switched off are configured.
func (all *providers) configured() (list []engine.Configured) {
	for _, id := range all.order {
		p := all.byID[id]
		if p.off != "" {
			continue
		}
		c := engine.Configured{Provider: id, Mode: p.mode, Hashes: make(map[string]string), Lenders: make(map[string]string)}
		for _, set := range p.sets() {
			description := set.client.Describe()
			c.Hashes[description.Credential], c.Lenders[description.Credential] = description.Config, description.Lender
		}
		list = append(list, c)
	}
	return list
}

// transports are all connections to lenders.
func (all *providers) transports() map[*adapters.HTTPTransport]bool {
	used := make(map[*adapters.HTTPTransport]bool)
	for _, p := range all.byID {
		for _, set := range p.sets() {
			used[set.transport] = true
		}
	}
	return used
}

// close lets go of the connections that others do not use on. others may be nil.
func (all *providers) close(others *providers) {
	used := map[*adapters.HTTPTransport]bool{}
	if others != nil {
		used = others.transports()
	}
	for transport := range all.transports() {
		if !used[transport] {
			transport.Close()
		}
	}
}

// current are the providers that are in force. A reload puts others in their place at once: whoever has found
// a provider before goes on with it.
type current struct{ table atomic.Pointer[providers] }

func newCurrent(first *providers) *current {
	c := &current{}
	c.table.Store(first)
	return c
}

func (c *current) now() *providers { return c.table.Load() }

func (c *current) provider(id string) *provider { return c.now().provider(id) }

// For returns a provider with the merchant's own credentials where it has some. See engine.Providers.
func (c *current) For(id, merchant string) (engine.Provider, error) {
	p := c.provider(id)
	if err := p.refusal(id); err != nil {
		return nil, err
	}
	return p.set(merchant).client, nil
}

// refusal says why a provider cannot be used; nil: it can.
func (p *provider) refusal(id string) error {
	switch {
	case p == nil:
		return canonical.Errorf(canonical.NotFound, "there is no provider "+id)
	case p.off == "":
		return nil
	}
	err := &canonical.Error{Kind: canonical.ProviderOff, Provider: id, Detail: "provider " + id + " is switched off: " + p.off}
	if p.why != "" {
		err.Err = errors.New(p.why)
	}
	return err
}

// Credentials returns a provider once for each set of credentials. See engine.Providers.
func (c *current) Credentials(id string) ([]engine.Provider, error) {
	p := c.provider(id)
	if err := p.refusal(id); err != nil {
		return nil, err
	}
	var every []engine.Provider
	for _, set := range p.sets() {
		every = append(every, set.client)
	}
	return every, nil
}

// IDs lists the providers of a mode. See engine.Providers.
func (c *current) IDs(mode canonical.Mode) []string {
	all := c.now()
	return slices.DeleteFunc(slices.Clone(all.order), func(id string) bool { return all.byID[id].mode != mode })
}

// sets are all sets of credentials, the one that all share first.
func (p *provider) sets() (all []*credentials) {
	if p.off != "" {
		return nil
	}
	all = append(all, p.shared)
	for _, merchant := range slices.Sorted(maps.Keys(p.own)) {
		all = append(all, p.own[merchant])
	}
	return all
}

// set is the one that a merchant uses.
func (p *provider) set(merchant string) *credentials {
	if own, has := p.own[merchant]; has {
		return own
	}
	return p.shared
}
