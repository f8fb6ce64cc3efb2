package sandbox

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const (
	courierWaits = 2 * time.Second
	courierHolds = 1024
)

// courier posts notifications, one after the other and each once. It never makes a lender wait:
// when too many are on their way, the next is dropped.
type courier struct {
	log    *slog.Logger
	client *http.Client
	queue  chan lender.Notice
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func newCourier(log *slog.Logger) *courier {
	c := &courier{log: log, queue: make(chan lender.Notice, courierHolds)}
	c.client = &http.Client{
		Timeout:       courierWaits,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1}, // no proxy: receivers are on this machine
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.done.Go(c.run)
	return c
}

func (c *courier) take(notices []lender.Notice) {
	for _, n := range notices {
		if n.URL == "" {
			continue
		}
		select {
		case c.queue <- n:
		default:
			c.log.Warn("notification dropped, too many are on their way", "url", n.URL)
		}
	}
}

func (c *courier) run() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case n := <-c.queue:
			c.send(n)
		}
	}
}

func (c *courier) send(n lender.Notice) {
	request, err := http.NewRequestWithContext(c.ctx, http.MethodPost, n.URL, bytes.NewReader(n.Body))
	if err != nil {
		c.log.Warn("notification not sent", "url", n.URL, "error", err)
		return
	}
	request.Header = n.Header.Clone()
	reply, err := c.client.Do(request)
	if err != nil {
		c.log.Warn("notification not received", "url", n.URL, "error", err)
		return
	}
	_ = reply.Body.Close()
	c.log.Debug("notification sent", "url", n.URL, "status", reply.StatusCode)
}

// close gives up what is still on its way.
func (c *courier) close() {
	c.cancel()
	c.done.Wait()
	c.client.CloseIdleConnections()
}
