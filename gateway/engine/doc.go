// Package engine is how an operation runs: prepare, begin, send, settle; and how the truth is found
// where a reply was lost.
//
// Prepare reads the order and has the requests built; it writes nothing. Begin is one commit: it claims
// the idempotency key, holds the order, and writes every attempt of the plan with its exact bytes before
// the first is sent. Send makes one request, with no transaction open (perform.go). Settle is one commit:
// outcome, ledger, history, timers, and the start of the plan's next attempt (decide.go says what an
// outcome does to the books). An attempt that is not settled when no byte of it can leave any more is in
// doubt, and only evidence ends doubt: recover.go, compare.go, postpone.go.
//
// What a commit does to an order is a change (change.go). Its events are written last, so that each shows
// the order as the commit leaves it; a repeat of a request is answered with that. Functions given to the
// store recognize what they wrote themselves, and run again where the answer of a commit was lost.
//
// What a lender reports by itself goes through absorb.go, whichever way it came, and becomes operations
// of their own (own.go). What cannot be sent waits in queued.go; a cancel taken while another operation
// is unresolved waits in wake.go.
//
// The engine waits only through its Store, its Providers and its Runtime. There is no goroutine, channel,
// lock, clock or randomness in it, so that a seeded simulation can drive the same code. It knows nothing
// of HTTP, of adapters or of configuration.
package engine
