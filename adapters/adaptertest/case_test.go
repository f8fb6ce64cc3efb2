package adaptertest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
)

func TestACaseThatIsReadIsWrittenAsItWas(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		c, err := adaptertest.ReadRecording(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := c.Write(toy(nil))
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), filepath.Base(file))
		if err := os.WriteFile(copied, text, 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := adaptertest.ReadRecording(copied)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Errorf("%s (-read +written and read):\n%s", file, diff)
		}
		if complaints, err := adaptertest.Replay(toy(nil), copied); err != nil || len(complaints) > 0 {
			t.Errorf("%s: %v %s", file, err, strings.Join(complaints, "\n"))
		}
	}
}

func TestACaseThatIsNotAnyMoreWhatItWasIsComplainedOf(t *testing.T) {
	text, err := os.ReadFile("testdata/cases/pay.json")
	if err != nil {
		t.Fatal(err)
	}
	bent := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(bent, []byte(strings.Replace(string(text), `"method": "POST"`, `"method": "PUT"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if complaints, err := adaptertest.Replay(toy(nil), bent); err != nil || len(complaints) == 0 {
		t.Errorf("no complaint (%v)", err)
	}
}

func TestRecordedRepliesAreGivenInTheirOrder(t *testing.T) {
	one := adaptertest.Crossing{Reach: "replied"}
	one.Reply.Status = http.StatusOK
	two := adaptertest.Crossing{Reach: "sent"}
	transport := adaptertest.Recording{Wire: []adaptertest.Crossing{one, two}}.Transport()
	for _, want := range []string{"replied", "sent", "sent"} {
		if _, reach, _ := transport.Send(t.Context(), adapters.Wire{Class: adapters.MoneyCall}); string(reach) != want {
			t.Errorf("%s, want %s", reach, want)
		}
	}
}
