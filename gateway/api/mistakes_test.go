package api_test

import (
	"net/http"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// area is the part of a request that a mistake touches. Two mistakes of one request touch two.
type area string

const (
	ofCaller area = "caller"
	ofPath   area = "path"
	ofQuery  area = "query"
	ofHeader area = "header"
	ofBody   area = "body"
)

// draft is a request before it is sent.
type draft struct {
	*described
	chance
	world  *hunted
	method string
	path   string
	query  string
	header http.Header
	root   *node  // of the JSON body; nil: none
	raw    string // the body where it is no JSON of a node
	said   int64  // Content-Length; 0: the true one, -1: none
	breaks bool   // the connection breaks before the body's end

	kinds []canonical.Kind // what it may be refused as
	at    string           // where the mistake is
	named bool             // whether the problem must say where
}

func (d *draft) refusedAs(kinds ...canonical.Kind) { d.kinds = kinds }

// mistakeAt makes it an invalid request whose problem names the place.
func (d *draft) mistakeAt(at string) {
	d.kinds, d.at, d.named = []canonical.Kind{canonical.InvalidRequest}, at, true
}

// mistake makes a request wrong. make says whether it could.
type mistake struct {
	name string
	area area
	fits func(*described) bool
	make func(*draft) bool
}

func secured(d *described) bool { return len(d.roles) > 0 }

func takesAny(role string) func(*described) bool {
	return func(d *described) bool { return slices.Contains(d.roles, role) }
}

func withID(d *described) bool     { return strings.Contains(d.path, "{id}") }
func withBody(d *described) bool   { return d.body != nil }
func strict(d *described) bool     { return !d.isMessage() }
func keyed(d *described) bool      { return d.has("Idempotency-Key") }
func tied(d *described) bool       { return d.has("If-Match") }
func messages(d *described) bool   { return d.isMessage() }
func every(*described) bool        { return true }
func withCursor(d *described) bool { return d.query["cursor"] != nil }
func withQuery(d *described) bool  { return len(d.query) > 0 }

// mistakes is every mistake that is made.
var mistakes = slices.Concat(callerMistakes, pathMistakes, queryMistakes, headerMistakes, bodyMistakes, valueMistakes, messageMistakes)

var callerMistakes = []mistake{
	{"no key", ofCaller, secured, authorization()},
	{"an empty key", ofCaller, secured, authorization("")},
	{"a key that is none", ofCaller, secured, authorization("Bearer lg_test_nothing_atall")},
	{"a key without a secret", ofCaller, secured, authorization("Bearer lg_test_")},
	{"another scheme", ofCaller, secured, func(d *draft) bool { return authorization("Basic " + d.world.keys["operator"])(d) }},
	{"a revoked key", ofCaller, secured, func(d *draft) bool { return authorization("Bearer " + d.world.keys["revoked"])(d) }},
	{"two keys", ofCaller, secured, func(d *draft) bool {
		return authorization("Bearer "+d.world.keys["operator"], "Bearer "+d.world.keys["operator"])(d)
	}},
	{"a key with a letter changed", ofCaller, secured, func(d *draft) bool {
		key := []byte(d.world.keys["operator"])
		i := d.IntN(len(key))
		key[i] = pick(d.chance, []byte(strings.ReplaceAll("azAZ09_-~ ", string(key[i]), "")))
		return authorization("Bearer " + string(key))(d)
	}},
	{"a key cut short", ofCaller, secured, func(d *draft) bool {
		key := d.world.keys["operator"]
		return authorization("Bearer " + key[:d.IntN(len(key))])(d)
	}},
	{"a key of another mode's name", ofCaller, secured, func(d *draft) bool {
		return authorization("Bearer " + strings.Replace(d.world.keys["operator"], "lg_test_", "lg_live_", 1))(d)
	}},
	{"a key that is very long", ofCaller, secured, func(d *draft) bool {
		return authorization("Bearer " + d.world.keys["operator"] + strings.Repeat("x", 1+d.IntN(5000)))(d)
	}},
	{"a role that may not", ofCaller, secured, func(d *draft) bool {
		others := slices.DeleteFunc([]string{"read", "merchant", "platform", "operator"}, func(role string) bool { return slices.Contains(d.roles, role) })
		if len(others) == 0 {
			return false
		}
		d.as(pick(d.chance, others))
		d.refusedAs(canonical.Forbidden)
		return true
	}},
	{"no merchant named", ofCaller, takesAny("platform"), func(d *draft) bool {
		d.as("platform")
		d.header.Del("Lendgate-Merchant")
		d.mistakeAt("Lendgate-Merchant")
		return true
	}},
	{"two merchants named", ofCaller, secured, func(d *draft) bool {
		d.header["Lendgate-Merchant"] = []string{"demo", pick(d.chance, []string{"demo", "acme"})}
		d.mistakeAt("Lendgate-Merchant")
		return true
	}},
	{"what cannot be a merchant", ofCaller, secured, func(d *draft) bool {
		d.header.Set("Lendgate-Merchant", pick(d.chance, []string{"Demo", "de mo", "_demo", "demo/acme", "*", strings.Repeat("d", 64), "démo", "../demo", "demo\x00"}))
		d.mistakeAt("Lendgate-Merchant")
		return true
	}},
	{"another merchant named", ofCaller, takesAny("merchant"), func(d *draft) bool {
		d.as("merchant")
		d.header.Set("Lendgate-Merchant", "acme")
		d.refusedAs(canonical.Forbidden)
		return true
	}},
}

// authorization sends these headers in place of a good one.
func authorization(values ...string) func(*draft) bool {
	return func(d *draft) bool {
		d.header["Authorization"] = values
		d.refusedAs(canonical.Unauthenticated)
		return true
	}
}

var pathMistakes = []mistake{
	{"an id that cannot be one", ofPath, withID, func(d *draft) bool {
		d.path = d.pathWith(pick(d.chance, []string{"\x00", " ", "a b", "<script>", "é", "..", ".", "-", "_x", "\xff\xfe", "%00", "a\\b", "'--", strings.Repeat("x", 129), "💸", "a\nb", "{id}", "*", canary + " "}))
		d.refusedAs(canonical.NotFound)
		return true
	}},
	{"an id of nothing", ofPath, withID, func(d *draft) bool {
		d.path = d.pathWith(pick(d.chance, []string{"ord_absent", "x", "0", "ord_00000000000000000000000000", strings.Repeat("x", 128), "ALPHA", "op_1.2", d.world.ids["order"] + "0", strings.ToUpper(d.world.ids["order"])}))
		// What is wrong with a whole request may be seen before its order is looked for.
		d.refusedAs(canonical.NotFound, canonical.InvalidRequest)
		return true
	}},
	{"an id of something else", ofPath, withID, func(d *draft) bool {
		own := map[string]string{"/v1/orders": "order", "/v1/operations": "operation", "/v1/offers": "offer", "/v1/keys": "key", "/v1/providers": "provider"}[d.collection()]
		other := pick(d.chance, []string{"order", "operation", "offer", "key", "provider"})
		if other == own {
			return false
		}
		d.path = d.pathWith(d.world.ids[other])
		d.refusedAs(canonical.NotFound, canonical.InvalidRequest)
		return true
	}},
	{"another merchant's", ofPath, withID, func(d *draft) bool { return d.foreign("acme ") }},
	{"another mode's", ofPath, withID, func(d *draft) bool { return d.foreign("live ") }},
	{"another method", ofPath, every, func(d *draft) bool {
		others := slices.DeleteFunc([]string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "post"}, func(m string) bool { return slices.Contains(d.methods, m) })
		d.method = pick(d.chance, others)
		d.refusedAs(canonical.MethodNotAllowed)
		return true
	}},
	{"no route", ofPath, every, func(d *draft) bool {
		d.path = pick(d.chance, []string{d.path + "/", d.path + "/more/still", "/" + d.path, "/v2" + d.path, strings.ToUpper(d.path), strings.TrimPrefix(d.path, "/v1") + "/x/y", "/", "/v1", "/v1/order", d.path + "/\x00/\xff"})
		d.refusedAs(canonical.NotFound)
		return true
	}},
}

