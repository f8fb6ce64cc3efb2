package cryptopay_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// told is what a merchant reads off a notification after checking its signature.
func (s *shop) told() []string {
	s.t.Helper()
	var names []string
	for _, n := range s.lender.Notices(s.now) {
		timestamp := n.Header.Get("X-Fluxa-Timestamp")
		if want := hash(webhookSecret, timestamp+"."+string(n.Body)); n.Header.Get("X-Fluxa-Signature") != want {
			s.t.Errorf("signature %s, want %s", n.Header.Get("X-Fluxa-Signature"), want)
		}
		var body struct{ Event, Status string }
		if err := json.Unmarshal(n.Body, &body); err != nil {
			s.t.Fatal(err)
		}
		if body.Event != n.Header.Get("X-Fluxa-Event") {
			s.t.Errorf("the header says %s, the body %s", n.Header.Get("X-Fluxa-Event"), body.Event)
		}
		names = append(names, body.Event+" "+body.Status)
	}
	return names
}

func TestWhoIsToldWhat(t *testing.T) {
	tests := []struct {
		name   string
		events []string
		acts   []string
		want   []string
	}{
		{"nothing for a charge", nil, nil, nil},
		{"nothing for a payment under way", nil, []string{"seen"}, nil},
		{"nothing for a customer who leaves", nil, []string{"leave"}, nil},
		{"a payment and its settlement", nil, []string{"seen", "confirmed"}, []string{"payment.succeeded paid", "settlement.completed paid"}},
		{"a failure", nil, []string{"fail"}, []string{"payment.failed failed"}},
		{"a refund", []string{"payment.refunded"}, []string{"pay", "refund"}, []string{"payment.refunded refunded"}},
		{"everything again, newest first", nil, []string{"pay", "resend"},
			[]string{"payment.succeeded paid", "settlement.completed paid", "settlement.completed paid", "payment.succeeded paid"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			configured := settings()
			configured.WebhookEvents = test.events
			s := open(t, configured)
			s.charged("gw-1", "100", "mock")
			for _, do := range test.acts {
				s.act(do, "gw-1")
			}
			if diff := cmp.Diff(test.want, s.told()); diff != "" {
				t.Error(diff)
			}
			if again := s.lender.Notices(s.now); again != nil {
				t.Errorf("told again: %v", again)
			}
		})
	}
}

func TestARefundIsToldWithTheOrdersTotalAndWhatIsRefundedInAll(t *testing.T) {
	s := open(t, settings())
	id := s.charged("gw-1", "125.40", "mock")
	s.act("pay", id)
	s.lender.Notices(s.now)
	for _, amount := range []string{"25.40", "0.60"} {
		if err := s.lender.Act(s.now, lender.Act{Order: id, Do: "refund", Amount: amount}); err != nil {
			t.Fatal(err)
		}
	}
	notices := s.lender.Notices(s.now)
	if len(notices) != 2 {
		t.Fatalf("%d notices", len(notices))
	}
	want := `{"event":"payment.refunded","order_id":"` + id + `","merchant_order_id":"gw-1","amount":"125.40","currency":"USDT",` +
		`"status":"partially_refunded","channel":"mock","channel_name":"Sandbox checkout","is_test":true,"refunded_amount":"26.00",` +
		`"paid_at":"2026-06-11T12:00:01Z"}`
	if diff := cmp.Diff(want, string(notices[1].Body)); diff != "" {
		t.Error(diff)
	}
	if got := notices[1].Header.Get("X-Fluxa-Encryption"); got != "" {
		t.Errorf("encryption %s", got)
	}
}

func TestAnEncryptedNotificationIsSignedAroundItsEnvelope(t *testing.T) {
	configured := settings()
	configured.EncryptWebhooks = true
	s := open(t, configured)
	id := s.charged("gw-1", "100", "mock")
	s.act("pay", id)
	seen := map[string]bool{}
	for _, n := range s.lender.Notices(s.now) {
		if n.Header.Get("X-Fluxa-Encryption") != "A256GCM" {
			t.Errorf("headers %v", n.Header)
		}
		if got := hash(webhookSecret, n.Header.Get("X-Fluxa-Timestamp")+"."+string(n.Body)); got != n.Header.Get("X-Fluxa-Signature") {
			t.Error("the signature is not over the envelope")
		}
		nonce, plain := unseal(t, n.Body)
		var body struct {
			Event   string
			OrderID string `json:"order_id"`
		}
		if err := json.Unmarshal(plain, &body); err != nil || body.OrderID != id || body.Event != n.Header.Get("X-Fluxa-Event") {
			t.Errorf("%s: %v", plain, err)
		}
		seen[nonce] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d nonces for 2 notifications", len(seen))
	}
}

// A forged envelope is sealed and signed with a secret that is not the merchant's.
func TestAForgedEnvelopeDoesNotOpen(t *testing.T) {
	configured := settings()
	configured.EncryptWebhooks = true
	s := open(t, configured)
	s.act("pay", s.charged("gw-1", "100", "mock"))
	for _, n := range s.lender.Notices(s.now) {
		forged := s.lender.Forge(n)
		if got := hash(webhookSecret, forged.Header.Get("X-Fluxa-Timestamp")+"."+string(forged.Body)); got == forged.Header.Get("X-Fluxa-Signature") {
			t.Error("the forgery is signed with the secret")
		}
		if plain, err := opened(t, forged.Body); err == nil {
			t.Errorf("the forgery opens: %s", plain)
		}
		if got := hash(webhookSecret, n.Header.Get("X-Fluxa-Timestamp")+"."+string(n.Body)); got != n.Header.Get("X-Fluxa-Signature") {
			t.Error("forging changed the real one")
		}
	}
}

func unseal(t *testing.T, envelope []byte) (nonce string, plain []byte) {
	t.Helper()
	var sealed struct {
		Alg  string
		Data []byte
	}
	if err := json.Unmarshal(envelope, &sealed); err != nil || sealed.Alg != "A256GCM" {
		t.Fatalf("%s: %v", envelope, err)
	}
	plain, err := opened(t, envelope)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sealed.Data[:12]), plain
}

func opened(t *testing.T, envelope []byte) ([]byte, error) {
	t.Helper()
	var sealed struct{ Data []byte }
	if err := json.Unmarshal(envelope, &sealed); err != nil {
		t.Fatal(err)
	}
	key := sha256.Sum256([]byte(webhookSecret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return gcm.Open(nil, sealed.Data[:12], sealed.Data[12:], nil)
}
