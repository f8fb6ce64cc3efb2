package spendoption_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/spendoption"
	"github.com/lendgate/lendgate/canonical"
)

func TestAnOrderIsCapturedCanceledAndRefundedInParts(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "640.00")
	s.must(canonical.OpCreate, "")
	s.stands(canonical.StatusCreated)
	s.must(canonical.OpAuthorize, "")
	s.stands(canonical.StatusAuthorized)
	first := s.must(canonical.OpCapture, "400.00", func(cmd *canonical.Command) { cmd.Message = "Parcel 1" })
	s.must(canonical.OpCancel, "90.00")
	s.stands(canonical.StatusPartiallyCaptured)
	second := s.must(canonical.OpCapture, "150.00")
	s.stands(canonical.StatusCaptured)
	if first.Reference == "" || first.Reference == second.Reference || s.order.Captures[0].Reference != first.Reference {
		t.Errorf("captures %q and %q are not told apart", first.Reference, second.Reference)
	}
	s.must(canonical.OpRefund, "60.00", of(&s.order.Captures[0]))
	s.must(canonical.OpRefund, "340.00", of(&s.order.Captures[0]))
	s.stands(canonical.StatusPartiallyRefunded)
	s.must(canonical.OpRefund, "150.00", of(&s.order.Captures[1]))
	s.stands(canonical.StatusRefunded)
}

func TestACancelOfAllTheRestEndsTheOrder(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "120.00")
	s.must(canonical.OpCreate, "")
	s.must(canonical.OpAuthorize, "")
	s.must(canonical.OpCancel, "20.00")
	s.must(canonical.OpCancel, "100.00")
	s.stands(canonical.StatusCanceled)
}

func TestAnOrderWithoutAHoldIsWithdrawnHereAlone(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "120.00")
	s.must(canonical.OpCreate, "")
	before := len(s.world.Arrivals("spendoption", ""))
	s.must(canonical.OpCancel, "")
	s.stands(canonical.StatusCanceled)
	if !s.sent.Local || len(s.world.Arrivals("spendoption", "")) != before {
		t.Errorf("%s was sent", s.sent.Path)
	}
}

func TestWithoutAuthenticationAnOrderBeginsHereAlone(t *testing.T) {
	s := open(t, adapters.Values{"sca": "off"}, simulated.Settings{}, "120.00")
	s.must(canonical.OpCreate, "")
	if len(s.world.Arrivals("spendoption", "")) != 0 {
		t.Error("the lender was asked")
	}
	s.must(canonical.OpAuthorize, "")
	s.stands(canonical.StatusAuthorized)
	if _, err := s.ask(canonical.OpAuthenticate, ""); canonical.KindOf(err) != canonical.OperationUnsupported {
		t.Errorf("authenticate: %v", err)
	}
}

// .14 demands authentication.
func TestACustomerAuthenticatesBeforeTheHold(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "250.14")
	s.must(canonical.OpCreate, "")
	s.stands(canonical.StatusPending)
	if action := s.order.Action; action == nil || action.Kind != "widget" || !strings.HasSuffix(action.URL, "&redirect_uri=https%3A%2F%2Fshop.example%2Fback%3Forder%3D1") {
		t.Fatalf("action %+v", action)
	}
	_, err := s.ask(canonical.OpAuthorize, "")
	if needed := needs(err); needed != "/provider_options/authentication_token" {
		t.Fatalf("needs %q: %v", needed, err)
	}
	s.authenticate("authenticate")
	s.must(canonical.OpAuthorize, "", with(s.token()))
	s.stands(canonical.StatusAuthorized)
}

func TestACustomerWhoFailsMayAuthenticateAgain(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "250.14")
	s.must(canonical.OpCreate, "")
	s.authenticate("fail")
	_, err := s.ask(canonical.OpAuthorize, "", with(canonical.Values{}.With("authentication_token", "sca-made-up")))
	if canonical.KindOf(err) != canonical.Refused || !strings.Contains(err.Error(), "authentication_required") {
		t.Fatalf("a made-up token: %v", err)
	}
	s.must(canonical.OpAuthenticate, "")
	s.authenticate("authenticate")
	s.must(canonical.OpAuthorize, "", with(s.token()))
	s.stands(canonical.StatusAuthorized)
}

func needs(err error) string {
	if e, is := err.(*canonical.Error); is && len(e.Fields) == 1 {
		return e.Fields[0].Pointer
	}
	return ""
}

func (s *shop) authenticate(do string) {
	s.t.Helper()
	if err := s.world.Act("spendoption", lender.Act{Order: s.order.ProviderOrder.Reference, Do: do}); err != nil {
		s.t.Fatal(err)
	}
}

// token is what the widget handed to the browser.
func (s *shop) token() canonical.Values {
	orders := s.world.Orders("spendoption")
	_, token, _ := strings.Cut(orders[len(orders)-1].Status, "sca-token ")
	return canonical.Values{}.With("authentication_token", token)
}

// .13 is declined.
func TestADeclineEndsTheOrder(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "250.13")
	s.must(canonical.OpCreate, "")
	outcome, err := s.ask(canonical.OpAuthorize, "")
	if err != nil || outcome.State != canonical.Declined || outcome.Code != "Credit limit" || outcome.Reason != "not_approved" {
		t.Fatalf("%+v, %v", outcome, err)
	}
	s.stands(canonical.StatusDeclined)
}

