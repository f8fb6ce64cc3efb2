package ecster_test

import (
	"testing"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/canonical"
)

func capture(amount string) canonical.Command {
	return canonical.Command{Kind: canonical.OpCapture, Amount: kronor(amount)}
}

func refund(d *desk, capture int, amount string) canonical.Command {
	return canonical.Command{Kind: canonical.OpRefund, Amount: kronor(amount), Capture: &d.order.Captures[capture]}
}

func TestAnInvoiceWithItsFeeIsCapturedAndRefundedInParts(t *testing.T) {
	d := open(t, "300.00")
	d.order.Lines = []canonical.Line{{Name: "Lamp", Quantity: kronor("3").Value, UnitAmount: kronor("100.00").Value, TaxRate: ptr(kronor("25").Value)}}
	d.begin("complete_with_fee")
	if got := d.order.Totals; got.Authorized.String() != "329.00" || got.LenderFees.String() != "29.00" {
		t.Fatalf("authorized %s with fees %s", got.Authorized, got.LenderFees)
	}
	d.do(capture("100.00"))
	d.agree(canonical.StatusPartiallyCaptured)
	d.do(capture("229.00")) // all that is left: goods and fee
	d.agree(canonical.StatusCaptured)
	d.do(refund(d, 0, "100.00"))
	d.do(refund(d, 1, "50.50"))
	d.agree(canonical.StatusPartiallyRefunded)
	d.do(refund(d, 1, "178.50"))
	d.agree(canonical.StatusRefunded)
}

func exactly(t *testing.T, text string) canonical.Amount {
	t.Helper()
	amount, err := canonical.ParseAmount(text)
	if err != nil {
		t.Fatal(err)
	}
	return amount
}

func ptr[T any](v T) *T { return &v }

func TestTheWholeOrderIsCapturedWithItsLines(t *testing.T) {
	d := open(t, "86.67")
	line := func(kind, quantity, unit string) canonical.Line {
		return canonical.Line{Kind: kind, Name: "Row " + unit, Quantity: exactly(t, quantity), UnitAmount: exactly(t, unit)}
	}
	d.order.Lines = []canonical.Line{line("", "3", "33.333"), line("", "0.333", "10.01"), line("discount", "1", "20.00"), line("shipping", "1", "3.34")}
	d.begin("complete")
	d.do(capture("86.67"))
	d.agree(canonical.StatusCaptured)
}

func TestAFinalCaptureLetsTheRestGo(t *testing.T) {
	d := open(t, "300.00")
	d.begin("complete")
	final := capture("120.00")
	final.Final = true
	d.do(final)
	d.agree(canonical.StatusCaptured)
	if got := d.order.Totals.Canceled.String(); got != "180.00" {
		t.Errorf("canceled %s, want 180.00", got)
	}
}

func TestAnOrderIsAnnulledWhole(t *testing.T) {
	d := open(t, "300.00")
	d.begin("complete")
	d.do(canonical.Command{Kind: canonical.OpCancel, Amount: kronor("300.00")})
	d.agree(canonical.StatusCanceled)
}

func TestASwishOrderIsChargedAtOnceAndRefundedLater(t *testing.T) {
	d := open(t, "300.00")
	d.begin("complete_swish")
	d.agree(canonical.StatusCaptured)
	outcome := d.do(refund(d, 0, "80.00"))
	if outcome.State != canonical.Waiting {
		t.Fatalf("refund is %s, want pending", outcome.State)
	}
	attempt := canonical.Attempt{ID: "att_2", Kind: canonical.OpRefund, Amount: ptr(kronor("80.00")), State: canonical.Waiting}
	report := d.read(canonical.Query{Read: "sync", Attempt: &attempt})
	if got := canonical.Judge(d.order.Position(), attempt, *report.Sighting); got != canonical.Found {
		t.Fatalf("the refund is judged %s", got)
	}
	d.book(refund(d, 0, "80.00"), "")
	d.agree(canonical.StatusPartiallyRefunded)
}

