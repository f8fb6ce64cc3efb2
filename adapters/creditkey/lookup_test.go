package creditkey_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// twoHosts answers on two hosts: the order API, and the oldest API on another.
type twoHosts struct {
	order, legacy adapters.Reply
	wires         []adapters.Wire
}

func (h *twoHosts) Send(_ context.Context, w adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	h.wires = append(h.wires, w)
	switch {
	case strings.HasPrefix(w.URL, "https://old.lender.example/app/ecomm/"):
		return h.legacy, adapters.Replied, nil
	case strings.HasSuffix(w.URL, "/auth/login"):
		return says(200, `{"access_token":"tok-1","expires_in":3600}`), adapters.Replied, nil
	}
	return h.order, adapters.Replied, nil
}

var lookUp = with("reference_lookup", "ecomm", "lookup_url", "https://old.lender.example/", "public_key", "pk", "shared_secret", "hush")

func legacy(id, number, refunded string) string {
	return `{"id":"` + id + `","status":"shipped","amount":1600.0,"refunded_amount":` + refunded + `,"merchant_order_id":"` + number + `"}`
}

const capturedOrder = `{"key":"CK-1","merchant_order_id":"INV-7-1","amount":1600.00,"status":"CAPTURED"}`

func TestTheLookUpTellsWhatWasRefunded(t *testing.T) {
	tests := []struct {
		name   string
		order  string
		legacy adapters.Reply
		want   string // refunded; "" is not said
	}{
		{"a part", capturedOrder, says(200, legacy("CK-1", "INV-7-1", "125.25")), "125.25"},
		{"nothing", capturedOrder, says(200, legacy("CK-1", "INV-7-1", "0.0")), "0.00"},
		{"a newer order has the number", capturedOrder, says(200, legacy("CK-9", "INV-7-1", "125.25")), ""},
		{"a figure that is none", capturedOrder, says(200, legacy("CK-1", "INV-7-1", "null")), ""},
		{"the look-up is down", capturedOrder, says(503, ""), ""},
		{"the look-up knows nothing", capturedOrder, says(404, `{"result":"not found"}`), ""},
		{"the order has no number", strings.Replace(capturedOrder, "INV-7-1", "", 1), says(200, legacy("CK-1", "", "1")), ""},
		{"an order that is not captured is not looked up", strings.Replace(capturedOrder, "CAPTURED", "AUTHORIZED", 1), says(200, legacy("CK-1", "INV-7-1", "125.25")), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := newClient(t, lookUp, "https://lender.example", &twoHosts{order: says(200, tt.order), legacy: tt.legacy}, func() time.Time { return opening })
			report, err := client.Read(t.Context(), canonical.Query{Read: "sync", Order: asCaptured})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if report.Sighting.Refunded != nil {
				got = report.Sighting.Refunded.String()
			}
			if got != tt.want {
				t.Errorf("refunded %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTheLookUpFindsALostCreateOrSaysThatThereIsNone(t *testing.T) {
	create := &canonical.Attempt{Kind: canonical.OpCreate, Reference: "INV-7-1"}
	tests := []struct {
		name          string
		attempt       *canonical.Attempt
		order, legacy adapters.Reply
		want          string
	}{
		{"found", create, says(200, strings.Replace(reserved, "AUTHORIZED", "CREATED", 1)), says(200, legacy("CK-1", "INV-7-1", "0")), "found CK-1"},
		{"none", create, says(200, reserved), says(404, `{"result":"not found"}`), "absent"},
		{"found with another amount", create, says(200, capturedOrder), says(200, legacy("CK-1", "INV-7-1", "0")), "mute"},
		{"found with another number", create, says(200, reserved), says(200, legacy("CK-1", "INV-8", "0")), "provider_garbled"},
		{"found there and not here", create, says(404, ""), says(200, legacy("CK-1", "INV-7-1", "0")), "mute"},
		{"keys that are not taken", create, says(200, reserved), says(401, `{"result":"unauthorized"}`), "provider_misconfigured"},
		{"an attempt at something else", &canonical.Attempt{Kind: canonical.OpRefund, Reference: "INV-7-1"}, says(200, reserved), says(404, ""), "mute"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hosts := &twoHosts{order: tt.order, legacy: tt.legacy}
			client := newClient(t, lookUp, "https://lender.example", hosts, func() time.Time { return opening })
			report, err := client.Read(t.Context(), canonical.Query{Read: "find", Order: inCreation, Attempt: tt.attempt})
			got := string(report.Finding)
			if report.Sighting != nil {
				got += " " + report.Sighting.ID
			}
			if err != nil {
				got = string(canonical.KindOf(err))
			}
			if got != tt.want {
				t.Errorf("%s %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestTheOtherHostGetsItsKeysAndNoToken(t *testing.T) {
	hosts := &twoHosts{order: says(200, reserved), legacy: says(200, legacy("CK-1", "INV-7-1", "0"))}
	client := newClient(t, lookUp, "https://lender.example", hosts, func() time.Time { return opening })
	query := canonical.Query{Read: "sync", Order: inCreation} // the lender's id is not known yet
	query.Order.ProviderOrder.Reference = "INV-7-1"
	if _, err := client.Read(t.Context(), query); err != nil {
		t.Fatal(err)
	}
	old := hosts.wires[0]
	if want := "https://old.lender.example/app/ecomm/find_order_by_merchant_order_id?merchant_order_id=INV-7-1&public_key=pk&shared_secret=hush"; old.URL != want {
		t.Errorf("asked %s, want %s", old.URL, want)
	}
	if token := old.Header.Get("Authorization"); token != "" {
		t.Errorf("the other host got %q", token)
	}
	for _, w := range hosts.wires[1:] {
		if strings.Contains(w.URL, "hush") || (w.Method == http.MethodGet && w.Header.Get("Authorization") != "Bearer tok-1") {
			t.Errorf("%s %s went out with %v", w.Method, w.URL, w.Header)
		}
	}
}
