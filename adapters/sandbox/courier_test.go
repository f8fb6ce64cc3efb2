package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestNotificationsArePosted(t *testing.T) {
	received := make(chan *http.Request, 4)
	bodies := make(chan string, 4)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received <- r
		bodies <- string(body)
	}))
	defer shop.Close()
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) {
		o.Deliver = nil
		o.NoticeURLs = map[string]string{"till": shop.URL + "/first"}
	})
	w.Handle(noon, "till", post("/a", "1"))
	if err := w.SetPosting("till", sandbox.Posting{URL: shop.URL + "/second"}); err != nil {
		t.Fatal(err)
	}
	w.Handle(noon, "till", post("/a", "2"))
	for i, path := range []string{"/first", "/second"} {
		r := <-received
		if r.Method != "POST" || r.URL.Path != path || r.Header.Get("X-Till") != "ding" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		if body, want := <-bodies, []string{"1", "2"}[i]; body != want {
			t.Errorf("body %q, want %q", body, want)
		}
	}
}

func TestAReceiverThatHangsHoldsNobodyUp(t *testing.T) {
	arrived, hang := make(chan struct{}, 4), make(chan struct{})
	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-hang
	}))
	defer shop.Close()
	defer close(hang)
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) {
		o.Deliver = nil
		o.NoticeURLs = map[string]string{"till": shop.URL}
	})
	w.Handle(noon, "till", post("/a", "1"))
	<-arrived
	// More than the courier holds: the rest is dropped, and nobody waits.
	for range 1100 {
		if reply, _ := w.Handle(noon, "till", post("/a", "1")); reply.Status != 200 {
			t.Fatalf("status %d", reply.Status)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestNotificationsCanBeDroppedDoubledAndHeld(t *testing.T) {
	tests := []struct {
		mode string
		want []string
	}{
		{"send", []string{"1", "2", "later"}},
		{"drop", []string{"later"}},
		{"twice", []string{"1", "1", "2", "2", "later"}},
		{"hold", []string{"2", "1", "later"}},
	}
	for _, tt := range tests {
		t.Run(tt.mode, func(t *testing.T) {
			var got []string
			w := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) {
				o.Deliver = func(notices []lender.Notice) {
					for _, n := range notices {
						got = append(got, string(n.Body))
					}
				}
			})
			modes := []string{tt.mode, "send"}
			for i, mode := range modes {
				if err := w.SetPosting("till", sandbox.Posting{Mode: mode}); err != nil {
					t.Fatal(err)
				}
				if i == 0 {
					w.Handle(noon, "till", post("/a", "1"))
					w.Handle(noon, "till", post("/a", "2"))
				}
			}
			got = append(got, "later")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAReplayNotifiesNobody(t *testing.T) {
	dir := t.TempDir()
	before, _ := inDir(t, dir)
	before.Handle(noon, "till", post("/a", "1"))
	told := 0
	after := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) {
		o.Dir = dir
		o.Deliver = func(notices []lender.Notice) { told += len(notices) }
	})
	after.Handle(noon, "till", post("/a", "2"))
	if told != 1 {
		t.Errorf("%d notifications went out, want that of the new request", told)
	}
}
