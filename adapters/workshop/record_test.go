package workshop_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/workshop"
	"github.com/lendgate/lendgate/canonical"
)

// written records a trial, and plays the file by a harness that knows nothing of it.
func written(t testing.TB, one *workshop.Trial, h adaptertest.Harness) (text string, made *workshop.Recorded) {
	t.Helper()
	made, err := one.Record(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cases", "x.json")
	if err := workshop.SaveCase(file, made.Text); err != nil {
		t.Fatal(err)
	}
	if err := workshop.SaveCase(file, made.Text); err == nil {
		t.Error("a case is written over")
	}
	complaints, err := adaptertest.Replay(h, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range complaints {
		t.Error(complaint)
	}
	return read(t, file), made
}

// plain is a harness with other settings than a case will have.
func plain(one *workshop.Trial) adaptertest.Harness {
	return adaptertest.Harness{Adapter: one.Adapter, Settings: adapters.Values{"merchant_id": "1", "api_key": "other"}}
}

// lacks complains of what must not be in a text.
func lacks(t testing.TB, text string, unwanted ...string) {
	t.Helper()
	for _, one := range unwanted {
		if strings.Contains(text, one) {
			t.Errorf("%q is in:\n%s", one, text)
		}
	}
}

// bo is somebody.
func bo(o *workshop.Saved) *workshop.Saved {
	o.Customer.Name, o.Customer.Email, o.Customer.Phone = "Bo Lennart Ek", "bo.ek@mail.test", "+46709998877"
	o.Customer.Addresses = []canonical.Address{{Kind: "billing", Line1: "Storgatan 7", City: "Lund", PostalCode: "22233", Country: "SE"}}
	return o
}

var ofBo = []string{"Bo Lennart Ek", "bo.ek@mail.test", "+46709998877", "Storgatan", "22233", "Lund"}

func TestARecordedExchangeIsPlayedAsItWasAndHoldsNobodysSecrets(t *testing.T) {
	lender := newAcme(t)
	draft := lender.trial(t, "create")
	draft.Dry = true
	create := lender.trial(t, "create")
	create.Order = bo(&workshop.Saved{Order: run(t, draft).Order})
	text, made := written(t, create, plain(create))
	lacks(t, text, append(ofBo, apiKey, "cs-998877", lender.URL)...)
	contains(t, text, `"name": "Alva Maria Sandlund"`, `"X-Api-Key": "invented-api-key"`, `"State": "succeeded"`, "checkout.example.com/ord-1?session_token=invented-")
	if got := strings.Join(made.Replaced, "\n"); !strings.Contains(got, "the order's customer") || !strings.Contains(got, "/checkout_url") {
		t.Errorf("what was replaced is not told: %q", got)
	}
	lender.approve()
	sync := lender.trial(t, "sync")
	sync.Order = next(t, made.Result)
	text, synced := written(t, sync, plain(sync))
	lacks(t, text, ofBo...)
	capture := lender.trial(t, "capture")
	capture.Order, capture.Amount = next(t, synced.Result), "40.00"
	text, _ = written(t, capture, plain(capture))
	lacks(t, text, apiKey)
	contains(t, text, `"Moved"`, `"value": "40.00"`)
}

func TestTheSameTokenBecomesTheSameInventedOneInEveryCase(t *testing.T) {
	lender := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, `{"id":"p1","merchantReference":"x","paymentState":"AUTH_APPROVED","originalAmount":{"amount":"100.00","currency":"AUD"},"openToCaptureAmount":{"amount":"100.00","currency":"AUD"},"events":[],"refunds":[]}`)
			return
		}
		fmt.Fprint(w, `{"redirectCheckoutUrl":"https://portal.example.com/au/checkout/?token=003.live-token-77","token":"003.live-token-77","expires":"2026-03-02T13:30:00.000Z"}`)
	}))
	t.Cleanup(lender.Close)
	settings := adapters.Values{"merchant_id": "400", "secret_key": "other-secret"}
	create := trialOf(t, "afterpay", "create")
	create.BaseURL, create.Given = lender.URL, []string{"merchant_id=m-10042", "secret_key=sk-live-4711"}
	first, made := written(t, create, adaptertest.Harness{Adapter: create.Adapter, Settings: settings})
	sync := trialOf(t, "afterpay", "sync")
	sync.BaseURL, sync.Given, sync.Order = lender.URL, create.Given, next(t, made.Result)
	sync.Order.ProviderOrder.Reference = "x"
	second, _ := written(t, sync, adaptertest.Harness{Adapter: sync.Adapter, Settings: settings})
	for _, text := range []string{first, second} {
		lacks(t, text, "live-token-77", "sk-live-4711", "m-10042")
	}
	_, after, _ := strings.Cut(first, `"token": "`)
	invented, _, _ := strings.Cut(after, `"`)
	if !strings.HasPrefix(invented, "invented-") {
		t.Fatalf("the token became %q", invented)
	}
	contains(t, second, "/v2/payments/token:"+invented)
}

