package certify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/gateway/certify"
)

// lie is a contract, or what is known of its lender, with one thing changed: certification must refute the claim.
type lie struct {
	name     string
	contract string
	after    string // the change is made behind this text; "": the first place
	old, new string
	row      string
	claim    string
	fault    string   // that must show it; "": the lender block alone, or the life without a fault
	with     []string // what else must change for the file to be read, in pairs
}

// lies of contracts: each claim is made wrongly once.
var lies = []lie{
	{"a key is sent where the lender does not look for it", "sezzle", "POST /v2/order/{id}/capture", "Sezzle-Request-Id", "X-Request-Id", "capture", "key", "lost after acting", nil},
	{"a key is trusted for longer than the lender remembers it", "sezzle", "POST /v2/order/{id}/refund", "life: 24h", "life: 96h", "refund", "key", "lost, then out of reach", nil},
	{"a key that is not in the body", "afterpay", "POST /v2/payments/{id}/capture", "body: {requestId: =key,", "body: {request: =key,", "capture", "key", "500 after acting", nil},
	{"an order that reserves is called harmless", "billie", "POST /api/v2/orders\n", "    lost: [ask_a_person]                          # ASSUMED: no search by our number\n    horizon: 1m\n", "    lost: [send_again]\n    class: harmless\n", "create", "harmless", "lost after acting", nil},
	{"a movement is looked for where our reference does not stand", "riverty", "kind: capture", "reference: /transactionReference", "reference: /captureNumber", "capture", "found by reference", "", nil},
	{"an invoice is looked for by another name", "billie", "kind: capture", "reference: /external_code", "reference: /uuid", "capture", "found by reference", "", nil},
	{"totals are read from another place", "sezzle", "", `captured: =total(rows("/authorization/captures"), "/amount")`, `captured: =total(rows("/authorization/releases"), "/amount")`, "", "reads", "", nil},
	{"a request is thought dead too early", "riverty", "POST /api/v3/orders/{id}/captures", "horizon: 1m", "horizon: 2s", "capture", "horizon", "slow", nil},
	{"an error is thought to come before the lender acts", "riverty", "", "status: 429, means: busy", "status: 500, means: busy", "capture", "answered before acting", "500 after acting", nil},
	{"a failure is taken for a refusal", "afterpay", "", "status: 422, means: refused", "status: 500, means: refused", "capture", "answered before acting", "500 after acting", nil},
	{"a part is asked for and all of it sent", "riverty", "POST /api/v3/orders/{id}/captures", "totalGrossAmount: =amount", "totalGrossAmount: =order.capturable", "capture", "amount", "", nil},
	{"refunds are sent as a sum", "sezzle", "POST /v2/order/{id}/refund", "$is: =amount", "$is: =cumulative", "refund", "amount", "", nil},
	{"a refund does not name its capture", "riverty", "POST /api/v3/orders/{id}/refunds", "      captureNumber: =capture.reference\n", "", "refund", "amount", "", nil},
	{"a refund names its order and not its capture", "riverty", "POST /api/v3/orders/{id}/refunds", "captureNumber: =capture.reference", "captureNumber: =order.id", "refund", "amount", "", nil},
	{"the amount of a refund's reply is not looked at", "afterpay", "", "moved: /amount, ", "", "refund", "reply", "wrong amount", nil},
	{"the amount of a reply is not looked at", "riverty", "POST /api/v3/orders/{id}/captures", "moved: /capturedAmount, ", "", "capture", "reply", "wrong amount", nil},
	{"a decline is called a mistake of ours", "afterpay", "", "code: AUTH_DECLINED, means: declined", "code: AUTH_DECLINED, means: refused", "authorize", "declines", "", nil},
	{"a no is called a yes", "riverty", "", "yes: [Accepted, Pending]", "yes: [Accepted, Pending, Rejected]", "create", "declines", "",
		[]string{"      declined: text(\"/outcome\") in [\"Rejected\", \"NotEvaluated\"]\n      code: /riskCheckMessages/0/code\n", "", "Rejected: {phase: ended, by: lender}", "Rejected: {phase: open}"}},
	{"notifications are taken from anybody", "sezzle", "", "proof: [{hmac: {header: Sezzle-Signature, hash: sha256, encoding: hex, secret: private_key, former: former_keys}}]", "proof: {nothing: they prove nothing}", "", "notifications", "forged notification",
		[]string{"  former_keys: {kind: list, help: Replaced private keys whose notifications are still taken., secret: true}\n", "", ", former_keys: sezzle-former-00aa11bb", ""}},
	{"notifications are proved by another key", "sezzle", "notifications:", "secret: private_key", "secret: public_key", "", "notifications", "", nil},
	{"a word that opens an order is read as one that waits", "sezzle", "", "authorized: {phase: open}", "authorized: {phase: pending, waiting_for: lender}", "", "reads", "", nil},
	{"what is left is read from another place", "riverty", "totalGrossAmount\n", `net: '=money("/remainingAuthorizedAmount") + money("/totalCapturedAmount")'`, `net: '=money("/remainingAuthorizedAmount")'`, "", "reads", "", nil},
}

