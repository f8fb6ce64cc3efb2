package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox"
)

const ecsterCart = `{"locale":{"language":"sv","country":"SE"},"countryCode":"SE",
 "parameters":{"shopTermsUrl":"https://shop.example/terms","returnUrl":"https://shop.example/back"},
 "cart":{"amount":10000,"currency":"SEK","rows":[{"name":"Kettle","quantity":1,"unitAmount":10000,"vatRate":2500}]},
 "orderReference":"ref-1"}`

const ecsterDebit = `{"type":"DEBIT","amount":4021,"transactionReference":"cap-1",
 "rows":[{"name":"Kettle","quantity":1,"unitAmount":4021,"vatRate":2500}]}`

var ecsterKeys = map[string]string{
	"x-api-key": "sandbox-api-key", "x-merchant-key": "10045127", "Content-Type": "application/json",
}

// signedAtNoon is how a client of cryptopay shows that it holds the key.
func signedAtNoon(method, mountedPath string) map[string]string {
	empty := sha256.Sum256(nil)
	timestamp := fmt.Sprint(noon.Unix())
	mac := hmac.New(sha256.New, []byte("sk_test_sandbox"))
	fmt.Fprintf(mac, "%s\n%s\n\n%s\n%x", method, mountedPath, timestamp, empty)
	return map[string]string{"X-Api-Key": "pk_test_sandbox", "X-Timestamp": timestamp, "X-Signature": hex.EncodeToString(mac.Sum(nil))}
}

// at sends one request with headers, and returns what came back.
func at(t *testing.T, method, url, body string, header map[string]string) (int, string, error) {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.RequestURI = ""
	for name, value := range header {
		r.Header.Set(name, value)
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer reply.Body.Close()
	var read strings.Builder
	if err := reply.Write(&read); err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, read.String(), nil
}

func TestTheLendersTakeTheSandboxCredentials(t *testing.T) {
	const seller = "2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90"
	tests := []struct {
		lender, method, path, body string
		header                     map[string]string
		status                     int
	}{
		{"creditkey", "POST", "/auth/login", `{"client_id":"sandbox","client_secret":"sandbox-secret"}`,
			map[string]string{"Content-Type": "application/json"}, 200},
		{"spendoption", "GET", "/merchant/spend-options?basketAmount=100.00", "", map[string]string{
			"context-merchantId": "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", "context-tenantId": "tn-sandbox"}, 200},
		{"ecster", "POST", "/v1/carts", ecsterCart, ecsterKeys, 201},
		{"iwocapay", "GET", "/api/iwocapay/ecommerce/seller/" + seller + "/connection_check/?integration_name=x&integration_version=1", "",
			map[string]string{"Authorization": "Bearer sandbox-seller-token"}, 200},
		{"cryptopay", "GET", "/api/v1/me", "", signedAtNoon("GET", "/cryptopay/api/v1/me"), 200},
	}
	w := newWorld(t, sandbox.Defaults(), nil)
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	for _, tt := range tests {
		t.Run(tt.lender, func(t *testing.T) {
			status, said, err := at(t, tt.method, server.URL+"/"+tt.lender+tt.path, tt.body, tt.header)
			if err != nil || status != tt.status {
				t.Errorf("%v %s", err, said)
			}
			if status, _, _ := at(t, tt.method, server.URL+"/"+tt.lender+tt.path, tt.body, nil); status < 400 {
				t.Errorf("a stranger was answered with %d", status)
			}
		})
	}
}

// A newcomer's way: a cart, a customer, a debit whose answer is lost, a look, and everything killed.
func TestAnOrderFromCartToLostDebitSurvives(t *testing.T) {
	dir := t.TempDir()
	inHome := func(o *sandbox.Options) { o.Dir = dir }
	w := newWorld(t, sandbox.Defaults(), inHome)
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	must(t, server.URL, "POST", "/ecster/v1/carts", ecsterCart)
	must(t, server.URL, "POST", "/control/ecster/act", `{"order":"ref-1","do":"complete"}`)
	id := w.Orders("ecster")[0].ID
	if _, _, err := at(t, "POST", server.URL+"/ecster/v1/orders/"+id+"/transactions", ecsterDebit, ecsterKeys); err == nil {
		t.Fatal("the answer to a debit of 40.21 came back")
	}
	if said := must(t, server.URL, "GET", "/ecster/v1/orders/"+id, ""); !strings.Contains(said, `"debitedAmount":4021`) {
		t.Errorf("the debit is not there: %s", said)
	}

	after := newWorld(t, sandbox.Defaults(), inHome)
	if diff := cmp.Diff(w.Effects(""), after.Effects("")); diff != "" || len(after.Effects("")) != 2 {
		t.Errorf("ledger: %s", diff)
	}
	if diff := cmp.Diff(w.Orders(""), after.Orders("")); diff != "" {
		t.Error("orders:", diff)
	}
}

func must(t *testing.T, base, method, path, body string) string {
	t.Helper()
	status, said, err := at(t, method, base+path, body, ecsterKeys)
	if err != nil || status >= 300 {
		t.Fatalf("%s %s: %v %s", method, path, err, said)
	}
	return said
}

func TestTheIndexSaysWhatThereIs(t *testing.T) {
	w := newWorld(t, sandbox.Defaults(), nil)
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "http://box:8081/", nil))
	page := answer.Body.String()
	wanted := []string{
		"http://box:8081/spendoption", "complete_with_fee", ".13", ".31", "lose_reply", "throttled", "/control/arrivals",
		"wrong_currency", "stale", "early", "/control/chaos",
		`curl http://box:8081/control/ecster/act -d '{"order"`,
	}
	for _, want := range wanted {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
}

// The page's acts are a second list, so it is held against each lender's own.
func TestTheIndexListsActsThatTheLendersDocument(t *testing.T) {
	w := newWorld(t, sandbox.Defaults(), nil)
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	for _, l := range sandbox.Defaults() {
		documented, err := os.ReadFile(filepath.Join(l.Name(), "doc.go"))
		if err != nil {
			t.Fatal(err)
		}
		words := strings.FieldsFunc(string(documented), func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz_", r) })
		known := map[string]bool{}
		for _, word := range words {
			known[word] = true
		}
		for line := range strings.Lines(answer.Body.String()) {
			name, rest, _ := strings.Cut(line, " ")
			if name != l.Name() {
				continue
			}
			for _, act := range strings.Fields(rest)[1:] {
				if !known[act] {
					t.Errorf("%s does not document %q", name, act)
				}
			}
		}
	}
}
