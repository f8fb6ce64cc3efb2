package creditkey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const event = `{"id":"evt_01","event":"order.updated","data":{"key":"CK-1","merchant_order_id":"INV-7-1","status":"CAPTURED","amount":1600.00}}`

// Signatures of event with the secret "hook-secret", made with another library.
const (
	hexSHA256    = "698db214f79751a8a8c2ad30b147494025534bca87548db251b78afb08e86956"
	hexSHA512    = "a923b3e08be3e60504026c77aa2241391eabc715dc0e4543a249bbc99651151fe2667a7b31f950fdb75d1e1e3d179d8393468498b461a5ef17b01a24ed821532"
	base64SHA256 = "aY2yFPeXUaiowq0wsUdJQCVTS8qHVI2yUbeK+wjoaVY="
	base64SHA1   = "n8V61AEwHSg7rIcR++7j31QwZ+4="
)

func hooked(t *testing.T, settings ...string) *adapters.Client {
	t.Helper()
	client, _ := scripted(t, says(200, ""), append(settings, "webhook_secret", "hook-secret")...)
	return client
}

func message(header, signature, body string) canonical.Message {
	return canonical.Message{Header: map[string][]string{header: {signature}}, Body: []byte(body)}
}

func TestASignatureIsTakenAsConfiguredAndNoOther(t *testing.T) {
	const usual = "X-Creditkey-Signature" // as Go's server spells it
	tests := []struct {
		name     string
		settings []string
		m        canonical.Message
		taken    bool
	}{
		{"as assumed", nil, message(usual, hexSHA256, event), true},
		{"another header", []string{"webhook_signature_header", "X-Hook-Sign"}, message("X-Hook-Sign", hexSHA256, event), true},
		{"another hash", []string{"webhook_signature_algorithm", "sha512"}, message(usual, hexSHA512, event), true},
		{"another spelling", []string{"webhook_signature_encoding", "base64"}, message(usual, base64SHA256, event), true},
		{"another hash and spelling", []string{"webhook_signature_algorithm", "sha1", "webhook_signature_encoding", "base64"}, message(usual, base64SHA1, event), true},
		{"a hash that is not configured", nil, message(usual, hexSHA512, event), false},
		{"a body that was changed", nil, message(usual, hexSHA256, event+" "), false},
		{"no signature", nil, canonical.Message{Body: []byte(event)}, false},
		{"an empty signature", nil, message(usual, "", event), false},
		{"two signatures", nil, canonical.Message{Header: map[string][]string{usual: {hexSHA256, hexSHA256}}, Body: []byte(event)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			notice, err := hooked(t, tt.settings...).Notice(tt.m)
			if tt.taken != (err == nil) || (err != nil && canonical.KindOf(err) != canonical.Unauthenticated) {
				t.Fatalf("got %v", err)
			}
			want := canonical.Notice{}
			if tt.taken {
				want = canonical.Notice{ID: "evt_01", ProviderID: "CK-1", Reference: "INV-7-1", Event: "order.updated"}
			}
			if diff := cmp.Diff(want, notice); diff != "" {
				t.Errorf("notice (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithoutASecretThereAreNoNotifications(t *testing.T) {
	client, _ := scripted(t, says(200, ""), "webhook_secret", "")
	if _, err := client.Notice(message("X-Creditkey-Signature", hexSHA256, event)); canonical.KindOf(err) != canonical.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestAnEventNamesItsOrderWhereverItStands(t *testing.T) {
	tests := []struct {
		name, body string
		want       canonical.Notice
	}{
		{"in an order of its own", `{"id":"evt_02","event":"order.created","data":{"order":{"key":"CK-2","merchant_order_id":"INV-8"}}}`, canonical.Notice{ID: "evt_02", ProviderID: "CK-2", Reference: "INV-8", Event: "order.created"}},
		{"at the top", `{"id":"evt_03","event":"order.updated","key":"CK-3"}`, canonical.Notice{ID: "evt_03", ProviderID: "CK-3", Event: "order.updated"}},
		{"without an id", `{"event":"order.updated","key":"CK-3"}`, canonical.Notice{ID: "80bbb2b63f1e2554b3da1b1dbe669b2bc60bdf650bfb410cf6bbb3f27a0b31d2", ProviderID: "CK-3", Event: "order.updated"}},
	}
	read := defined(t, with()).Notifications.Read
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			notice, err := read(canonical.Message{Body: []byte(tt.body)})
			if diff := cmp.Diff(tt.want, notice); diff != "" || err != nil {
				t.Errorf("%v, notice (-want +got):\n%s", err, diff)
			}
		})
	}
	for _, body := range []string{"signed, but no JSON", `{"id":"evt_04","event":"company.status","data":{"id":40217}}`} {
		if notice, err := read(canonical.Message{Body: []byte(body)}); canonical.KindOf(err) != canonical.InvalidRequest || notice.ID != "" {
			t.Errorf("%s: %+v %v", body, notice, err)
		}
	}
}
