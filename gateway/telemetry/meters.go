package telemetry

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Meters are the metrics. Their labels have few values: an order's id is never one. All methods may be
// called at the same time.
type Meters struct {
	registry *prometheus.Registry

	requests     *prometheus.HistogramVec
	operations   *prometheus.CounterVec
	events       *prometheus.CounterVec
	calls        *prometheus.HistogramVec
	skew         *prometheus.GaugeVec
	changes      *prometheus.CounterVec
	commits      prometheus.Histogram
	batches      prometheus.Histogram
	notification *prometheus.HistogramVec
	refused      prometheus.Gauge
	taken        prometheus.Gauge
	reloads      *prometheus.CounterVec
}

// The upper bounds of the histograms, in seconds: of what the gateway does, and of what lenders take.
var (
	ownSeconds    = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	lenderSeconds = []float64{.01, .025, .05, .1, .25, .5, 1, 2, 4, 8, 15, 25, 30, 60}
	lagSeconds    = []float64{.1, .5, 1, 2, 5, 15, 60, 300, 900, 3600}
	batchSizes    = []float64{1, 2, 4, 8, 16, 32, 64, 128, 256}
)

// NewMeters makes the metrics of one gateway.
func NewMeters(version string) *Meters {
	m := &Meters{
		registry:     prometheus.NewRegistry(),
		requests:     histograms("http_server_request_duration_seconds", "How long requests to the gateway took.", ownSeconds, "http_request_method", "http_route", "http_response_status_code"),
		operations:   counters("lendgate_operations_total", "Outcomes of operations that have become durable; one that goes through doubt counts in each.", "provider", "kind", "verdict"),
		events:       counters("lendgate_events_total", "Events of orders that have become durable.", "provider", "type"),
		calls:        histograms("lendgate_lender_request_duration_seconds", "How long HTTP requests to lenders took.", lenderSeconds, "provider", "class", "result"),
		skew:         gauges("lendgate_lender_clock_skew_seconds", "How far a lender's clock is ahead of this machine's, by the Date header of its last reply.", "provider"),
		changes:      counters("lendgate_breaker_changes_total", "Changes of a breaker's state, and of holds on credentials.", "provider", "class", "to", "cause"),
		notification: histograms("lendgate_notification_lag_seconds", "Time from a lender's notification to the read of the lender that it asks for.", lagSeconds, "provider"),
		commits:      prometheus.NewHistogram(prometheus.HistogramOpts{Name: "lendgate_store_commit_duration_seconds", Help: "How long commits to the disk took.", Buckets: ownSeconds}),
		batches:      prometheus.NewHistogram(prometheus.HistogramOpts{Name: "lendgate_store_commit_transactions", Help: "How many transactions one commit to the disk held.", Buckets: batchSizes}),
	}
	m.refused = prometheus.NewGauge(prometheus.GaugeOpts{Name: "lendgate_config_refused", Help: "1 while the newest configuration is refused and an older one is in force."})
	m.taken = prometheus.NewGauge(prometheus.GaugeOpts{Name: "lendgate_config_taken_timestamp_seconds", Help: "When a configuration was put in force last; 0: none was since the start."})
	m.reloads = counters("lendgate_config_reloads_total", "Configurations that were looked at while the gateway ran.", "result")
	for _, result := range []string{configTaken, configRefused} {
		m.reloads.WithLabelValues(result)
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "lendgate_build_info", Help: "1; the version is a label.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.operations, m.events, m.calls, m.skew, m.changes, m.notification, m.commits, m.batches, m.refused, m.taken, m.reloads, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func histograms(name, help string, bounds []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: bounds}, labels)
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}

// Handler serves the metrics. What cannot be gathered is left out and logged by nobody: the scrape says so.
func (m *Meters) Handler() http.Handler {
	return promhttp.InstrumentMetricHandler(m.registry, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, EnableOpenMetrics: true, ErrorHandling: promhttp.ContinueOnError}))
}

// methods are the HTTP methods that have a series of their own.
var methods = map[string]bool{"GET": true, "POST": true, "PATCH": true, "DELETE": true, "HEAD": true, "OPTIONS": true, "PUT": true}

// Request counts a request that was answered. route is "" where there is none.
func (m *Meters) Request(method, route string, status int, took time.Duration) {
	if !methods[method] {
		method = "_OTHER"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Operation counts what an operation came to.
func (m *Meters) Operation(provider, kind, verdict string) {
	m.operations.WithLabelValues(provider, kind, verdict).Inc()
}

// Event counts an event of an order.
func (m *Meters) Event(provider, kind string) { m.events.WithLabelValues(provider, kind).Inc() }

// Expect shows events of a type as 0 before there is one: a count that begins with its first event has not
// increased, to an alert.
func (m *Meters) Expect(provider, kind string) { m.events.WithLabelValues(provider, kind) }

// Call counts a request to a lender. skew is nil where its reply had no date.
func (m *Meters) Call(provider, class, reach string, status int, took time.Duration, skew *time.Duration) {
	result := reach
	if status > 0 {
		result = strconv.Itoa(status/100) + "xx"
	}
	m.calls.WithLabelValues(provider, class, result).Observe(took.Seconds())
	if skew != nil {
		m.skew.WithLabelValues(provider).Set(skew.Seconds())
	}
}

// BreakerChanged counts a change.
func (m *Meters) BreakerChanged(provider, class, to, cause string) {
	m.changes.WithLabelValues(provider, class, to, cause).Inc()
}

// ExpectBreaker is Expect for a change.
func (m *Meters) ExpectBreaker(provider, class, to, cause string) {
	m.changes.WithLabelValues(provider, class, to, cause)
}

// The results of a look at a configuration.
const (
	configTaken   = "taken"
	configRefused = "refused"
)

// ConfigTaken counts a configuration that was put in force, or refused.
func (m *Meters) ConfigTaken(good bool) {
	if !good {
		m.refused.Set(1)
		m.reloads.WithLabelValues(configRefused).Inc()
		return
	}
	m.refused.Set(0)
	m.taken.SetToCurrentTime()
	m.reloads.WithLabelValues(configTaken).Inc()
}

// Commit counts one commit of the store.
func (m *Meters) Commit(transactions int, took time.Duration) {
	m.commits.Observe(took.Seconds())
	m.batches.Observe(float64(transactions))
}

// Notified counts a notification that the lender was read for. In the sandbox time may have been moved.
func (m *Meters) Notified(provider string, lag time.Duration) {
	m.notification.WithLabelValues(provider).Observe(math.Max(0, lag.Seconds()))
}
