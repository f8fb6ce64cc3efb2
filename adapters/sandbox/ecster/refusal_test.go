package ecster_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestOnlyKnownMerchantsAreServed(t *testing.T) {
	tests := []struct{ name, header, value string }{
		{"no api key", "x-api-key", ""},
		{"another api key", "x-api-key", "key-2"},
		{"no merchant key", "x-merchant-key", ""},
		{"another merchant key", "x-merchant-key", "20012"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request("POST", "/v1/carts", cartOf(10000))
			r.Header.Set(tt.header, tt.value)
			l := newLender()
			if got := l.Serve(noon, r).Status; got != http.StatusUnauthorized || len(l.Orders()) != 0 {
				t.Errorf("status %d, %d carts", got, len(l.Orders()))
			}
		})
	}
}

func TestCartsAreChecked(t *testing.T) {
	tests := []struct{ name, from, to string }{
		{"no language", `"language":"sv",`, ``},
		{"no country of the locale", `,"country":"SE"`, ``},
		{"no country code", `"countryCode":"SE",`, ``},
		{"no terms", `"shopTermsUrl":"https://shop.example/terms",`, ``},
		{"no way back", `"returnUrl":"https://shop.example/back",`, ``},
		{"a way back that is no address", `https://shop.example/back`, `shop`},
		{"an unknown purchase type", `B2C`, `B2X`},
		{"no amount", `"amount":10000,`, ``},
		{"no currency", `"currency":"SEK",`, ``},
		{"an unknown currency", `SEK`, `sek`},
		{"an amount with a fraction", `"amount":10000`, `"amount":10000.0`},
		{"an amount in quotes", `"amount":10000`, `"amount":"10000"`},
		{"an amount of nothing", `"amount":10000`, `"amount":0`},
		{"an amount other than the rows", `"amount":10000`, `"amount":10001`},
		{"a discount that is not in the amount", `"discountAmount":0`, `"discountAmount":1`},
		{"no row name", `"name":"Kettle",`, ``},
		{"no quantity", `"quantity":2.0,`, ``},
		{"a quantity in quotes", `"quantity":2.0`, `"quantity":"2.0"`},
		{"a quantity with an exponent", `"quantity":2.0`, `"quantity":2e0`},
		{"no unit amount", `"unitAmount":5000,`, ``},
		{"no VAT rate", `"vatRate":2500,`, ``},
		{"a VAT rate above all", `"vatRate":2500`, `"vatRate":10001`},
		{"a long part number", `"name":"Kettle"`, `"name":"Kettle","partNumber":"` + strings.Repeat("x", 33) + `"`},
		{"a long description", `"name":"Kettle"`, `"name":"Kettle","description":"` + strings.Repeat("x", 129) + `"`},
		{"a long reference", `ref-1`, strings.Repeat("r", 65)},
		{"a notification address that is none", `https://shop.example/oen/x1`, `/oen`},
		{"an unknown field", `"countryCode"`, `"color":"red","countryCode"`},
		{"a field in another spelling", `"orderReference"`, `"orderreference"`},
		{"a field twice", `"countryCode":"SE"`, `"countryCode":"SE","countryCode":"SE"`},
		{"something after the object", `x1"}`, `x1"} {}`},
		{"no object", `{`, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := strings.Replace(cartOf(10000), tt.from, tt.to, 1)
			if body == cartOf(10000) {
				t.Fatal("the case changes nothing")
			}
			l := newLender()
			status, said := send(t, l, "POST", "/v1/carts", body)
			if status != http.StatusBadRequest || said["code"] != json.Number("4003") || len(l.Orders()) != 0 {
				t.Errorf("%d %v, %d carts", status, said, len(l.Orders()))
			}
		})
	}
}

