package proof

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Render writes RELIABILITY.md: what each harness is, and what its record says.
func Render(runs []Run) string {
	var page strings.Builder
	page.WriteString(preface)
	for _, h := range Harnesses {
		i := slices.IndexFunc(runs, func(r Run) bool { return r.Harness == h.Name })
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n", h.Title, h.What)
		if i < 0 {
			page.WriteString("No record yet.\n")
			continue
		}
		runs[i].render(&page, h)
	}
	return page.String()
}

const preface = `<!-- rendered from gateway/simulation/records, do not edit: make prove -->

# Reliability

What was tried to make Lendgate lose money, move it twice or forget what it said, and how often. Every figure is from the
records that the harnesses wrote of their own runs; none was typed. A record speaks for the code whose digest it carries.

	make prove SHORT=1      the short forms, a few minutes
	make prove FOR=40m      a part of the long forms: parts on the same code add up
`

func (r Run) render(page *strings.Builder, h Harness) {
	fmt.Fprintf(page, "Code `%s`", r.Code)
	if r.Commit != "" {
		fmt.Fprintf(page, ", on commit `%s`", r.Commit)
	}
	if r.Seeds != nil {
		fmt.Fprintf(page, ", seeds %d to %d", r.Seeds.First, r.Seeds.Last)
	}
	fmt.Fprintf(page, ", %s in %d runs, the last %s.\n\n", time.Duration(r.Took).Round(time.Second), r.Runs, r.At.Format(time.DateOnly))
	page.WriteString("| count | |\n|---|---:|\n")
	for _, name := range r.names(h) {
		fmt.Fprintf(page, "| %s | %s |\n", name, grouped(r.Counts[name]))
	}
}

// names lists the counts, those that are aimed at first.
func (r Run) names(h Harness) []string {
	var names []string
	for _, goal := range h.Goal {
		if _, there := r.Counts[goal.Count]; there {
			names = append(names, goal.Count)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// grouped writes a number with its thousands apart.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// Missed says which goals a record does not reach.
func (h Harness) Missed(r Run) []string {
	var missed []string
	for _, goal := range h.Goal {
		got := r.Counts[goal.Count]
		switch {
		case goal.Never && got != 0:
			missed = append(missed, fmt.Sprintf("%s: %d, must be 0", goal.Count, got))
		case got < goal.Least:
			missed = append(missed, fmt.Sprintf("%s: %s of %s", goal.Count, grouped(got), grouped(goal.Least)))
		}
	}
	return missed
}
