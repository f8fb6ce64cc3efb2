package sandbox

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// turn is one request or act that a lender took.
type turn struct {
	at      time.Time
	request *lender.Request
	act     *lender.Act
	refused bool     // it changed nothing
	moved   []string // the orders whose money it moved
}

// remember keeps a turn for those who are to see the lender as it was before.
func (c *core) remember(l lender.Lender, t turn, effects []lender.Effect) {
	if _, can := l.(lender.Rewinder); !can {
		return
	}
	for _, e := range effects {
		t.moved = append(t.moved, e.Order)
	}
	c.past[l.Name()] = append(c.past[l.Name()], t)
}

// stale answers a read as the lender would have before the last change of the order it asks for; where
// it names none, before the last change of anything. The lender itself is not asked.
func (c *core) stale(v visit) lender.Reply {
	then := v.lender.(lender.Rewinder).Rewound() // others have no stale answers, see fits
	past := c.past[v.lender.Name()]
	for _, t := range past[:lastChange(past, askedAbout(v))] {
		if t.act != nil {
			_ = then.Act(t.at, *t.act)
		} else {
			then.Serve(t.at, *t.request)
		}
	}
	return then.Serve(v.at, v.request)
}

// askedAbout finds the order whose id or reference a request names; the zero order for none.
func askedAbout(v visit) lender.Order {
	for _, o := range slices.Backward(v.lender.Orders()) {
		if mentions(said(v.request), o) {
			return o
		}
	}
	return lender.Order{}
}

// lastChange is the index of the last turn that changed an order, 0 where none did.
func lastChange(past []turn, o lender.Order) int {
	for i, t := range slices.Backward(past) {
		switch {
		case t.refused:
		case o.ID == "", slices.Contains(t.moved, o.ID):
			return i
		case t.act != nil && mentions(t.act.Order, o):
			return i
		case t.request != nil && mentions(said(*t.request)+string(t.request.Body), o):
			return i
		}
	}
	return 0
}

func mentions(text string, o lender.Order) bool {
	return strings.Contains(text, o.ID) || (o.Reference != "" && strings.Contains(text, o.Reference))
}

// said is the path and the query of a request as they are meant.
func said(r lender.Request) string {
	sent := r.Path + "?" + r.RawQuery
	if meant, err := url.PathUnescape(sent); err == nil {
		return meant
	}
	return sent
}
