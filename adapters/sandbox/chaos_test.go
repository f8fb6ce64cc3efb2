package sandbox_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func setChaos(t *testing.T, w *sandbox.World, c sandbox.Chaos) {
	t.Helper()
	if err := w.SetChaos(c); err != nil {
		t.Fatal(err)
	}
}

// met lists which faults met n captures at a till.
func met(w *sandbox.World, from, n int) []string {
	var faults []string
	for i := range n {
		_, fate := w.Handle(noon.Add(time.Duration(from+i)*time.Minute), "till", post("/a", "1"))
		faults = append(faults, fate.Fault)
	}
	return faults
}

func inChaos(t *testing.T, c sandbox.Chaos, n int) []string {
	t.Helper()
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
	setChaos(t, w, c)
	return met(w, 0, n)
}

func TestChaosFollowsFromItsSeed(t *testing.T) {
	half := sandbox.Chaos{Seed: 7, Percent: 50}
	first := inChaos(t, half, 200)
	if diff := cmp.Diff(first, inChaos(t, half, 200)); diff != "" {
		t.Error("the same seed:", diff)
	}
	if cmp.Equal(first, inChaos(t, sandbox.Chaos{Seed: 8, Percent: 50}, 200)) {
		t.Error("another seed made the same chaos")
	}
}

func TestChaosMeetsAsMuchAsItIsTold(t *testing.T) {
	tests := []struct {
		name        string
		chaos       sandbox.Chaos
		least, most int
		only        string
	}{
		{"nothing", sandbox.Chaos{Seed: 1}, 0, 0, ""},
		{"everything", sandbox.Chaos{Seed: 1, Percent: 100}, 1000, 1000, ""},
		{"a third", sandbox.Chaos{Seed: 1, Percent: 33.3}, 280, 390, ""},
		{"one in a thousand", sandbox.Chaos{Seed: 1, Percent: 0.1}, 0, 6, ""},
		{"one fault", sandbox.Chaos{Seed: 1, Percent: 100, Faults: []string{"redirect"}}, 1000, 1000, "redirect"},
		{"another lender", sandbox.Chaos{Seed: 1, Percent: 100, Lender: "other"}, 0, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, []lender.Lender{&till{name: "till"}, &till{name: "other"}}, nil)
			setChaos(t, w, tt.chaos)
			struck, kinds := 0, map[string]bool{}
			for _, fault := range met(w, 0, 1000) {
				if fault != "" {
					struck, kinds[fault] = struck+1, true
				}
				if fault != "" && tt.only != "" && fault != tt.only {
					t.Fatalf("met %s", fault)
				}
			}
			if struck < tt.least || struck > tt.most {
				t.Errorf("%d of 1000", struck)
			}
			// A till can neither lie nor be stale.
			if struck > 100 && tt.only == "" && len(kinds) != 14 {
				t.Errorf("%d kinds: %v", len(kinds), kinds)
			}
		})
	}
}

func TestChaosEnds(t *testing.T) {
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
	setChaos(t, w, sandbox.Chaos{Seed: 1, Percent: 100})
	setChaos(t, w, sandbox.Chaos{Faults: []string{"half"}})
	if got := met(w, 0, 1)[0]; got != "" {
		t.Errorf("met %s", got)
	}
}

func TestWhatPeopleSetGoesBeforeChaosAndTakesNoDrawFromIt(t *testing.T) {
	chaos := sandbox.Chaos{Seed: 3, Percent: 40}
	want := inChaos(t, chaos, 50)
	want[0] = "redirect"
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
	setChaos(t, w, chaos)
	setFault(t, w, sandbox.Fault{Lender: "till", Fault: "redirect"})
	if diff := cmp.Diff(want, met(w, 0, 50)); diff != "" {
		t.Error(diff)
	}
}

func TestChaosIsChecked(t *testing.T) {
	tests := []struct {
		name  string
		chaos sandbox.Chaos
		says  string
	}{
		{"less than nothing", sandbox.Chaos{Percent: -1}, "percent"},
		{"more than all", sandbox.Chaos{Percent: 100.5}, "percent"},
		{"no number", sandbox.Chaos{Percent: math.NaN()}, "percent"},
		{"an unknown lender", sandbox.Chaos{Percent: 1, Lender: "bank"}, "no such lender"},
		{"an unknown fault", sandbox.Chaos{Percent: 1, Faults: []string{"fire"}}, "lose_reply"},
		{"a fault that fits nothing there", sandbox.Chaos{Percent: 1, Lender: "iwocapay", Faults: []string{"wrong_currency"}}, "iwocapay"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := newWorld(t, sandbox.Defaults(), nil).SetChaos(tt.chaos)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestChaosNeedsSomebodyItFits(t *testing.T) {
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
	if err := w.SetChaos(sandbox.Chaos{Percent: 1, Faults: []string{"stale"}}); err == nil || !strings.Contains(err.Error(), "any lender") {
		t.Errorf("got %v", err)
	}
}

// day lets shops and customers do something at all default lenders, as often as it is told. It goes on
// where a world that was killed left off. In chaos much of it makes little sense, which is business too.
func day(t *testing.T, w *sandbox.World, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		v := visits()[i%len(visits())]
		s := newShop(t, w, v.lender)
		s.now = noon.Add(time.Duration(i) * 10 * time.Minute)
		s.reply.Body = []byte(`{"transactionId":"unknown","transaction":{"id":"unknown"}}`)
		if len(v.before) == 0 || len(w.Orders(v.lender)) > 0 {
			s.send(v.make(s))
		}
		_ = w.Act(v.lender, lender.Act{Order: "ref-1", Do: []string{"complete", "pay"}[i%2]})
	}
}

func TestTheSameSeedMakesTheSameDayAndAReplayGoesOnWithIt(t *testing.T) {
	chaos := sandbox.Chaos{Seed: 20260506, Percent: 60}
	journals := map[string][]byte{}
	for _, name := range []string{"first", "second", "killed half-way"} {
		dir := t.TempDir()
		open := func() *sandbox.World {
			return newWorld(t, sandbox.Defaults(), func(o *sandbox.Options) { o.Dir = dir })
		}
		w := open()
		setChaos(t, w, chaos)
		n := 6 * len(visits())
		if name == "killed half-way" {
			day(t, w, 0, n/2)
			w = open()
			day(t, w, n/2, n)
		} else {
			day(t, w, 0, n)
		}
		journals[name] = readJournal(t, dir)
		if again := open(); !cmp.Equal(truthOf(w), truthOf(again)) {
			t.Errorf("%s: a replay leads elsewhere: %s", name, cmp.Diff(truthOf(w), truthOf(again)))
		}
	}
	for _, name := range []string{"second", "killed half-way"} {
		if !bytes.Equal(journals["first"], journals[name]) {
			t.Errorf("%s: another journal", name)
		}
	}
	if lines := bytes.Count(journals["first"], []byte("\n")); lines < 100 {
		t.Errorf("only %d lines", lines)
	}
}
