package console

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

// What a reader meets on the pages without knowing the code is explained there.
func TestEveryOutcomeAndEveryStepOfRecoveryIsExplained(t *testing.T) {
	var met []string
	for _, state := range canonical.OperationStates {
		if state != canonical.Started { // a trace is shown once it is over
			met = append(met, string(state))
		}
	}
	for _, step := range canonical.Recoveries {
		if step != canonical.AskAPerson { // nothing is done then that a trace could show
			met = append(met, string(step))
		}
	}
	for _, kind := range []canonical.Kind{canonical.Refused, canonical.ProviderBusy, canonical.ProviderGarbled, canonical.ProviderMisconfigured, canonical.ProviderOff, canonical.ProviderUnavailable} {
		met = append(met, string(kind))
	}
	for _, word := range met {
		if explain(word) == "" {
			t.Errorf("nothing says what %s means", word)
		}
	}
}

func TestEveryWordIsExplainedOnce(t *testing.T) {
	seen := make(map[string]bool)
	for _, word := range words {
		if seen[word.name] || word.meaning == "" {
			t.Errorf("%s: explained twice, or not", word.name)
		}
		seen[word.name] = true
	}
}
