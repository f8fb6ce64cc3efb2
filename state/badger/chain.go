package badger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/state"
)

// Every commit writes a record of itself into its own transaction. The records are a chain: one that
// is missing, or was changed, breaks it.
const commitPrefix = "!commit/"

// link is the record of one commit.
type link struct {
	sequence uint64
	count    uint64            // transactions in it
	position uint64            // the last event position given so far
	written  uint64            // bytes of all commits so far
	digest   [sha256.Size]byte // of what it wrote
	hash     [sha256.Size]byte // over all of this and the hash before
	deleted  []byte            // the keys it deleted, as appendKey wrote them; nil in format 1, which did not say
}

const linkSize = 4*8 + 2*sha256.Size // without the deleted keys

func commitKey(sequence uint64) string { return commitPrefix + fmt.Sprintf("%016x", sequence) }

// fields lists the numbers of a link in the order they are stored and hashed in.
func (l *link) fields() []*uint64 { return []*uint64{&l.sequence, &l.count, &l.position, &l.written} }

func (l *link) chain(before [sha256.Size]byte) (hash [sha256.Size]byte) {
	text := before[:]
	for _, number := range l.fields() {
		text = binary.BigEndian.AppendUint64(text, *number)
	}
	return sha256.Sum256(append(append(text, l.digest[:]...), l.deleted...))
}

func (l *link) encode() []byte {
	var text []byte
	for _, number := range l.fields() {
		text = binary.BigEndian.AppendUint64(text, *number)
	}
	return slices.Concat(text, l.digest[:], l.hash[:], l.deleted)
}

func decodeLink(key string, text []byte) (l link, err error) {
	fields := l.fields()
	if len(text) < linkSize {
		return l, fmt.Errorf("%w: %q is no record of a commit", ErrDamaged, key)
	}
	for i, number := range fields {
		*number = binary.BigEndian.Uint64(text[8*i:])
	}
	rest := text[8*len(fields):]
	copy(l.digest[:], rest)
	copy(l.hash[:], rest[sha256.Size:])
	if len(text) > linkSize {
		l.deleted = bytes.Clone(text[linkSize:])
	}
	named, err := strconv.ParseUint(strings.TrimPrefix(key, commitPrefix), 16, 64)
	if err != nil || named != l.sequence {
		return l, fmt.Errorf("%w: %q holds the record of commit %d", ErrDamaged, key, l.sequence)
	}
	return l, nil
}

// A list of deleted keys begins with a byte of its own, so that none is a list too. A backup that goes
// on from an earlier one needs it: badger forgets its own markers of what was deleted.
var noKeys = []byte{0}

func appendKey(list []byte, key string) []byte {
	return append(binary.AppendUvarint(list, uint64(len(key))), key...)
}

// deletions lists the keys the commit deleted; not known of one in format 1.
func (l *link) deletions() (keys []string, known bool, err error) {
	if len(l.deleted) == 0 {
		return nil, false, nil
	}
	for rest := l.deleted[1:]; len(rest) > 0; {
		length, read := binary.Uvarint(rest)
		if read <= 0 || length > uint64(len(rest)-read) {
			return nil, false, fmt.Errorf("%w: the deletions of commit %d cannot be read", ErrDamaged, l.sequence)
		}
		keys = append(keys, string(rest[read:read+int(length)]))
		rest = rest[read+int(length):]
	}
	return keys, true, nil
}

// follows says whether l is the commit after before, as it was written.
func (l *link) follows(before *link) error {
	if l.sequence != before.sequence+1 {
		return fmt.Errorf("%w: commit %d is followed by commit %d", ErrLost, before.sequence, l.sequence)
	}
	if l.hash != l.chain(before.hash) {
		return fmt.Errorf("%w: the hash chain breaks at commit %d", ErrDamaged, l.sequence)
	}
	return nil
}

// trail is the kept end of the chain: its last link, and where it may be cut off. Damage can cost
// badger the end of any of its logs, or the table written last, while what is newer stays. Such a gap
// lies no further back than what its logs and that table hold, so the trail must reach further.
type trail struct {
	head  link
	marks []mark // of the first kept and of each that markEvery divides
}

// mark is where a commit stands.
type mark struct{ sequence, written uint64 }

const (
	markEvery   = 256
	keepCommits = 2000
	// keepBytes covers four logs and the table made of the one before. Badger's own count of a log,
	// with the overhead of each entry, and perEntry differ by less than the sixth.
	keepBytes = 6 * memTableSize
	// keepForBackup is how much may be written before the next backup until it has to be a full one.
	keepForBackup = 1 << 30
)

// extend takes the next commit on.
func (t *trail) extend(next link) {
	t.head = next
	if len(t.marks) == 0 || next.sequence%markEvery == 0 {
		t.marks = append(t.marks, mark{next.sequence, next.written})
	}
}

// shorten says which records need not be kept longer, from one up to another, and forgets them. It
// lets go of more than comes in between two marks, so that what piled up gets fewer again.
func (t *trail) shorten(backedUp uint64) (from, to uint64) {
	from = t.marks[0].sequence
	for range 2 {
		if len(t.marks) > 1 && t.far(t.marks[1], backedUp) {
			t.marks = t.marks[1:]
		}
	}
	return from, t.marks[0].sequence
}

// far says whether nothing that may be lost unnoticed lies before a mark, and nothing that the backup
// after the last one needs.
func (t *trail) far(m mark, backedUp uint64) bool {
	written := t.head.written - m.written
	needed := backedUp != 0 && m.sequence > backedUp && written < keepForBackup
	return t.head.sequence-m.sequence >= keepCommits && written >= keepBytes && !needed
}

// walk reads the kept links, oldest first, and checks each against the one before; then look does.
func walk(txn *bdb.Txn, look func(link) error) (trail, error) {
	var t trail
	started := false
	view := &snapshot{txn: txn}
	err := view.Scan(state.Range{Prefix: commitPrefix}, func(key string, text []byte) (bool, error) {
		l, err := decodeLink(key, text)
		if err == nil && started {
			err = l.follows(&t.head)
		}
		if err != nil {
			return false, err
		}
		started = true
		t.extend(l)
		return true, look(l)
	})
	return t, err
}
