package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/config"
	"github.com/lendgate/lendgate/gateway/api"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/gateway/telemetry"
	"github.com/lendgate/lendgate/state/badger"
)

// Version is the version of the build; the linker may set it.
var Version = "dev"

// drainFor is how long a stop waits for calls that are under way. What is not finished by then is
// durable, and recovery finds the truth of it after the next start.
const drainFor = 25 * time.Second

// Options is what a gateway is started with.
type Options struct {
	Config  string // providers.yaml
	Data    string // data folder; "" is the configuration's
	Address string // host:port; "" is the configuration's
	Sandbox bool   // start the simulated lenders too
	Lenders string // host:port of the simulated lenders; "": they run elsewhere
	Out     io.Writer
	Log     *slog.Logger

	CommitPause time.Duration // slept before each commit, to measure what a slow disk costs
}

// Gateway is everything wired.
type Gateway struct {
	Engine    *engine.Engine
	API       *api.API
	file      *config.File // as it was at the start
	data      string
	reloads   *reloads
	clock     *clock
	loop      *looping
	advancing chan struct{} // holds one while time is moved
	machine   *machine
	store     *badger.Store
	providers *current
	gates     *gates
	world     *sandbox.World
	observed  *observed
	admin     *http.ServeMux // what is served on an address of its own; nil: nothing is
	log       *slog.Logger

	environment environment
}

// Open reads the configuration, opens the store and wires everything. Nothing listens yet.
func Open(ctx context.Context, o Options) (*Gateway, error) {
	reading := config.Options{LiteralSecrets: o.Sandbox}
	file, err := config.Load(o.Config, reading)
	var mistakes config.Mistakes
	if err != nil && !errors.As(err, &mistakes) {
		return nil, err
	}
	if outside := besideProviders(file, mistakes); len(outside) > 0 {
		return nil, outside
	}
	g := &Gateway{file: file, data: o.Data, clock: &clock{}, log: telemetry.WithTrace(o.Log), advancing: make(chan struct{}, 1)}
	g.reloads = newReloads(g, o.Config, reading, *file)
	if g.data == "" {
		g.data = file.Store.Badger.Path
	}
	if o.Address != "" {
		file.Server.Address = o.Address
	}
	if o.Sandbox {
		file.Server.PublicURL = "http://" + file.Server.Address // the simulated lenders call back here
		if g.clock, err = openClock(g.data); err != nil {
			return nil, err
		}
	}
	if g.observed, err = observe(ctx, g.log); err != nil {
		return nil, err
	}
	g.machine = newMachine(g.clock.Now, g.log)
	g.gates = newGates(g.log, g.observed.tracer(), g.machine, g.observed.breaker)
	g.environment = environment{changed: g.gates.changed, publicURL: file.Server.PublicURL, now: g.clock.Now, observed: g.observed}
	g.providers = newCurrent(newProviders(file, g.environment, nil, &mistakes))
	g.gates.of = g.providers
	for _, mistake := range mistakes {
		g.log.Error("a provider is switched off", "mistake", mistake.Error())
	}
	if err := g.open(ctx, o); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

// besideProviders are the mistakes that are nobody's own: with them nothing starts.
func besideProviders(file *config.File, mistakes config.Mistakes) config.Mistakes {
	own := make(map[string]bool)
	for _, section := range file.Providers {
		for _, mistake := range mistakes.Under(section.At) {
			own[mistake.Error()] = true
		}
	}
	var outside config.Mistakes
	for _, mistake := range mistakes {
		if !own[mistake.Error()] {
			outside = append(outside, mistake)
		}
	}
	return outside
}

func (g *Gateway) open(ctx context.Context, o Options) (err error) {
	keepPrivate()
	if err := os.MkdirAll(g.data, 0o700); err != nil {
		return err
	}
	g.store, err = badger.Open(badger.Options{
		Path: filepath.Join(g.data, "store"), Key: []byte(g.file.Store.Badger.Key.Reveal()), Log: g.log, CommitPause: o.CommitPause,
		Floor: int64(g.file.Store.Floor), Ballast: int64(g.file.Store.Ballast), Now: g.clock.Now,
		Committed: g.observed.meters.Commit,
	})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	settings := engine.DefaultSettings
	settings.KeepBodies = g.file.Store.KeepBodies
	g.Engine, err = engine.New(ctx, engine.Options{
		Store: g.store, Providers: g.providers, Runtime: g.machine.runtime(), Settings: settings, Gates: g.gates, Room: g.room, Log: g.log,
		Tracer: g.observed.tracer(), Observer: g.observed.engine(),
	})
	if err != nil {
		return err
	}
	g.gates.engine = g.Engine
	if err := g.settleProviders(ctx); err != nil {
		return err
	}
	if err := g.Engine.Enforce(ctx, g.gates.Force); err != nil {
		return err
	}
	g.watch()
	g.loop = &looping{engine: g.Engine}
	if o.Sandbox && o.Lenders != "" {
		if err := g.openLenders(o.Lenders); err != nil {
			return err
		}
	}
	return g.openAPI()
}

func (g *Gateway) openAPI() (err error) {
	o := api.Options{Engine: g.Engine, PublicURL: g.file.Server.PublicURL, Log: g.log, Ready: g.ready, Version: Version, Now: g.clock.Now, Limits: limits(g.file.Server.Limits), Accepted: g.reloads.ask}
	if g.world != nil {
		o.Advance = g.advance
	}
	if o.Telemetry, err = g.requests(); err != nil {
		return err
	}
	if g.API, err = api.New(o); err != nil {
		return err
	}
	g.observed.meters.WatchPressure(func() telemetry.Pressure { return telemetry.Pressure(g.API.Pressure()) })
	return nil
}

func limits(l config.ServerLimits) api.Limits {
	return api.Limits{Requests: callerRate(l.Requests), FailedKeys: callerRate(l.FailedKeys), InFlight: l.InFlight}
}

func connections(l config.ServerLimits) api.Connections {
	return api.Connections{Total: l.Connections, PerAddress: l.ConnectionsPerAddress}
}

func callerRate(r config.Rate) api.Rate { return api.Rate{Count: r.Calls, Per: r.Per} }

func (g *Gateway) room() bool {
	_, enough := g.store.Room()
	return enough
}

func (g *Gateway) ready() error {
	if !g.room() {
		return errors.New("the disk is nearly full: new orders are refused")
	}
	return nil
}

// Close lets go of everything. Calls that are under way should have been waited for.
func (g *Gateway) Close() error {
	var err error
	if g.world != nil {
		err = errors.Join(err, g.world.Close())
	}
	if g.providers != nil {
		g.providers.now().close(nil)
	}
	if g.store != nil {
		err = errors.Join(err, g.store.Close())
	}
	if g.observed != nil {
		g.observed.stop()
	}
	return err
}

// Run is the process: it serves until ctx ends, then stops in order.
func Run(ctx context.Context, o Options) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	seen := look([]string{o.Config})
	g, err := Open(ctx, o)
	if err != nil {
		return err
	}
	g.reloads.hangup = hangup
	if err := g.prepare(ctx); err != nil {
		return errors.Join(err, g.Close())
	}
	listeners, err := g.listen(o)
	if err != nil {
		return errors.Join(err, g.Close())
	}
	if err := g.welcome(ctx, o); err != nil {
		return errors.Join(err, g.Close())
	}
	g.reloads.watch(seen.with(g.reloads.watched()))
	return g.serve(ctx, listeners)
}

