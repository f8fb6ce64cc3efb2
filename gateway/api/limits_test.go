package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/api"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

// few is a rate that comes back too slowly for a test to see.
var few = api.Rate{Count: 3, Per: 3 * time.Hour}

func TestAKeyHasItsNumberOfRequestsInEachClass(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{Requests: few}})
	id := k.created() // one of the orders
	for left := 2; left >= 0; left-- {
		got := k.get("/v1/orders/" + id).wants(http.StatusOK)
		if policy, limit := got.header.Get("RateLimit-Policy"), got.header.Get("RateLimit"); policy != `"reads";q=3;w=10800` || !strings.HasPrefix(limit, fmt.Sprintf(`"reads";r=%d;t=`, left)) {
			t.Errorf("with %d left: got %s and %s", left, policy, limit)
		}
	}
	got := k.get("/v1/orders/" + id).problem(canonical.RateLimited)
	if got.header.Get("Retry-After") != "3600" || got.text("next/action") != "wait" || got.text("next/after") != "3600" || !strings.HasPrefix(got.header.Get("RateLimit"), `"reads";r=0;t=`) {
		t.Errorf("got %v %s", got.header, got.body)
	}
	calls := k.lender.calls()
	k.post("/v1/orders/"+id+"/authorize", "").wants(http.StatusOK)
	k.post("/v1/orders/"+id+"/capture", "").wants(http.StatusOK)
	if k.lender.calls() != calls+2 {
		t.Errorf("the lender got %d calls", k.lender.calls()-calls)
	}
	k.do(request{method: http.MethodGet, path: "/v1/orders", as: "read"}).wants(http.StatusOK)
	for range 5 {
		got := k.do(request{method: http.MethodGet, path: "/v1/orders", as: "operator"}).wants(http.StatusOK)
		if got.header.Get("RateLimit") != "" {
			t.Errorf("an operator has the limit %s", got.header.Get("RateLimit"))
		}
	}
}

func TestTheLogSaysOnceWhoseRequestsAreTurnedAway(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{Requests: api.Rate{Count: 1, Per: time.Hour}}})
	for _, as := range []string{"merchant", "other"} {
		k.do(request{method: http.MethodGet, path: "/v1/orders", as: as}).wants(http.StatusOK)
	}
	if said := k.logged.String(); strings.Contains(said, "turned away") {
		t.Errorf("nobody was turned away, and the log says: %s", said)
	}
	for range 3 {
		for _, as := range []string{"merchant", "other"} {
			k.do(request{method: http.MethodGet, path: "/v1/orders", as: as}).problem(canonical.RateLimited)
		}
	}
	for _, merchant := range []string{"demo", "acme"} {
		line := regexp.MustCompile(`level=WARN msg="requests are turned away" code=rate_limited class=reads key=key_\S+ merchant=` + merchant + ` mode=test\n`)
		if said := k.logged.String(); len(line.FindAllString(said, -1)) != 1 {
			t.Errorf("%s: the log says: %s", merchant, said)
		}
	}
}

func TestAPlatformsMerchantsHaveAnAllowanceEach(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{Requests: few}})
	list := func(merchant string) answer {
		return k.do(request{method: http.MethodGet, path: "/v1/orders", as: "platform", header: http.Header{"Lendgate-Merchant": {merchant}}})
	}
	for range 3 {
		list("demo").wants(http.StatusOK)
	}
	list("demo").problem(canonical.RateLimited)
	list("acme").wants(http.StatusOK)
}

func TestARequestThatIsRefusedForItsRateUsesUpNoIdempotencyKey(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{Requests: api.Rate{Count: 1, Per: time.Hour}}})
	k.created()
	k.keyed("again", "/v1/orders", simpleOrder).problem(canonical.RateLimited)
	k.do(request{method: http.MethodPost, path: "/v1/orders", body: `{"provider": "alpha", "amount": {"value": "7.00", "currency": "USD"}}`, as: "operator", idempotency: "again", header: http.Header{"Lendgate-Merchant": {"demo"}}}).wants(http.StatusCreated)
}

func TestKeysThatAreNotValidAreLimitedByAddress(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{FailedKeys: few}})
	k.get("/v1/orders").wants(http.StatusOK)
	wrong := func(header http.Header) answer {
		header.Set("Authorization", "Bearer lg_test_01K9ZT5X1Q8W3Y7V2B4N6M8P0R_guess")
		return k.do(request{method: http.MethodGet, path: "/v1/orders", header: header})
	}
	for range 3 {
		wrong(http.Header{}).problem(canonical.Unauthenticated)
	}
	for _, forged := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Cf-Connecting-Ip"} {
		got := wrong(http.Header{forged: {"198.51.100.7"}}).problem(canonical.RateLimited)
		if got.header.Get("Retry-After") != "3600" {
			t.Errorf("got %v", got.header)
		}
	}
	k.do(request{method: http.MethodGet, path: "/v1/orders", as: "other"}).problem(canonical.RateLimited) // nobody has seen this key be valid
	k.get("/v1/orders").wants(http.StatusOK)
	k.do(request{method: http.MethodGet, path: "/livez"}).wants(http.StatusOK)
}

