package workshop_test

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/workshop"
	"github.com/lendgate/lendgate/canonical"
)

func TestAWholeLifeIsTriedOneStepAfterAnother(t *testing.T) {
	lender := newAcme(t)
	var order *workshop.Saved
	for _, step := range []struct{ what, amount, golden, want string }{
		{"create", "100.00", "create_live", "pending authorized 0.00 captured 0.00 canceled 0.00 refunded 0.00"},
		{"sync", "", "", "authorized authorized 100.00 captured 0.00 canceled 0.00 refunded 0.00"},
		{"capture", "40.00", "capture_live", "partially_captured authorized 100.00 captured 40.00 canceled 0.00 refunded 0.00"},
		{"refund", "15.00", "", "partially_captured authorized 100.00 captured 40.00 canceled 0.00 refunded 15.00"},
		{"cancel", "", "", "partially_refunded authorized 100.00 captured 40.00 canceled 60.00 refunded 15.00"},
		{"sync", "", "sync_live", "partially_refunded authorized 100.00 captured 40.00 canceled 60.00 refunded 15.00"},
	} {
		one := lender.trial(t, step.what)
		one.Order, one.Amount = order, step.amount
		result := run(t, one)
		if result.Err != nil || len(result.Wrong) > 0 {
			t.Fatalf("%s: %v %q", step.what, result.Err, result.Wrong)
		}
		order = next(t, result)
		if got := amounts(&order.Order); got != step.want {
			t.Errorf("after %s the order is %s, want %s", step.what, got, step.want)
		}
		if step.golden != "" {
			golden(t, step.golden, shown(t, result, lender.URL))
		}
		if step.what == "create" {
			lender.approve()
		}
	}
	want := []string{"POST /v1/orders", "GET /v1/orders/ord-1", "POST /v1/orders/ord-1/captures", "POST /v1/orders/ord-1/captures/capture-1/refunds", "POST /v1/orders/ord-1/cancel", "GET /v1/orders/ord-1"}
	lender.alone(func() {
		if !slices.Equal(lender.arrivals, want) {
			t.Errorf("arrived: %q, want %q", lender.arrivals, want)
		}
	})
}

func TestWhatALenderHasDoneByItselfIsLearnedRowByRow(t *testing.T) {
	lender := newAcme(t)
	first := next(t, run(t, lender.trial(t, "create")))
	lender.approve()
	lender.alone(func() {
		for _, key := range []string{"a", "b"} {
			lender.move(key, "capture", map[string]any{"amount": 1000.0, "currency": "EUR", "reference": "theirs-" + key})
		}
	})
	one := lender.trial(t, "sync")
	one.Order = first
	after := next(t, run(t, one))
	if got := len(after.Captures); got != 2 || after.Captures[1].Reference != "capture-2" {
		t.Fatalf("captures: %+v", after.Captures)
	}
	refund := lender.trial(t, "refund")
	refund.Order, refund.Capture, refund.Amount = after, "capture-2", "5.00"
	if result := run(t, refund); result.Err != nil {
		t.Fatal(result.Err)
	}
	lender.alone(func() {
		if got := lender.arrivals[len(lender.arrivals)-1]; got != "POST /v1/orders/ord-1/captures/capture-2/refunds" {
			t.Errorf("arrived: %s", got)
		}
	})
	more := lender.trial(t, "refund")
	more.Order, more.Amount = after, "12.00"
	if _, err := more.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "none of the order has room for it") {
		t.Errorf("more than any capture holds: %v", err)
	}
}

