package certify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// broken is something that must hold and does not: a sentence, what to change, and the claim of the contract that
// it refutes.
type broken struct {
	claim        claimName
	row          string
	what, change string
}

// judgement is how a step went.
type judgement struct {
	broken  []broken
	exposed bool // the network made the lender act twice, and nobody claims that anything guards against it
	person  bool // a person must look: the contract says so
	shown   bool // of a lender itself: its reads tell of what the step does
}

// trial is one attempt of ours, and what the lender did because of it.
type trial struct {
	*canonical.Attempt
	op    *canonical.Operation
	row   *adapters.Exchange
	scene *scene
	deeds []*deed
}

// judge compares what we say with what the lender did, once all is quiet.
func (w *world) judge(s *scene, f *fault) (j judgement) {
	if w.real != nil {
		return w.judgeThere(s, f)
	}
	order, err := w.engine.Order(context.Background(), w.call, w.order)
	if err != nil {
		return j // nothing was taken, so nothing can be wrong about it
	}
	for _, t := range w.trials() {
		for _, check := range checks {
			j.broken = append(j.broken, check(w, t, f, &j)...)
		}
	}
	if len(j.broken) == 0 && !j.person {
		j.broken = append(w.drifted(&order, s), w.differ(&order, s, &j)...)
	}
	return j
}

// trials are the attempts that were sent.
func (w *world) trials() (all []trial) {
	operations := w.operations()
	for i := range operations {
		op := &operations[i]
		for n := range op.Attempts {
			a := &op.Attempts[n]
			sent, was := w.sent[a.ID]
			if !was {
				continue
			}
			all = append(all, trial{a, op, w.exchange(sent.row), w.sceneOf(a.ID), w.lender.truth().by(a.ID)})
		}
	}
	return all
}

// sceneOf is the scene that an attempt was made for; nil where the engine made it by itself.
func (w *world) sceneOf(attempt string) *scene {
	sent := w.sent[attempt]
	if s := w.scenes[attempt]; s != nil && s.about(&sent) {
		return s
	}
	return nil
}

// checks is what must hold of every attempt.
var checks = []func(*world, trial, *fault, *judgement) []broken{
	actedOnce, notUndone, reallyDone, asMuch, settled, notBelieved,
}

func one(t trial, claim claimName, what, change string) []broken {
	return []broken{{claim, t.row.Name, what, change}}
}

// actedOnce: the lender acts at most once for a command.
func actedOnce(w *world, t trial, _ *fault, j *judgement) []broken {
	if len(t.deeds) < 2 {
		return nil
	}
	second := t.deeds[1]
	switch {
	case second.why == copied && !t.row.Key.Honored():
		j.exposed = true
		return nil
	case t.row.Class == adapters.Harmless:
		return one(t, claimHarmless, fmt.Sprintf("the lender did %s twice, %s", second.kind, times(t.deeds)), "remove class: harmless from "+t.row.Name+" and say under lost what settles a lost reply")
	}
	return one(t, claimKey, fmt.Sprintf("the lender did %s twice, %s: %s", second.kind, times(t.deeds), second.why), repairOf(w, t, second.why))
}

func times(deeds []*deed) string {
	return fmt.Sprintf("%s at %s and again at %s", deeds[0].money(), deeds[0].at.Format("15:04:05"), deeds[1].at.Format("15:04:05"))
}

func repairOf(w *world, t trial, why cause) string {
	fact := w.block.Requests[t.row.Name].Key
	switch {
	case why == keyUnread && fact.Header != "":
		return "send the key where the lender looks for it: key: {header: " + fact.Header + "}"
	case why == keyUnread:
		return "send the key where the lender looks for it: =key at " + fact.Body + " of the body"
	case why == keyForgotten && fact != nil && fact.Life > 0:
		return fmt.Sprintf("say how long the lender remembers it: key: {..., life: %s}", fact.Life)
	case why == copied, why == keyless:
		return "take repeat_same_key out of lost and key out of " + t.row.Name + ", or say under lender.requests." + t.row.Name + ".key where the lender takes one"
	}
	return "say under lost what settles a lost reply without sending it again"
}

// undone says that an attempt certainly has not happened.
func undone(s canonical.OperationState) bool {
	return s == canonical.Failed || s == canonical.Declined || s == canonical.Planned
}

// notUndone: nothing is called failed that moved.
func notUndone(w *world, t trial, f *fault, _ *judgement) []broken {
	if !undone(t.State) || len(t.deeds) == 0 {
		return nil
	}
	d := t.deeds[0]
	claim, change := blame(w, t, f)
	return one(t, claim, fmt.Sprintf("the lender did %s of %s, and we call it %s (%s)", d.kind, d.money(), t.State, problemOf(t)), change)
}

