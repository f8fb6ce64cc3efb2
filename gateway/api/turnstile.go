package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// turn is how a class waits.
type turn struct {
	class class
	calm  time.Duration // how long for a place
	busy  time.Duration // how long beyond one's share, while others have been waiting all the time
	kept  bool          // however many wait
}

// turns are the classes that wait, what is served first standing first.
var turns = []turn{
	{class: kept, calm: 30 * time.Second, busy: 30 * time.Second, kept: true},
	{class: orders, calm: 500 * time.Millisecond, busy: 25 * time.Millisecond},
	{class: reads, calm: 100 * time.Millisecond, busy: 10 * time.Millisecond},
	{class: quotes, calm: 50 * time.Millisecond, busy: 5 * time.Millisecond},
}

// standing is how long somebody must have waited all the time before a class has more to do than it can.
// A burst is over sooner: it may wait for its turn.
const standing = 100 * time.Millisecond

// nextInLine is how long somebody waits at least who has less than his share of the places.
const nextInLine = time.Second

// turnstile lets so many requests work at the same time. The next place goes to a merchant that has less
// than its share of them, there to what is worth most, there to the merchant that was served longest ago.
// So a flood waits for itself alone.
type turnstile struct {
	mu      sync.Mutex
	places  int
	taken   int
	parties map[string]*party // those that work or wait
	lines   []line            // as turns
	refused map[class]uint64
}

// party is who shares the places: a merchant, in one mode.
type party struct {
	name    string
	inside  int
	waiting int
	queues  [][]*ticket // as turns, oldest first
}

// line is those who wait with a class.
type line struct {
	parties []*party // served longest ago first
	since   time.Time
}

// ticket is one request that waits.
type ticket struct {
	called chan struct{}
	party  *party
	turn   int
}

// place is one of those that work. A nil place is nobody's.
type place struct {
	of    *turnstile
	party *party
	left  bool
}

func newTurnstile(places int) *turnstile {
	return &turnstile{places: places, parties: make(map[string]*party), lines: make([]line, len(turns)), refused: make(map[class]uint64)}
}

// enter waits for a place, at most so long. It returns nil without an error where none is needed.
// Errors: overloaded.
func (t *turnstile) enter(ctx context.Context, merchant string, worth class, most time.Duration) (*place, error) {
	n := turnOf(worth)
	if t.places == 0 || n < 0 {
		return nil, nil
	}
	t.mu.Lock()
	p := t.partyOf(merchant)
	if t.taken < t.places && p.inside < t.most() {
		t.taken++
		p.inside++
		t.mu.Unlock()
		return &place{of: t, party: p}, nil
	}
	if t.full(p, n) {
		defer t.mu.Unlock()
		return nil, t.refuse(p, n)
	}
	patience := min(most, t.patience(p, n))
	k := t.queue(p, n)
	t.mu.Unlock()
	return t.await(ctx, k, patience)
}

// peek says whether a merchant's queue is so long that the next request is refused. Errors: overloaded.
func (t *turnstile) peek(merchant string, worth class) error {
	n := turnOf(worth)
	if t.places == 0 || n < 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, known := t.parties[merchant]; known && t.full(p, n) {
		return t.refuse(p, n)
	}
	return nil
}

// full says that the queue of a class that can be refused is as long as the places are many: whoever joined it
// would wait too long.
func (t *turnstile) full(p *party, n int) bool { return !turns[n].kept && len(p.queues[n]) >= t.places }

// turnOf is the place of a class in turns, -1 where it does not wait.
func turnOf(worth class) int {
	return slices.IndexFunc(turns, func(row turn) bool { return row.class == worth })
}

func (t *turnstile) partyOf(merchant string) *party {
	p, known := t.parties[merchant]
	if !known {
		p = &party{name: merchant, queues: make([][]*ticket, len(turns))}
		t.parties[merchant] = p
	}
	return p
}

// patience is how long a request of a class may wait now. Whoever has less than his share is served next, however
// slow the machine is: it is not he for whom there is too much to do.
func (t *turnstile) patience(p *party, n int) time.Duration {
	l := &t.lines[n]
	switch {
	case p.inside+p.waiting < t.share():
		return max(nextInLine, turns[n].calm)
	case len(l.parties) > 0 && time.Since(l.since) > standing:
		return turns[n].busy
	}
	return turns[n].calm
}

// share is how many places are one party's.
func (t *turnstile) share() int { return max(1, t.places/max(1, len(t.parties))) }

// most is how many places one party may take. An eighth is left to others, who come in while all the rest
// wait for the disk.
func (t *turnstile) most() int { return t.places - t.places/8 }

func (t *turnstile) queue(p *party, n int) *ticket {
	l := &t.lines[n]
	if len(l.parties) == 0 {
		l.since = time.Now()
	}
	if len(p.queues[n]) == 0 {
		l.parties = append(l.parties, p)
	}
	k := &ticket{called: make(chan struct{}), party: p, turn: n}
	p.queues[n] = append(p.queues[n], k)
	p.waiting++
	return k
}

func (t *turnstile) await(ctx context.Context, k *ticket, patience time.Duration) (*place, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-k.called:
		return &place{of: t, party: k.party}, nil
	case <-late.C:
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Contains(k.party.queues[k.turn], k) { // called at the last moment
		return &place{of: t, party: k.party}, nil
	}
	t.unqueue(k)
	return nil, t.refuse(k.party, k.turn)
}

// unqueue takes a ticket out of its queue, and its party out of the line with its last one.
func (t *turnstile) unqueue(k *ticket) {
	p, l := k.party, &t.lines[k.turn]
	p.queues[k.turn] = slices.DeleteFunc(p.queues[k.turn], func(other *ticket) bool { return other == k })
	p.waiting--
	if len(p.queues[k.turn]) == 0 {
		l.parties = slices.DeleteFunc(l.parties, func(other *party) bool { return other == p })
	}
}

func (t *turnstile) refuse(p *party, n int) error {
	t.refused[turns[n].class]++
	t.forget(p)
	return canonical.Errorf(canonical.Overloaded, "there is more to do than the gateway can: "+string(turns[n].class)+" are turned away")
}

func (t *turnstile) forget(p *party) {
	if p.inside == 0 && p.waiting == 0 {
		delete(t.parties, p.name)
	}
}

// leave gives the place to the next. It may be called again.
func (p *place) leave() {
	if p == nil {
		return
	}
	t := p.of
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.left {
		return
	}
	p.left = true
	p.party.inside--
	defer t.forget(p.party)
	next := t.next()
	if next == nil {
		t.taken--
		return
	}
	next.party.inside++
	close(next.called)
}

// next is whose turn it is, taken out of its queue; nil where nobody waits.
func (t *turnstile) next() *ticket {
	for _, most := range []int{t.share(), t.most()} {
		for n := range turns {
			l := &t.lines[n]
			i := slices.IndexFunc(l.parties, func(p *party) bool { return p.inside < most })
			if i < 0 {
				continue
			}
			p := l.parties[i]
			l.parties = append(slices.Delete(l.parties, i, i+1), p)
			k := p.queues[n][0]
			t.unqueue(k)
			return k
		}
	}
	return nil
}
