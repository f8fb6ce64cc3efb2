package state

import (
	"fmt"
	"slices"
	"strings"
)

// book is a table without its types: bytes under keys, and the index entries that follow from them.
type book struct {
	prefix  string
	indexed bool
	entries func(key string, text []byte) ([]string, error) // fails where the record cannot be read
}

func bookOf[K, R any](s schema[K, R]) book {
	return book{s.prefix, s.indexes != nil, func(key string, text []byte) ([]string, error) {
		record, err := s.read(key, text)
		if err != nil {
			return nil, err
		}
		return s.entriesOf(record), nil
	}}
}

// books lists every table once.
var books = []book{
	bookOf(orders), bookOf(operations), bookOf(requests), bookOf(keys), bookOf(references), bookOf(providerOrders),
	bookOf(offers), bookOf(timers), bookOf(messages), bookOf(quarantines), bookOf(providerRecords), bookOf(apiKeys), bookOf(secrets), bookOf(events),
}

// bookAt is the table a key belongs to.
func bookAt(key string) (book, bool) {
	at := slices.IndexFunc(books, func(b book) bool { return strings.HasPrefix(key, b.prefix) })
	if at < 0 {
		return book{}, false
	}
	return books[at], true
}

// missing lists those of a record's entries that are not there, or name another record.
func missing(s Snapshot, key string, entries []string) ([]string, error) {
	var absent []string
	for _, entry := range entries {
		named, found, err := s.Get(entry)
		if err != nil {
			return nil, err
		}
		if !found || string(named) != key {
			absent = append(absent, entry)
		}
	}
	return absent, nil
}

// stray says what is wrong with an index entry that names a record: "" is nothing.
func stray(s Snapshot, entry, named string) (wrong string, err error) {
	b, known := bookAt(named)
	if !known || !b.indexed {
		return fmt.Sprintf("names %q, which is in no table with an index", named), nil
	}
	text, found, err := s.Get(named)
	if err != nil {
		return "", err
	}
	if !found {
		return fmt.Sprintf("names %s, which is not there", named), nil
	}
	entries, err := b.entries(named, text)
	if err == nil && !slices.Contains(entries, entry) {
		wrong = fmt.Sprintf("names %s, which is no longer listed under it", named)
	}
	return wrong, err
}

// followsFromRecords says whether a key is an index entry that can be made anew from the records.
func followsFromRecords(key string) bool {
	return strings.HasPrefix(key, indexPrefix) && !strings.HasPrefix(key, feedPrefix)
}
