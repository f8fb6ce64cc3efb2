package certify

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// fault is one thing that can go wrong with a call, whichever lender is behind it.
type fault struct {
	name fateName
	says string
	// why it cannot befall a step; "" where it can.
	spares func(w *world, s *scene) string
	// what it does to a call. nil: it does nothing to calls.
	befall func(n *network, a arrival) (adapters.Reply, adapters.Reach, error)
	// a reply that must not be believed by itself
	bent bool
	made bool // it can be made on this side of the network, whoever the lender is
}

// fateName names a fault, in the report and on the command line.
type fateName string

// The faults.
const (
	noFault       fateName = "none"
	notSent       fateName = "not sent"
	lostBefore    fateName = "lost before acting"
	lostAfter     fateName = "lost after acting"
	lostLong      fateName = "lost, then out of reach"
	failedAfter   fateName = "500 after acting"
	tooMany       fateName = "429"
	slow          fateName = "slow"
	twice         fateName = "delivered twice"
	truncated     fateName = "truncated reply"
	wrongAmount   fateName = "wrong amount"
	wrongCurrency fateName = "wrong currency"
	unknownWord   fateName = "unknown word"
	noticeFirst   fateName = "notification first"
	forgedNotice  fateName = "forged notification"
)

// strangeWord is a word that no lender says.
const strangeWord = "LENDGATE_UNHEARD_OF"

var errCut = errors.New("connection lost")

// faults is the matrix's one side.
var faults = []fault{
	{name: noFault, says: "nothing goes wrong", made: true},
	{name: notSent, says: "no connection is obtained", spares: whereNothingIsSent, befall: (*network).refuseConnection, made: true},
	{name: lostBefore, says: "the request is lost, and the lender does nothing", spares: whereNothingIsSent, befall: (*network).loseRequest, made: true},
	{name: lostAfter, says: "the lender acts, and its reply is lost", spares: whereNothingIsSent, befall: (*network).loseReply, made: true},
	{name: lostLong, says: "the lender acts, its reply is lost, and it cannot be reached for as long as its key is trusted", spares: whereNothingIsSent, befall: (*network).loseReplyForLong},
	{name: failedAfter, says: "the lender acts, and answers 500", spares: whereNothingIsSent, befall: answering(http.StatusInternalServerError), made: true},
	{name: tooMany, says: "the lender answers 429", spares: whereNothingIsSent, befall: answering(http.StatusTooManyRequests), made: true},
	{name: slow, says: "the lender acts as late as it may, when nobody waits for the reply any more", spares: whereNothingIsSent, befall: (*network).actLate},
	{name: twice, says: "the network delivers the request twice", spares: whereNothingIsSent, befall: (*network).deliverTwice, made: true},
	{name: truncated, says: "the lender acts, and half of its reply arrives", spares: whereNothingIsSaid, befall: (*network).truncate, bent: true, made: true},
	{name: wrongAmount, says: "the reply names another amount", spares: whereNo("amount"), befall: bending("amount"), bent: true, made: true},
	{name: wrongCurrency, says: "the reply names another currency", spares: whereNo("currency"), befall: bending("currency"), bent: true, made: true},
	{name: unknownWord, says: "the reply says a word that nobody knows", spares: whereNo("word"), befall: bending("word"), bent: true, made: true},
	{name: noticeFirst, says: "the notification comes before the reply", spares: whereNoNotice, befall: (*network).notifyFirst},
	{name: forgedNotice, says: "a notification comes that the lender did not send", spares: whereNoProof},
}

func whereNothingIsSent(_ *world, s *scene) string {
	if s.sent == nil {
		return "nothing is sent"
	}
	return ""
}

// whereNothingIsSaid: a reply without a body cannot be cut, and one that only confirms by its status says nothing.
func whereNothingIsSaid(w *world, s *scene) string {
	if w.block.Simulated != nil {
		return whereNothingIsSent(w, s)
	}
	if s.sent == nil || len(s.sent.Reply.Body) < 2 || len(s.fact.Yes) == 0 {
		return "the reply says nothing"
	}
	return ""
}

// whereNo: the recorded yes does not say such a thing, or nothing moves.
func whereNo(what string) func(*world, *scene) string {
	return func(w *world, s *scene) string {
		if w.block.Simulated != nil && what == "word" && s.sent != nil && s.does != nothing {
			return ""
		}
		if s.sent == nil || s.does == nothing || s.ends() != endsDone || len(s.saying(what)) == 0 {
			return "the reply names no " + what
		}
		return ""
	}
}

func whereNoNotice(w *world, s *scene) string {
	if s.sent == nil || (s.notice == nil && w.block.Simulated == nil) {
		return "no notification is recorded for it"
	}
	return ""
}

func whereNoProof(w *world, s *scene) string {
	switch {
	case w.block.Simulated != nil && len(w.block.Simulated.Covers) > 0:
		return ""
	case s.notice == nil:
		return "no notification is recorded for it"
	case len(s.notice.Covers) == 0:
		return "the lender's notifications prove nothing"
	}
	return ""
}

// saying are the places of a reply that say something of a kind.
func (s *scene) saying(what string) []string {
	var all []string
	for _, where := range sortedKeys(s.fact.Yes) {
		if one := s.fact.Yes[where]; one.What == what || (what == "word" && len(one.Words) > 0) {
			all = append(all, where)
		}
	}
	return all
}

