package adapters_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// counter is a lender with every kind of row to choose from.
func counter() adapters.Definition {
	captured := func(cmd canonical.Command) bool { return !cmd.Order.Totals.Captured.IsZero() }
	decode := func(canonical.Command, adapters.Reply) (canonical.Outcome, error) { return canonical.Outcome{}, nil }
	return adapters.Definition{Amounts: adapters.MajorString, Exchanges: []adapters.Exchange{
		{Name: "signed", Kind: canonical.OpAuthorize, By: canonical.ForCustomer},
		{Name: "rest", Kind: canonical.OpCapture, Class: adapters.MoneyCall, When: captured, Method: "POST", Path: "/rest/{id}", Decode: decode},
		{Name: "part", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Partial: true, Method: "POST", Path: "/part/{id}", Decode: decode, Needs: []adapters.Need{
			{Pointer: "/lines", Help: "rows", Missing: func(cmd canonical.Command) bool { return cmd.Lines == nil }},
			{Pointer: "/message", Help: "a word", Missing: func(cmd canonical.Command) bool { return cmd.Message == "" }},
		}},
		{Name: "all", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Method: "POST", Path: "/all/{id}", Decode: decode},
		{Name: "void", Kind: canonical.OpCancel, Class: adapters.MoneyCall, When: func(cmd canonical.Command) bool { return !captured(cmd) }, Method: "DELETE", Path: "/orders/{id}", Decode: decode},
		{Name: "note", Kind: canonical.OpUpdate, Local: true},
	}}
}

func partlyCaptured() canonical.Order {
	o := openOrder()
	o.Totals.Captured = canonical.MustMoney("30.00", "EUR").Value
	o.Refresh()
	return o
}

func TestWhatAProviderIsAbleToDoWithAnOrder(t *testing.T) {
	client := newClient(counter(), always(200, ""), wideGate())
	needs := []string{"/lines", "/message"}
	for _, row := range []struct {
		name  string
		order canonical.Order
		want  []canonical.Ability
	}{
		{"an open order", openOrder(), []canonical.Ability{
			{Kind: canonical.OpAuthorize, By: canonical.ForCustomer}, {Kind: canonical.OpUpdate}, {Kind: canonical.OpCapture, Partial: true, Needs: needs}, {Kind: canonical.OpCancel},
		}},
		{"a part of it captured: no cancel, and the rest needs nothing", partlyCaptured(), []canonical.Ability{
			{Kind: canonical.OpAuthorize, By: canonical.ForCustomer}, {Kind: canonical.OpUpdate}, {Kind: canonical.OpCapture, Partial: true},
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, client.Able(row.order)); diff != "" {
				t.Errorf("(- want, + got)\n%s", diff)
			}
		})
	}
}

func TestWhichRowIsChosen(t *testing.T) {
	client := newClient(counter(), always(200, ""), wideGate())
	given := func(cmd canonical.Command) canonical.Command {
		cmd.Lines, cmd.Message = []canonical.Line{{Name: "a"}}, "hello"
		return cmd
	}
	of := func(o canonical.Order, kind canonical.OperationKind, amount string) canonical.Command {
		return canonical.Command{Kind: kind, Order: o, Amount: canonical.MustMoney(amount, "EUR"), Key: "k"}
	}
	unknown := openOrder()
	unknown.ProviderOrder.ID = ""
	waiting := openOrder()
	waiting.Phase, waiting.Totals = canonical.Pending, canonical.Totals{}
	for _, row := range []struct {
		name string
		cmd  canonical.Command
		want string // the row, or
		kind canonical.Kind
		next canonical.NextAction
	}{
		{"a part", given(of(openOrder(), canonical.OpCapture, "20.00")), "part", "", ""},
		{"the first row that fits", of(partlyCaptured(), canonical.OpCapture, "20.00"), "rest", "", ""},
		{"the first fits but takes the whole only: the next", given(of(partlyCaptured(), canonical.OpCapture, "19.00")), "part", "", ""},
		{"the whole", of(openOrder(), canonical.OpCancel, "50.00"), "void", "", ""},
		{"local", of(openOrder(), canonical.OpUpdate, "50.00"), "note", "", ""},
		{"a part where only the whole goes", of(openOrder(), canonical.OpCancel, "49.99"), "", canonical.OperationUnsupported, ""},
		{"no row fits now", of(partlyCaptured(), canonical.OpCancel, "20.00"), "", canonical.OperationNotAllowed, ""},
		{"no row at all", of(partlyCaptured(), canonical.OpRefund, "20.00"), "", canonical.OperationUnsupported, ""},
		{"the customer does it, and has not", of(waiting, canonical.OpAuthorize, "50.00"), "", canonical.OperationNotAllowed, canonical.NextWait},
		{"the customer does it, and has", of(openOrder(), canonical.OpAuthorize, "50.00"), "", canonical.OperationNotAllowed, canonical.NextNone},
		{"something is missing", of(openOrder(), canonical.OpCapture, "20.00"), "", canonical.InvalidRequest, ""},
		{"the lender's id is not known", given(of(unknown, canonical.OpCapture, "20.00")), "", canonical.OperationNotAllowed, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			request, err := client.Prepare(row.cmd)
			if row.kind == "" {
				if err != nil || request.Exchange != row.want || request.Local != (row.want == "note") {
					t.Errorf("%q %v, want %q", request.Exchange, err, row.want)
				}
				return
			}
			if err == nil || canonical.KindOf(err) != row.kind {
				t.Fatalf("%q %v, want %s", request.Exchange, err, row.kind)
			}
			if e, is := err.(*canonical.Error); row.next != "" && (!is || e.Next == nil || e.Next.Action != row.next) {
				t.Errorf("%+v, want next %s", err, row.next)
			}
		})
	}
}

func TestEverythingMissingIsNamed(t *testing.T) {
	_, err := newClient(counter(), always(200, ""), wideGate()).Prepare(command(canonical.OpCapture))
	e, is := err.(*canonical.Error)
	want := []canonical.Field{{Pointer: "/lines", Detail: "rows"}, {Pointer: "/message", Detail: "a word"}}
	if !is || cmp.Diff(want, e.Fields) != "" {
		t.Errorf("%v", err)
	}
}

func TestADescriptionSaysWhatTheRowsCanDo(t *testing.T) {
	d := counter()
	d.Currencies, d.Exchanges[4].Lost, d.Exchanges[4].Fresh = []string{"EUR"}, []canonical.Recovery{canonical.ReadAndCompare}, true
	got := newClient(d, always(200, ""), wideGate()).Describe()
	want := []canonical.Capability{
		{Operation: "authorize", By: canonical.ForCustomer}, {Operation: "capture"}, {Operation: "capture", Partial: true}, {Operation: "capture"},
		{Operation: "cancel", Lost: []canonical.Recovery{canonical.ReadAndCompare}, Fresh: true}, {Operation: "update", Local: true},
	}
	if diff := cmp.Diff(want, got.Capabilities); diff != "" || got.Style != "shop" || strings.Join(got.Accepts.Currencies, "") != "EUR" {
		t.Errorf("%s %+v", diff, got)
	}
}
