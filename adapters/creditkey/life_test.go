package creditkey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/canonical"
)

func TestAnOrderLivesAsTheLendersBooksSay(t *testing.T) {
	lives := []struct {
		name, steps, status, word string
	}{
		{"captured and refunded in parts to the end", "create 250.00, authorize, capture, refund 50.00, refund 25.50, refund", "refunded", "RETURNED"},
		{"captured and partly refunded", "create 250.00, authorize, capture, refund 0.01", "partially_refunded", "CAPTURED"},
		{"refunded at once", "create 250.00, authorize, capture, refund", "refunded", "RETURNED"},
		{"repriced before anything is reserved", "create 250.00, update 310.00, authorize, capture", "captured", "CAPTURED"},
		{"lowered to what is delivered, then captured", "create 250.00, authorize, update 100.00, capture", "captured", "CAPTURED"},
		{"canceled in part, the rest captured", "create 250.00, authorize, cancel 40.00, cancel 10.00, capture", "captured", "CAPTURED"},
		{"canceled in part, then the rest", "create 250.00, authorize, cancel 40.00, cancel", "canceled", "CANCELED"},
		{"canceled before it is authorized", "create 250.00, cancel", "canceled", "CANCELED"},
	}
	variants := []struct {
		name     string
		values   adapters.Values
		settings simulated.Settings
	}{
		{"first generation", with(), simulated.Settings{}},
		{"no prefix, refund by POST", with("path_prefix", "", "refund_method", "POST"), simulated.Settings{Prefix: "/", RefundMethod: "POST"}},
		{"second generation", with("path_prefix", "/v2"), simulated.Settings{Prefix: "/v2"}},
		{"with the look-up", with("reference_lookup", "ecomm", "public_key", "pk", "shared_secret", "hush"), simulated.Settings{PublicKey: "pk", SharedSecret: "hush"}},
	}
	for _, variant := range variants {
		for _, life := range lives {
			t.Run(variant.name+", "+life.name, func(t *testing.T) {
				d := open(t, variant.values, variant.settings)
				for _, step := range strings.Split(life.steps, ", ") {
					d.do(step)
					d.sync()
				}
				if string(d.order.Status) != life.status || d.order.ProviderOrder.Status != life.word {
					t.Errorf("the order is %s (%s), want %s (%s)", d.order.Status, d.order.ProviderOrder.Status, life.status, life.word)
				}
			})
		}
	}
}

func TestADeclinedAuthorizationLeavesTheOrderAsItWas(t *testing.T) {
	d := open(t, with(), simulated.Settings{})
	d.do("create 250.13")
	outcome, err := d.send(d.command("authorize"))
	if err != nil || outcome.State != canonical.Declined || outcome.Sighting != nil {
		t.Fatalf("got %+v %v", outcome, err)
	}
	if outcome.Code != "EXCEEDS_AVAILABLE_CREDIT" || outcome.Reason != "credit_limit_exceeded" {
		t.Errorf("declined for %s (%s)", outcome.Reason, outcome.Code)
	}
	if seen := d.sync(); seen.Phase != canonical.Created {
		t.Errorf("the order is %s afterwards", seen.Phase)
	}
	d.do("update 250.00", "authorize")
	d.sync()
}

func TestALostReplyIsSettledByReading(t *testing.T) {
	tests := []struct {
		name, before, step, operation string
		notDone                       canonical.Finding
	}{
		{"authorize", "create 80.00", "authorize", "authorize", canonical.Absent},
		{"capture", "create 80.00, authorize", "capture", "capture", canonical.Absent},
		{"cancel of an order", "create 80.00", "cancel", "cancel", canonical.Absent},
		{"cancel of an authorization", "create 80.00, authorize", "cancel", "cancel", canonical.Absent},
		{"cancel of a part", "create 80.00, authorize", "cancel 30.00", "update", canonical.Absent},
		// Only RETURNED says something of refunds: that CAPTURED proves there was none is assumed nowhere.
		{"refund of all", "create 80.00, authorize, capture, refund 30.00", "refund", "refund", canonical.Mute},
	}
	faults := []struct {
		fault string
		done  bool
	}{{"lose_reply", true}, {"error_after", true}, {"garbage", true}, {"lose_request", false}, {"error_before", false}}
	for _, tt := range tests {
		for _, f := range faults {
			t.Run(tt.name+", "+f.fault, func(t *testing.T) {
				d := open(t, with(), simulated.Settings{})
				d.do(strings.Split(tt.before, ", ")...)
				d.fault(tt.operation, f.fault)
				cmd := d.command(tt.step)
				d.doubtful(cmd)
				report, err := d.client.Read(t.Context(), canonical.Query{Read: "sync", Order: d.order})
				if err != nil {
					t.Fatal(err)
				}
				attempt := canonical.Attempt{Kind: cmd.Kind, Amount: &cmd.Amount}
				want := tt.notDone
				if f.done {
					want = canonical.Found
				}
				if got := canonical.Judge(d.order.Position(), attempt, *report.Sighting); got != want {
					t.Errorf("the order as read says %s, want %s", got, want)
				}
			})
		}
	}
}

func (d *desk) fault(operation, fault string) {
	d.Helper()
	if err := d.world.SetFault(sandbox.Fault{Lender: "creditkey", Operation: operation, Fault: fault}); err != nil {
		d.Fatal(err)
	}
}

// doubtful sends what must end in doubt, after one request.
func (d *desk) doubtful(cmd canonical.Command) {
	d.Helper()
	outcome, err := d.send(cmd)
	if err != nil || outcome.State != canonical.Doubtful || outcome.Sends != 1 {
		d.Fatalf("%s after %d sends, %v; want in_doubt after one", outcome.State, outcome.Sends, err)
	}
}

