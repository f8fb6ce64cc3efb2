package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/gateway/telemetry"
)

// chapter is a chapter as the page shows it: when it began in the story, and its steps as bars.
type chapter struct {
	telemetry.Chapter
	Later string // how long after the first chapter; "" for the first
	Lines []line
	Notes []note // what its steps mean, each once
}

// note is the meaning of a step.
type note struct{ Name, Meaning string }

// line is one step: a bar on the chapter's time, and what it means.
type line struct {
	telemetry.Step
	Left, Width string // of the bar, in percent
	Told        []telemetry.Value
	Outcome     string // of the verdict or state that it shows
}

// tell lays the steps of every chapter on its own time.
func tell(chapters []telemetry.Chapter) []chapter {
	var told []chapter
	for i, c := range chapters {
		one := chapter{Chapter: c}
		if i > 0 {
			one.Later = short(c.Began.Sub(chapters[0].Began)) + " after the first"
		}
		for _, step := range c.Steps {
			one.Lines = append(one.Lines, lineOf(step, c.Took))
			one.Notes = append(one.Notes, note{step.Name, explain(step.Name)})
		}
		one.Notes = slices.DeleteFunc(one.Notes, func(n note) bool { return n.Meaning == "" })
		slices.SortStableFunc(one.Notes, func(a, b note) int { return strings.Compare(a.Name, b.Name) })
		one.Notes = slices.Compact(one.Notes)
		told = append(told, one)
	}
	return told
}

func lineOf(step telemetry.Step, whole time.Duration) line {
	l := line{Step: step, Left: percent(step.After, whole), Width: percent(step.Took, whole)}
	for _, value := range step.Values {
		name := strings.TrimPrefix(value.Name, "lendgate.")
		switch {
		case value.Text == "" || value.Text == "0" || named[value.Name]:
			continue
		case name == "verdict" || name == "operation.state":
			l.Outcome = value.Text
		}
		l.Told = append(l.Told, telemetry.Value{Name: plain(name), Text: value.Text})
	}
	return l
}

// named are attributes that the chapter's heading tells already, or that tell a person nothing.
var named = map[string]bool{"lendgate.order.id": true, "lendgate.mode": true, "lendgate.operation": true, "lendgate.operation.id": true, "http.route": true, "lendgate.attempt": true}

func plain(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "http.request."), "http.response.")
	return strings.NewReplacer("_code", "", "_", " ", ".", " ").Replace(name)
}

// percent is a part of a whole, wide enough to be seen and never beyond it.
func percent(part, whole time.Duration) string {
	if whole <= 0 {
		return "0"
	}
	share := min(max(float64(part)/float64(whole)*100, 0), 100)
	return strconv.FormatFloat(share, 'f', 2, 64)
}

// short is a duration with as many digits as a person reads.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
