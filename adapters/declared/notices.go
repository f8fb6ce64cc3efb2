package declared

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// notices is how a lender's messages are proved and read.
type notices struct {
	form                        bool // the body is a form, not JSON
	proofs                      []proof
	id, order, reference, event *leaf
}

// proof is one thing that a message must show.
type proof struct {
	nothing   bool
	header    template // that holds a signature or a secret
	path      bool     // the address carries the secret
	secret    string   // names of settings
	former    string
	hash      string // "": the header holds the secret itself
	base64    bool
	stamped   bool // time and signatures stand in the header: t=1,v0=aa,v0=bb
	time      string
	versions  string
	tolerance time.Duration
}

func (n *notices) define(c *Contract, v adapters.Values) *adapters.Notifications {
	return &adapters.Notifications{
		Verify: func(m canonical.Message) bool {
			return !slices.ContainsFunc(n.proofs, func(p proof) bool { return !p.holds(v, m) })
		},
		Read: func(m canonical.Message) (canonical.Notice, error) { return n.read(c, v, m) },
	}
}

// holds says whether a message shows it. A secret that is not configured proves nothing.
func (p proof) holds(v adapters.Values, m canonical.Message) bool {
	name := p.header.settled(v, raw)
	said := adapters.Sole(m.Header, name)
	switch {
	case p.nothing:
		return true
	case p.path:
		return p.is(v, m.Secret)
	case name == "":
		return false
	case p.hash == "":
		return p.is(v, said)
	case p.stamped:
		return p.signedAt(v, m, said)
	}
	return p.signed(v, m.Body, said)
}

func (p proof) keys(v adapters.Values) (keys []string) {
	for _, key := range append([]string{v.Text(p.secret)}, v.List(p.former)...) {
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func (p proof) is(v adapters.Values, said string) bool {
	return slices.ContainsFunc(p.keys(v), func(key string) bool {
		return subtle.ConstantTimeCompare([]byte(key), []byte(said)) == 1
	})
}

func (p proof) signed(v adapters.Values, message []byte, said string) bool {
	signature, err := hex.DecodeString(said)
	if p.base64 {
		signature, err = base64.StdEncoding.Strict().DecodeString(said)
	}
	return err == nil && slices.ContainsFunc(p.keys(v), func(key string) bool { return hmac.Equal(signature, mac(p.hash, key, message)) })
}

// signedAt takes a header such as t=1741600000,v0=aa,v0=bb: the time once, signatures of time.body.
func (p proof) signedAt(v adapters.Values, m canonical.Message, said string) bool {
	var stamp string
	var signatures []string
	for _, part := range strings.Split(said, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case name == p.time && stamp != "":
			return false
		case name == p.time:
			stamp = value
		case name == p.versions:
			signatures = append(signatures, value)
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || m.At.Sub(time.Unix(seconds, 0)).Abs() > p.tolerance {
		return false
	}
	message := slices.Concat([]byte(stamp+"."), m.Body)
	return slices.ContainsFunc(signatures, func(signature string) bool { return p.signed(v, message, signature) })
}

func (n *notices) read(c *Contract, v adapters.Values, m canonical.Message) (notice canonical.Notice, err error) {
	unread := func(why string) error { return canonical.Errorf(canonical.InvalidRequest, why) }
	d, err := n.document(m.Body)
	if err != nil {
		return notice, unread("the notification cannot be read")
	}
	s := &scope{Settings: settings{v}, Header: headers{m.Header}, Purse: &purse{tender: &c.tender}, note: c.note}
	s.Reply = row{d, s.Purse}
	for _, one := range []struct {
		leaf *leaf
		into *string
	}{{n.id, &notice.ID}, {n.order, &notice.ProviderID}, {n.reference, &notice.Reference}, {n.event, &notice.Event}} {
		if *one.into, err = one.leaf.text(s); err != nil {
			return canonical.Notice{}, unread("the notification cannot be read")
		}
	}
	if notice.ProviderID == "" && notice.Reference == "" {
		return canonical.Notice{}, unread("the notification names no order")
	}
	if notice.ID == "" {
		sum := sha256.Sum256(m.Body)
		notice.ID = hex.EncodeToString(sum[:])
	}
	return notice, nil
}

func (n *notices) document(text []byte) (document, error) {
	if !n.form {
		return readDocument(text)
	}
	values, err := url.ParseQuery(string(text))
	all := make(map[string]any, len(values))
	for name, given := range values {
		all[name] = strings.Join(given[:1], "")
	}
	return document{all}, err
}

// notifications compiles what a lender sends by itself; nil where it sends nothing.
func (c *compiler) notifications() {
	at := c.root.field("notifications")
	if at.kind == absent {
		return
	}
	s, in := newSection(at, c.noted), place{realm: ofReply}
	n := &notices{id: c.leaf(s.ask("id"), in, textShape), order: c.leaf(s.ask("order"), in, textShape), reference: c.leaf(s.ask("reference"), in, textShape), event: c.leaf(s.ask("event"), in, textShape)}
	switch s.choice("body", "json", "form", "query") {
	case "form":
		n.form = true
	case "query":
		s.ask("body").note(c.noted, "is not taken yet: a notification is a POST with a body")
	}
	for _, one := range s.sections("proof") {
		n.proofs = append(n.proofs, c.proof(one))
	}
	if len(n.proofs) == 0 {
		s.ask("proof").note(c.noted, "is empty: a notification that nothing proves must say so: {nothing: why}")
	}
	if !n.order.stands() && !n.reference.stands() {
		s.at.note(c.noted, "names no order: add order or reference")
	}
	s.close()
	c.made.notices = n
}

var kindsOfProof = []string{"hmac", "stamped", "header", "path", "nothing"}

func (c *compiler) proof(s *section) (p proof) {
	if len(s.at.entries) != 1 {
		s.at.note(c.noted, "must be one of %s", strings.Join(kindsOfProof, ", "))
		return p
	}
	for _, kind := range kindsOfProof {
		s.ask(kind)
	}
	within := func(kind string) *section { return newSection(s.ask(kind), c.noted) }
	switch kind := s.at.entries[0].name; kind {
	case "hmac":
		p = c.signature(within(kind))
	case "stamped":
		p = c.signature(within(kind))
		p.stamped = true
	case "header":
		h := within(kind)
		h.require("name", "secret")
		p = proof{header: c.template(h.ask("name")), secret: c.settingName(h, "secret"), former: c.settingName(h, "former")}
		h.close()
	case "path":
		p = proof{path: true, secret: c.settingName(s, kind)}
	case "nothing":
		p.nothing = true
		if s.text(kind) == "" {
			s.ask(kind).note(c.noted, "must say why: {nothing: the lender signs nothing}")
		}
	}
	s.close()
	return p
}

// signature reads hmac and stamped: what both need, and what only one of them knows.
func (c *compiler) signature(s *section) proof {
	s.require("header", "hash", "encoding", "secret")
	p := proof{
		header: c.template(s.ask("header")), hash: s.choice("hash", hashes...), base64: s.choice("encoding", "hex", "base64") == "base64",
		secret: c.settingName(s, "secret"), former: c.settingName(s, "former"), time: "t", versions: "v0", tolerance: 5 * time.Minute,
	}
	if strings.HasSuffix(s.at.step, "stamped") {
		if name := s.text("time"); name != "" {
			p.time = name
		}
		if name := s.text("signatures"); name != "" {
			p.versions = name
		}
		if within := s.duration("tolerance"); within > 0 {
			p.tolerance = within
		}
	}
	s.close()
	return p
}
