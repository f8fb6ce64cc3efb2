package canonical_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

func TestLearnTakesOverWhatALenderSays(t *testing.T) {
	deadline := noon.Add(time.Hour)
	o := orderAt(fresh)
	o.Learn(nil, noon)
	o.Learn(&canonical.Sighting{
		ID: "CK-1", Reference: "R-1-TEST", Word: "CREATED", WaitingFor: canonical.ForMerchant, Reason: "review",
		Action: &canonical.Action{Kind: "redirect"}, Plan: &canonical.Plan{Installments: 12}, Fees: pointer(cents(290)),
		Deadlines: canonical.Deadlines{AuthorizationExpiresAt: &deadline}, Settled: []canonical.Settlement{{ID: "stl_1"}},
		Details: canonical.Values{"seller": json.RawMessage(`"Acme"`), "empty": nil}, Kept: map[string]string{"token": "t"},
	}, noon)
	o.Learn(&canonical.Sighting{ID: "CK-2", Word: "CREATED"}, noon.Add(time.Minute))
	want := orderAt(fresh)
	want.ProviderOrder = canonical.ProviderOrder{ID: "CK-1", Reference: "R-1-TEST", Status: "CREATED", UpdatedAt: &noon}
	want.WaitingFor, want.Reason = canonical.ForMerchant, "review"
	want.Action, want.Plan, want.Totals.LenderFees = &canonical.Action{Kind: "redirect"}, &canonical.Plan{Installments: 12}, cents(290)
	want.Deadlines.AuthorizationExpiresAt, want.Settlements = &deadline, []canonical.Settlement{{ID: "stl_1"}}
	want.ProviderDetails, want.Hidden.Kept = canonical.Values{"seller": json.RawMessage(`"Acme"`)}, map[string]string{"token": "t"}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestAnUnknownWordIsKeptAndChangesNothingElse(t *testing.T) {
	o := orderAt(authorized)
	o.Learn(&canonical.Sighting{
		ID: "CK-1", Word: "ZOMBIE", Unknown: true, WaitingFor: canonical.ForLender, Reason: "x",
		Action: &canonical.Action{Kind: "redirect"}, Plan: &canonical.Plan{Installments: 12}, Fees: pointer(cents(290)),
		Deadlines: canonical.Deadlines{OrderExpiresAt: &noon}, Settled: []canonical.Settlement{{ID: "stl_1"}},
		Details: canonical.Values{"seller": json.RawMessage(`"Acme"`)}, Kept: map[string]string{"token": "t"},
	}, noon)
	want := orderAt(authorized)
	want.ProviderOrder = canonical.ProviderOrder{ID: "CK-1", Status: "ZOMBIE", UpdatedAt: &noon}
	want.Hidden.Kept = map[string]string{"token": "t"}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
