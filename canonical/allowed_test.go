package canonical_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

// every is the abilities of a provider that can do everything, in parts.
func every() []canonical.Ability {
	var all []canonical.Ability
	for _, kind := range canonical.OperationKinds {
		all = append(all, canonical.Ability{Kind: kind, Partial: true})
	}
	return all
}

// listed writes what is allowed as "capture 7.00, sync".
func listed(allowed []canonical.Allowed) string {
	var all []string
	for _, a := range allowed {
		text := string(a.Kind)
		if a.Max != nil {
			text += " " + a.Max.String()
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func holding(o *canonical.Order, kind canonical.OperationKind, state canonical.OperationState, n int) *canonical.Order {
	held := attempt(kind, n)
	held.State = state
	o.Hold(&canonical.Operation{ID: "op_9", Kind: kind, State: state, Attempts: []canonical.Attempt{held}})
	o.Refresh()
	return o
}

func drifting(o *canonical.Order) *canonical.Order {
	o.Drift = &canonical.Drift{Seen: "less captured", Since: noon}
	return o
}

func TestAllowedNow(t *testing.T) {
	waiting := holding(orderAt(fresh), canonical.OpCreate, canonical.Doubtful, 1000)
	waiting.Hidden.Waiting = "op_8"
	tests := []struct {
		name  string
		order *canonical.Order
		want  string
	}{
		{"created", orderAt(fresh), "authenticate, authorize 10.00, update, cancel 10.00, sync"},
		{"pending", orderAt(book{phase: canonical.Pending}), "authenticate, authorize 10.00, update, cancel 10.00, sync"},
		{"authorized", booked(t), "update, capture 10.00, cancel 10.00, sync"},
		{"partially captured", booked(t, 300), "capture 7.00, cancel 7.00, refund 3.00, sync"},
		{"captured", booked(t, 1000), "refund 10.00, sync"},
		{"partially refunded", refunded(t, booked(t, 1000), 400), "refund 6.00, sync"},
		{"refunded", refunded(t, booked(t, 1000), 1000), "sync"},
		{"canceled", orderAt(gone), "sync"},
		{"declined", orderAt(book{phase: canonical.Ended, by: canonical.ByLender}), "sync"},
		{"in doubt, only the truth may be asked for", holding(booked(t, 300), canonical.OpCapture, canonical.Doubtful, 200), "sync"},
		{"drifting, only the truth may be asked for", drifting(booked(t, 300)), "sync"},
		{"a create in doubt can be canceled", holding(orderAt(fresh), canonical.OpCreate, canonical.Doubtful, 1000), "cancel 10.00, sync"},
		{"an authorize in doubt can be canceled", holding(orderAt(fresh), canonical.OpAuthorize, canonical.Started, 1000), "cancel 10.00, sync"},
		{"but only once", waiting, "sync"},
		{"a capture only queued can be withdrawn, with the money it holds", holding(booked(t), canonical.OpCapture, canonical.Queued, 1000), "cancel 10.00, sync"},
		{"a refund only queued can be withdrawn where something remains", holding(booked(t, 300), canonical.OpRefund, canonical.Queued, 300), "cancel 7.00, sync"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := listed(canonical.AllowedNow(test.order, canonical.Provider{}, every())); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestAFinalStatusAllowsOnlySync walks every reachable order of a provider that can do everything.
func TestAFinalStatusAllowsOnlySync(t *testing.T) {
	for _, b := range reachable(4) {
		o := orderAt(b)
		only := listed(canonical.AllowedNow(o, canonical.Provider{}, every())) == "sync"
		if o.Final() != only {
			t.Errorf("%+v is final: %v, allows only sync: %v", b, o.Final(), only)
		}
	}
}

// TestWhatIsAllowedIsPossible books the most that is allowed, and sees that a cent more is too much.
func TestWhatIsAllowedIsPossible(t *testing.T) {
	for _, b := range reachable(4) {
		o := orderAt(b)
		for _, kind := range []canonical.OperationKind{canonical.OpCapture, canonical.OpCancel, canonical.OpRefund} {
			if b.waits() || o.Blocked(kind) != nil {
				continue
			}
			most := *o.Most(kind)
			if _, err := b.position().Apply(canonical.Movement{Move: canonical.MoveName(kind), Amount: most}); err != nil {
				t.Errorf("%+v allows a %s of %s: %v", b, kind, most, err)
			}
			if _, err := b.position().Apply(canonical.Movement{Move: canonical.MoveName(kind), Amount: most.Add(cents(1))}); err == nil {
				t.Errorf("%+v allows a %s of %s, and a cent more is possible", b, kind, most)
			}
		}
	}
}

func TestAllowedTellsHowItMayBeAsked(t *testing.T) {
	abilities := []canonical.Ability{
		{Kind: canonical.OpCapture, Partial: true, Needs: []string{"/provider_options/x"}},
		{Kind: canonical.OpCancel, By: canonical.ForCustomer},
		{Kind: canonical.OpRefund},
	}
	provider := canonical.Provider{Traits: canonical.Traits{Final: canonical.FinalInOne, Unreadable: true}}
	want := []canonical.Allowed{
		{Kind: canonical.OpCapture, Partial: true, Max: pointer(cents(100)), Estimate: true, Final: true, Needs: []string{"/provider_options/x"}},
		{Kind: canonical.OpRefund, Max: pointer(cents(500)), Estimate: true, Captures: []canonical.AllowedCapture{{ID: "op_2", Max: cents(500)}}},
		{Kind: canonical.OpSync},
	}
	got := canonical.AllowedNow(refunded(t, booked(t, 300, 600), 400), provider, abilities)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("allowed (-want +got):\n%s", diff)
	}
}

func TestWhatIsAllowedDoesNotChangeWithTheOrder(t *testing.T) {
	o := booked(t)
	allowed := canonical.AllowedNow(o, canonical.Provider{}, every())
	before := listed(allowed)
	if err := o.Book(canonical.Movement{Move: canonical.Capture, Amount: cents(400)}, canonical.Entry{At: noon}); err != nil {
		t.Fatal(err)
	}
	o.Refresh()
	if got := listed(allowed); got != before {
		t.Errorf("got %s, was %s", got, before)
	}
}

func TestBlockedSaysWhatStandsInTheWay(t *testing.T) {
	wait, call := canonical.Next{Action: canonical.NextWait, After: 2}, canonical.Next{Action: canonical.NextContactOperator}
	tests := []struct {
		name  string
		order *canonical.Order
		ask   canonical.OperationKind
		want  canonical.Kind
		says  string
		next  *canonical.Next
	}{
		{"nothing", booked(t), canonical.OpCapture, "", "", nil},
		{"sync is never blocked", drifting(holding(booked(t), canonical.OpCapture, canonical.Doubtful, 200)), canonical.OpSync, "", "", nil},
		{"a call under way", holding(booked(t), canonical.OpCapture, canonical.Started, 200), canonical.OpCapture, canonical.OperationInProgress, "capture is started", &wait},
		{"an operation in doubt", holding(booked(t, 300), canonical.OpRefund, canonical.Doubtful, 200), canonical.OpCancel, canonical.OperationInProgress, "refund is in_doubt", &wait},
		{"one that a person decides", holding(booked(t), canonical.OpCapture, canonical.HandedOver, 200), canonical.OpUpdate, canonical.OperationInProgress, "capture is handed_over", &call},
		{"one only queued, for all but a cancel", holding(booked(t), canonical.OpCapture, canonical.Queued, 200), canonical.OpCapture, canonical.OperationInProgress, "capture is queued", &wait},
		{"drift", drifting(booked(t)), canonical.OpCapture, canonical.OperationNotAllowed, "less captured", nil},
		{"the order's own state", booked(t, 1000), canonical.OpCapture, canonical.OperationNotAllowed, "captured allows no capture", nil},
		{"an update after a capture", booked(t, 300), canonical.OpUpdate, canonical.OperationNotAllowed, "allows no update", nil},
		{"a second create", booked(t), canonical.OpCreate, canonical.OperationNotAllowed, "allows no create", nil},
		{"a cancel with nothing to withdraw", holding(booked(t, 1000), canonical.OpRefund, canonical.Queued, 300), canonical.OpCancel, canonical.OperationNotAllowed, "allows no cancel", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blocked := test.order.Blocked(test.ask)
			if test.want == "" {
				if blocked != nil {
					t.Errorf("got %v", blocked)
				}
				return
			}
			if blocked == nil || blocked.Kind != test.want || !strings.Contains(blocked.Detail, test.says) {
				t.Fatalf("got %v, want %s that says %q", blocked, test.want, test.says)
			}
			if diff := cmp.Diff(test.next, blocked.Next); diff != "" {
				t.Errorf("next (-want +got):\n%s", diff)
			}
			if named := blocked.Operation != ""; named != (test.want == canonical.OperationInProgress) {
				t.Errorf("operation in the way: %q", blocked.Operation)
			}
		})
	}
}

func TestAReferenceIsHeldUntilNothingCanComeOfTheOrder(t *testing.T) {
	tests := []struct {
		name  string
		order *canonical.Order
		want  bool
	}{
		{"waiting", orderAt(fresh), true},
		{"authorized", booked(t), true},
		{"captured", booked(t, 1000), true},
		{"refunded", refunded(t, booked(t, 1000), 1000), true},
		{"canceled", orderAt(gone), false},
		{"declined", orderAt(book{phase: canonical.Ended, by: canonical.ByLender}), false},
		{"ended after a capture", orderAt(book{canonical.Ended, canonical.ByTime, 1000, 500, 500, 0}), true},
		{"ended with something unresolved", holding(orderAt(gone), canonical.OpCancel, canonical.Doubtful, 1000), true},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s: %v", test.name, test.want), func(t *testing.T) {
			if got := test.order.HoldsReference(); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
