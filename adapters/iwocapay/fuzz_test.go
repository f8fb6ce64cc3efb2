package iwocapay_test

import (
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// FuzzReplies gives any bytes to everything that reads them. Nothing may panic, and no order may be
// read from what does not name it.
func FuzzReplies(f *testing.F) {
	for _, seed := range []string{"", "{}", "null", `{"data":null}`, order("CREATED", checkout), order("SUCCESSFUL", ""), webhook, unsigned,
		`{"errors":[{"detail":"terminal state"}]}`, `{"data":{"id":"x","status":"PENDING","amount":-1}}`, `{"data":{"order_id":{}}}`} {
		f.Add([]byte(seed))
	}
	d := defined(f, with("webhook_dialect", "legacy"))
	f.Fuzz(func(t *testing.T, body []byte) {
		reply := adapters.Reply{Status: 200, Body: body}
		d.Refusal(reply)
		d.Notifications.Verify(canonical.Message{Body: body})
		_, _ = d.Notifications.Read(canonical.Message{Body: body})
		for _, x := range d.Exchanges {
			if x.Decode != nil {
				if outcome, err := x.Decode(ask(x.Kind, asCreated()), reply); err == nil && outcome.Sighting.ID == "" {
					t.Errorf("%s takes %q for an order", x.Name, body)
				}
			}
			if x.Read != nil && x.Name == "sync" {
				if report, err := x.Read(canonical.Query{Order: asCreated()}, reply); err == nil && report.Sighting.Net != nil && report.Sighting.Word != "SUCCESSFUL" {
					t.Errorf("%q is money", body)
				}
			}
		}
	})
}
