package canonical_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

var update = flag.Bool("update", false, "write LIFECYCLE.md anew")

const lifecyclePage = "../LIFECYCLE.md"

func TestRenderedLifecycleIsCurrent(t *testing.T) {
	want := canonical.RenderLifecycle()
	if *update {
		if err := os.WriteFile(lifecyclePage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(lifecyclePage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("LIFECYCLE.md is not what the tables say, run go test ./canonical -run TestRendered -update (-want +got):\n%s", diff)
	}
}

func TestRenderedLifecycleIsStable(t *testing.T) {
	first := canonical.RenderLifecycle()
	for range 10 {
		if !bytes.Equal(first, canonical.RenderLifecycle()) {
			t.Fatal("two renderings differ")
		}
	}
	if !bytes.Contains(first[:80], []byte("rendered from canonical, do not edit")) {
		t.Error("the page does not begin by saying that it is rendered")
	}
}

// TestRenderedDiagramHasTheRealEdges walks larger orders in the model, and expects the same arrows.
func TestRenderedDiagramHasTheRealEdges(t *testing.T) {
	var want []string
	for _, b := range reachable(6) {
		for _, m := range moves() {
			after, possible := b.take(m)
			edge := fmt.Sprintf("%s --> %s: %s", b.status(), after.status(), m.name)
			if possible && b.status() != after.status() && !slices.Contains(want, edge) {
				want = append(want, edge)
			}
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, drawn(string(canonical.RenderLifecycle()))); diff != "" {
		t.Errorf("arrows (-want +got):\n%s", diff)
	}
}

// drawn lists the arrows of the diagram, one for each move on them, in order.
func drawn(page string) []string {
	var edges []string
	for _, arrow := range regexp.MustCompile(`(?m)^    (\w+ --> \w+): (.+)$`).FindAllStringSubmatch(page, -1) {
		for _, label := range strings.Split(arrow[2], " / ") {
			move, _, _ := strings.Cut(label, " by ")
			edges = append(edges, arrow[1]+": "+move)
		}
	}
	slices.Sort(edges)
	return edges
}

func TestRenderedLabelsSayWhoEndedIt(t *testing.T) {
	page := string(canonical.RenderLifecycle())
	for _, arrow := range []string{
		"created --> declined: end by lender\n",
		"pending --> expired: end by time\n",
		"authorized --> expired: cancel by time / end by time\n",
		"partially_captured --> captured: capture / cancel / end\n",
		"expired --> authorized: authorize\n",
		"refunded --> [*]\n",
	} {
		if !strings.Contains(page, "    "+arrow) {
			t.Errorf("no arrow %s", arrow)
		}
	}
}

func TestRenderedWordsExplainEveryPhaseAndEnding(t *testing.T) {
	page := string(canonical.RenderLifecycle())
	words := page[strings.Index(page, "## Words"):strings.Index(page, "## Moves")]
	for _, word := range append(texts(canonical.Phases), texts(canonical.Endings)...) {
		if strings.Count(words, "| `"+word+"` |") != 1 {
			t.Errorf("%s is explained %d times", word, strings.Count(words, "| `"+word+"` |"))
		}
	}
}
