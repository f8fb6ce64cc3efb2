package spendoption

import (
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// ASSUMED: a day; the lender documents the header, not how long it remembers.
const keyLife = 24 * time.Hour

// answer is what a key was answered with.
type answer struct {
	asked string
	at    time.Time
	reply lender.Reply
}

// once acts on the first request with a key and repeats the answer to the others.
// ASSUMED: a refusal is remembered like any other answer, and the headers beside the key are not
// compared; only authorisation is documented to take the key at all.
func (l *Lender) once(c call) lender.Reply {
	if c.key() == "" || slices.Contains(l.settings.IgnoresKeyOn, c.route.name) {
		return l.act(c)
	}
	if !guidForm.MatchString(c.key()) {
		f := &form{wrong: map[string][]string{}}
		f.blame("idempotency-key", "must be a GUID")
		return f.refused().reply(c)
	}
	key, asked := strings.ToLower(c.key()), c.request.Path+"\n"+string(c.request.Body)
	before, known := l.answers[key]
	if !known || c.now.Sub(before.at) >= keyLife {
		before = answer{asked, c.now, l.act(c)}
		l.answers[key] = before
	}
	if before.asked != asked {
		no := refusal{status: 409, title: "Idempotency key in use", detail: "the idempotency-key was used for another request"}
		return no.reply(c)
	}
	return lender.Reply{Status: before.reply.Status, Header: before.reply.Header.Clone(), Body: slices.Clone(before.reply.Body)}
}
