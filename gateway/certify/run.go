package certify

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/lendgate/lendgate/canonical"
)

// Verdict is how one step went under one fault.
type Verdict string

// The verdicts.
const (
	OK      Verdict = "ok"
	Person  Verdict = "person"  // a person must look, as the contract says
	Exposed Verdict = "exposed" // nothing guards against it at this lender, and the contract does not say so
	Spared  Verdict = "spared"  // it cannot befall this step
	Untried Verdict = "untried" // the life did not get there
	Fail    Verdict = "FAIL"
)

// Cell is one step of one life under one fault.
type Cell struct {
	Life    string  `json:"life"`
	Step    int     `json:"step"`
	Row     string  `json:"operation"`
	Fault   string  `json:"fault"`
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"` // of what is spared or untried
	Broken  []Break `json:"broken,omitempty"`

	shown bool // of a lender itself: its reads tell of what the step does
}

// Break is what does not hold, and what to change.
type Break struct {
	Claim  string `json:"claim"`
	Row    string `json:"operation"`
	What   string `json:"what"`
	Change string `json:"change"`
}

// matrix tries every step of every life under every fault.
func (s *Subject) matrix() ([]Cell, error) {
	var all []Cell
	for _, told := range s.stories {
		reached, cells, err := s.undisturbed(told)
		if err != nil {
			return all, err
		}
		disturbed, err := s.disturbed(told, reached)
		if all = append(append(all, cells...), disturbed...); err != nil {
			return all, err
		}
	}
	return all, nil
}

// disturbed tries every step of a life under every fault. Lives share nothing, so that several are tried at once.
func (s *Subject) disturbed(told *story, reached int) ([]Cell, error) {
	tried := s.faults()
	cells, failed := make([]Cell, len(told.scenes)*len(tried)), make([]error, len(told.scenes)*len(tried))
	places := make(chan struct{}, s.atOnce())
	var all sync.WaitGroup
	for i := range cells {
		places <- struct{}{}
		all.Go(func() {
			cells[i], failed[i] = s.try(told, i/len(tried), &tried[i%len(tried)], reached)
			<-places
		})
	}
	all.Wait()
	return cells, errors.Join(failed...)
}

// faults are those that are tried, beside none.
func (s *Subject) faults() []fault {
	return slices.DeleteFunc(slices.Clone(faults), func(f fault) bool {
		return f.name == noFault || (s.only != nil && !slices.Contains(s.only, f.name))
	})
}

// atOnce is how many lives are tried at a time: a lender itself is not pressed.
func (s *Subject) atOnce() int {
	if s.real != nil {
		return 1
	}
	return runtime.GOMAXPROCS(0)
}

// undisturbed lets a whole life happen in which nothing goes wrong. reached is how many steps went well.
func (s *Subject) undisturbed(told *story) (reached int, cells []Cell, err error) {
	w, err := s.open(told)
	if err != nil {
		return 0, nil, err
	}
	for i := range told.scenes {
		one, cell := &told.scenes[i], told.cell(i, &faults[0])
		if reached < i {
			cell.Verdict, cell.Why = Untried, told.stopped(reached)
			cells = append(cells, cell)
			continue
		}
		before := w.look()
		asked := w.play(one)
		if errors.Is(asked, errNobody) {
			cell.Verdict, cell.Why = Untried, asked.Error()
			cells = append(cells, cell)
			continue
		}
		told.rows[i+1] = w.rowOf(one)
		cell.Row = told.rows[i+1]
		j := w.judge(one, &faults[0])
		j.broken = append(w.unexpected(one, asked), j.broken...)
		if len(j.broken) == 0 {
			reached = i + 1
			j.broken = w.tells(one, before)
		}
		cell.take(j)
		cells = append(cells, cell)
	}
	return reached, cells, nil
}

func (s *story) cell(i int, f *fault) Cell {
	row := s.scenes[i].label()
	if s.rows[i+1] != "" {
		row = s.rows[i+1]
	}
	return Cell{Life: s.name, Step: i + 1, Row: row, Fault: string(f.name), Verdict: OK}
}

// rowOf is the row by which a scene was sent, or what the report calls it.
func (w *world) rowOf(s *scene) string {
	for _, attempt := range sortedKeys(w.scenes) {
		if w.scenes[attempt] == s {
			return w.sent[attempt].row
		}
	}
	return s.label()
}

func (s *story) stopped(reached int) string {
	return fmt.Sprintf("step %d, %s, did not go well", reached+1, s.scenes[reached].label())
}

// take makes a verdict of a judgement.
func (c *Cell) take(j judgement) {
	c.shown = j.shown
	for _, b := range j.broken {
		c.Broken = append(c.Broken, Break{string(b.claim), b.row, b.what, b.change})
	}
	switch {
	case len(j.broken) > 0:
		c.Verdict = Fail
	case j.person:
		c.Verdict = Person
	case j.exposed:
		c.Verdict = Exposed
	}
}

