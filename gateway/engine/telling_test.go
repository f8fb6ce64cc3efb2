package engine_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	paid "github.com/lendgate/lendgate/adapters/sandbox/cryptopay"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
)

// telling is what happens at a lender without us, and what it tells of it.
type telling struct {
	name    string
	style   style // not polled: whatever is learned comes of messages
	asked   bool  // the merchant must have authorized before
	deeds   []deed
	told    int // messages of it all, that of the create included
	end     canonical.Status
	sign    func(*lender.Notice)
	word    string // in the body of the first message after the first deed ...
	lie     string // ... and what stands there instead in a message that lies
	believe canonical.Status
	mark    string // what stands in a body before that which makes it another message
}

// deed is something a person does at the lender.
type deed struct{ do, amount string }

// tellings are a life at each lender that sends notifications.
var tellings = []telling{
	{"creditkey", creditkeyStyle, true, []deed{{"capture", ""}, {"refund", "1000.00"}}, 4, canonical.StatusRefunded, signCreditkey, "CAPTURED", "RETURNED", canonical.StatusCaptured, `"id":"evt_`},
	{"ecster", ecsterStyle, false, []deed{{"complete_card", ""}, {"debit", "300.00"}, {"credit", "50.00"}}, 4, canonical.StatusPartiallyCaptured, func(*lender.Notice) {}, "PENDING_PAYMENT", "FULLY_DELIVERED", canonical.StatusAuthorized, `"event":"`},
	{"iwocapay", iwocapayStyle, false, []deed{{"begin", ""}, {"approve", ""}, {"complete", ""}}, 4, canonical.StatusCaptured, signIwocapay, "PENDING", "SUCCESSFUL", canonical.StatusPending, `"webhook_id":"`},
	{"cryptopay", cryptopayStyle, false, []deed{{"pay", ""}, {"refund", "250.00"}}, 3, canonical.StatusPartiallyRefunded, signCryptopay, "paid", "refunded", canonical.StatusCaptured, `"event":"`},
	{"cryptopay, encrypted", sealed(cryptopayStyle), false, []deed{{"pay", ""}, {"refund", "250.00"}}, 3, canonical.StatusPartiallyRefunded, signCryptopay, "", "", "", ""},
}

// sealed is cryptopay with messages that only the merchant can open.
func sealed(s style) style {
	s.lender = func() lender.Lender {
		return paid.New(paid.Settings{
			Key: s.settings.Text("api_key"), Secret: s.settings.Text("api_secret"), WebhookSecret: s.settings.Text("webhook_secret"), EncryptWebhooks: true,
		})
	}
	return s
}

// ready is a kit with an order at the lender on which the deeds can be done.
func (t telling) ready(test tester) (*kit, canonical.Order) {
	test.Helper()
	if t.asked {
		return t.style.reserved(test, "1000.00")
	}
	return t.style.created(test, "1000.00")
}

// lived is a kit in which all of it has happened at the lender, and what was told of it.
func (t telling) lived(test tester) (*kit, canonical.Order, []lender.Notice) {
	test.Helper()
	k, order := t.ready(test)
	t.live(k, order)
	notices := k.mail()
	if len(notices) != t.told {
		test.Fatalf("the lender told %d messages, want %d", len(notices), t.told)
	}
	return k, order, notices
}

func (t telling) live(k *kit, order canonical.Order) {
	k.Helper()
	for _, d := range t.deeds {
		k.act(t.style.name(), order.ProviderOrder.Reference, d.do, d.amount)
	}
}

// forged is another message than the notice, which the lender's own secret signs.
func (t telling) forged(n lender.Notice, replace ...string) lender.Notice {
	n.Header, replace = n.Header.Clone(), append(replace, t.mark, t.mark+"forged-")
	n.Body = []byte(strings.NewReplacer(replace...).Replace(string(n.Body)))
	t.sign(&n)
	return n
}

func signed(algorithm func([]byte) string, secret string, text []byte) string {
	digest := hmac.New(sha256.New, []byte(secret))
	digest.Write(text)
	return algorithm(digest.Sum(nil))
}

func signCreditkey(n *lender.Notice) {
	n.Header.Set("X-CreditKey-Signature", signed(hex.EncodeToString, creditkeyStyle.settings.Text("webhook_secret"), n.Body))
}

func signIwocapay(n *lender.Notice) {
	n.Header.Set("X-Iwocapay-Hmac-Sha256", signed(base64.StdEncoding.EncodeToString, iwocapayStyle.settings.Text("seller_token"), n.Body))
}

func signCryptopay(n *lender.Notice) {
	signing := []byte(n.Header.Get("X-Fluxa-Timestamp") + "." + string(n.Body))
	n.Header.Set("X-Fluxa-Signature", signed(hex.EncodeToString, cryptopayStyle.settings.Text("webhook_secret"), signing))
}

// signCryptopayAt is a notice as the lender sends it again: signed anew.
func signCryptopayAt(n *lender.Notice, at time.Time) {
	n.Header = n.Header.Clone()
	n.Header.Set("X-Fluxa-Timestamp", strconv.FormatInt(at.Unix(), 10))
	signCryptopay(n)
}

// looks is how often a lender was read.
func (k *kit) looks(style string) int {
	count := 0
	for _, a := range k.world.Arrivals(style, "") {
		if a.Operation == "read" && a.Method == http.MethodGet {
			count += a.Count
		}
	}
	return count
}

// asks is how often a lender was asked to do something.
func (k *kit) asks(style string) int {
	count := 0
	for _, a := range k.world.Arrivals(style, "") {
		if a.Operation != "read" && a.Operation != "token" && a.Operation != "offers" {
			count += a.Count
		}
	}
	return count
}

// each runs a test for every telling.
func each(t *testing.T, test func(*testing.T, telling)) {
	for _, one := range tellings {
		t.Run(one.name, func(t *testing.T) { test(t, one) })
	}
}

// permutations lists all orders of n things.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			longer := append(append([]int{}, shorter[:at]...), n-1)
			all = append(all, append(longer, shorter[at:]...))
		}
	}
	return all
}
