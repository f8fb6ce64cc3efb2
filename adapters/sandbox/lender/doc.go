// Package lender is the small frame every simulated lender is built in.
//
// A simulated lender is a deterministic state machine: Serve takes the time and one request and
// returns one reply. It has no clock, no goroutine, no lock and no randomness of its own, so the
// same inputs always lead to the same state. The journal stores inputs and replays them at start,
// and a seeded test can drive a lender without a socket.
//
// The names to know: Lender (one simulated lender), Request and Reply (what crosses the wire, as
// values), Book (what really happened: the ledger of truth that tests compare with the gateway's).
// What only some lenders can do is in optional.go.
//
// It knows nothing of the gateway: it imports the standard library and decimal only.
package lender
