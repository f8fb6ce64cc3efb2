package adaptertest

import (
	"encoding/json"
	"testing"
)

// Fuzz feeds any bytes to everything that reads a reply or a notification, beginning with what is
// recorded: nothing panics, and what is no JSON proves nothing.
func Fuzz(f *testing.F, h Harness) {
	s, err := newSuite(h, false)
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range s.cases {
		for _, a := range c.replies() {
			f.Add(a.reply.Body)
		}
		if c.message != nil {
			f.Add(c.message.Body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, what := range s.fuzzed(body) {
			t.Error(what)
		}
	})
}

func (s *suite) fuzzed(body []byte) []string {
	all := s.each(func(one sample) []string {
		var all []string
		for i := range one.from.replies() {
			answers := one.from.replies()
			answers[i].reply.Body = body
			was := s.again(one, answers...)
			switch {
			case was.panicked != nil:
				all = append(all, was.String())
			case len(body) > 0 && !json.Valid(body):
				all = append(all, one.judgeGarbage(was, "no JSON", true)...)
			}
		}
		return all
	})
	for _, c := range s.cases {
		if c.message != nil {
			message := *c.message
			message.Body = body
			all = append(all, s.readNotice(message, c.file)...)
		}
	}
	return all
}
