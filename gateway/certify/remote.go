package certify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Remote says how a lender itself is tried: its sandbox, never where money is real.
type Remote struct {
	URL    string
	Set    []string      // settings, name=value; those that are secret as name=${env:NAME}
	Faults []string      // that are tried; none: all that can be made from here
	Wait   time.Duration // for what a customer must do at the lender
	Every  time.Duration // how often it is looked for meanwhile; 0: every three seconds
	Doubts time.Duration // how long a doubt is followed; 0: as late as a request may be, and three minutes
	Out    io.Writer     // where the customer is told to go
}

// remote is the lender itself: what it does is known by its reads alone.
type remote struct {
	transport adapters.Transport
	nothing   book
}

func (*remote) answer(time.Time, arrival) adapters.Reply { return adapters.Reply{} }
func (*remote) happen(time.Time, *scene)                 {}
func (*remote) meet(*scene, sending)                     {}
func (*remote) knows(canonical.Order)                    {}
func (r *remote) truth() *book                           { return &r.nothing }

// Against has the same lives happen at the lender itself. Errors say what is wrong with the settings.
func (s *Subject) Against(ctx context.Context, r Remote) (*Subject, error) {
	address, err := url.Parse(r.URL)
	if err != nil || address.Host == "" || (address.Scheme != "http" && address.Scheme != "https") {
		return nil, errors.New("--against: must be the address of the lender's sandbox, such as https://sandbox.acme.example")
	}
	values, err := s.given(r.Set)
	if err != nil {
		return nil, err
	}
	other := *s
	if other.define, err = s.adapter.Define(values); err != nil {
		return nil, fmt.Errorf("--set: %w", err)
	}
	if other.transport, err = adapters.NewHTTPTransport(adapters.TransportOptions{Connect: 10 * time.Second, Requests: 4, TLS: other.define.TLS}); err != nil {
		return nil, err
	}
	other.against, other.real, other.customers, other.only = strings.TrimRight(r.URL, "/"), ctx, r, []fateName{}
	for _, f := range faults {
		if f.made && (len(r.Faults) == 0 || slices.Contains(r.Faults, string(f.name))) {
			other.only = append(other.only, f.name)
		}
	}
	return &other, nil
}

// named is an address as a report shows it: without who asks, and with what password.
func named(address string) string {
	shown, err := url.Parse(address)
	if err != nil {
		return ""
	}
	shown.User = nil
	return shown.String()
}

var fromEnvironment = regexp.MustCompile(`^\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}$`)

// given reads settings as they stand on the command line. What is wrong names the setting, never what it holds.
func (s *Subject) given(set []string) (adapters.Values, error) {
	values := adapters.Values{}
	for _, one := range set {
		name, value, both := strings.Cut(one, "=")
		setting := s.adapter.Setting(name)
		found := fromEnvironment.FindStringSubmatch(value)
		switch {
		case !both || setting.Name == "":
			return nil, fmt.Errorf("--set %s: is no setting; there are %s", name, listed(s.settingNames()))
		case setting.Secret && found == nil:
			return nil, fmt.Errorf("--set %s: is secret: give it as %s=${env:NAME}, so that it is in no command line", name, name)
		case found != nil && os.Getenv(found[1]) == "":
			return nil, fmt.Errorf("--set %s: the environment has no %s", name, found[1])
		case found != nil:
			value = os.Getenv(found[1])
		}
		values[name] = value
	}
	for _, setting := range s.adapter.Settings {
		if setting.Required && values[setting.Name] == "" {
			return nil, fmt.Errorf("--set %s: is missing: %s", setting.Name, setting.Help)
		}
	}
	return s.adapter.Defaults(values), nil
}

func (s *Subject) settingNames() []string {
	var names []string
	for _, setting := range s.adapter.Settings {
		names = append(names, setting.Name)
	}
	return names
}

// How often somebody at the lender is looked for, and how long a doubt is followed beyond what the contract says
// a request may be late.
const (
	lookEvery   = 3 * time.Second
	doubtsAfter = 3 * time.Minute
)

// patience is how long a doubt is followed.
func (w *world) patience() time.Duration {
	if w.real == nil {
		return longestDoubt
	}
	if w.subject.customers.Doubts > 0 {
		return w.subject.customers.Doubts
	}
	longest := time.Duration(0)
	for _, x := range w.subject.define.Exchanges {
		longest = max(longest, x.Horizon)
	}
	return longest + doubtsAfter
}