// Each lost reply is settled by the same bytes with the same key, and money moves once.
func TestALostReplyIsSettledByTheSameKey(t *testing.T) {
	for _, lost := range []string{"lose_reply", "error_after", "garbage", "lose_request", "error_before"} {
		t.Run(lost, func(t *testing.T) {
			s := open(t, nil, simulated.Settings{}, "300.00")
			s.must(canonical.OpCreate, "")
			s.lose(lost, canonical.OpAuthorize, "")
			s.lose(lost, canonical.OpCapture, "200.00")
			s.lose(lost, canonical.OpCancel, "40.00")
			s.lose(lost, canonical.OpRefund, "30.00", of(&s.order.Captures[0]))
			s.stands(canonical.StatusPartiallyCaptured)
		})
	}
}

// lose asks while a fault is on, sees doubt, and repeats.
func (s *shop) lose(fault string, kind canonical.OperationKind, value string, adjust ...func(*canonical.Command)) {
	s.t.Helper()
	if err := s.world.SetFault(sandbox.Fault{Lender: "spendoption", Operation: string(kind), Fault: fault}); err != nil {
		s.t.Fatal(err)
	}
	outcome, err := s.ask(kind, value, adjust...)
	if err != nil || outcome.State != canonical.Doubtful {
		s.t.Fatalf("%s of a %s: %+v, %v", fault, kind, outcome, err)
	}
	if outcome, err = s.send(true); err != nil || outcome.State != canonical.Succeeded {
		s.t.Fatalf("repeat of a %s: %+v, %v", kind, outcome, err)
	}
}

func TestAThrottledRequestIsNotInDoubt(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "300.00")
	s.must(canonical.OpCreate, "")
	if err := s.world.SetFault(sandbox.Fault{Lender: "spendoption", Operation: "authorize", Fault: "throttled"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ask(canonical.OpAuthorize, ""); canonical.KindOf(err) != canonical.ProviderBusy {
		t.Fatalf("%v", err)
	}
	s.must(canonical.OpAuthorize, "")
	s.stands(canonical.StatusAuthorized)
}

func TestAMovementTheLenderCannotMakeIsRefused(t *testing.T) {
	s := open(t, nil, simulated.Settings{RefusesPartSettle: true}, "300.00")
	s.must(canonical.OpCreate, "")
	s.must(canonical.OpAuthorize, "")
	_, err := s.ask(canonical.OpCapture, "200.00")
	if canonical.KindOf(err) != canonical.Refused || !strings.Contains(err.Error(), "Requested 200.00, remaining 300.00") {
		t.Fatalf("%v", err)
	}
	if err := s.world.Act("spendoption", lender.Act{Order: s.order.ProviderOrder.ID, Do: "release"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ask(canonical.OpCapture, ""); canonical.KindOf(err) != canonical.OperationNotAllowed {
		t.Fatalf("a hold that was released: %v", err)
	}
}

func TestAPartThatReleasesTheRestIsBookedSo(t *testing.T) {
	s := open(t, adapters.Values{"capture_releases_rest": "true"}, simulated.Settings{SettleReleasesRest: true}, "300.00")
	s.must(canonical.OpCreate, "")
	s.must(canonical.OpAuthorize, "")
	if _, err := s.ask(canonical.OpCapture, "200.00"); canonical.KindOf(err) != canonical.OperationUnsupported {
		t.Errorf("a part that does not say that it is final: %v", err)
	}
	s.must(canonical.OpCapture, "200.00", func(cmd *canonical.Command) { cmd.Final = true })
	s.stands(canonical.StatusCaptured)
}

// The spend option that a customer was shown is the one that is authorized, in both dialects.
func TestAnOfferIsChosenAndAuthorized(t *testing.T) {
	for _, dialect := range []string{"current", "legacy"} {
		t.Run(dialect, func(t *testing.T) {
			s := open(t, adapters.Values{"dialect": dialect}, simulated.Settings{Legacy: dialect == "legacy"}, "640.00")
			query := canonical.Query{Amount: s.order.Amount, Customer: s.order.Customer, Options: canonical.Values{"zero_percent_only": json.RawMessage("true")}}
			query.Read = "offers"
			shown := s.read(query)
			query.Read = "customer_offers"
			chosen := s.read(query)
			if len(shown) != 1 || shown[0].Choosable || len(chosen) != 1 || !chosen[0].Choosable {
				t.Fatalf("by product %+v, by customer %+v", shown, chosen)
			}
			want := canonical.Plan{Installments: 6, Interval: "month", InterestRate: "0", InstallmentAmount: pounds("106.67"), TotalPayable: pounds("640.00")}
			if diff := cmp.Diff(want, chosen[0].Plan); diff != "" {
				t.Error(diff)
			}
			s.order.Hidden.Kept = map[string]string{"provider_offer": chosen[0].ProviderOffer}
			s.must(canonical.OpCreate, "")
			s.must(canonical.OpAuthorize, "")
			s.stands(canonical.StatusAuthorized)
		})
	}
}

func pounds(value string) *canonical.Money {
	m := canonical.MustMoney(value, "GBP")
	return &m
}

func (s *shop) read(q canonical.Query) []canonical.Offer {
	s.t.Helper()
	report, err := s.client.Read(s.t.Context(), q)
	if err != nil {
		s.t.Fatal(err)
	}
	return report.Offers
}

func TestTheLenderCanBeProbed(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "100.00")
	if _, err := s.client.Read(t.Context(), canonical.Query{Read: "probe"}); err != nil {
		t.Error(err)
	}
}
