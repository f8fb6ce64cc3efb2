package certify

import (
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// lender is who stands behind the network: one that tells a story, or a simulated one.
type lender interface {
	// answer takes one request, acts and answers.
	answer(now time.Time, a arrival) adapters.Reply
	// happen has somebody do something at the lender.
	happen(now time.Time, s *scene)
	// meet tells what is being sent for a step, and how our order is called now.
	meet(s *scene, sent sending)
	knows(order canonical.Order)
	// truth is everything that it did.
	truth() *book
}

func (t *teller) truth() *book { return t.book }

func (t *teller) knows(order canonical.Order) { t.order = order }

// meet keeps the names of an attempt. A step that is sent again keeps those of its first attempt.
func (t *teller) meet(s *scene, sent sending) {
	t.order = sent.order
	if _, met := t.live[s.number]; !met {
		t.live[s.number] = sent
	}
}