// A refusal of a transaction must leave the order and the book as they were.
func TestTransactionsAreChecked(t *testing.T) {
	const wrong, stuck = "400 4003", "422 4424"
	good := movementBody("DEBIT", 4000, "")
	tests := []struct {
		name  string
		acts  []string
		body  string
		wants string
	}{
		{"no type", nil, strings.Replace(good, `"type":"DEBIT",`, "", 1), wrong},
		{"an unknown type", nil, strings.Replace(good, "DEBIT", "ORIGINAL", 1), wrong},
		{"no amount", nil, strings.Replace(good, `"amount":4000,`, "", 1), wrong},
		{"an amount of nothing", nil, movementBody("DEBIT", 0, ""), wrong},
		{"an amount below nothing", nil, movementBody("DEBIT", -1, ""), wrong},
		{"no rows", nil, `{"type":"DEBIT","amount":4000}`, wrong},
		{"rows of another sum", nil, strings.Replace(good, `"unitAmount":4000`, `"unitAmount":3999`, 1), wrong},
		{"a debit above the residual", nil, movementBody("DEBIT", 10001, ""), wrong},
		{"a second debit above the residual", []string{"debit 40.00"}, movementBody("DEBIT", 6001, ""), wrong},
		{"a long reference", nil, strings.Replace(good, "move-1", strings.Repeat("m", 65), 1), wrong},
		{"a debit of a debit", nil, movementBody("DEBIT", 4000, `,"debitTransaction":"x"`), wrong},
		{"an unknown field", nil, movementBody("DEBIT", 4000, `,"note":"x"`), wrong},
		{"a credit of no debit", []string{"debit 40.00"}, movementBody("CREDIT", 4000, ""), wrong},
		{"a credit of an unknown debit", []string{"debit 40.00"}, movementBody("CREDIT", 4000, `,"debitTransaction":"x"`), wrong},
		{"a credit above its debit", []string{"debit 40.00", "debit 60.00"}, movementBody("CREDIT", 4001, `,"debitTransaction":"$D1"`), wrong},
		{"a credit above what is left of its debit", []string{"debit 40.00", "credit 30.00"}, movementBody("CREDIT", 1001, `,"debitTransaction":"$D1"`), wrong},
		{"a credit before any debit", nil, movementBody("CREDIT", 4000, `,"debitTransaction":"x"`), stuck},
		{"an annul of a part", nil, movementBody("ANNUL", 4000, ""), wrong},
		{"an annul that closes", nil, `{"type":"ANNUL","closeDebit":true}`, wrong},
		{"an annul after a debit", []string{"debit 40.00"}, `{"type":"ANNUL"}`, stuck},
		{"an annul twice", []string{"annul "}, `{"type":"ANNUL"}`, stuck},
		{"a debit after an annul", []string{"annul "}, good, stuck},
		{"a debit after the last", []string{"debit 100.00"}, good, stuck},
		{"a debit of what expired", []string{"expire "}, good, stuck},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLender()
			id := orderOf(t, l, 10000, "complete")
			for _, step := range tt.acts {
				do, amount, _ := strings.Cut(step, " ")
				act(t, l, id, do, amount)
			}
			before, orders := ledger(l), l.Orders()
			body := strings.ReplaceAll(tt.body, "$D1", firstDebit(t, l, id))
			expectRefusal(t, l, "/v1/orders/"+id+"/transactions", body, tt.wants)
			if diff := cmp.Diff(before, ledger(l)); diff != "" {
				t.Error("money moved:", diff)
			}
			if diff := cmp.Diff(orders, l.Orders()); diff != "" {
				t.Error("the order changed:", diff)
			}
		})
	}
}

func expectRefusal(t *testing.T, l *ecster.Lender, path, body, wants string) {
	t.Helper()
	status, said := send(t, l, "POST", path, body)
	code, _ := said["code"].(json.Number)
	if got := fmt.Sprintf("%d %s", status, code); got != wants {
		t.Errorf("%s %v, want %s", got, said, wants)
	}
	if said["type"] == nil || said["message"] == nil {
		t.Errorf("no type or message in %v", said)
	}
}

