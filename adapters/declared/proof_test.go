package declared_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const (
	plainAuth  = "  headers: {X-Key: \"{setting.api_key}\"}\n"
	plainProof = "[{header: {name: X-Key, secret: api_key}}]"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestWhatProvesWhoWeAre(t *testing.T) {
	d := defined(t, adapters.Values{"api_key": "k-1", "user": "u"},
		plainAuth, "  headers: {X-Key: \"Key {setting.api_key}\"}\n  basic: {user: user, password: api_key}\n  tls: {certificate: api_key, root: user}\n",
		"settings:\n", "settings:\n  user: {help: The user.}\n")
	want := []adapters.Header{{Name: "X-Key", Value: "Key k-1"}, {Name: "Authorization", Value: "Basic dTprLTE="}}
	if diff := cmp.Diff(want, d.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&adapters.TLS{Certificate: "k-1", RootCA: "u"}, d.TLS); diff != "" {
		t.Errorf("TLS (-want +got):\n%s", diff)
	}
}

func TestATokenIsFetchedAndItsLifeRead(t *testing.T) {
	const body = "    request: POST /token\n    body: {grant_type: client_credentials, client_secret: =setting.api_key}\n    value: /access\n"
	for _, row := range []struct{ name, life, reply, want string }{
		{"for a time", "    life: 2h\n", `{"access":"t"}`, "t 14:00"},
		{"for so many seconds", "    expires_in: /in\n", `{"access":"t","in":3600}`, "t 13:00"},
		{"for so many seconds, in text", "    expires_in: /in\n", `{"access":"t","in":"60"}`, "t 12:01"},
		{"until a time", "    expires_at: /at\n", `{"access":"t","at":"2026-03-02T12:30:00Z"}`, "t 12:30"},
		{"until no time", "    expires_at: /at\n", `{"access":"t"}`, "error"},
		{"for no seconds", "    expires_in: /in\n", `{"access":"t","in":0}`, "error"},
		{"for ever", "    expires_in: /in\n", `{"access":"t","in":99999999999}`, "error"},
		{"without a token", "    life: 2h\n", `{"access":""}`, "error"},
		{"without JSON", "    life: 2h\n", `<html>`, "error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			token := defined(t, keyed, plainAuth, "  token:\n"+body+row.life).Token
			if token.Path != "/token" || token.Lead != time.Minute {
				t.Errorf("fetched at %s, %s before it ends", token.Path, token.Lead)
			}
			value, ends, err := token.Decode(says(200, row.reply), noon)
			got := value + " " + ends.Format("15:04")
			if err != nil {
				got = "error"
			}
			if got != row.want {
				t.Errorf("%s %v, want %s", got, err, row.want)
			}
		})
	}
	asJSON := defined(t, keyed, plainAuth, "  token:\n"+body+"    life: 1h\n").Token.Body()
	if text, err := json.Marshal(asJSON); err != nil || string(text) != `{"grant_type":"client_credentials","client_secret":"k-1"}` {
		t.Errorf("asked with %s, %v", text, err)
	}
	asForm := defined(t, keyed, plainAuth, "  token:\n    encoding: form\n"+body+"    life: 1h\n").Token.Body()
	if form, is := asForm.(url.Values); !is || form.Encode() != "client_secret=k-1&grant_type=client_credentials" {
		t.Errorf("asked with %v", asForm)
	}
}

