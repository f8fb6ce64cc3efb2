package adaptertest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

// toy is a lender that keeps every rule; wrong makes it break one.
func toy(wrong func(*adapters.Definition)) adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: adapters.Adapter{
			Name: "toy", Title: "Toy", Docs: "https://toy.test", Settings: []adapters.Setting{
				{Name: "key", Kind: adapters.TextSetting, Help: "Who we are.", Secret: true, Required: true},
			},
			Define: func(settings adapters.Values) (adapters.Definition, error) {
				d := toyDefinition(settings)
				if wrong != nil {
					wrong(&d)
				}
				return d, nil
			},
		},
		Settings: adapters.Values{"key": "secret-5521"}, Cases: "testdata/cases", Private: []string{"Borrower"},
		Yes: []adaptertest.Yes{{Row: "pay", Says: []adaptertest.Said{
			{At: "/id", Is: adaptertest.AText}, {At: "/status", Is: adaptertest.Word("PAID")}, {At: "/reference", Is: adaptertest.TheReference},
			{At: "/amount", Is: adaptertest.TheAmount}, {At: "/currency", Is: adaptertest.TheCurrency},
		}}},
		Mark:  "reference",
		Prove: func(adapters.Values, *canonical.Message) bool { return true },
		Refusal: func(status int, code string) adapters.Reply {
			return adapters.Reply{Status: status, Body: fmt.Appendf(nil, `{"code":%q}`, code)}
		},
	}
}

type toyReply struct {
	ID, Status, Currency, Reference string
	Amount                          json.RawMessage
	Borrower                        string
	Movements                       []toyReply
}

func toyDefinition(settings adapters.Values) adapters.Definition {
	failures := []adapters.Failure{{Status: 409, Code: "closed", Means: adapters.MeansState}, {Code: "done*", Means: adapters.MeansAlreadyDone}}
	return adapters.Definition{
		Currencies: []string{"EUR"}, Amounts: adapters.MajorString, Reference: canonical.ReferenceForm{Max: 40},
		Headers: []adapters.Header{{Name: "x-key", Value: settings.Text("key")}},
		Words: []canonical.Word{
			{Word: "NEW", Phase: canonical.Created, WaitingFor: canonical.ForCustomer}, {Word: "HELD", Phase: canonical.Open},
			{Word: "PAID", Phase: canonical.Open}, {Word: "GONE", Phase: canonical.Ended, EndedBy: canonical.ByTime},
		},
		Refusal: func(r adapters.Reply) (string, string) {
			var said struct{ Code string }
			_ = json.Unmarshal(r.Body, &said)
			return said.Code, "no"
		},
		Details: []canonical.Option{{Name: "status", Type: canonical.TextOption, Help: "The word."}},
		Notifications: &adapters.Notifications{
			Verify: func(m canonical.Message) bool { return adapters.Sole(m.Header, "X-Token") == "t" },
			Read: func(m canonical.Message) (canonical.Notice, error) {
				said, err := toyRead(m.Body)
				if err != nil {
					return canonical.Notice{}, canonical.Errorf(canonical.InvalidRequest, "it names no order")
				}
				return canonical.Notice{ID: said.ID, ProviderID: said.ID}, nil
			},
		},
		Exchanges: []adapters.Exchange{
			{Name: "pay", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Partial: true, Method: "POST", Path: "/orders/{id}/payments", Encode: toyEncode, Decode: toyPaid,
				Lost: []canonical.Recovery{canonical.RepeatSameKey, canonical.FindByReference}, Key: adapters.KeyPlace{Header: "x-once"}, Horizon: time.Minute,
				Before: []int{429}, Failures: failures, Yes: []string{"PAID"}},
			{Name: "sync", Class: adapters.ReadCall, Method: "GET", Path: "/orders/{id}", Read: toySync},
			{Name: "find", Class: adapters.ReadCall, Method: "GET", Path: "/orders/{id}", Read: toyFind},
		},
	}
}

func toyEncode(cmd canonical.Command) (any, error) {
	return map[string]string{"amount": cmd.Amount.Value.String(), "reference": cmd.Reference}, nil
}

func toyRead(body []byte) (said toyReply, err error) {
	if err = json.Unmarshal(body, &said); err == nil && said.ID == "" {
		err = errors.New("no id")
	}
	return said, err
}

func toyPaid(cmd canonical.Command, reply adapters.Reply) (o canonical.Outcome, err error) {
	said, err := toyRead(reply.Body)
	if err == nil && (said.Status == "" || said.Reference != cmd.Reference) {
		err = errors.New("not ours")
	}
	amount, broken := adapters.MajorString.Parse(said.Amount, 2)
	moved := canonical.Money{Value: amount, Currency: said.Currency}
	o.Moved, o.Reference, o.Sighting = &moved, said.ID, &canonical.Sighting{Word: said.Status}
	return o, errors.Join(err, broken)
}

func toySync(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	said, err := toyRead(reply.Body)
	if err == nil && (said.Status == "" || said.ID != q.Order.ProviderOrder.ID) {
		err = errors.New("not ours")
	}
	seen := canonical.Sighting{ID: said.ID, Word: said.Status, Details: canonical.Values{}.With("status", said.Status)}
	return canonical.Report{Finding: canonical.Found, Sighting: &seen}, err
}

func toyFind(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
	report, err := toySync(q, reply)
	said, _ := toyRead(reply.Body)
	for _, m := range said.Movements {
		if m.Reference == q.Attempt.Reference {
			report.Seen = &canonical.Seen{Kind: canonical.OpCapture, Amount: *q.Attempt.Amount, Reference: m.Reference}
			return report, err
		}
	}
	report.Finding = canonical.Mute
	return report, err
}
