package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

func (k *kit) resolve(operation, body string) answer {
	k.t.Helper()
	return k.do(request{method: http.MethodPost, path: "/v1/operations/" + operation + "/resolve", body: body, as: "operator"})
}

// doubtful asks something of an order whose reply is lost.
func (k *kit) doubtful(path string) answer {
	k.t.Helper()
	k.lender.tell(canonical.Outcome{State: canonical.Doubtful, Sends: 1}, nil)
	defer k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil)
	return k.post(path, "").wants(http.StatusAccepted)
}

func TestAnOperatorSaysHowADoubtEnded(t *testing.T) {
	for _, c := range []struct {
		name, body    string
		state, status string
		captured      string
	}{
		{"it happened", `{"outcome": "succeeded", "reference": "L-77", "reason": "seen in the lender's dashboard"}`, "succeeded", "captured", "100.00"},
		{"it did not", `{"outcome": "failed", "reason": "the lender's support says so"}`, "failed", "authorized", "0.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKit(t)
			lost := k.doubtful("/v1/orders/" + k.order() + "/capture")
			calls := k.lender.calls()
			got := k.resolve(lost.text("operation/id"), c.body).wants(http.StatusOK)
			if got.text("operation/state") != c.state || got.text("status") != c.status || got.text("totals/captured") != c.captured || got.at("in_doubt") != nil {
				t.Errorf("got %s", got.body)
			}
			if got.header.Get("Location") != "" || got.text("operation/found_by") != "operator" || k.lender.calls() != calls {
				t.Errorf("after %d calls more: %v %s", k.lender.calls()-calls, got.header, got.body)
			}
			again := k.resolve(lost.text("operation/id"), c.body).problem(canonical.OperationNotAllowed)
			if again.text("operation") != lost.text("operation/id") {
				t.Errorf("got %s", again.body)
			}
		})
	}
}

func TestWhatLaterCallsNeedIsNamedWithTheWord(t *testing.T) {
	k := newKit(t)
	capture := k.doubtful("/v1/orders/" + k.order() + "/capture").text("operation/id")
	cancel := k.doubtful("/v1/orders/" + k.order() + "/cancel").text("operation/id")
	cases := []struct {
		name, operation, body string
		at                    []string
	}{
		{"a capture without the lender's number", capture, `{"outcome": "succeeded", "reason": "seen"}`, []string{"/reference"}},
		{"no reason", capture, `{"outcome": "failed"}`, []string{"/reason"}},
		{"an empty reason", capture, `{"outcome": "failed", "reason": ""}`, []string{"/reason"}},
		{"no outcome", capture, `{"reason": "seen"}`, []string{"/outcome"}},
		{"an outcome that is none", capture, `{"outcome": "declined", "reason": "seen"}`, []string{"/outcome"}},
		{"another attempt", capture, `{"outcome": "failed", "attempt": "att_other", "reason": "seen"}`, []string{"/attempt"}},
		{"an amount in another currency", cancel, `{"outcome": "succeeded", "amount": {"value": "100.00", "currency": "EUR"}, "reason": "seen"}`, []string{"/amount/currency"}},
		{"another amount", cancel, `{"outcome": "succeeded", "amount": {"value": "99.00", "currency": "USD"}, "reason": "seen"}`, []string{"/amount/value"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			if got := k.resolve(c.operation, c.body).problem(canonical.InvalidRequest).pointers(); !slices.Equal(got, c.at) {
				t.Errorf("got mistakes at %v, want %v", got, c.at)
			}
		})
	}
	k.resolve(cancel, `{"outcome": "succeeded", "reason": "seen"}`).wants(http.StatusOK)
}

func TestARestOfThePlanThatIsStillToBeMadeIsAnswered202(t *testing.T) {
	k := newKit(t)
	id := k.order()
	k.post("/v1/orders/"+id+"/capture", `{"amount": {"value": "60.00", "currency": "USD"}}`).wants(http.StatusOK)
	k.post("/v1/orders/"+id+"/capture", "").wants(http.StatusOK)
	lost := k.doubtful("/v1/orders/" + id + "/refund")
	calls := k.lender.calls()
	leave := make(chan struct{})
	k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
		<-leave
		return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
	})
	got := k.resolve(lost.text("operation/id"), `{"outcome": "succeeded", "reason": "seen"}`).wants(http.StatusAccepted)
	if got.text("operation/state") != "started" || got.header.Get("Location") != lost.header.Get("Location") {
		t.Errorf("got %v %s", got.header, got.body)
	}
	close(leave)
	k.work.Wait()
	if done := k.get(lost.header.Get("Location")); done.text("state") != "succeeded" || k.lender.calls() != calls+1 {
		t.Errorf("after %d calls more: %s", k.lender.calls()-calls, done.body)
	}
}

func TestACustomerIsForgotten(t *testing.T) {
	k := newKit(t)
	id := k.post("/v1/orders", wholeOrder).wants(http.StatusCreated).text("id")
	customer := request{method: http.MethodDelete, path: "/v1/orders/" + id + "/customer", as: "merchant"}
	k.doubtful("/v1/orders/" + id + "/authorize")
	k.do(customer).problem(canonical.OperationInProgress)

	operation := k.get("/v1/operations?order=" + id + "&state=in_doubt").text("operations/0/id")
	k.resolve(operation, `{"outcome": "failed", "reason": "the lender says so"}`).wants(http.StatusOK)
	for _, got := range []answer{k.do(customer), k.do(customer), k.get("/v1/orders/" + id)} {
		got.wants(http.StatusOK)
		if got.text("id") != id || got.text("amount/value") != "250.00" || got.text("reference") == "" {
			t.Errorf("more than the customer is gone: %s", got.body)
		}
		for _, personal := range []string{"Ada", "ada@shop.example", "1 Elm"} {
			if slices.Contains([]string{got.text("customer/name"), got.text("customer/email"), got.text("customer/addresses/0/line1"), got.text("shipping/address/line1")}, personal) {
				t.Errorf("%s is still there: %s", personal, got.body)
			}
		}
	}
}

func TestAnOperatorEndsAQuarantine(t *testing.T) {
	store := statetest.NewCluster(nil).Gateway("one")
	k := newKitWith(t, kitOptions{store: store})
	release := request{method: http.MethodPost, path: "/v1/providers/alpha/release", body: `{"reason": "all is compared"}`, as: "operator"}
	k.do(release).problem(canonical.OperationNotAllowed)
	err := store.Update(t.Context(), func(tx state.Tx) error {
		return tx.Quarantines().Insert("alpha", state.Quarantine{Provider: "alpha", Backup: k.now(), Since: k.now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	k.post("/v1/orders", simpleOrder).problem(canonical.ProviderOff)

	for name, r := range map[string]request{
		"no reason":                   {body: `{}`, as: "operator"},
		"an empty reason":             {body: `{"reason": ""}`, as: "operator"},
		"a provider of another mode":  {body: release.body, as: "live operator"},
		"a provider that is not here": {path: "/v1/providers/nobody/release", body: release.body, as: "operator"},
	} {
		r.method = http.MethodPost
		if r.path == "" {
			r.path = release.path
		}
		if got := k.do(r); got.status != http.StatusBadRequest && got.status != http.StatusNotFound {
			t.Errorf("%s: got %d: %s", name, got.status, got.body)
		}
	}
	k.do(release).wants(http.StatusNoContent)
	k.created()
	k.do(release).problem(canonical.OperationNotAllowed)
}
