package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const (
	courierWaits = 2 * time.Second
	courierHolds = 1024
)

// Redelivery are the pauses, of the machine's time, after which a notification is sent again that was not
// answered with a 2xx. Then it is given up.
var Redelivery = []time.Duration{2 * time.Second, 10 * time.Second, time.Minute}

// courier posts notifications one after the other; what comes again is overtaken by what is newer. It
// never makes a lender wait: when too many are on their way, the next is dropped.
type courier struct {
	log    *slog.Logger
	client *http.Client
	queue  chan letter
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// letter is one notification on its way.
type letter struct {
	lender.Notice
	tries int // that failed
}

func newCourier(log *slog.Logger) *courier {
	c := &courier{log: log, queue: make(chan letter, courierHolds)}
	c.client = &http.Client{
		Timeout:       courierWaits,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1}, // no proxy: receivers are on this machine
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.done.Go(c.run)
	return c
}

// take sends notifications; early ones before it returns.
func (c *courier) take(notices []lender.Notice) {
	for _, n := range notices {
		switch one := (letter{Notice: n}); {
		case n.URL == "":
		case n.Early:
			c.send(one)
		default:
			c.enqueue(one)
		}
	}
}

func (c *courier) enqueue(l letter) {
	select {
	case c.queue <- l:
	default:
		c.log.Warn("notification dropped, too many are on their way", "lender", l.Lender)
	}
}

func (c *courier) run() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case l := <-c.queue:
			c.send(l)
		}
	}
}

// send posts once, and sees to it that what failed is sent again.
func (c *courier) send(l letter) {
	err := c.post(l.Notice)
	if err == nil {
		c.log.Debug("notification received", "lender", l.Lender)
		return
	}
	if l.tries == len(Redelivery) {
		c.log.Warn("notification given up", "lender", l.Lender, "error", err)
		return
	}
	pause := Redelivery[l.tries]
	l.tries++
	c.log.Debug("notification not received", "lender", l.Lender, "again_in", pause, "error", err)
	time.AfterFunc(pause, func() { c.enqueue(l) })
}

func (c *courier) post(n lender.Notice) error {
	request, err := http.NewRequestWithContext(c.ctx, http.MethodPost, n.URL, bytes.NewReader(n.Body))
	if err != nil {
		return err
	}
	request.Header = n.Header.Clone()
	reply, err := c.client.Do(request)
	if failed := new(url.Error); errors.As(err, &failed) {
		return failed.Err // without the address, which may hold a secret
	}
	if err != nil {
		return err
	}
	_ = reply.Body.Close()
	if reply.StatusCode < http.StatusOK || reply.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("answered %d", reply.StatusCode)
	}
	return nil
}

// close gives up what is still on its way.
func (c *courier) close() {
	c.cancel()
	c.done.Wait()
	c.client.CloseIdleConnections()
}
