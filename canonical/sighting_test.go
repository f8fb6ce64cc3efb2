package canonical_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

// seen is what a lender that tells everything says of an order whose truth is b.
func seen(b book) canonical.Sighting {
	net, captured, refunded := cents(b.net()), cents(b.captured), cents(b.refunded)
	return canonical.Sighting{Word: "THERE", Phase: b.phase, EndedBy: b.by, Net: &net, Captured: &captured, Refunded: &refunded}
}

// ahead says whether the lender's truth can come after what our books hold. Phases go forward while
// nothing is promised, what was captured and refunded never comes back, and once an order has ended
// only captured money, or a first promise, can open it again.
func ahead(ours, theirs book) bool {
	if theirs.waits() {
		return ours.waits() && (theirs.phase == ours.phase || theirs.phase != canonical.Created)
	}
	if theirs.captured < ours.captured || theirs.refunded < ours.refunded {
		return false
	}
	promised := theirs.phase == canonical.Open && theirs.net() > ours.net()
	reopens := theirs.captured > ours.captured || ours.authorized == 0
	return ours.phase != canonical.Ended || !promised || reopens
}

func TestDifferLeadsFromEveryBookToEveryTruthThatIsAhead(t *testing.T) {
	books := reachable(4)
	forward, backward := 0, 0
	for _, ours := range books {
		for _, theirs := range books {
			movements, late, drift := canonical.Differ(ours.position(), seen(theirs))
			if !ahead(ours, theirs) {
				backward++
				if drift == "" || len(movements) > 0 || late {
					t.Fatalf("%+v, and the lender says %+v: got %v, late %v, want drift", ours, theirs, movements, late)
				}
				continue
			}
			forward++
			if raised := canonical.Raised(ours.position(), seen(theirs)); raised != nil { // an old word, unless it lasts
				movements, drift = raised, ""
			}
			if drift != "" {
				t.Fatalf("%+v, and the lender says %+v: drift %q", ours, theirs, drift)
			}
			arrives(t, ours, theirs, movements)
			comesLate(t, ours, theirs, late)
		}
	}
	if forward < 1000 || backward < 1000 {
		t.Errorf("only %d pairs forward and %d backward: the walk is too small to mean anything", forward, backward)
	}
}

func TestAPromiseThatGrowsAgainIsNewWhereItIsAllCaptured(t *testing.T) {
	ours := book{phase: canonical.Open, authorized: 100, captured: 10, canceled: 90}
	for _, test := range []struct {
		name   string
		theirs book
		drifts bool
	}{
		{"all captured", book{phase: canonical.Open, authorized: 40, captured: 40}, false},
		{"in part", book{phase: canonical.Open, authorized: 40, captured: 20}, true},
	} {
		movements, _, drift := canonical.Differ(ours.position(), seen(test.theirs))
		if (drift != "") != test.drifts || (len(movements) == 2) == test.drifts {
			t.Errorf("%s: %v, drift %q", test.name, movements, drift)
		}
	}
}

// arrives takes the movements from our books and compares what a lender can see of the result.
func arrives(t *testing.T, ours, theirs book, movements []canonical.Movement) {
	t.Helper()
	p := ours.position()
	for _, m := range movements {
		next, err := p.Apply(m)
		if err != nil {
			t.Fatalf("%+v, and the lender says %+v: %v", ours, theirs, err)
		}
		p = next
	}
	net, captured, refunded := centsOf(p.Net()), centsOf(p.Captured), centsOf(p.Refunded)
	if theirs.waits() {
		if p.Phase != theirs.phase || net != 0 {
			t.Fatalf("%+v, and the lender says %+v: got %+v", ours, theirs, p)
		}
		return
	}
	truly := theirs.net()
	if theirs.phase == canonical.Ended {
		truly = theirs.captured
	}
	if net != truly || captured != theirs.captured || refunded != theirs.refunded {
		t.Fatalf("%+v, and the lender says %+v: got %+v", ours, theirs, p)
	}
	endsAlike(t, ours, theirs, p)
}

func endsAlike(t *testing.T, ours, theirs book, p canonical.Position) {
	t.Helper()
	switch {
	case theirs.captured > 0 || theirs.phase != canonical.Ended:
		if got := p.Standing().Status; got != theirs.status() {
			t.Fatalf("%+v, and the lender says %+v: got status %s", ours, theirs, got)
		}
	case ours.phase == canonical.Ended:
		standsAt(t, p, ours)
	case p.Phase != canonical.Ended || p.EndedBy != theirs.by:
		t.Fatalf("%+v, and the lender says %+v: got %s by %s", ours, theirs, p.Phase, p.EndedBy)
	}
}

// comesLate: money that was promised or captured after our books had ended, and nothing else, is late.
func comesLate(t *testing.T, ours, theirs book, late bool) {
	t.Helper()
	more := theirs.captured > ours.captured || (theirs.phase == canonical.Open && theirs.net() > ours.net())
	if want := ours.phase == canonical.Ended && more; late != want {
		t.Fatalf("%+v, and the lender says %+v: late %v, want %v", ours, theirs, late, want)
	}
}

