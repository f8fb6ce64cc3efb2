package adapters_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// tokened is the shop with a token that lasts an hour and is renewed a minute before.
func tokened() adapters.Definition {
	d := shop()
	d.Token = &adapters.Token{
		Path: "/token", Lead: time.Minute, Body: func() any { return map[string]string{"id": "us"} },
		Decode: func(reply adapters.Reply, now time.Time) (string, time.Time, error) {
			var said struct{ Token string }
			if json.Unmarshal(reply.Body, &said) != nil || said.Token == "" {
				return "", now, errors.New("no token")
			}
			return said.Token, now.Add(time.Hour), nil
		},
	}
	return d
}

// issuing hands out t1, t2, ... and takes only the good one, "" being all.
func issuing(good string) *wires {
	var mu sync.Mutex
	issued := 0
	return &wires{answer: func(_ int, w adapters.Wire) (adapters.Reply, adapters.Reach) {
		mu.Lock()
		defer mu.Unlock()
		if w.Class == adapters.TokenCall {
			issued++
			return said(200, fmt.Sprintf(`{"Token":"t%d"}`, issued)), adapters.Replied
		}
		if good != "" && w.Header.Get("Authorization") != "Bearer "+good {
			return said(401, `{}`), adapters.Replied
		}
		return said(200, `{"Status":"PAID"}`), adapters.Replied
	}}
}

