package sandbox

import (
	"net/http"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// What the journal does not hold must never be heard of. No test from outside can make a disk fail.
func TestNothingIsAnsweredThatTheJournalDoesNotHold(t *testing.T) {
	w, err := New(Options{Dir: t.TempDir(), Lenders: []lender.Lender{ecster.New(ecster.Settings{})}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.journal.file.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		reply, _ := w.Handle(time.Time{}, "ecster", lender.Request{Method: method, Path: "/v1/orders/"})
		if reply.Status != http.StatusInternalServerError {
			t.Errorf("%s was answered with %d", method, reply.Status)
		}
	}
}
