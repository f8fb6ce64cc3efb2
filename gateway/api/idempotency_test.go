package api_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

func (k *kit) keyed(key, path, body string) answer {
	k.t.Helper()
	return k.do(request{method: http.MethodPost, path: path, body: body, as: "merchant", idempotency: key})
}

func replayed(t *testing.T, first, again answer) {
	t.Helper()
	if again.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("Idempotency-Replayed is %q at first and %q again", first.header.Get("Idempotency-Replayed"), again.header.Get("Idempotency-Replayed"))
	}
	if again.status != first.status {
		t.Errorf("got status %d again, %d at first", again.status, first.status)
	}
	if !bytes.Equal(first.body, again.body) {
		t.Errorf("got other bytes again:\n%s\n%s", first.body, again.body)
	}
}

const wholeOrder = `{
	"provider": "alpha", "reference": "R-1 <&> é", "amount": {"value": "250", "currency": "USD"},
	"customer": {"reference": "c1", "type": "person", "name": "Ada <&>", "email": "ada@shop.example", "addresses": [{"line1": "1 Elm", "country": "US"}]},
	"lines": [{"name": "Desk", "quantity": "2", "unit_amount": "125.00", "tax_rate": "25"}],
	"shipping": {"address": {"line1": "1 Elm"}, "carrier": "post"},
	"return_url": "https://shop.example/back?a=1&b=2", "plan": {"installments": 12},
	"provider_options": {"note": "a \u003c & \u00e9 / b"}, "metadata": {"colour": "red & blue"}}`

func TestARepeatIsAnsweredByteForByte(t *testing.T) {
	k := newKit(t)
	k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1, Reference: "L<1>", Sighting: &canonical.Sighting{
		ID: "lender-1", Word: "NEW & OPEN", Phase: canonical.Created, Details: canonical.Values{}.With("seller", "A & B"),
		Action: &canonical.Action{Kind: "redirect", URL: "https://lender.example/?a=1&b=<2>"},
	}}, nil)
	first := k.keyed("create-1", "/v1/orders", wholeOrder).wants(http.StatusCreated)
	replayed(t, first, k.keyed("create-1", "/v1/orders", wholeOrder))
	order := "/v1/orders/" + first.text("id")

	k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1, Reference: "L2"}, nil)
	authorized := k.keyed("authorize-1", order+"/authorize", `{"provider_options": {"note": "x&y"}}`).wants(http.StatusOK)
	captured := k.keyed("capture-1", order+"/capture", `{"amount": {"value": "40.00", "currency": "USD"}, "reference": "parcel & co"}`).wants(http.StatusOK)
	k.keyed("capture-2", order+"/capture", "").wants(http.StatusOK)

	replayed(t, authorized, k.keyed("authorize-1", order+"/authorize", `{"provider_options": {"note": "x&y"}}`))
	replayed(t, captured, k.keyed("capture-1", order+"/capture", `{"amount": {"value": "40.00", "currency": "USD"}, "reference": "parcel & co"}`))
	if got := k.lender.calls(); got != 4 {
		t.Errorf("the lender got %d calls, want 4", got)
	}
}

