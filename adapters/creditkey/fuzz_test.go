package creditkey_test

import (
	"context"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// FuzzReplies gives any bytes to everything that reads them. Nothing may panic, and no operation may
// be confirmed by what does not name its order, but for the refunds, where a 2xx is the lender's yes.
func FuzzReplies(f *testing.F) {
	for _, seed := range []string{"", "{}", "null", "[]", reserved, capturedOrder, event, `{"key":"CK-1"}`, `{"key":"CK-2","status":"RETURNED","amount":1e9}`,
		`{"message":["ERROR",1]}`, `{"access_token":"t","created_at":1,"expires_in":9223372036854775807}`, legacy("CK-1", "INV-7-1", "-1"), `{"key":"CK-1","status":"CANCELED","amount":"0.5"}`} {
		f.Add(200, []byte(seed))
		f.Add(422, []byte(seed))
	}
	d := defined(f, lookUp)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		reply := adapters.Reply{Status: status, Body: body}
		d.Refusal(reply)
		_, _, _ = d.Token.Decode(reply, opening)
		_, _ = d.Notifications.Read(canonical.Message{Body: body})
		call := func(context.Context, string, string) (adapters.Reply, error) { return reply, nil }
		for _, x := range d.Exchanges {
			if x.Collect != nil {
				_, _ = x.Collect(t.Context(), call, canonical.Query{Order: asCaptured, Attempt: &canonical.Attempt{Kind: canonical.OpCreate, Reference: "INV-7-1"}})
			}
			if x.Decode == nil {
				continue
			}
			outcome, err := x.Decode(ask(x.Kind, asReserved, "100.00"), reply)
			if err == nil && outcome.State == "" && outcome.Sighting.ID != "CK-1" && x.Kind != canonical.OpCreate {
				t.Errorf("%s takes %q for its order", x.Name, body)
			}
		}
	})
}