func TestALostReplyIsFoundByItsReference(t *testing.T) {
	for _, row := range []struct {
		name, fault string
		want        canonical.Finding
	}{
		{"the lender acted and its answer was lost", "lose_reply", canonical.Found},
		{"the lender never saw the request", "lose_request", canonical.Absent},
		{"the lender acted and answered with an error", "error_after", canonical.Found},
		{"the lender acted and answered with garbage", "garbage", canonical.Found},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := open(t, "300.00")
			d.begin("complete")
			if err := d.world.SetFault(sandbox.Fault{Lender: "ecster", Operation: "capture", Fault: row.fault}); err != nil {
				t.Fatal(err)
			}
			if got := d.do(capture("100.00")); got.State != canonical.Doubtful {
				t.Fatalf("capture is %s, want in doubt", got.State)
			}
			attempt := canonical.Attempt{ID: "att_2", Kind: canonical.OpCapture, Amount: ptr(kronor("100.00")), Reference: "att_2"}
			report := d.read(canonical.Query{Read: "find", Attempt: &attempt})
			if report.Finding != row.want {
				t.Errorf("find says %s, want %s", report.Finding, row.want)
			}
		})
	}
}

func TestEveryWordTheSimulatedLenderSaysIsKnown(t *testing.T) {
	for _, row := range []struct {
		customer string
		want     canonical.Status
	}{
		{"await_payment", canonical.StatusPending}, {"await_decision", canonical.StatusPending}, {"await_processing", canonical.StatusPending},
		{"await_staff", canonical.StatusPending}, {"await_signature", canonical.StatusApproved}, {"complete_card", canonical.StatusAuthorized},
		{"complete_part_payment", canonical.StatusAuthorized}, {"deny", canonical.StatusDeclined}, {"leave", canonical.StatusCanceled},
	} {
		t.Run(row.customer, func(t *testing.T) {
			d := open(t, "300.00")
			d.begin(row.customer)
			d.agree(row.want)
		})
	}
}

func TestACartThatNobodyFinishedIsAbsent(t *testing.T) {
	d := open(t, "300.00")
	d.do(canonical.Command{Kind: canonical.OpCreate, Amount: d.order.Amount, Reference: number})
	if got := d.read(canonical.Query{Read: "sync"}).Finding; got != canonical.Absent {
		t.Errorf("sync says %s, want absent", got)
	}
}

func TestTheReferenceIsChanged(t *testing.T) {
	d := open(t, "300.00")
	d.begin("complete")
	const renamed = "S-2000-7ZK3M9QX"
	d.do(canonical.Command{Kind: canonical.OpUpdate, Amount: d.order.Amount, Reference: renamed, Change: &canonical.Change{Reference: ptr("S-2000")}})
	if got := d.read(canonical.Query{Read: "sync"}).Sighting.Reference; got != renamed {
		t.Errorf("the lender calls the order %s, want %s", got, renamed)
	}
}

func TestTheLendersNotificationsVerifyAndNameTheOrder(t *testing.T) {
	d := open(t, "300.00")
	d.begin("complete")
	d.do(capture("100.00"))
	d.do(capture("50.00"))
	var events []string
	ids := map[string]bool{}
	for _, sent := range d.notices {
		const secret = "path-4e8b6f25"
		if want := "https://gateway.test/notifications/ecster-se/" + secret; sent.URL != want {
			t.Errorf("sent to %s, want %s", sent.URL, want)
		}
		notice, err := d.client.Notice(canonical.Message{Secret: secret, Header: sent.Header, Body: sent.Body, At: noon})
		if err != nil || notice.ProviderID != d.order.ProviderOrder.ID {
			t.Errorf("a notification about %q: %v", notice.ProviderID, err)
		}
		events, ids[notice.ID] = append(events, notice.Event), true
	}
	if len(events) != 3 || len(ids) != 3 {
		t.Errorf("events %q with %d different ids, want 3 of each", events, len(ids))
	}
}