// stuckKit is a gateway with one place, on which a request works that does not end before let is called.
func stuckKit(t *testing.T) (k *kit, let func()) {
	store := &failing{Store: statetest.NewCluster(nil).Gateway("one")}
	k = newKitWith(t, kitOptions{store: store, limits: api.Limits{InFlight: 1}})
	k.created()
	stuck := make(chan struct{})
	store.stuck = stuck
	var working sync.WaitGroup
	working.Go(func() { k.keyed("works", "/v1/orders", simpleOrder) }) // held up for so long that it may well not be sent
	k.until(func() bool { return k.api.Pressure().InFlight == 1 })
	return k, sync.OnceFunc(func() { close(stuck); working.Wait() })
}

func TestWhatIsTooMuchIsTurnedAwayAndLeavesNothing(t *testing.T) {
	k, let := stuckKit(t)
	defer let()
	for _, r := range []request{
		{method: http.MethodPost, path: "/v1/offers", as: "other", body: `{"amount": {"value": "10.00", "currency": "USD"}}`},
		{method: http.MethodGet, path: "/v1/orders", as: "merchant"},
		{method: http.MethodPost, path: "/v1/orders", as: "merchant", body: simpleOrder, idempotency: "refused"},
	} {
		got := k.do(r).problem(canonical.Overloaded)
		if got.header.Get("Retry-After") != "1" || got.text("next/action") != "wait" {
			t.Errorf("%s %s: got %v %s", r.method, r.path, got.header, got.body)
		}
	}
	for _, r := range []request{
		{method: http.MethodGet, path: "/v1/orders", as: "operator"}, {method: http.MethodGet, path: "/livez"}, {method: http.MethodGet, path: "/docs"},
	} {
		k.do(r).wants(http.StatusOK)
	}
	refused := k.api.Pressure().Refused
	if refused["quotes"] != 1 || refused["reads"] != 1 || refused["orders"] != 1 || refused["kept"] != 0 {
		t.Errorf("refused were %v", refused)
	}
	let()
	k.keyed("refused", "/v1/orders", `{"provider": "alpha", "amount": {"value": "7.00", "currency": "USD"}}`).wants(http.StatusCreated)
}

func TestACaptureWaitsForItsTurn(t *testing.T) {
	k, let := stuckKit(t)
	defer let()
	id := k.do(request{method: http.MethodGet, path: "/v1/orders", as: "operator"}).wants(http.StatusOK).text("orders/0/id")
	var captured sync.WaitGroup
	captured.Go(func() { k.post("/v1/orders/"+id+"/capture", "").problem(canonical.OperationNotAllowed) }) // not authorized yet
	k.until(func() bool { return k.api.Pressure().Waiting["kept"] == 1 })
	k.get("/v1/orders").problem(canonical.Overloaded)
	let()
	captured.Wait()
	k.until(func() bool { return k.api.Pressure().InFlight == 0 })
}

func TestWhoWaitsForALenderKeepsNoPlace(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{InFlight: 1}})
	entered, leave := make(chan struct{}), make(chan struct{})
	k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
		close(entered)
		<-leave
		return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
	})
	var slow sync.WaitGroup
	slow.Go(func() { k.keyed("slow", "/v1/orders", simpleOrder).wants(http.StatusCreated) })
	<-entered
	k.get("/v1/orders").wants(http.StatusOK)
	close(leave)
	slow.Wait()
}

// dripping begins a create whose body does not come, and returns the status line of the first answer.
func (k *kit) dripping() (string, net.Conn) {
	k.t.Helper()
	connection, err := net.Dial("tcp", k.server.Listener.Addr().String())
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = connection.Close() })
	_, err = fmt.Fprintf(connection, "POST /v1/orders HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer %s\r\nIdempotency-Key: drip\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", k.keys["merchant"], len(simpleOrder))
	if err != nil {
		k.t.Fatal(err)
	}
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		k.t.Fatal(err)
	}
	return line, connection
}

