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
	URL  string `json:"url"`
	Mode string `json:"mode"`
}

const (
	postSend  = "send"  // as they come up
	postDrop  = "drop"  // never
	postTwice = "twice" // each two times
	postHold  = "hold"  // kept back until the mode changes, then the newest first
)

var postModes = []string{postSend, postDrop, postTwice, postHold}

// outlet is where one lender's notifications leave.
type outlet struct {
	Posting
	held []lender.Notice
}

// post changes how a lender's notifications go out; what was left empty stays as it was.
func (c *core) post(name string, p Posting) (result, error) {
	o := c.outlets[name]
	if p.URL != "" {
		at, err := url.Parse(p.URL)
		if err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https") {
			return result{}, badRequest{errors.New("url is not an address on the web")}
		}
	}
	if p.Mode != "" && !slices.Contains(postModes, p.Mode) {
		return result{}, badRequest{fmt.Errorf("mode is one of %s", strings.Join(postModes, ", "))}
	}
	o.URL, o.Mode = cmp.Or(p.URL, o.URL), cmp.Or(p.Mode, o.Mode)
	if o.Mode != postHold {
		slices.Reverse(o.held)
		c.outbox = append(c.outbox, o.held...)
		o.held = nil
	}
	return result{changed: true}, nil
}

// collect takes over a lender's notifications and says whether there were any.
func (c *core) collect(now time.Time, l lender.Lender) bool {
	notices := l.Notices(now)
	o := c.outlets[l.Name()]
	for _, n := range notices {
		if n.URL == "" {
			n.URL = o.URL
		}
		switch o.Mode {
		case postHold:
			o.held = append(o.held, n)
		case postTwice:
			c.outbox = append(c.outbox, n, n)
		case postSend:
			c.outbox = append(c.outbox, n)
		}
	}
	return len(notices) > 0
}
