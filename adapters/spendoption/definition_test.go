package spendoption_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/spendoption"
	"github.com/lendgate/lendgate/canonical"
)

func TestWhatALenderCannotBeAskedIsRefusedBefore(t *testing.T) {
	stranger := newOrder(nil)
	stranger.Customer.Reference = ""
	for _, test := range []struct {
		name  string
		given adapters.Values
		cmd   canonical.Command
		kind  canonical.Kind
	}{
		{"an order of nobody", nil, canonical.Command{Kind: canonical.OpCreate, Order: stranger, Amount: canonical.MustMoney("640", "GBP")}, canonical.InvalidRequest},
		{"an offer of the other dialect", adapters.Values{"dialect": "legacy"}, canonical.Command{Kind: canonical.OpAuthorize, Order: newOrder(map[string]string{"provider_offer": planID}), Amount: canonical.MustMoney("640", "GBP")}, canonical.InvalidRequest},
		{"a part where only the whole is settled", adapters.Values{"partial_capture": "false"}, canonical.Command{Kind: canonical.OpCapture, Order: heldOrder(), Amount: canonical.MustMoney("239.99", "GBP")}, canonical.OperationUnsupported},
		{"a part where only the whole is reversed", adapters.Values{"partial_cancel": "false"}, canonical.Command{Kind: canonical.OpCancel, Order: heldOrder(), Amount: canonical.MustMoney("239.99", "GBP")}, canonical.OperationUnsupported},
		{"a part where only whole transactions are refunded", adapters.Values{"partial_refund": "false"}, canonical.Command{Kind: canonical.OpRefund, Order: heldOrder(), Capture: &heldOrder().Captures[0], Amount: canonical.MustMoney("399.99", "GBP")}, canonical.OperationUnsupported},
		{"a refund of a capture without a transaction", nil, canonical.Command{Kind: canonical.OpRefund, Order: heldOrder(), Capture: &canonical.CaptureEntry{}, Amount: canonical.MustMoney("1", "GBP")}, canonical.OperationNotAllowed},
		{"an update", nil, canonical.Command{Kind: canonical.OpUpdate, Order: heldOrder()}, canonical.OperationUnsupported},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := (passing{}).client(t, test.given, &scripted{}).Prepare(test.cmd); canonical.KindOf(err) != test.kind {
				t.Errorf("%v, want %s", err, test.kind)
			}
		})
	}
}

// One of two transactions is whole although it is a part of what can be refunded.
func TestAWholeTransactionIsRefundedWherePartsAreNot(t *testing.T) {
	o := heldOrder()
	o.Captures = append(o.Captures, canonical.CaptureEntry{ID: "op_2", Amount: canonical.MustMoney("240.00", "GBP"), Refunded: canonical.MustMoney("0", "GBP"), Reference: "t-2"})
	o.Totals.Captured = o.Amount.Value
	o.Refresh()
	cmd := canonical.Command{Kind: canonical.OpRefund, Order: o, Capture: &o.Captures[1], Amount: canonical.MustMoney("240", "GBP")}
	if _, err := (passing{}).client(t, adapters.Values{"partial_refund": "false"}, &scripted{}).Prepare(cmd); err != nil {
		t.Error(err)
	}
}

func TestTheKeyIsTrustedWhereItIsConfigured(t *testing.T) {
	c := passing{}.client(t, adapters.Values{"idempotent_ops": "authorize,refund", "idempotency_life": "48h"}, &scripted{})
	same, person := []canonical.Recovery{canonical.RepeatSameKey}, []canonical.Recovery{canonical.AskAPerson}
	want := map[string]canonical.Evidence{
		"initiate":  {Lost: []canonical.Recovery{canonical.SendAgain}},
		"authorise": {Lost: same, KeyLife: 48 * time.Hour},
		"settle":    {Lost: person},
		"reverse":   {Lost: person},
		"refund":    {Lost: same, KeyLife: 48 * time.Hour},
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if diff := cmp.Diff(want[name], c.Evidence(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAFinalCaptureFollowsTheMerchantsContract(t *testing.T) {
	for _, test := range []struct {
		name  string
		given adapters.Values
		want  canonical.FinalCapture
	}{
		{"parts are settled and the rest reversed", nil, canonical.FinalThenCancel},
		{"a part releases the rest by itself", adapters.Values{"capture_releases_rest": "true"}, canonical.FinalAlways},
		{"parts are not settled", adapters.Values{"partial_capture": "false"}, canonical.FinalNot},
	} {
		c := passing{}.client(t, test.given, &scripted{})
		if got := c.Describe().Traits.Final; got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestACertificateNeedsItsKey(t *testing.T) {
	values := spendoption.Adapter.Defaults(sandboxed)
	values["client_certificate"] = "PEM"
	if _, err := spendoption.Adapter.Define(values); err == nil || !strings.Contains(err.Error(), "client_key") {
		t.Errorf("%v", err)
	}
}
