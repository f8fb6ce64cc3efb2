package declared_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

func TestAMessageIsProvedAsItsLenderWould(t *testing.T) {
	for _, row := range []struct {
		proof  string
		covers []string
		within int
	}{
		{"[{header: {name: X-Key, secret: api_key}}]", []string{"X-Key"}, 0},
		{"[{path: api_key}]", []string{"secret"}, 0},
		{"[{hmac: {header: X-Sum, hash: sha256, encoding: hex, secret: api_key}}]", []string{"X-Sum", "body"}, 0},
		{"[{hmac: {header: X-Sum, hash: sha512, encoding: base64, secret: api_key}}]", []string{"X-Sum", "body"}, 0},
		{"[{stamped: {header: X-Sum, hash: sha1, encoding: hex, secret: api_key, tolerance: 2m}}]", []string{"X-Sum", "body", "time"}, 120},
		{"[{path: api_key}, {hmac: {header: X-Sum, hash: sha256, encoding: hex, secret: api_key}}]", []string{"X-Sum", "body", "secret"}, 0},
	} {
		c, mistakes := declared.Read("c.yaml", []byte(changed(t, plainProof, row.proof)))
		if mistakes != nil {
			t.Fatal(mistakes.Error())
		}
		d, err := c.Adapter().Define(keyed)
		if err != nil {
			t.Fatal(err)
		}
		m := canonical.Message{Body: []byte(`{"id":"o1"}`), At: noon}
		if d.Notifications.Verify(m) {
			t.Errorf("%s: verifies before it is proved", row.proof)
		}
		if !c.Prove(keyed, &m) || !d.Notifications.Verify(m) {
			t.Errorf("%s: does not verify: %+v", row.proof, m)
		}
		if got := c.Covers(keyed); !slices.Equal(got, row.covers) || c.Tolerance() != row.within {
			t.Errorf("%s: covers %q within %d", row.proof, got, c.Tolerance())
		}
		if late := m; row.within > 0 {
			late.At = noon.Add(3 * time.Minute)
			if d.Notifications.Verify(late) {
				t.Errorf("%s: verifies late", row.proof)
			}
		}
		if other := (canonical.Message{Body: m.Body, At: noon}); c.Prove(nil, &other) {
			t.Errorf("%s: proved without a secret", row.proof)
		}
	}
}

func TestWhatALenderDoesNotProveNobodyCan(t *testing.T) {
	c, mistakes := declared.Read("c.yaml", []byte(changed(t, plainProof, "[{nothing: it signs nothing}]")))
	if mistakes != nil {
		t.Fatal(mistakes.Error())
	}
	if c.Prove(keyed, &canonical.Message{}) || c.Covers(keyed) != nil {
		t.Error("it is proved")
	}
	silent, mistakes := declared.Read("c.yaml", []byte(changed(t, "notifications:\n  proof: "+plainProof+"\n  order: /id\n", "")))
	if mistakes != nil {
		t.Fatal(mistakes.Error())
	}
	if silent.Prove(keyed, &canonical.Message{}) || silent.Covers(keyed) != nil || silent.Tolerance() != 0 {
		t.Error("a lender that sends nothing is proved")
	}
}
