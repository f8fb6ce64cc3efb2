package state

import (
	"fmt"
	"strconv"
	"strings"
)

// Bounds say how far an audit goes. The zero Bounds let it look at everything.
type Bounds struct {
	From string      // where an audit before this one stopped; "" is the beginning
	Stop func() bool // asked before each key: true ends the audit there
	Keys int         // how many keys it may look at; 0 is all
}

// Audited is what an audit looked at, and what is wrong with it.
type Audited struct {
	Records  int      // of all tables, events among them
	Entries  int      // of the indexes
	Places   int      // of events in feeds
	Found    int      // things that are wrong
	Findings []string // a line for each of them, for a person; not more than a hundred
	Next     string   // where it stopped; "" is the end
}

// mostFindings is how many lines are kept: who has more has one trouble, not a hundred.
const mostFindings = 100

// What a person can do about a finding.
const (
	remedyRebuild = "rebuild the indexes"
	remedyRestore = "compare with the latest backup, and restore it where the record is whole there"
)

// Audit reads a snapshot key by key. Every value must be readable, every record be listed where it
// belongs, every index entry and every place in a feed lead to a record that belongs there, and every
// event have one place in each of its feeds, behind the events of its order that came before it. The
// last is known only to an audit that went from the beginning to the end.
//
// What is wrong is in Audited; an error means that the store could not be read on.
func Audit(s Snapshot, b Bounds) (Audited, error) {
	if b.Stop == nil {
		b.Stop = func() bool { return false }
	}
	a := audit{snapshot: s, bounds: b, latest: make(map[string]int)}
	looked := 0
	err := s.Scan(Range{From: b.From, KeysOnly: true}, func(key string, _ []byte) (bool, error) {
		if b.Keys > 0 && looked >= b.Keys || b.Stop() {
			a.Next = key
			return false, nil
		}
		looked++
		a.look(key)
		return true, nil
	})
	if err == nil && b.From == "" && a.Next == "" && a.events != a.placed {
		err = a.nameLost()
	}
	return a.Audited, err
}

type audit struct {
	Audited
	snapshot Snapshot
	bounds   Bounds
	standing int            // index entries that records lead to, and that stand as they should
	noStrays *bool          // whether there are no others; nil: not known yet
	events   int            // seen in histories
	placed   int            // events that have a place in everyone's feed
	latest   map[string]int // by order: sequence of its last event in everyone's feed
}

func (a *audit) report(remedy, format string, args ...any) {
	a.Found++
	if len(a.Findings) < mostFindings {
		a.Findings = append(a.Findings, fmt.Sprintf(format, args...)+": "+remedy)
	}
}

// look judges one key. A value that cannot be read is a finding, not the end.
func (a *audit) look(key string) {
	if strings.HasPrefix(key, ownPrefix) {
		return
	}
	text, found, err := a.snapshot.Get(key)
	switch {
	case err != nil:
		a.report(remedyRestore, "%s cannot be read (%v)", key, err)
	case !found:
		a.report(remedyRestore, "%s is listed and cannot be found", key)
	case followsFromRecords(key):
		a.entry(key, string(text))
	case strings.HasPrefix(key, feedPrefix):
		a.place(key, string(text))
	default:
		a.record(key, text)
	}
}

func (a *audit) record(key string, text []byte) {
	a.Records++
	if strings.HasPrefix(key, eventPrefix) {
		a.events++
	}
	b, known := bookAt(key)
	if !known {
		a.report("it was written by another version, or is damage", "%s belongs to no table", key)
		return
	}
	entries, err := b.entries(key, text)
	if err != nil {
		a.report(remedyRestore, "%s cannot be read (%v)", key, err)
		return
	}
	absent, err := missing(a.snapshot, key, entries)
	if err != nil {
		a.report(remedyRebuild, "an index entry of %s cannot be read (%v)", key, err)
		return
	}
	a.standing += len(entries) - len(absent)
	for _, entry := range absent {
		a.report(remedyRebuild, "%s is not listed under %s", key, entry)
	}
}

func (a *audit) entry(key, named string) {
	a.Entries++
	if a.withoutStrays() {
		return
	}
	wrong, err := stray(a.snapshot, key, named)
	switch {
	case err != nil:
		a.report(remedyRestore, "%s names %s, which cannot be read (%v)", key, named, err)
	case wrong != "":
		a.report(remedyRebuild, "%s %s", key, wrong)
	}
}

// withoutStrays says whether all index entries were met when the records were looked at, which saves
// looking at the records again. Keys of indexes come after those of records.
func (a *audit) withoutStrays() bool {
	if a.noStrays == nil {
		count, whole := 0, a.bounds.From == ""
		err := a.snapshot.Scan(Range{Prefix: indexPrefix, KeysOnly: true}, func(key string, _ []byte) (bool, error) {
			if followsFromRecords(key) {
				count++
			}
			whole = whole && !a.bounds.Stop()
			return whole, nil
		})
		sound := err == nil && whole && count == a.standing
		a.noStrays = &sound
	}
	return *a.noStrays
}

// place judges the place of an event in a feed.
func (a *audit) place(key, named string) {
	a.Places++
	at := max(0, len(key)-positionDigits)
	stream := key[:at]
	position, err := strconv.ParseUint(key[at:], 16, 64)
	if err != nil || PositionKey(stream, position) != key {
		a.report(remedyRestore, "%s is no place in a feed", key)
		return
	}
	text, found, err := a.snapshot.Get(named)
	if err != nil || !found {
		a.report(remedyRestore, "%s names the event %q, which is not there (%v)", key, named, err)
		return
	}
	event, err := events.read(named, text)
	if err != nil || events.key(EventID{event.Order, event.Sequence}) != named {
		a.report(remedyRestore, "%s names %q, which is no event (%v)", key, named, err)
		return
	}
	belongs := false
	for _, other := range feeds(event) {
		belongs = belongs || other == stream
		if there, found, err := a.snapshot.Get(PositionKey(other, position)); err != nil || !found || string(there) != named {
			a.report(remedyRestore, "%s has no like in %s (%v)", key, other, err)
		}
	}
	if !belongs {
		a.report(remedyRestore, "%s names %s, which belongs into other feeds", key, named)
	}
	if stream == feedOfAll {
		a.follow(key, EventID{event.Order, event.Sequence})
	}
}

// follow takes events as they come in everyone's feed. An event that comes twice, or before one that
// was there before it, does not follow.
func (a *audit) follow(key string, event EventID) {
	before := a.latest[event.Order]
	if event.Sequence <= before {
		a.report(remedyRestore, "%s: event %d of %s comes after event %d", key, event.Sequence, event.Order, before)
		return
	}
	a.placed++
	a.latest[event.Order] = event.Sequence
}

// nameLost looks which events have no place in everyone's feed.
func (a *audit) nameLost() error {
	placed := make(map[string]bool)
	err := a.snapshot.Scan(Range{Prefix: feedOfAll, KeysOnly: true}, func(key string, _ []byte) (bool, error) {
		if named, found, err := a.snapshot.Get(key); err == nil && found {
			placed[string(named)] = true
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	return a.snapshot.Scan(Range{Prefix: eventPrefix, KeysOnly: true}, func(key string, _ []byte) (bool, error) {
		if !placed[key] {
			a.report(remedyRestore, "%s has no place in the feeds", key)
		}
		return true, nil
	})
}
