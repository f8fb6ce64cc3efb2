package engine_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// A secret option belongs to one call: it reaches the lender, also on a repeat after a lost reply, and
// stands nowhere in the store.
func TestASecretOptionIsStoredSealed(t *testing.T) {
	const header, secret = "customer-access-token", "canary-access-token"
	s := spendoptionStyle
	k, order := s.created(t, "640.00")
	k.fault(s.name(), "authorize", "lose_reply")
	doubtful := k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize, Options: canonical.Values{}.With("customer_access_token", secret)})
	attempt := doubtful.Operation.Attempts[0].ID
	k.view(func(r state.Reader) error {
		request, err := r.Request(attempt)
		if err != nil {
			return err
		}
		text, err := json.Marshal(request)
		if !strings.Contains(string(text), header) || strings.Contains(string(text), secret) {
			t.Errorf("the stored request is %s", text)
		}
		return err
	})
	var carried []string
	//lint:ignore SA1008 headers go out as the definition spells them
	k.wire.spoil = func(_ *adapters.Reply, w adapters.Wire) { carried = append(carried, w.Header[header]...) }
	k.sync(order.ID)
	if len(carried) != 1 || carried[0] != secret {
		t.Errorf("the repeat carried %q", carried)
	}
}
