package proof_test

import (
	"os"
	"testing"

	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

// TestThePageSaysWhatTheRecordsSay: no figure in it was typed.
func TestThePageSaysWhatTheRecordsSay(t *testing.T) {
	runs, err := proof.Records("../records")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../RELIABILITY.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != proof.Render(runs) {
		t.Error("RELIABILITY.md is not what the records say: make prove")
	}
}
