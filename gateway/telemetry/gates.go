package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Gate is how the gate before one lender stands.
type Gate struct {
	Provider string
	Breakers []Breaker
	Holds    int // sets of credentials that the lender refuses
}

// Breaker is how one of its breakers stands. Cause is "" while it is closed.
type Breaker struct{ Class, State, Cause string }

// gates is a collector that asks how the gates stand, each time it is scraped.
type gates struct {
	ask    func() []Gate
	states []string
}

var (
	breakerState = described("lendgate_breaker_state", "1 for the state a breaker is in, 0 for the others.", "provider", "class", "state")
	breakerCause = described("lendgate_breaker_cause", "1 for what a breaker was opened for, until it is closed again.", "provider", "class", "cause")
	heldBack     = described("lendgate_credentials_on_hold", "Sets of credentials that the lender refuses, and that nothing is sent with.", "provider")
)

// WatchGates has every scrape show what ask finds. states are all that a breaker can be in.
func (m *Meters) WatchGates(states []string, ask func() []Gate) {
	m.registry.MustRegister(&gates{ask, states})
}

// Describe lists what the collector shows.
func (g *gates) Describe(to chan<- *prometheus.Desc) {
	to <- breakerState
	to <- breakerCause
	to <- heldBack
}

// Collect shows how the gates stand.
func (g *gates) Collect(to chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for _, gate := range g.ask() {
		for _, b := range gate.Breakers {
			for _, state := range g.states {
				show(breakerState, yes(b.State == state), gate.Provider, b.Class, state)
			}
			if b.Cause != "" {
				show(breakerCause, 1, gate.Provider, b.Class, b.Cause)
			}
		}
		show(heldBack, float64(gate.Holds), gate.Provider)
	}
}
