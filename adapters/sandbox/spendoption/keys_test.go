package spendoption_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

const key = "7b6e1c0a-2c5e-5c3c-9c3b-1b0e6b0b8a77"

// keyed lists one request of every operation that takes a key, in an order in which each is possible.
func keyed(s *shop) []struct {
	name    string
	request lender.Request
	other   string // another body
} {
	s.t.Helper()
	hold := s.authorized("100", "GW-1")
	transaction := s.settled(hold, "60")
	return []struct {
		name    string
		request lender.Request
		other   string
	}{
		{"initiate", post(initiate, purchase("9", "GW-2")), purchase("8", "GW-2")},
		{"authorisation", post(authorisation, purchase("9", "GW-3")), purchase("8", "GW-3")},
		{"settle", post(authorisation+"/"+hold+"/settle", pounds("9")), pounds("8")},
		{"reverse", post(authorisation+"/"+hold+"/reverse", pounds("9")), pounds("8")},
		{"refund", post("/merchant/CUST-7/transaction/"+transaction+"/refund", pounds("9")), pounds("8")},
	}
}

func TestARepeatedKeyIsAnsweredByteForByteAndMovesNothing(t *testing.T) {
	for i, row := range keyed(open(t, settings())) {
		t.Run(row.name, func(t *testing.T) {
			s := open(t, settings())
			r := keyed(s)[i].request
			r.Header.Set("idempotency-key", key)
			first := s.lender.Serve(s.now, r)
			moved := s.movements()
			s.now = s.now.Add(23 * time.Hour)
			r.Header.Set("idempotency-key", "7B6E1C0A-2C5E-5C3C-9C3B-1B0E6B0B8A77")
			if diff := cmp.Diff(first, s.lender.Serve(s.now, r)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(moved, s.movements()); diff != "" {
				t.Error(diff)
			}
			r.Body = []byte(row.other)
			s.ask(409, r)
		})
	}
}

func TestAKeyActsAgainWhereTheLenderIgnoresIt(t *testing.T) {
	for i, row := range keyed(open(t, settings())) {
		t.Run(row.name, func(t *testing.T) {
			configured := settings()
			configured.IgnoresKeyOn = []string{row.name}
			s := open(t, configured)
			r := keyed(s)[i].request
			r.Header.Set("idempotency-key", key)
			first := s.lender.Serve(s.now, r)
			if cmp.Equal(first.Body, s.lender.Serve(s.now, r).Body) {
				t.Errorf("answered the same again: %s", first.Body)
			}
		})
	}
}

func TestAKeyIsForgottenAfterADay(t *testing.T) {
	s := open(t, settings())
	r := post(authorisation, purchase("9", "GW-3"), "idempotency-key", key)
	s.ask(201, r)
	s.now = s.now.Add(24 * time.Hour)
	s.ask(201, r)
	if diff := cmp.Diff([]string{"authorize 9.00", "authorize 9.00"}, s.movements()); diff != "" {
		t.Error(diff)
	}
}

func TestAKeyBelongsToOnePath(t *testing.T) {
	s := open(t, settings())
	s.ask(201, post(authorisation, purchase("9", "GW-3"), "idempotency-key", key))
	s.ask(409, post("/merchant/CUST-8/authorisation", purchase("9", "GW-3"), "idempotency-key", key))
}

func TestARefusalIsRepeatedEvenIfTheRequestWouldNowBeTaken(t *testing.T) {
	s := open(t, settings())
	r := post(authorisation, purchase("9.14", "GW-3"), "idempotency-key", key)
	first := s.lender.Serve(s.now, r)
	s.ask(200, post(initiate, purchase("9.14", "GW-3")))
	if err := s.act("authenticate", "GW-3"); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("sca-token", s.upgraded())
	if diff := cmp.Diff(first, s.lender.Serve(s.now.Add(time.Minute), r)); first.Status != 403 || diff != "" {
		t.Errorf("%d %s", first.Status, diff)
	}
}

func TestRequestsWithoutAKeyEachAct(t *testing.T) {
	s := open(t, settings())
	first, second := s.authorized("9", "GW-3"), s.authorized("9", "GW-3")
	if first == second {
		t.Error("two authorisations share an id")
	}
}
