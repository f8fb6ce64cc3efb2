// Package adaptertest is what every adapter must pass: the only judge of a new style.
//
// A style calls Run from its conformance_test.go with its Adapter, settings to define it with, and a
// folder of recorded exchanges. A recorded exchange is one JSON file: a command, a query or a
// message goes in; the exact requests that leave, the lender's replies, and what comes of it stand
// beside it. With -update the requests and what comes of them are written anew, to be read in a diff.
//
//	case      a sentence: what this shows
//	settings  other than the harness has
//	command   canonical.Command, with `kept` and `open` for what its order hides
//	query     canonical.Query, likewise
//	message   canonical.Message with its body and query as text, what its proof covers (body, query, secret, time, the
//	          names of headers), and within how many seconds its time must be
//	repeat    the request may have been sent before
//	exchange  the row that was chosen
//	wire      [{request, reply}]: a reply has status, header and body (text where it is no JSON), or
//	          reach not_sent or sent
//	gives     the outcome, report or notice, empty fields left out
//	error     kind, code and the pointers of its fields
//
// The recorded exchanges are the seeds of everything else. Rules are a table, each with a sentence
// that a failure prints: lost replies, every row of failures, every word and an unheard one, wrong
// figures, garbage, leaking secrets, impurity, and a definition that contradicts itself.
//
// Hunt goes on where the rules end: answers that no honest lender gives, made of recorded ones, drawn by
// a seed. What it may believe is told by Yes, a table of what a reply says that is a yes, written from the
// lender's documents and not from the code that reads it.
//
// The names to know: Harness, Run, Hunt, Fuzz (any bytes in place of a reply), FuzzNotices (genuine
// notifications, changed), and Check, which gives complaints as values so that the suite can be tested
// itself. Whoever plays or makes one recorded exchange alone has Recording, ReadRecording and Replay.
// It imports adapters, canonical, decimal, go-cmp and the standard library.
package adaptertest