func problemOf(t trial) string {
	if t.Problem != "" {
		return t.Problem
	}
	return string(t.State)
}

// blame finds the claim by which something was concluded that is not so.
func blame(w *world, t trial, f *fault) (claimName, string) {
	row := t.row.Name
	late := len(t.deeds) > 0 && t.deeds[0].late
	switch {
	case t.Problem == string(canonical.ProviderBusy), t.Problem == string(canonical.Refused) && (f.name == tooMany || f.name == failedAfter),
		t.Problem == string(canonical.OperationNotAllowed) && (f.name == tooMany || f.name == failedAfter):
		return claimBefore, "a lender that may have acted is in doubt: take the row for this status out of errors, or give it means: in_doubt"
	case t.State == canonical.Declined:
		return claimDeclined, "look at what " + row + " takes for a decline"
	case t.Problem == string(canonical.NotDone) && late && t.row.Horizon < w.block.ActsWithin:
		return claimHorizon, fmt.Sprintf("the lender may act as late as %s: set horizon of %s to that", w.block.ActsWithin, row)
	case t.Problem == string(canonical.NotDone) && slices.Contains(t.row.Lost, canonical.FindByReference):
		return claimFound, "the lender does not show what we called the movement, or not in time: take find_by_reference out of lost of " + row + ", or read it where the lender shows it"
	case t.Problem == string(canonical.NotDone):
		return comparing(t), "what sync reads does not tell whether " + row + " happened: look at the reading, or say lost: [ask_a_person]"
	case t.row.Class == adapters.Harmless:
		return claimHarmless, "remove class: harmless from " + row
	}
	return claimReply, "look at how " + row + " reads this reply: what may have moved is in doubt"
}

// comparing is the claim by which reads settle a doubt.
func comparing(t trial) claimName {
	if slices.Contains(t.row.Lost, canonical.CompareTotals) {
		return claimTotals
	}
	return claimCompared
}

// reallyDone: what we call done, the lender did.
func reallyDone(w *world, t trial, f *fault, _ *judgement) []broken {
	moves := t.scene != nil && t.scene.does != nothing && t.scene.sent != nil && t.scene.ends() == endsDone
	no := t.scene != nil && (t.scene.ends() == endsDeclined || t.scene.ends() == endsRefused)
	if t.State != canonical.Succeeded || len(t.deeds) > 0 || (!moves && !no) || w.ended(canonical.ByLender) {
		return nil
	}
	claim, change := claimReply, "look at how "+t.row.Name+" reads this reply: it takes a no for a yes"
	switch {
	case t.scene.ends() == endsDeclined:
		claim, change = claimDeclined, "say how the lender declines: declined: under reply of "+t.row.Name+", or means: declined in errors"
	case t.op.FoundBy != canonical.ByReply && slices.Contains(t.row.Lost, canonical.FindByReference) && f.name != noFault:
		claim, change = claimFound, "another movement is taken for ours: look at what seen reads as reference"
	case t.op.FoundBy != canonical.ByReply:
		claim, change = comparing(t), "what sync reads does not tell whether "+t.row.Name+" happened: look at the reading"
	}
	return one(t, claim, "we say that "+t.row.Name+" is done, and the lender did nothing", change)
}

// ended: our books say that nothing came of the order, and by whom: a create that was found declined is as good.
func (w *world) ended(by canonical.EndedBy) bool {
	order, err := w.engine.Order(context.Background(), w.call, w.order)
	return err == nil && order.Phase == canonical.Ended && order.EndedBy == by && order.Totals.Authorized.IsZero()
}

// asMuch: amount and currency are as asked.
func asMuch(w *world, t trial, _ *fault, _ *judgement) []broken {
	if t.State != canonical.Succeeded || len(t.deeds) == 0 || t.Kind == canonical.OpUpdate {
		return nil // what an update asks for is the order's amount, and not what moves
	}
	want, d := w.story.amount(), t.deeds[0]
	if t.Amount != nil {
		want = *t.Amount
	}
	if d.amount.Equal(want.Value.Decimal()) && d.currency == want.Currency {
		return nil
	}
	claim, change := claimAmount, "look at money.form, and at where the body of "+t.row.Name+" says how much"
	fact := w.block.Requests[t.row.Name]
	switch {
	case fact.Partial != nil && !*fact.Partial:
		claim, change = claimPartial, "the lender always takes all: remove partial: true from "+t.row.Name
	case fact.Is == "total":
		change = "the lender takes all that has moved by then: send =cumulative in place of =amount in " + t.row.Name
	}
	return one(t, claim, fmt.Sprintf("the lender did %s of %s, and %s was asked for", d.kind, d.money(), want), change)
}

