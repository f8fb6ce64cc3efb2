package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// standingGates remember what they are told.
type standingGates struct {
	forced map[canonical.BreakerClass]*canonical.Forced
	held   bool
	shut   func() time.Duration // nil: not
}

func (g *standingGates) Standing(string) (canonical.Gate, bool) { return canonical.Gate{}, true }

func (g *standingGates) Shut(string, string) time.Duration {
	if g.shut == nil {
		return 0
	}
	return g.shut()
}

func (g *standingGates) Drain(string) {}

func (g *standingGates) Release(string, string, string) (held bool) {
	held, g.held = g.held, false
	return held
}

func (g *standingGates) Force(_ string, class canonical.BreakerClass, f *canonical.Forced) {
	g.forced[class] = f
}

// gated is an engine over the kit's store with such gates.
func (k *kit) gated() (*engine.Engine, *standingGates) {
	k.Helper()
	gates := &standingGates{forced: make(map[canonical.BreakerClass]*canonical.Forced)}
	e, err := engine.New(k.Context(), engine.Options{Store: k.cluster.Gateway("gated"), Providers: k, Runtime: k.runtime(), Settings: engine.DefaultSettings, Gates: gates})
	if err != nil {
		k.Fatal(err)
	}
	return e, gates
}

func TestWhatAnOperatorMayForce(t *testing.T) {
	at := func(d time.Duration) *time.Time {
		end := dawn.Add(d)
		return &end
	}
	const writes, credential = canonical.WritesBreaker, canonical.CredentialBreaker
	for _, row := range []struct {
		name   string
		forces engine.Forcing
		want   canonical.Kind
	}{
		{"open", engine.Forcing{Class: writes, Force: canonical.ForceOpen, Reason: "r"}, ""},
		{"closed for an hour", engine.Forcing{Class: writes, Force: canonical.ForceClosed, Reason: "r", Until: at(time.Hour)}, ""},
		{"without a reason", engine.Forcing{Class: writes, Force: canonical.ForceOpen}, canonical.InvalidRequest},
		{"no such class", engine.Forcing{Class: "both", Force: canonical.ForceOpen, Reason: "r"}, canonical.InvalidRequest},
		{"no such force", engine.Forcing{Class: writes, Force: "half_open", Reason: "r"}, canonical.InvalidRequest},
		{"until what has passed", engine.Forcing{Class: writes, Force: canonical.ForceOpen, Reason: "r", Until: at(0)}, canonical.InvalidRequest},
		{"for too long", engine.Forcing{Class: writes, Force: canonical.ForceOpen, Reason: "r", Until: at(31 * 24 * time.Hour)}, canonical.InvalidRequest},
		{"auto until a time", engine.Forcing{Class: writes, Force: canonical.ForceAuto, Reason: "r", Until: at(time.Hour)}, canonical.InvalidRequest},
		{"a breaker for one merchant", engine.Forcing{Class: writes, Force: canonical.ForceOpen, Reason: "r", Merchant: "demo"}, canonical.InvalidRequest},
		{"auto where nothing is forced", engine.Forcing{Class: writes, Force: canonical.ForceAuto, Reason: "r"}, canonical.OperationNotAllowed},
		{"a hold by hand", engine.Forcing{Class: credential, Force: canonical.ForceOpen, Reason: "r"}, canonical.InvalidRequest},
		{"the end of a hold that is none", engine.Forcing{Class: credential, Force: canonical.ForceAuto, Reason: "r"}, canonical.OperationNotAllowed},
	} {
		t.Run(row.name, func(t *testing.T) {
			k := newKit(t, creditkeyStyle)
			e, gates := k.gated()
			err := e.ForceBreaker(t.Context(), k.operator(), "creditkey", row.forces)
			if (row.want == "") != (err == nil) || (err != nil && canonical.KindOf(err) != row.want) {
				t.Fatalf("%v, want %q", err, row.want)
			}
			if f := gates.forced[writes]; (f != nil) != (row.want == "") || (f != nil && f.To != canonical.CircuitState(row.forces.Force)) {
				t.Errorf("forced %+v", f)
			}
		})
	}
}

func TestWhatIsForcedOutlivesARestartAndEndsInTime(t *testing.T) {
	k := newKit(t, creditkeyStyle)
	e, _ := k.gated()
	end := dawn.Add(time.Hour)
	for _, f := range []engine.Forcing{
		{Class: canonical.WritesBreaker, Force: canonical.ForceClosed, Reason: "first"},
		{Class: canonical.WritesBreaker, Force: canonical.ForceOpen, Reason: "second", Until: &end},
		{Class: canonical.ReadsBreaker, Force: canonical.ForceOpen, Reason: "for good"},
	} {
		if err := e.ForceBreaker(t.Context(), k.operator(), "creditkey", f); err != nil {
			t.Fatal(err)
		}
	}
	e, gates := k.gated()
	if err := e.Enforce(t.Context(), gates.Force); err != nil {
		t.Fatal(err)
	}
	if f := gates.forced[canonical.WritesBreaker]; f == nil || f.To != canonical.CircuitOpen || f.Reason != "second" || f.By != "key_operator" {
		t.Errorf("after a restart: %+v", f)
	}
	for _, row := range []struct {
		after  time.Duration
		forced bool
	}{{59 * time.Minute, true}, {time.Minute, false}} {
		k.pass(row.after)
		if err := e.EndForced(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f := gates.forced[canonical.WritesBreaker]; (f != nil) != row.forced {
			t.Errorf("at %s: %+v", k.clock(), f)
		}
	}
	if gates.forced[canonical.ReadsBreaker] == nil {
		t.Error("what has no end has ended")
	}
	if err := e.TellProvider(t.Context(), "creditkey", canonical.CredentialOnHold, "credential: status 401"); err != nil {
		t.Fatal(err)
	}
	var sealed []canonical.SealedEvent
	err := k.cluster.Gateway("gated").View(t.Context(), func(r state.Reader) (err error) {
		sealed, err = r.History(canonical.ProviderHistory("creditkey"), 0, 100)
		return err
	})
	before := ""
	for _, event := range sealed {
		if !event.Intact(before) {
			t.Errorf("event %d does not follow", event.Sequence)
		}
		before = event.Hash
	}
	if err != nil || len(sealed) != 5 {
		t.Errorf("%d events, want 5; %v", len(sealed), err)
	}
	v, err := e.Verify(t.Context(), func() bool { return true })
	if err != nil || len(v.Findings) > 0 || v.Events != 5 {
		t.Errorf("%+v %v", v, err)
	}
}

// TestWhatIsWithdrawnWhileItIsHeldBackIsOver: a cancel comes just when a capture is found to have to wait for its lender.
func TestWhatIsWithdrawnWhileItIsHeldBackIsOver(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.wire.connected(false)
	queued := k.do(order.ID, capture(s.money("400.00")))
	k.wantState(queued.Operation, canonical.Queued, canonical.NextWait)
	k.wire.connected(true)
	e, gates := k.gated()
	gates.shut = func() time.Duration {
		gates.shut = nil
		canceled := k.do(order.ID, cancel(nil))
		k.wantState(canceled.Operation, canonical.Succeeded, canonical.NextNone)
		return time.Hour
	}
	if _, err := e.Sync(t.Context(), k.call(), order.ID); err != nil {
		t.Fatal(err)
	}
	k.wantState(k.operation(queued.Operation.ID), canonical.Failed, canonical.NextNone)
	k.wantTimers()
	k.wantVerified()
}
