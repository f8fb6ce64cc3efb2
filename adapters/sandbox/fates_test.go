package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// arrived is what a caller gets of an answer.
type arrived struct {
	Status   int // 0: nothing came
	Body     string
	Broken   bool
	After    string // Retry-After
	Location string
}

func arrivedOf(reply lender.Reply) arrived {
	return arrived{Status: reply.Status, Body: string(reply.Body), After: reply.Header.Get("Retry-After"), Location: reply.Header.Get("Location")}
}

// ways are the two ways in which a world is driven. Both carry out a fate.
var ways = []struct {
	name string
	open func(*testing.T, *sandbox.World) func(string, lender.Request) arrived
}{
	{"in process", func(_ *testing.T, w *sandbox.World) func(string, lender.Request) arrived {
		return func(name string, r lender.Request) arrived {
			reply, fate := w.Handle(noon, name, r)
			got := arrivedOf(reply)
			switch {
			case fate.Cut && fate.Bytes == 0:
				return arrived{Broken: true}
			case fate.Cut:
				got.Body, got.Broken = got.Body[:fate.Bytes], true
			}
			return got
		}
	}},
	{"over HTTP", func(t *testing.T, w *sandbox.World) func(string, lender.Request) arrived {
		server := httptest.NewServer(w.Handler())
		t.Cleanup(server.Close)
		return func(name string, r lender.Request) arrived { return overHTTP(t, server.URL+"/"+name, r) }
	}},
}

