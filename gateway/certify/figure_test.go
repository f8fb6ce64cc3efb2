package certify_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/gateway/certify"
)

// TestAPointerThatFindsNothing: cases that were recorded with a misspelt pointer show nothing wrong with it.
func TestAPointerThatFindsNothing(t *testing.T) {
	for _, row := range []struct{ name, old, new, want string }{
		{"of what was captured", "captured: /totalCapturedAmount\n    refunded: /totalRefundedAmount\n    seen", "captured: /capturedTotal\n    refunded: /totalRefundedAmount\n    seen", "readings.order.captured: nothing stands at /capturedTotal in any recorded reply"},
		{"in an expression", `money("/totalCapturedAmount")'
    captured: /totalCapturedAmount
    refunded: /totalRefundedAmount
    seen`, `(has("/capturedTotal") ? money("/capturedTotal") : money("/totalCapturedAmount"))'
    captured: /totalCapturedAmount
    refunded: /totalRefundedAmount
    seen`, "readings.order.net: nothing stands at /capturedTotal in any recorded reply"},
		{"of a list", "each: /refunds", "each: /refundz", "readings.order.seen[1]: no movement of this kind stands at /refundz in any recorded reply"},
		{"of a movement", "lender_reference: /refundNumber, capture: /captureNumber", "lender_reference: /refundNumber, capture: /captureNo", "readings.order.seen[1].capture: nothing stands at /captureNo in any recorded reply"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			report := withCases(t, "riverty", nil, row.old, row.new)
			for _, c := range report.Conformance {
				if c == (certify.Complaint{Rule: "figures", What: row.want + ": correct the pointer, or record an exchange that has it"}) && !report.Good {
					return
				}
			}
			t.Errorf("got %s, want %s", written(report), row.want)
		})
	}
}

// TestWhatALenderDoesNotSay is written as such, and is no mistake.
func TestWhatALenderDoesNotSay(t *testing.T) {
	if text := written(certified(t, "walley")); strings.Contains(text, "figures") {
		t.Errorf("got %s", text)
	}
}
