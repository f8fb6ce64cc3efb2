package cryptopay_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/canonical"
)

func channel(code string) canonical.Values { return canonical.Values(nil).With("channel", code) }

func TestAnOrderIsPaidAndRefundedInParts(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	s.stands(canonical.StatusCreated)
	if a := s.order.Action; a == nil || a.Kind != "redirect" || a.URL == "" || !a.ExpiresAt.Equal(noon.Add(30*time.Minute)) {
		t.Fatalf("action %+v", a)
	}
	if at := s.order.Deadlines.OrderExpiresAt; at == nil || !at.Equal(noon.Add(30*time.Minute)) {
		t.Errorf("deadline %v", at)
	}
	s.act("seen", "")
	s.syncs(canonical.StatusPending)
	s.act("confirmed", "")
	seen := s.syncs(canonical.StatusCaptured)
	if len(seen.Settled) != 1 || seen.Settled[0].Amount != "124.77" || seen.Settled[0].Fee != "0.63" {
		t.Errorf("settlements %+v", seen.Settled)
	}
	s.must(canonical.OpRefund, "25.40", nil)
	s.stands(canonical.StatusPartiallyRefunded)
	s.must(canonical.OpRefund, "100", nil)
	s.stands(canonical.StatusRefunded)
	s.syncs(canonical.StatusRefunded)
}

func TestWhatHappensThereIsAskedOfNobody(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	for _, kind := range []canonical.OperationKind{canonical.OpAuthorize, canonical.OpCapture} {
		if _, err := s.ask(kind, "", nil); canonical.KindOf(err) != canonical.OperationNotAllowed {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := s.ask(canonical.OpCancel, "", nil); canonical.KindOf(err) != canonical.OperationUnsupported {
		t.Errorf("cancel: %v", err)
	}
}

func TestAnAddressOnChainIsATransfer(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", canonical.Values{"channel": json.RawMessage(`"usdt_trc20"`), "expires_in": json.RawMessage("600")})
	a := s.order.Action
	if a == nil || a.Kind != "transfer" || !a.ExpiresAt.Equal(noon.Add(10*time.Minute)) || a.Details.Text("deposit_address") == "" {
		t.Fatalf("action %+v", a)
	}
	got := map[string]string{}
	for _, name := range []string{"amount_due", "chain", "asset", "required_confirmations"} {
		got[name] = string(a.Details[name])
	}
	want := map[string]string{"amount_due": `"125.400000"`, "chain": `"tron"`, "asset": `"USDT"`, "required_confirmations": "19"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s.order.ProviderDetails.Text("channel") != "usdt_trc20" || s.order.ProviderDetails.Text("settlement_mode") != "direct" {
		t.Errorf("details %s", s.order.ProviderDetails)
	}
}

func TestAClientSecretIsAWidget(t *testing.T) {
	s := open(t, nil, simulated.Settings{MockInstruction: "client_secret"}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	if a := s.order.Action; a == nil || a.Kind != "widget" || !strings.HasPrefix(a.Details.Text("client_secret"), "cs_") {
		t.Errorf("action %+v", a)
	}
}

func TestANetworkLetsTheProcessorPickTheChannel(t *testing.T) {
	s := open(t, adapters.Values{"channel": "", "network": "tron"}, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	if got := s.order.ProviderDetails.Text("channel"); got != "usdt_trc20" {
		t.Errorf("channel %q", got)
	}
}

// What the processor does not hold it cannot give back; what its channel says decides for the rest.
func TestOnlyCustodialOrdersAreRefunded(t *testing.T) {
	for _, test := range []struct {
		refund, channel string
		kind            canonical.Kind
	}{
		{"auto", "usdt_trc20", canonical.OperationNotAllowed},
		{"always", "usdt_trc20", canonical.Refused},
		{"never", "mock", canonical.OperationNotAllowed},
	} {
		t.Run(test.refund+" on "+test.channel, func(t *testing.T) {
			s := open(t, adapters.Values{"refund": test.refund}, simulated.Settings{}, "125.40")
			s.must(canonical.OpCreate, "", channel(test.channel))
			s.act("pay", "")
			s.syncs(canonical.StatusCaptured)
			if _, err := s.ask(canonical.OpRefund, "1", nil); canonical.KindOf(err) != test.kind {
				t.Errorf("%v, want %s", err, test.kind)
			}
			s.stands(canonical.StatusCaptured)
		})
	}
}

// A read of an order tells neither the mode nor whether it is refundable: the channel does.
func TestAnAdoptedOrderLearnsFromItsChannelWhatCanBeRefunded(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	s.act("pay", "")
	id := s.order.ProviderOrder.ID
	s.order = s.fresh("", "125.40")
	s.order.ProviderOrder.ID = id
	s.syncs(canonical.StatusCaptured)
	asked := s.channelReads()
	s.syncs(canonical.StatusCaptured)
	if asked != 1 || s.channelReads() != 1 {
		t.Errorf("channels were read %d, then %d times", asked, s.channelReads())
	}
	s.must(canonical.OpRefund, "1", nil)
	s.stands(canonical.StatusPartiallyRefunded)
}

func (s *shop) channelReads() int {
	for _, arrival := range s.world.Arrivals("cryptopay", "") {
		if arrival.Path == "/api/v1/channels" {
			return arrival.Count
		}
	}
	return 0
}

func TestAnUnpaidOrderLapsesAndALatePaymentIsReal(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	s.now = s.now.Add(31 * time.Minute)
	s.syncs(canonical.StatusExpired)
	s.act("late_pay", "")
	if late := s.absorb(s.read("sync", nil).Sighting); !late {
		t.Error("the payment is not taken for a late one")
	}
	s.stands(canonical.StatusCaptured)
}

func TestOrdersEndAsTheProcessorSays(t *testing.T) {
	for do, status := range map[string]canonical.Status{"leave": canonical.StatusCanceled, "fail": canonical.StatusFailed} {
		s := open(t, nil, simulated.Settings{}, "125.40")
		s.must(canonical.OpCreate, "", nil)
		s.act(do, "")
		s.syncs(status)
	}
}