// tokened is a lender that hands out a token.
func tokened(t testing.TB, body string) *httptest.Server {
	lender := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/authentication" {
			fmt.Fprint(w, `{"token":"bearer-live-0815","expiration_date":"2026-03-02T12:30:00Z"}`)
			return
		}
		fmt.Fprint(w, body)
	}))
	t.Cleanup(lender.Close)
	return lender
}

func TestATokenIsShownToNobodyAndACaseTakesAnyOther(t *testing.T) {
	lender := tokened(t, `{"uuid":"cap-9","echo":"bearer-live-0815"}`)
	one := trialOf(t, "sezzle", "capture")
	one.BaseURL, one.Given, one.ID, one.Amount = lender.URL, []string{"public_key=pub-1", "private_key=priv-live-4711"}, "o-1", "12.00"
	text, made := written(t, one, adaptertest.Harness{
		Adapter: one.Adapter, Settings: adapters.Values{"public_key": "a", "private_key": "b"},
		Token: func() adapters.Reply {
			return adapters.Reply{Status: 200, Body: []byte(`{"token":"of-the-harness","expiration_date":"2026-03-02T12:30:00Z"}`)}
		},
	})
	contains(t, text, `"Authorization": "Bearer recorded-token"`, `"echo": "recorded-token"`)
	said := shown(t, made.Result, lender.URL)
	contains(t, said, "request for a token", `"private_key": "[sealed]"`, "Authorization: Bearer [sealed, 16 characters]")
	for _, shown := range []string{text, said} {
		lacks(t, shown, "bearer-live-0815", "priv-live-4711")
	}
}

func TestACaseIsNotWrittenWhereItWouldMeanSomethingElse(t *testing.T) {
	contract := strings.Replace(read(t, filepath.Join(made(t), "acme.yaml")), "[/currency, order.currency]", "[/email, order.number]", 1)
	file := filepath.Join(t.TempDir(), "acme.yaml")
	if err := os.WriteFile(file, []byte(contract), 0o600); err != nil {
		t.Fatal(err)
	}
	one := trialOf(t, file, "capture")
	one.Reference, one.Amount, one.ID = "r-1", "1.00", "o-1"
	one.Replies = []adaptertest.Crossing{{Reach: adapters.Replied, Reply: adapters.Reply{Status: 201, Body: []byte(`{"id":"c-1","amount":100,"reference":"r-1","email":"TRY-000001"}`)}}}
	_, err := one.Record(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), "it was succeeded, and would be in_doubt") {
		t.Error(err)
	}
}

func TestARefusalAndALostReplyAreRecordedToo(t *testing.T) {
	lender := newAcme(t)
	for _, row := range []struct {
		name, want string
		fault      func(http.ResponseWriter, *http.Request) bool
	}{
		{"refused", `"kind": "refused"`, func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(422)
			fmt.Fprint(w, `{"error":{"code":"amount_low","message":"no"}}`)
			return true
		}},
		{"lost", `"reach": "sent"`, func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }},
		{"no JSON", `"text": "<html>"`, func(w http.ResponseWriter, _ *http.Request) bool { fmt.Fprint(w, "<html>"); return true }},
	} {
		t.Run(row.name, func(t *testing.T) {
			lender.alone(func() { lender.fault = row.fault })
			one := lender.trial(t, "capture")
			one.ID = "ord-1"
			text, _ := written(t, one, plain(one))
			contains(t, text, row.want)
		})
	}
}

