package gateway_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How the load is made, for a machine or a question other than the usual ones.
var (
	loadFor    = flag.Duration("load-for", 5*time.Second, "how long each load is measured")
	loadFactor = flag.Float64("load-factor", 10, "how many times the capacity is asked for")
	loadDisk   = flag.Duration("load-disk", 20*time.Millisecond, "slept before each commit, so that the disk is what is short, not the processors that the load is made on")
	loadPlaces = flag.Int("load-places", 8, "server.limits.in_flight")
)

const (
	loadMerchants = 8
	loadCallers   = 64   // that the capacity is measured with
	mostUnderWay  = 4000 // requests of the load that wait for their answers; those beyond are not made, and counted
)

// rush is merchants whose requests come when they come, not when the last one was answered.
type rush struct {
	*site
	b      *testing.B
	client *http.Client
	keys   []string // one of each merchant
	serial atomic.Int64
	stocks map[string]*stock // orders that are ready for an operation
}

// stock is orders in one state.
type stock struct {
	mu     sync.Mutex
	orders []owned
}

// owned is an order and whose key it is reached with.
type owned struct {
	id  string
	key int
}

func (s *stock) put(o owned) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders = append(s.orders, o)
}

// any gives an order of a key, and takes it away where it is used up by what is done with it.
func (s *stock) any(key int, used bool) (owned, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.orders) - 1; i >= 0; i-- {
		if o := s.orders[i]; o.key == key {
			if used {
				s.orders = slices.Delete(s.orders, i, i+1)
			}
			return o, true
		}
	}
	return owned{}, false
}

// profile is what a hundred requests are, and which stock each draws from and fills.
var profile = []struct {
	do          string // "" reads
	share       int
	from, fills string
}{
	{"", 60, "all", ""},
	{"create", 15, "", "created"},
	{"authorize", 10, "created", "authorized"},
	{"capture", 10, "authorized", "captured"},
	{"refund", 5, "captured", ""},
}

func newRush(b *testing.B) *rush {
	b.Helper()
	s := newSite(b)
	s.unlimited()
	s.configure("in_flight: 64 #", fmt.Sprintf("in_flight: %d #", *loadPlaces))
	s.lend()
	startWith(b, []string{asGateway + "=" + loadDisk.String()}, s.config, s.data, s.address)
	s.readKey()
	l := &rush{site: s, b: b, stocks: make(map[string]*stock), client: &http.Client{
		Timeout: longestAnswer, Transport: &http.Transport{MaxIdleConnsPerHost: mostUnderWay, MaxIdleConns: mostUnderWay},
	}}
	for _, name := range []string{"all", "created", "authorized", "captured"} {
		l.stocks[name] = &stock{}
	}
	for i := range loadMerchants {
		r, err := s.send(s.operator, s.newKey(), http.MethodPost, "/v1/keys", fmt.Sprintf(`{"role":"merchant","merchant":"load-%d"}`, i))
		made := struct{ Key string }{}
		if err != nil || r.status != http.StatusCreated || json.Unmarshal(r.body, &made) != nil {
			b.Fatalf("no key: %d %s %v", r.status, r.body, err)
		}
		l.keys = append(l.keys, made.Key)
	}
	return l
}

// answeredAfter is one request of the load and what came of it.
type answeredAfter struct {
	do     string
	key    int
	status int // 0: there was no answer
	after  time.Duration
	late   time.Duration // the load itself was, in sending it
}

func (a answeredAfter) good() bool { return a.status >= 200 && a.status < 300 }

func (a answeredAfter) refused() bool {
	return a.status == http.StatusServiceUnavailable || a.status == http.StatusTooManyRequests
}

// ask makes one request of the profile for a key.
func (l *rush) ask(key int, intended time.Time) answeredAfter {
	n := rand.IntN(100)
	for _, row := range profile {
		if n -= row.share; n >= 0 {
			continue
		}
		if row.from == "" {
			return l.create(key, intended)
		}
		order, there := l.stocks[row.from].any(key, row.do != "")
		if !there {
			return l.create(key, intended)
		}
		if row.do == "" {
			return l.request(answeredAfter{key: key}, http.MethodGet, "/v1/orders/"+order.id, intended, nil)
		}
		a := l.request(answeredAfter{do: row.do, key: key}, http.MethodPost, "/v1/orders/"+order.id+"/"+row.do, intended, nil)
		l.settle(a, order, row.from, row.fills)
		return a
	}
	panic("the shares of the profile are not a hundred")
}