// recorded is a trial of a case of acme's.
func recorded(t testing.TB, what, name string) *workshop.Trial {
	t.Helper()
	dir := made(t)
	one := trialOf(t, filepath.Join(dir, "acme.yaml"), what)
	c, err := adaptertest.ReadRecording(filepath.Join(dir, "acme", "cases", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	one.Case = &c
	return one
}

func TestRecordedRepliesAreReadValueByValue(t *testing.T) {
	for _, row := range []struct{ what, name string }{
		{"create", "create"}, {"create", "create_refused"}, {"sync", "sync_refunded"}, {"sync", "sync_gone"}, {"find", "find_capture"},
		{"cancel", "leave"}, {"cancel", "release"}, {"notification", "notice"}, {"probe", "probe"}, {"capture", "capture_state"},
	} {
		t.Run(row.name, func(t *testing.T) { golden(t, row.name, shown(t, run(t, recorded(t, row.what, row.name)))) })
	}
}

// answer puts another reply into a case.
func answer(one *workshop.Trial, status int, body string) *workshop.Trial {
	one.Case.Wire[0].Reply.Status, one.Case.Wire[0].Reply.Body = status, []byte(body)
	return one
}

func TestEveryVerdictIsToldWithItsReason(t *testing.T) {
	const order = `{"id":"ord-7001","reference":"TRY-1001-7ZK3M9QX","currency":"EUR","amount":10000,"captured_amount":0,"canceled_amount":0,"refunded_amount":0,"status":`
	for _, row := range []struct {
		name, what, from string
		status           int
		body             string
		want             []string
	}{
		{"a word that nobody mapped", "sync", "sync", 200, order + `"FROZEN"}`, []string{`"FROZEN", which ` + "`words` does not have: add it", "found: the lender has it"}},
		{"a pointer that finds nothing", "sync", "sync", 200, order + `"RESERVED"}`, []string{"created_at ", "nothing ", "<- /created_at: nothing stands there"}},
		{"a pointer that finds another type", "capture", "capture", 201, `{"id":["cap-1"],"amount":4000,"currency":"EUR","reference":"att_01kjpv9s2m4q"}`,
			[]string{"IN DOUBT", "the reply cannot be read: /id is a list and not text", "cannot be read: /id is a list and not text", "the contract settles it by: repeat_same_key, then find_by_reference"}},
		{"another amount", "capture", "capture", 201, `{"id":"cap-1","amount":4001,"currency":"EUR","reference":"att_01kjpv9s2m4q"}`,
			[]string{"IN DOUBT", "40.01 EUR", "why: 2xx, this movement's amount, currency or reference other than asked"}},
		{"another reference", "capture", "capture", 201, `{"id":"cap-1","amount":4000,"currency":"EUR","reference":"att_other"}`,
			[]string{"IN DOUBT", "says something else where it should repeat what was asked", `<- /reference "att_other", must be reference`}},
		{"nothing that is looked for", "capture", "capture", 201, `{"ok":true}`, []string{"IN DOUBT", "nothing stands in any place of the reply that the contract looks at"}},
		{"no JSON", "capture", "capture", 200, `<html>`, []string{"IN DOUBT", "the reply cannot be read: invalid character '<'", "  <html>"}},
		{"a status that nobody listed", "capture", "capture", 500, `{}`, []string{"IN DOUBT", "why: 408, 425, 429, 5xx"}},
		{"a listed refusal", "capture", "capture", 422, `{"error":{"code":"amount_high","message":"too much"}}`, []string{"refused: nothing moved", "too much", "the row of errors is {status: 422, code: amount_*, means: refused}"}},
		{"our credentials", "capture", "capture", 401, `{"error":{"code":"x"}}`, []string{"our credentials are not taken", "{status: 401, means: misconfigured}"}},
		{"a 404 of a read that says nothing of it", "probe", "probe", 404, `{}`, []string{"our credentials are not taken", "the lender knows no such address"}},
		{"a read of another order", "sync", "sync", 200, strings.Replace(order, "7001", "8", 1) + `"RESERVED"}`, []string{"the answer cannot be used", "the reply is about another order"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			contains(t, shown(t, run(t, answer(recorded(t, row.what, row.from), row.status, row.body))), row.want...)
		})
	}
}

func TestALostReplyIsInDoubtAndSaysWhatSettlesIt(t *testing.T) {
	lender := newAcme(t)
	order := next(t, run(t, lender.trial(t, "create")))
	lender.approve()
	sync := lender.trial(t, "sync")
	sync.Order = order
	order = next(t, run(t, sync))
	lender.alone(func() { lender.forget = true })
	capture := lender.trial(t, "capture")
	capture.Order, capture.Amount, capture.Reference, capture.Key = order, "40.00", "att_mine", "key-1"
	result := run(t, capture)
	contains(t, shown(t, result), "sent, and no reply", "IN DOUBT", "the contract settles it by: repeat_same_key, then find_by_reference", "why: connection obtained, no reply",
		"try ... capture --key key-1 --reference att_mine", "try ... find --attempt capture --reference att_mine")
	if got := amounts(&result.After); !strings.Contains(got, "captured 0.00") {
		t.Errorf("what is in doubt was booked: %s", got)
	}
	lender.alone(func() { lender.forget = false })
	find := lender.trial(t, "find")
	find.Order, find.Attempt, find.Reference, find.Amount = order, "capture", "att_mine", "40.00"
	contains(t, shown(t, run(t, find)), "found: the lender has it", `the movement is capture of 40.00 EUR, the lender calls it "capture-1"`)
	again := lender.trial(t, "capture")
	again.Order, again.Amount, again.Reference, again.Key = order, "40.00", "att_mine", "key-1"
	contains(t, shown(t, run(t, again)), "done: the lender did what was asked")
	lender.alone(func() {
		if got := len(lender.order["captures"].([]any)); got != 1 {
			t.Errorf("%d captures, want 1: the same key is the same capture", got)
		}
	})
}

func TestRowsThatDoNotFitAreToldWithTheirCondition(t *testing.T) {
	for _, row := range []struct {
		phase string
		want  []string
	}{
		{"", []string{`         leave    does not hold: when order.phase != "open"`, `  taken  release  when order.phase == "open"`, "POST /v1/orders/o-1/cancel"}},
		{"pending", []string{`  taken  leave    when order.phase != "open"`, `         release  an earlier row fits`, "DELETE /v1/orders/o-1"}},
	} {
		one := trial(t, "cancel")
		one.Dry, one.ID, one.Phase = true, "o-1", row.phase
		contains(t, shown(t, run(t, one)), row.want...)
	}
	part := trial(t, "cancel")
	part.Dry, part.ID, part.Amount = true, "o-1", "1.00"
	contains(t, shown(t, run(t, part)), "not supported: nothing was sent", "takes only the whole amount for cancel")
	first := trialOf(t, "creditkey", "cancel")
	first.Dry, first.ID, first.Amount = true, "CK-1", "5.00"
	contains(t, shown(t, run(t, first)), "         cancel       takes only the whole amount", "  taken  cancel_part")
	for _, dry := range []bool{true, false} {
		local := trialOf(t, "afterpay", "cancel")
		local.Dry, local.Phase, local.Replies = dry, "pending", []adaptertest.Crossing{}
		contains(t, shown(t, run(t, local)), "  taken  leave", "done: it is recorded here, and the lender is not asked")
	}
	customer := trial(t, "authorize")
	customer.Dry, customer.ID = true, "o-1"
	contains(t, shown(t, run(t, customer)), "done by the customer, without a request of ours", "authorize is done by the customer at this provider")
}

func TestWhatIsMissingIsToldWithWhatToGive(t *testing.T) {
	capture := trial(t, "capture")
	capture.Dry = true
	contains(t, shown(t, run(t, capture)), "{id} is not known for this order", "give --id or --kept")
	crypto := trialOf(t, "cryptopay", "create")
	crypto.Dry = true
	contains(t, shown(t, run(t, crypto)), "/provider_options/channel: how the order is to be paid")
	crypto.Options = []string{"channel=mock"}
	contains(t, shown(t, run(t, crypto)), "taken  charge", "nothing was sent: this is the request")
}

func TestATrialThatCannotBeMadeIsRefused(t *testing.T) {
	for _, row := range []struct {
		name string
		bend func(*workshop.Trial)
		want string
	}{
		{"nobody answers", func(o *workshop.Trial) {}, "nobody is there to answer"},
		{"no such operation", func(o *workshop.Trial) { o.What = "capure" }, "is nothing that can be tried: use one of create"},
		{"no address", func(o *workshop.Trial) { o.BaseURL = "sandbox.example.com" }, "write the whole address"},
		{"in the clear", func(o *workshop.Trial) { o.BaseURL = "http://sandbox.example.com" }, "write https"},
		{"a setting that is not there", func(o *workshop.Trial) { o.Dry, o.Given = true, []string{"key=x"} }, "has no such setting; it has merchant_id, api_key, webhook_secret"},
		{"a setting without a value", func(o *workshop.Trial) { o.Dry, o.Given = true, []string{"api_key"} }, "write name=value"},
		{"a secret on the command line", func(o *workshop.Trial) {
			o.BaseURL, o.Given = "https://sandbox.example.com", []string{"api_key=sk-live-1"}
		}, "api_key: is secret"},
		{"settings that are missing", func(o *workshop.Trial) { o.BaseURL = "https://sandbox.example.com" }, "needs settings that are not given: api_key, merchant_id"},
		{"an environment that is empty", func(o *workshop.Trial) { o.Dry, o.Given = true, []string{"api_key=${env:LENDGATE_NOT_SET}"} }, "${env:LENDGATE_NOT_SET} is empty"},
		{"an amount that is none", func(o *workshop.Trial) { o.Dry, o.Amount = true, "12,00" }, "--amount: not an amount"},
		{"an option that is not there", func(o *workshop.Trial) { o.Dry, o.Options = true, []string{"colour=red"} }, "has no such option"},
	} {
		t.Run(row.name, func(t *testing.T) {
			one := trial(t, "create")
			row.bend(one)
			if _, err := one.Run(t.Context()); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want %q", err, row.want)
			}
		})
	}
	t.Run("a refund that names no capture", func(t *testing.T) {
		one := trial(t, "refund")
		one.Dry, one.ID = true, "o-1"
		if _, err := one.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "give --capture") {
			t.Error(err)
		}
	})
	t.Run("a case of something else", func(t *testing.T) {
		one := recorded(t, "refund", "capture")
		if _, err := one.Run(t.Context()); err == nil || err.Error() != "the case is of capture, and not of refund" {
			t.Error(err)
		}
	})
}

