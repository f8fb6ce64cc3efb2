package iwocapay_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

// A webhook and its signature with the key sellerKey, reckoned by hand from the lender's description.
const (
	sellerKey = "seller-access-token-example-0001"
	webhook   = `{"data":{"webhook_id":"3c1f6e0a-9d2b-4c77-8a51-0f6b7d2e9a10","event_type":"ORDER_STATUS_CHANGED","order_id":"5b8e2f1c-7a4d-4e39-b6c0-2d9f8a1e3c47","amount":1480.5,"reference":"INV-2207","status":"SUCCESSFUL"}}`
	signature = "7DvA7jMRP+C4WMhZO3U00/mKmPqekIinQrmsJHJm4hM="
)

// goodSignature is of order("APPROVED", "") with the token of with().
const goodSignature = "ycPR3fPhPOvFrqTILc/L+T7UjcG8MtI4IE2g+fv+lMw="

const unsigned = `{"data":{"order_id":4711,"pay_link_id":"c0d9a7b1-3e5f-4c86-8f21-90b4e6d7a5f3","amount":"1480.5","reference":"INV-2207","status":"SUCCESSFUL"}}`

func message(signature, body string) canonical.Message {
	m := canonical.Message{Body: []byte(body), Header: map[string][]string{}}
	if signature != "" {
		m.Header["X-Iwocapay-Hmac-Sha256"] = []string{signature}
	}
	return m
}

func TestANotificationIsTakenFromItsSenderAlone(t *testing.T) {
	newer := canonical.Notice{ID: "3c1f6e0a-9d2b-4c77-8a51-0f6b7d2e9a10", ProviderID: id, Reference: "INV-2207", Event: "ORDER_STATUS_CHANGED"}
	older := canonical.Notice{ID: "c0d9a7b1-3e5f-4c86-8f21-90b4e6d7a5f3 SUCCESSFUL", Reference: "INV-2207", Event: "ORDER_STATUS_CHANGED"}
	mine := []string{"seller_token", sellerKey}
	tests := []struct {
		name     string
		settings []string
		m        canonical.Message
		want     canonical.Notice // empty: not taken
	}{
		{"signed with the token", mine, message(signature, webhook), newer},
		{"signed with a former token", []string{"former_tokens", "first, " + sellerKey}, message(signature, webhook), newer},
		{"signed with the token, where the older dialect is taken", append(mine, "webhook_dialect", "legacy"), message(signature, webhook), newer},
		{"signed with a token that was never ours", nil, message(signature, webhook), canonical.Notice{}},
		{"changed on its way", mine, message(signature, webhook+"\n"), canonical.Notice{}},
		{"not signed", mine, message("", webhook), canonical.Notice{}},
		{"signed with nothing", append(mine, "former_tokens", ", ,"), message("OBdRZ0heu1lKa+k7D7HB0DtXN+hIcgnEhNG1Nn3sRg0=", webhook), canonical.Notice{}},
		{"signed twice", mine, canonical.Message{Header: map[string][]string{"X-Iwocapay-Hmac-Sha256": {signature, signature}}, Body: []byte(webhook)}, canonical.Notice{}},
		{"of the older dialect", append(mine, "webhook_dialect", "legacy"), message("", unsigned), older},
		{"of the older dialect, which is not taken", mine, message("", unsigned), canonical.Notice{}},
		{"of the older dialect, with a wrong signature", append(mine, "webhook_dialect", "legacy"), message(signature, unsigned), canonical.Notice{}},
		{"of neither dialect, without a pay link", append(mine, "webhook_dialect", "legacy"), message("", `{"data":{"order_id":4711,"reference":"INV-2207"}}`), canonical.Notice{}},
		{"of neither dialect, with the lender's id", append(mine, "webhook_dialect", "legacy"), message("", `{"data":{"order_id":"`+id+`","pay_link_id":"c0d9a7b1","reference":"INV-2207"}}`), canonical.Notice{}},
		{"of the newer dialect, with its signature taken off", append(mine, "webhook_dialect", "legacy"), message("", webhook), canonical.Notice{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := scripted(t, says(200, ""), tt.settings...)
			notice, err := client.Notice(tt.m)
			if diff := cmp.Diff(tt.want, notice); diff != "" {
				t.Errorf("notice (-want +got):\n%s", diff)
			}
			if tt.want.ID == "" && canonical.KindOf(err) != canonical.Unauthenticated {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAMessageIsTheSameAgainByIDOrByOrderAndStatus(t *testing.T) {
	read := defined(t, with()).Notifications.Read
	notice, err := read(canonical.Message{Body: []byte(`{"data":{"order_id":"` + id + `","status":"PENDING","reference":"INV-2207"}}`)})
	if want := id + " PENDING"; err != nil || notice.ID != want {
		t.Errorf("without an id of its own it is %q %v, want %q", notice.ID, err, want)
	}
	for _, body := range []string{"signed, but no JSON", `{"data":{"status":"PENDING"}}`} {
		if _, err := read(canonical.Message{Body: []byte(body)}); canonical.KindOf(err) != canonical.InvalidRequest {
			t.Errorf("%s: %v", body, err)
		}
	}
}
