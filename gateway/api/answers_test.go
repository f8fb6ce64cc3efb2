package api_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

func TestEveryOutcomeHasItsAnswer(t *testing.T) {
	refused := &canonical.Error{Kind: canonical.Refused, Detail: "no"}
	notSent := canonical.Errorf(canonical.ProviderUnavailable, "no connection")
	cases := []struct {
		name     string
		do       string // what is asked
		outcome  canonical.Outcome
		err      error
		status   int
		state    string // of the operation
		next     string
		location string // what it begins with
	}{
		{"a create that succeeds", "create", canonical.Outcome{State: canonical.Succeeded}, nil, 201, "succeeded", "none", "/v1/orders/ord_"},
		{"a create that is declined", "create", canonical.Outcome{State: canonical.Declined, Reason: "credit"}, nil, 201, "declined", "choose_another_provider", "/v1/orders/ord_"},
		{"a create the lender decides later", "create", canonical.Outcome{State: canonical.Waiting}, nil, 202, "pending", "wait", "/v1/operations/op_"},
		{"a create in doubt", "create", canonical.Outcome{State: canonical.Doubtful}, nil, 202, "in_doubt", "wait", "/v1/operations/op_"},
		{"an authorization that succeeds", "authorize", canonical.Outcome{State: canonical.Succeeded}, nil, 200, "succeeded", "none", ""},
		{"an authorization that is declined", "authorize", canonical.Outcome{State: canonical.Declined}, nil, 200, "declined", "choose_another_provider", ""},
		{"an authorization that was not sent", "authorize", canonical.Outcome{}, notSent, 503, "", "choose_another_provider", ""},
		{"an authorization at a busy lender", "authorize", canonical.Outcome{}, canonical.Errorf(canonical.ProviderBusy, "busy"), 503, "", "choose_another_provider", ""},
		{"an authorization with wrong credentials", "authorize", canonical.Outcome{}, canonical.Errorf(canonical.ProviderMisconfigured, "401"), 502, "", "contact_operator", ""},
		{"a capture that succeeds", "capture", canonical.Outcome{State: canonical.Succeeded}, nil, 200, "succeeded", "none", ""},
		{"a capture in doubt", "capture", canonical.Outcome{State: canonical.Doubtful}, nil, 202, "in_doubt", "wait", "/v1/operations/op_"},
		{"a capture that was not sent waits", "capture", canonical.Outcome{}, notSent, 202, "queued", "wait", "/v1/operations/op_"},
		{"a capture that is refused", "capture", canonical.Outcome{}, refused, 422, "", "correct_request", ""},
		{"a cancel that succeeds", "cancel", canonical.Outcome{State: canonical.Succeeded}, nil, 200, "succeeded", "none", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k := newKit(t)
			path, body := "/v1/orders", simpleOrder
			switch c.do {
			case "authorize":
				path, body = "/v1/orders/"+k.created()+"/authorize", ""
			case "capture", "cancel":
				path, body = "/v1/orders/"+k.order()+"/"+c.do, ""
			}
			c.outcome.Sends = 1
			if errors.Is(c.err, notSent) {
				c.outcome.Sends = 0
			}
			k.lender.tell(c.outcome, c.err)
			got := k.post(path, body).wants(c.status)
			if c.err == nil && got.text("operation/state") != c.state {
				t.Errorf("got operation %s, want %s", got.text("operation/state"), c.state)
			}
			next := got.text("operation/next/action") + got.text("next/action")
			if c.status < 300 {
				next = got.text("operation/next/action")
			}
			if next != c.next {
				t.Errorf("got next %s, want %s: %s", next, c.next, got.body)
			}
			if location := got.header.Get("Location"); len(location) < len(c.location) || location[:len(c.location)] != c.location || (c.location == "" && location != "") {
				t.Errorf("got Location %q, want %s...", location, c.location)
			}
			if wait := got.header.Get("Retry-After"); (c.status == http.StatusAccepted) != (wait == "2") {
				t.Errorf("got Retry-After %q", wait)
			}
		})
	}
}