func (n *network) refuseConnection(arrival) (adapters.Reply, adapters.Reach, error) {
	return adapters.Reply{}, adapters.NotSent, errCut
}

// giveUp waits as long as the request may take, in vain.
func (n *network) giveUp(a arrival) (adapters.Reply, adapters.Reach, error) {
	if n.clock.real == nil {
		n.clock.pass(a.Timeout)
	}
	return adapters.Reply{}, adapters.Sent, errCut
}

func (n *network) loseRequest(a arrival) (adapters.Reply, adapters.Reach, error) { return n.giveUp(a) }

func (n *network) loseReply(a arrival) (adapters.Reply, adapters.Reach, error) {
	_, _, _ = n.deliver(a)
	return n.giveUp(a)
}

// How long a lender is out of reach: well into the time for which its key is trusted, and at least so long that
// recovery has tried often.
const (
	shortestOutage = time.Hour
	longestOutage  = 48 * time.Hour
)

func (n *network) loseReplyForLong(a arrival) (adapters.Reply, adapters.Reach, error) {
	outage := shortestOutage
	switch x := n.world.exchange(a.by.row); {
	case x != nil && x.Key.TTL > 0:
		outage = min(max(x.Key.TTL*8/10, shortestOutage), longestOutage)
	case x != nil && x.Key.Honored():
		outage = longestOutage
	}
	n.dark = n.clock.now.Add(outage)
	return n.loseReply(a)
}

// answering has the lender act, unless it answers so before it acts, and say that it cannot.
func answering(status int) func(*network, arrival) (adapters.Reply, adapters.Reach, error) {
	return func(n *network, a arrival) (adapters.Reply, adapters.Reach, error) {
		if !slices.Contains(n.world.block.BeforeActing, status) {
			_, _, _ = n.deliver(a)
		}
		return n.world.block.refusal()(status, "busy"), adapters.Replied, nil
	}
}

func (n *network) actLate(a arrival) (adapters.Reply, adapters.Reach, error) {
	a.late = true
	n.clock.after(a.Timeout+max(n.world.block.ActsWithin-time.Second, 0), func() { n.lender.answer(n.clock.now, a) })
	return n.giveUp(a)
}

func (n *network) deliverTwice(a arrival) (adapters.Reply, adapters.Reach, error) {
	reply, reach, err := n.deliver(a)
	a.copied = true
	_, _, _ = n.deliver(a)
	return reply, reach, err
}

func (n *network) truncate(a arrival) (adapters.Reply, adapters.Reach, error) {
	reply, reach, err := n.deliver(a)
	n.fell = len(reply.Body) > 1
	reply.Body = reply.Body[:len(reply.Body)/2]
	return reply, reach, err
}

// bending changes what the lender's reply says where its yes is.
func bending(what string) func(*network, arrival) (adapters.Reply, adapters.Reach, error) {
	return func(n *network, a arrival) (adapters.Reply, adapters.Reach, error) {
		if liar, is := n.lender.(*stand); is {
			reply, told := liar.mumble(n.clock.now, a)
			n.fell = told
			return reply, adapters.Replied, nil
		}
		reply, reach, err := n.deliver(a)
		tree := parsed(reply.Body)
		for _, where := range n.armed.saying(what) {
			if said, there := at(tree, where); there {
				tree, _ = put(tree, pointerSteps(where), otherwise(what, said))
			}
		}
		if tree != nil {
			reply.Body = written(tree)
		}
		return reply, reach, err
	}
}

// otherwise is another value of the same kind.
func otherwise(what string, said any) any {
	switch {
	case what == "word":
		return strangeWord
	case what == "currency" && said == "SEK":
		return "NOK"
	case what == "currency":
		return "SEK"
	}
	text := strings.Trim(string(written(said)), `"`)
	changed := "1" + text
	if _, quoted := said.(string); quoted {
		return changed
	}
	return json.Number(changed)
}

func (n *network) notifyFirst(a arrival) (adapters.Reply, adapters.Reach, error) {
	reply, reach, err := n.deliver(a)
	n.world.notify(messageOf(n.armed))
	n.clock.pass(2 * time.Second) // what a simulated lender posts comes meanwhile
	n.world.tick()
	return reply, reach, err
}

// forgeries are messages that differ from a genuine one in what its proof covers.
func forgeries(m canonical.Message, covers []string) []canonical.Message {
	var all []canonical.Message
	other := func(change func(*canonical.Message)) {
		forged := m
		forged.Header = http.Header(m.Header).Clone()
		change(&forged)
		all = append(all, forged)
	}
	for _, part := range covers {
		switch part {
		case "body":
			other(func(f *canonical.Message) { f.Body = append(slices.Clone(f.Body), ' ') })
		case "query":
			other(func(f *canonical.Message) { f.Query = url.Values{"forged": {"1"}} })
		case "secret":
			other(func(f *canonical.Message) { f.Secret += "x" })
		case "time":
		default:
			if http.Header(m.Header).Get(part) == "" {
				continue // no header: another part of the message
			}
			other(func(f *canonical.Message) { http.Header(f.Header).Del(part) })
			other(func(f *canonical.Message) { http.Header(f.Header).Set(part, "forged") })
		}
	}
	return all
}
