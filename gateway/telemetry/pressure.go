package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Pressure is what is asked of the gateway, and what of it is turned away.
type Pressure struct {
	InFlight int               // requests that are worked on
	Waiting  map[string]int    // for their turn, by class
	Refused  map[string]uint64 // as overloaded since the start, by class
	Limited  uint64            // as rate_limited since the start
}

// press is a collector that asks for the pressure.
type press struct{ ask func() Pressure }

// WatchPressure has the scrapes show what ask finds.
func (m *Meters) WatchPressure(ask func() Pressure) { m.registry.MustRegister(&press{ask}) }

var (
	requestsInFlight = described("lendgate_requests_in_flight", "Requests that are worked on; those that only wait for a lender do not count.")
	requestsWaiting  = described("lendgate_requests_waiting", "Requests that wait for their turn, by what they are worth.", "class")
	requestsRefused  = described("lendgate_requests_refused_total", "Requests turned away because there was too much to do.", "class")
	requestsLimited  = described("lendgate_requests_rate_limited_total", "Requests turned away because their key or their address had sent too many.")
)

// Describe lists what the collector shows.
func (p *press) Describe(to chan<- *prometheus.Desc) {
	for _, one := range []*prometheus.Desc{requestsInFlight, requestsWaiting, requestsRefused, requestsLimited} {
		to <- one
	}
}

// Collect shows the pressure.
func (p *press) Collect(to chan<- prometheus.Metric) {
	now := p.ask()
	show := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	show(requestsInFlight, prometheus.GaugeValue, float64(now.InFlight))
	for class, waiting := range now.Waiting {
		show(requestsWaiting, prometheus.GaugeValue, float64(waiting), class)
	}
	for class, refused := range now.Refused {
		show(requestsRefused, prometheus.CounterValue, float64(refused), class)
	}
	show(requestsLimited, prometheus.CounterValue, float64(now.Limited))
}