func firstDebit(t *testing.T, l *ecster.Lender, id string) string {
	t.Helper()
	_, read := send(t, l, "GET", "/v1/orders/"+id, "")
	for _, entry := range read["transactions"].([]any) {
		if made := entry.(map[string]any); made["type"] == "DEBIT" {
			return made["id"].(string)
		}
	}
	return ""
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"an unknown order", "GET", "/v1/orders/nobody", "", 404},
		{"a cart is no order", "GET", "/v1/orders/$CART", "", 404},
		{"a search without its slash", "GET", "/v1/orders", "", 404},
		{"another version", "GET", "/v2/orders/", "", 404},
		{"a debit of an unknown order", "POST", "/v1/orders/nobody/transactions", movementBody("DEBIT", 1, ""), 404},
		{"a refund that never began", "GET", "/v1/orders/$ID/refunds/latest/status", "", 404},
		{"a method that is not there", "DELETE", "/v1/orders/$ID", "", 405},
		{"a reference of nothing", "PUT", "/v1/orders/$ID/orderReference", `{}`, 400},
		{"a long reference", "PUT", "/v1/orders/$ID/orderReference", `{"orderReference":"` + strings.Repeat("r", 65) + `"}`, 400},
		{"an unknown search", "GET", "/v1/orders/?reference=1", "", 400},
		{"an unknown status", "GET", "/v1/orders/?status=OPEN", "", 400},
		{"an unknown method of payment", "GET", "/v1/orders/?paymentMethod=CASH", "", 400},
		{"a time that is none", "GET", "/v1/orders/?from=yesterday", "", 400},
		{"a long search", "GET", "/v1/orders/?orderReference=" + strings.Repeat("r", 65), "", 400},
	}
	l := newLender()
	id := orderOf(t, l, 10000, "complete")
	cart := mustSend(t, l, "/v1/carts", cartOf(20000))["checkoutCart"].(map[string]any)["key"].(string)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := strings.NewReplacer("$ID", id, "$CART", cart).Replace(tt.path)
			if got, said := send(t, l, tt.method, path, tt.body); got != tt.status {
				t.Errorf("%d %v, want %d", got, said, tt.status)
			}
		})
	}
}

func TestBodiesAreJSON(t *testing.T) {
	r := request("POST", "/v1/carts", cartOf(10000))
	r.Header.Set("Content-Type", "text/plain")
	if got := newLender().Serve(noon, r).Status; got != http.StatusUnsupportedMediaType {
		t.Errorf("status %d", got)
	}
}

func TestActsThatDoNotFitSayWhatDoes(t *testing.T) {
	tests := []struct{ name, start, order, do, amount, says string }{
		{"an unknown order", "complete", "nobody", "debit", "", "no cart or order"},
		{"an unknown act", "complete", "ref-1", "dance", "", "possible: expire, debit, annul"},
		{"a signature nobody waits for", "await_payment", "ref-1", "sign", "", "complete, pay, deny"},
		{"a credit of nothing", "complete", "ref-1", "credit", "", "possible: expire, debit, annul"},
		{"a debit above the residual", "complete", "ref-1", "debit", "100.01", "at most 100.00"},
		{"a debit of half an öre", "complete", "ref-1", "debit", "1.005", "two decimals"},
		{"an end of no refund", "complete_swish", "ref-1", "finish_refund", "", "no refund is ongoing; possible: credit"},
		{"a failure of no refund", "complete_swish", "ref-1", "fail_refund", "", "no refund is ongoing; possible: credit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLender()
			orderOf(t, l, 10000, tt.start)
			before := ledger(l)
			err := l.Act(noon, lender.Act{Order: tt.order, Do: tt.do, Amount: tt.amount})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
			if diff := cmp.Diff(before, ledger(l)); diff != "" {
				t.Error("money moved:", diff)
			}
		})
	}
}