func TestDifferTakesWhatLendersLeaveOut(t *testing.T) {
	authorized := book{canonical.Open, "", 1000, 0, 0, 0}
	captured := book{canonical.Open, "", 1000, 1000, 0, 300}
	capture := canonical.Movement{Move: canonical.Capture, Amount: cents(1000)}
	tests := []struct {
		name string
		ours book
		seen canonical.Sighting
		want []canonical.Movement
	}{
		{"a word in no vocabulary changes nothing", authorized,
			canonical.Sighting{Unknown: true, Phase: canonical.Ended, Captured: pointer(cents(1000))}, nil},
		{"a lender that names no phase says nothing", authorized, canonical.Sighting{Captured: pointer(cents(1000))}, nil},
		{"captured without a word on refunds never lowers them", captured,
			canonical.Sighting{Phase: canonical.Open, Net: pointer(cents(1000)), Captured: pointer(cents(1000))}, nil},
		{"captured in full before we knew of a promise", fresh,
			canonical.Sighting{Phase: canonical.Open, Net: pointer(cents(1000)), Captured: pointer(cents(1000))},
			[]canonical.Movement{{Move: canonical.Authorize, Amount: cents(1000)}, capture}},
		{"captured in full for less gives back the rest", authorized,
			canonical.Sighting{Phase: canonical.Open, Net: pointer(cents(700)), Captured: pointer(cents(700))},
			[]canonical.Movement{{Move: canonical.Capture, Amount: cents(700)}, {Move: canonical.Cancel, Amount: cents(300)}}},
		{"an end whose order still carries its amount gives all of it back", authorized,
			canonical.Sighting{Phase: canonical.Ended, EndedBy: canonical.ByTime, Net: pointer(cents(1000))},
			[]canonical.Movement{{Move: canonical.Cancel, Amount: cents(1000), EndedBy: canonical.ByTime}}},
		{"an end before any promise promises nothing, whatever amount stands on it", fresh,
			canonical.Sighting{Phase: canonical.Ended, EndedBy: canonical.ByLender, Net: pointer(cents(1000))},
			[]canonical.Movement{{Move: canonical.End, EndedBy: canonical.ByLender}}},
		{"an end that does not say by whom is a cancel", fresh,
			canonical.Sighting{Phase: canonical.Ended},
			[]canonical.Movement{{Move: canonical.End, EndedBy: canonical.ByCancel}}},
		{"created again is forward where it is the merchant's turn", book{phase: canonical.Pending},
			canonical.Sighting{Phase: canonical.Created, WaitingFor: canonical.ForMerchant},
			[]canonical.Movement{{Move: canonical.Await, Phase: canonical.Created}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, late, drift := canonical.Differ(test.ours.position(), test.seen)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("movements (-want +got):\n%s", diff)
			}
			if late || drift != "" {
				t.Errorf("got late %v, drift %q", late, drift)
			}
		})
	}
}

func TestDifferCallsWhatContradictsOurBooksDrift(t *testing.T) {
	captured := book{canonical.Open, "", 1000, 600, 0, 200}
	tests := []struct {
		name string
		ours book
		seen canonical.Sighting
	}{
		{"an end that knows of no capture", captured, canonical.Sighting{Word: "CANCELED", Phase: canonical.Ended}},
		{"a smaller capture", captured, canonical.Sighting{Word: "READY", Phase: canonical.Open, Captured: pointer(cents(500))}},
		{"smaller refunds", captured, canonical.Sighting{Word: "READY", Phase: canonical.Open, Refunded: pointer(cents(100))}},
		{"more refunded than captured", captured, canonical.Sighting{Word: "READY", Phase: canonical.Open, Refunded: pointer(cents(601))}},
		{"more captured than promised", captured, canonical.Sighting{Word: "READY", Phase: canonical.Open, Net: pointer(cents(900)), Captured: pointer(cents(901))}},
		{"a promise of nothing", fresh, canonical.Sighting{Word: "READY", Phase: canonical.Open}},
		{"created again, waiting for the customer", book{phase: canonical.Pending}, canonical.Sighting{Word: "CREATED", Phase: canonical.Created, WaitingFor: canonical.ForCustomer}},
		{"waiting again after a promise", captured, canonical.Sighting{Word: "PENDING", Phase: canonical.Pending}},
		{"a promise that had been given back", book{canonical.Ended, canonical.ByCancel, 1000, 0, 1000, 0}, canonical.Sighting{Word: "READY", Phase: canonical.Open, Net: pointer(cents(1000))}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			movements, late, drift := canonical.Differ(test.ours.position(), test.seen)
			if len(movements) > 0 || late || !strings.Contains(drift, test.seen.Word) {
				t.Errorf("got %v, late %v, drift %q; want drift that quotes %s", movements, late, drift, test.seen.Word)
			}
		})
	}
}

func TestMoneyAfterTheEndIsLate(t *testing.T) {
	paid := canonical.Sighting{Word: "paid", Phase: canonical.Open, Net: pointer(cents(1000)), Captured: pointer(cents(1000))}
	tests := []struct {
		name string
		ours book
		want book
	}{
		{"expired before any promise", book{phase: canonical.Ended, by: canonical.ByTime}, book{canonical.Open, "", 1000, 1000, 0, 0}},
		{"canceled after a promise", book{canonical.Ended, canonical.ByCancel, 1000, 0, 1000, 0}, book{canonical.Open, "", 2000, 1000, 1000, 0}},
		{"ended after half was captured", book{canonical.Ended, canonical.ByTime, 1000, 500, 500, 0}, book{canonical.Open, "", 1500, 1000, 500, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			movements, late, drift := canonical.Differ(test.ours.position(), paid)
			if !late || drift != "" {
				t.Errorf("got late %v, drift %q", late, drift)
			}
			p := test.ours.position()
			for _, m := range movements {
				var err error
				if p, err = p.Apply(m); err != nil {
					t.Fatal(err)
				}
			}
			standsAt(t, p, test.want)
		})
	}
}
