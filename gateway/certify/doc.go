// Package certify tells somebody who wrote a contract, or a style in Go, what they got wrong, before money moves.
//
// There are two accounts of a lender. The contract says how it is spoken to, and what may be concluded from its
// silence. The `lender:` block (block.go) says what the lender does: read from its documentation once more, apart
// from the contract, and never read by it. Certification plays the second against the first, so that a contract does
// not merely agree with itself.
//
// A life (story.go) is the story of one order, told by recorded cases. The lender of a life (teller.go, telling.go)
// walks it: what fits the next step is acted on and answered as recorded, the same key again acts once where the
// block says so, and reads show what the block says they show. A Go style has a lender of the sandbox behind it
// (simulated.go). Between it and the real client is a network that lets one thing go wrong (fault.go, a table), and
// above the client is the real engine, in virtual time (world.go, play.go). Each step of each life is tried under
// each fault, in a world of its own.
//
// Once all is quiet, judge.go compares what we say with the lender's book (book.go): it acted at most once for a
// command, nothing failed that moved, nothing is called done that did not, amounts are as asked, no doubt stays that
// evidence can end. Where nothing goes wrong, evidence.go looks whether the ways that `lost` names would have
// told. Every finding names the claim of the contract that it refutes (claim.go); standing.go gives each claim a
// verdict: consistent, proven, refuted, or not shown, with what to record.
//
// What the block itself gets wrong is said by shape.go and check.go. figure.go complains of a pointer that finds nothing
// in any recorded reply, where money hangs on it: a contract and cases that were recorded with it agree on the mistake.
//
// Against a lender itself (remote.go) the same lives happen in real time, with the faults that can be made on this
// side of the network; there its own reads judge, and what they do not tell is not proven.
//
// The names to know: Load, Subject, Report. It imports engine, adapters, their suite and their sandbox, canonical,
// config and state.
package certify
