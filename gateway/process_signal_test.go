package gateway_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestTermFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.lend()
	gateway := s.apart()
	order := s.authorized(1)[0]
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","fault":"slow","times":1,"delay":"1s"}`, nil)
	answers := make(chan answered, 1)
	go func() {
		a, _, _ := s.ask("POST", "/v1/orders/"+order.ID+"/capture", "")
		answers <- a
	}()
	s.until("the call has reached the lender", func() bool { return s.arrived("creditkey", "capture") > 0 })
	err := gateway.stop()
	if a := <-answers; a.Status != "captured" {
		t.Errorf("the call under way was answered with status %q code %q, want captured", a.Status, a.Code)
	}
	if err != nil {
		t.Errorf("the gateway ended with %v: %s", err, gateway.out)
	}
}

// TestTermKeepsWhatIsQueuedAndWhatALenderWasToldIsTaken stops a gateway that could not reach its lender and is
// being told many things: what it took it has afterwards.
func TestTermKeepsWhatIsQueuedAndWhatItTookFromLenders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	lenders := s.lend()
	gateway := s.apart()
	orders := s.authorized(20)
	messages := s.messages(orders[3:], "CAPTURED")
	s.posting("creditkey", `{"mode":"drop"}`)
	for _, o := range orders[3:] {
		s.act("creditkey", o.ProviderOrder.ID, "capture")
	}
	lenders.kill()
	var queued []answered
	for _, o := range orders[:3] { // one that finds a connection on which nobody listens any more is in doubt
		if a := s.must(http.StatusAccepted, "POST", "/v1/orders/"+o.ID+"/capture", ""); a.Operation.State == "queued" {
			queued = append(queued, o)
		}
	}
	if len(queued) == 0 {
		t.Fatal("no capture is queued at a lender that is down")
	}
	taken := s.flood(messages, func(done int) {
		if done == len(messages)/2 {
			gateway.signal(syscall.SIGTERM)
		}
	})
	if err := gateway.wait(); err != nil {
		t.Errorf("the gateway ended with %v: %s", err, gateway.out)
	}
	s.lend()
	s.apart()
	for _, o := range queued {
		s.until("the queued capture is sent", func() bool { return s.order(o.ID).Status == "captured" })
	}
	for _, m := range taken {
		s.until("the lender was read for a message that was taken", func() bool { return s.order(m.order).Status == "captured" })
	}
	if len(taken) == 0 {
		t.Error("no message was taken")
	}
	for _, o := range orders[3:] { // what was told in vain is found when somebody asks
		s.must(http.StatusOK, "POST", "/v1/orders/"+o.ID+"/sync", "")
	}
	s.wantEqualBooks()
	s.wantVerified()
}

// TestAPausedProcessSendsNothingLate stops the process for longer than any of its calls may take, while one is
// at the lender and others wait for their turn. What it had not sent by then it must not send as if nothing
// had happened: others may have taken those calls for lost.
func TestAPausedProcessSendsNothingLate(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune("timeouts: { connect: 1s, write: 500ms, read: 500ms }", hurried[1], hurried[2], hurried[3])
	s.lend()
	gateway := s.apart()
	orders := s.authorized(6)
	s.reconfigure(gateway, takenLine, hurried[1], "limits: { in_flight: 1, rate: 10000/s }")
	s.control("POST", "faults", `{"lender":"creditkey","operation":"capture","fault":"slow","times":2,"delay":"400ms"}`, nil)
	var running sync.WaitGroup
	for _, o := range orders {
		running.Go(func() { _, _, _ = s.ask("POST", "/v1/orders/"+o.ID+"/capture", "") })
	}
	s.until("the first call has reached the lender", func() bool { return s.arrived("creditkey", "capture") > 0 })
	gateway.signal(syscall.SIGSTOP)
	out, err := s.command(append(s.serving(""), "--address", freeAddress(t))...)
	if err == nil || !strings.Contains(out, "store") {
		t.Errorf("a second process beside one that is paused ended with %v and said %q", err, out)
	}
	time.Sleep(7 * time.Second) // three time-outs and the margin of five seconds, and some more
	gateway.signal(syscall.SIGCONT)
	running.Wait()
	for _, o := range orders {
		s.until("the order is captured in the end", func() bool {
			return s.must(http.StatusOK, "POST", "/v1/orders/"+o.ID+"/sync", "").Status == "captured"
		})
	}
	s.wantNothingLate(orders)
	s.wantEqualBooks()
	s.wantVerified()
}

// wantNothingLate holds every capture that reached the lender against the time in which it might leave.
func (s *site) wantNothingLate(orders []answered) {
	s.t.Helper()
	ends := make(map[string]time.Time)
	for _, op := range s.operations() {
		for _, attempt := range op.Attempts {
			if o := s.order(op.Order); attempt.Kind == "capture" && attempt.CallEndsAt != nil {
				ends[o.ProviderOrder.ID] = *attempt.CallEndsAt
			}
		}
	}
	captures := 0
	for _, line := range s.journal() {
		if line.Request == nil || !strings.Contains(string(line.Request.Body), `"CAPTURED"`) {
			continue
		}
		captures++
		_, id, _ := strings.Cut(line.Request.Path, "/order/")
		if end, known := ends[id]; !known || line.At.After(end) {
			s.t.Errorf("the capture of %s reached the lender at %s, and might leave until %s", id, line.At, end)
		}
	}
	if captures < len(orders) {
		s.t.Errorf("%d captures reached the lender, of %d orders", captures, len(orders))
	}
}

// input is a line of the lenders' journal.
type input struct {
	At      time.Time
	Lender  string
	Request *struct {
		Method, Path string
		Body         []byte
	}
}

func (s *site) journal() (lines []input) {
	s.t.Helper()
	file, err := os.Open(filepath.Join(s.data, "sandbox", "journal.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var line input
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			s.t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestSecondProcessOnTheSameDataIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.together()
	out, err := s.command("serve", "--sandbox", "--config", s.config, "--data", s.data, "--address", freeAddress(t), "--lenders", "")
	if err == nil || !strings.Contains(out, "store") {
		t.Errorf("a second process ended with %v and said %q", err, out)
	}
}

// TestStartsWithoutItsLenders: a gateway whose lenders are down serves what it has, takes what can wait, and
// sends it when they come.
func TestStartsWithoutItsLenders(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	lenders := s.lend()
	s.apart().kill()
	gateway := s.apart()
	order := s.authorized(1)[0]
	gateway.kill()
	lenders.kill()
	s.apart()
	s.must(http.StatusOK, "GET", "/readyz", "")
	if got := s.order(order.ID).Status; got != "authorized" {
		t.Errorf("the order is %s, want authorized", got)
	}
	refused := s.must(http.StatusServiceUnavailable, "POST", "/v1/orders", tradeAt("creditkey-us").newOrder("DOWN-1", "100.00"))
	if refused.Code != "provider_unavailable" {
		t.Errorf("a new order at a lender that is down: %s, want provider_unavailable", refused.Code)
	}
	s.must(http.StatusAccepted, "POST", "/v1/orders/"+order.ID+"/capture", "")
	s.lend()
	s.until("the capture is sent", func() bool { return s.order(order.ID).Status == "captured" })
	s.must(http.StatusCreated, "POST", "/v1/orders", tradeAt("creditkey-us").newOrder("DOWN-1", "100.00"))
	s.wantEqualBooks()
}
