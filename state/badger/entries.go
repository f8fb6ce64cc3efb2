package badger

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	bdb "github.com/dgraph-io/badger/v4"
)

// The kinds of entries in a backup, each a byte before it.
const (
	entryValue   = 'v' // badger's number of the commit, key, value in its envelope
	entryDeleted = 'd' // key
	entryEnd     = 'e' // how many of the one and the other came before
)

// entryWriter keeps the first error of many writes.
type entryWriter struct {
	to     io.Writer
	wanted func() error
	err    error
}

// values writes what was written after the commit the backup is since, as it stands now.
func (e *entryWriter) values(r reach) (count int) {
	at := r.seen.txn.NewIterator(bdb.IteratorOptions{SinceTs: r.version})
	defer at.Close()
	for at.Rewind(); at.Valid() && e.err == nil; at.Next() {
		if e.err = e.wanted(); e.err != nil {
			return count
		}
		item := at.Item()
		e.err = item.Value(func(sealed []byte) error {
			if _, err := unseal(string(item.Key()), sealed); err != nil {
				return err
			}
			e.write(entryValue, item.Version(), item.Key(), sealed)
			return e.err
		})
		count++
	}
	return count
}

// deletions writes which keys are gone.
func (e *entryWriter) deletions(r reach) (count int) {
	for _, key := range r.deleted {
		if e.err != nil {
			return count
		}
		_, found, err := r.seen.Get(key)
		if err != nil {
			e.err = err
		} else if !found {
			e.write(entryDeleted, []byte(key))
			count++
		}
	}
	return count
}

// write writes one entry: its kind, then numbers, and bytes behind their length.
func (e *entryWriter) write(kind byte, fields ...any) {
	entry := []byte{kind}
	for _, field := range fields {
		switch f := field.(type) {
		case uint64:
			entry = binary.AppendUvarint(entry, f)
		case []byte:
			entry = append(binary.AppendUvarint(entry, uint64(len(f))), f...)
		}
	}
	if e.err == nil {
		_, e.err = e.to.Write(entry)
	}
}

// entryReader keeps the first error of many reads.
type entryReader struct {
	from *bufio.Reader
	err  error
}

func (r *entryReader) kind() byte {
	kind, err := r.from.ReadByte()
	r.err = cutShort(err)
	return kind
}

func (r *entryReader) fail(kind byte) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: there is no entry of kind %q", errAltered, kind)
	}
}

func (r *entryReader) number() uint64 {
	if r.err != nil {
		return 0
	}
	number, err := binary.ReadUvarint(r.from)
	r.err = cutShort(err)
	return number
}

func (r *entryReader) bytes(most int) []byte {
	length := r.number()
	if r.err == nil && (length > uint64(most) || length == 0) {
		r.err = fmt.Errorf("%w: an entry has a part of %d bytes", errAltered, length)
	}
	if r.err != nil {
		return nil
	}
	text := make([]byte, length)
	_, err := io.ReadFull(r.from, text)
	r.err = cutShort(err)
	return text
}

// end compares the counts, and has the frames check the whole file.
func (r *entryReader) end(b Backup) error {
	values, deletions := r.number(), r.number()
	if r.err == nil && (values != uint64(b.Values) || deletions != uint64(b.Deletions)) {
		r.err = fmt.Errorf("%w: it tells of %d values and %d deletions and has %d and %d", errAltered, values, deletions, b.Values, b.Deletions)
	}
	if r.err != nil {
		return r.err
	}
	_, err := r.from.ReadByte()
	if err == nil {
		return fmt.Errorf("%w: something stands behind the last entry", errAltered)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
