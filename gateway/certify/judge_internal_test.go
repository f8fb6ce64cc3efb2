package certify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

// capture is an attempt of 100 euros at a lender that has a key, as each case changes it.
func capture(state canonical.OperationState, change func(*trial)) trial {
	amount := canonical.MustMoney("100.00", "EUR")
	t := trial{
		Attempt: &canonical.Attempt{ID: "att_1", Kind: canonical.OpCapture, State: state, Amount: &amount},
		op:      &canonical.Operation{FoundBy: canonical.ByReply},
		row:     &adapters.Exchange{Name: "capture", Class: adapters.MoneyCall, Key: adapters.KeyPlace{Header: "k"}, Lost: []canonical.Recovery{canonical.CompareTotals}},
		scene:   &scene{row: "capture", does: canonical.OpCapture, sent: &adaptertest.Crossing{}},
	}
	if change != nil {
		change(&t)
	}
	return t
}

func did(amounts ...int64) func(*trial) {
	return func(t *trial) {
		for _, amount := range amounts {
			t.deeds = append(t.deeds, &deed{kind: canonical.OpCapture, amount: decimal.NewFromInt(amount), currency: "EUR"})
		}
	}
}

// judged are trials, and what must be said of them; "" is nothing.
var judged = []struct {
	name  string
	trial trial
	fault fateName
	want  string
	claim claimName
}{
	{"done, once and as asked", capture(canonical.Succeeded, did(100)), noFault, "", ""},
	{"failed, and nothing moved", capture(canonical.Failed, nil), lostBefore, "", ""},
	{"done twice", capture(canonical.Succeeded, did(100, 100)), lostAfter, "did capture twice", claimKey},
	{"done twice by the network, and no key is claimed", capture(canonical.Succeeded, func(t *trial) {
		did(100, 100)(t)
		t.deeds[1].why, t.row.Key = copied, adapters.KeyPlace{}
	}), twice, "", ""},
	{"done twice, and called harmless", capture(canonical.Succeeded, func(t *trial) {
		did(100, 100)(t)
		t.row.Class = adapters.Harmless
	}), lostAfter, "did capture twice", claimHarmless},
	{"failed, and it moved", capture(canonical.Failed, did(100)), lostAfter, "and we call it failed", claimReply},
	{"thought absent by its totals, and it moved", capture(canonical.Failed, func(t *trial) {
		did(100)(t)
		t.Problem = string(canonical.NotDone)
	}), lostAfter, "and we call it failed (not_done)", claimTotals},
	{"declined, and it moved", capture(canonical.Declined, did(100)), noFault, "and we call it declined", claimDeclined},
	{"called done, and nothing moved", capture(canonical.Succeeded, nil), noFault, "is done, and the lender did nothing", claimReply},
	{"taken for done by its totals, and nothing moved", capture(canonical.Succeeded, func(t *trial) { t.op.FoundBy = canonical.ByRecovery }), lostBefore, "is done, and the lender did nothing", claimTotals},
	{"called done, where the lender says no", capture(canonical.Succeeded, func(t *trial) { t.scene.Is = endsDeclined }), noFault, "is done, and the lender did nothing", claimDeclined},
	{"another amount", capture(canonical.Succeeded, did(1)), noFault, "did capture of 1.00 EUR, and 100.00 EUR was asked for", claimAmount},
	{"another currency", capture(canonical.Succeeded, func(t *trial) {
		did(100)(t)
		t.deeds[0].currency = "SEK"
	}), noFault, "did capture of 100.00 SEK", claimAmount},
	{"in doubt for good", capture(canonical.HandedOver, did(100)), lostAfter, "is still handed_over after 5 days", claimTotals},
	{"in doubt, and a person is named", capture(canonical.HandedOver, func(t *trial) { t.row.Lost = []canonical.Recovery{canonical.AskAPerson} }), lostAfter, "", ""},
	{"decided later", capture(canonical.Waiting, func(t *trial) { t.scene.Is = endsLater }), noFault, "", ""},
}

func TestTrialsAreJudged(t *testing.T) {
	for _, one := range judged {
		t.Run(one.name, func(t *testing.T) {
			w := judging()
			w.scene = one.trial.scene
			f := &faults[slices.IndexFunc(faults, func(f fault) bool { return f.name == one.fault })]
			var found []broken
			for _, check := range checks {
				found = append(found, check(w, one.trial, f, &judgement{})...)
			}
			switch {
			case one.want == "" && found != nil:
				t.Errorf("got %+v, want nothing", found)
			case one.want == "":
			case len(found) != 1 || !strings.Contains(found[0].what, one.want) || found[0].claim != one.claim:
				t.Errorf("got %+v, want %q and %q", found, one.want, one.claim)
			}
		})
	}
}

// judging is a world as far as checks look at it: an engine without the order.
func judging() *world {
	amount := canonical.MustMoney("100.00", "EUR")
	told := &story{scenes: []scene{{command: &canonical.Command{Order: canonical.Order{Amount: amount}}}}}
	w, err := (&Subject{block: &block{}}).open(told)
	if err != nil {
		panic(err)
	}
	return w
}

var never, day, hour = false, 24 * time.Hour, time.Hour

// contradictions are claims that the lender block alone refutes, and the same where it does not.
var contradictions = []struct {
	claim    claimName
	row      adapters.Exchange
	lies     request
	lender   block
	holds    request
	truthful block
}{
	{claim: claimKey, row: adapters.Exchange{Key: adapters.KeyPlace{Header: "k", TTL: day}}, lies: request{Key: &keyFact{Header: "k", Life: hour}}, holds: request{Key: &keyFact{Header: "k", Life: day}}},
	{claim: claimKey, row: adapters.Exchange{Key: adapters.KeyPlace{Header: "k"}}, lies: request{}, holds: request{Key: &keyFact{Header: "k"}}},
	{claim: claimHarmless, lies: request{Does: canonical.OpAuthorize}, holds: request{Does: nothing}},
	{claim: claimFound, truthful: block{Searchable: true}},
	{claim: claimHorizon, row: adapters.Exchange{Horizon: time.Minute}, lender: block{ActsWithin: hour}, truthful: block{ActsWithin: time.Minute}},
	{claim: claimPartial, lies: request{Partial: &never}, holds: request{}},
	{claim: claimBefore, row: adapters.Exchange{Class: adapters.MoneyCall, Before: []int{429}}, truthful: block{BeforeActing: []int{429}}},
	{claim: claimBefore, row: adapters.Exchange{Class: adapters.MoneyCall, Failures: []adapters.Failure{{Status: 503, Means: adapters.MeansRefused}}}, truthful: block{BeforeActing: []int{503}}},
}

func TestTheLenderBlockContradicts(t *testing.T) {
	for _, c := range contradictions {
		kind := claimKinds[slices.IndexFunc(claimKinds, func(k claimKind) bool { return k.name == c.claim })]
		if kind.against(&c.lender, c.lies, &c.row) == "" {
			t.Errorf("%s is not contradicted by %+v of %+v", c.claim, c.lies, c.lender)
		}
		if said := kind.against(&c.truthful, c.holds, &c.row); said != "" {
			t.Errorf("%s is contradicted: %s", c.claim, said)
		}
	}
}