// counting is a lender that is not on this machine, and refuses whatever reaches it.
type counting struct{ arrived, status int }

func (c *counting) Send(context.Context, adapters.Wire) (adapters.Reply, adapters.Reach, error) {
	c.arrived++
	return adapters.Reply{Status: c.status, Header: http.Header{}}, adapters.Replied, nil
}

func TestMoneyMovesFarAwayOnlyWhereThatIsSaid(t *testing.T) {
	t.Setenv("LENDGATE_TEST_KEY", apiKey)
	for _, row := range []struct {
		what string
		yes  bool
		want string
	}{{"capture", false, "capture may move money at https://far.example.com: look at it with --dry, and say --yes"}, {"capture", true, ""}, {"create", false, ""}, {"sync", false, ""}} {
		one, lender := trial(t, row.what), &counting{status: http.StatusUnauthorized}
		one.BaseURL, one.Given, one.ID, one.Yes, one.Transport = "https://far.example.com", []string{"merchant_id=10042", "api_key=${env:LENDGATE_TEST_KEY}"}, "o-1", row.yes, lender
		_, err := one.Run(t.Context())
		if (err == nil) != (row.want == "") || (err != nil && !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: %v, want %q", row.what, err, row.want)
		}
		if (lender.arrived == 0) != (row.want != "") {
			t.Errorf("%s: %d requests arrived", row.what, lender.arrived)
		}
	}
}