// surprises are facts of the lender, flipped: the contract that relied on them is refuted.
var surprises = []lie{
	{"the lender has no key", "sezzle", "lender:", "currency: /capture_amount/currency, key: {header: Sezzle-Request-Id, life: 24h}", "currency: /capture_amount/currency", "capture", "key", "lost after acting", nil},
	{"the lender has no key in the body", "afterpay", "    capture:\n      amount: /amount/amount", "      key: {body: /requestId, life: 24h}\n", "", "capture", "key", "delivered twice", nil},
	{"the lender forgets keys sooner", "sezzle", "    refund: {amount: /amount_in_cents", "life: 24h", "life: 10m", "refund", "key", "lost, then out of reach", nil},
	{"the lender cannot be searched", "riverty", "lender:", "searchable: true", "searchable: false", "capture", "found by reference", "", nil},
	{"the lender cannot be searched for invoices", "billie", "lender:", "searchable: true", "searchable: false", "capture", "found by reference", "", nil},
	{"the lender acts later", "riverty", "lender:", "acts_within: 1m", "acts_within: 1h", "refund", "horizon", "slow", nil},
	{"the lender acts later than a key would show", "sezzle", "lender:", "acts_within: 2m", "acts_within: 1h", "capture", "horizon", "", nil},
	{"the lender shows late what it did", "riverty", "lender:", "searchable: true", "searchable: true\n  shows_within: 30m", "create", "found by reference", "lost after acting", nil},
	{"refunds are cumulative", "sezzle", "    refund: {", "amount: /amount_in_cents", "is: total, amount: /amount_in_cents", "refund", "amount", "", nil},
	{"the lender has acted when it answers 429", "riverty", "lender:", "before_acting: [429]", "before_acting: []", "capture", "answered before acting", "429", nil},
	{"the lender always captures all", "riverty", "lender:", "amount: /orderDetails/totalGrossAmount\n", "amount: /orderDetails/totalGrossAmount\n      partial: false\n", "capture", "partial", "", nil},
	{"a checkout reserves", "afterpay", "lender:", "create: {does: nothing", "create: {does: authorize", "create", "harmless", "lost after acting", nil},
	{"amounts are minor units", "afterpay", "lender:", "form: major_string", "form: minor_string", "capture", "amount", "", nil},
	{"the lender reads another amount", "billie", "lender:", "capture: {amount: /amount/gross", "capture: {amount: /amount/net", "capture", "amount", "", nil},
}

func TestEveryLieIsFound(t *testing.T) {
	areFound(t, lies)
}

func TestEverySurpriseIsFound(t *testing.T) {
	areFound(t, surprises)
}

func areFound(t *testing.T, all []lie) {
	for i, l := range all {
		if i%few == 0 {
			t.Run(l.name, func(t *testing.T) { l.isFound(t) })
		}
	}
}

func (l lie) isFound(t *testing.T) {
	t.Parallel()
	report := l.certified(t)
	if report.Good {
		t.Error("got a good report")
	}
	if l.fault != "" && !slices.ContainsFunc(report.Matrix, func(c certify.Cell) bool { return c.Fault == l.fault && c.Verdict == certify.Fail }) {
		t.Errorf("got no failure under %q", l.fault)
	}
	for _, c := range report.Claims {
		if c.Row == l.row && c.Claim == l.claim && c.Standing == certify.Refuted {
			return
		}
	}
	t.Errorf("claim %q of %q is not refuted:\n%s", l.claim, l.row, written(report))
}

func (l lie) certified(t *testing.T) *certify.Report {
	t.Helper()
	_, text := declared.ShippedText(l.contract)
	cases, err := declared.ShippedCases(l.contract)
	if err != nil {
		t.Fatal(err)
	}
	before, behind, found := strings.Cut(string(text), l.after)
	if !found || !strings.Contains(behind, l.old) {
		t.Fatalf("the contract of %s has no %q behind %q", l.contract, l.old, l.after)
	}
	changed := before + l.after + strings.Replace(behind, l.old, l.new, 1)
	for i := 0; i < len(l.with); i += 2 {
		if !strings.Contains(changed, l.with[i]) {
			t.Fatalf("the contract of %s has no %q", l.contract, l.with[i])
		}
		changed = strings.Replace(changed, l.with[i], l.with[i+1], 1)
	}
	subject, err := certify.Read(l.contract+".yaml", []byte(changed), cases)
	if err != nil {
		t.Fatal(err)
	}
	report, err := subject.Unjudged().Only("none", l.fault).Run()
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func written(r *certify.Report) string {
	var b strings.Builder
	r.Write(&b)
	return b.String()
}
