// Package telemetry records what the gateway does: traces, metrics and log lines.
//
// Every operation is recorded as spans, whatever share of them is exported. A Recorder hands out the
// tracer; the spans of one request, or of one piece of due work, are kept together and looked at when the
// last of them has ended: what is sampled, and what is in doubt, handed over, failed or slow, goes to the
// collector if there is one. The last ones stay in memory for the console, and those of a doubt until it
// is settled.
//
// The Recorder implements OpenTelemetry's API itself. The SDK's own spans cost about 3 microseconds and a
// dozen allocations each, too much to record ten of them for every operation; these cost a tenth. The
// SDK's exporter and its environment variables are used as they are.
//
// Meters are the metrics at /metrics. Alert rules for them, with their tests, and a dashboard are beside
// this package's code; RUNBOOK.md says what to do about each alert.
//
// Attributes are those of OpenTelemetry's semantic conventions, and:
//
//	lendgate.order.id          the order
//	lendgate.operation.id      the operation
//	lendgate.operation         its kind: capture, refund ...
//	lendgate.operation.state   how it stands after a commit
//	lendgate.provider          the provider's id
//	lendgate.mode              live or test
//	lendgate.attempt           the attempt
//	lendgate.class             which breaker stands before the call: writes, reads, token
//	lendgate.verdict           what a call came to: an outcome's state, or the code of the problem
//	lendgate.reach             how far a request got: not_sent, sent, replied
//	lendgate.breaker.state     of the breaker that decided
//	lendgate.found_by          how the end of an operation became known
//
// Nothing personal and no secret is ever an attribute: no body, no header, no address with its query.
package telemetry
