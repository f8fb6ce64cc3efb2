package declared

import (
	"net/http"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

var operationsForm = mapOf("operations", kindsOf(many(rowForm))...)

// kindsOf is a key for each kind of operation.
func kindsOf(f form) (keys []key) {
	for _, kind := range operationKinds {
		keys = append(keys, may(kind, f, "How to "+kind+"."))
	}
	return keys
}

// elsewhereKeys are those of a row that sends nothing.
var elsewhereKeys = []key{
	may("name", textForm, "Its name. Left out: the kind."),
	may("when", termForm, "It is taken where this holds. Left out: always."),
	may("by", choiceOf(string(canonical.ForCustomer), string(canonical.ForLender)), "It happens there, without a request of ours."),
	may("local", flagForm, "It is recorded here, and nothing is sent."),
	may("class", choiceOf(string(adapters.MoneyCall), string(adapters.Harmless)), "harmless: a second one reserves and owes nothing. Left out: money."),
}

var (
	elsewhereForm = mapOf("elsewhere", elsewhereKeys...)
	rowForm       = mapOf("row", append(slices.Clone(elsewhereKeys), sentKeys...)...)
)

var sentKeys = []key{
	may("request", requestForm, "The method and the path, such as POST /orders/{id}/captures."),
	may("headers", each(either(templateForm, headerForm)), "Headers of this request alone."),
	may("body", treeForm, "What is sent: the tree becomes JSON."),
	may("needs", many(needForm), "What a caller must give, beyond what $need says."),
	may("partial", flagForm, "It takes less than all there is."),
	may("key", keyForm, "The lender's idempotency key."),
	may("lost", many(choiceOf(recoveries...)), "How it is learned what became of a request whose reply was lost; in this order. Each must be possible at this lender."),
	may("horizon", durationForm, "How late a request that was sent may still take effect."),
	may("before", many(statusForm), "Statuses that the lender answers before it acts."),
	may("bare", flagForm, "A 2xx alone is the lender's yes."),
	may("errors", many(failureForm), "What errors of this row mean; before those of all rows."),
	may("yes", many(textForm), "The words that confirm it. Left out: any word in words."),
	may("fresh", flagForm, "The order is read just before, where it has not been since the command came in: the request names what only a read tells."),
	may("timeout", durationForm, "Left out: the provider's own."),
	may("reply", either(textForm, replyForm), "What the reply tells: a reading by its name, or more."),
}

var headerForm = mapOf("header",
	must("value", templateForm, "Its value, with names in braces."),
	may("optional", flagForm, "It is left out where it is empty."),
	may("sealed", flagForm, "It carries something secret of one call, and is stored encrypted."),
)

var needForm = mapOf("need",
	must("pointer", pointerForm, "The field of the request or order that is needed."),
	must("help", textForm, "What a caller is told who left it out."),
	must("missing", termForm, "When it is missing."),
)

var keyForm = mapOf("key",
	must("life", durationForm, "How long the lender remembers it."),
	may("header", textForm, "The header it travels in. Left out: the body holds =key."),
	may("replays_refusals", flagForm, "The repeat gets the refusal of the first."),
)

var replyForm = mapOf("reply",
	may("order", either(textForm, readingForm), "The order in it: a reading, or the name of one."),
	may("at", pointerForm, "Where the order begins."),
	may("moved", valueForm, "This movement's amount."),
	may("movement", leafForm, "The lender's name of this movement."),
	may("declined", termForm, "When a 2xx is the lender's no to the customer."),
	may("code", leafForm, "The lender's code of a decline."),
	may("reason", either(leafForm, each(leafForm)), "Why it was declined, in our words; or a map of the lender's codes to our words."),
	may("later", many(statusForm), "Statuses, such as 202, that say: taken, and not done yet."),
	may("same", listOf(form{items: &leafForm, fixed: 2}), "Pairs of what the reply says and what it must be, such as [/reference, reference]: another is no answer to this request."),
)

var readingForm = mapOf("reading",
	may("id", leafForm, "The lender's id of the order."),
	may("reference", leafForm, "Our number of the order, as the lender repeats it."),
	may("word", either(leafForm, listOf(caseForm)), "The lender's state of the order; or cases, of which the first that holds counts."),
	may("phase", choiceOf(phases...), "Where the order stands, for replies that begin an order and have no word."),
	may("waiting_for", choiceOf(parties...), "Who must act next, beside phase."),
	may("currency", leafForm, "The currency, where money is no object."),
	may("amount", valueForm, "The amount of the order."),
	may("net", valueForm, "What is authorized and not canceled."),
	may("captured", valueForm, "What has been captured in all."),
	may("refunded", valueForm, "What has been refunded in all."),
	may("fees", valueForm, "What the lender added; net includes it."),
	may("reason", leafForm, "Why it is as it is, in our words."),
	may("created_at", valueForm, "When the lender created it."),
	may("authorization_expires_at", valueForm, "When the authorization ends."),
	may("order_expires_at", valueForm, "When an order that nobody finishes ends."),
	may("kept", each(leafForm), "What later requests need of this order, by name: {kept.name} in a path, =kept.name in a body."),
	may("details", each(leafForm), "What is shown of the order; each is declared under details."),
	may("action", actionForm, "What the customer must do."),
	may("seen", many(seenForm), "Lists of single movements."),
	may("requires", many(pointerForm), "What must be there, or the reply cannot be read."),
)

var caseForm = mapOf("case",
	must("is", leafForm, "The word."),
	may("if", termForm, "When. The last case goes without."),
)

var actionForm = mapOf("action",
	must("kind", choiceOf("redirect", "widget", "transfer"), "What it is."),
	may("url", leafForm, "Where the customer goes."),
	may("expires_at", valueForm, "Until when."),
	may("details", each(leafForm), "What else there is to it, by name."),
)

var seenForm = mapOf("seen",
	must("kind", choiceOf(wordsOf([]canonical.OperationKind{canonical.OpAuthorize, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund})...), "What its rows are."),
	must("each", pointerForm, "Where the list is."),
	must("amount", valueForm, "The amount of a row: pointers go into the row, which is called item."),
	may("if", termForm, "Which rows are meant. Left out: all."),
	may("reference", leafForm, "Our name of the movement."),
	may("lender_reference", leafForm, "The lender's name of it."),
	may("capture", leafForm, "The lender's name of the capture that a refund belongs to."),
)

var readsForm = mapOf("reads",
	may("sync", many(orderReadForm), "How an order is read. Of several rows the first whose when holds."),
	may("find", mapOf("",
		must("create", either(choiceOf("none"), many(orderReadForm)), "How an order is found by our number; none where it cannot be."),
		must("movement", choiceOf("sync", "none"), "sync: other movements are found by our reference in what sync lists under seen."),
	), "How what became of a lost request is found."),
	may("list", many(listReadForm), "How many orders are read, page by page."),
	may("offers", many(offersReadForm), "What terms the lender offers for an amount."),
	may("customer_offers", many(offersReadForm), "What terms it offers to one customer."),
	may("probe", probeForm, "What is asked to learn whether the lender is there."),
)

var probeForm = mapOf("probe",
	must("request", requestForm, "The method and the path."),
	may("errors", many(failureForm), "What errors of this read mean."),
)

var readMethods = []string{http.MethodGet, http.MethodPost}

// askedKeys are those of every read that gives something.
var askedKeys = []key{
	must("request", requestForm, "The method and the path, such as GET /orders/{id}. Names stand in braces; {found/id} is of an earlier reply."),
	may("when", termForm, "It is asked this way where this holds. Left out: always."),
	may("errors", many(failureForm), "What errors of this read mean; before those of all rows."),
	may("first", listOf(firstForm), "At most 3 requests before it, whose replies it may use."),
	may("at", pointerForm, "Where what is read begins."),
	may("absent", many(absentForm), "Replies that say that there is nothing of the kind."),
}

func asking(name string, keys ...key) form {
	return mapOf(name, append(slices.Clone(askedKeys), keys...)...)
}

var orderReadForm = asking("read",
	must("reply", either(textForm, readingForm), "The order in it: a reading, or the name of one."),
)

var listReadForm = asking("list",
	must("rows", pointerForm, "Where the list is."),
	must("reply", either(textForm, readingForm), "The order in a row of it: a reading, or the name of one."),
	may("next", either(choiceOf("none"), valueForm), "What the reply says that the next page is asked for with: {cursor}. none where all stands on one page."),
	may("total", pointerForm, "How many orders there are, where pages are asked for by how many came before: {cursor} counts them."),
	may("page", wholeOf(1, 1000), "The most rows of a page: {limit} is never more. Left out: 100."),
)

var offersReadForm = asking("offers",
	must("rows", pointerForm, "Where the list is: pointers go into a row of it, which is called item."),
	must("name", leafForm, "What the offer is called."),
	may("if", termForm, "Which rows are meant. Left out: all."),
	may("id", leafForm, "The lender's name of it, for the order that takes it."),
	may("description", leafForm, "What it says of itself."),
	may("installments", valueForm, "How many payments."),
	may("interval", choiceOf("month", "week"), "The time between payments."),
	may("interest_rate", pointerForm, "Percent a year."),
	may("installment_amount", valueForm, "One payment."),
	may("total_payable", valueForm, "All payments."),
	may("interest_to_pay", valueForm, "What of them is interest."),
	may("expires_at", valueForm, "Until when it can be chosen."),
	may("details", each(leafForm), "What is shown of it, by name."),
)

const nameOfReplyForm = `^[a-z][a-z0-9_]*$`

var firstForm = mapOf("first",
	must("as", form{kinds: []kind{text}, pattern: nameOfReplyForm}, "What its reply is called: text(found, \"/id\") in expressions, {found/id} in a path."),
	must("request", requestForm, "The method and the path."),
	may("if", termForm, "It is sent where this holds. Left out: always."),
	may("absent", many(absentForm), "Replies that say that there is no such order: nothing more is asked."),
)

var absentForm = mapOf("absence",
	may("status", wholeOf(200, 404), "The status. Left out: any."),
	may("if", termForm, "What the reply says."),
)

var noticesForm = mapOf("notifications",
	must("proof", many(proofForm), "What a message must show: all of these. One that nothing proves says so: {nothing: why}."),
	may("body", choiceOf(inJSON, inForm, inQuery), "Where pointers read: a JSON body, a form, or the query of the address. Left out: json."),
	may("id", leafForm, "What makes it the same message again. Left out: the hash of the body; of a query, with its time to ten seconds."),
	may("order", leafForm, "The lender's id of the order."),
	may("reference", leafForm, "Our number of the order."),
	may("event", leafForm, "What the lender says happened."),
)

var proofForm = mapOf("proof",
	may("hmac", mapOf("", append(slices.Clone(signatureKeys),
		may("over", leafForm, "What is signed. Left out: the body."),
	)...), "A signature of the body, or of the order's name, in a header."),
	may("stamped", mapOf("", append(slices.Clone(signatureKeys),
		may("time", textForm, "What stands before the time in the header. Left out: t."),
		may("signatures", textForm, "What stands before a signature in the header. Left out: v0."),
		may("tolerance", durationForm, "How far the time may be off. Left out: 5m."),
	)...), "A header such as t=1741600000,v0=aa: signatures of time.body."),
	may("header", mapOf("",
		must("name", templateForm, "The header, or {setting.name} of it."),
		must("secret", textForm, "The setting that holds what it must be."),
		may("former", textForm, "The setting that lists replaced secrets that are still taken."),
	), "A header that carries a secret."),
	may("path", textForm, "The setting that holds the last part of the address."),
	may("nothing", textForm, "Nothing proves it, and why."),
)

var signatureKeys = []key{
	must("header", templateForm, "The header that holds it."),
	must("hash", choiceOf(hashes...), "The hash of the HMAC."),
	must("encoding", choiceOf("hex", "base64"), "How it is written."),
	must("secret", textForm, "The setting that holds the key."),
	may("former", textForm, "The setting that lists replaced keys that are still taken."),
}
