package sandbox_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// inDir is a world of one till with a journal. It is not closed before the next one opens: a killed
// process does not close anything either.
func inDir(t *testing.T, dir string) (*sandbox.World, *till) {
	t.Helper()
	one := &till{name: "till"}
	return newWorld(t, []lender.Lender{one}, func(o *sandbox.Options) { o.Dir = dir }), one
}

func TestAKilledWorldComesBack(t *testing.T) {
	dir := t.TempDir()
	before, _ := inDir(t, dir)
	setFault(t, before, sandbox.Fault{Lender: "till", Operation: "capture", Fault: "lose_request", Times: 2})
	for _, r := range []lender.Request{post("/a", "1"), post("/a", "2"), post("/a", "3"), post("/a", "4.26"), get("/a"), get("/settle")} {
		before.Handle(noon, "till", r)
	}
	if err := before.Act("till", lender.Act{Do: "ring"}); err != nil {
		t.Fatal(err)
	}
	setFault(t, before, sandbox.Fault{Lender: "till", Operation: "read", Fault: "slow", Times: 7})
	before.Handle(noon, "till", get("/a"))

	after, _ := inDir(t, dir)
	if diff := cmp.Diff(before.Effects(""), after.Effects("")); diff != "" || len(after.Effects("")) != 2 {
		t.Errorf("ledger of %d: %s", len(after.Effects("")), diff)
	}
	if diff := cmp.Diff(before.Orders(""), after.Orders("")); diff != "" {
		t.Error("orders:", diff)
	}
	if diff := cmp.Diff(before.Faults(), after.Faults()); diff != "" || after.Faults()[0].Times != 6 {
		t.Errorf("faults: %s %v", diff, after.Faults())
	}
	if got := ask(after, post("/a", "4.26")).Status; got != 200 {
		t.Errorf("an amount asked for its fault again: %d", got)
	}
}

func TestOnlyReadsThatChangeSomethingAreJournaled(t *testing.T) {
	dir := t.TempDir()
	w, _ := inDir(t, dir)
	w.Handle(noon, "till", get("/a"))
	if kept := readJournal(t, dir); len(kept) != 0 {
		t.Errorf("a plain read: %s", kept)
	}
	w.Handle(noon, "till", get("/settle"))
	if lines := bytes.Count(readJournal(t, dir), []byte("\n")); lines != 1 {
		t.Errorf("%d lines", lines)
	}
}

func TestActsThatFailAreNotJournaled(t *testing.T) {
	dir := t.TempDir()
	w, _ := inDir(t, dir)
	if err := w.Act("till", lender.Act{Do: "dance"}); err == nil {
		t.Fatal("the till danced")
	}
	if kept := readJournal(t, dir); len(kept) != 0 {
		t.Errorf("kept %s", kept)
	}
}

func TestOnlyHeadersThatLendersHearAreJournaled(t *testing.T) {
	dir := t.TempDir()
	w, one := inDir(t, dir)
	r := post("/a", "1")
	r.Header = map[string][]string{"X-Api-Key": {"k"}, "Authorization": {"a"}, "Cookie": {"secret"}, "User-Agent": {"u"}}
	w.Handle(noon, "till", r)
	want := []string{"Authorization", "X-Api-Key"}
	var got []string
	for name := range one.heard[0].Header {
		got = append(got, name)
	}
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Error(diff)
	}
	if kept := readJournal(t, dir); bytes.Contains(kept, []byte("secret")) {
		t.Errorf("kept %s", kept)
	}
}

func TestLendersLiveInOneZone(t *testing.T) {
	w, _ := inDir(t, t.TempDir())
	w.Handle(noon.In(time.FixedZone("", 3600)), "till", post("/a", "1"))
	if got := w.Effects("till")[0].At; got != noon {
		t.Errorf("got %v", got)
	}
}

func TestATornLastLineIsDropped(t *testing.T) {
	dir := t.TempDir()
	before, _ := inDir(t, dir)
	before.Handle(noon, "till", post("/a", "1"))
	before.Handle(noon, "till", post("/a", "2"))
	kept := readJournal(t, dir)
	writeJournal(t, dir, kept[:len(kept)-5])

	torn, _ := inDir(t, dir)
	if got := len(torn.Effects("till")); got != 1 {
		t.Fatalf("%d effects, want 1", got)
	}
	if kept := readJournal(t, dir); !bytes.HasSuffix(kept, []byte("\n")) {
		t.Errorf("the journal still ends in the torn line: %s", kept)
	}
	torn.Handle(noon, "till", post("/a", "3"))
	after, _ := inDir(t, dir)
	if diff := cmp.Diff(torn.Effects("till"), after.Effects("till")); diff != "" || len(after.Effects("till")) != 2 {
		t.Errorf("after writing on: %s", diff)
	}
}

// The journal in testdata was written before faults could be late or stale, and before there were chaos
// and waking. It must lead where it led then.
func TestAnOlderJournalStillLeadsToTheSameWorld(t *testing.T) {
	type told struct {
		Effects  []lender.Effect   `json:"effects"`
		Orders   []lender.Order    `json:"orders"`
		Faults   []sandbox.Fault   `json:"faults"`
		Arrivals []sandbox.Arrival `json:"arrivals"`
	}
	var want told
	golden, err := os.ReadFile("testdata/journal.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(golden, &want); err != nil {
		t.Fatal(err)
	}
	older, err := os.ReadFile("testdata/journal.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeJournal(t, dir, older)
	w := newWorld(t, sandbox.Defaults(), func(o *sandbox.Options) { o.Dir = dir })
	got := told{w.Effects(""), w.Orders(""), w.Faults(), w.Arrivals("", "")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if kept := readJournal(t, dir); !bytes.Equal(kept, older) {
		t.Error("the journal was changed")
	}
}

func TestADamagedJournalIsAnError(t *testing.T) {
	tests := []struct{ name, journal, says string }{
		{"a line that is no JSON", "{\"clear\":true}\nhello\n", "line 2"},
		{"a lender that is gone", `{"lender":"bank","act":{"do":"ring"}}` + "\n", "line 1"},
		{"an act it does not do any more", `{"lender":"till","act":{"do":"dance"}}` + "\n", "possible: ring"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeJournal(t, dir, []byte(tt.journal))
			_, err := sandbox.New(sandbox.Options{Dir: dir, Lenders: []lender.Lender{&till{name: "till"}}})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
			if kept := readJournal(t, dir); string(kept) != tt.journal {
				t.Error("the damaged journal was changed")
			}
		})
	}
}

func TestAClosedWorldAnswersNothing(t *testing.T) {
	w, one := inDir(t, t.TempDir())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if reply, _ := w.Handle(noon, "till", post("/a", "1")); reply.Status != 500 || len(one.heard) != 0 {
		t.Errorf("status %d, heard %d", reply.Status, len(one.heard))
	}
	if err := w.Act("till", lender.Act{Do: "ring"}); err == nil {
		t.Error("somebody acted")
	}
}

func readJournal(t *testing.T, dir string) []byte {
	t.Helper()
	kept, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func writeJournal(t *testing.T, dir string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), content, 0o600); err != nil {
		t.Fatal(err)
	}
}
