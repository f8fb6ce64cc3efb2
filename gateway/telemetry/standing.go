package telemetry

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Standing is how things stand: what the metrics show that is looked up when they are scraped.
type Standing struct {
	Operations []Unresolved
	Queues     []Queue
	Deadlines  []Deadline
	Off        map[string]bool // every provider: whether it is switched off
	Free       int64           // bytes on the store's disk
	Floor      int64           // with less, new orders are refused
	Up         bool            // the store works
}

// Unresolved are operations of one provider in one state.
type Unresolved struct {
	Provider, State string
	Count           int
	Oldest          time.Duration      // age
	Amounts         map[string]float64 // by currency, for the eye and for alerts: nothing is computed from it
}

// Queue is work that has fallen due.
type Queue struct {
	Name   string
	Depth  int
	Oldest time.Duration // since it fell due
}

// Deadline is one provider's authorizations that end soon.
type Deadline struct {
	Provider string
	Count    int
	Soonest  time.Duration // from now
}

// staleAfter is how old what a scrape shows may be, so that many scrapers cost no more than one.
const staleAfter = 10 * time.Second

// look is a collector that asks how things stand.
type look struct {
	ask func(context.Context) (Standing, error)

	mu    sync.Mutex
	asked time.Time
	last  Standing
	err   error
}

// Watch has the scrapes show what ask finds.
func (m *Meters) Watch(ask func(context.Context) (Standing, error)) {
	m.registry.MustRegister(&look{ask: ask})
}

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	unresolvedOperations = described("lendgate_operations_unresolved", "Operations whose outcome is open, by state.", "provider", "state")
	oldestUnresolved     = described("lendgate_operations_unresolved_oldest_age_seconds", "Age of the oldest of them.", "provider", "state")
	moneyInDoubt         = described("lendgate_money_in_doubt", "What the provider may or may not have moved, in units of the currency.", "provider", "currency")
	oldestDoubt          = described("lendgate_money_in_doubt_oldest_age_seconds", "Age of the oldest operation in doubt or handed over; 0 where there is none.", "provider")
	queueDepth           = described("lendgate_queue_depth", "Work that has fallen due and is not done.", "queue")
	queueAge             = described("lendgate_queue_oldest_age_seconds", "How long the oldest of it has been due.", "queue")
	expiring             = described("lendgate_authorizations_expiring", "Authorizations with money left to capture that end within 72 hours.", "provider")
	soonest              = described("lendgate_authorizations_soonest_expiry_seconds", "Time until the first of them ends.", "provider")
	providerUp           = described("lendgate_provider_up", "0 where the provider's configuration switches it off.", "provider")
	storeUp              = described("lendgate_store_up", "0 where the store has stopped.")
	storeFree            = described("lendgate_store_free_bytes", "Free space on the store's disk.")
	storeFloor           = described("lendgate_store_floor_bytes", "With less free space new orders are refused.")
)

var all = []*prometheus.Desc{unresolvedOperations, oldestUnresolved, moneyInDoubt, oldestDoubt, queueDepth, queueAge, expiring, soonest, providerUp, storeUp, storeFree, storeFloor}

// Describe lists what the collector shows.
func (l *look) Describe(to chan<- *prometheus.Desc) {
	for _, one := range all {
		to <- one
	}
}

// Collect shows how things stand. What could not be found out fails the scrape rather than showing zeros.
func (l *look) Collect(to chan<- prometheus.Metric) {
	s, err := l.standing()
	if err != nil {
		to <- prometheus.NewInvalidMetric(storeUp, err)
		return
	}
	show := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	s.showOperations(show)
	for _, q := range s.Queues {
		show(queueDepth, float64(q.Depth), q.Name)
		show(queueAge, q.Oldest.Seconds(), q.Name)
	}
	for _, d := range s.Deadlines {
		show(expiring, float64(d.Count), d.Provider)
		show(soonest, d.Soonest.Seconds(), d.Provider)
	}
	for provider, off := range s.Off {
		show(providerUp, yes(!off), provider)
	}
	show(storeUp, yes(s.Up))
	show(storeFree, float64(s.Free))
	show(storeFloor, float64(s.Floor))
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (s *Standing) showOperations(show func(*prometheus.Desc, float64, ...string)) {
	oldest := make(map[string]time.Duration)
	money := make(map[[2]string]float64)
	for provider := range s.Off {
		oldest[provider] = 0
		if !slices.ContainsFunc(s.Operations, func(u Unresolved) bool { return u.Provider == provider && u.State == doubtful }) {
			show(unresolvedOperations, 0, provider, doubtful) // so that an alert sees it grow from the first on
		}
	}
	for _, u := range s.Operations {
		show(unresolvedOperations, float64(u.Count), u.Provider, u.State)
		show(oldestUnresolved, u.Oldest.Seconds(), u.Provider, u.State)
		if !uncertain(u.State) {
			continue
		}
		oldest[u.Provider] = max(oldest[u.Provider], u.Oldest)
		for currency, amount := range u.Amounts {
			money[[2]string{u.Provider, currency}] += amount
		}
	}
	for provider, age := range oldest {
		show(oldestDoubt, age.Seconds(), provider)
	}
	for of, amount := range money {
		show(moneyInDoubt, amount, of[0], of[1])
	}
}

// standing asks, unless it has just been asked.
func (l *look) standing() (Standing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.asked) < staleAfter {
		return l.last, l.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), staleAfter)
	defer cancel()
	l.last, l.err = l.ask(ctx)
	l.asked = time.Now()
	return l.last, l.err
}
