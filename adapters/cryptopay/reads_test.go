package cryptopay_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

var statuses = []struct {
	name, order         string
	phase               canonical.Phase
	captured, refunded_ string
}{
	{"created", `"status":"created"`, canonical.Created, "", ""},
	{"pending", `"status":"pending"`, canonical.Pending, "", ""},
	{"expired", `"status":"expired"`, canonical.Ended, "", ""},
	{"canceled", `"status":"canceled"`, canonical.Ended, "", ""},
	{"failed", `"status":"failed"`, canonical.Ended, "", ""},
	{"paid, without a word of refunds", `"status":"paid"`, canonical.Open, "125.40", "0"},
	{"paid, nothing refunded", `"status":"paid","refunded_amount":"0"`, canonical.Open, "125.40", "0"},
	{"refunded in part", `"status":"partially_refunded","refunded_amount":"10.000000000"`, canonical.Open, "125.40", "10"},
	{"refunded", `"status":"refunded"`, canonical.Open, "125.40", "125.40"},
}

func TestEveryStatusIsUnderstood(t *testing.T) {
	for _, test := range statuses {
		t.Run(test.name, func(t *testing.T) {
			s := &scripted{status: 200, body: `{"order":{"id":"ord_9","amount":"125.40","currency":"USDT","is_test":true,` + test.order + `},"payment":null,"settlements":null}`}
			c := scriptedClient(t, nil, s)
			report, err := c.Read(t.Context(), canonical.Query{Read: "sync", Order: paidOrder()})
			if err != nil {
				t.Fatal(err)
			}
			got := report.Sighting
			if got.Phase != test.phase || !says(got.Captured, test.captured) || !says(got.Refunded, test.refunded_) || got.Unknown {
				t.Errorf("%+v", got)
			}
		})
	}
}

func says(a *canonical.Amount, want string) bool {
	if a == nil || want == "" {
		return a == nil && want == ""
	}
	return a.Equal(canonical.MustMoney(want, "USDT").Value)
}

func TestReadsThatCannotBeTakenAreErrors(t *testing.T) {
	for _, test := range []struct {
		name, read string
		status     int
		body       string
		kind       canonical.Kind
	}{
		{"an order of the other mode", "sync", 200, `{"order":{"id":"ord_9","amount":"1","currency":"USDT","status":"paid","is_test":false}}`, canonical.ProviderGarbled},
		{"another order", "sync", 200, `{"order":{"id":"ord_8","amount":"1","currency":"USDT","status":"paid"}}`, canonical.ProviderGarbled},
		{"a currency of nobody", "sync", 200, `{"order":{"id":"ord_9","amount":"1","currency":"QQQ","status":"paid"}}`, canonical.ProviderGarbled},
		{"a list with an order of the other mode", "list", 200, `{"data":[{"id":"ord_9","amount":"1","currency":"USDT","status":"paid","is_test":false}]}`, canonical.ProviderGarbled},
		{"an order with our number in another currency", "find", 200, `{"total":1,"data":[{"id":"ord_9","merchant_order_id":"7f31-abcdefgh","amount":"125.40","currency":"SEK","status":"paid"}]}`, canonical.ProviderGarbled},
		{"no list", "find", 200, `{}`, canonical.ProviderGarbled},
		{"a replay", "sync", 401, `{"error":{"code":"replayed_request"}}`, canonical.ProviderBusy},
		{"a bad signature", "list", 401, `{"error":{"code":"bad_signature"}}`, canonical.ProviderMisconfigured},
	} {
		c := scriptedClient(t, nil, &scripted{status: test.status, body: test.body})
		if _, err := c.Read(t.Context(), canonical.Query{Read: test.read, Order: paidOrder()}); canonical.KindOf(err) != test.kind {
			t.Errorf("%s: %v, want %s", test.name, err, test.kind)
		}
	}
}

func TestAnOrderTheProcessorDoesNotKnowIsAbsent(t *testing.T) {
	c := scriptedClient(t, nil, &scripted{status: 404, body: `{"error":{"code":"not_found"}}`})
	if report, err := c.Read(t.Context(), canonical.Query{Read: "sync", Order: paidOrder()}); err != nil || report.Finding != canonical.Absent {
		t.Errorf("%+v, %v", report, err)
	}
}

// The search ends at orders an hour older than ours, and says nothing where it never gets there.
func TestASearchKnowsWhenItHasSeenEnough(t *testing.T) {
	row := `{"id":"ord_8","merchant_order_id":"other","amount":"1","currency":"USDT","status":"paid","created_at":"%"}`
	for _, test := range []struct {
		name, created string
		want          canonical.Finding
		asked         int
	}{
		{"older orders", "2026-05-06T10:59:59Z", canonical.Absent, 1},
		{"orders that may be as old as ours", "2026-05-06T11:00:00Z", canonical.Mute, 50},
	} {
		s := &scripted{status: 200, body: `{"total":100000,"data":[` + strings.Replace(row, "%", test.created, 1) + `]}`}
		report, err := scriptedClient(t, nil, s).Read(t.Context(), canonical.Query{Read: "find", Order: paidOrder()})
		if err != nil || report.Finding != test.want || len(s.wires) != test.asked {
			t.Errorf("%s: %+v, %v after %d pages", test.name, report, err, len(s.wires))
		}
	}
	if _, err := scriptedClient(t, nil, &scripted{}).Read(t.Context(), canonical.Query{Read: "find"}); canonical.KindOf(err) != canonical.OperationUnsupported {
		t.Errorf("an order without a reference: %v", err)
	}
}

// What only the channel knows is asked once an order is paid, and an answer nobody understands does no harm.
func TestTheChannelSaysWhetherADirectOrderIsRefunded(t *testing.T) {
	for _, test := range []struct{ name, channels, want string }{
		{"a channel that refunds", `{"data":[{"code":"x"},{"code":"mock","settlement":"direct","supports_refund":true}]}`, "true"},
		{"a channel that holds the money", `{"data":[{"code":"mock","settlement":"custodial"}]}`, "true"},
		{"a channel that does not", `{"data":[{"code":"mock","settlement":"direct"}]}`, "false"},
		{"a channel that is not listed", `{"data":[]}`, ""},
		{"no list", `[]`, ""},
	} {
		s := &scripted{status: 200, body: `{"order":{"id":"ord_9","amount":"125.40","currency":"USDT","status":"paid","channel_code":"mock"}}`,
			paths: map[string]string{"/api/v1/channels": test.channels}}
		o := paidOrder()
		o.Hidden.Kept = nil
		report, err := scriptedClient(t, nil, s).Read(t.Context(), canonical.Query{Read: "sync", Order: o})
		if err != nil || report.Sighting.Kept["supports_refund"] != test.want {
			t.Errorf("%s: %+v, %v", test.name, report.Sighting, err)
		}
	}
}
