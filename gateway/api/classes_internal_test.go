package api

import (
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/state"
)

func TestWhatEachRouteIsWorth(t *testing.T) {
	want := map[string]class{
		"ask-offers":   quotes,
		"create-order": orders, "authenticate-order": orders, "authorize-order": orders,
		"update-order": kept, "capture-order": kept, "cancel-order": kept, "refund-order": kept, "record-movement": kept, "forget-customer": kept,
		"sync-order":           reads,
		"receive-notification": free, "receive-notification-at-secret": free, "receive-query": free, "receive-query-at-secret": free, "livez": free, "readyz": free, "advance-clock": free,
	}
	for _, r := range routes {
		worth, named := want[r.id]
		switch {
		case named:
		case r.method == http.MethodGet:
			worth = reads
		default:
			worth = kept
		}
		if got := r.class(state.RoleMerchant); got != worth {
			t.Errorf("%s of a merchant is %s, want %s", r.id, got, worth)
		}
		if got := r.class(state.RoleOperator); got != free {
			t.Errorf("%s of an operator is %s", r.id, got)
		}
		delete(want, r.id)
	}
	if len(want) > 0 {
		t.Errorf("no routes are %v", want)
	}
}
