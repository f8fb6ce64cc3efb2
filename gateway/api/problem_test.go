package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestAProblemSaysAllThatApplies(t *testing.T) {
	k := newKit(t)
	id := k.order()
	got := k.post("/v1/orders/"+id+"/capture", `{"amount": {"value": "100.01", "currency": "USD"}}`).problem(canonical.AmountExceeded)
	want := map[string]string{
		"type": publicURL + "/problems/amount_exceeded", "title": "The amount is more than is left", "status": "422", "code": "amount_exceeded",
		"trace_id": got.header.Get("X-Trace-Id"), "next/action": "correct_request", "instance": "/v1/orders/" + id + "/capture",
		"order": id, "remaining/value": "100.00", "remaining/currency": "USD",
	}
	for at, text := range want {
		if got.text(at) != text {
			t.Errorf("%s is %q, want %q", at, got.text(at), text)
		}
	}
	if got.text("detail") == "" {
		t.Error("there is no detail")
	}
}

func TestAProblemNamesWhatStandsInTheWay(t *testing.T) {
	k := newKit(t)
	id := k.order()
	k.lender.tell(canonical.Outcome{State: canonical.Doubtful, Sends: 1}, nil)
	open := k.post("/v1/orders/"+id+"/capture", "").wants(http.StatusAccepted)
	got := k.post("/v1/orders/"+id+"/refund", "").problem(canonical.OperationInProgress)
	if got.text("operation") != open.text("operation/id") || got.text("order") != id || got.header.Get("Retry-After") != got.text("next/after") {
		t.Errorf("got %v %s", got.header, got.body)
	}
}

func TestAReferenceIsHeldByOneOrder(t *testing.T) {
	k := newKit(t)
	body := strings.Replace(simpleOrder, "{", `{"reference": "R-1", `, 1)
	first := k.post("/v1/orders", body).wants(http.StatusCreated)
	if got := k.post("/v1/orders", body).problem(canonical.ReferenceTaken); got.text("order") != first.text("id") {
		t.Errorf("got %s", got.body)
	}
}

func TestAlternativesAreReadyToSend(t *testing.T) {
	k := newKit(t)
	company := strings.Replace(simpleOrder, "{", `{"customer": {"type": "company"}, `, 1)
	id := k.post("/v1/orders", company).wants(http.StatusCreated).text("id")
	k.post("/v1/orders/"+id+"/authorize", "").wants(http.StatusOK)
	k.post("/v1/orders/"+id+"/capture", "").wants(http.StatusOK)
	got := k.post("/v1/orders/"+id+"/refund", "").problem(canonical.OperationUnsupported)
	if got.text("provider") != "alpha" || got.text("detail") != "this lender refunds no companies" {
		t.Errorf("got %s", got.body)
	}
}

func TestAProviderThatIsOffIsNoSecretOfItsConfiguration(t *testing.T) {
	k := newKit(t)
	got := k.get("/v1/providers").wants(http.StatusOK)
	if got.text("providers/1/off") != "provider_off" || strings.Contains(string(got.body), "client_secret") {
		t.Errorf("got %s", got.body)
	}
	seen := k.do(request{method: http.MethodGet, path: "/v1/providers/broken", as: "operator"}).wants(http.StatusOK)
	if !strings.Contains(seen.text("off"), "client_secret") {
		t.Errorf("the operator must see why: %s", seen.body)
	}
}

// failing is a store that breaks.
type failing struct {
	state.Store
	err   error
	panic bool
	stuck chan struct{} // no write ends before it is closed; may be nil
}

func (f *failing) Update(ctx context.Context, write func(state.Tx) error) error {
	if f.stuck != nil {
		<-f.stuck
	}
	if f.err != nil {
		return f.err
	}
	return f.Store.Update(ctx, write)
}

func (f *failing) View(ctx context.Context, read func(state.Reader) error) error {
	if f.panic {
		panic("panic with " + canary)
	}
	if f.err != nil {
		return f.err
	}
	return f.Store.View(ctx, read)
}

func TestWhatBreaksInsideIsForTheLogAlone(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		panic bool
	}{
		{"an error", errors.New("disk on fire: " + canary), false},
		{"an internal error of the engine", &canonical.Error{Kind: canonical.Internal, Detail: "about " + canary}, false},
		{"an error of a kind that is none", &canonical.Error{Kind: "surprise", Detail: "about " + canary}, false},
		{"a panic", nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &failing{Store: statetest.NewCluster(nil).Gateway("one")}
			k := newKitWith(t, kitOptions{store: store})
			store.err, store.panic = c.err, c.panic
			got := k.get("/v1/orders").problem(canonical.Internal)
			if strings.Contains(string(got.body), canary) || strings.Contains(string(got.body), "disk") {
				t.Errorf("the answer tells of the inside: %s", got.body)
			}
			if log := k.logged.String(); !strings.Contains(log, canary) || !strings.Contains(log, got.text("trace_id")) {
				t.Errorf("the log has no cause with the trace id %s: %s", got.text("trace_id"), log)
			}
			store.err, store.panic = nil, false
			k.get("/v1/orders").wants(http.StatusOK)
		})
	}
}

func TestAPanicWhereAnOperationRunsIsAProblemToo(t *testing.T) {
	k := newKit(t)
	k.lender.show(canonical.Report{Finding: canonical.Found}, errors.New("not a kind of ours: "+canary))
	got := k.do(request{method: http.MethodGet, path: "/v1/providers/alpha/orders", as: "operator"}).problem(canonical.Internal)
	if strings.Contains(string(got.body), canary) {
		t.Errorf("the answer tells of the inside: %s", got.body)
	}
}