// pathWith is the path with another id.
func (d *draft) pathWith(id string) string { return strings.Replace(d.described.path, "{id}", id, 1) }

// collection is the first two segments of the path.
func (d *draft) collection() string {
	return strings.Join(strings.Split(d.described.path, "/")[:3], "/")
}

// foreign asks for what is there and not the caller's.
func (d *draft) foreign(whose string) bool {
	kind := map[string]string{"/v1/orders": "order", "/v1/operations": "operation", "/v1/offers": "offer", "/v1/keys": "key", "/v1/providers": "provider"}[d.collection()]
	id, there := d.world.ids[whose+kind]
	if !there {
		return false
	}
	d.path = d.pathWith(id)
	d.refusedAs(canonical.NotFound, canonical.InvalidRequest)
	return true
}

var queryMistakes = []mistake{
	{"an unknown query parameter", ofQuery, strict, func(d *draft) bool {
		name := pick(d.chance, []string{"colour", "Sync", "sync_", "limit%5B%5D", "order.id", "%F0%9F%92%B8", "merchant", "a%00b"})
		d.ask(name, "1")
		d.mistakeAt(map[string]string{"limit%5B%5D": "limit[]", "%F0%9F%92%B8": "💸", "a%00b": "a\x00b"}[name])
		if d.at == "" {
			d.at = name
		}
		return true
	}},
	{"a query parameter in other case", ofQuery, withQuery, func(d *draft) bool {
		name := strings.ToUpper(d.parameter())
		d.ask(name, "1")
		d.mistakeAt(name)
		return true
	}},
	{"a query parameter twice", ofQuery, withQuery, func(d *draft) bool {
		name := d.parameter()
		d.ask(name, "3")
		d.ask(name, pick(d.chance, []string{"3", "4", ""}))
		d.mistakeAt(name)
		return true
	}},
	{"an empty query parameter", ofQuery, withQuery, func(d *draft) bool {
		name := d.parameter()
		d.ask(name, "")
		d.mistakeAt(name)
		return true
	}},
	{"a query parameter with no text in it", ofQuery, withQuery, func(d *draft) bool {
		name := d.parameter()
		d.ask(name, pick(d.chance, []string{"%00", "a%0Ab", "%FF", "%C0%AF", "a%7F", "%ED%A0%80"}))
		d.mistakeAt(name)
		return true
	}},
	{"a query parameter of another type", ofQuery, withQuery, func(d *draft) bool {
		name := d.parameter()
		wrong, there := map[string][]string{
			"integer": {"ten", "1e1", "1.0", "-", "0x10", "+5", "%2B5", "9999999999999999", "-1", "9223372036854775808", "null", "007", "5%20"}, "boolean": {"yes", "1", "TRUE", "null", "t"},
		}[d.described.query[name].Type]
		if s := d.described.query[name]; !there {
			switch {
			case len(s.Enum) > 0:
				wrong = []string{"paid", strings.ToUpper(s.Enum[0]), s.Enum[0] + "%20", "%22" + s.Enum[0] + "%22"}
			case s.Format == "date-time":
				wrong = []string{"2026-01-31", "yesterday", "2026-02-30T09:30:00Z", "2026-01-31T25:00:00Z", "2026-01-31T09:30:00", "1769851800", "2026-01-31%2009:30:00Z"}
			case s.Pattern != "":
				wrong = []string{"a%20b", "..", "%3Cscript%3E", "-x", "a%2Fb"}
			default:
				wrong = []string{strings.Repeat("x", deref(s.MaxLength, 2000)+1)}
			}
		}
		d.ask(name, pick(d.chance, wrong))
		d.mistakeAt(name)
		return true
	}},
	{"a query that is broken", ofQuery, strict, func(d *draft) bool {
		d.query = pick(d.chance, []string{"limit=%zz", "limit=3;status=failed", "%", "a=%2", ";", "%ff%=1"})
		d.refusedAs(canonical.InvalidRequest)
		return true
	}},
	{"a cursor that is none", ofQuery, withCursor, func(d *draft) bool {
		real := d.world.cursors[pick(d.chance, []string{"/v1/orders", "/v1/operations", "/v1/events"})]
		cut := 1 + d.IntN(len(real)-1)
		bent := []byte(real)
		bent[cut] = pick(d.chance, []byte(strings.ReplaceAll("AQgw_-", string(bent[cut]), "")))
		d.ask("cursor", pick(d.chance, []string{"abc", "0", real[:cut], string(bent), real + "A", real + "%3D", "b29vb29vb28", "-", strings.Repeat("A", 501), "o", "..%2F..", "'%20OR%201=1"}))
		d.mistakeAt("cursor")
		return true
	}},
	{"a cursor of another list", ofQuery, withCursor, func(d *draft) bool {
		list := pick(d.chance, []string{"/v1/orders", "/v1/operations", "/v1/events"})
		if list == d.described.path {
			return false
		}
		d.ask("cursor", d.world.cursors[list])
		d.mistakeAt("cursor")
		return true
	}},
}

