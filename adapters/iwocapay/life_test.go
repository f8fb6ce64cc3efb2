package iwocapay_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/sandbox"
	simulated "github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

var variants = []struct {
	name     string
	values   adapters.Values
	settings simulated.Settings
}{
	{"documented paths", with(), simulated.Settings{}},
	{"newer paths, every reply signed", with("api_style", "iwocapay", "verify_response_hmac", "required"), simulated.Settings{}},
}

func TestAnOrderLivesAsTheLendersBooksSay(t *testing.T) {
	lives := []struct{ name, acts, statuses string }{
		{"the buyer pays later", "begin, approve, complete", "pending, approved, captured"},
		{"the buyer pays at once", "begin, complete_pay_now", "pending, captured"},
		{"the steps between were never seen", "complete", "captured"},
		{"the buyer is turned down", "begin, decline", "pending, declined"},
		{"the buyer leaves", "begin, leave", "pending, pending"},
	}
	for _, variant := range variants {
		for _, life := range lives {
			t.Run(variant.name+", "+life.name, func(t *testing.T) {
				d := open(t, variant.values, variant.settings)
				d.create()
				statuses := strings.Split(life.statuses, ", ")
				for i, act := range strings.Split(life.acts, ", ") {
					d.act(act)
					d.absorb(d.read().Sighting)
					if string(d.order.Status) != statuses[i] {
						t.Errorf("after %s the order is %s, want %s", act, d.order.Status, statuses[i])
					}
				}
				d.agree()
			})
		}
	}
}

// agree holds our books against the lender's.
func (d *desk) agree() {
	d.Helper()
	var book lender.Book
	for _, e := range d.world.Effects("iwocapay") {
		book.Enter(e)
	}
	paid := book.Sum(d.order.ProviderOrder.ID, "capture")
	if !d.order.Totals.Captured.Decimal().Equal(paid) || !d.order.Totals.Authorized.Decimal().Equal(paid) {
		d.Errorf("we have %s captured of %s, the lender paid %s", d.order.Totals.Captured, d.order.Totals.Authorized, paid)
	}
}

func TestACancelEndsTheOrder(t *testing.T) {
	for _, variant := range variants {
		for _, forgets := range []bool{false, true} {
			t.Run(variant.name, func(t *testing.T) {
				settings := variant.settings
				settings.ForgetCanceled = forgets
				d := open(t, variant.values, settings)
				d.create()
				outcome, err := d.send(canonical.OpCancel)
				if err != nil || outcome.State != canonical.Succeeded {
					t.Fatalf("%s %v", outcome.State, err)
				}
				want := canonical.Found
				if forgets {
					want = canonical.Absent
				}
				if report := d.read(); report.Finding != want {
					t.Errorf("a canceled order is %s, want %s", report.Finding, want)
				}
				if again, err := d.send(canonical.OpCancel); err != nil || again.State != canonical.Doubtful || !again.ReadBack {
					t.Errorf("a second cancel: %+v %v, want to be told to read", again, err)
				}
			})
		}
	}
}

func TestACancelThatComesTooLateIsSettledByReading(t *testing.T) {
	d := open(t, with(), simulated.Settings{})
	d.create()
	d.act("complete")
	outcome, err := d.send(canonical.OpCancel)
	if err != nil || outcome.State != canonical.Doubtful || !outcome.ReadBack || outcome.Code != "terminal_state" {
		t.Fatalf("%+v %v", outcome, err)
	}
	d.absorb(d.read().Sighting)
	if d.order.Status != canonical.StatusCaptured {
		t.Errorf("the order is %s", d.order.Status)
	}
	d.agree()
}

func TestALostCancelIsFoundByReading(t *testing.T) {
	for fault, want := range map[string]canonical.Finding{"lose_reply": canonical.Found, "lose_request": canonical.Absent} {
		t.Run(fault, func(t *testing.T) {
			d := open(t, with(), simulated.Settings{})
			d.create()
			d.fault("cancel", fault)
			if outcome, err := d.send(canonical.OpCancel); err != nil || outcome.State != canonical.Doubtful || outcome.Sends != 1 {
				t.Fatalf("%+v %v", outcome, err)
			}
			attempt := canonical.Attempt{Kind: canonical.OpCancel, Amount: &d.order.Amount}
			if got := canonical.Judge(d.order.Position(), attempt, *d.read().Sighting); got != want {
				t.Errorf("the order as read says %s, want %s", got, want)
			}
		})
	}
}

