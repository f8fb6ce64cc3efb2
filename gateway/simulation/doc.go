// Package simulation lets whole lives of a gateway happen in virtual time: the real engine and the real
// adapters of all styles, with lenders, networks, merchants, customers, staff and operators that behave as
// badly as they do. It assumes that the engine is wrong, and looks.
//
// A run is one seed: two styles, in one of their settings each; up to two gateways over one store;
// merchants that retry, double-click, hang up and change their minds; a swarm of faults, of which each run
// draws some kinds and their rates; kills at any named point. Then the faults end, time passes until all is
// quiet, operators decide what only a person can know, and our books are held against the lenders'.
// Everything that waits is a coroutine of the kernel (kernel.go), on one goroutine: the same seed is the
// same run, and every thousandth is played twice to see it.
//
// What must hold is the table in invariants.go. The safety half is checked after each commit, before each
// send and after each effect at a lender, on what was touched. The judge is never the gateway: it is the
// simulated lender's own book of effects (book.go), a mirror of what was committed (mirror.go), and a
// reference model of one order that shares no code with the ledger (model.go). Where an effect may differ
// from what we say, the excuse is a declaration of the style's definition, or a deed of somebody else's that
// the lender does not show; it never reaches further.
//
// A run that fails is shrunk: faults and steps are left out one by one for as long as the same invariant
// breaks, and what is left is printed as a story, with the command that plays it again.
//
//	go test ./gateway/simulation -run '^TestOneSeed$' -v -seed 4711 -shrink
//
// TestEveryCrashHeals is the other half: scenarios (scenario.go) stopped at each point they pass, and short
// ones at each two, with every style and with lost and failing replies (enumerate.go). Nothing is drawn
// there: it is a list.
//
// The tools: the kernel, the shrinking and the random draws are made here, because a fault that is left out
// must not change what is drawn for the others, and because a crash has to stop coroutines where they stand.
// Generators of commands (rapid) test the ledger and the engine's model in their own packages; here they
// would shrink the workload, and not the faults. A checker of linearizable histories (porcupine) is not
// taken: answers are held against the states an order had between question and answer, one by one, in the
// order of the commits, which is known here and has not to be searched for. What this does not cover is
// concurrency inside a process, which the engine has none of, and below it: the race detector, the store's
// own tests and the processes that are killed under load look there.
//
// Planted shows that the table can see: it plants bugs, one at a time, and this package must name them.
// Proof keeps the records of long runs.
package simulation
