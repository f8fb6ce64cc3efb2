package badger

// recent remembers which commit wrote a key last, for the keys written lately. It is what a
// transaction's reads are checked against, without reading them again.
type recent struct {
	young, old map[string]uint64
	turnedAt   uint64 // the commit before the first one in young
	forgotten  uint64 // no key of a later commit is missing
}

// recentKeys is how many keys a generation holds. A transaction whose function takes longer than
// that many writes of others runs again.
const recentKeys = 1 << 14

func newRecent(head uint64) recent {
	return recent{young: map[string]uint64{}, old: map[string]uint64{}, turnedAt: head, forgotten: head}
}

// outdates says whether a commit after the one p saw wrote what p read, or may have.
func (r *recent) outdates(p *proposal) bool {
	if p.base < r.forgotten {
		return true
	}
	for _, key := range p.reads {
		if r.young[key] > p.base || r.old[key] > p.base {
			return true
		}
	}
	return false
}

func (r *recent) wrote(sequence uint64, writes []write) {
	for _, w := range writes {
		r.young[w.key] = sequence
	}
	if len(r.young) < recentKeys {
		return
	}
	r.forgotten, r.turnedAt = r.turnedAt, sequence
	r.old, r.young = r.young, map[string]uint64{}
}
