package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
)

// reloads watch the configuration and put it in force when it changes: the providers as a whole, or nothing.
// What stands under server and store waits for a restart.
type reloads struct {
	gateway *Gateway
	path    string
	options config.Options
	start   *config.File // as it was read when the process started

	mu    sync.Mutex // held while a file is taken
	file  *config.File
	files []string // that it is made of, and those that the newest is, where that is refused

	asked  chan struct{} // somebody wants it to be taken now
	hangup <-chan os.Signal
	cancel context.CancelFunc // nil: nobody watches
	done   chan struct{}
}

func newReloads(g *Gateway, path string, options config.Options, file config.File) *reloads {
	return &reloads{gateway: g, path: path, options: options, start: &file, file: &file, files: madeOf(path, &file), asked: make(chan struct{}, 1)}
}

func madeOf(path string, file *config.File) []string { return append([]string{path}, file.Files...) }

// Reload takes the configuration file as it is now. It is refused as a whole where anything is wrong with it;
// then everything stays as it is. Errors: a config.Mistakes that holds all that is wrong, or what kept it from
// being read or noted.
func (g *Gateway) Reload(ctx context.Context) error { return g.reloads.load(ctx) }

func (r *reloads) load(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	began := time.Now()
	file, err := r.take(ctx)
	r.gateway.observed.meters.ConfigTaken(err == nil)
	if err != nil {
		r.gateway.log.ErrorContext(ctx, "the configuration is refused, and the one before stays in force", "mistakes", linesOf(err))
		return err
	}
	r.tell(ctx, file, time.Since(began))
	r.file = file
	return nil
}

func linesOf(err error) []string {
	var mistakes config.Mistakes
	mistakes.Include(err)
	lines := make([]string, 0, len(mistakes))
	for _, m := range mistakes {
		lines = append(lines, m.Error())
	}
	return lines
}

// take reads and checks the file as a start does, asks the open orders, and puts it in force.
func (r *reloads) take(ctx context.Context) (*config.File, error) {
	var mistakes config.Mistakes
	file, err := config.Load(r.path, r.options)
	mistakes.Include(err)
	r.files = madeOf(r.path, file)
	g, before := r.gateway, r.gateway.providers.now()
	after := newProviders(file, g.environment, before, &mistakes)
	if len(mistakes) > 0 {
		for _, path := range r.file.Files { // its mistakes may have hidden some
			if !slices.Contains(r.files, path) {
				r.files = append(r.files, path)
			}
		}
		return nil, mistakes.Err()
	}
	if err := g.mayFollow(ctx, before, after, file); err != nil {
		return nil, err
	}
	g.use(before, after)
	return file, nil
}

// mayFollow asks whether providers may take the place of others, and notes that they do. Where it was so at the
// start already, a provider whose open orders forbid it stays switched off.
func (g *Gateway) mayFollow(ctx context.Context, before, after *providers, file *config.File) error {
	clashes, err := g.Engine.Clashes(ctx, after.configured(), nil)
	if err != nil {
		return err
	}
	var mistakes config.Mistakes
	for _, c := range clashes {
		if before.clash(c.Provider) {
			after.shut(c)
			continue
		}
		mistakes.Add(placeOf(file, c.Provider), "provider %s: %s", c.Provider, c.Detail())
	}
	if err := mistakes.Err(); err != nil {
		return err
	}
	if err := g.Engine.Enforce(ctx, func(id string, class canonical.BreakerClass, f *canonical.Forced) {
		if p := after.provider(id); p != nil && p.gate != nil && !sameGate(before.provider(id), p) {
			p.gate.Force(class, f)
		}
	}); err != nil {
		return err
	}
	clashes, err = g.Engine.Reconfigure(ctx, after.configured(), after.off())
	for _, c := range clashes {
		mistakes.Add(placeOf(file, c.Provider), "provider %s: %s", c.Provider, c.Detail())
	}
	return errors.Join(err, mistakes.Err())
}

func placeOf(file *config.File, provider string) config.Value {
	at := slices.IndexFunc(file.Providers, func(p config.Provider) bool { return p.ID == provider })
	if at < 0 {
		return config.Value{}
	}
	return file.Providers[at].At
}

func sameGate(before, after *provider) bool { return before != nil && before.gate == after.gate }

// use puts providers in the place of others. Calls that are under way finish on what they began with.
func (g *Gateway) use(before, after *providers) {
	g.providers.table.Store(after)
	before.close(after)
	for _, id := range after.order {
		was, is := before.provider(id), after.byID[id]
		g.observed.expect(id)
		if is.gate == nil {
			continue
		}
		if sameGate(was, is) {
			is.gate.Adjust(limitsOf(is.section))
			was.letGo(is)
		} else {
			g.gates.Drain(id) // it may have been switched off
		}
	}
}

// letGo ends the holds on credentials that are not what the lender refused.
func (p *provider) letGo(after *provider) {
	for _, merchant := range append(slices.Sorted(maps.Keys(p.own)), "") {
		was, is := p.ownSet(merchant), after.ownSet(merchant)
		if is == nil || !maps.Equal(was.values, is.values) {
			after.gate.Release(merchant, "the credentials were replaced")
		}
	}
}

// tell logs what is another now, by name.
func (r *reloads) tell(ctx context.Context, file *config.File, took time.Duration) {
	log := r.gateway.log
	changes := make(map[string][]string)
	for _, d := range config.Compare(r.file, file) {
		changes[d.Provider] = append(changes[d.Provider], briefly(d))
	}
	delete(changes, "")
	for _, provider := range slices.Sorted(maps.Keys(changes)) {
		log.InfoContext(ctx, "a provider is configured anew", "provider", provider, "changes", changes[provider])
	}
	var waiting []string
	for _, d := range config.Compare(r.start, file) {
		if d.Provider == "" {
			waiting = append(waiting, d.Name)
		}
	}
	if len(waiting) > 0 {
		log.WarnContext(ctx, "these settings are not taken before a restart", "settings", waiting)
	}
	for _, id := range r.gateway.providers.now().off() {
		log.ErrorContext(ctx, "a provider is switched off", "provider", id, "reason", r.gateway.providers.provider(id).why)
	}
	log.InfoContext(ctx, "the configuration is in force", "providers", len(file.Providers), "changed", len(changes), "took_ms", took.Milliseconds())
}

func briefly(d config.Difference) string {
	if d.Name == "" {
		return string(d.Change)
	}
	return fmt.Sprintf("%s %s", d.Name, d.Change)
}

// settleProviders compares the providers with the orders that are open, before anything runs. Those whose orders
// stand elsewhere are switched off: to ask the wrong lender would end doubts falsely.
func (g *Gateway) settleProviders(ctx context.Context) error {
	all := g.providers.now()
	clashes, err := g.Engine.Clashes(ctx, all.configured(), all.off())
	if err != nil {
		return err
	}
	for _, c := range clashes {
		all.shut(c)
		g.log.Error("a provider is switched off", "provider", c.Provider, "reason", c.Detail())
	}
	return g.Engine.Configure(ctx, all.configured(), all.off())
}
