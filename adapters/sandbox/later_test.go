package sandbox_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func setLate(t *testing.T, w *sandbox.World, after time.Duration) {
	t.Helper()
	setFault(t, w, sandbox.Fault{Lender: "till", Operation: "capture", Fault: "late", Delay: sandbox.Delay(after)})
}

func wake(t *testing.T, w *sandbox.World, now time.Time) {
	t.Helper()
	if err := w.Wake(now); err != nil {
		t.Fatal(err)
	}
}

// amounts are those of a lender's effects, in order.
func amounts(w *sandbox.World, name string) []string {
	var found []string
	for _, e := range w.Effects(name) {
		found = append(found, e.Amount.String()+" at "+e.At.Format(time.TimeOnly))
	}
	return found
}

func TestWhatIsLateHappensAtItsOwnTimeBeforeWhatComesAfter(t *testing.T) {
	tests := []struct {
		name  string
		after func(*sandbox.World)
		want  []string
	}{
		{"nobody comes", func(*sandbox.World) {}, nil},
		{"it is woken too early", func(w *sandbox.World) { _ = w.Wake(noon.Add(9 * time.Second)) }, nil},
		{"it is woken much later", func(w *sandbox.World) { _ = w.Wake(noon.Add(time.Hour)) }, []string{"2 at 12:00:10", "1 at 12:00:20"}},
		{"a read comes in between", func(w *sandbox.World) { w.Handle(noon.Add(15*time.Second), "till", get("/a")) }, []string{"2 at 12:00:10"}},
		{"another capture comes later", func(w *sandbox.World) { w.Handle(noon.Add(time.Minute), "till", post("/b", "3")) },
			[]string{"2 at 12:00:10", "1 at 12:00:20", "3 at 12:01:00"}},
		{"somebody else is asked later", func(w *sandbox.World) { w.Handle(noon.Add(time.Minute), "other", get("/a")) },
			[]string{"2 at 12:00:10", "1 at 12:00:20"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, []lender.Lender{&till{name: "till"}, &till{name: "other"}}, nil)
			setLate(t, w, 20*time.Second)
			setLate(t, w, 10*time.Second)
			w.Handle(noon, "till", post("/a", "1"))
			w.Handle(noon, "till", post("/a", "2"))
			tt.after(w)
			if diff := cmp.Diff(tt.want, amounts(w, "till")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheNextThingDueIsKnown(t *testing.T) {
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
	if at, waiting := w.Due(); waiting {
		t.Errorf("nothing is due at %s", at)
	}
	setLate(t, w, time.Minute)
	setLate(t, w, time.Second)
	w.Handle(noon, "till", post("/a", "1"))
	w.Handle(noon, "till", post("/a", "2"))
	for _, after := range []time.Duration{time.Second, time.Minute} {
		at, waiting := w.Due()
		if !waiting || !at.Equal(noon.Add(after)) {
			t.Errorf("due at %s (%v), want %s later", at, waiting, after)
		}
		wake(t, w, at)
	}
	if at, waiting := w.Due(); waiting {
		t.Errorf("still due at %s", at)
	}
}

// A killed world comes back with what is still due, and with what was done; no second time.
func TestWhatIsDueSurvives(t *testing.T) {
	dir := t.TempDir()
	before, _ := inDir(t, dir)
	setLate(t, before, 10*time.Second)
	setLate(t, before, 20*time.Second)
	before.Handle(noon, "till", post("/a", "1"))
	before.Handle(noon, "till", post("/a", "2"))
	before.Handle(noon.Add(15*time.Second), "till", get("/a"))

	after, _ := inDir(t, dir)
	if diff := cmp.Diff([]string{"1 at 12:00:10"}, amounts(after, "till")); diff != "" {
		t.Error(diff)
	}
	wake(t, after, noon.Add(time.Hour))
	last, _ := inDir(t, dir)
	if diff := cmp.Diff([]string{"1 at 12:00:10", "2 at 12:00:20"}, amounts(last, "till")); diff != "" {
		t.Error(diff)
	}
}

func TestWakingToNothingLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	w, _ := inDir(t, dir)
	wake(t, w, noon.Add(time.Hour))
	if kept := readJournal(t, dir); len(kept) != 0 {
		t.Errorf("kept %s", kept)
	}
	setLate(t, w, time.Second)
	w.Handle(noon, "till", post("/a", "1"))
	wake(t, w, noon.Add(time.Hour))
	if lines := bytes.Count(readJournal(t, dir), []byte(`"wake":true`)); lines != 1 {
		t.Errorf("woken %d times", lines)
	}
}

// In the bubble time passes as soon as everybody waits.
func TestAServedWorldWakesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := make(chan string, 1)
		w := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) {
			o.Now = nil
			o.Deliver = func(notices []lender.Notice) { told <- string(notices[0].Body) }
		})
		setLate(t, w, time.Minute)
		began, handler := time.Now(), w.Handler()
		sendCut(t, handler, httptest.NewRequest("POST", "/till/a", bytes.NewReader([]byte("7"))))
		if got := <-told; got != "7" {
			t.Errorf("told %s", got)
		}
		if at := w.Effects("till")[0].At; !at.Equal(began.Add(time.Minute)) {
			t.Errorf("it happened at %s, not a minute after %s", at, began)
		}
	})
}

