package spendoption_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// upgraded reads the token of the widget out of the order list, as a tester does.
func (s *shop) upgraded() string {
	s.t.Helper()
	_, token, found := strings.Cut(s.status(), "sca-token ")
	if !found {
		s.t.Fatalf("no sca-token in %q", s.status())
	}
	return token
}

func TestAnExemptCustomerAuthorizesWithOrWithoutTheToken(t *testing.T) {
	for _, name := range []string{"with the token", "without the token"} {
		t.Run(name, func(t *testing.T) {
			s := open(t, settings())
			said := s.ask(200, post(initiate, purchase("640", "GW-1")))
			token := s.text(said, "scaToken")
			if diff := cmp.Diff(map[string]any{"status": "Exempt", "scaToken": token}, said); diff != "" {
				t.Error(diff)
			}
			r := post(authorisation, purchase("640.00", "GW-1"))
			if name == "with the token" {
				r.Header.Set("sca-token", token)
			}
			s.ask(201, r)
		})
	}
}

func TestAuthenticationIsDemandedByTheAmountOrByOverridingTheExemption(t *testing.T) {
	tests := []struct{ name, body string }{
		{"an amount that ends in .14", purchase("640.14", "GW-1")},
		{"an override", `{"amount":{"value":640,"currencyCode":"GBP"},"orderReference":"GW-1","overrideExemption":true}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			said := s.ask(200, post(initiate, test.body))
			token := s.text(said, "scaToken")
			if said["status"] != "AuthenticationRequired" || !strings.HasSuffix(s.text(said, "widgetUrl"), "?scaToken="+token) {
				t.Errorf("got %v", said)
			}
			authorize := strings.Replace(test.body, `,"overrideExemption":true`, "", 1)
			s.ask(403, post(authorisation, authorize))
			s.ask(403, post(authorisation, authorize, "sca-token", token))
			if err := s.act("authenticate", token); err != nil {
				t.Fatal(err)
			}
			s.ask(403, post(authorisation, authorize))
			s.ask(403, post(authorisation, authorize, "sca-token", token))
			s.ask(201, post(authorisation, authorize, "sca-token", s.upgraded()))
		})
	}
}

func TestAnAmountThatDemandsAuthenticationDemandsItWithoutAnInitiateToo(t *testing.T) {
	open(t, settings()).ask(403, post(authorisation, purchase("640.14", "GW-1")))
}

func TestATokenIsGoodForOnePurchaseOnceAndForTenMinutes(t *testing.T) {
	tests := []struct {
		name   string
		spoil  func(s *shop, token string)
		path   string
		body   string
		status int
	}{
		{"as meant", nil, authorisation, purchase("640.14", "GW-1"), 201},
		{"for another amount", nil, authorisation, purchase("650.14", "GW-1"), 403},
		{"for another order", nil, authorisation, purchase("640.14", "GW-2"), 403},
		{"for another customer", nil, "/merchant/CUST-8/authorisation", purchase("640.14", "GW-1"), 403},
		{"a moment before its time is up", func(s *shop, _ string) { s.now = s.now.Add(10*time.Minute - time.Second) }, authorisation, purchase("640.14", "GW-1"), 201},
		{"after its time", func(s *shop, _ string) { s.now = s.now.Add(10 * time.Minute) }, authorisation, purchase("640.14", "GW-1"), 403},
		{"a second time", func(s *shop, token string) {
			s.ask(201, post(authorisation, purchase("640.14", "GW-1"), "sca-token", token))
		}, authorisation, purchase("640.14", "GW-1"), 403},
		{"after another initiate", func(s *shop, _ string) { s.ask(200, post(initiate, purchase("640.14", "GW-1"))) }, authorisation, purchase("640.14", "GW-1"), 403},
		{"after a request that was refused for its body", func(s *shop, token string) {
			s.ask(400, post(authorisation, `{}`, "sca-token", token))
		}, authorisation, purchase("640.14", "GW-1"), 201},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			s.ask(200, post(initiate, purchase("640.14", "GW-1")))
			if err := s.act("authenticate", "GW-1"); err != nil {
				t.Fatal(err)
			}
			token := s.upgraded()
			if test.spoil != nil {
				test.spoil(s, token)
			}
			s.ask(test.status, post(test.path, test.body, "sca-token", token))
		})
	}
}

func TestAFailedAuthenticationEndsTheToken(t *testing.T) {
	s := open(t, settings())
	token := s.text(s.ask(200, post(initiate, purchase("640.14", "GW-1"))), "scaToken")
	if err := s.act("fail", "GW-1"); err != nil {
		t.Fatal(err)
	}
	s.ask(403, post(authorisation, purchase("640.14", "GW-1"), "sca-token", token))
	if err := s.act("authenticate", "GW-1"); err == nil {
		t.Error("a failed authentication was done again with the same token")
	}
}

func TestTheOrderListShowsAnInitiateUntilItsTokenIsUsed(t *testing.T) {
	s := open(t, settings())
	token := s.text(s.ask(200, post(initiate, purchase("640.14", "GW-1"))), "scaToken")
	if row := s.lender.Orders()[0]; row.ID != token || row.Reference != "GW-1" || row.Status != "AuthenticationRequired" {
		t.Errorf("got %+v", row)
	}
	if err := s.act("authenticate", token); err != nil {
		t.Fatal(err)
	}
	s.ask(201, post(authorisation, purchase("640.14", "GW-1"), "sca-token", s.upgraded()))
	if rows := s.lender.Orders(); len(rows) != 1 || rows[0].Status != "AUTHORISED" {
		t.Errorf("got %+v", rows)
	}
}

func TestActsThatDoNotFitSayWhatIsPossible(t *testing.T) {
	tests := []struct{ name, do, order, says string }{
		{"an act nobody knows", "complete", "GW-1", "authenticate, fail or release"},
		{"an initiate nobody made", "authenticate", "GW-9", "scaToken"},
		{"an exempt customer", "authenticate", "GW-1", "is Exempt"},
		{"an authorisation nobody asked for", "release", "GW-1", "authorisationId"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			s.ask(200, post(initiate, purchase("640", "GW-1")))
			if err := s.act(test.do, test.order); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

func TestALateCustomerMustInitiateAgain(t *testing.T) {
	s := open(t, settings())
	s.ask(200, post(initiate, purchase("640.14", "GW-1")))
	s.now = s.now.Add(10 * time.Minute)
	if err := s.act("authenticate", "GW-1"); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("got %v", err)
	}
}
