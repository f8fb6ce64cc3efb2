package declared

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// auth is what proves who we are.
type auth struct {
	headers        []headerRow
	user, password string // names of settings
	token          *token
	sign           []named
	tls            *adapters.TLS // names of settings
}

// token is how a token is fetched.
type token struct {
	path      template
	form      bool
	basic     [2]string // names of settings
	body      *body
	value     *leaf
	expiresAt *leaf
	expiresIn *leaf
	life      time.Duration
	lead      time.Duration
	scheme    string
}

func (a *auth) define(c *Contract, v adapters.Values, d *adapters.Definition) {
	for _, h := range a.headers {
		d.Headers = append(d.Headers, adapters.Header{Name: h.name, Value: h.value.settled(v, raw)})
	}
	if a.user != "" {
		d.Headers = append(d.Headers, adapters.Header{Name: "Authorization", Value: basic(v.Text(a.user), v.Text(a.password))})
	}
	if a.tls != nil {
		d.TLS = &adapters.TLS{Certificate: v.Text(a.tls.Certificate), Key: v.Text(a.tls.Key), RootCA: v.Text(a.tls.RootCA)}
	}
	if a.token != nil {
		d.Token = a.token.define(c, v)
	}
	if a.sign != nil {
		d.Sign = func(w adapters.Wire, at time.Time) http.Header { return a.signed(c, v, w, at) }
	}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// signed are the headers that prove a request. One that cannot be worked out is left out, and the
// lender refuses the request.
func (a *auth) signed(c *Contract, v adapters.Values, w adapters.Wire, at time.Time) http.Header {
	s := &scope{Settings: settings{v}, Purse: &purse{tender: &c.tender}, Request: requestNames{Method: w.Method, Body: string(w.Body), At: at}}
	if address, err := url.Parse(w.URL); err == nil {
		s.Request.Path, s.Request.Query = address.EscapedPath(), address.RawQuery
	}
	signed := http.Header{}
	for _, one := range a.sign {
		if text, err := one.leaf.text(s); err == nil {
			signed[one.name] = []string{text}
		}
	}
	return signed
}

func (t *token) define(c *Contract, v adapters.Values) *adapters.Token {
	header := http.Header{}
	if t.basic[0] != "" {
		header["Authorization"] = []string{basic(v.Text(t.basic[0]), v.Text(t.basic[1]))}
	}
	return &adapters.Token{
		Path: t.path.address(v), Lead: t.lead, Header: header, Scheme: t.scheme,
		Body:   func() any { return t.asks(&scope{Settings: settings{v}, Purse: &purse{tender: &c.tender}}) },
		Decode: func(said adapters.Reply, now time.Time) (string, time.Time, error) { return t.read(c, said, now) },
	}
}

// asks is the body of the request for a token.
func (t *token) asks(s *scope) any {
	if t.form {
		return t.body.form(s)
	}
	written, err := t.body.write(s)
	if err != nil || written == nil {
		return struct{}{}
	}
	return written
}

// form is a body as a form: its texts by name.
func (b *body) form(s *scope) url.Values {
	values := url.Values{}
	for _, m := range b.members {
		if m.value.leaf == nil {
			continue
		}
		if text, err := m.value.leaf.text(s); err == nil && text != "" {
			values.Set(m.name, text)
		}
	}
	return values
}

// read reads a token and how long it is good for.
func (t *token) read(c *Contract, said adapters.Reply, now time.Time) (value string, ends time.Time, err error) {
	d, err := readDocument(said.Body)
	if err != nil {
		return "", ends, err
	}
	s := &scope{Status: said.Status, Header: headers{said.Header}, Purse: &purse{tender: &c.tender}, note: c.note}
	s.Reply = row{d, s.Purse}
	if value, err = t.value.required(s, "the token"); err != nil {
		return "", ends, err
	}
	switch {
	case t.life > 0:
		return value, now.Add(t.life), nil
	case t.expiresIn.written():
		seconds, err := s.Reply.whole(*t.expiresIn.pointer)
		if err == nil && (seconds <= 0 || seconds > 366*24*3600) {
			err = errors.New("the token's life cannot be")
		}
		return value, now.Add(time.Duration(seconds) * time.Second), plainly(err)
	}
	at, err := t.expiresAt.moment(s)
	if err == nil && at == nil {
		err = errors.New("the token does not say how long it is good for")
	}
	if err != nil {
		return "", ends, err
	}
	return value, *at, nil
}

// auth reads what proves who we are.
func (c *compiler) auth() {
	s := newSection(c.root.field("auth"), &authForm, c.noted)
	a := &c.made.auth
	known := s.section("headers")
	for _, e := range known.at.entries {
		h := headerRow{name: e.name, value: c.template(known.ask(e.name))}
		if e.node.kind == text && len(h.value.names) == 0 {
			e.node.note(c.noted, "holds a literal: contracts carry no secrets; declare settings.api_key (secret: true) and write \"{setting.api_key}\"")
		}
		a.headers = append(a.headers, h)
	}
	if s.ask("basic").kind != absent {
		a.user, a.password = c.basic(s.section("basic"))
	}
	if s.ask("token").kind != absent {
		a.token = c.token(s.section("token"))
		if a.user != "" {
			s.ask("basic").note(c.noted, "stands beside token, and both write the header Authorization: where it proves the request for the token, write it under token")
		}
	}
	if s.ask("sign").kind != absent {
		signs := s.section("sign")
		known := signs.section("headers")
		for _, e := range known.at.entries {
			a.sign = append(a.sign, named{e.name, c.leaf(known.ask(e.name), place{realm: ofRequest}, textShape)})
		}
		signs.close()
	}
	if s.ask("tls").kind != absent {
		t := s.section("tls")
		a.tls = &adapters.TLS{Certificate: c.settingName(t, "certificate"), Key: c.settingName(t, "key"), RootCA: c.settingName(t, "root")}
		t.close()
	}
	if s.at.kind == object && len(s.at.entries) == 0 {
		s.at.note(c.noted, "is empty: how does the lender know who we are?")
	}
	s.close()
}

func (c *compiler) basic(s *section) (user, password string) {
	user, password = c.settingName(s, "user"), c.settingName(s, "password")
	s.close()
	return user, password
}

// settingName reads the name of a setting; "" where none is written.
func (c *compiler) settingName(s *section, key string) string {
	name := s.text(key)
	if name == "" {
		return ""
	}
	if _, is := c.declared["setting"][name]; !is {
		alone := strings.TrimPrefix(strings.Trim(name, "={} "), "setting.")
		if _, is := c.declared["setting"][alone]; is {
			s.ask(key).note(c.noted, "must be the name of the setting alone: %s", alone)
			return ""
		}
		s.ask(key).note(c.noted, "names no setting: %s", declare("setting", name, c.declared["setting"]))
	}
	c.used("setting", name)
	return name
}

func (c *compiler) token(s *section) *token {
	t := &token{lead: s.duration("lead"), life: s.duration("life"), scheme: s.text("scheme")}
	if t.lead == 0 {
		t.lead = time.Minute
	}
	_, t.path = c.request(s.ask("request"), []string{http.MethodPost})
	t.form = s.choice("encoding") == "form"
	in := place{realm: ofReply}
	t.value, t.expiresAt = c.leaf(s.ask("value"), in, textShape), c.leaf(s.ask("expires_at"), in, timeShape)
	if at := s.ask("expires_in"); at.kind != absent {
		t.expiresIn = &leaf{at: at, pointer: c.pointer(at)}
	}
	t.body = (&bodies{compiler: c}).tree(s.ask("body"))
	c.openSecrets(t.body)
	if s.ask("basic").kind != absent {
		t.basic[0], t.basic[1] = c.basic(s.section("basic"))
	}
	if !t.expiresAt.stands() && !t.expiresIn.stands() && t.life == 0 {
		s.ask("life").note(c.noted, "is missing: how long is a token good for? Write expires_at, expires_in or life")
	}
	s.close()
	return t
}

// openSecrets: a contract is no place for one.
func (c *compiler) openSecrets(b *body) {
	for _, m := range b.members {
		name := strings.ToLower(m.name)
		secret := strings.Contains(name, "secret") || strings.Contains(name, "password") || strings.Contains(name, "key")
		if secret && m.value.leaf != nil && m.value.leaf.fixed != nil {
			m.value.at.note(c.noted, "holds a literal: contracts carry no secrets; declare settings.%s (secret: true) and write =setting.%s", m.name, m.name)
		}
		c.openSecrets(m.value)
	}
}
