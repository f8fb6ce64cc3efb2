package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lendgate/lendgate/config"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// verification is what a check of the whole data folder found.
type verification struct {
	Files string              `json:"files,omitempty"` // what is wrong with them; "": nothing
	Store state.Audited       `json:"store"`
	Books engine.Verification `json:"books"`
}

// findings are all things that are wrong.
func (v verification) findings() []string {
	var all []string
	if v.Files != "" {
		all = append(all, v.Files)
	}
	return append(append(all, v.Store.Findings...), v.Books.Findings...)
}

func (v verification) print(w io.Writer) error {
	for _, finding := range v.findings() {
		fmt.Fprintln(w, finding)
	}
	_, err := fmt.Fprintf(w, "looked at %d records, %d index entries, %d places in feeds; %d orders with %d operations, %d events and %d timers: %d findings\n",
		v.Store.Records, v.Store.Entries, v.Store.Places, v.Books.Orders, v.Books.Operations, v.Books.Events, v.Books.Timers, len(v.findings()))
	return err
}

// verifyAll reads everything: the files' checksums, the records against their indexes, the books against
// their history. patience 0 is no bound; else it looks at as much as there is time for.
func verifyAll(ctx context.Context, store *badger.Store, e *engine.Engine, patience time.Duration) (v verification, err error) {
	end := time.Now().Add(patience)
	over := func() bool { return ctx.Err() != nil || (patience > 0 && time.Now().After(end)) }
	if patience == 0 {
		if err := store.Verify(ctx); err != nil {
			v.Files = err.Error()
		}
	}
	if v.Books, err = e.Verify(ctx, func() bool { return !over() }); err != nil {
		return v, err
	}
	v.Store, err = store.Audit(ctx, state.Bounds{Stop: over})
	return v, err
}

// startPatience is how long a start looks at the books before it serves.
const startPatience = 3 * time.Second

// prepare does what must come before any work: what a restore or an older build left is put in order, what
// this node had under way is taken up, and the books are looked at. A gateway whose books do not hold
// does not serve.
func (g *Gateway) prepare(ctx context.Context) error {
	if until, restored := g.store.Restored(); restored {
		if err := engine.Restored(ctx, g.store, until, g.clock.Now()); err != nil {
			return err
		}
	}
	if err := g.Engine.Resume(ctx); err != nil {
		return err
	}
	if g.store.Upgraded() {
		if err := g.Engine.Upgrade(ctx); err != nil {
			return err
		}
	}
	if err := g.store.Settle(ctx); err != nil {
		return err
	}
	v, err := verifyAll(ctx, g.store, g.Engine, startPatience)
	if err == nil && len(v.Books.Findings) > 0 {
		g.log.Error("the books were not in order; what waits without a timer gets one", "findings", v.Books.Findings)
		if err = g.Engine.Remind(ctx, v.Books); err == nil {
			v, err = verifyAll(ctx, g.store, g.Engine, startPatience)
		}
	}
	if err != nil {
		return err
	}
	if found := v.findings(); len(found) > 0 {
		return fmt.Errorf("the books do not hold, so nothing is served; `lendgate verify` says all that is wrong: %s", strings.Join(found[:min(len(found), 5)], "; "))
	}
	return nil
}

// verify asks the gateway that runs on the data folder, or looks at the store itself where none runs.
func verify(ctx context.Context, data, configPath string) (v verification, err error) {
	if running, up := dialGateway(data); up {
		return v, running.ask(ctx, http.MethodGet, "/verify", nil, &v)
	}
	store, err := openStore(data, configPath)
	if err != nil {
		return v, err
	}
	e, err := offline(ctx, data, store)
	if err == nil {
		v, err = verifyAll(ctx, store, e, 0)
	}
	return v, errors.Join(err, store.Close())
}

// openStore opens the store of a data folder on which no gateway runs.
func openStore(data, configPath string) (*badger.Store, error) {
	store, err := badger.Open(badger.Options{Path: filepath.Join(data, "store"), Key: storeKey(configPath), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("no gateway runs on %s, and its store does not open: %w", data, err)
	}
	return store, nil
}

// storeKey is the key that the configuration names, if there is a configuration and it names one. Whatever
// else may be wrong with it is no matter here.
func storeKey(path string) []byte {
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	file, _ := config.Load(path, config.Options{LiteralSecrets: true})
	if file == nil {
		return nil
	}
	return []byte(file.Store.Badger.Key.Reveal())
}

// offline is an engine without providers: it can look, and calls nobody.
func offline(ctx context.Context, data string, store *badger.Store) (*engine.Engine, error) {
	clock, err := openClock(data)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	return engine.New(ctx, engine.Options{Store: store, Runtime: newMachine(clock.Now, log).runtime(), Settings: engine.DefaultSettings, Log: log})
}
