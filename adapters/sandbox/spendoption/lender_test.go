package spendoption_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/sandbox/spendoption"
)

const (
	merchant = "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21"
	tenant   = "tn-sandbox"
	noon     = "2026-06-11T12:00:00Z"

	authorisation = "/merchant/CUST-7/authorisation"
	initiate      = "/merchant/CUST-7/initiate"
)

func settings() spendoption.Settings {
	return spendoption.Settings{MerchantID: merchant, TenantID: tenant}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// shop is a merchant's till that talks to one lender.
type shop struct {
	t      *testing.T
	lender *spendoption.Lender
	now    time.Time
}

func open(t *testing.T, s spendoption.Settings) *shop {
	t.Helper()
	return &shop{t: t, lender: spendoption.New(s), now: at(t, noon)}
}

func get(path, query string) lender.Request {
	return lender.Request{Method: "GET", Path: path, RawQuery: query, Header: contexts()}
}

func post(path, body string, headers ...string) lender.Request {
	r := lender.Request{Method: "POST", Path: path, Header: contexts(), Body: []byte(body)}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func contexts() http.Header {
	h := http.Header{}
	h.Set("context-merchantId", merchant)
	h.Set("context-tenantId", tenant)
	return h
}

func pounds(value string) string {
	return `{"amount":{"value":` + value + `,"currencyCode":"GBP"}}`
}

func purchase(value, reference string) string {
	return `{"amount":{"value":` + value + `,"currencyCode":"GBP"},"orderReference":"` + reference + `"}`
}

// ask sends a request and demands a status; it returns the members of the reply.
func (s *shop) ask(status int, r lender.Request) map[string]any {
	s.t.Helper()
	reply := s.lender.Serve(s.now, r)
	if reply.Status != status {
		s.t.Fatalf("%s %s: got %d %s, want %d", r.Method, r.Path, reply.Status, reply.Body, status)
	}
	var said map[string]any
	if err := json.Unmarshal(reply.Body, &said); err != nil {
		s.t.Fatalf("%s %s: %v in %s", r.Method, r.Path, err, reply.Body)
	}
	return said
}

func (s *shop) text(said map[string]any, name string) string {
	s.t.Helper()
	text, ok := said[name].(string)
	if !ok || text == "" {
		s.t.Fatalf("no %s in %v", name, said)
	}
	return text
}

func (s *shop) authorized(value, reference string) string {
	s.t.Helper()
	return s.text(s.ask(201, post(authorisation, purchase(value, reference))), "authorisationId")
}

func (s *shop) settled(id, value string) string {
	s.t.Helper()
	return s.text(s.ask(201, post(authorisation+"/"+id+"/settle", pounds(value))), "transactionId")
}

func (s *shop) act(do, order string) error {
	return s.lender.Act(s.now, lender.Act{Order: order, Do: do})
}

// status is what the newest row of the order list says.
func (s *shop) status() string {
	s.t.Helper()
	rows := s.lender.Orders()
	if len(rows) == 0 {
		s.t.Fatal("the order list is empty")
	}
	return rows[len(rows)-1].Status
}

func (s *shop) movements() []string {
	var moved []string
	for _, e := range s.lender.Book().Effects() {
		moved = append(moved, e.Kind+" "+e.Amount.StringFixed(2))
	}
	return moved
}

func TestPartsAreSettledReversedAndRefundedAsTheLenderDocumentsIt(t *testing.T) {
	s := open(t, settings())
	id := s.authorized("640.00", "GW-10077")
	first := s.settled(id, "400.00")
	said := s.ask(201, post(authorisation+"/"+id+"/reverse", pounds("90.00")))
	if diff := cmp.Diff(map[string]any{"value": 150.0, "currencyCode": "GBP"}, said["remainingFloat"]); diff != "" {
		t.Error(diff)
	}
	s.text(said, "authorisationReversalId")
	second := s.settled(id, "150")
	refund := post("/merchant/CUST-7/transaction/"+first+"/refund", `{"amount":{"value":60.5,"currencyCode":"GBP"},"description":"Scratched"}`)
	s.text(s.ask(201, refund), "refundTransactionId")

	want := []string{"authorize 640.00", "capture 400.00", "cancel 90.00", "capture 150.00", "refund 60.50"}
	if diff := cmp.Diff(want, s.movements()); diff != "" {
		t.Error(diff)
	}
	if first == second {
		t.Error("two settlements share a transactionId")
	}
	row := lender.Order{
		Lender: "spendoption", ID: id, Reference: "GW-10077", Status: "PART_REFUNDED", Currency: "GBP",
		Amount: "640.00", Captured: "550.00", Refunded: "60.50", Canceled: "90.00",
	}
	if diff := cmp.Diff([]lender.Order{row}, s.lender.Orders()); diff != "" {
		t.Error(diff)
	}
}

func TestTheBookTellsWhoseMovementItWas(t *testing.T) {
	s := open(t, settings())
	key := "7B6E1C0A-2C5E-5C3C-9C3B-1B0E6B0B8A77"
	said := s.ask(201, post(authorisation, purchase("20", "GW-1"), "idempotency-key", key))
	want := []lender.Effect{{
		Lender: "spendoption", Order: s.text(said, "authorisationId"), Reference: "GW-1", Key: key,
		Kind: "authorize", Currency: "GBP", At: s.now,
	}}
	got := s.lender.Book().Effects()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(lender.Effect{}, "Amount")); diff != "" {
		t.Error(diff)
	}
}

func TestTheOrderListFollowsTheSums(t *testing.T) {
	s := open(t, settings())
	id := s.authorized("100", "GW-1")
	path := authorisation + "/" + id
	var transaction string
	steps := []struct {
		name, want string
		do         func()
	}{
		{"after the authorisation", "AUTHORISED", func() {}},
		{"after a part is reversed", "PART_REVERSED", func() { s.ask(201, post(path+"/reverse", pounds("10"))) }},
		{"after a part is settled", "PART_SETTLED", func() { transaction = s.settled(id, "50") }},
		{"after the rest is settled", "SETTLED", func() { s.settled(id, "40") }},
		{"after a part is refunded", "PART_REFUNDED", func() {
			s.ask(201, post("/merchant/CUST-7/transaction/"+transaction+"/refund", pounds("50")))
		}},
		{"after a second order is reversed in full", "REVERSED", func() {
			other := s.authorized("5", "GW-2")
			s.ask(201, post(authorisation+"/"+other+"/reverse", pounds("5")))
		}},
		{"after a third is settled and refunded in full", "REFUNDED", func() {
			paid := s.settled(s.authorized("5", "GW-3"), "5")
			s.ask(201, post("/merchant/CUST-7/transaction/"+paid+"/refund", pounds("5")))
		}},
		{"after a decline", "DECLINED", func() { s.ask(201, post(authorisation, purchase("7.13", "GW-4"))) }},
	}
	for _, step := range steps {
		step.do()
		if got := s.status(); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

func TestADeclineIsA201ThatMovesNothing(t *testing.T) {
	s := open(t, settings())
	said := s.ask(201, post(authorisation, purchase("640.13", "GW-1")))
	want := map[string]any{"authorisationId": nil, "result": "Declined", "declineReason": "Credit limit"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
	if moved := s.movements(); len(moved) > 0 {
		t.Errorf("moved %v", moved)
	}
}

func TestApprovalCarriesAResultAndAHarmlessReason(t *testing.T) {
	s := open(t, settings())
	said := s.ask(201, post(authorisation, purchase("640", "GW-1")))
	s.text(said, "authorisationId")
	delete(said, "authorisationId")
	if diff := cmp.Diff(map[string]any{"result": "Authorised", "declineReason": "None"}, said); diff != "" {
		t.Error(diff)
	}
}

func TestStaffReleaseOfAHoldIsBookedAndClosesIt(t *testing.T) {
	s := open(t, settings())
	id := s.authorized("80", "GW-1")
	s.settled(id, "30")
	if err := s.act("release", "GW-1"); err != nil {
		t.Fatal(err)
	}
	s.ask(409, post(authorisation+"/"+id+"/settle", pounds("1")))
	if diff := cmp.Diff([]string{"authorize 80.00", "capture 30.00", "cancel 50.00"}, s.movements()); diff != "" {
		t.Error(diff)
	}
	if err := s.act("release", id); err == nil {
		t.Error("a closed hold was released again")
	}
}

func TestOperationNamesTheRequestInCanonicalWords(t *testing.T) {
	tests := []struct {
		name              string
		request           lender.Request
		operation, amount string
	}{
		{"options for a product", get("/merchant/spend-options", "promoOnly=true&basketAmount=640.21"), "offers", "640.21"},
		{"options for a customer", get("/merchant/C/spend-options", ""), "offers", ""},
		{"initiate", post("/merchant/C/initiate", purchase("1.22", "x")), "authenticate", "1.22"},
		{"authorisation", post("/merchant/C/authorisation", purchase("640.00", "x")), "authorize", "640.00"},
		{"settle", post("/merchant/C/authorisation/1/settle", pounds("400")), "capture", "400"},
		{"reverse", post("/merchant/C/authorisation/1/reverse", pounds("9.5")), "cancel", "9.5"},
		{"refund", post("/merchant/C/transaction/1/refund", pounds("60.31")), "refund", "60.31"},
		{"an amount that would not fit in memory", post("/merchant/C/transaction/1/refund", pounds("1e999999999")), "refund", ""},
		{"a body that is no JSON", post("/merchant/C/transaction/1/refund", "{"), "refund", ""},
		{"a path nobody knows", post("/merchant", ""), "read", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			operation, amount := spendoption.New(settings()).Operation(test.request)
			if operation != test.operation || amount != test.amount {
				t.Errorf("got %q %q, want %q %q", operation, amount, test.operation, test.amount)
			}
		})
	}
}

func TestReadsChangeNothingThatAReplayNeeds(t *testing.T) {
	run := func(reading bool) (replies []string) {
		s := open(t, settings())
		for _, body := range []string{purchase("10", "a"), purchase("20.14", "b"), purchase("30", "c"), "nonsense"} {
			if reading {
				s.ask(200, get("/merchant/CUST-7/spend-options", "basketAmount=640"))
				s.ask(400, get("/merchant/CUST-7/spend-options", ""))
			}
			replies = append(replies, string(s.lender.Serve(s.now, post(authorisation, body)).Body))
		}
		return replies
	}
	if diff := cmp.Diff(run(true), run(false)); diff != "" {
		t.Error(diff)
	}
}
