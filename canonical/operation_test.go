package canonical_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

func attempts(states ...canonical.OperationState) []canonical.Attempt {
	var all []canonical.Attempt
	for _, state := range states {
		all = append(all, canonical.Attempt{ID: string(state), Kind: canonical.OpRefund, Amount: pointer(euros(100)), State: state})
	}
	return all
}

func TestStateOfPlan(t *testing.T) {
	tests := []struct {
		name string
		plan []canonical.OperationState
		want canonical.OperationState
	}{
		{"planned is started", []canonical.OperationState{canonical.Planned, canonical.Planned}, canonical.Started},
		{"the first under way", []canonical.OperationState{canonical.Started, canonical.Planned}, canonical.Started},
		{"the first not sent", []canonical.OperationState{canonical.Queued, canonical.Planned}, canonical.Queued},
		{"the first in doubt stops the rest", []canonical.OperationState{canonical.Doubtful, canonical.Planned}, canonical.Doubtful},
		{"the second in doubt", []canonical.OperationState{canonical.Succeeded, canonical.Doubtful}, canonical.Doubtful},
		{"the second handed over", []canonical.OperationState{canonical.Succeeded, canonical.HandedOver}, canonical.HandedOver},
		{"the second to come", []canonical.OperationState{canonical.Succeeded, canonical.Planned}, canonical.Started},
		{"the first failed", []canonical.OperationState{canonical.Failed, canonical.Planned}, canonical.Failed},
		{"the second failed", []canonical.OperationState{canonical.Succeeded, canonical.Failed}, canonical.Incomplete},
		{"declined", []canonical.OperationState{canonical.Declined}, canonical.Declined},
		{"the lender decides later", []canonical.OperationState{canonical.Waiting}, canonical.Waiting},
		{"all succeeded", []canonical.OperationState{canonical.Succeeded, canonical.Succeeded}, canonical.Succeeded},
		{"nothing had to be sent", nil, canonical.Succeeded},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := canonical.StateOfPlan(attempts(test.plan...)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestUnsettledIsTheMoneyOfAttemptsThatAreOpen(t *testing.T) {
	op := canonical.Operation{Attempts: attempts(canonical.Succeeded, canonical.Doubtful, canonical.Planned)}
	op.Attempts = append(op.Attempts, canonical.Attempt{State: canonical.Planned})
	if got := centsOf(op.Unsettled()); got != 200 {
		t.Errorf("got %d cents, want those of two attempts of 100", got)
	}
	current, open := op.Current()
	if !open || current.State != canonical.Doubtful {
		t.Errorf("current is %+v", current)
	}
	settled := canonical.Operation{Attempts: attempts(canonical.Succeeded, canonical.Failed)}
	if current, open := settled.Current(); open {
		t.Errorf("%+v is current in a plan that is settled", current)
	}
}

func TestNextOf(t *testing.T) {
	plan := attempts(canonical.Succeeded, canonical.Failed, canonical.Planned)
	tests := []struct {
		name     string
		state    canonical.OperationState
		problem  canonical.Kind
		reserved bool
		want     canonical.Next
	}{
		{"started", canonical.Started, "", false, canonical.Next{Action: canonical.NextWait, After: 2}},
		{"queued", canonical.Queued, "", true, canonical.Next{Action: canonical.NextWait, After: 2}},
		{"pending", canonical.Waiting, "", false, canonical.Next{Action: canonical.NextWait, After: 2}},
		{"in doubt", canonical.Doubtful, "", true, canonical.Next{Action: canonical.NextWait, After: 2}},
		{"handed over", canonical.HandedOver, "", true, canonical.Next{Action: canonical.NextContactOperator}},
		{"succeeded", canonical.Succeeded, "", true, canonical.Next{Action: canonical.NextNone}},
		{"declined", canonical.Declined, "", false, canonical.Next{Action: canonical.NextOtherProvider}},
		{"incomplete: the money of what did not happen", canonical.Incomplete, canonical.Refused, true, canonical.Next{Action: canonical.NextRetryNewKey, Amount: pointer(euros(200))}},
		{"refused", canonical.Failed, canonical.Refused, true, canonical.Next{Action: canonical.NextCorrectRequest}},
		{"absence proven", canonical.Failed, canonical.NotDone, true, canonical.Next{Action: canonical.NextRetryNewKey}},
		{"busy while nothing is reserved", canonical.Failed, canonical.ProviderBusy, false, canonical.Next{Action: canonical.NextOtherProvider}},
		{"busy once something is reserved", canonical.Failed, canonical.ProviderBusy, true, canonical.Next{Action: canonical.NextRetrySameKey, After: 5}},
		{"not sent while nothing is reserved", canonical.Failed, canonical.ProviderUnavailable, false, canonical.Next{Action: canonical.NextOtherProvider}},
		{"not sent once something is reserved", canonical.Failed, canonical.ProviderUnavailable, true, canonical.Next{Action: canonical.NextRetrySameKey, After: 5}},
		{"switched off while nothing is reserved", canonical.Failed, canonical.ProviderOff, false, canonical.Next{Action: canonical.NextOtherProvider}},
		{"our credentials", canonical.Failed, canonical.ProviderMisconfigured, true, canonical.Next{Action: canonical.NextContactOperator}},
		{"a kind nobody knows", canonical.Failed, "mystery", true, canonical.Next{Action: canonical.NextContactOperator}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			op := canonical.Operation{State: test.state, Attempts: plan}
			if diff := cmp.Diff(test.want, canonical.NextOf(&op, test.problem, test.reserved)); diff != "" {
				t.Errorf("next (-want +got):\n%s", diff)
			}
		})
	}
}
