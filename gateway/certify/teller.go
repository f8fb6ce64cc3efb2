package certify

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// teller is a lender that tells a story: it acts on what fits the next step, and answers as recorded.
type teller struct {
	*book
	story    *story
	accounts []*account
	known    map[string]remembered // by row and key
	live     map[int]sending       // what was really sent for each scene
	order    canonical.Order       // ours, as it is called now
}

// account is one order at the lender. A create that arrives twice may make two.
type account struct {
	suffix string // of the lender's ids: those of the first order are as recorded
	done   int    // steps it has acted on
	past   []turn
	deeds  []*deed
}

// turn is a change of what reads show.
type turn struct {
	at   time.Time
	done int
}

// remembered is what a key was answered with.
type remembered struct {
	at    time.Time
	reply adapters.Reply
}

// sending is an attempt of ours that is under way.
type sending struct {
	attempt, row, reference, key string
	kind                         canonical.OperationKind
	order                        canonical.Order
	body                         string // all that was sent, to see what it carried
}

// arrival is one request as it reaches the lender.
type arrival struct {
	adapters.Wire
	path   string // below the base URL
	by     *sending
	copied bool // the network made it
	late   bool // nobody waits for the reply any more
}

func newTeller(s *story) *teller {
	return &teller{book: &book{}, story: s, known: make(map[string]remembered), live: make(map[int]sending)}
}

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// answer takes one request.
func (t *teller) answer(now time.Time, a arrival) adapters.Reply {
	if a.Class == adapters.ReadCall {
		return t.read(now, a)
	}
	acc, s := t.match(a)
	if s == nil {
		t.odd = append(t.odd, a.Method+" "+a.path)
		return t.refuse(http.StatusNotFound)
	}
	key, slot := keyOf(s.fact.Key, a.Wire), s.row+" "
	why := asAsked
	repeated := acc != nil && s.number <= acc.done
	if old, found := t.known[slot+key]; key != "" && found {
		if life := s.fact.Key.Life; life == 0 || now.Before(old.at.Add(life)) {
			return old.reply
		}
		why = keyForgotten
	} else if repeated {
		why = s.again(key, a.copied)
	}
	if repeated && s.fact.Again != "" {
		return t.replyOf(s, acc, t.story.again(s.fact.Again))
	}
	reply := t.act(now, a, acc, s, why)
	if key != "" && reply.Status/100 == 2 {
		t.known[slot+key] = remembered{now, reply}
	}
	return reply
}

// again is why a request that was acted on is acted on once more.
func (s *scene) again(key string, byNetwork bool) cause {
	switch {
	case s.fact.Key == nil && byNetwork:
		return copied
	case s.fact.Key == nil:
		return keyless
	case key == "":
		return keyUnread
	}
	return keyForgotten
}

// keyOf reads the key where the lender looks for it.
func keyOf(fact *keyFact, w adapters.Wire) string {
	switch {
	case fact == nil:
		return ""
	case fact.Header != "":
		for name, values := range w.Header {
			if strings.EqualFold(name, fact.Header) && len(values) > 0 {
				return values[0]
			}
		}
		return ""
	}
	key, _ := at(parsed(w.Body), fact.Body)
	text, _ := key.(string)
	return text
}

// match finds the step that a request is about: the next, or one that was acted on before.
func (t *teller) match(a arrival) (*account, *scene) {
	if acc, s := t.matchAgain(a); s != nil {
		return acc, s
	}
	for _, acc := range t.accounts {
		for i := acc.done; i < len(t.story.scenes); i++ {
			if s := &t.story.scenes[i]; t.fits(s, acc, a) {
				return acc, s
			}
		}
	}
	if first := &t.story.scenes[0]; len(t.accounts) == 0 && t.fits(first, nil, a) {
		return nil, first
	}
	for _, acc := range t.accounts {
		for i := range t.story.scenes[:acc.done] {
			if s := &t.story.scenes[i]; t.fits(s, acc, a) {
				return acc, s
			}
		}
	}
	return nil, nil
}

// matchAgain finds the step that the same attempt was about before.
func (t *teller) matchAgain(a arrival) (*account, *scene) {
	for i := range t.story.scenes {
		s := &t.story.scenes[i]
		if sent, met := t.live[s.number]; !met || sent.attempt != a.by.attempt {
			continue
		}
		for _, acc := range t.accounts {
			if s.number <= acc.done && t.fits(s, acc, a) {
				return acc, s
			}
		}
	}
	return nil, nil
}

// fits says whether a request is what a step records, under today's names.
func (t *teller) fits(s *scene, acc *account, a arrival) bool {
	if s.sent == nil || s.sent.Method != a.Method || s.row != a.by.row {
		return false
	}
	return t.renamed(s.sent.Path, s, acc) == a.path
}

// renamed is a recorded path with today's names in it.
func (t *teller) renamed(path string, s *scene, acc *account) string {
	var b strings.Builder
	word := func(text string) { b.WriteString(t.name(text, s, acc, true)) }
	from := 0
	for i := range len(path) {
		if strings.IndexByte("/?&=:", path[i]) >= 0 {
			word(path[from:i])
			b.WriteByte(path[i])
			from = i + 1
		}
	}
	word(path[from:])
	return b.String()
}

// name is what something recorded is called today. shown is false where the lender does not show what we call
// our movements.
func (t *teller) name(text string, s *scene, acc *account, shown bool) string {
	if text == "" {
		return ""
	}
	if acc != nil && slices.Contains(t.story.ids, text) && text != t.story.reference() {
		return text + acc.suffix
	}
	for n := s.number; n > 0; n-- {
		if live, is := t.called(text, &t.story.scenes[n-1]); is {
			if sent := t.live[n]; !shown && live == sent.reference && t.story.scenes[n-1].command.Kind != canonical.OpCreate && !t.shows(sent) {
				return ""
			}
			return live
		}
	}
	return text
}

// called is what a name of one scene's command is today.
func (t *teller) called(text string, s *scene) (string, bool) {
	sent, met := t.live[s.number]
	if s.command == nil || !met {
		return "", false
	}
	switch text {
	case s.command.Reference:
		return sent.reference, true
	case s.command.Key:
		return sent.key, true
	case s.command.Attempt:
		return sent.attempt, true
	case s.command.Order.ProviderOrder.Reference:
		return sent.order.ProviderOrder.Reference, true
	case s.command.Order.ID:
		return sent.order.ID, true
	}
	return "", false
}

// shows says whether the lender shows what a request called its movement: it must have been told.
func (t *teller) shows(sent sending) bool {
	return t.story.block.Searchable && strings.Contains(sent.body, sent.reference)
}

// reference is our number of the order, as recorded.
func (s *story) reference() string {
	if first := s.scenes[0].command; first != nil {
		return first.Order.ProviderOrder.Reference
	}
	return ""
}

// placed gives a text today's names: as a whole, or between its slashes.
func (t *teller) placed(text string, s *scene, acc *account, shown bool) string {
	if strings.HasPrefix(text, "{reference") {
		return t.placeholder(text, s, shown)
	}
	parts := strings.Split(text, "/")
	for i, part := range parts {
		parts[i] = t.name(part, s, acc, shown)
	}
	return strings.Join(parts, "/")
}

// placeholder is {reference}, what we called this step's movement, or {reference 3}, that of the third step.
func (t *teller) placeholder(text string, s *scene, shown bool) string {
	number := s.number
	if named := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, "{reference"), "}")); named != "" {
		number, _ = strconv.Atoi(named)
	}
	sent, met := t.live[number]
	if !met || (!shown && !t.shows(sent)) {
		return ""
	}
	return sent.reference
}
