package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// perFlow is how many operations one order takes here: create, authorize, capture, refund.
const perFlow = 4

var concurrency = []int{1, 16, 64}

// BenchmarkGateway is one order created, authorized, captured and refunded through the HTTP API, the
// store synced, the lender and the gateway processes of their own.
func BenchmarkGateway(b *testing.B) { benchGateway(b, (*site).apart) }

// BenchmarkGatewaySlowDisk is the same with 2 ms slept before each commit.
func BenchmarkGatewaySlowDisk(b *testing.B) {
	benchGateway(b, func(s *site) *process {
		p := startWith(b, []string{asGateway + "=2ms"}, s.config, s.data, s.address)
		s.readKey()
		return p
	})
}

func benchGateway(b *testing.B, start func(*site) *process) {
	s := newSite(b)
	s.unlimited()
	s.lend()
	p := start(s)
	client := benchClient()
	for _, callers := range concurrency {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			measure(b, callers, p, func(n int64) error { return s.flow(client, n) })
		})
	}
}

// BenchmarkProxy makes the lender's four calls of the same order through a plain Go reverse proxy.
func BenchmarkProxy(b *testing.B) {
	s := newSite(b)
	s.lend()
	address := freeAddress(b)
	p := startWith(b, []string{asProxy + "=http://" + s.lenders}, address)
	l := newBareLender(b, "http://"+address+"/creditkey")
	for _, callers := range concurrency {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) { measure(b, callers, p, l.flow) })
	}
}

// BenchmarkRead reads one order over HTTP.
func BenchmarkRead(b *testing.B) {
	s := newSite(b)
	s.lend()
	p := s.apart()
	order := s.authorized(1)[0]
	header := http.Header{"Authorization": {"Bearer " + s.key}}
	client := benchClient()
	measureReads(b, p, func() error {
		return exchange(client, http.MethodGet, "http://"+s.address+"/v1/orders/"+order.ID, header, "", nil)
	})
}

// BenchmarkReadConstant reads from a gin handler that answers with a constant.
func BenchmarkReadConstant(b *testing.B) {
	address := freeAddress(b)
	p := startWith(b, []string{asGin + "=1"}, address)
	client := benchClient()
	measureReads(b, p, func() error { return exchange(client, http.MethodGet, "http://"+address+"/", nil, "", nil) })
}

func measureReads(b *testing.B, p *process, read func() error) {
	for _, callers := range concurrency {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			measure(b, callers, p, func(int64) error {
				for range perFlow {
					if err := read(); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
}

// serveConstant is the handler that reads are compared to.
func serveConstant(address string) int {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.GET("/", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"id": "ord_1", "status": "authorized"}) })
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return 2
	}
	fmt.Printf("constant on http://%s\n", address)
	_ = http.Serve(listener, router)
	return 0
}

// BenchmarkDirect makes the same calls with nothing between.
func BenchmarkDirect(b *testing.B) {
	s := newSite(b)
	s.lend()
	l := newBareLender(b, "http://"+s.lenders+"/creditkey")
	for _, callers := range concurrency {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) { measure(b, callers, nil, l.flow) })
	}
}

// serveProxy is the reverse proxy the gateway is compared to.
func serveProxy(target, address string) int {
	u, err := url.Parse(target)
	if err != nil {
		return 2
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return 2
	}
	fmt.Printf("proxy on http://%s\n", address)
	_ = http.Serve(listener, proxy)
	return 0
}

// unlimited takes away the limits that protect a real lender.
func (s *site) unlimited() {
	text, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	write(s.t, s.config, strings.NewReplacer(
		"in_flight: 64, rate: 50/s", "in_flight: 512, rate: 100000/s", "requests: 1000/s", "requests: 1000000/s", "per_address: 1024", "per_address: 4096",
	).Replace(string(text)))
}

var flows atomic.Int64

// measure runs b.N operations, four a flow, by so many callers, and reports operations a second and
// the CPU time that process p spent on one.
func measure(b *testing.B, callers int, p *process, flow func(n int64) error) {
	total := max(1, b.N/perFlow)
	var next atomic.Int64
	before := p.cpu()
	began := time.Now()
	b.ResetTimer()
	var running sync.WaitGroup
	for range callers {
		running.Go(func() {
			for next.Add(1) <= int64(total) {
				if err := flow(flows.Add(1)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
	b.StopTimer()
	operations := float64(total * perFlow)
	b.ReportMetric(operations/time.Since(began).Seconds(), "operations/s")
	if p != nil {
		b.ReportMetric(float64((p.cpu()-before).Microseconds())/operations, "cpu-us/operation")
	}
}

// cpu is the processor time a process has used.
func (p *process) cpu() time.Duration {
	if p == nil {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	ticks := int64(0)
	for _, field := range fields[11:13] { // utime and stime, after the name
		n, _ := strconv.ParseInt(field, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

func benchClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
}

func (s *site) flow(client *http.Client, n int64) error {
	created := struct{ ID string }{}
	body := `{"provider":"creditkey-us","amount":{"value":"2500.00","currency":"USD"},"customer":{"reference":"12345","type":"company"},"plan":{"installments":12}}`
	if err := s.post(client, "/v1/orders", fmt.Sprintf("c%d", n), body, &created); err != nil {
		return err
	}
	for _, operation := range []string{"authorize", "capture", "refund"} {
		if err := s.post(client, "/v1/orders/"+created.ID+"/"+operation, fmt.Sprintf("%s%d", operation, n), "", nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) post(client *http.Client, path, key, body string, into any) error {
	header := http.Header{"Authorization": {"Bearer " + s.key}, "Idempotency-Key": {"bench-" + key}, "Content-Type": {"application/json"}}
	return exchange(client, http.MethodPost, "http://"+s.address+path, header, body, into)
}

func exchange(client *http.Client, method, address string, header http.Header, body string, into any) error {
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 || response.StatusCode == http.StatusAccepted {
		return fmt.Errorf("%s: status %d %.300s %v", address, response.StatusCode, text, err)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// bareLender makes the lender's calls as a platform would that integrates it by itself.
type bareLender struct {
	base   string
	client *http.Client
	header http.Header
}

func newBareLender(b *testing.B, base string) *bareLender {
	b.Helper()
	l := &bareLender{base: base, client: benchClient(), header: http.Header{"Content-Type": {"application/json"}}}
	token := struct {
		AccessToken string `json:"access_token"`
	}{}
	if err := exchange(l.client, http.MethodPost, base+"/auth/login", l.header, `{"client_id":"sandbox","client_secret":"sandbox-secret"}`, &token); err != nil {
		b.Fatal(err)
	}
	l.header.Set("Authorization", "Bearer "+token.AccessToken)
	return l
}

func (l *bareLender) flow(n int64) error {
	order := struct{ Key string }{}
	create := fmt.Sprintf(`{"company_id":"12345","amount":2500.00,"merchant_order_id":"BENCH-%d"}`, n)
	if err := exchange(l.client, http.MethodPost, l.base+"/v1/order", l.header, create, &order); err != nil {
		return err
	}
	for _, call := range []struct{ path, body string }{
		{"", `{"installments":12,"status":"AUTHORIZED"}`}, {"", `{"status":"CAPTURED"}`}, {"/refund", `{"amount":2500.00}`},
	} {
		if err := exchange(l.client, http.MethodPatch, l.base+"/v1/order/"+order.Key+call.path, l.header, call.body, nil); err != nil {
			return err
		}
	}
	return nil
}