func TestALostChangeOfTheAmountIsSettledByReading(t *testing.T) {
	for fault, want := range map[string]canonical.Finding{"lose_reply": canonical.Found, "lose_request": canonical.Absent} {
		t.Run(fault, func(t *testing.T) {
			d := open(t, with(), simulated.Settings{})
			d.do("create 80.00", "authorize")
			d.fault("update", fault)
			cmd := d.command("update 60.00")
			d.doubtful(cmd)
			report, err := d.client.Read(t.Context(), canonical.Query{Read: "sync", Order: d.order})
			if err != nil {
				t.Fatal(err)
			}
			if got := canonical.JudgeChange(&d.order, *cmd.Change, cmd.Reference, *report.Sighting); got != want {
				t.Errorf("the order as read says %s, want %s", got, want)
			}
		})
	}
}

func TestALostCreateIsFoundByTheLookUp(t *testing.T) {
	for fault, want := range map[string]canonical.Finding{"lose_reply": canonical.Found, "lose_request": canonical.Absent} {
		t.Run(fault, func(t *testing.T) {
			d := open(t, with("reference_lookup", "ecomm", "public_key", "p&k", "shared_secret", "hush hush"), simulated.Settings{PublicKey: "p&k", SharedSecret: "hush hush"})
			d.order.Amount = canonical.MustMoney("80.00", "USD")
			d.fault("create", fault)
			d.doubtful(d.command("create 80.00"))
			attempt := &canonical.Attempt{Kind: canonical.OpCreate, Reference: "INV-7-00000001"}
			report, err := d.client.Read(t.Context(), canonical.Query{Read: "find", Order: d.order, Attempt: attempt})
			if err != nil || report.Finding != want {
				t.Fatalf("find says %s %v, want %s", report.Finding, err, want)
			}
			if want == canonical.Found && (report.Sighting.ID != d.world.Orders("creditkey")[0].ID || report.Sighting.Phase != canonical.Created) {
				t.Errorf("found %+v", report.Sighting)
			}
		})
	}
}

func TestALostCreateEndsWithItsNotification(t *testing.T) {
	d := open(t, with(), simulated.Settings{})
	d.fault("create", "lose_reply")
	d.doubtful(d.command("create 80.00"))
	heard := d.heard()
	if len(heard) != 1 {
		t.Fatalf("%d notifications", len(heard))
	}
	notice, err := d.client.Notice(canonical.Message{Header: heard[0].Header, Body: heard[0].Body})
	if err != nil || notice.Event != "order.created" || notice.Reference != "INV-7-00000001" {
		t.Fatalf("notice %+v %v", notice, err)
	}
	d.order.ProviderOrder.ID, d.order.Amount = notice.ProviderID, canonical.MustMoney("80.00", "USD")
	d.sync()
}

func TestARefundInThePartsOfAnotherIsSeenByTheLookUp(t *testing.T) {
	d := open(t, with("reference_lookup", "ecomm", "public_key", "pk", "shared_secret", "hush"), simulated.Settings{PublicKey: "pk", SharedSecret: "hush"})
	d.do("create 80.00", "authorize", "capture")
	d.fault("refund", "lose_reply")
	cmd := d.command("refund 30.00")
	d.doubtful(cmd)
	report, err := d.client.Read(t.Context(), canonical.Query{Read: "sync", Order: d.order})
	if err != nil {
		t.Fatal(err)
	}
	if got := canonical.Judge(d.order.Position(), canonical.Attempt{Kind: cmd.Kind, Amount: &cmd.Amount}, *report.Sighting); got != canonical.Found {
		t.Errorf("the order as read says %s", got)
	}
}

func TestAnExpiredTokenIsRenewedOnce(t *testing.T) {
	d := open(t, with(), simulated.Settings{TokenLife: time.Hour})
	d.do("create 80.00")
	d.now = d.now.Add(54 * time.Minute)
	d.do("authorize")
	d.now = d.now.Add(2 * time.Minute)
	d.do("capture")
	for _, a := range d.world.Arrivals("creditkey", "/auth/login") {
		if a.Count != 2 {
			t.Errorf("%d log-ins, want one at the start and one five minutes before the token's end", a.Count)
		}
	}
}

func TestAnOrderThatWasNotCapturedInTimeIsEnded(t *testing.T) {
	d := open(t, with(), simulated.Settings{})
	d.do("create 80.00", "authorize")
	deadline := d.order.Deadlines.AuthorizationExpiresAt
	if deadline == nil || !deadline.Equal(opening.AddDate(0, 0, 30)) {
		t.Fatalf("the authorization ends at %v", deadline)
	}
	d.now = *deadline
	report, err := d.client.Read(t.Context(), canonical.Query{Read: "sync", Order: d.order})
	if err != nil || report.Sighting.Word != "CANCELED" || report.Sighting.Phase != canonical.Ended {
		t.Errorf("read %+v %v", report.Sighting, err)
	}
}

func TestEveryNotificationOfTheLenderIsTaken(t *testing.T) {
	d := open(t, with(), simulated.Settings{})
	d.do("create 80.00", "authorize", "capture", "refund 30.00", "refund")
	heard := d.heard()
	if len(heard) != 4 {
		t.Fatalf("%d notifications, want one for each change of the order", len(heard))
	}
	seen := map[string]bool{}
	for _, n := range heard {
		notice, err := d.client.Notice(canonical.Message{Header: n.Header, Body: n.Body})
		if err != nil || notice.ProviderID != d.order.ProviderOrder.ID || seen[notice.ID] {
			t.Errorf("notice %+v %v", notice, err)
		}
		seen[notice.ID] = true
	}
}
