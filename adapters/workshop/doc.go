// Package workshop is where an adapter is made and tried: what `lendgate adapter` does.
//
// New writes a contract to begin with. A Trial is one operation, read or notification of one lender, through the same
// client the gateway uses: against a lender, or against recorded replies. Its Result tells which row was taken, what
// was sent and answered, how each value was read, and what that means. Trial.Record makes a case of it, in the form that
// adaptertest plays, with invented values in place of secrets and persons. Paste reads an exchange that was copied from
// documentation: it is answered in the lender's place. An order that a trial leaves can be saved, and is what the next one begins with.
//
// Nothing is stored, no engine runs, and nothing is repeated: what is in doubt stays so, and is told.
//
// The names to know: New, Open and Lender, Trial, Result, Saved, Recorded, Paste. It imports adapters, adapters/all,
// adapters/declared, adapters/adaptertest, canonical and the standard library.
package workshop
