package workshop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

// Trial is one operation, read or notification of a lender, tried by itself.
type Trial struct {
	Lender
	What    string                 // create, capture ..., sync, find, probe ..., or Notification
	Case    *adaptertest.Recording // what is asked, and what was answered; nil: Facts and Order say
	Arrived *canonical.Message     // of a notification, where there is no Case
	Order   *Saved
	Facts
	Given   []string               // settings, as name=value
	BaseURL string                 // "": the recorded replies are played
	Replies []adaptertest.Crossing // what is answered in the lender's place; nil: nothing
	Dry     bool                   // show the request, and send nothing
	Yes     bool                   // money may move at a lender that is not on this machine
	Timeout time.Duration          // of each request

	Now       func() time.Time
	NewID     func(prefix string) string
	Transport adapters.Transport // nil: HTTP
}

// Notification is what a lender sends by itself, as a Trial names it.
const Notification = "notification"

// reads are what can be tried beside operations.
var reads = []string{"sync", "find", "list", "probe", "offers", "customer_offers"}

// Run tries it. An error means that it could not be tried: nothing was sent.
func (t *Trial) Run(ctx context.Context) (*Result, error) {
	b := &bench{Trial: t, result: &Result{Lender: t.Lender, What: t.What, dry: t.Dry, recorded: t.BaseURL == "" && !t.Dry}}
	if err := b.check(); err != nil {
		return nil, err
	}
	if err := b.open(); err != nil {
		return nil, err
	}
	var err error
	switch {
	case t.What == Notification:
		err = b.notice()
	case slices.Contains(reads, t.What):
		err = b.read(ctx)
	default:
		err = b.operate(ctx)
	}
	return b.result, err
}

func (t *Trial) check() error {
	kinds := []string{}
	for _, kind := range canonical.OperationKinds {
		if kind != canonical.OpSync {
			kinds = append(kinds, string(kind))
		}
	}
	if !slices.Contains(kinds, t.What) && !slices.Contains(reads, t.What) && t.What != Notification {
		return fmt.Errorf("%s is nothing that can be tried: use one of %s, %s, %s", t.What, strings.Join(kinds, ", "), strings.Join(reads, ", "), Notification)
	}
	if t.BaseURL != "" {
		address, err := url.Parse(t.BaseURL)
		if err != nil || address.Host == "" || (address.Scheme != "http" && address.Scheme != "https") {
			return fmt.Errorf("--base-url %s: write the whole address, such as https://sandbox.example.com", t.BaseURL)
		}
		if address.Scheme == "http" && !loopback(t.BaseURL) {
			return fmt.Errorf("--base-url %s: secrets would travel in the clear: write https", t.BaseURL)
		}
	}
	if t.Replies != nil && (t.BaseURL != "" || t.Case != nil) {
		return errors.New("--from answers in the lender's place: leave out --base-url and --case")
	}
	if t.Case == nil && t.BaseURL == "" && !t.Dry && t.Arrived == nil && t.Replies == nil {
		return errors.New("nobody is there to answer: give --base-url, or --case with recorded replies, or --from with copied ones, or --dry to see the request alone")
	}
	return t.checkCase()
}

func (t *Trial) checkCase() error {
	c := t.Case
	if c == nil {
		return nil
	}
	is := Notification
	switch {
	case c.Command != nil:
		is = string(c.Command.Kind)
	case c.Query != nil:
		is = c.Query.Read
	}
	if is != t.What {
		return fmt.Errorf("the case is of %s, and not of %s", is, t.What)
	}
	return nil
}

// at is when it happens: what is recorded happens all at one time.
func (t *Trial) at() time.Time {
	if t.BaseURL == "" {
		return adaptertest.At
	}
	return t.Now()
}

// offline says that no lender is asked.
func (t *Trial) offline() bool { return t.BaseURL == "" || t.Dry }

func loopback(base string) bool {
	address, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip := net.ParseIP(address.Hostname())
	return address.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}
