package iwocapay_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestOnlyTheCreateReplyNamesTheOrderURL(t *testing.T) {
	s := open(t, func(s *iwocapay.Settings) { s.CheckoutURL, s.SellerName = "https://pay.example", "Acme Tools Ltd" })
	created := s.send("POST", createPath,
		`{"data":{"amount":1480.50,"reference":"#1 & 2","allowed_payment_terms":["PAY_LATER"],"redirect_url":"https://shop.example/return?a=b"}}`)
	order := s.data(http.StatusCreated, created)
	id := order["id"].(string)
	url := order["order_url"].(string)
	if !strings.HasPrefix(url, "https://pay.example/pay/order/") || !strings.HasSuffix(url, "/landing/") {
		t.Errorf("order_url %s", url)
	}
	wantText(t, created.Body, `{"data":{"id":"`+id+`","amount":1480.5,"reference":"#1 & 2","order_url":"`+url+`","status":"CREATED","allowed_payment_terms":["PAY_LATER"]}}`)

	read := s.send("GET", older(id), "")
	link := s.data(http.StatusOK, read)["pay_link_id"].(string)
	wantText(t, read.Body, `{"data":{"id":"`+id+`","amount":1480.5,"reference":"#1 & 2","redirect_url":"https://shop.example/return?a=b&orderId=`+id+`",`+
		`"pricing":{"representative_interest":0.0,"promotions":[]},"pay_link_id":"`+link+`","seller_name":"Acme Tools Ltd","status":"CREATED","allowed_payment_terms":["PAY_LATER"]}}`)
	if link == id {
		t.Error("the pay link has the order's id")
	}
}

func TestAnOrderAllowsAllTermsUnlessItSaysOtherwise(t *testing.T) {
	s := open(t, nil)
	tests := []struct {
		name, terms string
		want        []any
	}{
		{"not said", ``, []any{"PAY_LATER", "PAY_NOW"}},
		{"both", `,"allowed_payment_terms":["PAY_NOW","PAY_LATER"]`, []any{"PAY_LATER", "PAY_NOW"}},
		{"one", `,"allowed_payment_terms":["PAY_NOW"]`, []any{"PAY_NOW"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := s.data(http.StatusCreated, s.send("POST", createPath, `{"data":{"amount":12000,"reference":"A"`+tt.terms+`}}`))
			if diff := cmp.Diff(tt.want, got["allowed_payment_terms"]); diff != "" {
				t.Errorf("terms (-want +got):\n%s", diff)
			}
		})
	}
	if body := s.send("POST", createPath, `{"data":{"amount":12000,"reference":"A"}}`).Body; !strings.Contains(string(body), `"amount":12000.0,`) {
		t.Errorf("whole pounds without a decimal: %s", body)
	}
}

func TestActsMoveAnOrderAlongTheArrows(t *testing.T) {
	both := `{"data":{"amount":100,"reference":"R"}}`
	declined := `{"data":{"amount":100.13,"reference":"R"}}`
	tests := []struct {
		name, body string
		acts       []string
		status     string
		passed     []string
	}{
		{"step by step", both, []string{"begin", "approve", "complete"}, "SUCCESSFUL", []string{"CREATED", "PENDING", "APPROVED", "SUCCESSFUL"}},
		{"all at once", both, []string{"complete"}, "SUCCESSFUL", []string{"CREATED", "PENDING", "APPROVED", "SUCCESSFUL"}},
		{"completing what is pending", both, []string{"begin", "complete"}, "SUCCESSFUL", []string{"CREATED", "PENDING", "APPROVED", "SUCCESSFUL"}},
		{"pay now", both, []string{"complete_pay_now"}, "SUCCESSFUL", []string{"CREATED", "PENDING", "SUCCESSFUL"}},
		{"pay now after beginning", both, []string{"begin", "complete_pay_now"}, "SUCCESSFUL", []string{"CREATED", "PENDING", "SUCCESSFUL"}},
		{"declined at once", both, []string{"decline"}, "UNSUCCESSFUL", []string{"CREATED", "UNSUCCESSFUL"}},
		{"declined when pending", both, []string{"begin", "decline"}, "UNSUCCESSFUL", []string{"CREATED", "PENDING", "UNSUCCESSFUL"}},
		{"declined after approval", both, []string{"begin", "approve", "decline"}, "UNSUCCESSFUL", []string{"CREATED", "PENDING", "APPROVED", "UNSUCCESSFUL"}},
		{"leaving changes nothing", both, []string{"leave", "begin", "leave", "approve", "leave"}, "APPROVED", []string{"CREATED", "PENDING", "APPROVED"}},
		{"no to .13 at approval", declined, []string{"begin", "approve"}, "UNSUCCESSFUL", []string{"CREATED", "PENDING", "UNSUCCESSFUL"}},
		{"no to .13 at payment", declined, []string{"complete_pay_now"}, "UNSUCCESSFUL", []string{"CREATED", "PENDING", "UNSUCCESSFUL"}},
		{"no to .13 at completion", declined, []string{"complete"}, "UNSUCCESSFUL", []string{"CREATED", "PENDING", "UNSUCCESSFUL"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, func(s *iwocapay.Settings) { s.LegacyWebhooks = true })
			id := s.order(tt.body)
			for _, do := range tt.acts {
				s.act(id, do)
			}
			s.wantStatus(id, tt.status)
			var passed []string
			for _, n := range s.lender.Notices(opening) {
				passed = append(passed, unwrap(t, n.Body)["status"].(string))
			}
			if diff := cmp.Diff(tt.passed, passed); diff != "" {
				t.Errorf("statuses passed (-want +got):\n%s", diff)
			}
			if tt.status == "SUCCESSFUL" {
				s.wantBook(id, "capture 100.00 R")
			} else {
				s.wantBook(id)
			}
		})
	}
}