func TestManyCallersFetchOneToken(t *testing.T) {
	w := issuing("t1")
	client := newClient(tokened(), w, wideGate())
	var callers sync.WaitGroup
	for range 32 {
		callers.Go(func() {
			if _, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if got := w.count(adapters.TokenCall); got != 1 {
		t.Errorf("%d tokens were fetched, want 1", got)
	}
}

func TestManyCallersWithARefusedTokenFetchOneFreshOne(t *testing.T) {
	w := issuing("t2")
	client := newClient(tokened(), w, wideGate())
	var callers sync.WaitGroup
	for range 32 {
		callers.Go(func() {
			if _, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if got := w.count(adapters.TokenCall); got != 2 {
		t.Errorf("%d tokens were fetched, want 2", got)
	}
}

func TestARefusedTokenIsReplacedAndTheSameBytesSentAgain(t *testing.T) {
	w := issuing("t2")
	outcome, err := send(t, newClient(tokened(), w, wideGate()), canonical.OpCapture, false)
	if err != nil || outcome.State != canonical.Succeeded || outcome.Sends != 2 {
		t.Fatalf("%+v %v, want success after two sends", outcome, err)
	}
	first, second := w.sent[1], w.sent[3]
	if diff := cmp.Diff(first.Body, second.Body); diff != "" || first.URL != second.URL || first.Header.Get("Authorization") == second.Header.Get("Authorization") {
		t.Errorf("other bytes or the same token\n%s", diff)
	}
	//lint:ignore SA1008 headers go out as the definition spells them
	if diff := cmp.Diff(first.Header["idempotency-key"], second.Header["idempotency-key"]); diff != "" {
		t.Error(diff)
	}
}

func TestHowACallEndsThatGetsNoGoodToken(t *testing.T) {
	tokens := func(n int) (adapters.Reply, adapters.Reach) {
		return said(200, fmt.Sprintf(`{"Token":"t%d"}`, n)), adapters.Replied
	}
	for _, row := range []struct {
		name   string
		token  func(n int) (adapters.Reply, adapters.Reach)
		pay    adapters.Reply
		first  ends
		repeat ends
		sends  int
	}{
		{"the token endpoint refuses our credentials", func(int) (adapters.Reply, adapters.Reach) { return said(401, `{}`), adapters.Replied }, said(200, `{}`),
			ends{Kind: canonical.ProviderMisconfigured}, ends{State: canonical.Doubtful}, 0},
		{"the token endpoint is down", func(int) (adapters.Reply, adapters.Reach) { return said(503, ``), adapters.Replied }, said(200, `{}`),
			ends{Kind: canonical.ProviderUnavailable}, ends{State: canonical.Doubtful}, 0},
		{"the token endpoint says nothing", func(int) (adapters.Reply, adapters.Reach) { return adapters.Reply{}, adapters.Sent }, said(200, `{}`),
			ends{Kind: canonical.ProviderUnavailable}, ends{State: canonical.Doubtful}, 0},
		{"the token cannot be read", func(int) (adapters.Reply, adapters.Reach) { return said(200, `{}`), adapters.Replied }, said(200, `{}`),
			ends{Kind: canonical.ProviderUnavailable}, ends{State: canonical.Doubtful}, 0},
		{"a fresh token is refused too", tokens, said(401, `{}`), ends{Kind: canonical.ProviderMisconfigured}, ends{State: canonical.Doubtful}, 2},
		{"a fresh token is forbidden too", tokens, said(403, `{}`), ends{Kind: canonical.ProviderMisconfigured}, ends{State: canonical.Doubtful}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			fetched := 0
			w := &wires{answer: func(_ int, w adapters.Wire) (adapters.Reply, adapters.Reach) {
				if w.Class == adapters.TokenCall {
					fetched++
					return row.token(fetched)
				}
				return row.pay, adapters.Replied
			}}
			outcome, err := send(t, newClient(tokened(), w, wideGate()), canonical.OpCapture, false)
			if diff := cmp.Diff(row.first, endOf(outcome, err)); diff != "" || outcome.Sends != row.sends {
				t.Errorf("first send, %d sends: %s", outcome.Sends, diff)
			}
			if diff := cmp.Diff(row.repeat, endOf(send(t, newClient(tokened(), w, wideGate()), canonical.OpCapture, true))); diff != "" {
				t.Errorf("repeat: %s", diff)
			}
		})
	}
}

func TestASecondSendWhoseReplyIsLostIsInDoubt(t *testing.T) {
	paid := 0
	w := &wires{answer: func(n int, w adapters.Wire) (adapters.Reply, adapters.Reach) {
		if w.Class == adapters.TokenCall {
			return said(200, fmt.Sprintf(`{"Token":"t%d"}`, n)), adapters.Replied
		}
		if paid++; paid == 1 {
			return said(401, `{}`), adapters.Replied
		}
		return adapters.Reply{}, adapters.Sent
	}}
	outcome, err := send(t, newClient(tokened(), w, wideGate()), canonical.OpCapture, false)
	if err != nil || outcome.State != canonical.Doubtful || outcome.Sends != 2 {
		t.Errorf("%+v %v, want in doubt after two sends", outcome, err)
	}
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	now := noon
	w := issuing("")
	client := adapters.NewClient(adapters.ClientOptions{
		Define: tokened(), BaseURL: "https://lender.test", Timeouts: adapters.Timeouts{Write: time.Second, Read: time.Second},
		Transport: w, Gate: wideGate(), Now: func() time.Time { return now },
	})
	for _, row := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {58 * time.Minute, 1}, {59*time.Minute + time.Second, 2}, {60 * time.Minute, 2}} {
		now = noon.Add(row.after)
		if _, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); err != nil {
			t.Fatal(err)
		}
		if got := w.count(adapters.TokenCall); got != row.want {
			t.Errorf("after %s: %d tokens fetched, want %d", row.after, got, row.want)
		}
	}
}

func TestNoTokenIsSentWhereItIsFetched(t *testing.T) {
	w := issuing("")
	if _, err := send(t, newClient(tokened(), w, wideGate()), canonical.OpCapture, false); err != nil {
		t.Fatal(err)
	}
	if got := w.sent[0]; got.URL != "https://lender.test/token" || got.Header.Get("Authorization") != "" || string(got.Body) != `{"id":"us"}` {
		t.Errorf("asked %s with %v: %s", got.URL, got.Header, got.Body)
	}
}

// TestHowATokenIsAskedFor: what the lender gets, and what the calls that follow carry.
func TestHowATokenIsAskedFor(t *testing.T) {
	for _, row := range []struct {
		name                string
		body                any
		header              http.Header
		scheme              string
		kind, text, carries string
	}{
		{"as JSON", map[string]string{"id": "us"}, nil, "", "application/json", `{"id":"us"}`, "Bearer t1"},
		{"as a form", url.Values{"grant_type": {"client_credentials"}, "scope": {"a&b"}}, nil, "", "application/x-www-form-urlencoded", "grant_type=client_credentials&scope=a%26b", "Bearer t1"},
		{"with a header of its own", url.Values{}, http.Header{"Authorization": {"Basic dXM6"}}, "Token", "application/x-www-form-urlencoded", "", "Token t1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := tokened()
			d.Token.Body, d.Token.Header, d.Token.Scheme = func() any { return row.body }, row.header, row.scheme
			w := issuing("")
			if _, err := newClient(d, w, wideGate()).Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); err != nil {
				t.Fatal(err)
			}
			asked, call := w.sent[0], w.sent[1]
			if got := asked.Header.Get("Content-Type"); got != row.kind || string(asked.Body) != row.text || asked.Header.Get("Authorization") != row.header.Get("Authorization") {
				t.Errorf("asked with %v %s", asked.Header, asked.Body)
			}
			if got := call.Header.Get("Authorization"); got != row.carries {
				t.Errorf("the call carries %q, want %q", got, row.carries)
			}
		})
	}
}

func TestAClientThatFollowsAnotherUsesItsTokenOn(t *testing.T) {
	w := issuing("")
	gate := wideGate()
	options := adapters.ClientOptions{
		Provider: canonical.Provider{ID: "shop"}, Adapter: adapters.Adapter{Name: "shop"}, Define: tokened(), BaseURL: "https://lender.test",
		Timeouts: adapters.Timeouts{Write: 25 * time.Second, Read: 8 * time.Second}, Transport: w, Gate: gate, Now: func() time.Time { return noon },
	}
	read := func(c *adapters.Client) {
		if _, err := c.Read(t.Context(), canonical.Query{Read: "sync", Order: openOrder()}); err != nil {
			t.Error(err)
		}
	}
	first := adapters.NewClient(options)
	options.Follows = first
	second := adapters.NewClient(options)
	options.Follows = nil
	apart := adapters.NewClient(options)
	for _, c := range []*adapters.Client{first, second, first, second} {
		read(c)
	}
	if n := w.count(adapters.TokenCall); n != 1 {
		t.Errorf("%d tokens were fetched, want 1", n)
	}
	read(apart)
	if n := w.count(adapters.TokenCall); n != 2 {
		t.Errorf("%d tokens were fetched, want 2: a client that follows nobody has its own", n)
	}
}

func TestFormerNotificationsVerifyUntilTheirTimeIsOver(t *testing.T) {
	proof := func(word string) *adapters.Notifications {
		return &adapters.Notifications{
			Verify: func(m canonical.Message) bool { return m.Secret == word },
			Read:   func(canonical.Message) (canonical.Notice, error) { return canonical.Notice{ID: word}, nil },
		}
	}
	d := shop()
	d.Notifications = proof("new")
	client := adapters.NewClient(adapters.ClientOptions{
		Define: d, Transport: always(200, ""), Gate: wideGate(), Now: func() time.Time { return noon },
		Former: []adapters.FormerNotifications{{Until: noon, Notifications: proof("oldest")}, {Until: noon.Add(time.Hour), Notifications: proof("old")}},
	})
	for _, row := range []struct {
		secret string
		after  time.Duration
		want   bool
	}{
		{"new", 0, true}, {"new", 2 * time.Hour, true}, {"old", 0, true}, {"old", time.Hour - 1, true}, {"old", time.Hour, false}, {"oldest", 0, false}, {"oldest", -1, true}, {"other", 0, false},
	} {
		notice, err := client.Notice(canonical.Message{Secret: row.secret, At: noon.Add(row.after)})
		if (err == nil) != row.want || (row.want && notice.ID != row.secret) {
			t.Errorf("%s after %s: %+v %v, want %v", row.secret, row.after, notice, err, row.want)
		}
	}
}
