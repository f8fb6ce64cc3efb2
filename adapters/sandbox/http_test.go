package sandbox_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func serve(t *testing.T) (*sandbox.World, *till, string) {
	t.Helper()
	one := &till{name: "till"}
	w := newWorld(t, []lender.Lender{one, &till{name: "other"}}, nil)
	server := httptest.NewServer(w.Handler())
	t.Cleanup(server.Close)
	return w, one, server.URL
}

// fetch sends one request and returns status and body.
func fetch(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	read, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(read)
}

func TestLendersHearRequestsAsTheyWereSent(t *testing.T) {
	_, one, url := serve(t)
	if status, body := fetch(t, "POST", url+"/till//a%2Fb/c/?x=1&y=%20", "10.00"); status != 200 || body != whole {
		t.Fatalf("%d %s", status, body)
	}
	got := one.heard[0]
	got.Header = nil
	want := lender.Request{
		Method: "POST", Path: "//a%2Fb/c/", MountedPath: "/till//a%2Fb/c/", RawQuery: "x=1&y=%20", Body: []byte("10.00"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLendersThatSignPathsAreToldTheMount(t *testing.T) {
	one := &till{name: "till"}
	newWorld(t, []lender.Lender{one}, nil).Handle(noon, "till", get("/a"))
	if got := one.heard[0].MountedPath; got != "/till/a" {
		t.Errorf("mounted at %q", got)
	}
}

func TestAnswersCarryTheDateOfTheWorld(t *testing.T) {
	_, _, url := serve(t)
	reply, err := http.Get(url + "/till/a")
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if got := reply.Header.Get("Date"); got != "Wed, 06 May 2026 12:00:00 GMT" {
		t.Errorf("Date: %s", got)
	}
}

func TestALostAnswerIsACutConnection(t *testing.T) {
	for _, fault := range []string{"lose_reply", "lose_request"} {
		t.Run(fault, func(t *testing.T) {
			w, _, url := serve(t)
			setFault(t, w, sandbox.Fault{Lender: "till", Fault: fault})
			reply, err := http.Post(url+"/till/a", "text/plain", strings.NewReader("10"))
			if err == nil {
				reply.Body.Close()
				t.Fatalf("answered with %d", reply.StatusCode)
			}
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
				t.Errorf("not a cut: %v", err)
			}
			if acted := len(w.Effects("till")) == 1; acted != (fault == "lose_reply") {
				t.Errorf("acted: %v", acted)
			}
		})
	}
}

func TestASlowAnswerTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
		setFault(t, w, sandbox.Fault{Lender: "till", Fault: "slow", Delay: sandbox.Delay(5 * time.Second)})
		began, answer := time.Now(), httptest.NewRecorder()
		w.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/till/a", nil))
		if took := time.Since(began); took != 5*time.Second || answer.Code != 200 {
			t.Errorf("%d after %s", answer.Code, took)
		}
	})
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	w, _, url := serve(t)
	if status, _ := fetch(t, "POST", url+"/till/a", strings.Repeat("1", 1<<20+1)); status != http.StatusRequestEntityTooLarge || len(w.Arrivals("", "")) != 0 {
		t.Errorf("status %d", status)
	}
}

