package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Posting is how a lender's notifications go out. Lenders whose requests name an address use that;
// URL is for those with one address for all.
type Posting struct {
	URL   string `json:"url"`
	Mode  string `json:"mode"`            // a name from the table below
	Delay Delay  `json:"delay,omitempty"` // of delay; 0 is two seconds
}

const (
	postSend    = "send"
	postDrop    = "drop"
	postTwice   = "twice"
	postHold    = "hold"
	postDelay   = "delay"
	postReverse = "reverse"
	postForge   = "forge"
	postEarly   = "early"
)

var postModes = []struct{ name, says string }{
	{postSend, "as they come up, at about the time of the answer"},
	{postDrop, "never"},
	{postTwice, "each two times"},
	{postHold, "kept back until the mode changes, then the newest first"},
	{postDelay, "each after the delay"},
	{postReverse, "those of one request or act the newest first"},
	{postForge, "before each a forged one: another message, the wrong signature"},
	{postEarly, "each is tried once before the answer to its request goes out"},
}

const defaultPostDelay = Delay(2 * time.Second)

// outlet is where one lender's notifications leave.
type outlet struct {
	Posting
	held []lender.Notice
}

// post changes how a lender's notifications go out; what was left empty stays as it was.
func (c *core) post(l lender.Lender, p Posting) (result, error) {
	if err := p.check(l); err != nil {
		return result{}, badRequest{err}
	}
	o := c.outlets[l.Name()]
	o.URL, o.Mode = cmp.Or(p.URL, o.URL), cmp.Or(p.Mode, o.Mode)
	o.Delay = cmp.Or(p.Delay, o.Delay)
	if o.Mode != postHold {
		slices.Reverse(o.held)
		c.outbox = append(c.outbox, o.held...)
		o.held = nil
	}
	return result{changed: true}, nil
}

func (p Posting) check(l lender.Lender) error {
	var names []string
	for _, m := range postModes {
		names = append(names, m.name)
	}
	if p.URL != "" {
		at, err := url.Parse(p.URL)
		if err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https") {
			return errors.New("url is not an address on the web")
		}
	}
	_, forges := l.(lender.Forger)
	switch {
	case p.Mode != "" && !slices.Contains(names, p.Mode):
		return fmt.Errorf("mode is one of %s", strings.Join(names, ", "))
	case p.Mode == postForge && !forges:
		return fmt.Errorf("%s sends nothing that could be forged", l.Name())
	case p.Delay < 0 || (p.Delay > 0 && p.Mode != postDelay):
		return errors.New("delay belongs to the mode delay and is not below 0")
	}
	return nil
}

// collect takes over a lender's notifications and says whether there were any.
func (c *core) collect(now time.Time, l lender.Lender) bool {
	notices := l.Notices(now)
	o := c.outlets[l.Name()]
	if o.Mode == postReverse {
		slices.Reverse(notices)
	}
	for _, n := range notices {
		n.Lender, n.URL = l.Name(), cmp.Or(n.URL, o.URL)
		c.send(now, l, n)
	}
	return len(notices) > 0
}

// send lets one notification go the way of its lender's outlet.
func (c *core) send(now time.Time, l lender.Lender, n lender.Notice) {
	switch o := c.outlets[l.Name()]; o.Mode {
	case postHold:
		o.held = append(o.held, n)
	case postTwice:
		c.outbox = append(c.outbox, n, n)
	case postDelay:
		c.postpone(errand{at: now.Add(time.Duration(cmp.Or(o.Delay, defaultPostDelay))), notice: &n})
	case postForge:
		forged := l.(lender.Forger).Forge(n) // others have no such mode, see check
		forged.Forged = true
		c.outbox = append(c.outbox, forged, n)
	case postEarly:
		n.Early = true
		c.outbox = append(c.outbox, n)
	case postSend, postReverse:
		c.outbox = append(c.outbox, n)
	}
}
