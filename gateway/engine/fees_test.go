package engine_test

import (
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

func TestTheLendersFeeIsNotLeftBehind(t *testing.T) {
	s := ecsterStyle
	s.reserve = completes("complete_with_fee")
	for _, test := range []struct {
		name               string
		ask                engine.Ask
		captured, canceled string
	}{
		{"captured with all there is", capture(nil), "1029.00", "0.00"},
		{"given back by a capture for good", finalCapture(s.money("1000.00")), "1000.00", "29.00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := s.reserved(t, "1000.00")
			if order.Totals.Authorized.String() != "1029.00" || order.Totals.LenderFees.String() != "29.00" || order.Drift != nil {
				t.Fatalf("totals %+v, drift %v", order.Totals, order.Drift)
			}
			call := k.call()
			e := k.untouched(func() (engine.Answer, error) {
				return k.engine.Submit(t.Context(), call, order.ID, capture(s.money("1000.00")))
			})
			if e.Kind != canonical.AmountExceeded || len(e.Alternatives) != 2 {
				t.Errorf("a capture that would leave the fee: %s with %d alternatives", e.Kind, len(e.Alternatives))
			}
			after := k.do(order.ID, test.ask).Order
			if after.Totals.Captured.String() != test.captured || after.Totals.Canceled.String() != test.canceled {
				t.Errorf("captured %s, canceled %s", after.Totals.Captured, after.Totals.Canceled)
			}
			k.wantStatus(k.sync(order.ID), canonical.StatusCaptured)
			k.wantAllBooks(s)
		})
	}
}

func TestPartsCanBeCapturedAroundTheFee(t *testing.T) {
	s := ecsterStyle
	s.reserve = completes("complete_with_fee")
	k, order := s.reserved(t, "1000.00")
	k.do(order.ID, capture(s.money("600.00")))
	if e := k.refused(order.ID, capture(s.money("400.00"))); e.Kind != canonical.AmountExceeded {
		t.Errorf("leaving the fee is answered %s", e.Kind)
	}
	k.wantStatus(k.do(order.ID, capture(nil)).Order, canonical.StatusCaptured)
	k.wantStatus(k.do(order.ID, refund(nil)).Order, canonical.StatusRefunded)
	k.wantAllBooks(s)
}

func TestAlternativesAreReadyToSend(t *testing.T) {
	for _, test := range []struct {
		name  string
		style style
		first []engine.Ask
		ask   engine.Ask
		kind  canonical.Kind
		paths []string
	}{
		{"a part of a Credit Key order", creditkeyStyle, nil, capture(creditkeyStyle.money("400.00")), canonical.OperationUnsupported, []string{"", "/capture"}},
		{"the rest of an Ecster order", ecsterStyle, []engine.Ask{capture(ecsterStyle.money("400.00"))}, cancel(nil), canonical.OperationNotAllowed, []string{"/capture"}},
		{"a refund where the lender has none", iwocapayStyle, nil, refund(nil), canonical.OperationUnsupported, []string{"/record"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.style.reserved(t, "1000.00")
			for _, ask := range test.first {
				k.do(order.ID, ask)
			}
			e := k.refused(order.ID, test.ask)
			var paths []string
			for _, alternative := range e.Alternatives {
				paths = append(paths, alternative.Path)
			}
			if e.Kind != test.kind || len(paths) != len(test.paths) {
				t.Fatalf("problem %v with alternatives %v", e, paths)
			}
			for i, path := range test.paths {
				if paths[i] != "/v1/orders/"+order.ID+path {
					t.Errorf("alternative %s, want %s", paths[i], path)
				}
			}
		})
	}
}