func TestARequestIsSigned(t *testing.T) {
	d := defined(t, keyed, plainAuth, `  sign:
    headers:
      Timestamp: =stamp(request.at, "yyyy-MM-dd HH:mm:ss")
      Authorization: '="Svea " + base64("m:" + upper(hex(hash("sha512", request.body + setting.api_key + stamp(request.at, "yyyy-MM-dd HH:mm:ss")))))'
      X-Mac: '=hex(hmac("sha256", setting.api_key, request.method + request.path + request.query))'
`)
	got := d.Sign(adapters.Wire{Method: "POST", URL: "https://l.test/base/a%2Fb?x=1", Body: []byte("{}")}, noon)
	sum := sha512.Sum512([]byte("{}k-12026-03-02 12:00:00"))
	want := http.Header{
		"Timestamp":     {"2026-03-02 12:00:00"},
		"Authorization": {"Svea " + base64.StdEncoding.EncodeToString([]byte("m:"+strings.ToUpper(hex.EncodeToString(sum[:]))))},
		"X-Mac":         {sum256("k-1", "POST/base/a%2Fbx=1")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func sum256(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestANotificationShowsItsProof(t *testing.T) {
	const said = `{"id":"o1"}`
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	stamped := func(at string) string { return "t=" + at + ",v0=" + sum256("k-1", at+"."+said) }
	for _, row := range []struct {
		name, proof string
		message     canonical.Message
		want        bool
	}{
		{"a secret in a header", plainProof, canonical.Message{Header: header("X-Key", "k-1")}, true},
		{"another secret", plainProof, canonical.Message{Header: header("X-Key", "k-2")}, false},
		{"two of them", plainProof, canonical.Message{Header: header("X-Key", "k-1", "X-Key", "k-1")}, false},
		{"none", plainProof, canonical.Message{}, false},
		{"a former secret", "[{header: {name: X-Key, secret: api_key, former: old}}]", canonical.Message{Header: header("X-Key", "old-2")}, true},
		{"a secret that is not configured", "[{header: {name: X-Key, secret: none}}]", canonical.Message{Header: header("X-Key", "")}, false},
		{"a header that is not configured", "[{header: {name: \"{setting.none}\", secret: api_key}}]", canonical.Message{Header: header("", "k-1")}, false},
		{"a secret in the address", "[{path: api_key}]", canonical.Message{Secret: "k-1"}, true},
		{"another in the address", "[{path: api_key}]", canonical.Message{Secret: "k"}, false},
		{"nothing, said aloud", "[{nothing: it signs nothing}]", canonical.Message{}, true},
		{"a signature in hex", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", sum256("k-1", said))}, true},
		{"a signature of something else", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", sum256("k-1", "x"))}, false},
		{"half a signature", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", sum256("k-1", said)[:32])}, false},
		{"a signature by no key", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: none}}]", canonical.Message{Header: header("Sig", sum256("", said))}, false},
		{"a signature and a secret", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}, {path: api_key}]", canonical.Message{Header: header("Sig", sum256("k-1", said)), Secret: "k-1"}, true},
		{"a signature without the secret", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}, {path: api_key}]", canonical.Message{Header: header("Sig", sum256("k-1", said))}, false},
		{"a stamp", "[{stamped: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", stamped("1772452800"))}, true},
		{"a stamp of two signatures", "[{stamped: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", stamped("1772452800")+",v0=00")}, true},
		{"a stamp of two times", "[{stamped: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", "t=1772452801,"+stamped("1772452800"))}, false},
		{"an old stamp", "[{stamped: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", stamped("1772452499"))}, false},
		{"an old stamp that is taken", "[{stamped: {header: Sig, hash: sha256, encoding: hex, secret: api_key, tolerance: 10m}}]", canonical.Message{Header: header("Sig", stamped("1772452499"))}, true},
		{"no stamp", "[{stamped: {header: Sig, hash: sha256, encoding: hex, secret: api_key}}]", canonical.Message{Header: header("Sig", "t=,v0=")}, false},
		{"a signature of the order's name", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: api_key, over: /id}}]", canonical.Message{Header: header("Sig", sum256("k-1", "o1"))}, true},
		{"a signature of another order's name", "[{hmac: {header: Sig, hash: sha256, encoding: hex, secret: api_key, over: /id}}]", canonical.Message{Header: header("Sig", sum256("k-1", "o2"))}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := defined(t, adapters.Values{"api_key": "k-1", "old": "old-1,old-2"}, plainProof, row.proof,
				"settings:\n", "settings:\n  old: {kind: list, help: Replaced keys., secret: true}\n  none: {help: Not given., secret: true}\n",
				plainAuth, "  headers: {X-Key: \"{setting.api_key}\", X-None: \"{setting.none}{setting.old}\"}\n")
			row.message.Body, row.message.At = []byte(said), noon
			if got := d.Notifications.Verify(row.message); got != row.want {
				t.Errorf("verified %t, want %t", got, row.want)
			}
		})
	}
}

