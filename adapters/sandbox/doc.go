// Package sandbox is a world of simulated lenders: what a newcomer runs instead of five contracts,
// and what tests drive the gateway against.
//
// Each lender is a deterministic state machine (package lender and the five below). This package is
// the shell around them. A request runs like this: faults that people set, that its amount asks for
// or that chance draws decide its fate (faults.go, triggers.go, chaos.go); the lender answers, once,
// twice, later, as it was, or not at all (kinds.go, later.go, past.go); the input is written to the
// journal; the answer goes out, late, spoiled, in part or not at all; notifications follow
// (postings.go, courier.go). Everything up to the journal is a pure core (core.go), which replays the
// journal at start: gateway and lenders can both be killed at any point and come back with equal
// ledgers. The journal survives the process, not a power cut, and holds what was sent, credentials
// included; those are the literals in defaults.go.
//
// A world is driven in two ways. Over HTTP (Handler) it carries out fates, sends notifications and
// lets time pass by itself. In process, on one goroutine, whoever drives it does that: Handle returns
// a Fate to carry out, Options.Deliver takes the notifications, Due says when Wake has something to do.
// Nothing else is different, and chance comes from a seed that was given: the same inputs make the
// same journal, byte for byte.
//
// The names to know: World, Options, Fault, Fate, Chaos, Defaults. Locks, goroutines and sockets are in
// world.go, http.go, waker.go and courier.go only.
//
// It imports the standard library, decimal, package lender and the five lenders: nothing of the
// gateway, whose judge it is.
package sandbox