// sendCut sends a request whose connection is cut.
func sendCut(t *testing.T, to http.Handler, r *http.Request) {
	t.Helper()
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("not cut: %v", got)
		}
	}()
	to.ServeHTTP(httptest.NewRecorder(), r)
}

// The clock is set forward, and nothing but the request is there to notice.
func TestPeopleSeeTheWorldAsItIsWhenTheyLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := noon
		w := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) { o.Now = func() time.Time { return now } })
		setLate(t, w, time.Minute)
		w.Handle(noon, "till", post("/a", "7"))
		handler := w.Handler()
		now = noon.Add(time.Hour)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest("GET", "/control/ledger", nil))
		if !strings.Contains(answer.Body.String(), `"amount": "7"`) {
			t.Errorf("the ledger says %s", answer.Body)
		}
	})
}

func TestAClosedWorldWakesNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, []lender.Lender{&till{name: "till"}}, func(o *sandbox.Options) { o.Now = nil })
		w.Handler()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		w.Handler() // starts nothing: the bubble would not end
		if err := w.Wake(noon); err == nil {
			t.Error("a closed world was woken")
		}
	})
}

// What lenders do by time they do at that time, however late anybody looks.
func TestLendersKeepTheirOwnTime(t *testing.T) {
	const month = 30 * 24 * time.Hour
	tests := []struct {
		name     string
		lender   string
		before   []string
		due      time.Duration
		status   string
		canceled string // what the book says was let go
		told     int
	}{
		{"an authorization that nobody captures", "creditkey", []string{"create", "authorize"}, month, "CANCELED", "100", 1},
		{"an order that nobody authorizes", "creditkey", []string{"create"}, month, "CANCELED", "", 1},
		{"a charge that nobody pays", "cryptopay", []string{"create"}, 30 * time.Minute, "expired", "", 0},
	}
	for _, tt := range tests {
		for _, late := range []time.Duration{0, 1000 * time.Hour} {
			t.Run(tt.name, func(t *testing.T) {
				told := 0
				w := newWorld(t, sandbox.Defaults(), func(o *sandbox.Options) { o.Deliver = func(n []lender.Notice) { told += len(n) } })
				s := newShop(t, w, tt.lender)
				for _, step := range tt.before {
					s.step(step)
				}
				told = 0
				if at, waiting := w.Due(); !waiting || !at.Equal(noon.Add(tt.due)) {
					t.Errorf("due at %s", at)
				}
				had := len(w.Effects(tt.lender))
				wake(t, w, noon.Add(tt.due+late))
				if got := w.Orders(tt.lender)[0].Status; got != tt.status || told != tt.told {
					t.Errorf("%s, and %d were told", got, told)
				}
				letGo := ""
				for _, e := range w.Effects(tt.lender)[had:] {
					letGo += e.Amount.String()
					if e.Kind != "cancel" || !e.At.Equal(noon.Add(tt.due)) {
						t.Errorf("%s at %s", e.Kind, e.At)
					}
				}
				if at, waiting := w.Due(); waiting || letGo != tt.canceled {
					t.Errorf("let go %q, due again at %s", letGo, at)
				}
			})
		}
	}
}

// What ended before its time is waited for no more.
func TestNothingIsDueForOrdersThatEnded(t *testing.T) {
	for name, steps := range map[string][]string{
		"creditkey": {"create", "authorize", "capture"}, "cryptopay": {"create", "act pay"},
	} {
		w := newWorld(t, sandbox.Defaults(), nil)
		s := newShop(t, w, name)
		for _, step := range steps {
			s.step(step)
		}
		if at, waiting := w.Due(); waiting {
			t.Errorf("%s waits until %s", name, at)
		}
	}
}
