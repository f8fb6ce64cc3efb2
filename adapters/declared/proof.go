package declared

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Prove gives a message the proof that its lender would give it with these settings; false where it gives none. It is
// for whoever stands in for a lender.
func (c *Contract) Prove(v adapters.Values, m *canonical.Message) bool {
	proved := false
	if c.notices == nil {
		return false
	}
	if m.Header == nil {
		m.Header = make(map[string][]string)
	}
	for _, p := range c.notices.proofs {
		proved = c.give(p, v, m) || proved
	}
	return proved
}

// Covers names what of a message its proof vouches for: body, time, secret, and the headers that carry it.
func (c *Contract) Covers(v adapters.Values) (parts []string) {
	if c.notices == nil {
		return nil
	}
	for _, p := range c.notices.proofs {
		name := p.header.settled(v, raw)
		switch {
		case p.nothing:
		case p.path:
			parts = append(parts, "secret")
		case p.hash == "":
			parts = append(parts, name)
		case p.stamped:
			parts = append(parts, "body", name, "time")
		case p.over.written(): // what is signed of a body is covered, and no more
			parts = append(parts, name)
		default:
			parts = append(parts, "body", name)
		}
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// Tolerance is how many seconds the time of a message may be off; 0 where its proof has none.
func (c *Contract) Tolerance() (seconds int) {
	if c.notices == nil {
		return 0
	}
	for _, p := range c.notices.proofs {
		if p.stamped {
			seconds = int(p.tolerance.Seconds())
		}
	}
	return seconds
}

func (c *Contract) give(p proof, v adapters.Values, m *canonical.Message) bool {
	secret, name := v.Text(p.secret), p.header.settled(v, raw)
	set := func(value string) bool {
		http.Header(m.Header).Set(name, value)
		return true
	}
	switch {
	case p.nothing || secret == "":
		return false
	case p.path:
		m.Secret = secret
		return true
	case name == "":
		return false
	case p.hash == "":
		return set(secret)
	case p.stamped:
		stamp := strconv.FormatInt(m.At.Unix(), 10)
		return set(p.time + "=" + stamp + "," + p.versions + "=" + p.spelled(mac(p.hash, secret, slices.Concat([]byte(stamp+"."), m.Body))))
	}
	message, err := c.signedOf(p, v, m)
	return err == nil && set(p.spelled(mac(p.hash, secret, message)))
}

// signedOf is what of a message its signature is made over.
func (c *Contract) signedOf(p proof, v adapters.Values, m *canonical.Message) ([]byte, error) {
	if !p.over.written() {
		return m.Body, nil
	}
	s, err := c.notices.scope(c, v, *m)
	if err != nil {
		return nil, err
	}
	said, err := p.over.text(s)
	return []byte(said), err
}

// spelled is a signature as the lender writes it.
func (p proof) spelled(signature []byte) string {
	if p.base64 {
		return base64.StdEncoding.EncodeToString(signature)
	}
	return hex.EncodeToString(signature)
}
