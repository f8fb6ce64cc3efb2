package canonical_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

func TestAChangeOfAmountAndNumberIsJudgedByTheAmount(t *testing.T) {
	reference := "R-2"
	change := canonical.Change{Amount: pointer(euros(800)), Reference: &reference}
	for _, test := range []struct {
		name   string
		amount int
		want   canonical.Finding
	}{
		{"the new amount is there", 800, canonical.Found},
		{"the old amount is there", 1000, canonical.Absent},
		{"a third amount is there", 900, canonical.Contrary},
	} {
		for _, number := range []string{"R-1-LENDER", "R-2-LENDER"} {
			o := orderAt(waits)
			o.ProviderOrder.Reference = "R-1-LENDER"
			seen := canonical.Sighting{Amount: pointer(euros(test.amount)), Reference: number}
			if got := canonical.JudgeChange(o, change, "R-2-LENDER", seen); got != test.want {
				t.Errorf("%s under %s: got %s, want %s", test.name, number, got, test.want)
			}
		}
	}
}
