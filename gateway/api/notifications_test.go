package api_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

const atSecret = "/notifications/alpha/" + lenderProof

// message is one of the scripted lender's, as it proves itself by a header.
func message(body string) request {
	return request{method: http.MethodPost, path: "/notifications/alpha", body: body, header: http.Header{proofHeader: {lenderProof}}}
}

// lastHeard is the last message that reached the lender's verification.
func (k *kit) lastHeard() canonical.Message {
	k.t.Helper()
	k.lender.mu.Lock()
	defer k.lender.mu.Unlock()
	if k.lender.heard == nil {
		k.t.Fatal("no message was heard")
	}
	return *k.lender.heard
}

func TestAMessageIsTakenInAsItIs(t *testing.T) {
	k := newKit(t)
	cases := []struct {
		name   string
		path   string
		secret string
		body   string
		header http.Header
	}{
		{"with a header that proves it", "/notifications/alpha", "", `{"id": 1}`, http.Header{proofHeader: {lenderProof}}},
		{"at a secret address", atSecret, lenderProof, `{"id": 2}`, nil},
		{"without a content type", atSecret, lenderProof, "3", http.Header{"Content-Type": nil}},
		{"as a form", atSecret, lenderProof, "id=4&id=5", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}},
		{"of two content types", atSecret, lenderProof, "5", http.Header{"Content-Type": {"text/xml", "text/plain"}}},
		{"that is no UTF-8 and no JSON", atSecret, lenderProof, "\xff\x00{{", nil},
		{"compressed", atSecret, lenderProof, "\x1f\x8b6", http.Header{"Content-Encoding": {"gzip"}}},
		{"of a lender that reads no JSON", atSecret, lenderProof, "7", http.Header{"Accept": {"text/plain"}}},
		{"with a query", atSecret + "?event=paid&event=paid&%zz", lenderProof, "8", nil},
		{"with a key that is none", atSecret, lenderProof, "9", http.Header{"Authorization": {"Bearer nothing"}}},
		{"without an Idempotency-Key", atSecret, lenderProof, "10", http.Header{"Idempotency-Key": nil}},
		{"with two conditions", atSecret, lenderProof, "11", http.Header{"If-Match": {`"1"`, `"2"`}}},
		{"of 256 KiB", atSecret, lenderProof, strings.Repeat("x", 256<<10), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			got := k.do(request{method: http.MethodPost, path: c.path, body: c.body, header: c.header}).wants(http.StatusOK)
			if len(got.body) != 0 {
				t.Errorf("got the body %q", got.body)
			}
			heard := k.lastHeard()
			if string(heard.Body) != c.body || heard.Secret != c.secret {
				t.Errorf("the lender heard %.100q with the secret %q", heard.Body, heard.Secret)
			}
			for name, values := range c.header {
				if !slices.Equal(heard.Header[name], values) {
					t.Errorf("header %s came as %q, sent was %q", name, heard.Header[name], values)
				}
			}
		})
	}
}

