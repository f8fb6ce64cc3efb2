package simulation

import (
	"bytes"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// otherAmount: a reply that names another amount of the movement than was asked for leaves it in doubt.
func otherAmount(r *run, s *sending) {
	if moved := s.outcome.Moved; s.believed() && moved != nil && !moved.Equal(s.amount) {
		r.violated("doubt about "+string(s.kind)+" of "+s.amount.String(), "%s, and the answer names %s", s.outcome.State, moved)
	}
}

// unknownWord: a reply to a movement in a word of no vocabulary leaves it in doubt. At the one lender that gives
// an id with every yes an answer without an id is a no, whatever it is called.
func unknownWord(r *run, s *sending) {
	if s.bent == strangeWord && s.believed() && !(s.lender == "spendoption" && len(s.deeds) == 0) {
		r.violated("doubt about "+string(s.kind), "%s after an answer in an unknown word", s.outcome.State)
	}
}

// believed says that what moves money was taken for done, or for refused.
func (s *sending) believed() bool {
	return !s.request.Harmless && (s.problem != nil || s.outcome.State == canonical.Succeeded || s.outcome.State == canonical.Declined)
}

// messageOf finds the message as it is kept.
func (r *run) messageOf(n *notice) *state.Message {
	for _, id := range r.mirror.messageIDs {
		if m, kept := r.mirror.messages[id]; kept && m.Provider == n.provider && bytes.Equal(m.Body, n.body) {
			return &m
		}
	}
	return nil
}

// acceptedExists: when the lender hears yes, the message is durable.
func acceptedExists(r *run, n *notice) {
	if n.err == nil && !n.forged && !r.forgotten(n) && r.messageOf(n) == nil {
		r.violated("a message that was accepted", "none of %s: %s", n.provider, n.body)
	}
}

// acceptedLooked: what was accepted about an order of ours has had the lender read since, or is told of as
// nobody's.
func acceptedLooked(r *run) {
	for _, n := range r.notices {
		if n.err != nil || n.forged || r.forgotten(n) {
			continue
		}
		m := r.messageOf(n)
		switch {
		case m == nil:
			r.violated("a message that was accepted", "none of %s: %s", n.provider, n.body)
		case m.Order == "" && !m.GivenUp:
			if _, has := r.mirror.timers["message:"+m.ID]; !has {
				r.violated("a timer for a message whose order is not known", "none for %s", n.body)
			}
		case m.Order != "":
			r.looked(m)
		}
	}
}

// forgotten says whether a message may be gone: it became durable so long ago, maybe by a delivery whose yes
// was lost.
func (r *run) forgotten(n *notice) bool {
	first, known := r.mirror.received[n.provider+string(n.body)]
	return known && r.plan.keeps > 0 && r.kernel.now().After(first.Add(r.plan.keeps))
}

func (r *run) looked(m *state.Message) {
	s := r.mirror.orders[m.Order]
	if s == nil {
		r.violated("order "+m.Order+" of a message", "none")
		return
	}
	w := s.order.Hidden.Watch
	if w != nil && w.Hinted != nil && !s.left() {
		r.violated("a look at the lender after a message about "+m.Order, "none since %s", w.Hinted)
	}
}

// messagesMoveNothing: taking a message in is no reason to believe it.
func messagesMoveNothing(r *run, c *commit) {
	if c.routine != "intake" {
		return
	}
	for _, change := range c.orders {
		if now, was := change.standing.order.Position(), change.before.Position(); change.fresh || asText(now) != asText(was) {
			r.violated("books as they were", "%s after %s", asText(now), asText(was))
		}
	}
	if len(c.operations) > 0 {
		r.violated("no operation because of a message", "%s", c.operations[0].op.ID)
	}
}

func forgedChangesNothing(r *run, n *notice) {
	if n.forged && (n.err == nil || n.wrote > 0) {
		r.violated("a forged message refused", "%v, %d commits", n.err, n.wrote)
	}
}
