package certify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/gateway/certify"
)

// stampedNotice is Sezzle's recorded notification as if its proof were a time and signatures, one of them by another rule.
func stampedNotice(t *testing.T, covers ...string) string {
	t.Helper()
	const stamp = "1772447400"
	const body = `{"uuid":"ev-1","event":"order.authorized","data":{"uuid":"ed5b3a0c-2f0e-4a51-9f1e-7c2b1f8e0a11"}}`
	mac := hmac.New(sha256.New, []byte("sezzle-private-5b0f2c71"))
	mac.Write([]byte(stamp + "." + body))
	text, err := json.Marshal(map[string]any{
		"case": "a notification with a stamp",
		"message": map[string]any{
			"header": map[string]string{"Sezzle-Signature": "t=" + stamp + ",v0=00ff, v1=" + hex.EncodeToString(mac.Sum(nil))},
			"body":   body, "covers": covers, "within": 300,
		},
		"gives": map[string]string{"Event": "order.authorized", "ID": "ev-1", "ProviderID": "ed5b3a0c-2f0e-4a51-9f1e-7c2b1f8e0a11"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	hmacProof    = "{hmac: {header: Sezzle-Signature, hash: sha256, encoding: hex, secret: private_key, former: former_keys}}"
	stampedProof = "{stamped: {header: Sezzle-Signature, hash: sha256, encoding: hex, secret: private_key, former: former_keys, time: t, signatures: v1, tolerance: 5m}}"
)

func TestAStampedProofIsCertified(t *testing.T) {
	genuine := stampedNotice(t, "body", "Sezzle-Signature", "time")
	report := withCases(t, "sezzle", map[string]string{"notice": genuine, "notice_former": genuine}, hmacProof, stampedProof)
	if !report.Good {
		t.Errorf("got %s", written(report))
	}
}

// TestAForgeryIsToldInASentence: whoever reads it knows nothing of how messages are kept.
func TestAForgeryIsToldInASentence(t *testing.T) {
	report := withCases(t, "sezzle", map[string]string{"notice": stampedNotice(t, "body", "X-Other", "time")}, hmacProof, stampedProof)
	const want = `notice.json: it is believed with another X-Other (X-Other: `
	if got := written(report); !strings.Contains(got, want) || strings.Contains(got, "{ID:") {
		t.Errorf("got %s, want %s", got, want)
	}
}

// withCases certifies a contract that ships, changed, with some of its cases replaced.
func withCases(t *testing.T, name string, cases map[string]string, pairs ...string) *certify.Report {
	t.Helper()
	subject, err := replaced(t, name, cases, pairs...)
	if err != nil {
		t.Fatal(err)
	}
	report, err := subject.Only("none", "forged notification").Run()
	if err != nil {
		t.Fatal(err)
	}
	return report
}
