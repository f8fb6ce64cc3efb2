package canonical_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

var (
	waits      = book{phase: canonical.Created}
	authorized = book{canonical.Open, "", 1000, 0, 0, 0}
	half       = book{canonical.Open, "", 1000, 500, 0, 0}
	whole      = book{canonical.Open, "", 1000, 1000, 0, 0}
	returned   = book{canonical.Open, "", 1000, 1000, 0, 1000}
	gone       = book{canonical.Ended, canonical.ByCancel, 1000, 0, 1000, 0}
)

func attempt(kind canonical.OperationKind, n int) canonical.Attempt {
	money := euros(n)
	return canonical.Attempt{Kind: kind, Amount: &money, State: canonical.Doubtful}
}

// judgements is what a sighting proves about an attempt in doubt, kind by kind.
var judgements = []struct {
	name    string
	ours    book
	attempt canonical.Attempt
	seen    canonical.Sighting
	want    canonical.Finding
}{
	{"create: the order is there", waits, attempt(canonical.OpCreate, 1000), seen(waits), canonical.Found},
	{"create: the order is there and further than we knew", waits, attempt(canonical.OpCreate, 1000), seen(whole), canonical.Found},
	{"create: a word nobody knows proves nothing", waits, attempt(canonical.OpCreate, 1000), canonical.Sighting{Unknown: true}, canonical.Mute},
	{"authenticate shows nowhere", waits, attempt(canonical.OpAuthenticate, 1000), seen(waits), canonical.Mute},
	{"update is not judged by movements", authorized, attempt(canonical.OpUpdate, 300), seen(authorized), canonical.Mute},
	{"sync moves nothing", authorized, attempt(canonical.OpSync, 300), seen(authorized), canonical.Mute},

	{"authorize: the promise is there", waits, attempt(canonical.OpAuthorize, 1000), seen(authorized), canonical.Found},
	{"authorize: with the lender's fees on top", waits, attempt(canonical.OpAuthorize, 970), seen(authorized), canonical.Found},
	{"authorize: nothing is promised", waits, attempt(canonical.OpAuthorize, 1000), seen(waits), canonical.Absent},
	{"authorize: less is promised than was asked", waits, attempt(canonical.OpAuthorize, 1001), seen(authorized), canonical.Contrary},
	{"authorize: the order ended instead", waits, attempt(canonical.OpAuthorize, 1000), seen(book{phase: canonical.Ended, by: canonical.ByLender}), canonical.Absent},
	{"authorize: the lender is deciding, perhaps because it was asked", waits, attempt(canonical.OpAuthorize, 1000),
		canonical.Sighting{Phase: canonical.Pending, WaitingFor: canonical.ForLender}, canonical.Mute},
	{"authorize: the customer is to act, so nothing was asked of the lender", waits, attempt(canonical.OpAuthorize, 1000),
		canonical.Sighting{Phase: canonical.Pending, WaitingFor: canonical.ForCustomer}, canonical.Absent},

	{"capture: it is there", authorized, attempt(canonical.OpCapture, 500), seen(half), canonical.Found},
	{"capture: it is not there", authorized, attempt(canonical.OpCapture, 500), seen(authorized), canonical.Absent},
	{"capture: it is not there on top of another", half, attempt(canonical.OpCapture, 500), seen(half), canonical.Absent},
	{"capture: another amount was captured", authorized, attempt(canonical.OpCapture, 400), seen(half), canonical.Contrary},
	{"capture: the order was canceled instead", authorized, attempt(canonical.OpCapture, 500), seen(gone), canonical.Absent},
	{"capture: the lender went backwards", half, attempt(canonical.OpCapture, 500), seen(authorized), canonical.Contrary},
	{"capture: it gave back the rest by the same request", authorized, attempt(canonical.OpCapture, 500),
		seen(book{canonical.Open, "", 1000, 500, 500, 0}), canonical.Found},
	{"capture: a lender that tells no captured amount", authorized, attempt(canonical.OpCapture, 500),
		canonical.Sighting{Phase: canonical.Open, Net: pointer(cents(1000))}, canonical.Mute},
	{"capture: one our books have no room for", authorized, attempt(canonical.OpCapture, 1001), seen(authorized), canonical.Mute},

	{"cancel of all: the order has ended", authorized, attempt(canonical.OpCancel, 1000), seen(gone), canonical.Found},
	{"cancel of all: the order stands", authorized, attempt(canonical.OpCancel, 1000), seen(authorized), canonical.Absent},
	{"cancel of all: it was captured first", authorized, attempt(canonical.OpCancel, 1000), seen(whole), canonical.Absent},
	{"cancel of a part: the promise is smaller", authorized, attempt(canonical.OpCancel, 300), seen(book{canonical.Open, "", 1000, 0, 300, 0}), canonical.Found},
	{"cancel of a part: smaller by something else", authorized, attempt(canonical.OpCancel, 200), seen(book{canonical.Open, "", 1000, 0, 300, 0}), canonical.Contrary},
	{"cancel before any promise: the order has ended", waits, attempt(canonical.OpCancel, 1000), seen(book{phase: canonical.Ended, by: canonical.ByLender}), canonical.Found},
	{"cancel before any promise: the order waits as before", waits, attempt(canonical.OpCancel, 1000), seen(waits), canonical.Absent},
	{"cancel before any promise: the customer paid first", waits, attempt(canonical.OpCancel, 1000), seen(whole), canonical.Absent},

	{"refund: it is there", whole, attempt(canonical.OpRefund, 300), seen(book{canonical.Open, "", 1000, 1000, 0, 300}), canonical.Found},
	{"refund: it is not there", whole, attempt(canonical.OpRefund, 300), seen(whole), canonical.Absent},
	{"refund: another amount was refunded", whole, attempt(canonical.OpRefund, 200), seen(book{canonical.Open, "", 1000, 1000, 0, 300}), canonical.Contrary},
	{"refund: of an order that ended after a part was captured", book{canonical.Ended, canonical.ByTime, 1000, 500, 500, 0}, attempt(canonical.OpRefund, 500),
		seen(book{canonical.Ended, canonical.ByTime, 1000, 500, 500, 500}), canonical.Found},

	{"any: a lender that names no phase", authorized, attempt(canonical.OpCapture, 500), canonical.Sighting{Captured: pointer(cents(500))}, canonical.Mute},
	{"any: a word nobody knows", authorized, attempt(canonical.OpCapture, 500), canonical.Sighting{Unknown: true, Phase: canonical.Open, Captured: pointer(cents(500))}, canonical.Mute},
}

