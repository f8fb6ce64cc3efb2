package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/api"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
	"github.com/lendgate/lendgate/state/statetest"
)

var update = flag.Bool("update", false, "write the rendered files anew")

const publicURL = "https://gate.example"

// kit is a gateway behind real HTTP: the API and the engine, over a scripted lender.
type kit struct {
	t      testing.TB
	lender *lender
	engine *engine.Engine
	api    *api.API
	server *httptest.Server
	logged *safeBuffer
	keys   map[string]string // by name
	ready  error
	serial atomic.Int64
	ahead  atomic.Int64 // how far time was moved
	work   sync.WaitGroup
}

// memory is the store of production, with nothing on disk.
func memory(t testing.TB) state.Store {
	t.Helper()
	store, err := badger.Open(badger.Options{InMemory: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

type kitOptions struct {
	store   state.Store
	wait    time.Duration
	metrics http.Handler
	limits  api.Limits
	advance func(context.Context, time.Duration) (time.Time, error) // nil: the kit's own
}

func newKit(t testing.TB) *kit { return newKitWith(t, kitOptions{}) }

func newKitWith(t testing.TB, o kitOptions) *kit {
	t.Helper()
	k := &kit{t: t, lender: newLender(), logged: &safeBuffer{}, keys: map[string]string{}}
	if o.store == nil {
		o.store = statetest.NewCluster(nil).Gateway("one")
	}
	settings := engine.DefaultSettings
	if o.wait > 0 {
		settings.Wait = o.wait
	}
	if o.advance == nil {
		o.advance = k.advance
	}
	log := slog.New(slog.NewTextHandler(k.logged, nil))
	var err error
	k.engine, err = engine.New(t.Context(), engine.Options{Store: o.store, Providers: k, Runtime: k.runtime(), Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	made, err := api.New(api.Options{
		Engine: k.engine, PublicURL: publicURL + "/", Log: log, Version: "1.0.0", Telemetry: api.Telemetry{Metrics: o.metrics},
		Ready: func() error { return k.ready }, Now: k.now, Advance: o.advance, Limits: o.limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	k.api = made
	k.server = httptest.NewServer(made.Handler())
	t.Cleanup(k.server.Close)
	k.addKeys()
	return k
}

// addKeys makes one key for each kind of caller; merchant is demo's.
func (k *kit) addKeys() {
	for name, wanted := range map[string]state.APIKey{
		"merchant":      {Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Test},
		"read":          {Role: state.RoleRead, Merchant: "demo", Mode: canonical.Test},
		"other":         {Role: state.RoleMerchant, Merchant: "acme", Mode: canonical.Test},
		"live":          {Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Live},
		"platform":      {Role: state.RolePlatform, Mode: canonical.Test},
		"operator":      {Role: state.RoleOperator, Mode: canonical.Test},
		"live operator": {Role: state.RoleOperator, Mode: canonical.Live},
		"revoked":       {Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Test},
	} {
		key, text, err := k.engine.NewKey(k.t.Context(), wanted)
		if err != nil {
			k.t.Fatal(err)
		}
		k.keys[name] = text
		if name == "revoked" {
			if err := k.engine.RevokeKey(k.t.Context(), key.ID); err != nil {
				k.t.Fatal(err)
			}
		}
	}
}

// now is a second later each time it is asked for.
func (k *kit) now() time.Time {
	return time.Date(2026, 11, 21, 9, 0, int(k.serial.Add(1)), 0, time.UTC).Add(time.Duration(k.ahead.Load()))
}

func (k *kit) advance(_ context.Context, by time.Duration) (time.Time, error) {
	k.ahead.Add(int64(by))
	return k.now(), nil
}

func (k *kit) runtime() engine.Runtime {
	return engine.Runtime{
		Now:   k.now,
		Sleep: func(context.Context, time.Duration) error { return nil },
		Start: k.start,
		NewID: func(prefix string) string { return fmt.Sprintf("%s_%026d", prefix, k.serial.Add(1)) },
		Entropy: func(n int) []byte {
			random := make([]byte, n)
			_, _ = rand.Read(random)
			return random
		},
	}
}

// until looks again and again whether something is so, at most for half a minute.
func (k *kit) until(so func() bool) {
	k.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !so(); runtime.Gosched() {
		if time.Now().After(deadline) {
			k.t.Fatal("it never came to this")
		}
	}
}

// wake does all that is due now.
func (k *kit) wake() {
	k.t.Helper()
	for done := 1; done > 0; k.work.Wait() {
		var err error
		if done, err = k.engine.Tick(k.t.Context()); err != nil {
			k.t.Fatal(err)
		}
	}
}

func (k *kit) start(_ string, f func(context.Context)) func(context.Context, time.Duration) bool {
	done := make(chan struct{})
	k.work.Go(func() {
		defer close(done)
		f(context.Background())
	})
	return func(ctx context.Context, patience time.Duration) bool {
		select {
		case <-done:
			return true
		case <-time.After(api.Away(ctx, patience)):
		case <-ctx.Done():
		}
		return false
	}
}

// For and IDs make the kit the engine's Providers.
func (k *kit) For(id, _ string) (engine.Provider, error) {
	switch id {
	case "alpha":
		return named{k.lender, id, canonical.Test}, nil
	case "gamma":
		return named{k.lender, id, canonical.Live}, nil
	case "broken":
		return nil, &canonical.Error{Kind: canonical.ProviderOff, Detail: "client_secret is missing"}
	}
	return nil, canonical.Errorf(canonical.NotFound, "there is no provider "+id)
}

func (k *kit) Credentials(id string) ([]engine.Provider, error) {
	provider, err := k.For(id, "")
	return []engine.Provider{provider}, err
}

func (k *kit) IDs(mode canonical.Mode) []string {
	if mode == canonical.Live {
		return []string{"gamma"}
	}
	return []string{"alpha", "broken"}
}

type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(text)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