func TestASavedOrderHasWhatLaterRequestsNeed(t *testing.T) {
	one := trialOf(t, "afterpay", "create")
	c, err := adaptertest.ReadRecording("../declared/testdata/afterpay/cases/create.json")
	if err != nil {
		t.Fatal(err)
	}
	one.Case = &c
	saved := next(t, run(t, one))
	if saved.Hidden.Kept["token"] == "" {
		t.Fatal("the token that create leaves is not kept")
	}
	authorize := trialOf(t, "afterpay", "authorize")
	authorize.Order, authorize.Dry = saved, true
	result := run(t, authorize)
	contains(t, string(result.Calls[0].Wire.Body), saved.Hidden.Kept["token"])
}

func TestADeclineEndsTheOrder(t *testing.T) {
	one := trialOf(t, "billie", "create")
	c, err := adaptertest.ReadRecording("../declared/testdata/billie/cases/create_declined.json")
	if err != nil {
		t.Fatal(err)
	}
	one.Case = &c
	result := run(t, one)
	contains(t, shown(t, result), "declined: the lender says no to the customer", "declined  ", "holds")
	if result.After.Status != canonical.StatusDeclined {
		t.Errorf("the order is %s", result.After.Status)
	}
}

func TestAReplyCannotMoveTheCursor(t *testing.T) {
	for _, body := range []string{"\x1b[2Jgone", `{"error":{"code":"x","message":"a\u001b[2Jb\nc"}}`} {
		said := shown(t, run(t, answer(recorded(t, "capture", "capture"), 422, body)))
		lacks(t, said, "\x1b")
		contains(t, said, "?[2J")
	}
}

func TestNoHalfOfASecretIsShown(t *testing.T) {
	const key = "sk-0123456789-abcdefghij-0123456789"
	for _, before := range []int{0, 30, 50, 8150, 8160, 8170} {
		one := answer(recorded(t, "sync", "sync"), 200, `{"id":"`+strings.Repeat("x", before)+key+`","status":"RESERVED"}`)
		one.Given = []string{"api_key=" + key}
		lacks(t, shown(t, run(t, one)), key[:6])
	}
}