func TestControl(t *testing.T) {
	tests := []struct {
		name, method, path, body string
		status                   int
		says                     string
	}{
		{"an act", "POST", "/till/act", `{"order":"x","do":"ring"}`, 200, `"done": true`},
		{"an act that does not fit", "POST", "/till/act", `{"do":"dance"}`, 409, "possible: ring"},
		{"an act at nobody's", "POST", "/bank/act", `{"do":"ring"}`, 404, "till, other"},
		{"an act with an unknown field", "POST", "/till/act", `{"doo":"ring"}`, 400, "doo"},
		{"the orders", "GET", "/till/orders", "", 200, `"id": "rung"`},
		{"nobody's orders", "GET", "/bank/orders", "", 404, "no such lender"},
		{"the ledger", "GET", "/ledger", "", 200, `"amount": "5"`},
		{"one lender's ledger", "GET", "/ledger?lender=other", "", 200, "[]"},
		{"one order's ledger", "GET", "/ledger?order=/z", "", 200, "[]"},
		{"nobody's ledger", "GET", "/ledger?lender=bank", "", 404, "no such lender"},
		{"the arrivals", "GET", "/arrivals?lender=till&order=/a", "", 200, `"count": 1`},
		{"other arrivals", "GET", "/arrivals?lender=other", "", 200, "[]"},
		{"a fault", "POST", "/faults", `{"lender":"till","operation":"capture","fault":"slow","delay":"3s"}`, 200, `"done": true`},
		{"a fault that is none", "POST", "/faults", `{"lender":"till","fault":"fire"}`, 400, "lose_reply"},
		{"a delay that is none", "POST", "/faults", `{"lender":"till","fault":"slow","delay":"long"}`, 400, "long"},
		{"a fault that comes back later", "POST", "/faults", `{"lender":"till","fault":"throttled","retry_after":30}`, 200, `"done": true`},
		{"a pause that belongs to nothing", "POST", "/faults", `{"lender":"till","fault":"slow","retry_after":30}`, 400, "unavailable, throttled"},
		{"a delay that belongs to nothing", "POST", "/faults", `{"lender":"till","fault":"half","delay":"3s"}`, 400, "late, slow"},
		{"a lie of a lender without words", "POST", "/faults", `{"lender":"till","fault":"lie_status"}`, 400, "that of till"},
		{"a stale answer of a lender without a past", "POST", "/faults", `{"lender":"till","fault":"stale"}`, 400, "till"},
		{"no faults", "DELETE", "/faults", "", 200, `"done": true`},
		{"chaos", "PUT", "/chaos", `{"seed":18446744073709551615,"percent":0.5,"faults":["half"],"lender":"till"}`, 200, `"done": true`},
		{"chaos without a share", "PUT", "/chaos", `{"percent":101}`, 400, "percent"},
		{"chaos at nobody's", "PUT", "/chaos", `{"percent":1,"lender":"bank"}`, 400, "till, other"},
		{"notifications", "PUT", "/till/notices", `{"url":"http://localhost:1/x","mode":"hold"}`, 200, `"done": true`},
		{"notifications to nowhere", "PUT", "/till/notices", `{"url":"/x"}`, 400, "address"},
		{"notifications later", "PUT", "/till/notices", `{"mode":"delay","delay":"90s"}`, 200, `"done": true`},
		{"notifications in no way", "PUT", "/till/notices", `{"mode":"shout"}`, 400, "send, drop, twice, hold, delay, reverse, forge, early"},
		{"no such control", "GET", "/weather", "", 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, _, url := serve(t)
			w.Handle(noon, "till", post("/a", "5"))
			status, body := fetch(t, tt.method, url+"/control"+tt.path, tt.body)
			if status != tt.status || !strings.Contains(body, tt.says) {
				t.Errorf("%d %s, want %d %q", status, body, tt.status, tt.says)
			}
		})
	}
}

func TestFaultsAreListedAsTheyAreSet(t *testing.T) {
	_, _, url := serve(t)
	fetch(t, "POST", url+"/control/faults", `{"lender":"till","operation":"read","fault":"slow","times":3}`)
	_, body := fetch(t, "GET", url+"/control/faults", "")
	var got []sandbox.Fault
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	want := []sandbox.Fault{{Lender: "till", Operation: "read", Fault: "slow", Times: 3, Delay: sandbox.Delay(2 * time.Second)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnknownLenderIsNotFound(t *testing.T) {
	_, _, url := serve(t)
	if status, body := fetch(t, "GET", url+"/bank/a", ""); status != 404 || !strings.Contains(body, "till, other") {
		t.Errorf("%d %s", status, body)
	}
}
