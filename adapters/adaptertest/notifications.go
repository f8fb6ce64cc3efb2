package adaptertest

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// genuine says whether a case is a notification that verifies.
func (s *suite) genuine(c *recorded) bool {
	return c.message != nil && canonical.KindOf(s.play(c, nil).err) != canonical.Unauthenticated
}

func (s *suite) checkNotifications() []string {
	var f findings
	if s.definition.Notifications == nil {
		return nil
	}
	f.when(len(s.notices) == 0, "no recorded notification that verifies")
	for _, c := range s.notices {
		s.weigh(c)
	}
	for _, c := range s.notices {
		f.when(len(c.proof.Covers) == 0, "%s: `covers` does not say what its proof covers", c.file)
		for _, forged := range c.forgeries() {
			f = append(f, s.checkForged(c, forged)...)
		}
		for _, garbage := range trash {
			message := *c.message
			message.Body = garbage.body(c.message.Body)
			f = append(f, s.readNotice(c, message, garbage.name)...)
		}
	}
	return f
}

// checkForged: a message that differs from a genuine one in something its proof covers never verifies.
func (s *suite) checkForged(c *recorded, forged canonical.Message) []string {
	changed := c.changed(forged)
	another := func(c *recorded) bool { return slices.Contains(c.proof.Covers, "body") && len(c.changed(forged)) == 0 }
	if len(changed) == 0 || slices.ContainsFunc(s.notices, another) {
		return nil
	}
	was := s.told(c, forged)
	if was.panicked == nil && canonical.KindOf(was.err) == canonical.Unauthenticated {
		return nil
	}
	if was.panicked != nil {
		return complain("%s: with another %s: %s", c.file, strings.Join(changed, ", "), was)
	}
	said := strings.Join(changed, " and ")
	for _, part := range changed {
		if values := http.Header(forged.Header).Values(part); len(values) > 0 {
			said = fmt.Sprintf("%s (%s: %q)", said, part, values)
		}
	}
	return complain("%s: it is believed with another %s, which `covers` says its proof covers", c.file, said)
}

// weigh finds which parts of a header such as t=1,v0=aa,v1=bb a proof needs: the lender may write others beside them.
func (s *suite) weigh(c *recorded) {
	c.weighty = make(map[string][]string)
	for name := range c.message.Header {
		parts := strings.Split(http.Header(c.message.Header).Get(name), ",")
		for i := range parts {
			other := *c.message
			other.Header = http.Header(c.message.Header).Clone()
			other.Header[name] = []string{strings.Join(slices.Concat(parts[:i], parts[i+1:]), ",")}
			if len(parts) > 1 && canonical.KindOf(s.told(c, other).err) == canonical.Unauthenticated {
				c.weighty[name] = append(c.weighty[name], parts[i])
			}
		}
	}
}

// sameHeader says whether a header still says what proves the message. Letters may differ in case: a signature in hex
// is the same either way.
func (c *recorded) sameHeader(name string, m canonical.Message) bool {
	was, is := http.Header(c.message.Header).Values(name), http.Header(m.Header).Values(name)
	weighty := c.weighty[http.CanonicalHeaderKey(name)]
	if len(weighty) == 0 || len(is) != 1 {
		return slices.EqualFunc(is, was, strings.EqualFold)
	}
	parts := strings.Split(is[0], ",")
	return !slices.ContainsFunc(weighty, func(part string) bool {
		same := func(other string) bool { return strings.EqualFold(strings.TrimSpace(part), strings.TrimSpace(other)) }
		return !slices.ContainsFunc(parts, same)
	})
}

// told plays a message in place of a recorded one.
func (s *suite) told(c *recorded, m canonical.Message) played {
	other := *c
	other.message = &m
	return s.play(&other, nil)
}

// changed names what a message has other than the genuine one, of what the proof covers.
func (c *recorded) changed(m canonical.Message) []string {
	within := time.Duration(c.proof.Within) * time.Second
	return slices.DeleteFunc(slices.Clone(c.proof.Covers), func(part string) bool {
		switch part {
		case "body":
			return bytes.Equal(m.Body, c.message.Body)
		case "query":
			return m.Query.Encode() == c.message.Query.Encode()
		case "secret":
			return m.Secret == c.message.Secret
		case "time":
			return m.At.Sub(c.message.At).Abs() <= within
		}
		return c.sameHeader(part, m)
	})
}

// forgeries are a genuine message with one thing about it changed.
func (c *recorded) forgeries() []canonical.Message {
	var all []canonical.Message
	change := func(how func(m *canonical.Message)) {
		m := *c.message
		m.Header = http.Header(c.message.Header).Clone()
		how(&m)
		all = append(all, m)
	}
	for _, body := range mangled(string(c.message.Body)) {
		change(func(m *canonical.Message) { m.Body = []byte(body) })
	}
	for _, name := range slices.Sorted(maps.Keys(c.message.Query)) {
		for _, other := range mangled(c.message.Query.Get(name)) {
			change(func(m *canonical.Message) {
				m.Query = maps.Clone(c.message.Query)
				m.Query[name] = []string{other}
			})
		}
	}
	for _, secret := range mangled(c.message.Secret) {
		change(func(m *canonical.Message) { m.Secret = secret })
	}
	for _, by := range []time.Duration{-1, 1, -10, 10} {
		change(func(m *canonical.Message) { m.At = m.At.Add(by * time.Duration(c.proof.Within+1) * time.Second) })
	}
	change(func(m *canonical.Message) { m.At = time.Time{} })
	for _, name := range c.headers() {
		value := http.Header(c.message.Header).Get(name)
		for _, other := range mangled(value) {
			change(func(m *canonical.Message) { m.Header[name] = []string{other} })
		}
		change(func(m *canonical.Message) { delete(m.Header, name) })
		change(func(m *canonical.Message) { m.Header[name] = []string{value, value} })
		change(func(m *canonical.Message) { m.Header[name] = []string{value, "x"} })
	}
	change(func(m *canonical.Message) { m.Header, m.Secret = http.Header{}, "" })
	return all
}

// headers are those a message has or its proof covers, as Go's server spells them.
func (c *recorded) headers() []string {
	names := slices.Collect(maps.Keys(c.message.Header))
	for _, part := range c.proof.Covers {
		if !slices.Contains([]string{"body", "query", "secret", "time"}, part) {
			names = append(names, http.CanonicalHeaderKey(part))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mangled are texts that differ from a text in one place, at its ends, or altogether.
func mangled(text string) []string {
	all := []string{text + "x", "x" + text, text + " ", text + "\x00", text + text, "x", ""}
	for i := range len(text) {
		flipped, next := []byte(text), []byte(text)
		flipped[i] ^= 1
		next[i]++ // of base64 the last letter's neighbor may decode to the same bytes
		all = append(all, string(flipped), string(next), text[:i], text[:i]+text[i+1:])
	}
	return all
}

// readNotice reads a message as if it had verified.
func (s *suite) readNotice(c *recorded, message canonical.Message, name string) (all []string) {
	defer func() {
		if panicked := recover(); panicked != nil {
			all = append(all, fmt.Sprintf("%s: panic: %v", name, panicked))
		}
	}()
	definition, err := s.defined(c.Settings)
	if err != nil {
		return complain("%s: %v", c.file, err)
	}
	_ = definition.Notifications.Verify(message)
	notice, err := definition.Notifications.Read(message)
	if err != nil {
		return nil
	}
	var f findings
	f.when(notice.ProviderID == "" && notice.Reference == "", "%s: read, and names no order", name)
	f.when(notice.ID == "", "%s: read, and nothing tells it from another", name)
	return f
}