func TestALocationLeadsToTheOperation(t *testing.T) {
	k := newKit(t)
	k.lender.tell(canonical.Outcome{State: canonical.Doubtful, Sends: 1}, nil)
	taken := k.post("/v1/orders", simpleOrder).wants(http.StatusAccepted)
	got := k.get(taken.header.Get("Location")).wants(http.StatusOK)
	if got.text("id") != taken.text("operation/id") || got.text("state") != "in_doubt" {
		t.Errorf("got %s", got.body)
	}
	if taken.text("in_doubt/operation") != got.text("id") {
		t.Errorf("the order does not say what is in doubt: %s", taken.body)
	}
}

func TestASlowLenderIsAnswered202AndTheWorkGoesOn(t *testing.T) {
	k := newKitWith(t, kitOptions{wait: 30 * time.Millisecond})
	leave, left := make(chan struct{}), make(chan struct{})
	k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
		defer close(left)
		<-leave
		return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
	})
	got := k.post("/v1/orders", simpleOrder).wants(http.StatusAccepted)
	if got.text("operation/state") != "started" || got.header.Get("Location") == "" || got.header.Get("Retry-After") == "" {
		t.Errorf("got %v %s", got.header, got.body)
	}
	close(leave)
	<-left
	deadline := time.Now().Add(5 * time.Second)
	for k.get(got.header.Get("Location")).text("state") != "succeeded" {
		if time.Now().After(deadline) {
			t.Fatal("the operation never succeeded")
		}
	}
}

func TestAPartlyDoneOperationSaysWhatIsLeft(t *testing.T) {
	k := newKit(t)
	id := k.order()
	k.post("/v1/orders/"+id+"/capture", `{"amount": {"value": "60.00", "currency": "USD"}}`).wants(http.StatusOK)
	k.post("/v1/orders/"+id+"/capture", "").wants(http.StatusOK)
	refunds := 0
	k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
		if refunds++; refunds > 1 {
			return canonical.Outcome{}, canonical.Errorf(canonical.Refused, "no more")
		}
		return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
	})
	got := k.post("/v1/orders/"+id+"/refund", "").wants(http.StatusOK)
	if got.text("operation/state") != "incomplete" || got.text("operation/next/action") != "retry_new_key" || got.text("operation/next/amount/value") != "40.00" {
		t.Errorf("got %s", got.body)
	}
}

func TestSyncIsAlwaysAnsweredWithTheOrder(t *testing.T) {
	k := newKit(t)
	id := k.created()
	hundred := canonical.MustMoney("100.00", "USD").Value
	cases := []struct {
		name   string
		report canonical.Report
		err    error
		synced string
		reason string
		status string
	}{
		{"a lender that is down", canonical.Report{}, canonical.Errorf(canonical.ProviderUnavailable, "down"), "false", "provider_unavailable", "created"},
		{"a lender that cannot be read", canonical.Report{}, canonical.Errorf(canonical.OperationUnsupported, ""), "false", "this provider cannot be read", "created"},
		{"a lender that says something new", canonical.Report{Finding: canonical.Found, Sighting: &canonical.Sighting{ID: "L1", Word: "OPEN", Phase: canonical.Open, Net: &hundred}}, nil, "true", "", "authorized"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.lender.show(c.report, c.err)
			for _, got := range []answer{k.get("/v1/orders/" + id + "?sync=true").wants(200), k.post("/v1/orders/"+id+"/sync", "").wants(200)} {
				if got.text("synced") != c.synced || got.text("sync_reason") != c.reason || got.text("status") != c.status {
					t.Errorf("got %s", got.body)
				}
			}
		})
	}
	if got := k.get("/v1/orders/" + id).wants(200); got.at("synced") != nil {
		t.Errorf("nobody asked the lender: %s", got.body)
	}
}

