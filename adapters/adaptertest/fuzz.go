package adaptertest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Fuzz feeds any bytes to everything that reads a reply, beginning with what is recorded: nothing panics,
// what is no JSON proves nothing, and a yes says that it is one.
func Fuzz(f *testing.F, h Harness) {
	s, err := newSuite(h, false)
	if err != nil {
		f.Fatal(err)
	}
	for i, one := range s.worked {
		for _, a := range one.from.replies() {
			f.Add(byte(i), a.reply.Body)
		}
	}
	for _, c := range s.cases {
		for _, a := range c.replies() {
			f.Add(byte(0), a.reply.Body)
		}
	}
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		one := s.worked[int(which)%len(s.worked)]
		for _, what := range append(s.fuzzed(one, body), s.checkRefusal(body)...) {
			t.Error(what)
		}
	})
}

// fuzzed gives a body in place of each reply of a case.
func (s *suite) fuzzed(one sample, body []byte) (all []string) {
	for i := range one.from.replies() {
		answers := one.from.replies()
		answers[i].reply.Body = body
		was := s.again(one, answers...)
		all = append(all, s.judgeEvil(one, was, answers, one.from.Repeat)...)
		alone := len(answers) == 1 // others may be worth having and no more
		if was.panicked == nil && alone && len(bytes.TrimSpace(body)) > 0 && !json.Valid(body) {
			all = append(all, one.judgeGarbage(was, "no JSON", true)...)
		}
	}
	return all
}

// checkRefusal reads any bytes as an error and as a token: neither panics, and no token is "".
func (s *suite) checkRefusal(body []byte) (all []string) {
	defer func() {
		if panicked := recover(); panicked != nil {
			all = complain("panic: %v", panicked)
		}
	}()
	reply := adapters.Reply{Status: http.StatusOK, Body: body}
	if s.definition.Refusal != nil {
		s.definition.Refusal(reply)
	}
	if s.definition.Token != nil {
		token, _, err := s.definition.Token.Decode(reply, at)
		if err == nil && token == "" {
			all = complain("a token that is nothing")
		}
	}
	return all
}

// FuzzNotices changes genuine notifications: none verifies that differs in anything its proof covers. Any
// body that the lender proves verifies, and is refused or names its order.
func FuzzNotices(f *testing.F, h Harness) {
	s, err := newSuite(h, false)
	if err != nil {
		f.Fatal(err)
	}
	for i, c := range s.notices {
		f.Add(byte(i), c.message.Body, lines(c.message.Header), c.message.Secret, int64(0))
		for n, forged := range c.forgeries() {
			if n%29 == 0 { // a seed of each kind is enough: the suite tries them all
				f.Add(byte(i), forged.Body, lines(forged.Header), forged.Secret, int64(n))
			}
		}
	}
	f.Fuzz(func(t *testing.T, which byte, body []byte, header, secret string, late int64) {
		c := s.notices[int(which)%len(s.notices)]
		forged := canonical.Message{Body: body, Query: c.message.Query, Header: headerIn(header), Secret: secret, At: at.Add(time.Duration(late) * time.Second)}
		for _, what := range append(s.checkForged(c, forged), s.checkProven(c, body)...) {
			t.Error(what)
		}
	})
}

// lines writes a header as text, and headerIn reads such text as far as it can come over HTTP.
func lines(header http.Header) string {
	var all []string
	for name, values := range header {
		for _, value := range values {
			all = append(all, name+": "+value)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func headerIn(text string) http.Header {
	header := http.Header{}
	for line := range strings.SplitSeq(text, "\n") {
		name, value, found := strings.Cut(line, ":")
		if found && !strings.ContainsAny(value, "\r\x00") {
			header.Add(name, strings.TrimSpace(value))
		}
	}
	return header
}

// checkProven: what the lender proves is taken, whatever it says.
func (s *suite) checkProven(c *recorded, body []byte) []string {
	message := canonical.Message{Body: body, Query: c.message.Query, Header: http.Header(c.message.Header).Clone(), Secret: c.message.Secret, At: c.message.At}
	settings := s.Adapter.Defaults(s.Settings)
	maps.Copy(settings, c.Settings)
	if !s.Prove(settings, &message) {
		return nil
	}
	was := s.told(c, message)
	if was.panicked != nil || (was.err != nil && canonical.KindOf(was.err) != canonical.InvalidRequest) {
		return complain("%s: proven by the lender: %s", c.file, was)
	}
	return s.readNotice(c, message, c.file)
}
