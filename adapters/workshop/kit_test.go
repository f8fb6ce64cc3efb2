package workshop_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/workshop"
	"github.com/lendgate/lendgate/canonical"
)

// acme is the lender that the made contract describes, with one order at a time.
type acme struct {
	*httptest.Server
	mu       sync.Mutex
	order    map[string]any
	answers  map[string][]byte // by idempotency key
	arrivals []string
	ids      int
	fault    func(w http.ResponseWriter, r *http.Request) bool // in place of an answer; true: it was given
	forget   bool                                              // acts, and loses the reply
}

const apiKey = "sk-7f3a9c55d1"

func newAcme(t testing.TB) *acme {
	t.Helper()
	a := &acme{answers: map[string][]byte{}}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

// ServeHTTP answers as the documentation says.
func (a *acme) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header()["Date"] = nil
	w.Header().Set("Content-Type", "application/json")
	a.arrivals = append(a.arrivals, r.Method+" "+r.URL.Path)
	if a.fault != nil && a.fault(w, r) {
		return
	}
	if r.Header.Get("X-Api-Key") != apiKey {
		a.say(w, 401, map[string]any{"error": map[string]any{"code": "unauthorized", "message": "no such key"}})
		return
	}
	var asked map[string]any
	_ = json.NewDecoder(r.Body).Decode(&asked)
	status, said := a.answer(r.Method+" "+r.URL.Path, r.Header.Get("Idempotency-Key"), asked)
	if a.forget {
		panic(http.ErrAbortHandler)
	}
	a.say(w, status, said)
}

func (a *acme) say(w http.ResponseWriter, status int, said any) {
	w.WriteHeader(status)
	if said != nil {
		_ = json.NewEncoder(w).Encode(said)
	}
}

func (a *acme) answer(request, key string, asked map[string]any) (int, any) {
	switch {
	case request == "POST /v1/orders":
		a.order = map[string]any{
			"id": "ord-1", "reference": asked["reference"], "status": "STARTED", "currency": asked["currency"], "amount": asked["amount"],
			"captured_amount": 0.0, "canceled_amount": 0.0, "refunded_amount": 0.0, "captures": []any{}, "refunds": []any{},
			"checkout_url": "https://checkout.example.com/ord-1?session_token=cs-998877", "customer": asked["customer"],
		}
		return 201, a.order
	case a.order == nil, request == "GET /v1/orders/by-reference/none":
		return 404, map[string]any{"error": map[string]any{"code": "not_found", "message": "no such order"}}
	case strings.HasPrefix(request, "GET /v1/orders/"):
		return 200, a.order
	case request == "POST /v1/orders/ord-1/captures":
		return a.move(key, "capture", asked)
	case strings.HasSuffix(request, "/refunds"):
		return a.move(key, "refund", asked)
	case request == "POST /v1/orders/ord-1/cancel":
		a.order["status"], a.order["canceled_amount"] = "DELIVERED", a.order["amount"].(float64)-a.order["captured_amount"].(float64)
		return 200, a.order
	}
	return 404, nil
}

// move does what was asked once for each key.
func (a *acme) move(key, kind string, asked map[string]any) (int, any) {
	if before, known := a.answers[key]; known {
		return 201, json.RawMessage(before)
	}
	list, total := kind+"s", kind+"d_amount"
	if kind == "refund" {
		total = "refunded_amount"
	}
	if kind == "capture" {
		total = "captured_amount"
	}
	row := map[string]any{"id": fmt.Sprintf("%s-%d", kind, len(a.answers)+1), "amount": asked["amount"], "currency": asked["currency"], "reference": asked["reference"]}
	if kind == "refund" {
		row["capture_id"] = "capture-1"
	}
	a.order[list] = append(a.order[list].([]any), row)
	a.order[total] = a.order[total].(float64) + asked["amount"].(float64)
	a.answers[key], _ = json.Marshal(row)
	return 201, row
}

// alone changes or looks at the lender while it answers nobody.
func (a *acme) alone(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

// approve is what the customer does at the lender.
func (a *acme) approve() { a.alone(func() { a.order["status"] = "RESERVED" }) }

// trial is one of acme's made contract, with ids and a time that are always the same.
func trial(t testing.TB, what string) *workshop.Trial {
	t.Helper()
	return trialOf(t, filepath.Join(made(t), "acme.yaml"), what)
}

func trialOf(t testing.TB, lender, what string) *workshop.Trial {
	t.Helper()
	opened, err := workshop.Open(lender)
	if err != nil {
		t.Fatal(err)
	}
	opened.Named = filepath.Base(lender)
	ids := 0
	return &workshop.Trial{
		Lender: opened, What: what, Now: func() time.Time { return adaptertest.At }, Timeout: 5 * time.Second,
		NewID: func(prefix string) string { ids++; return fmt.Sprintf("%s_01kjpv%08d", prefix, ids) },
	}
}

func (a *acme) newID(prefix string) string {
	a.ids++
	return fmt.Sprintf("%s_01kjpv%08d", prefix, a.ids)
}

// trial is one against a lender.
func (a *acme) trial(t testing.TB, what string) *workshop.Trial {
	t.Helper()
	one := trial(t, what)
	one.NewID = a.newID
	one.BaseURL, one.Given = a.URL, []string{"merchant_id=10042", "api_key=" + apiKey}
	return one
}

func run(t testing.TB, one *workshop.Trial) *workshop.Result {
	t.Helper()
	result, err := one.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// shown is a result as text, with the address of a lender in this process in its place.
func shown(t testing.TB, r *workshop.Result, addresses ...string) string {
	t.Helper()
	var text bytes.Buffer
	if _, err := r.WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	said := text.String()
	for _, address := range addresses {
		said = strings.ReplaceAll(said, address, "http://127.0.0.1:9000")
	}
	return said
}

// next is the order that a trial left, as a file holds it.
func next(t testing.TB, r *workshop.Result) *workshop.Saved {
	t.Helper()
	file := filepath.Join(t.TempDir(), "order.json")
	if err := workshop.SaveOrder(file, r.After); err != nil {
		t.Fatal(err)
	}
	saved, err := workshop.ReadOrder(file)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// golden compares a text with the file that shows what it shall be. -update writes it.
func golden(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if flag.Lookup("update").Value.String() == "true" { // adaptertest has it
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(read(t, file), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// contains complains of what a text does not say.
func contains(t testing.TB, text string, wanted ...string) {
	t.Helper()
	for _, one := range wanted {
		if !strings.Contains(text, one) {
			t.Errorf("%q is not in:\n%s", one, text)
		}
	}
}

func amounts(o *canonical.Order) string {
	t := &o.Totals
	return fmt.Sprintf("%s authorized %s captured %s canceled %s refunded %s", o.Status, t.Authorized, t.Captured, t.Canceled, t.Refunded)
}
