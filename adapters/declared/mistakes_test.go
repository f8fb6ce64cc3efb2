package declared_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/declared"
)

// plain is a small contract without a mistake; tests change one thing about it.
const plain = `contract: 1
name: plain
title: Plain
docs: https://plain.test
settings:
  api_key: {help: The key., required: true, secret: true}
currencies: [EUR]
money: {form: major_number}
reference: {max: 20}
auth:
  headers: {X-Key: "{setting.api_key}"}
errors: {code: /code, rows: [{status: 429, means: busy}]}
words:
  OPEN: {phase: open}
  DONE: {phase: ended, by: cancel}
readings:
  order:
    id: /id
    word: /status
    captured: /captured
    seen: [{kind: capture, each: /captures, amount: /amount, reference: /ref}]
operations:
  create:
    request: POST /orders
    body: {reference: =reference, total: =amount}
    reply: order
    lost: [ask_a_person]
    horizon: 1m
  capture:
    when: order.phase == "open"
    request: POST /orders/{id}/captures
    body: {ref: =reference, amount: =amount}
    reply: {movement: /id}
    lost: [find_by_reference, compare_totals]
    horizon: 1m
reads:
  sync: {request: "GET /orders/{id}", absent: [{status: 404}], reply: order}
  find: {create: none, movement: sync}
notifications:
  proof: [{header: {name: X-Key, secret: api_key}}]
  order: /id
`

func TestAPlainContractHasNoMistake(t *testing.T) {
	if _, mistakes := declared.Read("c.yaml", []byte(plain)); mistakes != nil {
		t.Error(mistakes.Error())
	}
}