// errNobody: a customer had to do something, and did not.
var errNobody = errors.New("nobody did at the lender what this step says within the time of --wait")

// await waits for somebody at the lender itself.
func (w *world) await(s *scene) error {
	before, err := w.engine.Order(context.Background(), w.call, w.order)
	if err != nil {
		return err
	}
	if before.Action != nil {
		fmt.Fprintf(w.subject.customers.Out, "step %d, %s: go to %s\n", s.number, s.label(), before.Action.URL)
	} else {
		fmt.Fprintf(w.subject.customers.Out, "step %d, %s: do it at the lender, order %s\n", s.number, s.label(), cmp.Or(before.ProviderOrder.ID, before.ProviderOrder.Reference))
	}
	for until := w.time().Add(w.subject.customers.Wait); w.now.Before(until) && !w.over(); {
		w.pass(cmp.Or(w.subject.customers.Every, lookEvery))
		w.sync()
		now, err := w.engine.Order(context.Background(), w.call, w.order)
		if err == nil && (now.Phase != before.Phase || now.ProviderOrder.Status != before.ProviderOrder.Status) && now.WaitingFor != canonical.ForCustomer {
			return nil
		}
	}
	if s.does == nothing && s.Act == "" {
		return nil // it need not show
	}
	return errNobody
}

// judgeThere compares what we say with what the lender shows, where nothing else is known of it.
func (w *world) judgeThere(s *scene, f *fault) (j judgement) {
	order, err := w.engine.Order(context.Background(), w.call, w.order)
	if err != nil {
		return j
	}
	for _, t := range w.trials() {
		j.broken = append(j.broken, settled(w, t, f, &j)...)
		j.broken = append(j.broken, notBelieved(w, t, f, &j)...)
	}
	if len(j.broken) == 0 {
		j.broken = append(w.drifted(&order, s), w.unasked(s, f, &j)...)
	}
	if len(j.broken) == 0 && !j.person {
		j.broken, j.shown = w.shows(&order, s)
	}
	return j
}

// unasked: what moved at the lender is what we asked for. More shows as movements of its own.
func (w *world) unasked(s *scene, f *fault, j *judgement) []broken {
	x := w.exchange(w.rowOf(s))
	for _, op := range w.operations() {
		moves := op.Kind == canonical.OpCapture || op.Kind == canonical.OpCancel || op.Kind == canonical.OpRefund
		if op.Origin != canonical.FromProvider || !moves || op.Amount == nil {
			continue
		}
		if f.name == twice && x != nil && !x.Key.Honored() {
			j.exposed = true
			return nil
		}
		claim := claimReads
		if x != nil && x.Key.Honored() {
			claim = claimKey
		}
		return []broken{{claim, w.rowOf(s), fmt.Sprintf("the lender shows a %s of %s that nobody asked for", op.Kind, op.Amount),
			"was a request acted on twice? Look at key and lost of " + w.rowOf(s) + ", and at what its reads show"}}
	}
	return nil
}

// shows: the lender's own read has our sums. told says whether it tells of what the step does at all: what nobody
// can see is not proven.
func (w *world) shows(order *canonical.Order, s *scene) (wrong []broken, told bool) {
	now := w.look()
	if !now.known || now.sighting == nil || s.command == nil {
		return nil, false
	}
	seen, sums := now.sighting, &order.Totals
	for _, one := range []struct {
		what string
		kind canonical.OperationKind
		ours canonical.Amount
		said *canonical.Amount
	}{
		{"captured", canonical.OpCapture, sums.Captured, seen.Captured},
		{"refunded", canonical.OpRefund, sums.Refunded, seen.Refunded},
		{"left of its promise", canonical.OpCancel, sums.Net(), seen.Net},
		{"promised", canonical.OpAuthorize, sums.Net(), seen.Net},
	} {
		if one.said == nil || seen.Phase == canonical.Ended {
			continue // an end gives back the rest, whatever amount the lender still writes
		}
		if !one.said.Equal(one.ours) && order.Phase == canonical.Open {
			return []broken{{claimReads, w.rowOf(s), fmt.Sprintf("the lender shows %s %s, and our books say %s", one.said, one.what, one.ours), "look at the reading of reads.sync"}}, true
		}
		told = told || one.kind == s.command.Kind
	}
	ends := s.command.Kind == canonical.OpCancel && seen.Phase == canonical.Ended
	begins := s.command.Kind == canonical.OpCreate && seen.Phase != ""
	return nil, told || ends || begins
}