// try lets a life happen up to one step, which a fault befalls.
func (s *Subject) try(told *story, i int, f *fault, reached int) (Cell, error) {
	cell := told.cell(i, f)
	if reached < i {
		cell.Verdict, cell.Why = Untried, told.stopped(reached)
		return cell, nil
	}
	w, err := s.open(told)
	if err != nil {
		return cell, err
	}
	one := &told.scenes[i]
	if cell.Why = f.spares(w, one); cell.Why != "" {
		cell.Verdict = Spared
		return cell, nil
	}
	for n := range told.scenes[:i] {
		_ = w.play(&told.scenes[n]) // it went well before
	}
	if f.name == forgedNotice {
		messages := w.messages(one)
		if len(messages) == 0 {
			cell.Verdict, cell.Why = Spared, "the lender sends no notification of it"
		}
		cell.take(w.forged(one, messages))
		return cell, nil
	}
	w.network.armed, w.network.fault = one, f
	_ = w.play(one) // what became of it is judged, not what was answered
	j := w.judge(one, f)
	if !w.network.fell && len(j.broken) == 0 {
		cell.Verdict, cell.Why = Spared, "nothing is sent, or the reply says nothing of the kind"
		return cell, nil
	}
	cell.take(j)
	return cell, nil
}

// unexpected is how a step ended that ends otherwise where nothing goes wrong.
func (w *world) unexpected(s *scene, asked error) []broken {
	if w.refused != nil && (s.notice != nil || len(w.heard) > 0) {
		return []broken{{claimNotices, s.row, "the recorded notification is refused: " + w.refused.Error(), "look at notifications.proof, and at the settings of the lender block"}}
	}
	if at, is := w.lender.(*stand); is && s.By != "" && at.refused != nil {
		return []broken{{claimReads, s.row, "the simulated lender refuses it: " + at.refused.Error(), "look at act: in the lender block"}}
	}
	if s.By != "" {
		return nil
	}
	state, op := canonical.Failed, w.last(s)
	if op != nil {
		state = op.State
	}
	if slices.Contains(expected[s.ends()], state) {
		return nil
	}
	what := fmt.Sprintf("%s ends as %s, and the lender block says %s", s.label(), state, s.ends())
	if asked != nil {
		what += ": " + asked.Error()
	}
	if odd := w.lender.truth().odd; len(odd) > 0 {
		what += "; the lender knows no such request: " + odd[len(odd)-1]
	}
	claim := claimReply
	if s.ends() == endsDeclined {
		claim = claimDeclined
	}
	if no := w.lender.truth().no; no != "" {
		claim, what = claimAmount, what+"; the lender refused it: "+no
	}
	change := "look at the case " + s.Case + " and at how the contract reads its reply; lendgate adapter try shows each value"
	if s.Case == "" {
		change = "look at this step in " + w.subject.file
	}
	return []broken{{claim, s.row, what, change}}
}

// expected is how an operation may end where nothing goes wrong.
var expected = map[ending][]canonical.OperationState{
	endsDone:     {canonical.Succeeded},
	endsDeclined: {canonical.Declined},
	endsRefused:  {canonical.Failed},
	endsLater:    {canonical.Succeeded, canonical.Waiting},
}

// last is the operation of a step.
func (w *world) last(s *scene) *canonical.Operation {
	operations := w.operations()
	for _, op := range slices.Backward(operations) {
		if op.Origin == canonical.FromAPI && op.Kind == s.command.Kind {
			return &op
		}
	}
	return nil
}

// notification is a genuine one, and what its proof covers.
type notification struct {
	message canonical.Message
	covers  []string
}

// messages are the genuine notifications of a step: recorded, or those that a simulated lender sends now.
func (w *world) messages(s *scene) (all []notification) {
	if s.notice != nil {
		w.scene = s
		return []notification{{*s.notice.Message, s.notice.Covers}}
	}
	before := len(w.heard)
	_ = w.play(s)
	for _, m := range w.heard[before:] {
		all = append(all, notification{m, w.block.Simulated.Covers})
	}
	return all
}

// forged delivers messages that the lender did not send.
func (w *world) forged(s *scene, genuine []notification) (j judgement) {
	for _, n := range genuine {
		for _, m := range forgeries(n.message, n.covers) {
			if w.notify(&m); canonical.KindOf(w.refused) != canonical.Unauthenticated {
				j.broken = []broken{{claimNotices, s.row, "a notification was taken whose proof is not the lender's", "look at notifications.proof: what does the lender's proof cover?"}}
			}
		}
	}
	return j
}
