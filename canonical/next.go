package canonical

// NextAction is the next safe action for a caller.
type NextAction string

// The actions.
const (
	NextNone            NextAction = "none"
	NextRetrySameKey    NextAction = "retry_same_key"
	NextRetryNewKey     NextAction = "retry_new_key"
	NextWait            NextAction = "wait"
	NextSync            NextAction = "sync"
	NextOtherProvider   NextAction = "choose_another_provider"
	NextCorrectRequest  NextAction = "correct_request"
	NextContactOperator NextAction = "contact_operator"
)

// Next is what is safe to do now. It stands on every answer, problem and event.
type Next struct {
	Action NextAction `json:"action" enum:"none,retry_same_key,retry_new_key,wait,sync,choose_another_provider,correct_request,contact_operator"`
	After  int        `json:"after,omitempty" doc:"Seconds to let pass first."`
	Amount *Money     `json:"amount,omitempty" doc:"What is left to do, after an incomplete operation."`
}

// NextOf computes the next safe action from how an operation stands.
// A failed operation's depends on why: reserved says whether the lender already holds something for the order.
func NextOf(op *Operation, problem Kind, reserved bool) Next {
	switch op.State {
	case Declined:
		return Next{Action: NextOtherProvider}
	case Incomplete:
		return Next{Action: NextRetryNewKey, Amount: leftOver(op)}
	case HandedOver:
		return Next{Action: NextContactOperator}
	case Failed:
		next := nextAfterFailure(problem, reserved)
		if next.Action == NextRetrySameKey && op.Recovery.RetryAfter > 0 {
			next.After = op.Recovery.RetryAfter
		}
		return next
	case Succeeded:
		return Next{Action: NextNone}
	}
	return Next{Action: NextWait, After: 2}
}

func nextAfterFailure(problem Kind, reserved bool) Next {
	switch problem {
	case ProviderBusy, ProviderUnavailable, ProviderOff:
		if reserved {
			return Next{Action: NextRetrySameKey, After: 5}
		}
		return Next{Action: NextOtherProvider}
	}
	return ProblemOf(problem).Next
}

// leftOver is the money of attempts that certainly did not happen.
func leftOver(op *Operation) *Money {
	var left *Money
	for _, attempt := range op.Attempts {
		if attempt.State == Succeeded || attempt.Amount == nil {
			continue
		}
		sum := *attempt.Amount
		if left != nil {
			sum = sum.With(sum.Value.Add(left.Value))
		}
		left = &sum
	}
	return left
}
