package state

// KV is what a store supplies to a transaction: bytes under keys, point access only.
type KV interface {
	// Get returns the value of a key, or false. Both answers are remembered: they must still hold at commit.
	// The value is not to be changed.
	Get(key string) (value []byte, found bool, err error)
	// Put and Delete are buffered until commit; Get sees them.
	Put(key string, value []byte)
	Delete(key string)
	// Append puts value under the next position in every stream, given at commit; Get never sees it.
	// Positions are one sequence for all streams. A stream's key is PositionKey(stream, position).
	Append(streams []string, value []byte)
}

// Snapshot is what a store supplies to a View.
type Snapshot interface {
	Get(key string) (value []byte, found bool, err error)
	// Scan visits the keys of a range in order, until visit returns false or an error. The value is good
	// until visit returns.
	Scan(scan Range, visit func(key string, value []byte) (bool, error)) error
}

// Range is what a scan visits.
type Range struct {
	Prefix   string
	From     string // first key that may be visited, inclusive; "" is the whole prefix
	Reverse  bool
	KeysOnly bool // visit gets no values
}
