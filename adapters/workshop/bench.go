package workshop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

// bench is a trial under way.
type bench struct {
	*Trial
	client     *adapters.Client
	definition adapters.Definition
	values     adapters.Values
	wire       *wiretap
	result     *Result
	watching   bool // what is read now is told
}

// open makes the client, with eyes on everything that it reads.
func (b *bench) open() error {
	alone := b.offline() || loopback(b.BaseURL)
	given, err := b.Settings(b.Given, alone)
	if err != nil {
		return err
	}
	if b.Case != nil {
		given = over(b.Case.Settings, given)
	}
	if b.values, b.result.Invented, err = b.complete(given, alone); err != nil {
		return err
	}
	adapter := b.Adapter
	if b.Contract != nil {
		adapter = b.Contract.Traced(func(r declared.Reading) {
			if b.watching {
				b.result.Readings = append(b.result.Readings, r)
			}
		}).Adapter()
	}
	if b.definition, err = adapter.Define(b.values); err != nil {
		return err
	}
	b.result.seal, b.result.words = newSeal(adapter, b.values, &b.definition), b.definition.Words
	b.result.row, b.result.values = b.definition, b.values
	watched := b.watch(b.definition)
	if b.offline() {
		watched = adaptertest.Offline(watched)
	}
	return b.connect(adapter, watched)
}

// over are settings with others in their place where those are given.
func over(first, then adapters.Values) adapters.Values {
	all := adapters.Values{}
	for _, values := range []adapters.Values{first, then} {
		for name, value := range values {
			all[name] = value
		}
	}
	return all
}

func (b *bench) connect(adapter adapters.Adapter, d adapters.Definition) error {
	base, notify := b.BaseURL, "https://gateway.example.com/notifications/try"
	next := b.Transport
	switch {
	case b.Dry:
		next, base = nowhere{}, cmp.Or(base, adaptertest.BaseURL)
	case base == "":
		base, next, notify = adaptertest.BaseURL, adaptertest.Recording{Wire: b.withoutTokens()}.Transport(), adaptertest.NotifyURL
		if b.Case != nil {
			next = b.Case.Transport()
		}
	case next == nil:
		transport, err := adapters.NewHTTPTransport(adapters.TransportOptions{Connect: 10 * time.Second, Requests: 4, TLS: d.TLS})
		if err != nil {
			return err
		}
		next = transport
	}
	b.wire = &wiretap{next: next}
	patience := cmp.Or(b.Timeout, 25*time.Second)
	b.client = adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "try", Mode: canonical.Test}, Adapter: adapter, Define: d, BaseURL: base, NotifyURL: notify,
		Timeouts: adapters.Timeouts{Write: patience, Read: patience}, Transport: b.wire, Gate: openGate{}, Now: b.at,
	})
	return nil
}

// withoutTokens are the copied replies without those to requests for a token: these are answered anyhow.
func (b *bench) withoutTokens() []adaptertest.Crossing {
	return slices.DeleteFunc(slices.Clone(b.Replies), func(c adaptertest.Crossing) bool {
		return b.definition.Token != nil && c.Path != "" && strings.HasSuffix(pathOf(c.Path), pathOf(b.definition.Token.Path))
	})
}

// operate prepares one operation, and sends it where that is allowed.
func (b *bench) operate(ctx context.Context) error {
	cmd, err := b.command()
	if err != nil {
		return err
	}
	r := b.result
	r.Order, r.Command = cmd.Order, &cmd
	r.Rows = b.rows(cmd)
	request, err := b.client.Prepare(cmd)
	if err != nil {
		r.Err = err
		return nil
	}
	r.choose(request.Exchange)
	row := r.exchange(request.Exchange)
	if row.Class == adapters.MoneyCall && !row.Local && !b.offline() && !loopback(b.BaseURL) && !b.Yes {
		return fmt.Errorf("%s may move money at %s: look at it with --dry, and say --yes if that is wanted", row.Name, b.BaseURL)
	}
	request.Repeat = b.Case != nil && b.Case.Repeat
	b.watching = true
	outcome, err := b.client.Send(ctx, cmd, request)
	b.watching = false
	r.Calls, r.Err, r.Local = b.wire.calls, err, request.Local
	if r.After = cmd.Order; b.Dry {
		return nil
	}
	r.Outcome = &outcome
	b.why(request.Exchange, cmd)
	if err == nil {
		r.After, r.Wrong = after(cmd.Order, cmd, outcome, b.at())
		r.Changed = true
	}
	return nil
}

// why finds out how the last call was judged.
func (b *bench) why(exchange string, cmd canonical.Command) {
	last := b.wire.last()
	if last == nil {
		return
	}
	fresh := b.definition.Token != nil && b.wire.count() > 1
	kept := b.result.Unread
	b.result.Why = b.client.Why(exchange, cmd, last.Reach, last.Reply, fresh)
	b.result.Unread = kept
}

// read asks one thing that moves nothing.
func (b *bench) read(ctx context.Context) error {
	query, err := b.query()
	if err != nil {
		return err
	}
	r := b.result
	r.Order, r.Query = query.Order, &query
	if r.exchange(query.Read).Name == "" {
		r.Err = canonical.Errorf(canonical.OperationUnsupported, "this lender has no "+query.Read)
		return nil
	}
	r.choose(query.Read)
	b.watching = true
	report, err := b.client.Read(ctx, query)
	b.watching = false
	r.Calls, r.Err = b.wire.calls, err
	if r.After = query.Order; b.Dry {
		return nil
	}
	r.Report = &report
	b.why(query.Read, canonical.Command{Order: query.Order})
	if err == nil && report.Sighting != nil {
		r.After, r.Wrong = read(query.Order, report.Sighting, b.at())
		r.Changed = true
	}
	return nil
}

// notice proves and reads what a lender sent.
func (b *bench) notice() error {
	message := b.Arrived
	if b.Case != nil {
		message = b.Case.Message
	}
	if message == nil {
		return errors.New("no notification is given: use --from with the request as it arrived, or --case")
	}
	if message.At.IsZero() {
		message.At = b.Now()
	}
	b.result.Message = message
	b.watching = true
	notice, err := b.client.Notice(*message)
	b.watching = false
	b.result.Notice, b.result.Err = &notice, err
	return nil
}

// openGate lets everything pass.
type openGate struct{}

func (openGate) Enter(context.Context, adapters.Errand) (func(adapters.Shown), error) {
	return func(adapters.Shown) {}, nil
}
func (openGate) Alone(_ context.Context, f func() error) error { return f() }
func (openGate) Stamp(_ []byte, now time.Time) time.Time       { return now }

// nowhere sends nothing, and says so.
type nowhere struct{}

func (nowhere) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	if w.Class == adapters.TokenCall {
		return adapters.Reply{Status: http.StatusOK, Body: []byte("{}")}, adapters.Replied, nil
	}
	return adapters.Reply{}, adapters.NotSent, errors.New("nothing is sent")
}
