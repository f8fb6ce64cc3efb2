// Package canonical is what every part of Lendgate agrees on: what an order is and what may happen to it.
//
// It is pure: no input or output, no clock, no randomness, no goroutine. Everything takes values and
// returns values, and every type that crosses the border between engine and adapters lives here.
//
// Three tables are the heart of it. Moves says how a Position (phase and ledger) may change; Standings
// says what a Position is called, so that a status is read off the books and never set; Problems says
// what can go wrong and what is safe to do next. LIFECYCLE.md is rendered from the first two by
// lifecycle_render.go, with a diagram of which status leads to which.
//
// Where to look next: order.go and operation.go for the model, sighting.go for how a lender's word
// becomes movements or evidence, plan.go for operations that take several requests, call.go for what
// an adapter gets and gives.
//
// It may import the standard library and shopspring/decimal.
package canonical
