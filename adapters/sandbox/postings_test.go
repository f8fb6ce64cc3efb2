package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func setPosting(t *testing.T, w *sandbox.World, name string, p sandbox.Posting) {
	t.Helper()
	if err := w.SetPosting(name, p); err != nil {
		t.Fatal(err)
	}
}

// listening is a world whose notifications are kept.
func listening(t *testing.T, lenders []lender.Lender) (*sandbox.World, *[]lender.Notice) {
	t.Helper()
	told := new([]lender.Notice)
	w := newWorld(t, lenders, func(o *sandbox.Options) {
		o.Deliver = func(notices []lender.Notice) { *told = append(*told, notices...) }
	})
	return w, told
}

func TestDelayedNotificationsGoOutAtTheirTime(t *testing.T) {
	w, told := listening(t, []lender.Lender{&till{name: "till"}})
	setPosting(t, w, "till", sandbox.Posting{Mode: "delay", Delay: sandbox.Delay(time.Minute)})
	w.Handle(noon, "till", post("/a", "1"))
	w.Handle(noon.Add(30*time.Second), "till", post("/a", "2"))
	setPosting(t, w, "till", sandbox.Posting{Mode: "send"}) // does not hurry those under way
	w.Handle(noon.Add(31*time.Second), "till", post("/a", "3"))
	want := [][]string{{"3"}, {"3", "1"}, {"3", "1", "2"}}
	for i, after := range []time.Duration{59 * time.Second, 60 * time.Second, time.Hour} {
		wake(t, w, noon.Add(after))
		var got []string
		for _, n := range *told {
			got = append(got, string(n.Body))
		}
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("after %s: %s", after, diff)
		}
	}
}

func TestADelayedNotificationSurvives(t *testing.T) {
	dir, told := t.TempDir(), 0
	before, _ := inDir(t, dir)
	setPosting(t, before, "till", sandbox.Posting{Mode: "delay"})
	before.Handle(noon, "till", post("/a", "1"))
	after := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) {
		o.Dir = dir
		o.Deliver = func(notices []lender.Notice) { told += len(notices) }
	})
	if at, waiting := after.Due(); !waiting || !at.Equal(noon.Add(2*time.Second)) {
		t.Errorf("due at %s", at)
	}
	wake(t, after, noon.Add(time.Hour))
	if told != 1 {
		t.Errorf("%d went out", told)
	}
}

func TestReversedNotificationsGoOutNewestFirst(t *testing.T) {
	for mode, want := range map[string][]string{
		"send":    {"payment.succeeded", "settlement.completed"},
		"reverse": {"settlement.completed", "payment.succeeded"},
	} {
		w, told := listening(t, sandbox.Defaults())
		setPosting(t, w, "cryptopay", sandbox.Posting{Mode: mode})
		s := newShop(t, w, "cryptopay")
		s.step("create")
		s.step("act pay")
		var got []string
		for _, n := range *told {
			got = append(got, n.Header.Get("X-Fluxa-Event"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", mode, diff)
		}
	}
}

// genuine says whether a notification is what the lender itself would send.
var genuine = map[string]func(lender.Notice) bool{
	"creditkey": func(n lender.Notice) bool {
		return n.Header.Get("X-CreditKey-Signature") == hex.EncodeToString(macOf("sandbox-webhook-secret", n.Body))
	},
	"ecster": func(n lender.Notice) bool { return n.Header.Get("X-Shop-Token") == "sandbox-token" },
	"iwocapay": func(n lender.Notice) bool {
		return n.Header.Get("X-Iwocapay-Hmac-Sha256") == base64.StdEncoding.EncodeToString(macOf("sandbox-seller-token", n.Body))
	},
	"cryptopay": func(n lender.Notice) bool {
		signed := append([]byte(n.Header.Get("X-Fluxa-Timestamp")+"."), n.Body...)
		return n.Header.Get("X-Fluxa-Signature") == hex.EncodeToString(macOf("whsec_sandbox_0123456789abcdef", signed))
	},
}

func macOf(secret string, message []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(message)
	return mac.Sum(nil)
}

func TestBeforeEachNotificationAForgedOneGoesOut(t *testing.T) {
	for name, isGenuine := range genuine {
		t.Run(name, func(t *testing.T) {
			w, told := listening(t, sandbox.Defaults())
			setPosting(t, w, name, sandbox.Posting{Mode: "forge"})
			s := newShop(t, w, name)
			s.prepare(visitOf(name, "read"))
			if len(*told) < 2 || len(*told)%2 != 0 {
				t.Fatalf("%d went out", len(*told))
			}
			for i, n := range *told {
				if forged := i%2 == 0; n.Forged != forged || isGenuine(n) == forged || n.Lender != name {
					t.Errorf("%d: forged %v, of %s: %v %s", i, n.Forged, n.Lender, n.Header, n.Body)
				}
			}
			for i := 0; i < len(*told); i += 2 {
				forged, real := (*told)[i], (*told)[i+1]
				said, meant := leaves(t, forged.Body), leaves(t, real.Body)
				if len(said) != len(meant) || cmp.Equal(said, meant) || len(forged.Header) != len(real.Header) || forged.URL != real.URL {
					t.Errorf("forged %s for %s", forged.Body, real.Body)
				}
			}
		})
	}
}

func TestPostingsAreChecked(t *testing.T) {
	tests := []struct {
		name, lender string
		posting      sandbox.Posting
	}{
		{"an unknown mode", "ecster", sandbox.Posting{Mode: "shout"}},
		{"an address that is none", "ecster", sandbox.Posting{URL: "gateway"}},
		{"forgeries of nothing", "spendoption", sandbox.Posting{Mode: "forge"}},
		{"back in time", "ecster", sandbox.Posting{Mode: "delay", Delay: -1}},
		{"a delay that nothing waits for", "ecster", sandbox.Posting{Mode: "twice", Delay: 1}},
		{"nobody's", "bank", sandbox.Posting{Mode: "drop"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, sandbox.Defaults(), nil)
			if err := w.SetPosting(tt.lender, tt.posting); err == nil {
				t.Error("it was taken")
			}
		})
	}
}

// The receiver of an early notification answers before the lender does.
func TestEarlyNotificationsAreReceivedBeforeTheAnswer(t *testing.T) {
	var answered atomic.Bool
	var early atomic.Int32
	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if !answered.Load() {
			early.Add(1)
		}
	}))
	defer shop.Close()
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) {
		o.Deliver = nil
		o.NoticeURLs = map[string]string{"till": shop.URL}
	})
	setPosting(t, w, "till", sandbox.Posting{Mode: "early"})
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	reply, err := http.Post(server.URL+"/till/new", "text/plain", strings.NewReader("5"))
	answered.Store(true)
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	if early.Load() != 1 {
		t.Errorf("%d came early", early.Load())
	}
}

// In process every notification is early, but for those that wait for their time.
func TestInProcessNotificationsGoOutBeforeTheAnswer(t *testing.T) {
	for mode, want := range map[string]int{"send": 1, "early": 1, "delay": 0} {
		w, told := listening(t, []lender.Lender{&till{name: "till"}})
		setPosting(t, w, "till", sandbox.Posting{Mode: mode})
		w.Handle(noon, "till", post("/new", "5"))
		if len(*told) != want {
			t.Errorf("%s: %d went out before the answer, want %d", mode, len(*told), want)
		}
	}
}