func (d *draft) ask(name, value string) {
	if d.query != "" {
		d.query += "&"
	}
	d.query += name + "=" + value
}

// parameter is one that the route declares.
func (d *draft) parameter() string {
	var names []string
	for name := range d.described.query {
		names = append(names, name)
	}
	slices.Sort(names)
	return pick(d.chance, names)
}

var headerMistakes = []mistake{
	{"nothing acceptable", ofHeader, strict, func(d *draft) bool {
		d.header["Accept"] = pick(d.chance, [][]string{{"application/xml"}, {"text/html, application/json;q=0"}, {"text/*"}, {"*/json"}, {"application/json;q=0.000, */*;q=0"}, {"image/png", "text/plain"}, {";"}, {"application/jsonp"}})
		d.refusedAs(canonical.NotAcceptable)
		return true
	}},
	{"no idempotency key", ofHeader, keyed, func(d *draft) bool {
		d.header["Idempotency-Key"] = pick(d.chance, [][]string{nil, {""}})
		d.refusedAs(canonical.IdempotencyKeyMissing)
		return true
	}},
	{"an idempotency key that is none", ofHeader, keyed, func(d *draft) bool {
		d.header["Idempotency-Key"] = pick(d.chance, [][]string{{"a", "b"}, {"a", "a"}, {strings.Repeat("k", 256+d.IntN(5000))}, {"a b"}, {"a, b"}, {"clé"}, {`""`}, {`"abc`}, {`"`}, {`"abc";v=1`}, {`"a\bc"`}, {`"abc\`}, {"\x00"}, {"a\tb"}, {" "}, {"\xff"}, {"", ""}})
		d.mistakeAt("Idempotency-Key")
		return true
	}},
	{"a condition that is none", ofHeader, tied, func(d *draft) bool {
		d.header["If-Match"] = pick(d.chance, [][]string{{"1"}, {`"one"`}, {`W/"1"`}, {`"1", "2"`}, {`"0"`}, {`"-1"`}, {`"`}, {`""`}, {`"1`}, {`"99999999999999999999"`}, {`"1"`, `"2"`}, {"**"}, {`"1e3"`}})
		d.mistakeAt("If-Match")
		return true
	}},
	{"another content type", ofHeader, withBody, func(d *draft) bool {
		d.header["Content-Type"] = pick(d.chance, [][]string{nil, {""}, {"text/plain"}, {"application/x-www-form-urlencoded"}, {"multipart/form-data; boundary=x"}, {"application/json", "application/json"}, {"application/json; charset=utf-16"}, {"application/merge-patch+json"}, {"application/json; v=2"}, {"json"}, {"application/json;;"}, {"application/json; charset"}, {"\x00"}, {"application/*"}, {"application/yaml"}})
		d.refusedAs(canonical.UnsupportedMediaType)
		return true
	}},
	{"an encoded body", ofHeader, withBody, func(d *draft) bool {
		d.header.Set("Content-Encoding", pick(d.chance, []string{"gzip", "br", "identity", "zstd", "chunked", "gzip, gzip"}))
		d.refusedAs(canonical.UnsupportedMediaType)
		return true
	}},
}

var bodyMistakes = []mistake{
	whole("cut short", func(d *draft, body string) string { return body[:1+d.IntN(len(body)-1)] }),
	whole("something after its end", func(d *draft, body string) string {
		return body + pick(d.chance, []string{"{}", "]", "}", " null", ",", "\x00", " // " + canary, "\xef\xbb\xbf", "0"})
	}),
	whole("two documents", func(d *draft, body string) string { return body + pick(d.chance, []string{"", " ", "\n"}) + body }),
	whole("something before its begin", func(d *draft, body string) string {
		return pick(d.chance, []string{"\xef\xbb\xbf", "\xff\xfe", "\x00", "/* " + canary + " */", "[", ")]}',\n", "\u00a0", "\v"}) + body
	}),
	whole("no object", func(d *draft, _ string) string {
		return pick(d.chance, []string{"[]", `"` + canary + `"`, "null", "true", "7", " ", "\n\t", "nothing", "<xml/>", "a=b&c=d", "NaN", "{", "{'provider': 'alpha'}", "{provider: 1}", "[{}]", "\x1f\x8b"})
	}),
	whole("no end of depth", func(d *draft, _ string) string {
		return pick(d.chance, []string{strings.Repeat("[", 60000), strings.Repeat(`{"a":`, 10000), strings.Repeat("[", 17) + strings.Repeat("]", 17)})
	}),
	{"another encoding", ofBody, withBody, func(d *draft) bool {
		var wide strings.Builder
		for _, r := range d.root.String() {
			wide.WriteByte(byte(r))
			wide.WriteByte(byte(r >> 8))
		}
		d.raw, d.root = wide.String(), nil
		d.mistakeAt("")
		return true
	}},
	{"a body too large", ofBody, withBody, func(d *draft) bool {
		d.raw, d.root = d.root.String()+strings.Repeat(" ", 64<<10), nil
		d.said = pick(d.chance, []int64{0, -1, 1 << 40})
		d.refusedAs(canonical.PayloadTooLarge)
		return true
	}},
	{"a whole order for a provider that is none", ofBody, called("create-order"), func(d *draft) bool {
		d.root.put("provider", `"nobody"`)
		d.refusedAs(canonical.InvalidRequest, canonical.NotFound, canonical.NoProvider)
		return true
	}},
	{"all of offers for a provider that is none", ofBody, called("ask-offers"), func(d *draft) bool {
		d.root.put("providers", `["nobody"]`)
		d.refusedAs(canonical.InvalidRequest, canonical.NotFound)
		return true
	}},
	{"a whole key for nobody", ofBody, called("create-key"), func(d *draft) bool {
		d.root.put("role", `"merchant"`)
		d.root.put("merchant", `""`)
		d.refusedAs(canonical.InvalidRequest, canonical.Forbidden)
		return true
	}},
	{"a body that does not arrive whole", ofBody, withBody, func(d *draft) bool {
		d.breaks = true
		d.refusedAs(canonical.InvalidRequest)
		return true
	}},
}

func called(id string) func(*described) bool {
	return func(d *described) bool { return d.ID == id }
}

// put gives a member another value, or adds it.
func (n *node) put(name, text string) {
	n.members = slices.DeleteFunc(n.members, func(m member) bool { return m.plain == name })
	n.members = append(n.members, member{quoted(name), name, &node{kind: 't', text: text}})
}

// whole is a mistake of the body as a whole.
func whole(name string, bend func(d *draft, body string) string) mistake {
	return mistake{"a body with " + name, ofBody, withBody, func(d *draft) bool {
		d.raw, d.root = bend(d, d.root.String()), nil
		d.mistakeAt("")
		return true
	}}
}

var messageMistakes = []mistake{
	{"a message without proof", ofCaller, messages, func(d *draft) bool {
		d.header.Del(proofHeader)
		d.path = strings.NewReplacer("{provider}", "alpha", "{secret}", pick(d.chance, []string{"x", lenderProof[1:], lenderProof + "x", " ", "\x00", "é", strings.Repeat("s", 5000), canary})).Replace(d.described.path)
		if d.often(50) {
			d.header[proofHeader] = pick(d.chance, [][]string{{""}, {lenderProof[:5]}, {strings.ToUpper(lenderProof)}, {lenderProof + " "}, {"", lenderProof}, {"\xff"}})
		}
		d.refusedAs(canonical.Unauthenticated)
		return true
	}},
	{"a message to nobody", ofPath, messages, func(d *draft) bool {
		d.path = strings.NewReplacer("{provider}", pick(d.chance, []string{"nobody", "gamma", "ALPHA", "alpha ", "..", "\x00", strings.Repeat("p", 200), "a%2Fb"}), "{secret}", lenderProof).Replace(d.described.path)
		d.refusedAs(canonical.NotFound)
		return true
	}},
	{"a message too large", ofBody, messages, func(d *draft) bool {
		d.raw, d.said = strings.Repeat("x", 256<<10+1), pick(d.chance, []int64{0, -1, 1 << 40})
		d.refusedAs(canonical.PayloadTooLarge)
		return true
	}},
	{"a message that does not arrive whole", ofBody, messages, func(d *draft) bool {
		d.breaks = true
		d.refusedAs(canonical.InvalidRequest)
		return true
	}},
}
