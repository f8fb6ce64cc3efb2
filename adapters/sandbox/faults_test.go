package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// answered is what a fault leaves of one request to a till that would have answered 200.
type answered struct {
	Acted  bool
	Status int
	Body   string
	Fate   sandbox.Fate
}

const whole = `{"taken":1}`

var byFault = []struct {
	fault string
	want  answered
}{
	{"lose_request", answered{Fate: sandbox.Fate{Cut: true}}},
	{"lose_reply", answered{Acted: true, Status: 200, Body: whole, Fate: sandbox.Fate{Cut: true}}},
	{"half", answered{Acted: true, Status: 200, Body: whole, Fate: sandbox.Fate{Cut: true, Bytes: 5}}},
	{"late", answered{Fate: sandbox.Fate{Cut: true}}},
	{"duplicate", answered{Acted: true, Status: 200, Body: `{"taken":2}`}},
	{"redirect", answered{Status: 307}},
	{"error_before", answered{Status: 500, Body: "internal error"}},
	{"error_after", answered{Acted: true, Status: 500, Body: "internal error"}},
	{"slow", answered{Acted: true, Status: 200, Body: whole, Fate: sandbox.Fate{Delay: 2 * time.Second}}},
	{"hang", answered{Fate: sandbox.Fate{Cut: true, Delay: time.Hour}}},
	{"drip", answered{Acted: true, Status: 200, Body: whole, Fate: sandbox.Fate{Delay: time.Minute, Drip: true}}},
	{"garbage", answered{Acted: true, Status: 200, Body: `{"unfinished":`}},
	{"unavailable", answered{Status: 503, Body: "unavailable"}},
	{"throttled", answered{Status: 429, Body: "too many requests"}},
}

func ask(w *sandbox.World, r lender.Request) answered {
	before := len(w.Effects("till"))
	reply, fate := w.Handle(noon, "till", r)
	return answered{Acted: len(w.Effects("till")) > before, Status: reply.Status, Body: string(reply.Body), Fate: fate}
}

