// Package planted is the proof that the tests can see. It is a table of bugs: slips of a line or two such
// as people who write payment systems make, each with the rule that it breaks, the invariant that does not
// hold any more with it, and the tests that must fail. A test that is green on good code says little; here
// each says what it is good for.
//
// A bug is never in the code. Plant writes a changed copy of one file into a temporary folder, and
// `go test -overlay` builds the tests with the copy in the file's place. The tests must compile, fail, and
// name what is wrong: the simulation its invariant, any other suite its test.
//
// All rows run in the long form, a handful that the digest of the code chooses in the short one, and
// any row alone by its name:
//
//	go test ./gateway/simulation/planted -run 'TestEveryPlantedBugIsCaught/the_first_absence_is_believed'
//
// Whether each text still stands in its file, once, is checked every time: code that changes takes its rows
// with it.
//
// To plant a bug of your own without a row: change the code, run the tests, change it back. To keep it, add
// a row to the table of its subject. Old is a text that stands in the file exactly once, New what a tired
// person would have written; the rest of the row is what you expect to happen. Where nothing fails, either
// the slip changes nothing that anyone can see, and is no bug, or a test is missing: write that first, and
// leave the row.
//
// What is not in the table changes nothing: that a message which comes twice is stored once spares work and
// no more, because what follows is a read; a timer without its lease only meets the check that its call may
// still be under way; a read that comes while an operation runs finds another version of the order, with or
// without a second look at what holds it; a watch that is not set anew after it fell falls again when its
// lease ends. Whether a comparison takes the same time for every secret shows in no test.
package planted
