package iwocapay_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/iwocapay"
	"github.com/lendgate/lendgate/canonical"
)

const id = "5b8e2f1c-7a4d-4e39-b6c0-2d9f8a1e3c47"

var inCreation = canonical.Order{ID: "ord_1", Phase: canonical.Created, Amount: pounds("1480.50"), ReturnURL: "https://shop.example/back?order=ord_1"}

func asCreated() canonical.Order {
	o := inCreation
	o.ProviderOrder = canonical.ProviderOrder{ID: id, Reference: "INV-2207-1"}
	o.Refresh()
	return o
}

func ask(kind canonical.OperationKind, order canonical.Order) canonical.Command {
	return canonical.Command{Kind: kind, Attempt: "att_1", Order: order, Amount: order.Amount, Reference: "INV-2207-1"}
}

func TestEveryCommandIsWrittenAsTheLenderReadsIt(t *testing.T) {
	payLater := ask(canonical.OpCreate, inCreation)
	payLater.Options = canonical.Values{"allowed_payment_terms": json.RawMessage(`["PAY_LATER"]`)}
	tests := []struct {
		name     string
		settings []string
		cmd      canonical.Command
		want     string
	}{
		{"a create", nil, ask(canonical.OpCreate, inCreation),
			`POST /api/lending/edge/ecommerce/seller/` + supplier + `/order/ {"data":{"amount":1480.50,"reference":"INV-2207-1",` +
				`"webhook_url":"https://gateway.example/notifications/iwoca-uk","redirect_url":"https://shop.example/back?order=ord_1"}}`},
		{"a create with terms, and no addresses", []string{"send_webhook_url", "false", "send_redirect_url", "false"}, payLater,
			`POST /api/lending/edge/ecommerce/seller/` + supplier + `/order/ {"data":{"amount":1480.50,"reference":"INV-2207-1","allowed_payment_terms":["PAY_LATER"]}}`},
		{"a create beside newer paths", []string{"api_style", "iwocapay", "send_webhook_url", "false", "send_redirect_url", "false"}, ask(canonical.OpCreate, inCreation),
			`POST /api/lending/edge/ecommerce/seller/` + supplier + `/order/ {"data":{"amount":1480.50,"reference":"INV-2207-1"}}`},
		{"a cancel", nil, ask(canonical.OpCancel, asCreated()), `DELETE /api/lending/edge/ecommerce/order/` + id + `/ `},
		{"a cancel on newer paths", []string{"api_style", "iwocapay"}, ask(canonical.OpCancel, asCreated()), `DELETE /api/iwocapay/ecommerce/seller/` + supplier + `/order/` + id + `/ `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, script := scripted(t, says(204, ""), tt.settings...)
			request, err := client.Prepare(tt.cmd)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, request.Method+" "+request.Path+" "+string(request.Body)); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			_, _ = client.Send(t.Context(), tt.cmd, request)
			if got := script.wires[0].Header.Get("Authorization"); got != "Bearer sandbox-seller-token" {
				t.Errorf("sent with %q", got)
			}
		})
	}
}

func TestWhatHappensElsewhereIsNotAsked(t *testing.T) {
	paid := asCreated()
	if err := paid.Book(canonical.Movement{Move: canonical.Authorize, Amount: paid.Amount.Value}, canonical.Entry{}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		settings []string
		cmd      canonical.Command
		kind     canonical.Kind
		next     canonical.NextAction
	}{
		{"an authorization is the customer's", nil, ask(canonical.OpAuthorize, asCreated()), canonical.OperationNotAllowed, canonical.NextWait},
		{"a capture is the lender's", nil, ask(canonical.OpCapture, asCreated()), canonical.OperationNotAllowed, canonical.NextWait},
		{"a capture of what is paid", nil, ask(canonical.OpCapture, paid), canonical.OperationNotAllowed, canonical.NextNone},
		{"a refund", nil, ask(canonical.OpRefund, paid), canonical.OperationUnsupported, ""},
		{"an update", nil, ask(canonical.OpUpdate, asCreated()), canonical.OperationUnsupported, ""},
		{"a cancel where there is none", []string{"cancel", "unsupported"}, ask(canonical.OpCancel, asCreated()), canonical.OperationUnsupported, ""},
		{"a cancel before the order is known there", nil, ask(canonical.OpCancel, inCreation), canonical.OperationNotAllowed, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, says(200, ""), tt.settings...)
			_, err := client.Prepare(tt.cmd)
			refused, is := err.(*canonical.Error)
			if !is || refused.Kind != tt.kind {
				t.Fatalf("got %v, want %s", err, tt.kind)
			}
			if tt.next != "" && (refused.Next == nil || refused.Next.Action != tt.next) {
				t.Errorf("next %v, want %s", refused.Next, tt.next)
			}
		})
	}
}

