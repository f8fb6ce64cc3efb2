package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

func (k *kit) patch(id, version, body string) answer {
	k.t.Helper()
	r := request{method: http.MethodPatch, path: "/v1/orders/" + id, body: body, as: "merchant"}
	if version != "" {
		r.header = http.Header{"If-Match": {version}}
	}
	return k.do(r)
}

func TestAChangeMayBeTiedToAVersion(t *testing.T) {
	k := newKit(t)
	id := k.created()
	version := k.get("/v1/orders/" + id).text("version")
	changed := k.patch(id, `"`+version+`"`, `{"metadata": {"colour": "red"}}`).wants(http.StatusOK)
	if changed.text("metadata/colour") != "red" || changed.text("version") == version {
		t.Errorf("got %s", changed.body)
	}
	stale := k.patch(id, `"`+version+`"`, `{"metadata": {"colour": "blue"}}`).problem(canonical.VersionMismatch)
	if stale.text("order") != id {
		t.Errorf("got %s", stale.body)
	}
	k.patch(id, "*", `{"metadata": {"colour": "green"}}`).wants(http.StatusOK)
	k.patch(id, "", `{"metadata": {"colour": "white"}}`).wants(http.StatusOK)
}

func TestAConditionThatIsNoneIsRefused(t *testing.T) {
	k := newKit(t)
	id := k.created()
	two := request{method: http.MethodPatch, path: "/v1/orders/" + id, body: `{"metadata": {}}`, as: "merchant", header: http.Header{"If-Match": {`"1"`, `"2"`}}}
	k.do(two).problem(canonical.InvalidRequest)
	for _, version := range []string{`1`, `"one"`, `W/"1"`, `"1", "2"`, `"0"`, `"-1"`, `"`} {
		got := k.patch(id, version, `{"metadata": {"colour": "red"}}`).problem(canonical.InvalidRequest)
		if at := got.pointers(); !slices.Equal(at, []string{"If-Match"}) {
			t.Errorf("%s: got mistakes at %v", version, at)
		}
	}
}

func TestARepeatedChangeIsReplayedAlthoughTheVersionHasMovedOn(t *testing.T) {
	k := newKit(t)
	id := k.created()
	r := request{method: http.MethodPatch, path: "/v1/orders/" + id, body: `{"amount": {"value": "80.00", "currency": "USD"}}`, as: "merchant", idempotency: "change",
		header: http.Header{"If-Match": {`"` + k.get("/v1/orders/"+id).text("version") + `"`}}}
	first := k.do(r).wants(http.StatusOK)
	if first.text("amount/value") != "80.00" || first.text("operation/kind") != "update" {
		t.Errorf("got %s", first.body)
	}
	replayed(t, first, k.do(r))
	r.body = `{"amount": {"value": "70.00", "currency": "USD"}}`
	k.do(r).problem(canonical.IdempotencyKeyReused)
}

func TestAChangeOfNothingIsRefused(t *testing.T) {
	k := newKit(t)
	id := k.created()
	for _, body := range []string{"", "{}", `{"provider_options": {"note": "x"}}`} {
		k.patch(id, "", body).problem(canonical.InvalidRequest)
	}
	k.patch(id, "", `{"lines": null}`).problem(canonical.InvalidRequest)
}