// settled: a doubt that evidence can end has ended.
func settled(w *world, t trial, f *fault, j *judgement) []broken {
	if !t.State.Unresolved() || (t.State == canonical.Waiting && t.scene != nil && t.scene.ends() == endsLater) {
		return nil
	}
	silent := w.block.Requests[t.row.Name].Silent && len(t.deeds) == 0
	if slices.Contains(t.row.Lost, canonical.AskAPerson) || silent {
		j.person = true
		return nil
	}
	claim := comparing(t)
	if slices.Contains(t.row.Lost, canonical.FindByReference) {
		claim = claimFound
	}
	if len(t.row.Lost) == 1 && t.row.Lost[0] == canonical.RepeatSameKey {
		claim = claimKey
	}
	return one(t, claim, fmt.Sprintf("%s is still %s after %s, and nothing that lost names settles it", t.row.Name, t.State, spelled(w.patience())),
		"look at what reads show of it; add a way that works to lost, such as compare_totals, or ask_a_person")
}

// spelled is a span of time for people.
func spelled(d time.Duration) string {
	if days := d / (24 * time.Hour); days > 1 && d == days*24*time.Hour {
		return fmt.Sprintf("%d days", days)
	}
	return d.String()
}

// notBelieved: a reply that says something else than was asked is no yes by itself.
func notBelieved(w *world, t trial, f *fault, _ *judgement) []broken {
	if !f.bent || !w.network.fell || t.scene != w.scene || t.State != canonical.Succeeded || t.op.FoundBy != canonical.ByReply || t.row.Class != adapters.MoneyCall {
		return nil
	}
	return one(t, claimReply, fmt.Sprintf("a reply was believed although %s", f.says), changeOf(f, t.row.Name))
}

func changeOf(f *fault, row string) string {
	switch f.name {
	case wrongAmount:
		return "compare it: moved: under reply of " + row + ", or amount or net of its order"
	case wrongCurrency:
		return "compare it: currency: in the reading of " + row
	case unknownWord:
		return "read the word under reply of " + row + ", and name the words that confirm it under yes"
	}
	return "read something of the reply that only a yes has, such as movement, and do not say bare: true"
}

// drifted: what the lender shows and what we say do not contradict each other.
func (w *world) drifted(order *canonical.Order, s *scene) []broken {
	nothing := w.ended(canonical.ByError) && len(w.lender.truth().deeds) == 0
	if order.Drift == nil || nothing {
		return nil
	}
	return []broken{{claimReads, s.row, "what reads show contradicts our books: " + order.Drift.Seen, "look at the reading: captured, refunded, net and the words; and at read: of this step in the lender block"}}
}

// differ: our sums are the lender's.
func (w *world) differ(order *canonical.Order, s *scene, j *judgement) []broken {
	ours := map[canonical.OperationKind]decimal.Decimal{
		canonical.OpAuthorize: order.Totals.Authorized.Decimal(), canonical.OpCapture: order.Totals.Captured.Decimal(),
		canonical.OpCancel: order.Totals.Canceled.Decimal(), canonical.OpRefund: order.Totals.Refunded.Decimal(),
	}
	truth := w.lender.truth()
	if j.exposed || w.nets(ours) {
		return nil
	}
	for _, kind := range w.block.kinds() {
		if theirs := truth.sum(kind); !theirs.Equal(ours[kind]) {
			return []broken{{claimReads, s.row, fmt.Sprintf("our books say %s of %s, and the lender did %s", kind, ours[kind], theirs),
				"look at what reads show of it (the reading of reads.sync), and at read: of this step in the lender block"}}
		}
	}
	return nil
}

// kinds are the movements that can be compared.
func (b *block) kinds() []canonical.OperationKind {
	if b.Simulated != nil {
		return b.Simulated.Books
	}
	return moneyKinds
}

// nets: of a promise that was given back before we heard of it only the net is known.
func (w *world) nets(ours map[canonical.OperationKind]decimal.Decimal) bool {
	truth := w.lender.truth()
	more := truth.sum(canonical.OpAuthorize).Sub(ours[canonical.OpAuthorize])
	same := truth.sum(canonical.OpCapture).Equal(ours[canonical.OpCapture]) && truth.sum(canonical.OpRefund).Equal(ours[canonical.OpRefund])
	return more.IsPositive() && same && more.Equal(truth.sum(canonical.OpCancel).Sub(ours[canonical.OpCancel]))
}
