package engine_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// A lender without refunds offers to record one, and doing so reaches no lender.
func TestARefundPaidElsewhereIsRecorded(t *testing.T) {
	k, order := iwocapayStyle.reserved(t, "1000.00")
	no := k.refused(order.ID, engine.Ask{Kind: canonical.OpRefund})
	if len(no.Alternatives) != 1 || no.Alternatives[0].Path != "/v1/orders/"+order.ID+"/record" {
		t.Fatalf("alternatives %+v", no.Alternatives)
	}
	before := k.wire.count()
	part := canonical.MustMoney("100.00", "GBP")
	k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Amount: &part, Elsewhere: true, Reference: "BANK-7", Reason: "paid back by transfer"})
	rest := k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Elsewhere: true, Reason: "paid back by transfer"})
	k.wantStatus(rest.Order, canonical.StatusRefunded)
	if len(rest.Order.Refunds) != 2 || rest.Order.Refunds[0].Reference != "BANK-7" || k.wire.count() != before {
		t.Errorf("refunds %+v, %d requests left", rest.Order.Refunds, k.wire.count()-before)
	}
}

func TestWhoMayRecordWhat(t *testing.T) {
	k, order := ecsterStyle.reserved(t, "1000.00")
	for _, test := range []struct {
		name string
		role state.Role
		ask  engine.Ask
		want canonical.Kind
	}{
		{"a merchant records no capture", state.RoleMerchant, engine.Ask{Kind: canonical.OpCapture, Reason: "delivered"}, canonical.Forbidden},
		{"a merchant records no refund where the lender has one", state.RoleMerchant, engine.Ask{Kind: canonical.OpRefund, Reason: "paid back"}, canonical.OperationNotAllowed},
		{"a reason is needed", state.RoleOperator, engine.Ask{Kind: canonical.OpCapture}, canonical.InvalidRequest},
		{"an authorization is not recorded", state.RoleOperator, engine.Ask{Kind: canonical.OpAuthorize, Reason: "by phone"}, canonical.InvalidRequest},
		{"no more than there is", state.RoleOperator, engine.Ask{Kind: canonical.OpCapture, Amount: money("1000000.00", "SEK"), Reason: "by phone"}, canonical.AmountExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			call := k.call()
			call.Role, test.ask.Elsewhere = test.role, true
			if _, err := k.engine.Submit(t.Context(), call, order.ID, test.ask); err == nil || canonical.KindOf(err) != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
