package canonical_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

var noon = time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)

// booked is an order of 10 euros on which everything was authorized and these amounts were captured,
// by the operations op_1, op_2 and so on.
func booked(t testing.TB, captures ...int) *canonical.Order {
	t.Helper()
	o := orderAt(fresh)
	book := func(m canonical.Movement, id string) {
		if err := o.Book(m, canonical.Entry{Operation: id, Attempt: "att_" + id, Reference: "L-" + id, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	book(canonical.Movement{Move: canonical.Authorize, Amount: cents(1000)}, "op_0")
	for i, n := range captures {
		book(canonical.Movement{Move: canonical.Capture, Amount: cents(n)}, fmt.Sprintf("op_%d", i+1))
	}
	o.Refresh()
	return o
}

func TestBookEntersCapturesAndSpreadsRefunds(t *testing.T) {
	type refunded map[string]int
	tests := []struct {
		name    string
		refunds []int
		capture string
		want    refunded
		entries int
	}{
		{"a part of the oldest", []int{200}, "", refunded{"op_1": 200}, 1},
		{"all of the oldest and a part of the next", []int{500}, "", refunded{"op_1": 300, "op_2": 200}, 2},
		{"one after the other", []int{250, 250}, "", refunded{"op_1": 300, "op_2": 200}, 3},
		{"everything", []int{900}, "", refunded{"op_1": 300, "op_2": 600}, 2},
		{"the one named, though it is not the oldest", []int{500}, "op_2", refunded{"op_2": 500}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := booked(t, 300, 600)
			for _, n := range test.refunds {
				entry := canonical.Entry{Operation: "op_9", Attempt: "att_9", Capture: test.capture, At: noon}
				if err := o.Book(canonical.Movement{Move: canonical.Refund, Amount: cents(n)}, entry); err != nil {
					t.Fatal(err)
				}
			}
			got := refunded{}
			for _, c := range o.Captures {
				if !c.Refunded.IsZero() {
					got[c.ID] = centsOf(c.Refunded.Value)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("refunded of each capture (-want +got):\n%s", diff)
			}
			if len(o.Refunds) != test.entries {
				t.Errorf("got %d refund entries, want %d", len(o.Refunds), test.entries)
			}
		})
	}
}

func TestBookWritesWhoseMovementItWas(t *testing.T) {
	o := booked(t, 300)
	if err := o.Book(canonical.Movement{Move: canonical.Refund, Amount: cents(100)}, canonical.Entry{Operation: "op_9", Attempt: "att_9", Reference: "L-9", At: noon}); err != nil {
		t.Fatal(err)
	}
	captures := []canonical.CaptureEntry{{ID: "op_1", Amount: euros(300), Refunded: euros(100), Reference: "L-op_1", At: noon}}
	refunds := []canonical.RefundEntry{{ID: "att_9", Operation: "op_9", Capture: "op_1", Amount: euros(100), Reference: "L-9", At: noon}}
	if diff := cmp.Diff(captures, o.Captures); diff != "" {
		t.Errorf("captures (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(refunds, o.Refunds); diff != "" {
		t.Errorf("refunds (-want +got):\n%s", diff)
	}
}

func TestBookChangesNothingWhereItRefuses(t *testing.T) {
	refund := func(n int) canonical.Movement { return canonical.Movement{Move: canonical.Refund, Amount: cents(n)} }
	tests := []struct {
		name     string
		movement canonical.Movement
		capture  string
	}{
		{"more captured than remains", canonical.Movement{Move: canonical.Capture, Amount: cents(101)}, ""},
		{"more refunded than was captured", refund(901), ""},
		{"more refunded than the capture named", refund(301), "op_1"},
		{"a refund of a capture that is none", refund(1), "op_7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := booked(t, 300, 600)
			before := stored(t, *o)
			if err := o.Book(test.movement, canonical.Entry{Operation: "op_9", Capture: test.capture, At: noon}); err == nil {
				t.Error("was booked")
			}
			if diff := cmp.Diff(before, stored(t, *o)); diff != "" {
				t.Errorf("order changed (-before +after):\n%s", diff)
			}
		})
	}
}

// TestUnresolvedMoneyIsHeldOnBothSides: as moved where that leaves less room, as not moved where it
// would give room.
func TestUnresolvedMoneyIsHeldOnBothSides(t *testing.T) {
	tests := []struct {
		name                   string
		kind                   canonical.OperationKind
		attempts               []canonical.Attempt
		capturable, refundable int
	}{
		{"nothing unresolved", canonical.OpSync, nil, 700, 300},
		{"a capture is not capturable again and not yet refundable", canonical.OpCapture, []canonical.Attempt{attempt(canonical.OpCapture, 200)}, 500, 300},
		{"a final capture leaves nothing to capture", canonical.OpCapture, []canonical.Attempt{final(attempt(canonical.OpCapture, 200))}, 0, 300},
		{"a final capture that has succeeded holds nothing more", canonical.OpCapture, []canonical.Attempt{done(final(attempt(canonical.OpCapture, 200))), attempt(canonical.OpCancel, 100)}, 600, 300},
		{"a cancel is not capturable", canonical.OpCancel, []canonical.Attempt{attempt(canonical.OpCancel, 700)}, 0, 300},
		{"a refund is not refundable again", canonical.OpRefund, []canonical.Attempt{attempt(canonical.OpRefund, 100)}, 700, 200},
		{"what would be lowered by an update is not capturable", canonical.OpUpdate, []canonical.Attempt{attempt(canonical.OpUpdate, 50)}, 650, 300},
		{"an authorize gives no room yet", canonical.OpAuthorize, []canonical.Attempt{attempt(canonical.OpAuthorize, 400)}, 700, 300},
		{"all attempts of a plan count", canonical.OpCapture, []canonical.Attempt{attempt(canonical.OpCapture, 200), attempt(canonical.OpCancel, 500)}, 0, 300},
		{"one that has succeeded is in the ledger already", canonical.OpRefund, []canonical.Attempt{done(attempt(canonical.OpRefund, 100)), attempt(canonical.OpRefund, 50)}, 700, 250},
		{"never more than there is", canonical.OpRefund, []canonical.Attempt{attempt(canonical.OpRefund, 900)}, 700, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := booked(t, 300)
			ledger := o.Totals.Ledger
			if test.attempts != nil {
				o.Hold(&canonical.Operation{ID: "op_9", Kind: test.kind, State: canonical.Doubtful, Attempts: test.attempts})
			}
			o.Refresh()
			if got := centsOf(o.Totals.Capturable); got != test.capturable {
				t.Errorf("capturable: got %d, want %d", got, test.capturable)
			}
			if got := centsOf(o.Totals.Refundable); got != test.refundable {
				t.Errorf("refundable: got %d, want %d", got, test.refundable)
			}
			if diff := cmp.Diff(ledger, o.Totals.Ledger); diff != "" {
				t.Errorf("the ledger holds unresolved money (-want +got):\n%s", diff)
			}
		})
	}
}

func final(a canonical.Attempt) canonical.Attempt {
	a.Final = true
	return a
}

func done(a canonical.Attempt) canonical.Attempt {
	a.State = canonical.Succeeded
	return a
}

func TestHoldFollowsTheOperation(t *testing.T) {
	tests := []struct {
		state         canonical.OperationState
		held, doubted bool
	}{
		{canonical.Started, true, false}, {canonical.Queued, true, false}, {canonical.Waiting, true, false},
		{canonical.Doubtful, true, true}, {canonical.HandedOver, true, true},
		{canonical.Succeeded, false, false}, {canonical.Declined, false, false}, {canonical.Failed, false, false}, {canonical.Incomplete, false, false},
	}
	for _, test := range tests {
		t.Run(string(test.state), func(t *testing.T) {
			o := booked(t)
			o.Hold(&canonical.Operation{ID: "op_9", Kind: canonical.OpCapture, State: canonical.Started})
			o.Hold(&canonical.Operation{ID: "op_8", Kind: canonical.OpCancel, State: canonical.Failed})
			if o.Hidden.Open == nil || o.Hidden.Open.ID != "op_9" {
				t.Fatalf("another operation's end freed the order: %+v", o.Hidden.Open)
			}
			o.Hold(&canonical.Operation{ID: "op_9", Kind: canonical.OpCapture, State: test.state, Amount: pointer(euros(200)), CreatedAt: noon})
			if held := o.Hidden.Open != nil; held != test.held {
				t.Errorf("held: got %v, want %v", held, test.held)
			}
			if doubted := o.InDoubt != nil; doubted != test.doubted {
				t.Errorf("in doubt: got %v, want %v", doubted, test.doubted)
			}
		})
	}
}

func TestWhoeverMustActNext(t *testing.T) {
	handedOver := func(o *canonical.Order) {
		o.Hold(&canonical.Operation{ID: "op_9", Kind: canonical.OpCreate, State: canonical.HandedOver})
	}
	resolved := func(o *canonical.Order) {
		handedOver(o)
		o.Refresh()
		o.Hold(&canonical.Operation{ID: "op_9", Kind: canonical.OpCreate, State: canonical.Succeeded})
	}
	tests := []struct {
		name   string
		at     book
		before func(*canonical.Order)
		want   canonical.Party
	}{
		{"while waiting, whom the lender named", book{phase: canonical.Pending}, nil, canonical.ForCustomer},
		{"authorized waits for the merchant", authorized, nil, canonical.ForMerchant},
		{"partially captured waits for the merchant", half, nil, canonical.ForMerchant},
		{"captured waits for nobody", whole, nil, ""},
		{"ended waits for nobody", gone, nil, ""},
		{"handed over waits for the operator", book{phase: canonical.Pending}, handedOver, canonical.ForOperator},
		{"handed over waits for the operator whatever the order is", authorized, handedOver, canonical.ForOperator},
		{"once the operator has decided, whom it was before", book{phase: canonical.Pending}, resolved, canonical.ForCustomer},
		{"once the operator has decided, the merchant where money is open", authorized, resolved, canonical.ForMerchant},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := orderAt(test.at)
			o.WaitingFor = canonical.ForCustomer
			if test.before != nil {
				test.before(o)
			}
			o.Refresh()
			o.Refresh()
			if o.WaitingFor != test.want {
				t.Errorf("got %q, want %q", o.WaitingFor, test.want)
			}
		})
	}
}

