// Package sandbox is a world of simulated lenders: what a newcomer runs instead of five contracts,
// and what tests drive the gateway against.
//
// Each lender is a deterministic state machine (package lender and the five below). This package is
// the shell around them. A request runs like this: faults that people set, or that its amount asks
// for, decide its fate (faults.go, triggers.go); the lender answers, or is not asked at all; the
// input is written to the journal; the answer goes out, late, spoiled or not at all; notifications
// follow. Everything up to the journal is a pure core (core.go), which replays the journal at start:
// gateway and lenders can both be killed at any point and come back with equal ledgers. The journal
// survives the process, not a power cut, and holds what was sent, credentials included; those are
// the literals in defaults.go.
//
// The names to know: World, Options, Fault, Defaults. Locks, goroutines and sockets are in world.go,
// http.go and courier.go only.
//
// It imports the standard library, decimal, package lender and the five lenders: nothing of the
// gateway, whose judge it is.
package sandbox