func order(status, more string) string {
	return `{"data":{"id":"` + id + `","amount":1480.5,"reference":"INV-2207-1","status":"` + status + `"` + more + `}}`
}

const checkout = `,"order_url":"https://www.iwoca.co.uk/pay/order/q8Zt/landing/"`

func TestEveryReplyMeansOneThing(t *testing.T) {
	create, cancel := ask(canonical.OpCreate, inCreation), ask(canonical.OpCancel, asCreated())
	tests := []struct {
		name   string
		cmd    canonical.Command
		repeat bool
		reply  adapters.Reply
		want   string
	}{
		{"a create", create, false, says(201, order("CREATED", checkout)), "succeeded"},
		{"a create that answers 200", create, false, says(200, order("CREATED", checkout)), "succeeded"},
		{"a create without an address for the buyer", create, false, says(201, order("CREATED", "")), "provider_garbled"},
		{"a create without an id", create, false, says(201, strings.Replace(order("CREATED", checkout), id, "", 1)), "provider_garbled"},
		{"a create under another reference", create, false, says(201, strings.Replace(order("CREATED", checkout), "INV-2207-1", "INV-1-1", 1)), "provider_garbled"},
		{"a create of another amount", create, false, says(201, strings.Replace(order("CREATED", checkout), "1480.5", "1480.51", 1)), "provider_garbled"},
		{"a create of a tenth of a penny", create, false, says(201, strings.Replace(order("CREATED", checkout), "1480.5", "1480.501", 1)), "provider_garbled"},
		{"a create of a quoted amount", create, false, says(201, strings.Replace(order("CREATED", checkout), "1480.5", `"1480.500"`, 1)), "succeeded"},
		{"a create that is redirected", create, false, says(301, ""), "provider_garbled"},
		{"a create that is refused", create, false, says(400, `{"errors":[{"detail":"amount is required"}]}`), "refused"},
		{"a create whose reference is taken", create, false, says(409, `{"errors":[{"detail":"reference exists"}]}`), "refused"},
		{"a cancel", cancel, false, says(204, ""), "succeeded"},
		{"a cancel with the order", cancel, false, says(200, order("UNSUCCESSFUL", "")), "succeeded by cancel"},
		{"a cancel with an order that is paid", cancel, false, says(200, order("SUCCESSFUL", "")), "in_doubt read back"},
		{"a cancel of what is final", cancel, false, says(400, `{"errors":[{"detail":"Can't CANCEL order of Terminal State"}]}`), "in_doubt read back terminal_state"},
		{"a cancel of what is not there", cancel, false, says(404, `{"errors":[{"detail":"no such order"}]}`), "in_doubt read back"},
		{"a cancel that is refused", cancel, false, says(400, `{"errors":[{"detail":"no"}]}`), "refused"},
		{"a cancel that fails", cancel, false, says(500, ``), "in_doubt"},
		{"a cancel that is redirected", cancel, false, says(301, ``), "in_doubt alarm"},
		{"a cancel again", cancel, true, says(204, ``), "succeeded"},
		{"a cancel again of what is final", cancel, true, says(400, `{"errors":[{"detail":"terminal state"}]}`), "in_doubt read back"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, tt.reply)
			request, err := client.Prepare(tt.cmd)
			if err != nil {
				t.Fatal(err)
			}
			request.Repeat = tt.repeat
			outcome, err := client.Send(t.Context(), tt.cmd, request)
			if got := meaning(outcome, err); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func meaning(outcome canonical.Outcome, err error) string {
	if err != nil {
		return string(canonical.KindOf(err))
	}
	words := []string{string(outcome.State)}
	if s := outcome.Sighting; s != nil && s.Phase == canonical.Ended {
		words = append(words, "by", string(s.EndedBy))
	}
	switch {
	case outcome.ReadBack:
		words = append(words, "read back")
	case outcome.Alarm != "":
		words = append(words, "alarm")
	}
	return strings.TrimSpace(strings.Join(words, " ") + " " + outcome.Code)
}

func TestAnOrderIsReadAsTheLenderShowsIt(t *testing.T) {
	amount := pounds("1480.50")
	client, script := scripted(t, says(200, order("SUCCESSFUL", `,"allowed_payment_terms":["PAY_LATER","PAY_NOW"],"pricing":{"representative_interest":0.0,"promotions":[]},`+
		`"pay_link_id":"c0d9a7b1-3e5f-4c86-8f21-90b4e6d7a5f3","seller_name":"Acme Tools Ltd","redirect_url":"https://shop.example/back?orderId=1"`)))
	report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: asCreated()})
	if err != nil {
		t.Fatal(err)
	}
	want := canonical.Report{Finding: canonical.Found, AsOf: noon, Sighting: &canonical.Sighting{
		ID: id, Reference: "INV-2207-1", Word: "SUCCESSFUL", Phase: canonical.Open, Amount: &amount, Net: &amount.Value, Captured: &amount.Value,
		Details: canonical.Values{
			"allowed_payment_terms": json.RawMessage(`["PAY_LATER","PAY_NOW"]`), "pricing": json.RawMessage(`{"representative_interest":0.0,"promotions":[]}`),
			"pay_link_id": json.RawMessage(`"c0d9a7b1-3e5f-4c86-8f21-90b4e6d7a5f3"`), "seller_name": json.RawMessage(`"Acme Tools Ltd"`),
		},
	}}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if url := script.wires[0].URL; url != "https://lender.example/api/lending/edge/ecommerce/order/"+id+"/" {
		t.Errorf("read %s", url)
	}
}