func TestAnActionLastsWhileTheCustomerIsToAct(t *testing.T) {
	for _, b := range []book{{phase: canonical.Pending}, authorized, gone} {
		o := orderAt(b)
		o.Action = &canonical.Action{Kind: "redirect"}
		o.Refresh()
		if kept := o.Action != nil; kept != b.waits() {
			t.Errorf("%s: kept %v", b.phase, kept)
		}
	}
}

func TestACloneDoesNotFollowItsOriginal(t *testing.T) {
	o := booked(t, 300)
	o.Learn(&canonical.Sighting{Details: canonical.Values{"a": json.RawMessage(`1`)}, Kept: map[string]string{"a": "1"}}, noon)
	clone := o.Clone()
	before := stored(t, clone)
	if err := o.Book(canonical.Movement{Move: canonical.Refund, Amount: cents(100)}, canonical.Entry{Operation: "op_9", At: noon}); err != nil {
		t.Fatal(err)
	}
	o.Learn(&canonical.Sighting{Word: "X", Fees: pointer(cents(1)), Details: canonical.Values{"a": json.RawMessage(`2`)}, Kept: map[string]string{"a": "2"}}, noon)
	o.Hold(&canonical.Operation{ID: "op_9", Kind: canonical.OpRefund, State: canonical.Doubtful})
	o.Refresh()
	if diff := cmp.Diff(before, stored(t, clone)); diff != "" {
		t.Errorf("clone changed (-before +after):\n%s", diff)
	}
}

// stored writes an order with what it hides.
func stored(t *testing.T, o canonical.Order) string {
	t.Helper()
	text, err := json.MarshalIndent([]any{o, o.Hidden}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
