package canonical_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

func TestSteps(t *testing.T) {
	names := canonical.Traits{RefundNamesCapture: true}
	ends := func(how canonical.FinalCapture) canonical.Traits { return canonical.Traits{Final: how} }
	refund := func(n int, capture string) canonical.Ask {
		return canonical.Ask{Kind: canonical.OpRefund, Amount: euros(n), Capture: capture}
	}
	capture := func(n int, final bool) canonical.Ask {
		return canonical.Ask{Kind: canonical.OpCapture, Amount: euros(n), Final: final}
	}
	change := &canonical.Change{Amount: pointer(euros(800))}
	tests := []struct {
		name   string
		order  *canonical.Order
		ask    canonical.Ask
		traits canonical.Traits
		want   []canonical.Step
	}{
		{"one request for a plain capture", booked(t), capture(400, false), canonical.Traits{},
			[]canonical.Step{{Kind: canonical.OpCapture, Amount: euros(400)}}},
		{"one request for a refund where the lender knows no captures", booked(t, 300, 600), refund(500, ""), canonical.Traits{},
			[]canonical.Step{{Kind: canonical.OpRefund, Amount: euros(500)}}},
		{"a refund that names its capture goes to that lender as one", booked(t, 300, 600), refund(500, "op_2"), canonical.Traits{},
			[]canonical.Step{{Kind: canonical.OpRefund, Amount: euros(500), Capture: "op_2"}}},
		{"a refund split over captures, oldest first", booked(t, 300, 600), refund(500, ""), names,
			[]canonical.Step{{Kind: canonical.OpRefund, Amount: euros(300), Capture: "op_1"}, {Kind: canonical.OpRefund, Amount: euros(200), Capture: "op_2"}}},
		{"a refund that fits the oldest is not split", booked(t, 300, 600), refund(300, ""), names,
			[]canonical.Step{{Kind: canonical.OpRefund, Amount: euros(300), Capture: "op_1"}}},
		{"a refund passes over what is refunded already", refunded(t, booked(t, 300, 600), 300), refund(100, ""), names,
			[]canonical.Step{{Kind: canonical.OpRefund, Amount: euros(100), Capture: "op_2"}}},
		{"a refund of the capture named", booked(t, 300, 600), refund(500, "op_2"), names,
			[]canonical.Step{{Kind: canonical.OpRefund, Amount: euros(500), Capture: "op_2"}}},
		{"a final capture in one request", booked(t), capture(400, true), ends(canonical.FinalInOne),
			[]canonical.Step{{Kind: canonical.OpCapture, Amount: euros(400), Final: true}}},
		{"a final capture, then a cancel of the rest", booked(t), capture(400, true), ends(canonical.FinalThenCancel),
			[]canonical.Step{{Kind: canonical.OpCapture, Amount: euros(400)}, {Kind: canonical.OpCancel, Amount: euros(600)}}},
		{"a final capture after the amount is lowered to it", booked(t), capture(400, true), ends(canonical.FinalByUpdate),
			[]canonical.Step{
				{Kind: canonical.OpUpdate, Amount: euros(400), Change: &canonical.Change{Amount: pointer(euros(400))}},
				{Kind: canonical.OpCapture, Amount: euros(400)},
			}},
		{"the amount is lowered to what is captured in all", booked(t, 300), capture(400, true), ends(canonical.FinalByUpdate),
			[]canonical.Step{
				{Kind: canonical.OpUpdate, Amount: euros(700), Change: &canonical.Change{Amount: pointer(euros(700))}},
				{Kind: canonical.OpCapture, Amount: euros(400)},
			}},
		{"the rest of a later final capture", booked(t, 300), capture(400, true), ends(canonical.FinalThenCancel),
			[]canonical.Step{{Kind: canonical.OpCapture, Amount: euros(400)}, {Kind: canonical.OpCancel, Amount: euros(300)}}},
		{"a final capture of everything leaves nothing to give back", booked(t), capture(1000, true), ends(canonical.FinalThenCancel),
			[]canonical.Step{{Kind: canonical.OpCapture, Amount: euros(1000)}}},
		{"an update carries its change", booked(t), canonical.Ask{Kind: canonical.OpUpdate, Amount: euros(800), Change: change}, canonical.Traits{},
			[]canonical.Step{{Kind: canonical.OpUpdate, Amount: euros(800), Change: change}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, canonical.Steps(test.order, test.ask, test.traits)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// refunded refunds so much of an order, oldest capture first.
func refunded(t *testing.T, o *canonical.Order, n int) *canonical.Order {
	t.Helper()
	if err := o.Book(canonical.Movement{Move: canonical.Refund, Amount: cents(n)}, canonical.Entry{Operation: "op_8", Attempt: "att_8", At: noon}); err != nil {
		t.Fatal(err)
	}
	o.Refresh()
	return o
}

func TestAttemptOfAStepCarriesTheMoneyThatMoves(t *testing.T) {
	lower := &canonical.Change{Amount: pointer(euros(800))}
	higher := &canonical.Change{Amount: pointer(euros(1200))}
	tests := []struct {
		name  string
		order *canonical.Order
		step  canonical.Step
		want  *canonical.Money
	}{
		{"a create moves nothing", orderAt(fresh), canonical.Step{Kind: canonical.OpCreate, Amount: euros(1000)}, nil},
		{"an authenticate moves nothing", orderAt(fresh), canonical.Step{Kind: canonical.OpAuthenticate, Amount: euros(1000)}, nil},
		{"an authorize moves its amount", orderAt(fresh), canonical.Step{Kind: canonical.OpAuthorize, Amount: euros(1000)}, pointer(euros(1000))},
		{"a capture moves its amount", booked(t), canonical.Step{Kind: canonical.OpCapture, Amount: euros(400)}, pointer(euros(400))},
		{"an update that lowers gives back the difference", booked(t), canonical.Step{Kind: canonical.OpUpdate, Change: lower}, pointer(euros(200))},
		{"an update that raises gives nothing back", booked(t), canonical.Step{Kind: canonical.OpUpdate, Change: higher}, nil},
		{"an update before any promise moves nothing", orderAt(fresh), canonical.Step{Kind: canonical.OpUpdate, Change: lower}, nil},
		{"an update of something else moves nothing", booked(t), canonical.Step{Kind: canonical.OpUpdate, Change: &canonical.Change{}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.step.Capture, test.step.Final = "op_1", true
			want := canonical.Attempt{ID: "att_1", Kind: test.step.Kind, Amount: test.want, Capture: "op_1", Final: true, State: canonical.Planned}
			if diff := cmp.Diff(want, test.step.Attempt(test.order, "att_1")); diff != "" {
				t.Errorf("attempt (-want +got):\n%s", diff)
			}
		})
	}
}