func TestTheSignatureOfAReadIsCheckedAsConfigured(t *testing.T) {
	body := order("APPROVED", "")
	sealed := func(signature string) adapters.Reply {
		reply := says(200, body)
		reply.Header.Set("X-Iwocapay-Hmac-Sha256", signature)
		return reply
	}
	tests := []struct {
		setting string
		reply   adapters.Reply
		taken   bool
	}{
		{"off", sealed("bm9uc2Vuc2U="), true}, {"off", says(200, body), true},
		{"if_present", sealed(goodSignature), true}, {"if_present", says(200, body), true}, {"if_present", sealed("bm9uc2Vuc2U="), false},
		{"required", sealed(goodSignature), true}, {"required", says(200, body), false}, {"required", sealed("no base64"), false}, {"required", says(404, ""), false},
	}
	for _, tt := range tests {
		client, _ := scripted(t, tt.reply, "verify_response_hmac", tt.setting)
		report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: asCreated()})
		if tt.taken != (report.Finding == canonical.Found && err == nil) || (!tt.taken && canonical.KindOf(err) != canonical.ProviderGarbled) {
			t.Errorf("%s, %d signed %v: %s %v", tt.setting, tt.reply.Status, tt.reply.Header, report.Finding, err)
		}
	}
}

func TestAReadThatShowsNoOrderSaysSo(t *testing.T) {
	tests := []struct {
		name  string
		reply adapters.Reply
		want  string
	}{
		{"no such order", says(404, `{"errors":[{"detail":"no such order"}]}`), "absent"},
		{"another order", says(200, strings.Replace(order("PENDING", ""), id, "other", 1)), "provider_garbled"},
		{"no status", says(200, order("", "")), "provider_garbled"},
		{"no amount", says(200, strings.Replace(order("SUCCESSFUL", ""), `"amount":1480.5,`, "", 1)), "provider_garbled"},
		{"no envelope", says(200, `{"id":"`+id+`","status":"PENDING","amount":1}`), "provider_garbled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, tt.reply)
			report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: asCreated()})
			got := string(report.Finding)
			if err != nil {
				got = string(canonical.KindOf(err))
			}
			if got != tt.want {
				t.Errorf("%s %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestAProbeThatFindsNoSupplierIsOurMistake(t *testing.T) {
	client, _ := scripted(t, says(404, `{"errors":[{"detail":"not found"}]}`))
	if _, err := client.Read(t.Context(), canonical.Query{Read: "probe"}); canonical.KindOf(err) != canonical.ProviderMisconfigured {
		t.Errorf("got %v", err)
	}
}

func TestWhatSettlesALostReplyIsDeclared(t *testing.T) {
	client, _ := scripted(t, says(200, ""))
	want := map[string][]canonical.Recovery{"create": {canonical.SendAgain}, "cancel": {canonical.SendAgain, canonical.ReadAndCompare}}
	for exchange, ways := range want {
		if diff := cmp.Diff(ways, client.Evidence(exchange).Lost); diff != "" {
			t.Errorf("%s (-want +got):\n%s", exchange, diff)
		}
	}
}

func TestMissingSettingsAreNamed(t *testing.T) {
	for _, name := range []string{"seller_token", "supplier_id"} {
		_, err := iwocapay.Adapter.Define(iwocapay.Adapter.Defaults(with(name, "")))
		if err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
