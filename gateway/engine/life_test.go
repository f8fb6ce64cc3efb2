package engine_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// stage is one step of an order's life, and what the order is called after it.
type stage struct {
	ask    engine.Ask
	status canonical.Status
}

func capture(amount *canonical.Money) engine.Ask {
	return engine.Ask{Kind: canonical.OpCapture, Amount: amount}
}

func finalCapture(amount *canonical.Money) engine.Ask {
	return engine.Ask{Kind: canonical.OpCapture, Amount: amount, Final: true}
}

func cancel(amount *canonical.Money) engine.Ask {
	return engine.Ask{Kind: canonical.OpCancel, Amount: amount}
}

func refund(amount *canonical.Money) engine.Ask {
	return engine.Ask{Kind: canonical.OpRefund, Amount: amount}
}

func TestLives(t *testing.T) {
	for _, life := range []struct {
		name   string
		style  style
		stages []stage
	}{
		{"creditkey lowers, captures whole and refunds in parts", creditkeyStyle, []stage{
			{cancel(creditkeyStyle.money("100.00")), canonical.StatusAuthorized},
			{capture(nil), canonical.StatusCaptured},
			{refund(creditkeyStyle.money("250.05")), canonical.StatusPartiallyRefunded},
			{refund(creditkeyStyle.money("600.00")), canonical.StatusPartiallyRefunded},
			{refund(nil), canonical.StatusRefunded},
		}},
		{"creditkey captures a part for good by lowering the order first", creditkeyStyle, []stage{
			{finalCapture(creditkeyStyle.money("400.10")), canonical.StatusCaptured},
			{refund(nil), canonical.StatusRefunded},
		}},
		{"creditkey is canceled whole", creditkeyStyle, []stage{{cancel(nil), canonical.StatusCanceled}}},
		{"spendoption captures in parts, gives back the rest and refunds over captures", spendoptionStyle, []stage{
			{capture(spendoptionStyle.money("300.00")), canonical.StatusPartiallyCaptured},
			{cancel(spendoptionStyle.money("50.50")), canonical.StatusPartiallyCaptured},
			{capture(spendoptionStyle.money("200.00")), canonical.StatusPartiallyCaptured},
			{refund(spendoptionStyle.money("350.00")), canonical.StatusPartiallyCaptured},
			{finalCapture(spendoptionStyle.money("100.00")), canonical.StatusPartiallyRefunded},
			{refund(nil), canonical.StatusRefunded},
		}},
		{"spendoption is canceled in two halves", spendoptionStyle, []stage{
			{cancel(spendoptionStyle.money("500.00")), canonical.StatusAuthorized},
			{cancel(nil), canonical.StatusCanceled},
		}},
		{"ecster captures in parts, the last for good, and refunds over captures", ecsterStyle, []stage{
			{capture(ecsterStyle.money("300.00")), canonical.StatusPartiallyCaptured},
			{capture(ecsterStyle.money("200.00")), canonical.StatusPartiallyCaptured},
			{refund(ecsterStyle.money("400.00")), canonical.StatusPartiallyCaptured},
			{finalCapture(ecsterStyle.money("100.00")), canonical.StatusPartiallyRefunded},
			{refund(nil), canonical.StatusRefunded},
		}},
		{"ecster is annulled", ecsterStyle, []stage{{cancel(nil), canonical.StatusCanceled}}},
		{"cryptopay refunds in parts", cryptopayStyle, []stage{
			{refund(cryptopayStyle.money("0.000001")), canonical.StatusPartiallyRefunded},
			{refund(cryptopayStyle.money("250.5")), canonical.StatusPartiallyRefunded},
			{refund(nil), canonical.StatusRefunded},
		}},
		{"iwocapay pays at once", iwocapayStyle, nil},
	} {
		t.Run(life.name, func(t *testing.T) {
			k, order := polled(life.style).reserved(t, "1000.00")
			for _, stage := range life.stages {
				answer := k.do(order.ID, stage.ask)
				if answer.Operation.State != canonical.Succeeded {
					t.Fatalf("%s is %s", stage.ask.Kind, answer.Operation.State)
				}
				k.wantStatus(answer.Order, stage.status)
				k.wantRules(answer.Order)
			}
			after := k.sync(order.ID)
			k.wantEqualBooks(life.style, after)
			k.wantRules(after)
			if after.Drift != nil {
				t.Errorf("a sync found drift: %s", after.Drift.Seen)
			}
		})
	}
}

func TestIwocapayIsCanceledBeforeTheCustomerPays(t *testing.T) {
	k, order := iwocapayStyle.created(t, "1000.00")
	k.wantStatus(k.do(order.ID, cancel(nil)).Order, canonical.StatusCanceled)
	k.wantStatus(k.sync(order.ID), canonical.StatusCanceled)
	k.wantEqualBooks(iwocapayStyle, k.order(order.ID))
}

func TestASplitRefundIsOneAttemptForEachCapture(t *testing.T) {
	for _, s := range []style{ecsterStyle, spendoptionStyle} {
		k, order := s.reserved(t, "1000.00")
		k.do(order.ID, capture(s.money("300.00")))
		second := k.do(order.ID, capture(s.money("200.00"))).Operation.ID
		split := k.do(order.ID, refund(s.money("400.00")))
		var amounts []string
		for _, attempt := range split.Operation.Attempts {
			amounts = append(amounts, attempt.Amount.Value.String())
		}
		if len(amounts) != 2 || amounts[0] != "300.00" || amounts[1] != "100.00" {
			t.Errorf("%s: refund was split into %v, want the oldest capture first", s.name(), amounts)
		}
		named := k.do(order.ID, engine.Ask{Kind: canonical.OpRefund, Capture: second, Amount: s.money("40.00")})
		if got := named.Order.Captures[1].Refunded.Value.String(); got != "140.00" {
			t.Errorf("%s: of the capture named %s is refunded, want 140.00", s.name(), got)
		}
		k.wantEqualBooks(s, named.Order)
	}
}
