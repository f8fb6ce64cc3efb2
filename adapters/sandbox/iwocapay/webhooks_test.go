package iwocapay_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lendgate/lendgate/adapters/sandbox/iwocapay"
)

// known is a webhook whose signature was computed independently of this package.
const (
	knownBody      = `{"data":{"webhook_id":"3c1f6e0a-9d2b-4c77-8a51-0f6b7d2e9a10","event_type":"ORDER_STATUS_CHANGED","order_id":"5b8e2f1c-7a4d-4e39-b6c0-2d9f8a1e3c47","amount":1480.5,"reference":"INV-2207","status":"SUCCESSFUL"}}`
	knownSignature = "7DvA7jMRP+C4WMhZO3U00/mKmPqekIinQrmsJHJm4hM="
)

func TestSignAgreesWithTheKnownAnswer(t *testing.T) {
	if got := iwocapay.Sign(token, []byte(knownBody)); got != knownSignature {
		t.Errorf("signature %s, want %s", got, knownSignature)
	}
}

// independent signs with the standard library alone.
func independent(body []byte) string {
	h := hmac.New(sha256.New, []byte(token))
	h.Write(body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func TestAWebhookIsTheKnownOneButForItsIDs(t *testing.T) {
	s := open(t, nil)
	id := s.order(sample)
	s.act(id, "complete")
	notices := s.lender.Notices(opening)
	if len(notices) != 4 {
		t.Fatalf("%d notices, want one for each status", len(notices))
	}
	seen := map[any]bool{}
	for _, n := range notices {
		if n.URL != "https://gw.example/hooks/k3" {
			t.Errorf("sent to %s", n.URL)
		}
		if got, want := n.Header.Get("X-Iwocapay-Hmac-Sha256"), independent(n.Body); got != want {
			t.Errorf("signature %q, want %q", got, want)
		}
		seen[unwrap(t, n.Body)["webhook_id"]] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d webhook ids in 4 webhooks", len(seen))
	}

	last := notices[3].Body
	ids := strings.NewReplacer(
		"3c1f6e0a-9d2b-4c77-8a51-0f6b7d2e9a10", unwrap(t, last)["webhook_id"].(string),
		"5b8e2f1c-7a4d-4e39-b6c0-2d9f8a1e3c47", id,
	)
	wantText(t, last, ids.Replace(knownBody))
	if left := s.lender.Notices(opening); left != nil {
		t.Errorf("%d notices come twice", len(left))
	}
}

func TestNobodyIsToldWithoutAnAddress(t *testing.T) {
	s := open(t, nil)
	s.act(s.order(`{"data":{"amount":1,"reference":"A"}}`), "complete")
	if got := s.lender.Notices(opening); got != nil {
		t.Errorf("%d notices", len(got))
	}
}

func TestACancelIsToldOnce(t *testing.T) {
	s := open(t, nil)
	id := s.order(sample)
	s.lender.Notices(opening)
	s.send("DELETE", older(id), "")
	s.send("DELETE", older(id), "")
	notices := s.lender.Notices(opening)
	if len(notices) != 1 || unwrap(t, notices[0].Body)["status"] != "UNSUCCESSFUL" {
		t.Errorf("notices %v", notices)
	}
}

func TestTheOlderDialectIsUnsignedAndToldOfAllOrders(t *testing.T) {
	s := open(t, func(s *iwocapay.Settings) { s.LegacyWebhooks = true })
	first := s.order(`{"data":{"amount":1480.5,"reference":"A"}}`)
	s.order(sample)
	notices := s.lender.Notices(opening)
	if len(notices) != 2 {
		t.Fatalf("%d notices, want 2", len(notices))
	}
	link := s.data(http.StatusOK, s.send("GET", older(first), ""))["pay_link_id"].(string)
	wantText(t, notices[0].Body, `{"data":{"order_id":1,"pay_link_id":"`+link+`","amount":1480.5,"reference":"A","status":"CREATED"}}`)
	if got := unwrap(t, notices[1].Body)["order_id"]; got != json.Number("2") {
		t.Errorf("order_id of the second order is %v", got)
	}
	for _, n := range notices {
		if n.URL != "" {
			t.Errorf("sent to %s, want the registered address", n.URL)
		}
		if diff := cmp.Diff(http.Header{"Content-Type": {"application/json"}}, n.Header); diff != "" {
			t.Errorf("header (-want +got):\n%s", diff)
		}
	}
}

// Without signatures a forgery is only another message, with nothing that gives it away.
func TestAForgedNotificationOfTheOlderDialectIsUnsignedToo(t *testing.T) {
	s := open(t, func(s *iwocapay.Settings) { s.LegacyWebhooks = true })
	s.order(sample)
	told := s.lender.Notices(opening)[0]
	forged := s.lender.Forge(told)
	if diff := cmp.Diff(told.Header, forged.Header); diff != "" {
		t.Error(diff)
	}
	if was, is := unwrap(t, told.Body)["status"], unwrap(t, forged.Body)["status"]; was != "CREATED" || is == was {
		t.Errorf("%v became %v", was, is)
	}
}

func TestReadsOnTheNewerPathsAreSigned(t *testing.T) {
	s := open(t, nil)
	id := s.order(sample)
	tests := []struct {
		name, method, path string
		signed             bool
	}{
		{"read, newer", "GET", newer(id), true},
		{"read of an unknown order, newer", "GET", newer("unknown"), true},
		{"credential check", "GET", connectionPath, true},
		{"read, older", "GET", older(id), false},
		{"cancel, newer", "DELETE", newer(id), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reply := s.send(tt.method, tt.path, "")
			want := ""
			if tt.signed {
				want = independent(reply.Body)
			}
			if got := reply.Header.Get("X-Iwocapay-Hmac-Sha256"); got != want {
				t.Errorf("signature %q, want %q", got, want)
			}
		})
	}
}