func TestAMessageMayStandInTheAddress(t *testing.T) {
	k := newKit(t)
	for _, c := range []struct {
		name, path string
		header     http.Header
		status     int
		want       url.Values
	}{
		{"with a header that proves it", "/notifications/alpha?order=L1&event=paid", http.Header{proofHeader: {lenderProof}}, http.StatusOK, url.Values{"order": {"L1"}, "event": {"paid"}}},
		{"at a secret address", atSecret + "?order=L%201", nil, http.StatusOK, url.Values{"order": {"L 1"}}},
		{"with one name twice, and one that cannot be read", atSecret + "?order=L1&order=L2&%zz=1", nil, http.StatusOK, url.Values{"order": {"L1", "L2"}}},
		{"with nothing that proves it", "/notifications/alpha?order=L1", nil, http.StatusUnauthorized, url.Values{"order": {"L1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k.t = t
			k.do(request{method: http.MethodGet, path: c.path, header: c.header}).wants(c.status)
			if heard := k.lastHeard(); len(heard.Body) != 0 || !maps.EqualFunc(heard.Query, c.want, slices.Equal) {
				t.Errorf("the lender heard %q with the body %q", heard.Query, heard.Body)
			}
		})
	}
}

func TestAMessageInTheAddressIsStoredAsItIs(t *testing.T) {
	store := statetest.NewCluster(nil).Gateway("one")
	k := newKitWith(t, kitOptions{store: store})
	k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1, Sighting: &canonical.Sighting{ID: "L1", Word: "NEW", Phase: canonical.Created}}, nil)
	id := k.created()
	k.do(request{method: http.MethodGet, path: atSecret + "?order=L1&event=paid"}).wants(http.StatusOK)
	var kept []state.Message
	if err := store.View(t.Context(), func(r state.Reader) (err error) {
		kept, err = r.MessagesOf(id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 1 || kept[0].Query != "event=paid&order=L1" || kept[0].LenderID != "L1" {
		t.Errorf("kept is %+v", kept)
	}
}

func TestAMessageIsOfBusinessTime(t *testing.T) {
	k := newKit(t)
	k.ahead.Store(int64(90 * 24 * 3600e9))
	k.do(message("L1")).wants(http.StatusOK)
	if at := k.lastHeard().At; at.Year() != 2027 || at.Month() != 2 {
		t.Errorf("the message came at %s", at)
	}
}

func TestAMessageIsStoredOnceAndAnsweredEachTime(t *testing.T) {
	store := &counted{Store: statetest.NewCluster(nil).Gateway("one")}
	k := newKitWith(t, kitOptions{store: store})
	before := store.commits.Load()
	k.do(message("L1")).wants(http.StatusOK)
	first := store.commits.Load()
	k.do(message("L1")).wants(http.StatusOK)
	k.do(message("L2")).wants(http.StatusOK)
	if first == before || store.commits.Load() == first {
		t.Errorf("of %d commits before, %d after the first message and %d after the next", before, first, store.commits.Load())
	}
}

func TestAMessageThatVerifiesAndNamesNoOrderIsTaken(t *testing.T) {
	newKit(t).do(message("")).wants(http.StatusOK)
}

func TestAMessageHasItsOrderLookedAt(t *testing.T) {
	k := newKit(t)
	k.lender.tell(canonical.Outcome{State: canonical.Succeeded, Sends: 1, Sighting: &canonical.Sighting{ID: "L1", Word: "NEW", Phase: canonical.Created}}, nil)
	id := k.created()
	hundred := canonical.MustMoney("100.00", "USD").Value
	k.lender.show(canonical.Report{Finding: canonical.Found, Sighting: &canonical.Sighting{ID: "L1", Word: "OPEN", Phase: canonical.Open, Net: &hundred}}, nil)
	k.do(message("L1")).wants(http.StatusOK)
	k.advance(t.Context(), time.Minute)
	k.wake()
	if got := k.get("/v1/orders/" + id).wants(http.StatusOK); got.text("status") != "authorized" {
		t.Errorf("got %s", got.body)
	}
}

func TestWhatDoesNotVerifyIsAnsweredAlikeForEveryReason(t *testing.T) {
	store := &counted{Store: statetest.NewCluster(nil).Gateway("one")}
	k := newKitWith(t, kitOptions{store: store})
	before := store.commits.Load()
	var first string
	for name, r := range map[string]request{
		"no proof":                  {path: "/notifications/alpha", body: "L1"},
		"no proof and nothing else": {path: "/notifications/alpha"},
		"a wrong header":            {path: "/notifications/alpha", body: "L1", header: http.Header{proofHeader: {lenderProof + "x"}}},
		"half the header":           {path: "/notifications/alpha", body: "L1", header: http.Header{proofHeader: {lenderProof[:4]}}},
		"a wrong secret":            {path: "/notifications/alpha/" + canary, body: "L1"},
		"a secret with odd signs":   {path: "/notifications/alpha/%00%20%C3%A9", body: "L1"},
		"a secret without an end":   {path: "/notifications/alpha/" + strings.Repeat("s", 4000), body: "L1"},
		"an operator's key":         {path: "/notifications/alpha", body: "L1", as: "operator"},
	} {
		t.Run(name, func(t *testing.T) {
			k.t, r.method = t, http.MethodPost
			got := k.do(r).problem(canonical.Unauthenticated)
			said := strings.ReplaceAll(string(got.body), got.text("trace_id"), "")
			if first == "" {
				first = said
			}
			if said != first {
				t.Errorf("got\n%s\nelsewhere\n%s", said, first)
			}
			if got.text("instance") != "/notifications/alpha" || got.text("detail") != "the message does not verify" {
				t.Errorf("got %s", got.body)
			}
		})
	}
	if store.commits.Load() != before {
		t.Error("something was stored")
	}
}

func TestWhoTakesNoMessagesIsNotThere(t *testing.T) {
	k := newKit(t)
	for _, provider := range []string{"nobody", "gamma", "%00", "a%20b", "..", strings.Repeat("p", 129)} {
		for _, path := range []string{"/notifications/" + provider, "/notifications/" + provider + "/" + lenderProof} {
			got := k.do(request{method: http.MethodPost, path: path, body: "L1"}).problem(canonical.NotFound)
			if got.text("detail") != "no provider of this name takes messages" {
				t.Errorf("%s: got %s", path, got.body)
			}
		}
	}
	for _, path := range []string{"/notifications", "/notifications/", "/notifications/alpha/", "/notifications/alpha/a/b", "/notifications/alpha/a%2Fb"} {
		k.do(request{method: http.MethodPost, path: path, body: "L1"}).problem(canonical.NotFound)
	}
}

func TestAMessageToAProviderThatIsOffIsSentAgain(t *testing.T) {
	got := newKit(t).do(request{method: http.MethodPost, path: "/notifications/broken", body: "L1"}).problem(canonical.ProviderOff)
	if strings.Contains(string(got.body), "client_secret") {
		t.Errorf("the answer tells of the configuration: %s", got.body)
	}
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestAMessageTooLargeIsRefused(t *testing.T) {
	k := newKit(t)
	over := request{method: http.MethodPost, path: atSecret, body: strings.Repeat("x", 256<<10+1)}
	k.do(over).problem(canonical.PayloadTooLarge)

	for name, size := range map[string]int64{"that says so": 256<<10 + 1, "that says it has no end": 1 << 60} {
		t.Run(name+" is not read", func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, atSecret, unread{t})
			r.ContentLength = size
			if w := k.serve(r); w.Code != http.StatusRequestEntityTooLarge {
				t.Errorf("got %d", w.Code)
			}
		})
	}
	t.Run("that does not say so is read no further", func(t *testing.T) {
		endless := &endless{}
		r := httptest.NewRequest(http.MethodPost, atSecret, endless)
		r.ContentLength = -1
		if w := k.serve(r); w.Code != http.StatusRequestEntityTooLarge || endless.read > 1<<20 {
			t.Errorf("got %d after %d bytes", w.Code, endless.read)
		}
	})
}

// endless is a body without an end.
type endless struct{ read int }

func (e *endless) Read(into []byte) (int, error) {
	e.read += len(into)
	return len(into), nil
}

// serve answers a request without a connection.
func (k *kit) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	k.server.Config.Handler.ServeHTTP(w, r)
	return w
}