func TestRequestsAreComparedByTheirMeaning(t *testing.T) {
	k := newKit(t)
	first := k.keyed("m", "/v1/orders", `{"provider":"alpha","amount":{"value":"100.00","currency":"USD"},"provider_options":{"note":"é"}}`).wants(http.StatusCreated)
	for name, same := range map[string]string{
		"other white space":        "{\n\t\"provider\": \"alpha\", \"amount\": {\"value\": \"100.00\", \"currency\": \"USD\"}, \"provider_options\": { \"note\" : \"é\" } }",
		"other order of names":     `{"provider_options":{"note":"é"},"amount":{"currency":"USD","value":"100.00"},"provider":"alpha"}`,
		"other escapes":            `{"provider":"\u0061lpha","amount":{"value":"100.00","currency":"USD"},"provider_options":{"note":"\u00e9"}}`,
		"other decimals":           `{"provider":"alpha","amount":{"value":"100","currency":"USD"},"provider_options":{"note":"é"}}`,
		"an empty text for absent": `{"provider":"alpha","reference":"","amount":{"value":"100.00","currency":"USD"},"provider_options":{"note":"é"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			k.t = t
			replayed(t, first, k.keyed("m", "/v1/orders", same))
		})
	}
}

func TestAKeyNamesOneRequestForEver(t *testing.T) {
	k := newKit(t)
	id, other := k.order(), k.order()
	body := `{"reason": "` + canary + `"}`
	k.keyed("one", "/v1/orders/"+id+"/cancel", body).wants(http.StatusOK)
	for name, path := range map[string]string{
		"another order": "/v1/orders/" + other + "/cancel", "another route": "/v1/orders/" + id + "/refund", "another body": "/v1/orders/" + id + "/cancel",
	} {
		t.Run(name, func(t *testing.T) {
			k.t = t
			send := body
			if name == "another body" {
				send = `{"reason": "other"}`
			}
			got := k.keyed("one", path, send).problem(canonical.IdempotencyKeyReused)
			if strings.Contains(string(got.body), canary) || strings.Contains(got.text("detail"), id) {
				t.Errorf("the answer shows the first request: %s", got.body)
			}
		})
	}
}

func TestNumbersPastWhatAFloatHoldsAreToldApart(t *testing.T) {
	k := newKit(t)
	body := `{"provider": "alpha", "amount": {"value": "100.00", "currency": "USD"}, "provider_options": {"number": 9007199254740993}}`
	k.keyed("large", "/v1/orders", body).wants(http.StatusCreated)
	k.keyed("large", "/v1/orders", strings.Replace(body, "993", "992", 1)).problem(canonical.IdempotencyKeyReused)
}

func TestAKeyIsItsMerchantsOwn(t *testing.T) {
	k := newKit(t)
	mine := k.keyed("same", "/v1/orders", simpleOrder).wants(http.StatusCreated)
	theirs := k.do(request{method: http.MethodPost, path: "/v1/orders", body: simpleOrder, as: "other", idempotency: "same"}).wants(http.StatusCreated)
	if mine.text("id") == theirs.text("id") || theirs.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("another merchant's key reached this order: %s", theirs.body)
	}
}

func TestAKeyIsFreeWhileNothingHasHappened(t *testing.T) {
	k := newKit(t)
	id := k.created()
	authorize := "/v1/orders/" + id + "/authorize"
	k.keyed("free", authorize, `{"colour": 1}`).problem(canonical.InvalidRequest)

	k.lender.tell(canonical.Outcome{}, canonical.Errorf(canonical.ProviderUnavailable, "no connection"))
	down := k.keyed("free", authorize, "").problem(canonical.ProviderUnavailable)
	if got := down.text("next/action"); got != "choose_another_provider" {
		t.Errorf("got next %s while nothing is reserved", got)
	}

	k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil)
	first := k.keyed("free", authorize, "").wants(http.StatusOK)
	if first.text("operation/id") == down.text("operation") || first.header.Get("Idempotency-Replayed") != "" {
		t.Error("the key must make a new operation")
	}
	replayed(t, first, k.keyed("free", authorize, ""))
}

func TestARefusalIsFinalForItsKey(t *testing.T) {
	k := newKit(t)
	id := k.order()
	k.lender.tell(canonical.Outcome{}, &canonical.Error{Kind: canonical.Refused, Detail: "the period is over", ProviderCode: "E17"})
	first := k.keyed("no", "/v1/orders/"+id+"/capture", "").problem(canonical.Refused)
	if first.text("provider_code") != "E17" || first.text("detail") != "the period is over" || first.text("next/action") != "correct_request" {
		t.Errorf("got %s", first.body)
	}
	k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil)
	again := k.keyed("no", "/v1/orders/"+id+"/capture", "").problem(canonical.Refused)
	if again.header.Get("Idempotency-Replayed") != "true" || again.text("operation") != first.text("operation") {
		t.Errorf("got %s", again.body)
	}
}

func TestARepeatWhileTheFirstStillRunsIsToldToWait(t *testing.T) {
	k := newKit(t)
	id := k.created()
	entered, leave := make(chan struct{}), make(chan struct{})
	k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
		close(entered)
		<-leave
		return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
	})
	done := make(chan answer)
	go func() { done <- k.keyed("slow", "/v1/orders/"+id+"/authorize", "") }()
	<-entered
	running := k.keyed("slow", "/v1/orders/"+id+"/authorize", "").problem(canonical.OperationInProgress)
	if running.header.Get("Retry-After") == "" || running.text("next/action") != "wait" || running.text("operation") == "" {
		t.Errorf("got %v %s", running.header, running.body)
	}
	close(leave)
	first := (<-done).wants(http.StatusOK)
	replayed(t, first, k.keyed("slow", "/v1/orders/"+id+"/authorize", ""))
}

func TestAnOperationInDoubtIsAnsweredWithItsSettledTruth(t *testing.T) {
	k := newKit(t)
	id := k.order()
	k.lender.tell(canonical.Outcome{State: canonical.Doubtful, Sends: 1}, nil)
	k.keyed("lost", "/v1/orders/"+id+"/capture", "").wants(http.StatusAccepted)
	k.keyed("lost", "/v1/orders/"+id+"/capture", "").wants(http.StatusAccepted)

	captured := canonical.MustMoney("100.00", "USD").Value
	k.lender.show(canonical.Report{Finding: canonical.Found, Sighting: &canonical.Sighting{ID: "L1", Word: "DONE", Phase: canonical.Open, Net: &captured, Captured: &captured}}, nil)
	k.post("/v1/orders/"+id+"/sync", "").wants(http.StatusOK)
	settled := k.keyed("lost", "/v1/orders/"+id+"/capture", "").wants(http.StatusOK)
	if settled.text("operation/state") != "succeeded" || settled.header.Get("Idempotency-Replayed") != "true" || settled.text("status") != "captured" {
		t.Errorf("got %s", settled.body)
	}
}

func TestTheFormOfAKey(t *testing.T) {
	k := newKit(t)
	send := func(values ...string) answer {
		return k.do(request{method: http.MethodPost, path: "/v1/orders", body: simpleOrder, as: "merchant", header: http.Header{"Idempotency-Key": values}})
	}
	bare := send("7d1c").wants(http.StatusCreated)
	replayed(t, bare, send(`"7d1c"`))
	escaped := send(`a"b\c`).wants(http.StatusCreated)
	replayed(t, escaped, send(`"a\"b\\c"`))
	send(strings.Repeat("k", 255)).wants(http.StatusCreated)

	send().problem(canonical.IdempotencyKeyMissing)
	send("").problem(canonical.IdempotencyKeyMissing)
	for name, values := range map[string][]string{
		"two headers":           {"a", "b"},
		"the same header twice": {"a", "a"},
		"too long":              {strings.Repeat("k", 256)},
		"a space":               {"a b"},
		"a list":                {"a, b"},
		"beyond ASCII":          {"clé"},
		"an empty string":       {`""`},
		"an open quote":         {`"abc`},
		"a lone quote":          {`"`},
		"parameters":            {`"abc";v=1`},
		"an unknown escape":     {`"a\bc"`},
		"an escape at the end":  {`"abc\`},
	} {
		t.Run(name, func(t *testing.T) {
			k.t = t
			got := send(values...).problem(canonical.InvalidRequest)
			if at := got.pointers(); !slices.Equal(at, []string{"Idempotency-Key"}) {
				t.Errorf("got mistakes at %v", at)
			}
		})
	}
}

func TestRoutesThatMoveNothingNeedNoKey(t *testing.T) {
	k := newKit(t)
	id := k.created()
	for _, r := range []request{
		{method: http.MethodPost, path: "/v1/orders/" + id + "/sync", as: "merchant"},
		{method: http.MethodPost, path: "/v1/offers", as: "merchant", body: `{"amount": {"value": "10.00", "currency": "USD"}}`},
		{method: http.MethodGet, path: "/v1/orders/" + id, as: "merchant"},
	} {
		r.header = http.Header{"Idempotency-Key": nil}
		k.do(r).wants(http.StatusOK)
	}
}