func TestJudge(t *testing.T) {
	for _, test := range judgements {
		t.Run(test.name, func(t *testing.T) {
			if got := canonical.Judge(test.ours.position(), test.attempt, test.seen); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestJudgeOfALenderThatShowsNoRefunds is Credit Key's case: CAPTURED says nothing of refunds, and
// RETURNED says that everything was.
func TestJudgeOfALenderThatShowsNoRefunds(t *testing.T) {
	captured := canonical.Sighting{Word: "CAPTURED", Phase: canonical.Open, Net: pointer(cents(1000)), Captured: pointer(cents(1000))}
	tests := []struct {
		name   string
		ours   book
		refund int
		seen   canonical.Sighting
		want   canonical.Finding
	}{
		{"a part refund never shows", whole, 300, captured, canonical.Mute},
		{"a full refund that shows", whole, 1000, seen(returned), canonical.Found},
		{"a full refund that does not show may still have happened", whole, 1000, captured, canonical.Mute},
		{"the last part shows, because it makes the refund full", book{canonical.Open, "", 1000, 1000, 0, 700}, 300, seen(returned), canonical.Found},
		{"a part, and the lender has taken everything back", whole, 300, seen(returned), canonical.Contrary},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := canonical.Judge(test.ours.position(), attempt(canonical.OpRefund, test.refund), test.seen); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestJudgeIsRightAboutEveryAttemptALenderShows: a lender that tells everything either has the
// attempt in its truth or has not, and in every reachable position Judge says which.
func TestJudgeIsRightAboutEveryAttemptALenderShows(t *testing.T) {
	kinds := map[canonical.MoveName]canonical.OperationKind{
		canonical.Authorize: canonical.OpAuthorize, canonical.Capture: canonical.OpCapture,
		canonical.Cancel: canonical.OpCancel, canonical.Refund: canonical.OpRefund,
	}
	judged := 0
	for _, b := range reachable(4) {
		for _, m := range moves() {
			kind, money := kinds[m.name]
			after, possible := b.take(m)
			if !money || !possible || (kind == canonical.OpAuthorize && !b.waits()) {
				continue
			}
			judged++
			if got := canonical.Judge(b.position(), attempt(kind, m.cents), seen(after)); got != canonical.Found {
				t.Errorf("%+v happened in %+v: got %s", m, b, got)
			}
			if got := canonical.Judge(b.position(), attempt(kind, m.cents), seen(b)); got != canonical.Absent {
				t.Errorf("%+v did not happen in %+v: got %s", m, b, got)
			}
		}
	}
	if judged < 100 {
		t.Errorf("only %d attempts judged", judged)
	}
}

func TestJudgeChange(t *testing.T) {
	reference := "R-2"
	tests := []struct {
		name   string
		at     book
		change canonical.Change
		seen   canonical.Sighting
		want   canonical.Finding
	}{
		{"the new amount is there", waits, canonical.Change{Amount: pointer(euros(800))}, canonical.Sighting{Amount: pointer(euros(800))}, canonical.Found},
		{"the old amount is there", waits, canonical.Change{Amount: pointer(euros(800))}, canonical.Sighting{Amount: pointer(euros(1000))}, canonical.Absent},
		{"a third amount is there", waits, canonical.Change{Amount: pointer(euros(800))}, canonical.Sighting{Amount: pointer(euros(900))}, canonical.Contrary},
		{"the old amount after a part was given back is what is left of it", book{canonical.Open, "", 1000, 0, 300, 0},
			canonical.Change{Amount: pointer(euros(500))}, canonical.Sighting{Amount: pointer(euros(700))}, canonical.Absent},
		{"the amount the order had before a part was given back is neither", book{canonical.Open, "", 1000, 0, 300, 0},
			canonical.Change{Amount: pointer(euros(500))}, canonical.Sighting{Amount: pointer(euros(1000))}, canonical.Contrary},
		{"the new reference is there", waits, canonical.Change{Reference: &reference}, canonical.Sighting{Reference: "R-2-LENDER"}, canonical.Found},
		{"the old reference is there", waits, canonical.Change{Reference: &reference}, canonical.Sighting{Reference: "R-1-LENDER"}, canonical.Absent},
		{"a third reference is there", waits, canonical.Change{Reference: &reference}, canonical.Sighting{Reference: "R-9"}, canonical.Contrary},
		{"an amount that stays the same proves nothing about the reference", waits,
			canonical.Change{Amount: pointer(euros(1000)), Reference: &reference}, canonical.Sighting{Amount: pointer(euros(1000)), Reference: "R-1-LENDER"}, canonical.Absent},
		{"an amount that stays the same is there", waits, canonical.Change{Amount: pointer(euros(1000))}, canonical.Sighting{Amount: pointer(euros(1000))}, canonical.Found},
		{"the lender tells no amount", waits, canonical.Change{Amount: pointer(euros(800))}, canonical.Sighting{Phase: canonical.Open}, canonical.Mute},
		{"the lender tells no reference", waits, canonical.Change{Reference: &reference}, canonical.Sighting{Amount: pointer(euros(1000))}, canonical.Mute},
		{"a change of lines shows nowhere", waits, canonical.Change{Lines: []canonical.Line{{}}}, canonical.Sighting{Amount: pointer(euros(1000))}, canonical.Mute},
		{"a word nobody knows", waits, canonical.Change{Amount: pointer(euros(800))}, canonical.Sighting{Unknown: true, Amount: pointer(euros(800))}, canonical.Mute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := orderAt(test.at)
			o.ProviderOrder.Reference = "R-1-LENDER"
			if got := canonical.JudgeChange(o, test.change, "R-2-LENDER", test.seen); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