func overHTTP(t *testing.T, base string, r lender.Request) arrived {
	t.Helper()
	sent, err := http.NewRequestWithContext(t.Context(), r.Method, base+r.Path+"?"+r.RawQuery, strings.NewReader(string(r.Body)))
	if err != nil {
		t.Fatal(err)
	}
	sent.Header = r.Header
	reply, err := http.DefaultTransport.RoundTrip(sent) // follows no redirect
	if err != nil {
		return arrived{Broken: true}
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	got := arrivedOf(lender.Reply{Status: reply.StatusCode, Header: reply.Header, Body: body})
	got.Broken = err != nil
	return got
}

// truth is what a lender holds.
type truth struct {
	Effects []lender.Effect
	Orders  []lender.Order
}

func truthOf(w *sandbox.World) truth { return truth{w.Effects(""), w.Orders("")} }

// undisturbed is a world without faults in which the request of a visit arrived so many times: the last
// answer, and how things stand.
func undisturbed(t *testing.T, v visit, times int) (lender.Reply, truth) {
	t.Helper()
	w := newWorld(t, sandbox.Defaults(), nil)
	r := newShop(t, w, v.lender).prepare(v)
	var reply lender.Reply
	for range times {
		reply, _ = w.Handle(noon, v.lender, r)
	}
	return reply, truthOf(w)
}

// fates is what each fault must do, whoever the lender and whatever the operation is.
var fates = []struct {
	fault  sandbox.Fault
	needs  string // a fact in the answer, or stale for reads; "" for nothing
	acts   int    // how many times at once
	later  bool   // and once more after the delay
	answer func(*testing.T, visit, arrived)
}{
	{sandbox.Fault{Fault: "lose_request"}, "", 0, false, isCut},
	{sandbox.Fault{Fault: "lose_reply"}, "", 1, false, isCut},
	{sandbox.Fault{Fault: "half"}, "", 1, false, isHalf},
	{sandbox.Fault{Fault: "late", Delay: sandbox.Delay(3 * time.Minute)}, "", 0, true, isCut},
	{sandbox.Fault{Fault: "duplicate"}, "", 2, false, isAnswer(2)},
	{sandbox.Fault{Fault: "error_before"}, "", 0, false, is(arrived{Status: 500, Body: "internal error"})},
	{sandbox.Fault{Fault: "error_after"}, "", 1, false, is(arrived{Status: 500, Body: "internal error"})},
	{sandbox.Fault{Fault: "slow", Delay: 1}, "", 1, false, isAnswer(1)},
	{sandbox.Fault{Fault: "hang", Delay: 1}, "", 0, false, isCut},
	{sandbox.Fault{Fault: "drip", Delay: 20}, "", 1, false, isAnswer(1)},
	{sandbox.Fault{Fault: "garbage"}, "", 1, false, is(arrived{Status: 200, Body: `{"unfinished":`})},
	{sandbox.Fault{Fault: "unavailable"}, "", 0, false, is(arrived{Status: 503, Body: "unavailable"})},
	{sandbox.Fault{Fault: "unavailable", RetryAfter: 7}, "", 0, false, is(arrived{Status: 503, Body: "unavailable", After: "7"})},
	{sandbox.Fault{Fault: "throttled"}, "", 0, false, is(arrived{Status: 429, Body: "too many requests"})},
	{sandbox.Fault{Fault: "throttled", RetryAfter: 120}, "", 0, false, is(arrived{Status: 429, Body: "too many requests", After: "120"})},
	{sandbox.Fault{Fault: "redirect"}, "", 0, false, isElsewhere},
	{sandbox.Fault{Fault: "lie_status"}, "status", 1, false, isLie(`^"[A-Za-z_]+"$`)},
	{sandbox.Fault{Fault: "strange_word"}, "status", 1, false, isLie(`^"UNHEARD_OF"$`)},
	{sandbox.Fault{Fault: "wrong_amount"}, "amount", 1, false, isLie(`^"?[0-9.]+"?$`)},
	{sandbox.Fault{Fault: "wrong_currency"}, "currency", 1, false, isLie(`^"[A-Z]{3,4}"$`)},
	{sandbox.Fault{Fault: "stale"}, "stale", 0, false, isStale},
}

func TestEveryFaultMeetsEveryOperationAsTheTableSays(t *testing.T) {
	for _, way := range ways {
		for _, v := range visits() {
			for _, f := range fates {
				f.fault.Lender, f.fault.Operation = v.lender, v.operation
				t.Run(fmt.Sprint(way.name, "/", v, "/", f.fault.Fault), func(t *testing.T) {
					w := newWorld(t, sandbox.Defaults(), nil)
					r := newShop(t, w, v.lender).prepare(v)
					if !strings.Contains(v.names, f.needs) {
						refuses(t, w, f.fault)
						return
					}
					send := way.open(t, w)
					setFault(t, w, f.fault)
					f.answer(t, v, send(v.lender, r))
					_, want := undisturbed(t, v, f.acts)
					agree(t, "at once", want, truthOf(w))
					if f.later {
						happensLater(t, w, v)
					}
				})
			}
		}
	}
}

func agree(t *testing.T, when string, want, got truth, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, options...); diff != "" {
		t.Errorf("%s: %s", when, diff)
	}
}