func TestTheSecretOfAnAddressIsToldNowhere(t *testing.T) {
	const secret = canary + "-at-the-end"
	store := &failing{Store: statetest.NewCluster(nil).Gateway("one")}
	k := newKitWith(t, kitOptions{store: store})
	at := func(provider string) string { return "/notifications/" + provider + "/" + secret }
	requests := map[string]request{
		"it does not verify":       {method: "POST", path: at("alpha"), body: "L1"},
		"no such provider":         {method: "POST", path: at("nobody"), body: "L1"},
		"a provider that is none":  {method: "POST", path: at("a%20b"), body: "L1"},
		"a provider that is off":   {method: "POST", path: at("broken"), body: "L1"},
		"it is too large":          {method: "POST", path: at("alpha"), body: strings.Repeat("x", 256<<10+1)},
		"another method":           {method: "GET", path: at("alpha")},
		"another path":             {method: "POST", path: at("alpha") + "/more", body: "L1"},
		"it is taken":              {method: "POST", path: at("alpha"), body: "L1", header: http.Header{proofHeader: {lenderProof}}},
		"the store breaks":         {method: "POST", path: at("alpha"), body: "L2", header: http.Header{proofHeader: {lenderProof}}},
		"something panics":         {method: "POST", path: at("alpha"), body: "L3", header: http.Header{proofHeader: {lenderProof}}},
		"it does not arrive whole": {method: "POST", path: at("alpha"), body: "L4"},
	}
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		t.Run(name, func(t *testing.T) {
			k.t = t
			if store.err = nil; name == "the store breaks" {
				store.err = errors.New("no room")
			}
			store.panic = name == "something panics"
			r := requests[name]
			var body io.Reader = strings.NewReader(r.body)
			if name == "it does not arrive whole" {
				body = io.MultiReader(body, &broken{})
			}
			in := httptest.NewRequest(r.method, r.path, body)
			maps.Copy(in.Header, r.header)
			w := k.serve(in)
			if told := fmt.Sprint(w.Body, w.Header()); strings.Contains(told, secret) {
				t.Errorf("the answer tells it: %s", told)
			}
		})
	}
	if strings.Contains(k.logged.String(), secret) {
		t.Errorf("the log tells it: %s", k.logged)
	}
	if !strings.Contains(k.logged.String(), "no room") {
		t.Errorf("the log does not say what broke: %s", k.logged)
	}
}