// door is one listener and what answers on it.
type door struct {
	listener net.Listener
	server   *http.Server
}

func (g *Gateway) listen(o Options) ([]door, error) {
	var doors []door
	open := func(network, address string, h http.Handler) error {
		listener, err := net.Listen(network, address)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", address, err)
		}
		doors = append(doors, door{listener, api.NewServer(address, h)})
		return nil
	}
	err := open("tcp", g.file.Server.Address, g.API.Handler())
	if err == nil {
		doors[0].listener = api.NewListener(doors[0].listener, connections(g.file.Server.Limits))
	}
	if err == nil && g.world != nil {
		err = open("tcp", o.Lenders, g.world.Handler())
	}
	if err == nil && g.admin != nil {
		err = open("tcp", g.file.Server.AdminAddress, g.admin)
	}
	if err == nil {
		err = g.openSocket(open)
	}
	if err != nil {
		for _, d := range doors {
			_ = d.listener.Close()
		}
	}
	return doors, err
}

func (g *Gateway) serve(ctx context.Context, doors []door) error {
	failed := make(chan error, len(doors))
	for _, d := range doors {
		go func() { failed <- d.server.Serve(d.listener) }()
	}
	g.loop.start()
	g.gates.start()
	err := g.wait(ctx, failed)
	g.log.Info("stopping")
	g.reloads.stop()
	g.gates.stop()
	g.loop.stop()
	return errors.Join(err, g.stop(doors))
}

// storeWatch is how often the store is asked whether it still stands.
const storeWatch = time.Second

// wait returns when the process shall end: because it was told to, because a listener failed, or because
// a commit failed whose outcome nobody knows. Only opening the store again tells what is on the disk.
func (g *Gateway) wait(ctx context.Context, failed <-chan error) error {
	watch := time.NewTicker(storeWatch)
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-watch.C:
			if err := g.store.Err(); err != nil {
				return fmt.Errorf("the store has failed: %w", err)
			}
			if _, err := g.store.TendBallast(); err != nil {
				g.log.Error("ballast", "error", err)
			}
		}
	}
}

// stop takes no more requests, waits for what is under way, and closes.
func (g *Gateway) stop(doors []door) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	var err error
	for i, d := range doors {
		if i == 1 && g.world != nil {
			continue // the simulated lenders answer until the calls to them are over
		}
		err = errors.Join(err, d.server.Shutdown(ctx))
	}
	if !g.machine.drain(drainFor) {
		g.log.Warn("calls are still under way: recovery will find out about them")
	}
	if g.world != nil {
		err = errors.Join(err, doors[1].server.Close())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return errors.Join(err, g.Close())
}
