package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

func (k *kit) offers(request engine.OfferRequest) ([]canonical.Offer, []engine.Silence) {
	k.Helper()
	offers, silent, err := k.engine.Offers(k.Context(), k.call(), request)
	if err != nil {
		k.Fatalf("offers: %v", err)
	}
	return offers, silent
}

func TestAnOrderIsMadeFromAnOffer(t *testing.T) {
	s := spendoptionStyle
	k := newKit(t, s, ecsterStyle)
	offers, silent := k.offers(engine.OfferRequest{Amount: *s.money("640.00"), Customer: canonical.Customer{Reference: s.customer}})
	if len(offers) < 2 || len(silent) != 1 || silent[0].Provider != "ecster" {
		t.Fatalf("%d offers, silent %v", len(offers), silent)
	}
	offer := offers[len(offers)-1]
	order := k.create(engine.NewOrder{Offer: offer.ID}).Order
	if order.Provider != s.name() || !order.Amount.Equal(offer.Amount) || order.Plan == nil || order.Plan.Installments != offer.Plan.Installments || order.Customer.Reference != s.customer {
		t.Errorf("order %+v, plan %+v", order, order.Plan)
	}
	k.do(order.ID, engine.Ask{Kind: canonical.OpAuthorize})
	k.wantStatus(k.do(order.ID, capture(nil)).Order, canonical.StatusCaptured)
	k.wantAllBooks(s)
}

func TestAnOfferIsForOneOrderOfOneCustomer(t *testing.T) {
	s := spendoptionStyle
	for _, test := range []struct {
		name  string
		spoil func(*kit, *engine.NewOrder)
		kind  canonical.Kind
	}{
		{"another amount", func(_ *kit, n *engine.NewOrder) { n.Amount = s.money("641.00") }, canonical.InvalidRequest},
		{"another customer", func(_ *kit, n *engine.NewOrder) { n.Customer.Reference = "other" }, canonical.InvalidRequest},
		{"another provider", func(_ *kit, n *engine.NewOrder) { n.Provider = "ecster" }, canonical.InvalidRequest},
		{"too late", func(k *kit, _ *engine.NewOrder) { k.pass(31 * time.Minute) }, canonical.Refused},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := newKit(t, s, ecsterStyle)
			offers, _ := k.offers(engine.OfferRequest{Amount: *s.money("640.00"), Customer: canonical.Customer{Reference: s.customer}})
			n := engine.NewOrder{Offer: offers[0].ID}
			test.spoil(k, &n)
			call := k.call()
			if e := k.untouched(func() (engine.Answer, error) { return k.engine.Create(t.Context(), call, n) }); e.Kind != test.kind {
				t.Errorf("problem %v, want %s", e, test.kind)
			}
		})
	}
}

func TestAnOfferMadeWithoutACustomerCannotBeChosen(t *testing.T) {
	s := spendoptionStyle
	k := newKit(t, s)
	offers, _ := k.offers(engine.OfferRequest{Amount: *s.money("640.00"), Providers: []string{s.name()}})
	if len(offers) == 0 || offers[0].Choosable {
		t.Fatalf("%d offers", len(offers))
	}
	answer, err := k.engine.Create(t.Context(), k.call(), engine.NewOrder{Offer: offers[0].ID, Customer: canonical.Customer{Reference: s.customer}})
	if e := k.problem(canonical.OpCreate, answer, err); e.Kind != canonical.Refused {
		t.Errorf("problem %s", e.Kind)
	}
}

func TestASilentProviderIsListedWithItsReason(t *testing.T) {
	s := spendoptionStyle
	k := newKit(t, s)
	k.wire.connected(false)
	offers, silent := k.offers(engine.OfferRequest{Amount: *s.money("640.00"), Customer: canonical.Customer{Reference: s.customer}})
	if len(offers) != 0 || len(silent) != 1 || silent[0].Reason != string(canonical.ProviderUnavailable) {
		t.Errorf("%d offers, silent %v", len(offers), silent)
	}
	if _, _, err := k.engine.Offers(t.Context(), k.call(), engine.OfferRequest{Amount: *s.money("640.00"), Providers: []string{"none"}}); canonical.KindOf(err) != canonical.InvalidRequest {
		t.Errorf("an unknown provider: %v", err)
	}
}

// TestStrongCustomerAuthentication walks through an authentication that the lender demands.
func TestStrongCustomerAuthentication(t *testing.T) {
	s := spendoptionStyle
	k, order := s.created(t, "640.14")
	k.wantStatus(order, canonical.StatusPending)
	if order.WaitingFor != canonical.ForCustomer || order.Action == nil || order.Action.Kind != "widget" {
		t.Fatalf("waiting for %s, action %+v", order.WaitingFor, order.Action)
	}
	authorize := engine.Ask{Kind: canonical.OpAuthorize}
	call := k.call()
	e := k.untouched(func() (engine.Answer, error) { return k.engine.Submit(t.Context(), call, order.ID, authorize) })
	if e.Kind != canonical.InvalidRequest || e.Fields[0].Pointer != "/provider_options/authentication_token" {
		t.Fatalf("problem %v, want one that names the token", e)
	}
	k.act(s.name(), order.ProviderOrder.Reference, "authenticate", "")
	token := k.upgraded(s)
	authorize.Options = canonical.Values{}.With("authentication_token", token)
	authorized := k.do(order.ID, authorize)
	k.wantState(authorized.Operation, canonical.Succeeded, canonical.NextNone)
	k.wantStatus(authorized.Order, canonical.StatusAuthorized)
	k.wantAllBooks(s)
}

// upgraded is the token that the lender's widget hands to the browser.
func (k *kit) upgraded(s style) string {
	k.Helper()
	const says = "Authenticated, sca-token "
	for _, order := range k.world.Orders(s.name()) {
		if len(order.Status) > len(says) && order.Status[:len(says)] == says {
			return order.Status[len(says):]
		}
	}
	k.Fatal("nobody was authenticated")
	return ""
}
