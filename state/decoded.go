package state

import (
	"bytes"
	"sync"
)

// Decoded remembers records together with the bytes they were read from or written as, so that what
// has not changed is not decoded again. It says nothing of what is stored: the bytes do.
type Decoded struct {
	mu       sync.Mutex
	newer    map[string]remembered
	older    map[string]remembered
	capacity int
}

type remembered struct {
	text   []byte
	record any
}

// NewDecoded makes one that holds up to so many records, the latest.
func NewDecoded(atMost int) *Decoded {
	return &Decoded{newer: make(map[string]remembered), capacity: atMost / 2}
}

// find returns the record of a key if its bytes are these.
func (d *Decoded) find(key string, text []byte) (any, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known, found := d.newer[key]
	if !found {
		if known, found = d.older[key]; !found {
			return nil, false
		}
		d.put(key, known)
	}
	return known.record, bytes.Equal(known.text, text)
}

func (d *Decoded) keep(key string, text []byte, record any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put(key, remembered{text, record})
}

// put forgets the older half once the newer is full.
func (d *Decoded) put(key string, r remembered) {
	if len(d.newer) >= d.capacity {
		d.older, d.newer = d.newer, make(map[string]remembered, d.capacity)
	}
	d.newer[key] = r
}
