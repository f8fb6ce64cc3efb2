// Package proof keeps the records that the harnesses make of their runs, and renders RELIABILITY.md from
// them, so that no figure in it was ever typed.
//
// A harness is a test that counts what it did: seeds, operations, faults, kills, flipped bytes. It hands
// its counts to Keep at the end. `make prove` says where records are kept and for how long the long forms
// run; without that nothing is written and every harness runs its short form.
//
// Records of one harness on one state of the code add up: a long run is made of as many parts as it takes.
// What the code was is told by a digest over its sources, so that a record never speaks for code that it
// did not see.
package proof
