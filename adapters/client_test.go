package adapters_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// ends is how a call ends, as far as these tests look.
type ends struct {
	State    canonical.OperationState
	Kind     canonical.Kind
	ReadBack bool
	Alarm    bool
}

func endOf(outcome canonical.Outcome, err error) ends {
	if err != nil {
		return ends{Kind: canonical.KindOf(err)}
	}
	return ends{State: outcome.State, ReadBack: outcome.ReadBack, Alarm: outcome.Alarm != ""}
}

func TestWhatAReplyMeansForMoney(t *testing.T) {
	doubt := ends{State: canonical.Doubtful}
	for _, row := range []struct {
		name   string
		wires  *wires
		first  ends // sent for the first time
		repeat ends // sent once more with the same key
	}{
		{"a yes", always(201, `{"Status":"PAID","Amount":20.00}`), ends{State: canonical.Succeeded}, ends{State: canonical.Succeeded}},
		{"a yes to something it had before", always(200, `{"Status":"PAID","Same":true}`), ends{State: canonical.Doubtful, Alarm: true}, ends{State: canonical.Succeeded}},
		{"later", always(202, `{"Status":"WAIT"}`), ends{State: canonical.Waiting}, ends{State: canonical.Waiting}},
		{"a known word that confirms nothing", always(200, `{"Status":"NEW"}`), ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}, ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}},
		{"an unheard word", always(200, `{"Status":"HUH"}`), doubt, doubt},
		{"another amount", always(200, `{"Status":"PAID","Amount":20.01}`), ends{State: canonical.Doubtful, Alarm: true}, ends{State: canonical.Doubtful, Alarm: true}},
		{"an amount with a digit too many", always(200, `{"Status":"PAID","Amount":20.001}`), ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}, ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}},
		{"no body", always(200, ""), ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}, ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}},
		{"a redirect", always(302, ""), ends{State: canonical.Doubtful, Alarm: true}, ends{State: canonical.Doubtful, Alarm: true}},
		{"never sent", lost(adapters.NotSent), ends{Kind: canonical.ProviderUnavailable}, doubt},
		{"reply lost", lost(adapters.Sent), doubt, doubt},
		{"declined", always(402, `{"Code":"no_money"}`), ends{State: canonical.Declined}, doubt},
		{"refused", always(400, `{"Code":"bad"}`), ends{Kind: canonical.Refused}, doubt},
		{"the wrong state", always(409, `{"Code":"closed"}`), ends{Kind: canonical.OperationNotAllowed}, doubt},
		{"busy", always(503, `{"Code":"later"}`), ends{Kind: canonical.ProviderBusy}, doubt},
		{"keys", always(401, `{"Code":"keys"}`), ends{Kind: canonical.ProviderMisconfigured}, doubt},
		{"already done", always(409, `{"Code":"already"}`), ends{State: canonical.Doubtful, ReadBack: true}, ends{State: canonical.Doubtful, ReadBack: true}},
		{"perhaps", always(400, `{"Code":"maybe"}`), doubt, doubt},
		{"400 not listed", always(400, `{}`), ends{Kind: canonical.Refused}, doubt},
		{"409 not listed", always(409, `{}`), doubt, doubt},
		{"429, which comes before acting", always(429, `{}`), ends{Kind: canonical.ProviderBusy}, doubt},
		{"500", always(500, `<html>`), doubt, doubt},
	} {
		t.Run(row.name, func(t *testing.T) {
			client := newClient(shop(), row.wires, wideGate())
			if diff := cmp.Diff(row.first, endOf(send(t, client, canonical.OpCapture, false))); diff != "" {
				t.Errorf("first send (- want, + got)\n%s", diff)
			}
			if diff := cmp.Diff(row.repeat, endOf(send(t, client, canonical.OpCapture, true))); diff != "" {
				t.Errorf("repeat (- want, + got)\n%s", diff)
			}
		})
	}
}

