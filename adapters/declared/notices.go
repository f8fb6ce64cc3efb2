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
	in                          string // json, form or query: where it is read
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
	over      *leaf  // what is signed; not written: the body
	base64    bool
	stamped   bool // time and signatures stand in the header: t=1,v0=aa,v0=bb
	time      string
	versions  string
	tolerance time.Duration
}

func (n *notices) define(c *Contract, v adapters.Values) *adapters.Notifications {
	return &adapters.Notifications{
		Verify: func(m canonical.Message) bool {
			s, err := n.scope(c, v, m)
			return !slices.ContainsFunc(n.proofs, func(p proof) bool { return !p.holds(v, m, s, err) })
		},
		Read: func(m canonical.Message) (canonical.Notice, error) { return n.read(c, v, m) },
	}
}

// holds says whether a message shows it. A secret that is not configured proves nothing.
func (p proof) holds(v adapters.Values, m canonical.Message, s *scope, unread error) bool {
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
	case p.over.written():
		over, err := p.over.text(s)
		return unread == nil && err == nil && over != "" && p.signed(v, []byte(over), said)
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
	s, err := n.scope(c, v, m)
	if err != nil {
		return notice, unread("the notification cannot be read")
	}
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
		sum := sha256.Sum256(n.said(m))
		notice.ID = hex.EncodeToString(sum[:])
	}
	return notice, nil
}

// scope is what is known of a message.
func (n *notices) scope(c *Contract, v adapters.Values, m canonical.Message) (*scope, error) {
	d, err := n.document(m)
	s := &scope{Settings: settings{v}, Header: headers{m.Header}, Purse: &purse{tender: &c.tender}, note: c.note}
	s.Reply = row{d, s.Purse}
	return s, err
}

// sameWithin is how long a message that is read from the query is the same one again: it says no more than
// which order it is about, whatever happened to it.
const sameWithin = 10 * time.Second

// said is what makes a message another one.
func (n *notices) said(m canonical.Message) []byte {
	if n.in == inQuery {
		return []byte(m.Query.Encode() + "\n" + m.At.Truncate(sameWithin).UTC().Format(time.RFC3339))
	}
	return m.Body
}

func (n *notices) document(m canonical.Message) (document, error) {
	switch n.in {
	case inForm:
		values, err := url.ParseQuery(string(m.Body))
		return documentOf(values), err
	case inQuery:
		return documentOf(m.Query), nil
	}
	return readDocument(m.Body)
}

// documentOf are names and values as a document. A name that stands twice says nothing for certain.
func documentOf(values url.Values) document {
	all := make(map[string]any, len(values))
	for name, given := range values {
		all[name] = lone(given)
	}
	return document{all}
}

// lone is the one text of a list; nothing where there are more.
func lone(texts []string) any {
	if len(texts) != 1 {
		return nil
	}
	return texts[0]
}

// Where a message is read.
const (
	inJSON  = "json"
	inForm  = "form"
	inQuery = "query"
)

// notifications compiles what a lender sends by itself; nil where it sends nothing.
func (c *compiler) notifications() {
	at := c.root.field("notifications")
	if at.kind == absent {
		return
	}
	s, in := newSection(at, &noticesForm, c.noted), place{realm: ofReply}
	n := &notices{id: c.leaf(s.ask("id"), in, textShape), order: c.leaf(s.ask("order"), in, textShape), reference: c.leaf(s.ask("reference"), in, textShape), event: c.leaf(s.ask("event"), in, textShape)}
	n.in = s.choice("body")
	for _, one := range s.sections("proof") {
		n.proofs = append(n.proofs, c.proof(one))
	}
	if at := s.ask("proof"); at.kind == list && len(at.items) == 0 {
		s.ask("proof").note(c.noted, "is empty: a notification that nothing proves must say so: {nothing: why}")
	}
	c.checkSigned(n, s)
	if !n.order.stands() && !n.reference.stands() {
		s.at.note(c.noted, "names no order: add order or reference")
	}
	s.close()
	c.made.notices = n
}

func (c *compiler) proof(s *section) (p proof) {
	if len(s.at.entries) != 1 {
		s.at.note(c.noted, "must be one of %s", strings.Join(proofForm.names(), ", "))
		return p
	}
	switch kind := s.at.entries[0].name; kind {
	case "hmac":
		p = c.signature(s.section(kind))
	case "stamped":
		p = c.signature(s.section(kind))
		p.stamped = true
	case "header":
		h := s.section(kind)
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

// checkSigned: what a signature is of must be there, and name the order.
func (c *compiler) checkSigned(n *notices, s *section) {
	names := func(over *leaf) bool {
		return slices.ContainsFunc([]*leaf{n.order, n.reference}, func(name *leaf) bool {
			return over.pointer != nil && name.pointer != nil && over.pointer.written == name.pointer.written
		})
	}
	for _, p := range n.proofs {
		switch {
		case p.hash == "":
		case p.over.stands() && !names(p.over):
			p.over.at.note(c.noted, "does not sign the order: anybody could name another one; write the pointer that order or reference has, or sign the body")
		case !p.over.stands() && n.in == inQuery:
			s.ask("proof").note(c.noted, "signs the body, and a message that is read from the query has none: write over, prove it by path or header, or say {nothing: why}")
		}
	}
}

// signature reads hmac and stamped: what both need, and what only one of them knows.
func (c *compiler) signature(s *section) proof {
	p := proof{
		header: c.template(s.ask("header")), hash: s.choice("hash"), base64: s.choice("encoding") == "base64",
		secret: c.settingName(s, "secret"), former: c.settingName(s, "former"), time: "t", versions: "v0", tolerance: 5 * time.Minute,
	}
	if s.form.key("over") != nil {
		p.over = c.leaf(s.ask("over"), place{realm: ofReply}, textShape)
	}
	if s.form.key("tolerance") != nil {
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
