package state

// Buffer is the KV of one run of a function: it reads a snapshot, remembers what it read, and holds
// what is to be written. A store makes one for each run and commits what it holds.
type Buffer struct {
	snapshot Snapshot
	reads    []string
	at       map[string]int // where in writes a key is
	writes   []Write
	appends  []Appended
	err      error
}

// Write is the last a function wanted of one key.
type Write struct {
	Key    string
	Value  []byte
	Delete bool
}

// Appended waits for its position.
type Appended struct {
	Streams []string
	Value   []byte
}

// NewBuffer makes the buffer of one run on a snapshot.
func NewBuffer(s Snapshot) *Buffer { return &Buffer{snapshot: s, at: make(map[string]int)} }

// Get is KV's.
func (b *Buffer) Get(key string) (value []byte, found bool, err error) {
	if i, written := b.at[key]; written {
		return b.writes[i].Value, !b.writes[i].Delete, nil
	}
	b.reads = append(b.reads, key)
	value, found, err = b.snapshot.Get(key)
	if err != nil && b.err == nil {
		b.err = err
	}
	return value, found, err
}

// Put is KV's.
func (b *Buffer) Put(key string, value []byte) { b.write(Write{Key: key, Value: value}) }

// Delete is KV's.
func (b *Buffer) Delete(key string) { b.write(Write{Key: key, Delete: true}) }

func (b *Buffer) write(w Write) {
	if i, written := b.at[w.Key]; written {
		b.writes[i] = w
		return
	}
	b.at[w.Key] = len(b.writes)
	b.writes = append(b.writes, w)
}

// Append is KV's.
func (b *Buffer) Append(streams []string, value []byte) {
	b.appends = append(b.appends, Appended{streams, value})
}

// Reads lists the keys whose value, or absence, must still hold at commit.
func (b *Buffer) Reads() []string { return b.reads }

// Writes lists every key once, in the order of their first write.
func (b *Buffer) Writes() []Write { return b.writes }

// Appends lists what needs positions, in order.
func (b *Buffer) Appends() []Appended { return b.appends }

// Empty says whether there is nothing to commit.
func (b *Buffer) Empty() bool { return len(b.writes) == 0 && len(b.appends) == 0 }

// Err is the first error of a read. What depends on such a read must not be committed, even where
// the function took no notice of it.
func (b *Buffer) Err() error { return b.err }