func TestANotificationNamesItsOrder(t *testing.T) {
	for _, row := range []struct{ name, keys, body, want string }{
		{"by id", "  order: /id\n", `{"id":"o1"}`, "o1   48140f80"},
		{"with an id of its own", "  order: /id\n  id: /event_id\n  event: /type\n", `{"id":"o1","event_id":"e1","type":"paid"}`, "o1  paid e1"},
		{"by our number, in a form", "  body: form\n  reference: /order_id\n  id: '=join_text(text(\"/event\"), text(\"/n\"))'\n", "order_id=S-1&event=a%20b&n=2", " S-1  a b/2"},
		{"no order", "  order: /id\n", `{"id":""}`, "invalid_request"},
		{"no JSON", "  order: /id\n", `<html>`, "invalid_request"},
		{"a number for an id", "  order: /id\n", `{"id":7}`, "invalid_request"},
		{"a name twice, in a form", "  body: form\n  order: /id\n", "id=o1&id=o2", "invalid_request"},
		{"no form", "  body: form\n  order: /id\n", "a=%zz", "invalid_request"},
	} {
		t.Run(row.name, func(t *testing.T) {
			notice, err := defined(t, keyed, "  order: /id\n", row.keys).Notifications.Read(canonical.Message{Body: []byte(row.body)})
			got := strings.Join([]string{notice.ProviderID, notice.Reference, notice.Event, notice.ID[:min(8, len(notice.ID))]}, " ")
			if err != nil {
				got = string(canonical.KindOf(err))
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestANotificationMayStandInTheAddress(t *testing.T) {
	n := defined(t, keyed, "  order: /id\n", "  body: query\n  order: /pid\n  event: /event\n", plainProof, "[{path: api_key}]").Notifications
	for _, row := range []struct{ name, query, secret, want string }{
		{"with its secret", "pid=o+1&event=paid", "k-1", "true o 1 paid"},
		{"without it", "pid=o1", "", "false o1 "},
		{"of two orders", "pid=o1&pid=o2", "k-1", "true invalid_request"},
		{"of none", "", "k-1", "true invalid_request"},
	} {
		t.Run(row.name, func(t *testing.T) {
			query, err := url.ParseQuery(row.query)
			if err != nil {
				t.Fatal(err)
			}
			message := canonical.Message{Query: query, Secret: row.secret, Body: []byte(`{"pid":"another"}`)}
			notice, err := n.Read(message)
			got := fmt.Sprintf("%t %s %s", n.Verify(message), notice.ProviderID, notice.Event)
			if err != nil {
				got = fmt.Sprintf("%t %s", n.Verify(message), canonical.KindOf(err))
			}
			if got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
	one, _ := n.Read(canonical.Message{Query: url.Values{"pid": {"o1"}, "event": {"a"}}})
	same, _ := n.Read(canonical.Message{Query: url.Values{"event": {"a"}, "pid": {"o1"}}, Body: []byte("x")})
	other, _ := n.Read(canonical.Message{Query: url.Values{"pid": {"o1"}, "event": {"b"}}})
	later, _ := n.Read(canonical.Message{Query: url.Values{"pid": {"o1"}, "event": {"a"}}, At: noon})
	if one.ID == "" || one.ID != same.ID || one.ID == other.ID || one.ID == later.ID {
		t.Errorf("ids are %q, %q, %q and %q", one.ID, same.ID, other.ID, later.ID)
	}
}
