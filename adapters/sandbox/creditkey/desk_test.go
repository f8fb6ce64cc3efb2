package creditkey_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/creditkey"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

var opening = time.Date(2026, 6, 3, 9, 12, 44, 0, time.UTC)

// desk is a merchant with a token at a lender of his own, and a clock to move.
type desk struct {
	t      *testing.T
	lender *creditkey.Lender
	now    time.Time
	header http.Header
}

func open(t *testing.T, change func(*creditkey.Settings)) *desk {
	t.Helper()
	s := creditkey.Settings{
		ClientID: "cid", ClientSecret: "hush", WebhookSecret: "ring", PublicKey: "pub", SharedSecret: "priv",
	}
	if change != nil {
		change(&s)
	}
	d := &desk{t: t, lender: creditkey.New(s), now: opening}
	d.header = http.Header{"Content-Type": {"application/json"}}
	token := d.send("POST", "/auth/login", `{"client_id":"cid","client_secret":"hush"}`).want(http.StatusOK)
	d.header.Set("Authorization", "Bearer "+token["access_token"].(string))
	return d
}

type answered struct {
	t     *testing.T
	reply lender.Reply
}

func (d *desk) send(method, path, body string) answered {
	d.t.Helper()
	path, query, _ := strings.Cut(path, "?")
	return d.serve(lender.Request{
		Method: method, Path: path, MountedPath: "/creditkey" + path, RawQuery: query, Header: d.header, Body: []byte(body),
	})
}

func (d *desk) serve(r lender.Request) answered {
	return answered{d.t, d.lender.Serve(d.now, r)}
}

// want checks the status and reads the body, numbers as text.
func (a answered) want(status int) map[string]any {
	a.t.Helper()
	if a.reply.Status != status {
		a.t.Fatalf("status %d, want %d: %s", a.reply.Status, status, a.reply.Body)
	}
	return readJSON(a.t, a.reply.Body)
}

// refused checks an error in the lender's shape and returns its message.
func (a answered) refused(status int) string {
	a.t.Helper()
	body := a.want(status)
	if body["statusCode"] != json.Number(strconv.Itoa(status)) {
		a.t.Errorf("want statusCode %d in %s", status, a.reply.Body)
	}
	message, err := json.Marshal(body["message"])
	if err != nil {
		a.t.Fatal(err)
	}
	return string(message)
}

func readJSON(t *testing.T, raw []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var body map[string]any
	if err := decoder.Decode(&body); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return body
}

// order creates one over 1849.50 and brings it to a status.
func (d *desk) order(status string) string {
	d.t.Helper()
	body := d.send("POST", "/v1/order", `{"company_id":"40217","amount":1849.50,"merchant_order_id":"GW-731"}`).want(http.StatusCreated)
	key := body["key"].(string)
	steps := map[string][]string{
		"CREATED":    nil,
		"AUTHORIZED": {`{"installments":6,"status":"AUTHORIZED"}`},
		"CAPTURED":   {`{"installments":6,"status":"AUTHORIZED"}`, `{"status":"CAPTURED"}`},
		"CANCELED":   {`{"status":"CANCELED"}`},
		"RETURNED":   {`{"installments":6,"status":"AUTHORIZED"}`, `{"status":"CAPTURED"}`, `{"status":"RETURNED"}`},
	}
	for _, step := range steps[status] {
		d.patch(key, step).want(http.StatusOK)
	}
	return key
}

func (d *desk) patch(key, body string) answered {
	d.t.Helper()
	return d.send("PATCH", "/v1/order/"+key, body)
}

func (d *desk) refund(key, body string) answered {
	d.t.Helper()
	return d.send("PATCH", "/v1/order/"+key+"/refund", body)
}

func (d *desk) wantStatus(key, status string) {
	d.t.Helper()
	if got := d.send("GET", "/v1/order/"+key, "").want(http.StatusOK)["status"]; got != status {
		d.t.Errorf("status is %v, want %s", got, status)
	}
}

// wantBook compares the order's entries, each written "kind amount".
func (d *desk) wantBook(key string, want ...string) {
	d.t.Helper()
	var got []string
	for _, e := range d.lender.Book().Of(key) {
		got = append(got, e.Kind+" "+e.Amount.StringFixed(2))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("book of %s (-want +got):\n%s", key, diff)
	}
}
