package adapters

import (
	"net/http"

	"github.com/lendgate/lendgate/canonical"
)

// Why is how a call was judged, for people.
type Why struct {
	Rule    string   // the row of the verdict table that fits
	Failure *Failure // the row of the exchange's failures that fits; nil: none
	Code    string   // the lender's word for a refusal
	Message string
}

// Why says by which row of the verdict table a call is judged that ended like this. It reads the reply again, and does
// nothing else. fresh says that a second token was tried before.
func (c *Client) Why(exchange string, cmd canonical.Command, reach Reach, reply Reply, fresh bool) Why {
	x := c.exchange(exchange)
	if x == nil {
		return Why{}
	}
	t := tried{reach: reach, reply: reply, fresh: fresh}
	if x.Decode == nil {
		return c.whyRead(x, t)
	}
	f, _, code, message := c.weigh(x, &cmd, t)
	return because(f, code, message)
}

func (c *Client) whyRead(x *Exchange, t tried) Why {
	f := facts{reach: t.reach, status: t.reply.Status, tokened: t.fresh}
	if t.reach != Replied || ok2xx(f.status) {
		return because(f, "", "")
	}
	code, message := c.refusal(t.reply)
	if f.failure = x.failureOf(f.status, code); f.status == http.StatusNotFound {
		return Why{Rule: "404 is for the read to say what it means", Code: code, Message: message}
	}
	return because(f, code, message)
}

func because(f facts, code, message string) Why {
	why := Why{Failure: f.failure, Code: code, Message: message}
	for _, row := range verdicts {
		if row.fits(f) {
			why.Rule = row.what
			return why
		}
	}
	return why
}