// settle puts an order where it belongs after an operation on it; what was refused has not happened.
func (l *rush) settle(a answeredAfter, order owned, from, fills string) {
	switch {
	case a.refused():
		l.stocks[from].put(order)
	case a.status == http.StatusOK && fills != "":
		l.stocks[fills].put(order)
	}
}

func (l *rush) create(key int, intended time.Time) answeredAfter {
	made := order{}
	a := l.request(answeredAfter{do: "create", key: key}, http.MethodPost, "/v1/orders", intended, &made)
	if a.status == http.StatusCreated {
		l.stocks["created"].put(owned{made.ID, key})
		l.stocks["all"].put(owned{made.ID, key})
	}
	return a
}

const loadOrder = `{"provider":"creditkey-us","amount":{"value":"2500.00","currency":"USD"},"customer":{"reference":"12345","type":"company"},"plan":{"installments":12}}`

func (l *rush) request(a answeredAfter, method, path string, intended time.Time, into any) answeredAfter {
	body := ""
	if a.do == "create" {
		body = loadOrder
	}
	r, err := http.NewRequest(method, "http://"+l.address+path, strings.NewReader(body))
	if err != nil {
		l.b.Error(err)
		return a
	}
	r.Header = http.Header{"Authorization": {"Bearer " + l.keys[a.key]}, "Content-Type": {"application/json"}, "Idempotency-Key": {fmt.Sprintf("load-%d", l.serial.Add(1))}}
	a.late = time.Since(intended)
	response, err := l.client.Do(r)
	if err == nil {
		defer response.Body.Close()
		var text []byte
		if text, err = io.ReadAll(response.Body); err == nil {
			a.status = response.StatusCode
			if into != nil && a.good() {
				err = json.Unmarshal(text, into)
			}
		}
	}
	if err != nil {
		l.b.Logf("%s %s: %v", method, path, err)
	}
	a.after = time.Since(intended)
	return a
}

// closed is callers that ask again when they are answered: what comes of it is the capacity.
func (l *rush) closed(callers int, during time.Duration) (good float64) {
	var served atomic.Int64
	var running sync.WaitGroup
	began := time.Now()
	for i := range callers {
		running.Go(func() {
			for time.Since(began) < during {
				if l.ask(i%loadMerchants, time.Now()).good() {
					served.Add(1)
				}
			}
		})
	}
	running.Wait()
	return float64(served.Load()) / time.Since(began).Seconds()
}

// open is requests that come at their times, whatever becomes of those before; key says whose the n-th is.
func (l *rush) open(rate float64, during time.Duration, key func(n int) int) (all []answeredAfter, unsent int) {
	var mu sync.Mutex
	var running sync.WaitGroup
	var underWay atomic.Int64
	began := time.Now()
	for n := 0; ; n++ {
		intended := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		if intended.Sub(began) > during {
			break
		}
		time.Sleep(time.Until(intended))
		if underWay.Load() >= mostUnderWay {
			unsent++
			continue
		}
		underWay.Add(1)
		running.Go(func() {
			a := l.ask(key(n), intended)
			underWay.Add(-1)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, a)
		})
	}
	running.Wait()
	return all, unsent
}

// quantile is the time that a share of those were answered in that fit.
func quantile(all []answeredAfter, share float64, of func(answeredAfter) time.Duration, fits func(answeredAfter) bool) float64 {
	var times []time.Duration
	for _, a := range all {
		if fits(a) {
			times = append(times, of(a))
		}
	}
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
}

func after(a answeredAfter) time.Duration { return a.after }

func late(a answeredAfter) time.Duration { return a.late }

func everyone(answeredAfter) bool { return true }

func count(all []answeredAfter, fits func(answeredAfter) bool) (n float64) {
	for _, a := range all {
		if fits(a) {
			n++
		}
	}
	return n
}

