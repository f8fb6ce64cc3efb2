package spendoption

import (
	"fmt"
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// row is what the order list shows: an authorisation, or an initiate whose token is unused.
type row interface{ row() (lender.Order, bool) }

// Orders lists initiates and authorisations, oldest first.
func (l *Lender) Orders() []lender.Order {
	var listed []lender.Order
	for _, r := range l.rows {
		if order, shown := r.row(); shown {
			listed = append(listed, order)
		}
	}
	return listed
}

// Act plays the customer at the authentication widget, or staff of the lender.
func (l *Lender) Act(now time.Time, a lender.Act) error {
	switch a.Do {
	case "authenticate", "fail":
		return l.answerWidget(now, a)
	case "release":
		return l.release(now, a)
	}
	return fmt.Errorf("%q is not possible here: authenticate, fail or release", a.Do)
}

func (l *Lender) answerWidget(now time.Time, a lender.Act) error {
	s := l.sessionNamed(a.Order)
	switch {
	case s == nil:
		return fmt.Errorf("no initiate for %q: name the scaToken it returned or the orderReference", a.Order)
	case s.status != scaRequired || s.used:
		return fmt.Errorf("initiate %s is %s: only %s can %s", s.token, s.status, scaRequired, a.Do)
	case !now.Before(s.expires):
		return fmt.Errorf("initiate %s has expired: initiate again", s.token)
	case a.Do == "fail":
		s.status = scaFailed
	default:
		s.status, s.upgraded, s.expires = scaAuthenticated, "sca-"+l.ids.Hex(40), now.Add(tokenLife)
		l.tokens[s.upgraded] = s
	}
	return nil
}

// release gives a hold back without a request of the merchant, who learns nothing of it.
func (l *Lender) release(now time.Time, a lender.Act) error {
	h := l.holdNamed(a.Order)
	if h == nil {
		return fmt.Errorf("no authorisation for %q: name the authorisationId or the orderReference", a.Order)
	}
	rest := h.held()
	if !rest.IsPositive() {
		return fmt.Errorf("authorisation %s is %s: nothing is held", h.id, h.status())
	}
	h.reversed = h.reversed.Add(rest)
	l.enter(call{now: now}, h, lender.Effect{Kind: "cancel", Amount: rest})
	return nil
}

func (l *Lender) sessionNamed(name string) *session {
	for _, r := range slices.Backward(l.rows) {
		if s, is := r.(*session); is && (name == s.token || name == s.reference) {
			return s
		}
	}
	return nil
}

func (l *Lender) holdNamed(name string) *hold {
	for _, r := range slices.Backward(l.rows) {
		if h, is := r.(*hold); is && (name == h.id || name == h.reference) {
			return h
		}
	}
	return nil
}
