package adapters

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// judge turns how a call ended into an outcome or an error, by the verdict table.
func (c *Client) judge(x *Exchange, cmd *canonical.Command, t tried) (canonical.Outcome, error) {
	f, outcome, code, message := c.weigh(x, cmd, t)
	t.leave(c.shown(t, f))
	ruled := rule(f, x.Class)
	if ruled == isListed {
		return x.listed(f.failure, code, message)
	}
	switch ruled {
	case isOutcome:
		return outcome, nil
	case isBare:
		return canonical.Outcome{State: canonical.Succeeded}, nil
	case isDoubt:
		return canonical.Outcome{State: canonical.Doubtful, Code: code}, nil
	case isDrift:
		return canonical.Outcome{State: canonical.Doubtful, Sighting: outcome.Sighting, Code: outcome.Sighting.Word}, nil
	case isReadBack:
		return canonical.Outcome{State: canonical.Doubtful, ReadBack: true, Alarm: "reply of " + x.Name + " cannot be read or does not confirm it"}, nil
	case isUnkept:
		return canonical.Outcome{State: canonical.Doubtful, Alarm: fmt.Sprintf("reply of %s has another amount, currency or reference, or redirects (status %d)", x.Name, f.status)}, nil
	}
	return canonical.Outcome{}, t.failed(errorKinds[ruled], code, message)
}

// weigh collects the facts of a call. Decoding happens here, and nowhere else.
func (c *Client) weigh(x *Exchange, cmd *canonical.Command, t tried) (f facts, outcome canonical.Outcome, code, message string) {
	f = facts{reach: t.reach, status: t.reply.Status, tokened: t.fresh, denied: t.denied, bare: x.Bare}
	if t.reach != Replied {
		return f, outcome, "", ""
	}
	if !ok2xx(t.reply.Status) {
		code, message = c.refusal(t.reply)
		f.failure = x.failureOf(t.reply.Status, code)
		f.before = overloaded(t.reply.Status) && x.answersBefore(t.reply.Status)
		return f, outcome, code, message
	}
	f.empty = len(strings.TrimSpace(string(t.reply.Body))) == 0
	if f.empty && f.bare {
		return f, outcome, "", ""
	}
	outcome, err := x.Decode(*cmd, t.reply)
	if err != nil {
		f.unreadable, f.empty = true, errors.Is(err, ErrSilent)
	}
	if ambiguous(t.reply.Body) || (x.Bare && c.refuses(t.reply)) {
		f.unreadable, f.empty = true, false
	}
	if f.unreadable {
		return f, outcome, "", ""
	}
	c.complete(x, cmd, &outcome, &f)
	return f, outcome, outcome.Code, outcome.Reason
}

// complete gives the outcome the meaning of its words and checks it against what was asked.
func (c *Client) complete(x *Exchange, cmd *canonical.Command, outcome *canonical.Outcome, f *facts) {
	c.definition.interpret(outcome.Sighting)
	if s := outcome.Sighting; s != nil && s.Unknown {
		f.unknown = true
	}
	f.other = outcome.Moved != nil && !outcome.Moved.Equal(cmd.Amount)
	if outcome.State != "" {
		return
	}
	outcome.State = canonical.Succeeded
	if x.confirms(outcome.Sighting) || f.unknown {
		return
	}
	if s := outcome.Sighting; s.Phase == canonical.Pending && s.WaitingFor == canonical.ForLender {
		outcome.State = canonical.Waiting
		return
	}
	f.unexpected = true
}

// listed is what a row of failures says.
func (x *Exchange) listed(f *Failure, code, message string) (canonical.Outcome, error) {
	switch f.Means {
	case MeansDeclined:
		return canonical.Outcome{State: canonical.Declined, Code: code, Reason: f.Reason}, nil
	case MeansInDoubt, MeansAlreadyDone:
		if x.Class == MoneyCall {
			return canonical.Outcome{State: canonical.Doubtful, Code: code, ReadBack: f.Means == MeansAlreadyDone}, nil
		}
		return canonical.Outcome{}, failed(canonical.ProviderUnavailable, code, message, "")
	}
	err := failed(meaningKinds[f.Means], code, message, "")
	if f.Reason != "" && f.Means == MeansRefused {
		err.Detail = f.Reason + ": " + err.Detail
	}
	return canonical.Outcome{}, err
}

func failed(kind canonical.Kind, code, message, reason string) *canonical.Error {
	e := &canonical.Error{Kind: kind, ProviderCode: code, Detail: message}
	if reason != "" {
		e.Err = fmt.Errorf("%s", reason)
	}
	if e.Detail == "" {
		e.Detail = canonical.ProblemOf(kind).Title
	}
	return e
}

// failed is the error of a call. One that the gate did not let pass says why, and when it may.
func (t tried) failed(kind canonical.Kind, code, message string) *canonical.Error {
	e := failed(kind, code, message, t.reason)
	if t.gate == nil || t.denied {
		return e
	}
	e.Detail, e.Err = t.gate.Reason, nil
	if t.gate.After > 0 {
		e.Next = &canonical.Next{Action: canonical.NextRetrySameKey, After: int((t.gate.After + time.Second - 1) / time.Second)}
	}
	return e
}

// refusal reads the lender's error body: a code, and a message cut to what a reader can use.
func (c *Client) refusal(reply Reply) (code, message string) {
	if c.definition.Refusal != nil {
		code, message = c.definition.Refusal(reply)
	}
	const most = 300
	if len(message) > most {
		message = strings.ToValidUTF8(message[:most], "")
	}
	return code, message
}

// refuses says whether a reply carries the lender's error body, whatever its status.
func (c *Client) refuses(reply Reply) bool {
	code, message := c.refusal(reply)
	return code != "" || message != ""
}

func ok2xx(status int) bool { return status >= 200 && status <= 299 }