// processors is how many of the machine's the gateway had meanwhile. Where that is less than there are and the gateway is slow,
// the load itself, or whatever else the machine does, has taken them: the figures say nothing of the gateway then.
func (l *rush) processors(meanwhile func()) float64 {
	used := func() (seconds float64) {
		text, _ := l.page("/metrics", "")
		_, value, _ := strings.Cut(text, "\nprocess_cpu_seconds_total ")
		if _, err := fmt.Sscan(value, &seconds); err != nil {
			l.b.Fatal(err)
		}
		return seconds
	}
	before, began := used(), time.Now()
	meanwhile()
	return (used() - before) / time.Since(began).Seconds()
}

// wantKept: work on orders that exist is never turned away, however much there is.
func wantKept(b *testing.B, all []answeredAfter) {
	b.Helper()
	if n := count(all, func(a answeredAfter) bool { return (a.do == "capture" || a.do == "refund") && a.refused() }); n > 0 {
		b.Errorf("%.0f captures and refunds were turned away", n)
	}
}

// BenchmarkOverload asks for ten times what the gateway can do, and reports what it does then: good answers
// as a share of its capacity, and how fast the others are told so.
func BenchmarkOverload(b *testing.B) {
	l := newRush(b)
	l.closed(loadCallers, *loadFor/2) // fills the stocks
	b.ResetTimer()
	for range b.N {
		peak := l.closed(loadCallers, *loadFor)
		var all []answeredAfter
		var unsent int
		b.ReportMetric(l.processors(func() {
			all, unsent = l.open(peak**loadFactor, *loadFor, func(n int) int { return n % loadMerchants })
		}), "processors")
		wantKept(b, all)
		good := count(all, answeredAfter.good) / loadFor.Seconds()
		b.ReportMetric(peak, "peak/s")
		b.ReportMetric(good, "good/s")
		b.ReportMetric(100*good/peak, "%of-peak")
		b.ReportMetric(quantile(all, 0.5, after, answeredAfter.refused), "refused-p50-ms")
		b.ReportMetric(quantile(all, 0.99, after, answeredAfter.refused), "refused-p99-ms")
		b.ReportMetric(quantile(all, 0.5, after, answeredAfter.good), "good-p50-ms")
		b.ReportMetric(quantile(all, 0.99, after, answeredAfter.good), "good-p99-ms")
		b.ReportMetric(quantile(all, 0.99, late, everyone), "sent-late-p99-ms")
		b.ReportMetric(count(all, func(a answeredAfter) bool { return !a.good() && !a.refused() }), "other")
		b.ReportMetric(float64(unsent), "unsent")
	}
}

// BenchmarkFlood has one merchant ask for ten times the capacity while the others ask for a fifth of it, and
// reports what the others notice.
func BenchmarkFlood(b *testing.B) {
	l := newRush(b)
	l.closed(loadCallers, *loadFor/2)
	b.ResetTimer()
	for range b.N {
		peak := l.closed(loadCallers, *loadFor)
		quiet := func(n int) int { return 1 + n%(loadMerchants-1) }
		calm, _ := l.open(peak/5, *loadFor, quiet)
		var loud, beside []answeredAfter
		b.ReportMetric(l.processors(func() {
			var flooding sync.WaitGroup
			flooding.Go(func() { loud, _ = l.open(peak**loadFactor, *loadFor, func(int) int { return 0 }) })
			beside, _ = l.open(peak/5, *loadFor, quiet)
			flooding.Wait()
		}), "processors")
		wantKept(b, slices.Concat(loud, beside))
		b.ReportMetric(peak, "peak/s")
		for name, all := range map[string][]answeredAfter{"calm": calm, "beside": beside, "loud": loud} {
			b.ReportMetric(quantile(all, 0.5, after, answeredAfter.good), name+"-p50-ms")
			b.ReportMetric(quantile(all, 0.99, after, answeredAfter.good), name+"-p99-ms")
			b.ReportMetric(100*count(all, answeredAfter.refused)/max(1, float64(len(all))), name+"-refused-%")
			b.ReportMetric(quantile(all, 0.5, late, everyone), name+"-sent-late-p50-ms")
		}
	}
}