func TestACopiedNotificationIsProvedAnew(t *testing.T) {
	pasted, err := workshop.Paste([]byte("POST /hooks HTTP/1.1\nX-Signature: 00ff\nContent-Type: application/json\n\n{\"id\":\"e1\",\"type\":\"order.paid\",\"order_id\":\"o-1\",\"customer\":{\"email\":\"bo.ek@mail.test\"}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	one := trial(t, workshop.Notification)
	one.Arrived = pasted[0].Message()
	text, made := written(t, one, plain(one))
	lacks(t, text, "bo.ek@mail.test", "00ff")
	contains(t, text, `"ProviderID": "o-1"`, `"covers"`)
	contains(t, shown(t, made.Result), "NOT PROVED", "give the lender's secret with --set")
	if !slices.Contains(made.Replaced, "the proof: made anew, with the invented settings") {
		t.Errorf("replaced: %q", made.Replaced)
	}
	own := trialOf(t, "cryptopay", workshop.Notification)
	own.Arrived = one.Arrived
	if _, err := own.Record(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "write the case by hand") {
		t.Error(err)
	}
}

func TestNothingIsRecordedTwiceOrUnsent(t *testing.T) {
	dry, again := trial(t, "create"), recorded(t, "create", "create")
	dry.Dry = true
	for _, one := range []*workshop.Trial{dry, again} {
		if _, err := one.Record(t.Context(), ""); err == nil {
			t.Error("it is recorded")
		}
	}
}

func TestWhatIsPersonalIsFoundUnderTheNamesThatLendersHave(t *testing.T) {
	const body = `{"id":"cap-1","amount":4000,"currency":"EUR","reference":"att_01kjpv9s2m4q",
	 "debtor_person":{"first_name":"Bo","LastName":"Ek","phoneNumber":46709998877,"date-of-birth":"1971-02-03","name":"Bo Ek","score":1.50},
	 "billing":{"address_line1":"Storgatan 7","postcode":"22233","city":"Lund"},"iban":"SE3550000000054910000003","client_ip":"81.2.69.142",
	 "items":[{"name":"Lamp","price":1.10}],"access_token":"at-live-1","page":"https://x.test/p?sig=1&access_token=at-live-1","big":12345678901234567890.10,
	 "merchant":"7001","note":"of ord-7001","client_secret":"cs-live-2","link":"https://x.test/of/st-live-3","sessionToken":"st-live-3"}`
	one := recorded(t, "capture", "capture")
	one.Replies, one.Case = []adaptertest.Crossing{{Reach: adapters.Replied, Reply: adapters.Reply{Status: 201, Body: []byte(body)}}}, nil
	one.ID, one.Amount, one.Reference, one.Given = "ord-7001", "40.00", "att_01kjpv9s2m4q", []string{"merchant_id=7001"}
	text, _ := written(t, one, plain(one))
	lacks(t, text, `"Bo"`, `"Ek"`, "46709998877", "1971", "Bo Ek", "Storgatan", "22233", "Lund", "SE355", "81.2", "at-live-1", "cs-live-2", "st-live-3", `"7001"`)
	contains(t, text, `"note": "of ord-7001"`, `"name": "Lamp"`, `"score": 1.50`, `"price": 1.10`, `"big": 12345678901234567890.10`, `"phoneNumber": 0`, "https://x.test/p?access_token=invented-")
}

func TestWhatBelongsToOneCallIsNotRecorded(t *testing.T) {
	contract := read(t, filepath.Join(made(t), "acme.yaml"))
	contract = strings.Replace(contract, "operations: [create]}", "operations: [create]}\n  sms_code: {type: text, help: What the customer typed., operations: [capture], secret: true}", 1)
	contract = strings.Replace(contract, "    body: {$part: movement}", "    body: {$part: movement, code: =option.sms_code}", 1)
	contract = strings.Replace(contract, "movement: /id, moved", `movement: '=after(header("X-Movement"), "/")', moved`, 1)
	file := filepath.Join(t.TempDir(), "acme.yaml")
	if err := os.WriteFile(file, []byte(contract), 0o600); err != nil {
		t.Fatal(err)
	}
	one := trialOf(t, file, "capture")
	one.Reference, one.Amount, one.ID, one.Options = "r-1", "1.00", "o-1", []string{"sms_code=sms-778899"}
	one.Replies = []adaptertest.Crossing{{Reach: adapters.Replied, Reply: adapters.Reply{
		Status: 201, Header: http.Header{"X-Movement": {"/c-1"}, "X-Trace": {"trace-1"}, "Set-Cookie": {"id=1"}}, Body: []byte(`{"amount":100,"reference":"r-1","currency":"EUR"}`),
	}}}
	text, made := written(t, one, plain(one))
	lacks(t, text, "sms-778899", "trace-1", "id=1")
	contains(t, text, `"X-Movement": "/c-1"`, `"code": "invented-`)
	contains(t, shown(t, made.Result), "Set-Cookie: [sealed, 4 characters]", "X-Trace: trace-1")
}

func TestACopiedReplyToARequestForATokenIsPassedOver(t *testing.T) {
	all, err := workshop.Paste([]byte("POST /v2/authentication\n\nHTTP/1.1 200 OK\n\n{\"token\":\"t-live-1\"}\n\nPOST /v2/order/o-1/capture\n\nHTTP/1.1 200 OK\n\n{\"uuid\":\"cap-9\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	one := trialOf(t, "sezzle", "capture")
	one.ID, one.Amount, one.Replies = "o-1", "1.00", workshop.Crossings(all)
	text, made := written(t, one, adaptertest.Harness{Adapter: one.Adapter, Settings: adapters.Values{"public_key": "a", "private_key": "b"}})
	lacks(t, text, "t-live-1")
	contains(t, shown(t, made.Result), `movement  "cap-9"`)
}

func TestAnOrderOfSomebodyIsRecordedAsOneOfNobody(t *testing.T) {
	draft := recorded(t, "capture", "capture")
	order := bo(&workshop.Saved{Order: draft.Case.Command.Order})
	order.Shipping = &canonical.Shipping{Address: &canonical.Address{Name: "Bo Lennart Ek", Line1: "Storgatan 7", City: "Lund", PostalCode: "22233"}}
	order.Metadata = canonical.Metadata{"of": "Bo Lennart Ek"}
	order.Action = &canonical.Action{Kind: "redirect", URL: "https://x.test/?token=live-1"}
	order.Hidden.Kept = map[string]string{"access_token": "kept-live-1", "city": "by-name"}
	one := trial(t, "capture")
	one.Order, one.Amount, one.Reference = order, "40.00", "att_01kjpv9s2m4q"
	one.Replies = draft.Case.Wire
	text, _ := written(t, one, plain(one))
	lacks(t, text, append(ofBo, "live-1")...)
	contains(t, text, `"access_token": "invented-`, `"city": "by-name"`)
}