func TestEachFaultHappensOnce(t *testing.T) {
	for _, tt := range byFault {
		t.Run(tt.fault, func(t *testing.T) {
			w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
			setFault(t, w, sandbox.Fault{Lender: "till", Operation: "capture", Fault: tt.fault})
			tt.want.Fate.Fault = tt.fault
			if diff := cmp.Diff(tt.want, ask(w, post("/a", "10.00"))); diff != "" {
				t.Error(diff)
			}
			after := ask(w, post("/a", "10.00"))
			if !after.Acted || after.Status != http.StatusOK || after.Fate != (sandbox.Fate{}) {
				t.Errorf("the next request: %+v", after)
			}
			if left := w.Faults(); len(left) != 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

func TestFaultsMeetWhatTheyName(t *testing.T) {
	tests := []struct {
		name  string
		fault sandbox.Fault
		met   []int // of: POST /a, GET /a, POST /b of the till, POST /a of the other
	}{
		{"any operation", sandbox.Fault{Lender: "till", Times: 9}, []int{0, 1, 2}},
		{"one operation", sandbox.Fault{Lender: "till", Operation: "read", Times: 9}, []int{1}},
		{"an order in the path", sandbox.Fault{Lender: "till", Order: "/b", Times: 9}, []int{2}},
		{"an order in the body", sandbox.Fault{Lender: "till", Order: "77", Times: 9}, []int{2}},
		{"another lender", sandbox.Fault{Lender: "other", Times: 9}, []int{3}},
		{"two times", sandbox.Fault{Lender: "till", Times: 2}, []int{0, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, []lender.Lender{&till{name: "till"}, &till{name: "other"}}, nil)
			tt.fault.Fault = "unavailable"
			setFault(t, w, tt.fault)
			var met []int
			for i, r := range []lender.Request{post("/a", "10"), get("/a"), post("/b", "77"), post("/a", "10")} {
				name := "till"
				if i == 3 {
					name = "other"
				}
				if reply, _ := w.Handle(noon, name, r); reply.Status == http.StatusServiceUnavailable {
					met = append(met, i)
				}
			}
			if diff := cmp.Diff(tt.met, met); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultsAreMetOldestFirst(t *testing.T) {
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
	setFault(t, w, sandbox.Fault{Lender: "till", Fault: "throttled"})
	setFault(t, w, sandbox.Fault{Lender: "till", Fault: "unavailable"})
	var got []int
	for range 3 {
		got = append(got, ask(w, post("/a", "1")).Status)
	}
	if diff := cmp.Diff([]int{429, 503, 200}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFaultsCanBeTakenBack(t *testing.T) {
	w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
	setFault(t, w, sandbox.Fault{Lender: "till", Fault: "unavailable", Times: 5})
	if err := w.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	if got := ask(w, post("/a", "1")).Status; got != http.StatusOK {
		t.Errorf("status %d", got)
	}
}

func TestFaultsAreChecked(t *testing.T) {
	tests := []struct {
		name  string
		fault sandbox.Fault
	}{
		{"an unknown lender", sandbox.Fault{Lender: "nobody", Fault: "slow"}},
		{"an unknown operation", sandbox.Fault{Lender: "till", Operation: "settle", Fault: "slow"}},
		{"an unknown fault", sandbox.Fault{Lender: "till", Fault: "fire"}},
		{"less than once", sandbox.Fault{Lender: "till", Fault: "slow", Times: -1}},
		{"back in time", sandbox.Fault{Lender: "till", Fault: "slow", Delay: -1}},
		{"a delay that nothing waits for", sandbox.Fault{Lender: "till", Fault: "garbage", Delay: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
			if err := w.SetFault(tt.fault); err == nil || len(w.Faults()) != 0 {
				t.Errorf("error %v, faults %v", err, w.Faults())
			}
		})
	}
}

func TestAmountsAskForFaultsOnce(t *testing.T) {
	cents := map[string]string{
		"lose_reply": "21", "lose_request": "22", "error_after": "25", "error_before": "26", "slow": "31", "garbage": "41",
	}
	for _, tt := range byFault {
		digits, triggered := cents[tt.fault]
		if !triggered {
			continue
		}
		t.Run(tt.fault, func(t *testing.T) {
			w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
			tt.want.Fate.Fault = tt.fault
			if diff := cmp.Diff(tt.want, ask(w, post("/a", "10."+digits))); diff != "" {
				t.Error(diff)
			}
			if again := ask(w, post("/a", "10."+digits)); !again.Acted || again.Status != 200 || again.Fate != (sandbox.Fate{}) {
				t.Errorf("the repeat: %+v", again)
			}
		})
	}
}

func TestAmountsAskPerOccasion(t *testing.T) {
	tests := []struct {
		name          string
		first, second lender.Request
		again         bool
	}{
		{"another path", post("/a", "1.26"), post("/b", "1.26"), true},
		{"another amount", post("/a", "1.26"), post("/a", "2.26"), true},
		{"the same capture", post("/a", "1.26"), post("/a", "1.26"), false},
		{"the same create", post("/new", "1.26"), post("/new", "1.26"), false},
		{"a create with other content", post("/new", "1.26"), post("/new", " 1.26"), true},
		{"ordinary cents", post("/a", "1.26"), post("/a", "26.00"), false},
		{"tenths of a cent", post("/a", "1.26"), post("/a", "1.261"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, []lender.Lender{&till{name: "till"}}, nil)
			if got := ask(w, tt.first).Status; got != 500 {
				t.Fatalf("first: %d", got)
			}
			if got := ask(w, tt.second).Status == 500; got != tt.again {
				t.Errorf("again: %v, want %v", got, tt.again)
			}
		})
	}
}

func TestArrivalsCountWhatWasSent(t *testing.T) {
	w := newWorld(t, []lender.Lender{&till{name: "till"}, &till{name: "other"}}, nil)
	setFault(t, w, sandbox.Fault{Lender: "till", Fault: "lose_request"})
	for _, r := range []lender.Request{post("/a", "1"), post("/a", "1"), get("/a"), post("/b", "1")} {
		w.Handle(noon, "till", r)
	}
	w.Handle(noon, "other", post("/a", "1"))
	want := []sandbox.Arrival{
		{Lender: "till", Operation: "capture", Method: "POST", Path: "/a", Count: 2},
		{Lender: "till", Operation: "read", Method: "GET", Path: "/a", Count: 1},
		{Lender: "till", Operation: "capture", Method: "POST", Path: "/b", Count: 1},
	}
	if diff := cmp.Diff(want, w.Arrivals("till", "")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[2:], w.Arrivals("", "/b")); diff != "" {
		t.Error("one order:", diff)
	}
}