func TestEveryMistakeSaysWhatToDoAndWhere(t *testing.T) {
	const when, total = `order.phase == "open"`, "total: =amount"
	long := `order.phase == "` + strings.Repeat("x", 500) + `"`
	many := strings.Repeat("not ", 100) + "final"
	for _, row := range []struct{ name, old, new, want string }{
		{"a typo of a key", "horizon: 1m\nreads", "horizn: 1m\nreads", "c.yaml:30:5: operations.capture.horizon: is missing: how late may a request that was sent still take effect?\nc.yaml:35:5: operations.capture.horizn: is not known here; did you mean \"horizon\"?"},
		{"a key of its own", "title: Plain", "titel: Plain", "c.yaml:1:1: title: is missing: add it. The lender's name, as people write it.\nc.yaml:3:1: titel: is not known here; did you mean \"title\"?"},
		{"a typo of a name", total, "total: =order.capturabel", `c.yaml:25:43: operations.create.body.total: order.capturabel is not known; did you mean order.capturable?`},
		{"a name in quotes", total, "total: '=order.capturabel'", `c.yaml:25:44: operations.create.body.total: order.capturabel is not known; did you mean order.capturable?`},
		{"a name that is nowhere near", total, "total: =basket", `c.yaml:25:43: operations.create.body.total: basket is not known; use one of amount, attempt, capture, change, cumulative, final, key, lines, message, notify_url, order, reason, reference, request, rest, shipping, status, taxed, zero`},
		{"a name of a command in a read", "captured: /captured", "captured: =amount", `c.yaml:20:16: readings.order.captured: amount is not known here: it is of a command, and this is also read without one: order, kept and setting are there`},
		{"a name of the request in a reply", "reply: {movement: /id}", "reply: {movement: =message}", `c.yaml:33:24: operations.capture.reply.movement: message is not known here: it is only known while a request is made, and replies may be read again later`},
		{"what is held meanwhile, in a reply", "reply: {movement: /id}", "reply: {movement: /id, same: [[/left, order.capturable]]}", `c.yaml:33:43: operations.capture.reply.same[0][1]: order.capturable is not known here: it is only known while a request is made, and replies may be read again later`},
		{"a reply in a body", total, `total: '=money("/amount")'`, `c.yaml:25:44: operations.create.body.total: money means nothing here: it is of a reply, and there is none yet`},
		{"a pointer in a body", total, "total: /amount", `c.yaml:25:42: operations.create.body.total: is a pointer into a reply, and there is none here: write an expression such as =amount, or ="/x" for the text itself`},
		{"the wrong type", "captured: /captured", `captured: '=text("/captured")'`, `c.yaml:20:17: readings.order.captured: must be money and is text: read it with money("/amount")`},
		{"money and a number", when, "amount == 10", `c.yaml:30:18: operations.capture.when: money does not go with 10: write money of the order, or zero: amounts are never constants here`},
		{"money and text", when, `amount == "10.00"`, `c.yaml:30:18: operations.capture.when: money does not go with text: read it with money("/amount")`},
		{"a fraction", when, "0.5 == 0.5", "c.yaml:30:11: operations.capture.when: a number with a point is not exact: this language has no fractions\nc.yaml:30:18: operations.capture.when: a number with a point is not exact: this language has no fractions"},
		{"a loop in a loop", when, `any(lines, any(lines, true))`, `c.yaml:30:22: operations.capture.when: a loop inside a loop is not bounded: add a field to the reading and use it`},
		{"a condition that is none", when, "order.phase", `c.yaml:30:17: operations.capture.when: must be true or false and is text`},
		{"null", when, "order.phase == nil", `c.yaml:30:26: operations.capture.when: nil is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a pipe", when, `order.phase | lower() == "x"`, `c.yaml:30:23: operations.capture.when: | is not part of this language: write the call around the value, such as lower(text)`},
		{"an optional field", when, `order?.phase == "x"`, `c.yaml:30:18: operations.capture.when: ?. is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a coalescing", when, `(order.phase ?? "x") == "x"`, `c.yaml:30:24: operations.capture.when: ?? is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a range", when, `count(1..9, true) == 3`, `c.yaml:30:18: operations.capture.when: .. is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a slice", when, `order.phase[0:1] == "o"`, `c.yaml:30:22: operations.capture.when: [:] is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a pattern", when, `order.phase matches "o"`, `c.yaml:30:23: operations.capture.when: matches is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a map", when, `'{"a": 1} == {"a": 1}'`, "c.yaml:30:12: operations.capture.when: {} is not part of this language: use names, comparisons, + and -, and its functions\nc.yaml:30:24: operations.capture.when: {} is not part of this language: use names, comparisons, + and -, and its functions"},
		{"a list", when, `'[1] == [1]'`, "c.yaml:30:12: operations.capture.when: [] is not part of this language: use names, comparisons, + and -, and its functions\nc.yaml:30:19: operations.capture.when: [] is not part of this language: use names, comparisons, + and -, and its functions"},
		{"a variable", when, `let x = final; x`, `c.yaml:30:15: operations.capture.when: let is not part of this language: use names, comparisons, + and -, and its functions`},
		{"an if", when, `if final {true} else {false}`, `c.yaml:30:11: operations.capture.when: if is not part of this language: use names, comparisons, + and -, and its functions`},
		{"the whole environment", when, `$env.final`, `c.yaml:30:11: operations.capture.when: $env.final is not known; use one of amount, attempt, capture, change, cumulative, final, key, lines, message, notify_url, order, reason, reference, request, rest, shipping, status, taxed, zero`},
		{"a multiplication", when, `1 * 2 == 2`, `c.yaml:30:13: operations.capture.when: * is not part of this language: money.form says how amounts are written, and minor(amount), number(amount) and plain(amount) write them in another form`},
		{"a minus before money", when, `-amount == zero`, `c.yaml:30:11: operations.capture.when: - of one value is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a sum of numbers", when, `1 + 1 == 2`, `c.yaml:30:13: operations.capture.when: + is not for a whole number`},
		{"an order of texts", when, `order.id < "x"`, `c.yaml:30:20: operations.capture.when: < is not for text`},
		{"money in a list", when, `amount in [amount]`, `c.yaml:30:18: operations.capture.when: in is written: text in ["a", "b"]`},
		{"true and money", when, `final and amount`, `c.yaml:30:17: operations.capture.when: money does not go with true or false`},
		{"two types after a question", when, `'(final ? "a" : 1) == "a"'`, `c.yaml:30:27: operations.capture.when: must be text as what stands before the colon and is a whole number`},
		{"an unknown function", when, `trim(order.phase) == "x"`, `c.yaml:30:11: operations.capture.when: trim is no function here; did you mean "time"?`},
		{"a typo in a function", when, `lowr(order.phase) == "x"`, `c.yaml:30:11: operations.capture.when: lowr is no function here; did you mean "lower"?`},
		{"a function with too much", when, `lower("a", "b") == "x"`, `c.yaml:30:11: operations.capture.when: lower is written: lower(text)`},
		{"a function of the wrong type", when, `lower(amount) == "x"`, `c.yaml:30:17: operations.capture.when: lower takes text and not money: it is written lower(text)`},
		{"an unknown name inside a call", when, `lower(first(order.phse)) == "x"`, `c.yaml:30:23: operations.capture.when: order.phse is not known; did you mean order.phase?`},
		{"a wrong type deep inside a call", when, `lower(first(lower(amount))) == "x"`, `c.yaml:30:29: operations.capture.when: lower takes text and not money: it is written lower(text)`},
		{"a pointer that is worked out", "captured: /captured", `captured: '=money("/a" + "/b")'`, `c.yaml:20:28: readings.order.captured: a pointer is written out: money("/a")`},
		{"a pointer that is none", "captured: /captured", `captured: '=money("a")'`, `c.yaml:20:23: readings.order.captured: a pointer begins with /, such as /order/uuid`},
		{"a method", when, `amount.is.Value() == "x"`, `c.yaml:30:21: operations.capture.when: a call of a field is not part of this language: use names, comparisons, + and -, and its functions`},
		{"a half expression", when, `order.phase ==`, `c.yaml:30:24: operations.capture.when: cannot be read: unexpected token EOF`},
		{"an option that is not declared", when, `option.fast`, `c.yaml:30:11: operations.capture.when: option.fast is not declared: add it under options`},
		{"a setting that is not declared", when, `setting.api_kye == ""`, `c.yaml:30:11: operations.capture.when: setting.api_kye is not declared: did you mean setting.api_key?`},
		{"something kept by nobody", total, `total: =kept.session`, `c.yaml:25:43: operations.create.body.total: kept.session is used here, and no reading keeps session: add kept: {session: /pointer} to a reading used by create`},
		{"a phase there is not", when, `order.phase == "opened"`, `c.yaml:30:26: operations.capture.when: order.phase is never that; did you mean "open"?`},
		{"a kind of line there is not", when, `any(lines, .kind == "fees")`, `c.yaml:30:31: operations.capture.when: #.kind is never that; did you mean "fee"?`},
		{"too long", when, long, `c.yaml:30:11: operations.capture.when: is longer than 500 characters: split it into cases of word, or into readings`},
		{"too many parts", when, many, `c.yaml:30:411: operations.capture.when: has more than 100 parts: split it`},
		{"a row where there is none", total, `total: =item.total`, `c.yaml:25:43: operations.create.body.total: item is one of a list: it is known under $each and in seen`},
		{"a field of a row", "amount: /amount, reference", `amount: =item.amount, reference`, `c.yaml:21:54: readings.order.seen[0].amount: item is a row of the reply: read it with text(item, "/amount")`},
		{"a secret in clear", `"{setting.api_key}"`, `abcdef`, `c.yaml:11:20: auth.headers.X-Key: holds a literal: contracts carry no secrets; declare settings.api_key (secret: true) and write "{setting.api_key}"`},
		{"a header of something else", `"{setting.api_key}"`, `"{id}"`, `c.yaml:11:20: auth.headers.X-Key: {id} is not known here; use one of setting.name`},
		{"a word twice", "  DONE: {phase: ended, by: cancel}\n", "  DONE: {phase: ended, by: cancel}\n  done: {phase: open}\nfold_words: true\n", `c.yaml:16:3: words.done: is mapped twice, first on line 15 (upper and lower case are the same here)`},
		{"a word that ends for no reason", "{phase: ended, by: cancel}", "{phase: ended}", `c.yaml:15:9: words.DONE.by: is missing: who or what ended it?`},
		{"a word that waits for nobody", "{phase: ended, by: cancel}", "{phase: pending}", `c.yaml:15:9: words.DONE.waiting_for: is missing: who must act next?`},
		{"a word never mapped", "word: /status", `word: [{if: has("/x"), is: RELEASED}, {is: /status}]`, `c.yaml:19:32: readings.order.word[0].is: can be "RELEASED", which words does not map: add it`},
		{"a last case with an if", "word: /status", `word: [{if: has("/x"), is: OPEN}]`, `c.yaml:19:11: readings.order.word: the last case has an if: what is the word where none holds?`},
		{"kept by nobody, in a path", "POST /orders/{id}/captures", "POST /orders/{kept.session}/captures", `c.yaml:31:14: operations.capture.request: {kept.session} is used here, and no reading keeps session: add kept: {session: /pointer} to a reading used by create`},
		{"an id too early", "request: POST /orders\n", "request: POST /orders/{id}\n", `c.yaml:24:14: operations.create.request: {id} is used by create, and nothing before it gives an id: a reply of an earlier operation must have one`},
		{"an id nobody gives", "    id: /id\n    word: /status", "    phase: created\n    waiting_for: customer", `c.yaml:31:14: operations.capture.request: {id} is used by capture, and nothing before it gives an id: a reply of create, authenticate, authorize must have one`},
		{"a refund by capture, without its name", "    reply: {movement: /id}\n    lost: [find_by_reference, compare_totals]\n    horizon: 1m\n", "    bare: true\n    lost: [compare_totals]\n    horizon: 1m\n  refund: {request: \"POST /refunds/{capture}\", bare: true, lost: [ask_a_person], horizon: 1m}\n", `c.yaml:36:11: operations.refund: names its capture, and capture's reply has no movement and no seen gives lender_reference`},
		{"a part that puts itself in", "operations:\n  create:\n    request: POST /orders\n    body: {", "parts: {a: {b: {$part: a}}}\noperations:\n  create:\n    request: POST /orders\n    body: {$part: a, ", `c.yaml:22:24: parts.a.b.$part: part a puts itself in`},
		{"a currency twice", "[EUR]", "[EUR, EUR]", `c.yaml:7:19: currencies[1]: is listed twice`},
		{"no currency", "[EUR]", "[EUR, Euro]", `c.yaml:7:19: currencies[1]: is no currency: write codes such as EUR`},
		{"more digits than there are", "{form: major_number}", "{form: major_number, digits: {EUR: 3}}", `c.yaml:8:43: money.digits.EUR: EUR has 2 decimals and no more: write fewer, or leave it out`},
		{"repeat_same_key without a key", "[find_by_reference, compare_totals]", "[repeat_same_key]", `c.yaml:34:11: operations.capture.lost: repeat_same_key, and the row has no key`},
		{"find_by_reference without find", "  find: {create: none, movement: sync}\n", "", `c.yaml:34:11: operations.capture.lost: find_by_reference, and there is no reads.find`},
		{"find_by_reference of a create", "lost: [ask_a_person]", "lost: [find_by_reference]", `c.yaml:27:11: operations.create.lost: find_by_reference, and reads.find finds no create`},
		{"find_by_reference of what is not sent", "{ref: =reference, amount", `{ref: '=first(order.number, reference)', amount`, `c.yaml:34:11: operations.capture.lost: find_by_reference, and the body does not hold =reference: what is not sent as it is cannot be found again`},
		{"compare_totals without a total", "    captured: /captured\n", "", `c.yaml:33:11: operations.capture.lost: compare_totals, and sync does not read captured`},
		{"send_again of money", "[find_by_reference, compare_totals]", "[send_again]", `c.yaml:34:11: operations.capture.lost: send_again on a money row: a second one would move money again`},
		{"a money row without horizon", "    horizon: 1m\nreads", "reads", `c.yaml:30:5: operations.capture.horizon: is missing: how late may a request that was sent still take effect?`},
		{"no way to settle it", "    lost: [ask_a_person]\n", "", `c.yaml:24:5: operations.create.lost: is missing: how is it learned what became of a request whose reply was lost?`},
		{"a read among operations", "request: POST /orders\n", "request: GET /orders\n", `c.yaml:24:14: operations.create.request: GET moves nothing: it belongs under reads`},
		{"a path without its slash", "request: POST /orders\n", "request: POST orders\n", `c.yaml:24:14: operations.create.request: the path begins with /: write POST /path; the host is the provider's base_url`},
		{"a brace that is open", "POST /orders/{id}/captures", "POST /orders/{id/captures", `c.yaml:31:14: operations.capture.request: has a brace that is not closed: names stand in braces, such as {id}`},
		{"a yes that is no word", "    reply: order\n    lost", "    reply: order\n    yes: [PAID]\n    lost", `c.yaml:27:10: operations.create.yes: names PAID, which is no word of words; use one of DONE, OPEN`},
		{"a yes never heard", "    reply: {movement: /id}", "    reply: {movement: /id}\n    yes: [OPEN]", `c.yaml:34:10: operations.capture.yes: is never heard: the reply reads no order with a word`},
		{"a decline of a capture", "reply: {movement: /id}", `reply: {movement: /id, declined: 'text("/no") == "x"'}`, `c.yaml:33:38: operations.capture.reply.declined: only the lender's no to the customer is a decline (create, authenticate, authorize)`},
		{"a listed decline of a capture", "    reply: {movement: /id}", "    errors: [{status: 402, means: declined}]\n    reply: {movement: /id}", `c.yaml:33:35: operations.capture.errors[0].means: only the lender's no to the customer is a decline (a row of create, authenticate, authorize): means: refused or state`},
		{"an error that is never reached", "[{status: 429, means: busy}]", "[{status: 429, means: busy}, {status: 429, code: x, means: state}]", `c.yaml:12:58: errors.rows[1]: is never reached: an earlier row takes it`},
		{"an error that fits all", "[{status: 429, means: busy}]", "[{means: busy}]", `c.yaml:12:30: errors.rows[0]: fits every reply: add a status or a code`},
		{"an unused setting", "settings:\n", "settings:\n  hold_days: {help: Days.}\n", `c.yaml:6:3: settings.hold_days: is used nowhere: remove it`},
		{"an unused reading", "readings:\n", "readings:\n  other: {id: /id, word: /status}\n", `c.yaml:17:3: readings.other: is used nowhere: remove it`},
		{"an unused part", "operations:", "parts: {a: {b: c}}\noperations:", `c.yaml:22:9: parts.a: is used nowhere: remove it`},
		{"no proof", "  proof: [{header: {name: X-Key, secret: api_key}}]\n", "", `c.yaml:40:3: notifications.proof: is missing: add it. What a message must show: all of these. One that nothing proves says so: {nothing: why}.`},
		{"an empty proof", "  proof: [{header: {name: X-Key, secret: api_key}}]\n", "  proof: []\n", `c.yaml:40:10: notifications.proof: is empty: a notification that nothing proves must say so: {nothing: why}`},
		{"a signature of no body", "  proof: [{header: {name: X-Key, secret: api_key}}]\n", "  body: query\n  proof: [{hmac: {header: S, hash: sha256, encoding: hex, secret: api_key}}]\n", `c.yaml:41:10: notifications.proof: signs the body, and a message that is read from the query has none: write over, prove it by path or header, or say {nothing: why}`},
		{"a signature of something else", "  proof: [{header: {name: X-Key, secret: api_key}}]\n", "  body: query\n  proof: [{hmac: {header: S, hash: sha256, encoding: hex, secret: api_key, over: /event}}]\n", `c.yaml:41:82: notifications.proof[0].hmac.over: does not sign the order: anybody could name another one; write the pointer that order or reference has, or sign the body`},
		{"a proof of a typo", "secret: api_key}}]", "secret: api_kye}}]", `c.yaml:40:42: notifications.proof[0].header.secret: names no setting: did you mean setting.api_key?`},
		{"two proofs in one", "{header: {name: X-Key, secret: api_key}}", "{nothing: none, path: api_key}", `c.yaml:40:11: notifications.proof[0]: must be one of hmac, stamped, header, path, nothing`},
		{"a reply that confirms nothing", "reply: {movement: /id}", "reply: order", `c.yaml:33:12: operations.capture.reply: confirms nothing: any reply about the order would be a yes; add moved, movement, same or yes`},
		{"a read before there is an order", "    reply: order\n    lost", "    fresh: true\n    reply: order\n    lost", `c.yaml:26:12: operations.create.fresh: stands on a create: there is no order to read before it`},
		{"a reply that is not read", "    reply: {movement: /id}\n", "", `c.yaml:30:5: operations.capture.reply: is missing: say what the reply tells, or bare: true where a 2xx alone is the lender's yes`},
		{"a reading without a word", "    word: /status\n", "", `c.yaml:18:5: readings.order.word: is missing: add it, or phase where the reply begins an order and has no word`},
		{"a reading without an id", "    id: /id\n    word", "    word", "c.yaml:18:5: readings.order.id: is missing: add it; only a reading with phase can do without\nc.yaml:30:14: operations.capture.request: {id} is used by capture, and nothing before it gives an id: a reply of create, authenticate, authorize must have one"},
		{"two rows of one name", "  capture:\n", "  cancel: {name: create, local: true}\n  capture:\n", `c.yaml:29:18: operations.cancel.name: is create, as another row on line 24: give each a name of its own`},
		{"a local row with a request", "  capture:\n", "  cancel: {local: true, request: POST /x}\n  capture:\n", `c.yaml:29:25: operations.cancel.request: is not known here; use one of by, class, local, name, when`},
		{"an unknown dollar key", "{ref: =reference, amount: =amount}", "{$whn: final, ref: =reference}", `c.yaml:32:12: operations.capture.body.$whn: is not known here; use one of $each, $if, $is, $need, $part; a key that really begins with $ is written $$`},
		{"a list in a list", "{ref: =reference, amount: =amount}", "{ref: =reference, a: {$each: lines, b: {$each: lines, c: =item.name}}}", `c.yaml:32:58: operations.capture.body.a.b.$each: stands inside another $each: a list in a list is not written here`},
		{"a number that is none", "{ref: =reference, amount: =amount}", "{ref: =reference, a: 0x10}", `c.yaml:32:32: operations.capture.body.a: must be written as JSON writes it: put text in quotes`},
		{"a comma in a text", "{help: The key., required", "{help: The key, of one shop, required", `c.yaml:6:12: settings.api_key: ends a text at a comma, and "of one shop" is left over: put text that holds a comma in quotes`},
		{"an assumption about nothing", "errors: {", "assumed: [{at: auth.token, what: a, why: b}]\nerrors: {", `c.yaml:12:16: assumed[0].at: names no key of this contract`},
		{"a key without a place", "    reply: {movement: /id}", "    key: {life: 24h}\n    reply: {movement: /id}", `c.yaml:33:10: operations.capture.key: names no header, and the body does not hold =key`},
		{"a version to come", "contract: 1", "contract: 2", `c.yaml:1:11: contract: is the version of the language: 1 is the only one`},
		{"no version", "contract: 1\n", "", `c.yaml:1:1: contract: is missing: add it. The version of this language: 1.`},
		{"an order that cannot be read", "  sync: {request: \"GET /orders/{id}\", absent: [{status: 404}], reply: order}\n  find: {create: none, movement: sync}\n", "  probe: {request: GET /x}\n", "c.yaml:34:11: operations.capture.lost: compare_totals, and there is no reads.sync\nc.yaml:34:11: operations.capture.lost: find_by_reference, and there is no reads.find\nc.yaml:37:3: reads.sync: is missing: how is an order read? A lender that cannot be read says so: traits: {unreadable: true}"},
		{"a search that does not say what it found", "find: {create: none", `find: {create: {request: "GET /orders/{reference}", reply: order}`, `c.yaml:38:62: reads.find.create.reply: must read reference: a lender that is asked for our number must say which order it found`},
		{"a name without its =", total, "total: amount", `c.yaml:25:42: operations.create.body.total: is the word amount itself: write =amount for what it stands for, or "amount" in quotes for the word`},
		{"a setting without its =", total, "total: setting.api_key", `c.yaml:25:42: operations.create.body.total: is the word setting.api_key itself: write =setting.api_key for what it stands for, or "setting.api_key" in quotes for the word`},
		{"a name in braces in a body", total, `total: "{amount}"`, `c.yaml:25:42: operations.create.body.total: has a name in braces, as paths and headers have: write =amount`},
		{"an = where everything is an expression", when, `=final`, `c.yaml:30:11: operations.capture.when: is always an expression here: leave out the =`},
		{"one = in place of two", when, `order.phase = "open"`, `c.yaml:30:23: operations.capture.when: = alone is not part of this language: == compares`},
		{"text and money added", total, `total: ='EUR ' + amount`, `c.yaml:25:50: operations.create.body.total: money does not go with text: plain(amount) is its text`},
		{"a way to a value that is none", "id: /id\n    word", "id: $.id\n    word", `c.yaml:18:9: readings.order.id: is always the same text: write a pointer such as /id, or an expression such as =text("/id")`},
		{"a reference that is always the same", "reference: /ref}]", "reference: ref}]", `c.yaml:21:73: readings.order.seen[0].reference: is always the same text: write a pointer such as /id, or an expression such as =text("/id")`},
		{"a condition that never holds", when, `order.phase == "open" and final and order.phase == "created"`, `c.yaml:30:62: operations.capture.when: is never true: order.phase is not "open" and "created" at once`},
		{"a condition that is false", when, `false`, `c.yaml:30:11: operations.capture.when: is never true: remove the row`},
		{"a row behind one that takes all", "  capture:\n", "  cancel: [{name: a, local: true}, {name: b, local: true, when: final}]\n  capture:\n", `c.yaml:29:36: operations.cancel[1]: is never reached: the row on line 29 takes every cancel first; give it a when, or put it last`},
		{"a row behind its twin", "  capture:\n", "  cancel: [{name: a, local: true, when: final}, {name: b, local: true, when: final}]\n  capture:\n", `c.yaml:29:49: operations.cancel[1]: is never reached: the row on line 29 takes every cancel first; give it a when, or put it last`},
		{"basic beside a token", "auth:\n", "auth:\n  basic: {user: api_key, password: api_key}\n  token: {request: POST /t, body: {a: b}, value: /t, life: 1h}\n", `c.yaml:11:10: auth.basic: stands beside token, and both write the header Authorization: where it proves the request for the token, write it under token`},
		{"a secret in a header of one row", "    reply: {movement: /id}", "    headers: {Authorization: Bearer xyz}\n    reply: {movement: /id}", `c.yaml:33:30: operations.capture.headers.Authorization: holds a literal: contracts carry no secrets; what proves who we are stands under auth, and comes from a setting (secret: true)`},
		{"a secret in a body", "  headers: {X-Key: \"{setting.api_key}\"}\n", "  headers: {X-Key: \"{setting.api_key}\"}\n  token: {request: POST /t, body: {client_secret: abc123}, value: /t, life: 1h}\n", `c.yaml:12:51: auth.token.body.client_secret: holds a literal: contracts carry no secrets; declare settings.client_secret (secret: true) and write =setting.client_secret`},
		{"a name in braces without quotes", `"{setting.api_key}"`, `{setting.api_key}`, "c.yaml:11:20: auth.headers.X-Key: must be text and is map: text with names in braces stands in quotes, such as \"{setting.api_key}\"\nc.yaml:11:36: auth.headers.X-Key[\"setting.api_key\"]: has no value: give it one or remove the key; text in braces stands in quotes"},
		{"a setting where its name stands", "secret: api_key}}]", "secret: \"{setting.api_key}\"}}]", `c.yaml:40:42: notifications.proof[0].header.secret: must be the name of the setting alone: api_key`},
		{"a whole address for a path", "request: POST /orders\n", "request: POST https://x.test/orders\n", `c.yaml:24:14: operations.create.request: the path begins with /: write POST /path; the host is the provider's base_url`},
		{"a body that is text", "body: {ref: =reference, amount: =amount}", `body: '{"amount": 1}'`, "c.yaml:32:11: operations.capture.body: is text: write the tree itself, such as {amount: =amount}\nc.yaml:34:11: operations.capture.lost: find_by_reference, and the body does not hold =reference: what is not sent as it is cannot be found again"},
		{"no way at all to settle it", "[find_by_reference, compare_totals]", "[]", `c.yaml:34:11: operations.capture.lost: is empty: where nothing else can be done a person finds out: [ask_a_person]`},
		{"a typo of a way to settle it", "[find_by_reference, compare_totals]", "[find_by_refrence]", `c.yaml:34:12: operations.capture.lost[0]: did you mean "find_by_reference"?`},
		{"a duration without its unit", "horizon: 1m\nreads", "horizon: 60\nreads", `c.yaml:35:14: operations.capture.horizon: must be a duration such as 90s, 5m or 24h`},
		{"a status in quotes", "status: 404", `status: "404"`, `c.yaml:37:57: reads.sync.absent[0].status: must be number and is text`},
		{"a reading of a typo", "reply: order}\n", "reply: oder}\n", `c.yaml:37:71: reads.sync.reply: names no reading; did you mean "order"?`},
		{"no words", "words:\n  OPEN: {phase: open}\n  DONE: {phase: ended, by: cancel}\n", "", `c.yaml:1:1: words: is missing: what do the lender's words for the state of an order mean?`},
		{"an option of no operation", "operations:\n  create:\n    request: POST /orders\n    body: {", "options: {fast: {type: boolean, help: Soon.}}\noperations:\n  create:\n    request: POST /orders\n    body: {f: =option.fast, ", `c.yaml:22:17: options.fast.operations: is missing: the operations it can be given with, such as [create], or offers: true`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if !strings.Contains(plain, row.old) {
				t.Fatalf("the plain contract has no %q", row.old)
			}
			c, mistakes := declared.Read("c.yaml", []byte(strings.Replace(plain, row.old, row.new, 1)))
			if c != nil || mistakes == nil {
				t.Fatal("it was read")
			}
			if got := mistakes.Error(); got != row.want {
				t.Errorf("mistakes are\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}