func (d *desk) fault(operation, fault string) {
	d.Helper()
	if err := d.world.SetFault(sandbox.Fault{Lender: "iwocapay", Operation: operation, Fault: fault}); err != nil {
		d.Fatal(err)
	}
}

func TestACreateWhoseReplyWasLostIsSentAgain(t *testing.T) {
	d := open(t, with(), simulated.Settings{})
	d.fault("create", "lose_reply")
	if _, err := d.send(canonical.OpCreate); canonical.KindOf(err) != canonical.ProviderUnavailable {
		t.Fatalf("got %v, want an error: a create owes nothing", err)
	}
	d.create()
	if orders := d.world.Orders("iwocapay"); len(orders) != 2 || orders[1].ID != d.order.ProviderOrder.ID {
		t.Errorf("the lender has %+v, ours is %s", orders, d.order.ProviderOrder.ID)
	}
	if effects := d.world.Effects("iwocapay"); len(effects) > 0 {
		t.Errorf("two creates moved %+v", effects)
	}
}

func TestEveryNotificationOfTheLenderIsTaken(t *testing.T) {
	d := open(t, with(), simulated.Settings{})
	d.create()
	d.act("complete")
	heard := d.heard()
	if len(heard) != 4 {
		t.Fatalf("%d notifications, want one for each status", len(heard))
	}
	seen := map[string]bool{}
	for _, n := range heard {
		notice, err := d.client.Notice(canonical.Message{Header: n.Header, Body: n.Body})
		if err != nil || notice.ProviderID != d.order.ProviderOrder.ID || notice.Reference != "INV-2207-1" || seen[notice.ID] {
			t.Errorf("notice %+v %v", notice, err)
		}
		if n.URL != "https://gateway.example/notifications/iwoca-uk" {
			t.Errorf("sent to %s", n.URL)
		}
		seen[notice.ID] = true
	}
}

func TestNotificationsOfTheOlderDialectAreTaken(t *testing.T) {
	d := open(t, with("webhook_dialect", "legacy"), simulated.Settings{LegacyWebhooks: true})
	d.create()
	heard := d.heard()[0]
	notice, err := d.client.Notice(canonical.Message{Header: heard.Header, Body: heard.Body})
	if err != nil || notice.ProviderID != "" || notice.Reference != "INV-2207-1" {
		t.Errorf("notice %+v %v", notice, err)
	}
}

func TestTheProbeTellsWhetherTheCredentialsAreTaken(t *testing.T) {
	tests := []struct {
		name   string
		values adapters.Values
		want   canonical.Kind
	}{
		{"ours", with(), ""},
		{"another token", with("seller_token", "other"), canonical.ProviderMisconfigured},
		{"another supplier", with("supplier_id", "00000000-0000-4000-a000-000000000000"), canonical.ProviderMisconfigured},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, tt.values, simulated.Settings{})
			_, err := d.client.Read(t.Context(), canonical.Query{Read: "probe"})
			if (tt.want == "") != (err == nil) || (err != nil && canonical.KindOf(err) != tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestWrongCredentialsAreMisconfiguredForEveryCall(t *testing.T) {
	wrong := func() *desk { // each finds out for itself: refused credentials are not used again
		d := open(t, with("seller_token", "other"), simulated.Settings{})
		d.order.ProviderOrder.ID = "5b8e2f1c-7a4d-4e39-b6c0-2d9f8a1e3c47"
		return d
	}
	for _, kind := range []canonical.OperationKind{canonical.OpCreate, canonical.OpCancel} {
		if _, err := wrong().send(kind); canonical.KindOf(err) != canonical.ProviderMisconfigured {
			t.Errorf("%s: %v", kind, err)
		}
	}
	d := wrong()
	if _, err := d.client.Read(t.Context(), canonical.Query{Read: "sync", Order: d.order}); canonical.KindOf(err) != canonical.ProviderMisconfigured {
		t.Errorf("sync: %v", err)
	}
}
