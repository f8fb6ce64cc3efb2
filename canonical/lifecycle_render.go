package canonical

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// words explains what the tables speak of, beside the moves and the statuses themselves.
var words = []struct{ word, means string }{
	{"authorized", "amount: all the lender ever promised to fund"},
	{"captured", "amount: what was claimed of it because goods were delivered"},
	{"canceled", "amount: what of it was given back before capture"},
	{"refunded", "amount: what was given back after capture"},
	{"remaining", "authorized - captured - canceled: what may still be captured or canceled"},
	{string(Created), "phase: known, and nobody has acted yet"},
	{string(Pending), "phase: the customer or the lender is acting"},
	{string(Approved), "phase: the lender said yes to the customer and has reserved nothing yet"},
	{string(Open), "phase: money is promised; the amounts say how far it has gone"},
	{string(Ended), "phase: nothing more is promised; `ended_by` says by whom or what"},
	{string(ByLender), "ended by: the lender said no, or withdrew"},
	{string(ByError), "ended by: it went wrong, at the lender or on the way to it"},
	{string(ByTime), "ended by: a deadline of the lender passed"},
	{string(ByCancel), "ended by: somebody asked for it"},
}

// RenderLifecycle writes LIFECYCLE.md from the tables. The same tables give the same bytes.
func RenderLifecycle() []byte {
	var page bytes.Buffer
	page.WriteString("<!-- rendered from canonical, do not edit: make generate -->\n\n# The life of an order\n\n")
	page.WriteString("Moves change an order's position, which is its phase and its four amounts. Nothing else does.\n")
	page.WriteString("The status is read off the position, never set. The amounts only grow.\n")
	renderWords(&page)
	renderMoves(&page)
	renderStandings(&page)
	steps := walkSmallOrder()
	renderDiagram(&page, steps)
	renderLoops(&page, steps)
	return page.Bytes()
}

func renderWords(page *bytes.Buffer) {
	page.WriteString("\n## Words\n\n| word | meaning |\n|---|---|\n")
	for _, w := range words {
		fmt.Fprintf(page, "| `%s` | %s |\n", w.word, w.means)
	}
}

func renderMoves(page *bytes.Buffer) {
	page.WriteString("\n## Moves\n\n| move | in phase | at most | note |\n|---|---|---|---|\n")
	for _, move := range Moves {
		var from []string
		for _, phase := range move.From {
			from = append(from, string(phase))
		}
		fmt.Fprintf(page, "| `%s` | %s | %s | %s |\n", move.Name, strings.Join(from, ", "), orDash(move.Limit), move.Note)
	}
}

func renderStandings(page *bytes.Buffer) {
	page.WriteString("\n## Statuses\n\nThe first row that fits is the status. Final: no operation but sync and record.\n\n")
	page.WriteString("| status | when | final |\n|---|---|---|\n")
	for _, row := range Standings {
		final := ""
		if row.Final {
			final = "yes"
		}
		fmt.Fprintf(page, "| `%s` | %s | %s |\n", row.Status, row.Rule, orDash(final))
	}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func renderDiagram(page *bytes.Buffer, steps []smallStep) {
	page.WriteString("\n## Which status leads to which\n\n")
	page.WriteString("Found by taking every move in every position a small order can reach. `by` is who ended it.\n")
	page.WriteString("What leaves a final status is money that moved at the lender after all.\n\n")
	page.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> created\n")
	for _, from := range Standings {
		for _, to := range Standings {
			if label := labelOf(steps, from.Status, to.Status); label != "" && from.Status != to.Status {
				fmt.Fprintf(page, "    %s --> %s: %s\n", from.Status, to.Status, label)
			}
		}
		if from.Final {
			fmt.Fprintf(page, "    %s --> [*]\n", from.Status)
		}
	}
	page.WriteString("```\n")
}

func renderLoops(page *bytes.Buffer, steps []smallStep) {
	page.WriteString("\n## Moves that leave the status as it is\n\n| status | moves |\n|---|---|\n")
	for _, row := range Standings {
		fmt.Fprintf(page, "| `%s` | %s |\n", row.Status, orDash(labelOf(steps, row.Status, row.Status)))
	}
}

// labelOf names the moves that lead from one status to another, "" where none does.
func labelOf(steps []smallStep, from, to Status) string {
	var labels []string
	for _, move := range Moves {
		var by []string
		taken := false
		for _, ending := range append([]EndedBy{""}, Endings...) {
			if !contains(steps, smallStep{from, to, move.Name, ending}) {
				continue
			}
			taken = true
			if ending != "" {
				by = append(by, string(ending))
			}
		}
		switch {
		case len(by) > 0 && len(by) < len(Endings):
			labels = append(labels, string(move.Name)+" by "+strings.Join(by, ", "))
		case taken:
			labels = append(labels, string(move.Name))
		}
	}
	return strings.Join(labels, " / ")
}

// smallStep is a move that some position allows, as the statuses before and after it.
type smallStep struct {
	from, to Status
	move     MoveName
	by       EndedBy
}

// walkSmallOrder takes every small move in every position that such moves reach from the beginning.
func walkSmallOrder() []smallStep {
	var steps []smallStep
	most := smallAmount(4) // promised, all of it given back, and promised once more
	seen := map[string]bool{}
	positions := []Position{{Phase: Created}}
	for len(positions) > 0 {
		p := positions[0]
		positions = positions[1:]
		for _, m := range smallMovements() {
			after, err := p.Apply(m)
			if err != nil || most.Less(after.Authorized) {
				continue
			}
			step := smallStep{p.Standing().Status, after.Standing().Status, m.Move, m.EndedBy}
			if !contains(steps, step) {
				steps = append(steps, step)
			}
			if key := fmt.Sprint(after); !seen[key] {
				seen[key] = true
				positions = append(positions, after)
			}
		}
	}
	return steps
}

// smallMovements is every move with every phase, every ending, and the amounts 1 and 2.
func smallMovements() []Movement {
	var all []Movement
	for _, move := range Moves {
		switch move.Name {
		case Await:
			for _, phase := range waiting {
				all = append(all, Movement{Move: Await, Phase: phase})
			}
		case End:
			for _, by := range Endings {
				all = append(all, Movement{Move: End, EndedBy: by})
			}
		case Cancel:
			for _, by := range Endings {
				all = append(all, Movement{Move: Cancel, Amount: smallAmount(1), EndedBy: by}, Movement{Move: Cancel, Amount: smallAmount(2), EndedBy: by})
			}
		default:
			all = append(all, Movement{Move: move.Name, Amount: smallAmount(1)}, Movement{Move: move.Name, Amount: smallAmount(2)})
		}
	}
	return all
}

func smallAmount(units int64) Amount { return Amount{decimal.NewFromInt(units)} }