func TestABodyThatComesSlowlyKeepsNoPlace(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{InFlight: 1}})
	if line, _ := k.dripping(); !strings.Contains(line, "100 Continue") { // it waits for the body
		t.Fatalf("got %q", line)
	}
	k.get("/v1/orders").wants(http.StatusOK)
	if got := k.api.Pressure().InFlight; got != 0 {
		t.Errorf("%d places are taken", got)
	}
}

func TestTheBodyOfWhatIsTurnedAwayAtOnceIsNotRead(t *testing.T) {
	k, let := stuckKit(t)
	var flood sync.WaitGroup
	ended := make(chan struct{})
	defer func() { close(ended); let(); flood.Wait() }()
	for i := range 2 { // keeps the queue as long as it may be
		flood.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-ended:
					return
				default:
					k.keyed(fmt.Sprintf("flood-%d-%d", i, n), "/v1/orders", simpleOrder)
				}
			}
		})
	}
	k.until(func() bool {
		line, connection := k.dripping()
		_ = connection.Close()
		return strings.Contains(line, "503")
	})
}

func TestACallerSaysHowLongItWaits(t *testing.T) {
	for _, prefer := range []string{"wait=0", "respond-async"} {
		k := newKit(t)
		leave := make(chan struct{})
		k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
			<-leave
			return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
		})
		r := request{method: http.MethodPost, path: "/v1/orders", body: simpleOrder, as: "merchant", idempotency: "brief", header: http.Header{"Prefer": {prefer}}}
		got := k.do(r).wants(http.StatusAccepted)
		if got.header.Get("Preference-Applied") != "wait=0" || got.text("operation/state") != "started" || got.header.Get("Location") != "/v1/operations/"+got.text("operation/id") {
			t.Errorf("%s: got %v %s", prefer, got.header, got.body)
		}
		close(leave)
		k.work.Wait()
		if again := k.do(r).wants(http.StatusCreated); again.header.Get("Idempotency-Replayed") != "true" || again.text("id") != got.text("id") || k.lender.calls() != 1 {
			t.Errorf("%s: after %d calls got %s", prefer, k.lender.calls(), again.body)
		}
	}
}

func TestALongWaitIsNoLongerThanTheGatewaysOwn(t *testing.T) {
	k := newKitWith(t, kitOptions{wait: time.Millisecond})
	leave := make(chan struct{})
	defer close(leave)
	k.lender.tellWith(func(canonical.Command) (canonical.Outcome, error) {
		<-leave
		return canonical.Outcome{State: canonical.Succeeded, Sends: 1}, nil
	})
	k.do(request{method: http.MethodPost, path: "/v1/orders", body: simpleOrder, as: "merchant", header: http.Header{"Prefer": {"wait=3600"}}}).wants(http.StatusAccepted)
}

func TestOneMerchantsFloodIsItsOwn(t *testing.T) {
	store := &failing{Store: statetest.NewCluster(nil).Gateway("one")}
	k := newKitWith(t, kitOptions{store: store, limits: api.Limits{InFlight: 2}})
	stuck := make(chan struct{})
	store.stuck = stuck
	var working sync.WaitGroup
	for i := range 6 { // two work, two wait, two are too many
		working.Go(func() {
			got := k.keyed(fmt.Sprint("loud-", i), "/v1/orders", simpleOrder)
			if got.status != http.StatusCreated && got.status != http.StatusServiceUnavailable {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
	k.until(func() bool { return k.api.Pressure().Refused["orders"] >= 2 })
	working.Go(func() {
		k.do(request{method: http.MethodPatch, path: "/v1/orders/ord_1", body: `{"metadata": {"a": "b"}}`, as: "other"}).problem(canonical.NotFound)
	})
	k.until(func() bool { return k.api.Pressure().Waiting["kept"] == 1 })
	close(stuck)
	working.Wait()
	if refused := k.api.Pressure().Refused["kept"]; refused != 0 {
		t.Errorf("%d of the quiet merchant's were refused", refused)
	}
}

func TestRevokedKeysAreRefusedThoughTheyWereValid(t *testing.T) {
	k := newKitWith(t, kitOptions{limits: api.Limits{FailedKeys: few, Requests: few}})
	key, text, err := k.engine.NewKey(t.Context(), state.APIKey{Role: state.RoleRead, Merchant: "demo", Mode: canonical.Test})
	if err != nil {
		t.Fatal(err)
	}
	k.keys["brief"] = text
	k.do(request{method: http.MethodGet, path: "/v1/orders", as: "brief"}).wants(http.StatusOK)
	if err := k.engine.RevokeKey(t.Context(), key.ID); err != nil {
		t.Fatal(err)
	}
	k.do(request{method: http.MethodGet, path: "/v1/orders", as: "brief"}).problem(canonical.Unauthenticated)
}
