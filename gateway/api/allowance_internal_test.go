package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestAnAllowanceIsUsedUpAndComesBack(t *testing.T) {
	a := newAllowances[string](Rate{Count: 4, Per: 2 * time.Second})
	for _, step := range []struct {
		name string
		at   time.Duration
		of   string
		want allowance
	}{
		{"the first of four", 0, "acme", allowance{left: 3, fullIn: 500 * time.Millisecond}},
		{"the second", 0, "acme", allowance{left: 2, fullIn: time.Second}},
		{"the third", 0, "acme", allowance{left: 1, fullIn: 1500 * time.Millisecond}},
		{"the fourth", 0, "acme", allowance{left: 0, fullIn: 2 * time.Second}},
		{"one too many", 0, "acme", allowance{fullIn: 2 * time.Second, wait: 500 * time.Millisecond}},
		{"it costs nothing to be refused", 100 * time.Millisecond, "acme", allowance{fullIn: 1900 * time.Millisecond, wait: 400 * time.Millisecond}},
		{"somebody else has his own", 100 * time.Millisecond, "other", allowance{left: 3, fullIn: 500 * time.Millisecond}},
		{"one has come back", 500 * time.Millisecond, "acme", allowance{left: 0, fullIn: 2 * time.Second}},
		{"all have come back", time.Hour, "acme", allowance{left: 3, fullIn: 500 * time.Millisecond}},
		{"a clock that is put back", time.Minute, "later", allowance{left: 3, fullIn: 500 * time.Millisecond}},
	} {
		if got := a.take(step.of, noon.Add(step.at)); got != step.want {
			t.Errorf("%s: got %+v, want %+v", step.name, got, step.want)
		}
	}
}

func TestLookingTakesNothing(t *testing.T) {
	a := newAllowances[string](Rate{Count: 1, Per: time.Minute})
	for range 3 {
		if got := a.look("acme", noon); got.wait != 0 || got.left != 1 {
			t.Fatalf("got %+v", got)
		}
	}
	a.take("acme", noon)
	if got := a.look("acme", noon); got.wait != time.Minute {
		t.Errorf("got %+v", got)
	}
}

func TestNoRateIsNoLimit(t *testing.T) {
	a := newAllowances[string](Rate{})
	for range 1000 {
		if got := a.take("acme", noon); got.wait != 0 {
			t.Fatalf("got %+v", got)
		}
	}
	if len(a.fullAt) != 0 {
		t.Errorf("%d are remembered", len(a.fullAt))
	}
}

func TestWhoeverComesByTheThousandIsForgottenAgain(t *testing.T) {
	a := newAllowances[string](Rate{Count: 10, Per: time.Second})
	for i := range 50_000 {
		a.take(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Millisecond))
	}
	if len(a.fullAt) > 2*leastTidied {
		t.Errorf("%d are remembered", len(a.fullAt))
	}
}

func TestTooManyAtOnceShareOneAllowance(t *testing.T) {
	a := newAllowances[string](Rate{Count: 2, Per: time.Minute})
	a.most = 3000
	for i := range a.most {
		if got := a.take(fmt.Sprint(i), noon); got.wait != 0 {
			t.Fatalf("%d: got %+v", i, got)
		}
	}
	for i, refused := range []bool{false, false, true, true} {
		if got := a.take(fmt.Sprint("more ", i), noon); (got.wait > 0) != refused {
			t.Errorf("the one more of number %d: got %+v", i, got)
		}
	}
	if got := a.take("0", noon); got.wait != 0 {
		t.Errorf("one that came before: got %+v", got)
	}
	if len(a.fullAt) > a.most+1 {
		t.Errorf("%d are remembered", len(a.fullAt))
	}
}

func TestWhoIsAtTheOtherEnd(t *testing.T) {
	for _, c := range []struct{ one, other string }{
		{"192.0.2.1:5000", "192.0.2.1:6000"}, {"[::ffff:192.0.2.1]:5000", "192.0.2.1:6000"},
		{"[2001:db8::1]:1", "[2001:db8::ffff:2]:2"}, {"[fe80::1%eth0]:1", "[fe80::2%eth1]:1"}, {"@", ""},
	} {
		if networkOf(c.one) != networkOf(c.other) {
			t.Errorf("%s is %s and %s is %s", c.one, networkOf(c.one), c.other, networkOf(c.other))
		}
	}
	for _, c := range []struct{ one, other string }{{"192.0.2.1:5000", "192.0.2.2:5000"}, {"[2001:db8::1]:1", "[2001:db8:0:1::1]:1"}} {
		if networkOf(c.one) == networkOf(c.other) {
			t.Errorf("%s and %s are the same", c.one, c.other)
		}
	}
}

func TestHowLongACallerWaits(t *testing.T) {
	for _, c := range []struct {
		given  []string
		want   time.Duration
		stated bool
	}{
		{nil, 0, false}, {[]string{""}, 0, false}, {[]string{"return=minimal"}, 0, false},
		{[]string{"wait=5"}, 5 * time.Second, true}, {[]string{`Wait = "5"`}, 5 * time.Second, true}, {[]string{"wait=0"}, 0, true},
		{[]string{"respond-async"}, 0, true}, {[]string{"respond-async, wait=10"}, 10 * time.Second, true}, {[]string{"return=minimal", "wait=7;x=y"}, 7 * time.Second, true},
		{[]string{"wait=1, wait=9"}, time.Second, true}, {[]string{"wait=-1"}, 0, false}, {[]string{"wait=soon"}, 0, false}, {[]string{"wait"}, 0, false},
		{[]string{"wait=1.5"}, 0, false}, {[]string{"wait=99999999999"}, 0, false}, {[]string{"waiting=5"}, 0, false},
	} {
		got, stated := preferredWait(http.Header{"Prefer": c.given})
		if got != c.want || stated != c.stated {
			t.Errorf("%q: got %s %t, want %s %t", c.given, got, stated, c.want, c.stated)
		}
	}
}