func TestARepeatIsRefusedOnlyWhereTheKeyReplaysRefusals(t *testing.T) {
	d := shop()
	d.Exchanges[0].Key.ReplaysRefusals = true
	for _, row := range []struct {
		name, body string
		status     int
		want       ends
	}{
		{"refused", `{"Code":"bad"}`, 400, ends{Kind: canonical.Refused}},
		{"declined", `{"Code":"no_money"}`, 402, ends{State: canonical.Declined}},
		{"the wrong state, which may be of our own making", `{"Code":"closed"}`, 409, ends{State: canonical.Doubtful}},
		{"busy", `{"Code":"later"}`, 503, ends{State: canonical.Doubtful}},
		{"keys", `{"Code":"keys"}`, 401, ends{State: canonical.Doubtful}},
	} {
		t.Run(row.name, func(t *testing.T) {
			client := newClient(d, always(row.status, row.body), wideGate())
			if diff := cmp.Diff(row.want, endOf(send(t, client, canonical.OpCapture, true))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABareYes(t *testing.T) {
	for _, row := range []struct {
		name, body string
		want       ends
	}{
		{"nothing at all", "", ends{State: canonical.Succeeded}},
		{"JSON that says nothing", `{"ok":1}`, ends{State: canonical.Succeeded}},
		{"an error, under a status that is none", `{"Code":"limit"}`, ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}},
		{"JSON that cannot be read", `{"Status":7}`, ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}},
		{"two words at once", `{"Status":"","Status":""}`, ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}},
		{"a page of somebody else's", "<html>", ends{State: canonical.Doubtful, ReadBack: true, Alarm: true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			client := newClient(shop(), always(200, row.body), wideGate())
			cmd := command(canonical.OpRefund)
			cmd.Order.Totals.Captured = cmd.Amount.Value
			cmd.Order.Refresh()
			request, err := client.Prepare(cmd)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, endOf(client.Send(t.Context(), cmd, request))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatAReplyMeansForHarmlessCalls(t *testing.T) {
	for _, row := range []struct {
		name  string
		wires *wires
		want  ends
	}{
		{"a yes", always(201, `{"Status":"NEW"}`), ends{State: canonical.Succeeded}},
		{"an unheard word changes nothing", always(201, `{"Status":"HUH"}`), ends{State: canonical.Succeeded}},
		{"never sent", lost(adapters.NotSent), ends{Kind: canonical.ProviderUnavailable}},
		{"reply lost", lost(adapters.Sent), ends{Kind: canonical.ProviderUnavailable}},
		{"garbage", always(201, `<html>`), ends{Kind: canonical.ProviderGarbled}},
		{"perhaps", always(400, `{"Code":"maybe"}`), ends{Kind: canonical.ProviderUnavailable}},
		{"429", always(429, `{}`), ends{Kind: canonical.ProviderUnavailable}},
		{"409", always(409, `{}`), ends{Kind: canonical.ProviderGarbled}},
		{"422", always(422, `{}`), ends{Kind: canonical.Refused}},
		{"a redirect", always(301, ``), ends{Kind: canonical.ProviderGarbled}},
	} {
		t.Run(row.name, func(t *testing.T) {
			client := newClient(shop(), row.wires, wideGate())
			for _, repeat := range []bool{false, true} {
				if diff := cmp.Diff(row.want, endOf(send(t, client, canonical.OpCreate, repeat))); diff != "" {
					t.Errorf("repeat %t: %s", repeat, diff)
				}
			}
		})
	}
}

func TestWhatAReplyMeansForReads(t *testing.T) {
	for _, row := range []struct {
		name  string
		wires *wires
		want  canonical.Finding
		kind  canonical.Kind
	}{
		{"an order", always(200, `{"Status":"PAID"}`), canonical.Found, ""},
		{"no order", always(404, `{}`), canonical.Absent, ""},
		{"garbage", always(200, `<html>`), "", canonical.ProviderGarbled},
		{"a redirect", always(302, ``), "", canonical.ProviderGarbled},
		{"500", always(500, ``), "", canonical.ProviderUnavailable},
		{"429", always(429, ``), "", canonical.ProviderUnavailable},
		{"never sent", lost(adapters.NotSent), "", canonical.ProviderUnavailable},
		{"reply lost", lost(adapters.Sent), "", canonical.ProviderUnavailable},
	} {
		t.Run(row.name, func(t *testing.T) {
			report, err := newClient(shop(), row.wires, wideGate()).Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()})
			if report.Finding != row.want || (err != nil) != (row.kind != "") || (err != nil && canonical.KindOf(err) != row.kind) {
				t.Errorf("%q %v, want %q %s", report.Finding, err, row.want, row.kind)
			}
		})
	}
}

func TestARequestIsBuiltFromTheOrderAndProvedWhenItLeaves(t *testing.T) {
	d, w := shop(), always(201, `{"Status":"PAID"}`)
	d.Headers = []adapters.Header{{Name: "x-api-key", Value: "secret"}}
	client := newClient(d, w, wideGate())
	cmd := command(canonical.OpCapture)
	cmd.Order.ProviderOrder.ID = "L/1?"
	request, err := client.Prepare(cmd)
	if err != nil {
		t.Fatal(err)
	}
	want := canonical.Request{Exchange: "pay", Method: "POST", Path: "/pay/L%2F1%3F", Header: map[string]string{"idempotency-key": "key-1"}, Body: []byte(`{"amount":"20.00"}`), Timeout: 25e9}
	if diff := cmp.Diff(want, request); diff != "" {
		t.Errorf("prepared (- want, + got)\n%s", diff)
	}
	if _, err := client.Send(t.Context(), cmd, request); err != nil {
		t.Fatal(err)
	}
	sent := w.sent[0]
	//lint:ignore SA1008 headers go out as the definition spells them
	if sent.URL != "https://lender.test/pay/L%2F1%3F" || sent.Header["x-api-key"][0] != "secret" || sent.Header["idempotency-key"][0] != "key-1" {
		t.Errorf("sent to %s with %v", sent.URL, sent.Header)
	}
}

func TestAnOutcomeCountsWhatMayHaveLeft(t *testing.T) {
	for _, row := range []struct {
		name  string
		wires *wires
		sends int
	}{
		{"never sent", lost(adapters.NotSent), 0}, {"reply lost", lost(adapters.Sent), 1}, {"answered", always(200, `{"Status":"PAID"}`), 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			outcome, _ := send(t, newClient(shop(), row.wires, wideGate()), canonical.OpCapture, false)
			if outcome.Sends != row.sends {
				t.Errorf("%d, want %d", outcome.Sends, row.sends)
			}
		})
	}
}
