package cryptopay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestWhatPeopleDoMovesTheOrder(t *testing.T) {
	tests := []struct {
		name, amount string
		acts         []lender.Act
		want         string
		moved        []string
	}{
		{"a payment is seen", "100", []lender.Act{{Do: "seen"}}, "pending", nil},
		{"a payment is seen and confirmed", "100", []lender.Act{{Do: "seen"}, {Do: "confirmed"}}, "paid", []string{"capture 100 USDT"}},
		{"a payment at once", "100", []lender.Act{{Do: "pay"}}, "paid", []string{"capture 100 USDT"}},
		{"half is paid", "100", []lender.Act{{Do: "underpay"}}, "pending", nil},
		{"a part is paid, then the rest", "100", []lender.Act{{Do: "underpay", Amount: "99.999999"}, {Do: "pay"}}, "paid", []string{"capture 100 USDT"}},
		{"the customer leaves", "100", []lender.Act{{Do: "leave"}}, "canceled", nil},
		{"the payment fails", "100", []lender.Act{{Do: "seen"}, {Do: "fail"}}, "failed", nil},
		{"an amount that ends in .13", "100.13", []lender.Act{{Do: "pay"}}, "failed", nil},
		{"an amount that ends in .13, in two steps", "100.13", []lender.Act{{Do: "seen"}, {Do: "confirmed"}}, "failed", nil},
		{"staff refunds a part", "100", []lender.Act{{Do: "pay"}, {Do: "refund", Amount: "40"}}, "partially_refunded", []string{"capture 100 USDT", "refund 40 USDT"}},
		{"staff refunds the rest", "100", []lender.Act{{Do: "pay"}, {Do: "refund", Amount: "40"}, {Do: "refund"}}, "refunded", []string{"capture 100 USDT", "refund 40 USDT", "refund 60 USDT"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			id := s.charged("gw-1", test.amount, "mock")
			for _, a := range test.acts {
				a.Order = "gw-1"
				if err := s.lender.Act(s.now, a); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.status(id); got != test.want {
				t.Errorf("status %s, want %s", got, test.want)
			}
			if diff := cmp.Diff(test.moved, s.movements()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestActsThatDoNotFitSayWhatIsPossible(t *testing.T) {
	tests := []struct {
		name   string
		before []string
		act    lender.Act
		says   string
	}{
		{"an order nobody made", nil, lender.Act{Order: "gw-9", Do: "pay"}, "merchant_order_id"},
		{"an act nobody knows", nil, lender.Act{Order: "gw-1", Do: "complete"}, "created: seen, pay, underpay, leave, fail, resend"},
		{"a late payment in time", nil, lender.Act{Order: "gw-1", Do: "late_pay"}, "not possible"},
		{"a payment twice", []string{"pay"}, lender.Act{Order: "gw-1", Do: "pay"}, "paid: refund, resend"},
		{"leaving after paying", []string{"pay"}, lender.Act{Order: "gw-1", Do: "leave"}, "not possible"},
		{"a confirmation of too little", []string{"underpay"}, lender.Act{Order: "gw-1", Do: "confirmed"}, "only 50.00 of 100"},
		{"too little that is enough", nil, lender.Act{Order: "gw-1", Do: "underpay", Amount: "100"}, "less than is due"},
		{"an amount that is none", nil, lender.Act{Order: "gw-1", Do: "underpay", Amount: "half"}, "not a decimal"},
		{"a refund of a direct order", []string{"pay"}, lender.Act{Order: "gw-1", Do: "refund"}, "refund_unsupported"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, settings())
			s.charged("gw-1", "100", "usdt_trc20")
			for _, do := range test.before {
				s.act(do, "gw-1")
			}
			if err := s.lender.Act(s.now, test.act); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

func TestAnExpiredOrderCanOnlyBePaidLate(t *testing.T) {
	s := open(t, settings())
	id := s.charged("gw-1", "100", "usdt_trc20")
	s.now = s.now.Add(time.Hour)
	if err := s.lender.Act(s.now, lender.Act{Order: id, Do: "pay"}); err == nil || !strings.Contains(err.Error(), "expired: late_pay, resend") {
		t.Errorf("got %v", err)
	}
	s.act("late_pay", id)
	if diff := cmp.Diff([]string{"capture 100 USDT"}, s.movements()); diff != "" {
		t.Error(diff)
	}
}
