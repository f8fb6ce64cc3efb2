package adapters_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

var errCut = errors.New("connection reset")

// wires is a transport that answers by a function and counts what it sent.
type wires struct {
	mu     sync.Mutex
	sent   []adapters.Wire
	answer func(n int, w adapters.Wire) (adapters.Reply, adapters.Reach)
}

func (s *wires) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	s.mu.Lock()
	s.sent = append(s.sent, w)
	n := len(s.sent)
	s.mu.Unlock()
	reply, reach := s.answer(n, w)
	if reach != adapters.Replied {
		return adapters.Reply{}, reach, errCut
	}
	return reply, reach, nil
}

func (s *wires) count(class adapters.Class) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	for _, w := range s.sent {
		if w.Class == class {
			count++
		}
	}
	return count
}

// always answers every request alike.
func always(status int, body string) *wires {
	return &wires{answer: func(int, adapters.Wire) (adapters.Reply, adapters.Reach) { return said(status, body), adapters.Replied }}
}

// lost answers nothing.
func lost(reach adapters.Reach) *wires {
	return &wires{answer: func(int, adapters.Wire) (adapters.Reply, adapters.Reach) { return adapters.Reply{}, reach }}
}

func said(status int, body string) adapters.Reply {
	return adapters.Reply{Status: status, Header: http.Header{}, Body: []byte(body)}
}

// wideGate is a gate wide enough never to be in the way.
func wideGate() *adapters.LocalGate { return adapters.NewLocalGate("test", limits(nil)) }

func limits(change func(*adapters.Limits)) adapters.Limits {
	l := adapters.Limits{InFlight: 64, Rate: 1e6, Breaker: adapters.Breaker{InARow: 1000, RatioPercent: 100, MinimumCalls: 1000, Window: time.Minute, OpenFor: 10 * time.Second}}
	if change != nil {
		change(&l)
	}
	return l
}

// shopReply is what the lender of these tests answers.
type shopReply struct {
	Status string
	Amount json.RawMessage
	Same   bool
}

// shop is a definition with one row of each class.
func shop() adapters.Definition {
	decode := func(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
		var said shopReply
		if err := json.Unmarshal(reply.Body, &said); err != nil {
			return canonical.Outcome{}, err
		}
		if said.Status == "" {
			return canonical.Outcome{}, adapters.ErrSilent
		}
		outcome := canonical.Outcome{Sighting: &canonical.Sighting{Word: said.Status}, Existed: said.Same}
		if said.Amount != nil {
			amount, err := adapters.MajorNumber.Parse(said.Amount, 2)
			if err != nil {
				return outcome, err
			}
			moved := cmd.Amount.With(amount)
			outcome.Moved = &moved
		}
		return outcome, nil
	}
	return adapters.Definition{
		Currencies: []string{"EUR"}, Amounts: adapters.MajorNumber,
		Words: []canonical.Word{
			{Word: "PAID", Phase: canonical.Open}, {Word: "WAIT", Phase: canonical.Pending, WaitingFor: canonical.ForLender}, {Word: "NEW", Phase: canonical.Created},
		},
		Refusal: func(r adapters.Reply) (string, string) {
			var said struct{ Code, Message string }
			_ = json.Unmarshal(r.Body, &said)
			return said.Code, said.Message
		},
		Exchanges: []adapters.Exchange{
			{Name: "pay", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Partial: true, Method: "POST", Path: "/pay/{id}", Decode: decode,
				Encode: func(cmd canonical.Command) (any, error) {
					return map[string]string{"amount": cmd.Amount.Value.String()}, nil
				},
				Key: adapters.KeyPlace{Header: "idempotency-key", TTL: time.Hour}, Lost: []canonical.Recovery{canonical.RepeatSameKey}, Horizon: time.Minute,
				Before: []int{429}, Yes: []string{"PAID"}, Failures: []adapters.Failure{
					{Code: "no_money", Means: adapters.MeansDeclined, Reason: "insufficient_funds"}, {Code: "bad", Means: adapters.MeansRefused, Reason: "limit"},
					{Code: "closed", Means: adapters.MeansState}, {Code: "later", Means: adapters.MeansBusy}, {Code: "keys", Means: adapters.MeansMisconfigured},
					{Code: "already", Means: adapters.MeansAlreadyDone}, {Code: "maybe", Means: adapters.MeansInDoubt},
				}},
			{Name: "give", Kind: canonical.OpRefund, Class: adapters.MoneyCall, Method: "POST", Path: "/give/{id}", Decode: decode, Bare: true, Lost: []canonical.Recovery{canonical.AskAPerson}},
			{Name: "cart", Kind: canonical.OpCreate, Class: adapters.Harmless, Method: "POST", Path: "/carts", Decode: decode, Lost: []canonical.Recovery{canonical.SendAgain},
				Failures: []adapters.Failure{{Code: "maybe", Means: adapters.MeansInDoubt}}},
			{Name: "sync", Class: adapters.ReadCall, Method: "GET", Path: "/orders/{id}", Read: func(_ canonical.Query, reply adapters.Reply) (canonical.Report, error) {
				if reply.Status == http.StatusNotFound {
					return canonical.Report{Finding: canonical.Absent}, nil
				}
				outcome, err := decode(canonical.Command{}, reply)
				return canonical.Report{Finding: canonical.Found, Sighting: outcome.Sighting}, err
			}},
		},
	}
}

func newClient(d adapters.Definition, transport adapters.Transport, gate adapters.Gate) *adapters.Client {
	return adapters.NewClient(adapters.ClientOptions{
		Provider: canonical.Provider{ID: "shop", Mode: canonical.Test}, Adapter: adapters.Adapter{Name: "shop"}, Define: d,
		BaseURL: "https://lender.test/", NotifyURL: "https://gateway.test/n", Timeouts: adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second},
		Transport: transport, Gate: gate, Now: func() time.Time { return noon },
	})
}

func openOrder() canonical.Order {
	o := canonical.Order{ID: "ord_1", Phase: canonical.Open, Amount: canonical.MustMoney("50.00", "EUR"), ProviderOrder: canonical.ProviderOrder{ID: "L-1", Reference: "R-1"}}
	o.Totals.Authorized = o.Amount.Value
	o.Refresh()
	return o
}

func command(kind canonical.OperationKind) canonical.Command {
	return canonical.Command{Kind: kind, Order: openOrder(), Attempt: "att_1", Amount: canonical.MustMoney("20.00", "EUR"), Reference: "att_1", Key: "key-1"}
}

// send prepares and sends a command.
func send(t *testing.T, c *adapters.Client, kind canonical.OperationKind, repeat bool) (canonical.Outcome, error) {
	t.Helper()
	cmd := command(kind)
	request, err := c.Prepare(cmd)
	if err != nil {
		t.Fatal(err)
	}
	request.Repeat = repeat
	return c.Send(t.Context(), cmd, request)
}