// broken is a connection that breaks.
type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAMessageThatCannotBeStoredIsSentAgain(t *testing.T) {
	for _, kind := range []error{errors.New("disk on fire: " + canary), &canonical.Error{Kind: canonical.Overloaded, Detail: canary}, canonical.Errorf(canonical.InvalidRequest, canary)} {
		store := &failing{Store: statetest.NewCluster(nil).Gateway("one")}
		k := newKitWith(t, kitOptions{store: store})
		store.err = kind
		got := k.do(message("L1")).problem(canonical.Overloaded)
		if got.header.Get("Retry-After") == "" || got.text("next/action") != "wait" || strings.Contains(string(got.body), canary) {
			t.Errorf("got %v %s", got.header, got.body)
		}
		if log := k.logged.String(); !strings.Contains(log, canary) || !strings.Contains(log, got.text("trace_id")) {
			t.Errorf("the log has no cause with the trace id: %s", log)
		}
		store.err = nil
		k.do(message("L1")).wants(http.StatusOK)
	}
}

func TestALenderIsAnsweredAlthoughTheStoreIsStuck(t *testing.T) {
	store := &failing{Store: statetest.NewCluster(nil).Gateway("one")}
	k := newKitWith(t, kitOptions{store: store})
	synctest.Test(t, func(t *testing.T) {
		store.stuck = make(chan struct{})
		began := time.Now() // of the bubble
		r := httptest.NewRequest(http.MethodPost, atSecret, strings.NewReader("L1"))
		if w := k.serve(r); w.Code != http.StatusServiceUnavailable || time.Since(began) != 2*time.Second {
			t.Errorf("got %d after %s: %s", w.Code, time.Since(began), w.Body)
		}
		close(store.stuck)
	})
	store.stuck = nil
	k.do(message("L1")).wants(http.StatusOK)
}