// happensLater looks at a late request: it acts when its time has come, as if it were sent then.
func happensLater(t *testing.T, w *sandbox.World, v visit) {
	t.Helper()
	before := len(w.Effects(v.lender))
	due, waiting := w.Due()
	if at := noon.Add(3 * time.Minute); !waiting || !due.Equal(at) {
		t.Fatalf("due at %s (%v)", due, waiting)
	}
	if err := w.Wake(due.Add(-1)); err != nil || len(w.Effects(v.lender)) != before {
		t.Errorf("it came too early: %v", err)
	}
	if err := w.Wake(due.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, want := undisturbed(t, v, 1)
	agree(t, "later", want, truthOf(w), cmpopts.IgnoreFields(lender.Effect{}, "At"), expiry)
	for _, e := range w.Effects(v.lender)[before:] {
		if !e.At.Equal(due) {
			t.Errorf("it happened at %s, not at %s", e.At, due)
		}
	}
}

// expiry overlooks that an unpaid order expires while a late request is waited for.
var expiry = cmp.Transformer("unexpired", func(o lender.Order) lender.Order {
	if o.Status == "expired" {
		o.Status = "created"
	}
	return o
})

func refuses(t *testing.T, w *sandbox.World, f sandbox.Fault) {
	t.Helper()
	if err := w.SetFault(f); err == nil || !strings.Contains(err.Error(), f.Lender+" ") || len(w.Faults()) != 0 {
		t.Errorf("it was taken: %v, %v", err, w.Faults())
	}
}

func is(want arrived) func(*testing.T, visit, arrived) {
	return func(t *testing.T, _ visit, got arrived) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func isCut(t *testing.T, v visit, got arrived) {
	t.Helper()
	is(arrived{Broken: true})(t, v, got)
}

func isAnswer(times int) func(*testing.T, visit, arrived) {
	return func(t *testing.T, v visit, got arrived) {
		t.Helper()
		reply, _ := undisturbed(t, v, times)
		is(arrivedOf(reply))(t, v, got)
	}
}

// isHalf takes a whole cut for answers without a body: they have no middle.
func isHalf(t *testing.T, v visit, got arrived) {
	t.Helper()
	reply, _ := undisturbed(t, v, 1)
	want := arrivedOf(reply)
	want.Body, want.Broken = want.Body[:len(want.Body)/2], true
	if len(reply.Body) == 0 {
		want = arrived{Broken: true}
	}
	is(want)(t, v, got)
}

func isElsewhere(t *testing.T, _ visit, got arrived) {
	t.Helper()
	if got.Status != 307 || !strings.HasPrefix(got.Location, "https://elsewhere.example/") || strings.Contains(got.Location, "?") {
		t.Errorf("%+v", got)
	}
}

// isStale expects the answer from before the last thing that came before the read.
func isStale(t *testing.T, v visit, got arrived) {
	t.Helper()
	w := newWorld(t, sandbox.Defaults(), nil)
	s := newShop(t, w, v.lender)
	for _, step := range v.before[:len(v.before)-1] {
		s.step(step)
	}
	reply, _ := w.Handle(noon, v.lender, v.make(s))
	now, _ := undisturbed(t, v, 1)
	if arrivedOf(now) == got {
		t.Error("the read is not stale")
	}
	is(arrivedOf(reply))(t, v, got)
}

// isLie expects the true answer but for one value.
func isLie(shape string) func(*testing.T, visit, arrived) {
	return func(t *testing.T, v visit, got arrived) {
		t.Helper()
		reply, _ := undisturbed(t, v, 1)
		said, meant := leaves(t, []byte(got.Body)), leaves(t, reply.Body)
		var bent []string
		for path, value := range said {
			if meant[path] != value {
				bent = append(bent, value)
			}
		}
		if len(said) != len(meant) || len(bent) != 1 || got.Status != reply.Status || got.Broken {
			t.Fatalf("%d %s for %d %s", got.Status, got.Body, reply.Status, reply.Body)
		}
		if !regexp.MustCompile(shape).MatchString(bent[0]) {
			t.Errorf("it says %s", bent[0])
		}
	}
}

// leaves are the values of a body by their paths.
func leaves(t *testing.T, body []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	var walk func(path string, raw json.RawMessage)
	walk = func(path string, raw json.RawMessage) {
		var members map[string]json.RawMessage
		var list []json.RawMessage
		switch {
		case json.Unmarshal(raw, &members) == nil && members != nil:
			for name, member := range members {
				walk(path+"."+name, member)
			}
		case json.Unmarshal(raw, &list) == nil && list != nil:
			for i, element := range list {
				walk(fmt.Sprint(path, ".", i), element)
			}
		default:
			found[path] = string(raw)
		}
	}
	if !json.Valid(body) {
		t.Fatalf("no JSON: %s", body)
	}
	walk("", body)
	return found
}

// The table of fates must know every fault there is.
func TestTheTableOfFatesIsWhole(t *testing.T) {
	err := newWorld(t, sandbox.Defaults(), nil).SetFault(sandbox.Fault{Lender: "ecster", Fault: "?"})
	var known []string
	for _, f := range fates {
		if len(known) == 0 || known[len(known)-1] != f.fault.Fault {
			known = append(known, f.fault.Fault)
		}
	}
	listed := strings.Split(strings.TrimPrefix(err.Error(), "fault is one of "), ", ")
	if !reflect.DeepEqual(listed, known) {
		t.Errorf("there are %v, the table has %v", listed, known)
	}
}
