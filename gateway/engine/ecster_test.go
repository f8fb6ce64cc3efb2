package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

var ecsterSetup = styleSetup{"ecster", ecster.Adapter, adapters.Values{"api_key": "sandbox-api-key", "merchant_key": "10045127", "shop_terms_url": "https://shop.example/terms"}}

func ecsterOrder(t *testing.T) (*kit, canonical.Order) {
	t.Helper()
	k := newKit(t, ecsterSetup)
	created := k.create(engine.NewOrder{Provider: "ecster", Reference: "ORD-1", Amount: money("1000.00", "SEK"), ReturnURL: "https://shop.example/back"})
	k.wantStatus(created.Order, canonical.StatusCreated)
	k.act("ecster", created.Order.ProviderOrder.Reference, "complete")
	order := k.sync(created.Order.ID)
	k.wantStatus(order, canonical.StatusAuthorized)
	return k, order
}

func TestEcsterInParts(t *testing.T) {
	k, order := ecsterOrder(t)
	k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: money("300.00", "SEK")})
	k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: money("200.00", "SEK")})
	split := k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Amount: money("400.00", "SEK")})
	if len(split.Operation.Attempts) != 2 {
		t.Fatalf("a refund over two captures made %d attempts", len(split.Operation.Attempts))
	}
	last := k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: money("100.00", "SEK"), Final: true})
	k.wantStatus(last.Order, canonical.StatusPartiallyRefunded)
	all := k.do(order.ID, engine.Ask{Kind: canonical.OpRefund})
	k.wantStatus(all.Order, canonical.StatusRefunded)
	if got := k.moved("ecster", "refund").String(); got != "600" {
		t.Errorf("the lender refunded %s, want 600", got)
	}
	k.wantStatus(k.sync(order.ID), canonical.StatusRefunded)
}

func TestEcsterLostReplyIsFoundByReference(t *testing.T) {
	k, order := ecsterOrder(t)
	k.fault("ecster", "capture", "lose_reply")
	doubtful := k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: money("300.00", "SEK")})
	if doubtful.Operation.State != canonical.Doubtful || doubtful.Order.InDoubt == nil {
		t.Fatalf("capture is %s, want in_doubt", doubtful.Operation.State)
	}
	if got := doubtful.Order.Totals.Capturable.String(); got != "700.00" {
		t.Errorf("capturable %s while 300.00 are in doubt, want 700.00", got)
	}
	k.later(3 * time.Second)
	k.wantStatus(k.sync(order.ID), canonical.StatusPartiallyCaptured)
	if got := k.moved("ecster", "capture").String(); got != "300" {
		t.Errorf("the lender captured %s, want 300", got)
	}
}

func TestEcsterLostRequestIsProvenAbsent(t *testing.T) {
	k, order := ecsterOrder(t)
	k.fault("ecster", "capture", "lose_request")
	doubtful := k.do(order.ID, engine.Ask{Kind: canonical.OpCapture, Amount: money("300.00", "SEK")})
	k.later(10 * time.Minute)
	op, err := k.engine.Operation(t.Context(), k.call(), doubtful.Operation.ID)
	if err != nil {
		t.Fatal(err)
	}
	if op.State != canonical.Failed || op.Next.Action != canonical.NextRetryNewKey {
		t.Fatalf("operation is %s next %s, want failed, retry_new_key", op.State, op.Next.Action)
	}
	k.wantStatus(k.sync(order.ID), canonical.StatusAuthorized)
}