func TestAnActThatDoesNotFitSaysWhatIsPossible(t *testing.T) {
	s := open(t, nil)
	id := s.order(sample)
	later := s.order(`{"data":{"amount":1,"reference":"L","allowed_payment_terms":["PAY_LATER"]}}`)
	now := s.order(`{"data":{"amount":1,"reference":"N","allowed_payment_terms":["PAY_NOW"]}}`)
	paid := s.order(sample)
	s.act(paid, "complete")
	tests := []struct {
		name string
		act  lender.Act
		want string
	}{
		{"an unknown order", lender.Act{Order: "x", Do: "begin"}, `iwocapay knows no order "x"`},
		{"no order", lender.Act{Do: "begin"}, `iwocapay knows no order ""`},
		{"an approval of nothing begun", lender.Act{Order: id, Do: "approve"}, `order ` + id + ` is CREATED: "approve" is not possible, only: begin, complete, complete_pay_now, decline, leave`},
		{"paying now where only later is allowed", lender.Act{Order: later, Do: "complete_pay_now"}, `order ` + later + ` is CREATED: "complete_pay_now" is not possible, only: begin, complete, decline, leave`},
		{"paying later where only now is allowed", lender.Act{Order: now, Do: "complete"}, `order ` + now + ` is CREATED: "complete" is not possible, only: begin, complete_pay_now, decline, leave`},
		{"leaving when all is over", lender.Act{Order: paid, Do: "leave"}, `order ` + paid + ` is SUCCESSFUL: "leave" is not possible, only: nothing`},
		{"an amount", lender.Act{Order: id, Do: "begin", Amount: "1"}, `begin order ` + id + `: takes no amount`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := s.lender.Act(opening, tt.act)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestAReferenceMeansTheNewestOrder(t *testing.T) {
	s := open(t, nil)
	first, second := s.order(sample), s.order(sample)
	s.act("INV-2207", "complete")
	s.wantStatus(first, "CREATED")
	s.wantStatus(second, "SUCCESSFUL")
	want := []lender.Order{
		{Lender: "iwocapay", ID: first, Reference: "INV-2207", Status: "CREATED", Currency: "GBP", Amount: "1480.50", Captured: "0.00", Refunded: "0.00", Canceled: "0.00"},
		{Lender: "iwocapay", ID: second, Reference: "INV-2207", Status: "SUCCESSFUL", Currency: "GBP", Amount: "1480.50", Captured: "1480.50", Refunded: "0.00", Canceled: "0.00"},
	}
	if diff := cmp.Diff(want, s.lender.Orders()); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
}

func TestAnOrderCanBeCanceledUntilItIsFinal(t *testing.T) {
	const terminal = "Can't cancel order of terminal state"
	tests := []struct {
		name    string
		acts    []string
		status  string
		refused bool
	}{
		{"created", nil, "UNSUCCESSFUL", false},
		{"pending", []string{"begin"}, "UNSUCCESSFUL", false},
		{"approved", []string{"begin", "approve"}, "UNSUCCESSFUL", false},
		{"successful", []string{"complete"}, "SUCCESSFUL", true},
		{"unsuccessful", []string{"decline"}, "UNSUCCESSFUL", true},
	}
	for _, tt := range tests {
		for _, style := range []func(string) string{older, newer} {
			t.Run(tt.name+" at "+style(""), func(t *testing.T) {
				s := open(t, nil)
				id := s.order(sample)
				for _, do := range tt.acts {
					s.act(id, do)
				}
				reply := s.send("DELETE", style(id), "")
				if tt.refused {
					wantRefused(t, reply, http.StatusBadRequest, terminal)
				} else if reply.Status != http.StatusNoContent || len(reply.Body) != 0 {
					t.Errorf("status %d, body %q", reply.Status, reply.Body)
				}
				s.wantStatus(id, tt.status)
				wantRefused(t, s.send("DELETE", style(id), ""), http.StatusBadRequest, terminal)
			})
		}
	}
}

func TestACanceledOrderMayBeForgotten(t *testing.T) {
	s := open(t, func(s *iwocapay.Settings) { s.ForgetCanceled = true })
	id, declined := s.order(sample), s.order(sample)
	s.act(declined, "decline")
	if got := s.send("DELETE", older(id), ""); got.Status != http.StatusNoContent {
		t.Errorf("status %d", got.Status)
	}
	wantRefused(t, s.send("GET", older(id), ""), http.StatusNotFound, "no such order")
	wantRefused(t, s.send("DELETE", older(id), ""), http.StatusNotFound, "no such order")
	s.wantStatus(declined, "UNSUCCESSFUL")
}

func TestTheSameInputsLeadToTheSameState(t *testing.T) {
	play := func(seed string) ([]lender.Order, []lender.Notice) {
		s := open(t, func(s *iwocapay.Settings) { s.Seed = seed })
		s.act(s.order(sample), "complete")
		s.order(sample)
		return s.lender.Orders(), s.lender.Notices(opening)
	}
	orders, notices := play("a")
	againOrders, againNotices := play("a")
	if diff := cmp.Diff(orders, againOrders); diff != "" {
		t.Errorf("orders differ:\n%s", diff)
	}
	if diff := cmp.Diff(notices, againNotices); diff != "" {
		t.Errorf("notices differ:\n%s", diff)
	}
	if others, _ := play("b"); others[0].ID == orders[0].ID {
		t.Errorf("another seed makes the same id %s", others[0].ID)
	}
}
