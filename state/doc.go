// Package state is what Lendgate remembers: the contract every store keeps, over typed records.
//
// Update runs a function in a serializable transaction. The function may run again, and beside
// others, so it has no effect but on its Tx; nil means durable, the function's own error means that
// nothing was written, and ErrUncertain means that the answer of the commit was lost: read again by
// ids you chose before. A Tx has point access only. Scans are in Reader, on one consistent snapshot.
// Time-ordered positions of events are given at commit: who saw position n never later meets a smaller one.
//
// A store supplies a KV, which is bytes under ordered keys; Records and Reading lay the typed tables
// and their indexes over it, so that every store keeps the same records in the same shape. Stores are
// state/badger (the embedded default) and the test store in state/statetest, which also holds the
// suite that every store must pass.
//
// It may import canonical and the standard library.
package state
