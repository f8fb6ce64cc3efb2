// Package badger is the embedded default store, over github.com/dgraph-io/badger/v4.
//
// An Update runs its function in the caller's goroutine, on the snapshot that the last commit left,
// and collects what it reads and writes. One committer takes all such proposals that wait, drops
// those that read what has been written since (they run again), gives events their positions, and
// commits the rest as one badger transaction: badger syncs its log once for each transaction, so
// that callers who wait together share one wait for the disk. Nobody's function, read or scan ever
// waits for a commit under way.
//
// Badger is not trusted to notice damage. It drops what follows a damaged byte of its log, returns
// damaged values as they are, deletes the tables that a damaged list no longer names, and says
// nothing. So:
//
//   - every value stands in an envelope with a checksum over key and value (envelope.go), and one that
//     does not fit is ErrDamaged, never not found;
//   - every commit writes a record of itself, and the records are a hash chain without gaps (chain.go),
//     kept as far back as badger's logs reach and walked by Open;
//   - a small file beside the data, the anchor, says how far the data reached (anchor.go): written
//     after every commit and before anyone hears of it, on the disk within a second and at Close;
//   - Open reads the list of tables and every table itself (inspect.go) before badger does.
//
// Open refuses a store that fails any of this, with ErrLost or ErrDamaged and what to do. A commit
// that was torn before it was acknowledged is no damage: it is gone, as if it had never been asked for.
//
// When a commit fails, nobody knows what is on the disk: the caller gets state.ErrUncertain, everyone
// after that state.ErrClosed, reads included, and Err says why. The process must open the store anew.
//
// A full disk ends the process (badger writes through memory maps), so Room is asked before new
// orders are taken, and a ballast is kept to be given up (ballast.go). One process holds the folder; ext4 and XFS are what it was tested for.
//
// Start with Store.Update in store.go, then committer.go. It may import state, badger and what badger
// is made of, and the standard library.
package badger
