package gateway

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// openLenders makes the simulated lenders, on the gateway's own clock.
func (g *Gateway) openLenders(address string) (err error) {
	g.world, err = sandbox.New(sandbox.Options{
		Dir: filepath.Join(g.data, "sandbox"), Now: g.clock.Now, Lenders: sandbox.Defaults(), Log: g.log,
		NoticeURLs: g.noticeURLs(address), Deliver: g.deliver,
	})
	return err
}

// noticeURLs says where each simulated lender sends what it has to tell, as a merchant would have told it:
// to the provider that is configured with its address.
func (g *Gateway) noticeURLs(address string) map[string]string {
	urls := make(map[string]string)
	for _, section := range g.file.Providers {
		if path, its := strings.CutPrefix(section.BaseURL, "http://"+address+"/"); its {
			lender, _, _ := strings.Cut(path, "/")
			urls[lender] = g.file.Server.PublicURL + "/notifications/" + section.ID
		}
	}
	return urls
}

// noticeWaits is how long a simulated lender waits for a notification to be taken.
const noticeWaits = 2 * time.Second

// deliver posts what the simulated lenders have to tell. It counts as being under way until it is answered.
func (g *Gateway) deliver(notices []lender.Notice) {
	g.machine.start("notifications of a simulated lender", func(ctx context.Context) {
		for _, notice := range notices {
			if err := post(ctx, notice); err != nil {
				g.log.Warn("a simulated lender's notification was not taken", "error", err)
			}
		}
	})
}

func post(ctx context.Context, n lender.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, noticeWaits)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader(n.Body))
	if err != nil {
		return err
	}
	request.Header = n.Header.Clone()
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return reply.Body.Close()
}
