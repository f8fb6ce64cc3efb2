package cryptopay_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/canonical"
)

// A lost charge is settled by the same bytes, signed anew; there is one order in the end.
func TestALostChargeIsSettledByRepeatingIt(t *testing.T) {
	for _, lost := range []string{"lose_reply", "error_after", "garbage", "lose_request", "error_before"} {
		t.Run(lost, func(t *testing.T) {
			s := open(t, nil, simulated.Settings{}, "125.40")
			s.fault("create", lost)
			if outcome, err := s.ask(canonical.OpCreate, "", nil); err != nil || outcome.State != canonical.Doubtful {
				t.Fatalf("%+v, %v", outcome, err)
			}
			if outcome, err := s.send(true); err != nil || outcome.State != canonical.Succeeded || outcome.Alarm != "" {
				t.Fatalf("repeat: %+v, %v", outcome, err)
			}
			s.stands(canonical.StatusCreated)
			if n := len(s.world.Orders("cryptopay")); n != 1 {
				t.Errorf("%d orders", n)
			}
		})
	}
}

func (s *shop) fault(operation, fault string) {
	s.t.Helper()
	if err := s.world.SetFault(sandbox.Fault{Lender: "cryptopay", Operation: operation, Fault: fault}); err != nil {
		s.t.Fatal(err)
	}
}

// Nobody but us can have made an order under a reference of ours.
func TestAFirstChargeThatExistedIsInDoubt(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	s.order = s.fresh("GW-7f31-abcdefgh", "125.40")
	outcome, err := s.ask(canonical.OpCreate, "", nil)
	if err != nil || outcome.State != canonical.Doubtful || outcome.Alarm != "the lender says that it had charge before it was first sent" || outcome.Sighting != nil {
		t.Errorf("%+v, %v", outcome, err)
	}
}

func TestAReferenceWithOtherDataIsInDoubt(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	s.order = s.fresh("GW-7f31-abcdefgh", "125.42")
	if outcome, err := s.ask(canonical.OpCreate, "", nil); err != nil || outcome.State != canonical.Doubtful || outcome.Code != "conflict" {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// A refund has no key: the total says whether it happened.
func TestALostRefundIsSettledByTheTotal(t *testing.T) {
	for lost, want := range map[string]canonical.Finding{
		"lose_reply": canonical.Found, "error_after": canonical.Found, "garbage": canonical.Found,
		"lose_request": canonical.Absent, "throttled": canonical.Absent,
	} {
		t.Run(lost, func(t *testing.T) {
			s := open(t, nil, simulated.Settings{}, "125.40")
			s.must(canonical.OpCreate, "", nil)
			s.act("pay", "")
			s.syncs(canonical.StatusCaptured)
			s.must(canonical.OpRefund, "10", nil)
			s.fault("refund", lost)
			if outcome, err := s.ask(canonical.OpRefund, "25.40", nil); err != nil || outcome.State != canonical.Doubtful {
				t.Fatalf("%+v, %v", outcome, err)
			}
			attempt := canonical.Attempt{Kind: canonical.OpRefund, Amount: &s.cmd.Amount}
			report := s.read("sync", func(q *canonical.Query) { q.Attempt = &attempt })
			if got := canonical.Judge(s.order.Position(), attempt, *report.Sighting); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if found := s.read("find", func(q *canonical.Query) { q.Attempt = &attempt }); found.Finding != canonical.Mute {
				t.Errorf("find: %+v", found)
			}
		})
	}
}

func TestAThrottledChargeIsNotInDoubt(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.fault("create", "throttled")
	if _, err := s.ask(canonical.OpCreate, "", nil); canonical.KindOf(err) != canonical.ProviderBusy {
		t.Errorf("%v", err)
	}
}

// Two pages of 200 stand before the order looked for.
func TestAnOrderIsFoundByItsReference(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.must(canonical.OpCreate, "", nil)
	wanted := s.order
	for i := range 401 {
		s.order = s.fresh(fmt.Sprintf("GW-%d-abcdefgh", i), "10")
		s.must(canonical.OpCreate, "", nil)
	}
	s.order = wanted
	s.order.ProviderOrder.ID = ""
	for _, read := range []string{"find", "sync"} {
		report := s.read(read, nil)
		if report.Finding != canonical.Found || report.Sighting.ID != wanted.ProviderOrder.ID || report.Sighting.Phase != canonical.Created {
			t.Errorf("%s: %+v", read, report)
		}
	}
	s.order.ProviderOrder.Reference = "GW-none-abcdefgh"
	if report := s.read("find", nil); report.Finding != canonical.Absent {
		t.Errorf("what is not there: %+v", report)
	}
}

func TestOrdersAreListedByStatusPageByPage(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	for i := range 5 {
		s.order = s.fresh(fmt.Sprintf("GW-%d-abcdefgh", i), "10")
		s.must(canonical.OpCreate, "", nil)
		if i != 2 {
			s.act("pay", "")
		}
	}
	var references []string
	cursor := ""
	for range 3 {
		report := s.read("list", func(q *canonical.Query) { q.Status, q.Limit, q.Cursor = "captured", 3, cursor })
		for _, seen := range report.Orders {
			references = append(references, seen.Reference+" "+seen.Captured.String())
		}
		if cursor = report.Cursor; cursor == "" {
			break
		}
	}
	want := []string{"GW-4-abcdefgh 10.000000", "GW-3-abcdefgh 10.000000", "GW-1-abcdefgh 10.000000", "GW-0-abcdefgh 10.000000"}
	if diff := cmp.Diff(want, references); diff != "" {
		t.Error(diff)
	}
}

func TestTheProcessorCanBeProbed(t *testing.T) {
	s := open(t, nil, simulated.Settings{}, "125.40")
	s.read("probe", nil)
	s.read("probe", nil) // in the same second: signed anew
}

func TestTheSimulatorsNotificationsAreUnderstood(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		t.Run(fmt.Sprintf("encrypted %t", sealed), func(t *testing.T) {
			s := open(t, nil, simulated.Settings{EncryptWebhooks: sealed}, "125.40")
			s.must(canonical.OpCreate, "", nil)
			s.act("pay", "")
			s.act("refund", "25.40")
			s.act("refund", "10")
			var got []canonical.Notice
			for _, n := range s.notices {
				notice, err := s.client.Notice(canonical.Message{Header: n.Header, Body: n.Body, At: s.now})
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, notice)
			}
			id := s.order.ProviderOrder.ID
			notice := func(event, refunded string) canonical.Notice {
				return canonical.Notice{ID: event + "|" + id + "|" + refunded, ProviderID: id, Reference: "GW-7f31-abcdefgh", Event: event}
			}
			want := []canonical.Notice{
				notice("payment.succeeded", ""), notice("settlement.completed", ""),
				notice("payment.refunded", "25.40"), notice("payment.refunded", "35.40"),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
