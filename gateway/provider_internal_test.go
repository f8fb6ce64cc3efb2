package gateway

import (
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/config"
)

const twoProviders = `version: 1
providers:
  - id: shop
    style: creditkey
    mode: test
    base_url: http://127.0.0.1:1/shop
    settings: {client_id: a, client_secret: s1, webhook_secret: w1}
    merchants: {acme: {settings: {client_secret: s2}}}
    limits: {in_flight: 8, rate: 50/s}
    breaker: {in_a_row: 5}
  - id: other
    style: creditkey
    mode: test
    base_url: http://127.0.0.1:1/other
    settings: {client_id: a, client_secret: s1}
`

func providersOf(t *testing.T, text string, before *providers) *providers {
	t.Helper()
	file, err := config.Parse("p.yaml", []byte(text), config.Options{LiteralSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	var mistakes config.Mistakes
	now := func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }
	all := newProviders(file, environment{publicURL: "http://127.0.0.1:2", now: now}, before, &mistakes)
	if err := mistakes.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWhatAReloadUsesOn looks at one provider with two sets of credentials, after each change.
func TestWhatAReloadUsesOn(t *testing.T) {
	type kept struct{ gate, client, transport, own, ownTransport bool }
	all := kept{true, true, true, true, true}
	connections := kept{gate: true, transport: true, ownTransport: true}
	for _, row := range []struct {
		name, old, replacement string
		want                   kept
	}{
		{"nothing", "", "", all},
		{"another provider", "/other", "/another", all},
		{"the order of the providers' merchants", "merchants: {acme: {settings: {client_secret: s2}}}", "merchants: {zenith: {settings: {client_secret: s3}}, acme: {settings: {client_secret: s2}}}", all},
		{"a merchant's secret", "s2", "s3", kept{gate: true, client: true, transport: true, ownTransport: true}},
		{"the secret that all others share", "s1, w", "s3, w", kept{gate: true, transport: true, own: true, ownTransport: true}},
		{"a time-out", "    limits", "    timeouts: {write: 20s}\n    limits", connections},
		{"the rate", "50/s", "60/s", connections},
		{"the breaker", "in_a_row: 5", "in_a_row: 6", connections},
		{"the time to connect", "    limits", "    timeouts: {connect: 1s}\n    limits", kept{gate: true}},
		{"how many calls at once", "in_flight: 8", "in_flight: 9", kept{gate: true}},
		{"the address", "/shop", "/elsewhere", kept{}},
		{"the id", "id: shop", "id: shop-2", kept{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := providersOf(t, twoProviders, nil)
			after := providersOf(t, strings.Replace(twoProviders, row.old, row.replacement, 1), before)
			was, is := before.byID["shop"], after.byID[after.order[0]]
			own, isOwn := was.own["acme"], is.own["acme"]
			got := kept{was.gate == is.gate, was.shared.client == is.shared.client, was.shared.transport == is.shared.transport, own.client == isOwn.client, own.transport == isOwn.transport}
			if got != row.want {
				t.Errorf("kept %+v, want %+v", got, row.want)
			}
		})
	}
}
