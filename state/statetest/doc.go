// Package statetest holds what every store must keep, and a store to test with.
//
// Run is the suite: a table of rules, each a sentence with the check that enforces it. A store calls
// it from a test with a function that opens an empty one:
//
//	statetest.Run(t, func(t *testing.T) state.Store { ... })
//
// The rules interleave transactions by having a function, in its first run, do what another caller
// would do meanwhile. That is the one thing a function must never do outside of a test, and it makes
// the losing order of events happen every time.
//
// Cluster is one database in memory with any number of gateways over it. Their functions run beside
// each other, commits compare and set, losers run again, and a Hook can lose the answer of a commit
// or let others in between. It has no goroutine, clock or chance of its own: driven by one goroutine
// it does the same every time.
//
// It may import state, canonical, go-cmp and the standard library.
package statetest
