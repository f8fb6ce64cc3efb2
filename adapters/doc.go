// Package adapters is how a lender is described, and the one client that talks to all of them.
//
// An Adapter is a value: a name, the settings it takes, and a pure Define that turns settings into a
// Definition. A Definition is a table of Exchanges, the lender's words, its failures and its traits.
// An Exchange builds one request and reads one reply with pure functions; no fitting exchange means
// not supported, or not now. Adapters never send anything: Client does, for all of them, so that
// breaker, limits, token, signature and above all the question "did the money move?" are written once.
//
// One sentence to remember: an error from Client.Send means certainly nothing moved; everything else
// is an Outcome, and in doubt is an outcome. verdict.go holds the table that decides.
//
// Where to look next: definition.go for what an adapter author writes, client.go for how it is used,
// verdict.go for the judgement, transport.go and gate.go for the only code that touches the network
// and the only code that waits. adaptertest proves an adapter; all lists the styles built in.
//
// It may import canonical and config, resty in transport.go, gobreaker in gate.go.
package adapters
