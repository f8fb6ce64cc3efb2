package certify

import (
	"context"
	"fmt"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// evidence is what reads gave before a step, to hold against what they give afterwards.
type evidence struct {
	position canonical.Position
	sighting *canonical.Sighting
	known    bool
}

// look reads the lender before a step.
func (w *world) look() (e evidence) {
	order, err := w.engine.Order(context.Background(), w.call, w.order)
	if err != nil {
		return e
	}
	report, err := w.client.Read(context.Background(), canonical.Query{Read: "sync", Order: order})
	if err != nil {
		return e
	}
	return evidence{order.Position(), report.Sighting, true}
}

// tells checks that each way which a contract names to settle a lost reply would have settled this one: it finds
// what was done, and does not find it before.
func (w *world) tells(s *scene, before evidence) (all []broken) {
	if s.sent == nil || s.does == nothing || s.ends() != endsDone {
		return nil
	}
	for _, t := range w.trials() {
		if t.scene != s || (len(t.deeds) == 0 && w.real == nil) || t.State != canonical.Succeeded || t.row.Class != adapters.MoneyCall {
			continue
		}
		if slices.Contains(t.row.Lost, canonical.AskAPerson) {
			continue // it says itself that they may not tell
		}
		if slices.Contains(t.row.Lost, canonical.FindByReference) {
			all = append(all, w.finds(t)...)
		}
		compares := slices.Contains(t.row.Lost, canonical.CompareTotals) || slices.Contains(t.row.Lost, canonical.ReadAndCompare)
		if compares && before.known && s.command.Kind != canonical.OpCreate && s.command.Kind != canonical.OpUpdate {
			all = append(all, w.compares(t, before)...)
		}
	}
	return all
}

// finds: the movement is found by our reference, and no other by one that was never sent.
func (w *world) finds(t trial) []broken {
	found, other := *t.Attempt, *t.Attempt
	other.Reference = "never-sent-1042"
	if got := w.find(found); got != canonical.Found {
		return one(t, claimFound, fmt.Sprintf("the lender did it, and a search by our reference gives %q", got),
			"look at what seen reads as reference, and at reads.find; where the lender does not show it, take find_by_reference out of lost of "+t.row.Name)
	}
	if t.Kind != canonical.OpCreate && w.find(other) == canonical.Found {
		return one(t, claimFound, "a search finds a movement that was never made", "look at what seen reads as reference: it must be the one we gave")
	}
	return nil
}

func (w *world) find(a canonical.Attempt) canonical.Finding {
	order, err := w.engine.Order(context.Background(), w.call, w.order)
	if err != nil {
		return ""
	}
	report, err := w.client.Read(context.Background(), canonical.Query{Read: "find", Order: order, Attempt: &a})
	if err != nil {
		return canonical.Finding(err.Error())
	}
	return report.Finding
}

// compares: what reads show tells the movement from its absence.
func (w *world) compares(t trial, before evidence) []broken {
	after := w.look()
	attempt := *t.Attempt
	switch {
	case !after.known || after.sighting == nil:
		return nil // an end that the lender forgets
	case canonical.Judge(before.position, attempt, *after.sighting) != canonical.Found:
		return one(t, comparing(t), "the lender did it, and what sync shows does not tell", "look at the reading of reads.sync; where the lender does not show it, say lost: [ask_a_person]")
	case before.sighting != nil && canonical.Judge(before.position, attempt, *before.sighting) == canonical.Found:
		return one(t, comparing(t), "what sync showed before it was done is taken for its being done", "look at the reading of reads.sync")
	}
	return nil
}