func TestAnOrderThatExistsAtTheLenderIsAdopted(t *testing.T) {
	k := newKit(t)
	hundred := canonical.MustMoney("100.00", "USD")
	k.lender.show(canonical.Report{Finding: canonical.Found, Sighting: &canonical.Sighting{ID: "L9", Word: "PAID", Phase: canonical.Open, Amount: &hundred, Net: &hundred.Value, Captured: &hundred.Value}}, nil)
	before := k.lender.calls()
	missing := k.post("/v1/orders", `{"provider": "alpha", "provider_order_id": "L9"}`).problem(canonical.InvalidRequest)
	if got := missing.pointers(); len(got) != 1 || got[0] != "/refunded" {
		t.Errorf("got mistakes at %v", got)
	}
	got := k.post("/v1/orders", `{"provider": "alpha", "provider_order_id": "L9", "refunded": "25.00"}`).wants(http.StatusCreated)
	if got.text("provider_order/id") != "L9" || got.text("totals/refunded") != "25.00" || got.text("status") != "partially_refunded" {
		t.Errorf("got %s", got.body)
	}
	if k.lender.calls() != before {
		t.Error("adopting sends nothing")
	}
	taken := k.post("/v1/orders", `{"provider": "alpha", "provider_order_id": "L9", "refunded": "25.00"}`).problem(canonical.ProviderOrderTaken)
	if taken.text("order") != got.text("id") {
		t.Errorf("got %s", taken.body)
	}
}

func TestOffersAreAskedReadAgainAndChosen(t *testing.T) {
	k := newKit(t)
	k.lender.show(canonical.Report{Finding: canonical.Found, Offers: []canonical.Offer{{Name: "Pay in 12", Choosable: true, Plan: canonical.Plan{Installments: 12}}}}, nil)
	got := k.post("/v1/offers", `{"amount": {"value": "10.00", "currency": "USD"}, "customer": {"reference": "c1"}}`).wants(http.StatusOK)
	if got.text("offers/0/provider") != "alpha" || got.text("silent/0/provider") != "broken" || got.text("silent/0/reason") != "provider_off" {
		t.Fatalf("got %s", got.body)
	}
	again := k.get("/v1/offers/" + got.text("offers/0/id")).wants(http.StatusOK)
	if again.text("plan/installments") != "12" {
		t.Errorf("got %s", again.body)
	}
	order := k.post("/v1/orders", `{"offer": "`+again.text("id")+`", "customer": {"reference": "c1"}}`).wants(http.StatusCreated)
	if order.text("amount/value") != "10.00" || order.text("plan/installments") != "12" {
		t.Errorf("got %s", order.body)
	}
	k.lender.show(canonical.Report{Finding: canonical.Mute}, nil)
	none := k.post("/v1/offers", `{"amount": {"value": "10.00", "currency": "USD"}}`).wants(http.StatusOK)
	if none.text("offers") != "[]" {
		t.Errorf("got %s", none.body)
	}
}

func TestBadAsksForOffersAreRefused(t *testing.T) {
	k := newKit(t)
	for body, at := range map[string]string{
		`{}`: "/amount",
		`{"amount": {"value": "0.00", "currency": "USD"}}`:                                             "/amount/value",
		`{"amount": {"value": "1.001", "currency": "USD"}}`:                                            "/amount",
		`{"amount": {"value": "1.00", "currency": "QQQ"}}`:                                             "/amount",
		`{"amount": {"value": "1.00", "currency": "USD"}, "providers": ["alpha", "alpha"]}`:            "/providers/1",
		`{"amount": {"value": "1.00", "currency": "USD"}, "providers": ["nobody"]}`:                    "/providers",
		`{"amount": {"value": "1.00", "currency": "USD"}, "providers": [` + repeated(`"a"`, 21) + `]}`: "/providers",
	} {
		got := k.post("/v1/offers", body).problem(canonical.InvalidRequest)
		if pointers := got.pointers(); len(pointers) != 1 || pointers[0] != at {
			t.Errorf("%s: got mistakes at %v, want %s", body, pointers, at)
		}
	}
}
