package certify

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Write says what was found, for people.
func (r *Report) Write(out io.Writer) {
	how := "offline, against what " + r.Source + " says"
	if r.Against != "" {
		how = "against " + r.Against
	}
	fmt.Fprintf(out, "%s (%s), %s\n\n", r.titled(), r.Lender, how)
	r.writeConformance(out)
	if len(r.Conformance) > 0 {
		fmt.Fprintln(out)
	}
	r.writeMatrix(out)
	r.writeBroken(out)
	r.writeClaims(out)
	verdict := "GOOD: everything that was tried holds."
	if !r.Good {
		verdict = "NOT GOOD: do not let this move money."
	}
	fmt.Fprintln(out, verdict)
}

// mostComplaints is how many of one rule are shown, and mostLines how much of each: the JSON report has them all.
const (
	mostComplaints = 5
	mostLines      = 12
)

func (r *Report) writeConformance(out io.Writer) {
	told := make(map[string]int)
	for _, c := range r.Conformance {
		switch told[c.Rule]++; {
		case told[c.Rule] <= mostComplaints:
			fmt.Fprintf(out, "FAIL %s: %s\n", c.Rule, shortened(c.What))
		case told[c.Rule] == mostComplaints+1:
			fmt.Fprintf(out, "FAIL %s: and more (all of them with --json)\n", c.Rule)
		}
	}
}

// shortened leaves out of a comparison what is equal on both sides.
func shortened(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	kept := lines[:1]
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") {
			kept = append(kept, "     "+strings.Join(strings.Fields(line), " "))
		}
	}
	if len(kept) > mostLines {
		kept = append(kept[:mostLines], "     ... (all of it with --json)")
	}
	return strings.Join(kept, "\n")
}

// ranks is from the best to the worst; of several steps of one operation the worst is shown.
var ranks = []Verdict{Spared, OK, Person, Exposed, Untried, Fail}

// marks is how the matrix writes verdicts.
var marks = map[Verdict]string{OK: "ok", Person: "person", Exposed: "bare", Spared: ".", Untried: "?", Fail: "FAIL"}

// legend explains the marks that are no words.
var legend = []struct {
	verdict Verdict
	says    string
}{
	{Person, "person: it stays in doubt until a person looks, as the contract or the lender block says"},
	{Exposed, "bare: the lender has no key for it, so what a network delivers twice is done twice; no contract can help that"},
	{Untried, "?: not tried, because an earlier step did not go well"},
	{Spared, ".: it cannot befall this operation, or nothing is recorded that shows it"},
}

func (r *Report) writeMatrix(out io.Writer) {
	var rows []string
	for _, c := range r.Matrix {
		if !slices.Contains(rows, c.Row) {
			rows = append(rows, c.Row)
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\t"+strings.Join(rows, "\t"))
	seen := make(map[Verdict]bool)
	for i := range faults {
		line := titleOf(string(faults[i].name))
		for _, row := range rows {
			worst := r.worst(row, faults[i].name)
			seen[worst] = true
			line += "\t" + marks[worst]
		}
		fmt.Fprintln(table, line)
	}
	_ = table.Flush()
	fmt.Fprintln(out)
	for _, one := range legend {
		if seen[one.verdict] {
			fmt.Fprintln(out, one.says)
		}
	}
	fmt.Fprintln(out)
}

func (r *Report) worst(row string, f fateName) Verdict {
	worst := 0
	for _, c := range r.Matrix {
		if c.Row == row && c.Fault == string(f) {
			worst = max(worst, slices.Index(ranks, c.Verdict))
		}
	}
	return ranks[worst]
}

// found is one thing that does not hold, and all the places where it showed.
type found struct {
	Break
	under []string
	at    Cell
}

// found puts together what has one reason.
func (r *Report) found() (all []*found) {
	for _, c := range r.Matrix {
		for _, b := range c.Broken {
			i := slices.IndexFunc(all, func(f *found) bool { return f.at.Row == c.Row && f.Claim == b.Claim && f.Change == b.Change })
			if i < 0 {
				all, i = append(all, &found{Break: b, at: c}), len(all)
			}
			if under := titleOf(c.Fault); !slices.Contains(all[i].under, under) {
				all[i].under = append(all[i].under, under)
			}
		}
	}
	return all
}

// titleOf is how a fault is called where people read.
func titleOf(fault string) string {
	if fault == string(noFault) {
		return "as it should be"
	}
	return fault
}

func (r *Report) writeBroken(out io.Writer) {
	all := r.found()
	for _, f := range all {
		fmt.Fprintf(out, "FAIL %s, %s (%s, step %d): %s.\n", f.at.Row, titleOf(f.at.Fault), f.at.Life, f.at.Step, f.What)
		if more := f.under[1:]; len(more) > 0 {
			fmt.Fprintf(out, "     Likewise: %s.\n", strings.Join(more, ", "))
		}
		fmt.Fprintf(out, "     Change: %s.\n", f.Change)
	}
	untried := r.untried(out)
	if len(all) > 0 || untried {
		fmt.Fprintln(out)
	}
}

// untried says why lives stopped where nothing is wrong with them.
func (r *Report) untried(out io.Writer) (some bool) {
	for _, c := range r.Matrix {
		if c.Verdict == Untried && c.Why == errNobody.Error() {
			fmt.Fprintf(out, "NOT TRIED %s (%s, step %d): %s.\n", c.Row, c.Life, c.Step, c.Why)
			some = true
		}
	}
	return some
}

func (r *Report) writeClaims(out io.Writer) {
	fmt.Fprintln(out, "What the contract claims:")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range r.Claims {
		line := "  " + c.Row + "\t" + c.Claim + "\t" + string(c.Standing) + "\t" + c.Says
		if c.Why != "" {
			line = "  " + c.Row + "\t" + c.Claim + "\t" + string(c.Standing) + "\t" + c.Why
		}
		fmt.Fprintln(table, line)
	}
	_ = table.Flush()
	fmt.Fprintln(out)
}
