package console

// words is what the steps and outcomes mean, for a reader who does not know the code.
var words = []struct{ name, meaning string }{
	// steps
	{"begin commit", "The intent is written to the disk before anything is sent: whatever happens now, it is not forgotten."},
	{"attempt", "One request to the lender, with all that belongs to it."},
	{"breaker decision", "May a request leave now? The breaker of this kind of call, the limit of calls at once and the rate decide."},
	{"lender call", "The HTTP request to the lender."},
	{"connect", "Getting a connection. Until it is there, nothing can have been sent."},
	{"wait", "The request is out; the lender works. If the reply is lost here, nobody knows whether money moved."},
	{"read", "The lender's reply comes in."},
	{"verdict", "What the reply, or its absence, proves."},
	{"settle commit", "What is known now is written to the disk: books, history, and what is to be done next."},
	{"recovery", "Work that fell due: finding out what became of an operation, or sending what is queued."},
	{"look at the order", "Work that fell due: a notification asked for it, the customer is awaited, or a deadline has come."},
	{"notification", "A lender's message is matched with its order."},
	{"compare after a restore", "The books came from a backup: the lender is asked what happened since."},
	{"read_and_compare", "The lender is asked for the order, and its books are compared with ours."},
	{"find_by_reference", "The lender is asked for the movement, by the number that we gave it."},
	{"compare_totals", "The lender's totals are compared with ours: the difference says whether it happened."},
	{"repeat_same_key", "The same bytes are sent again under the same key: the lender answers for the first request and does nothing twice."},
	{"send_again", "The same bytes are sent again: a second one reserves and owes nothing."},
	{"is the lender back", "Calls were stopped, and it is time to ask the lender whether it can be used again: first what is in doubt, then a read that does no harm."},
	{"POST /notifications/{provider}", "The lender says that something has happened. That is kept and not believed: the lender is read for it."},
	{"sync", "Somebody asked for the lender's truth now."},
	// outcomes
	{"succeeded", "The lender said yes, and the books have it."},
	{"declined", "The lender said no to the customer. That is an outcome, not a failure."},
	{"pending", "The lender has it and decides later."},
	{"in_doubt", "The request may or may not have taken effect. Nobody repeats it blindly; recovery finds out."},
	{"handed_over", "Nothing found so far proves what happened: a person has to decide. Evidence still counts."},
	{"queued", "Nothing was sent. It is kept on the disk and sent when the lender can be reached."},
	{"failed", "It certainly did not happen."},
	{"incomplete", "A part succeeded, the rest certainly did not happen."},
	{"not_known_yet", "This look did not prove anything. The next one is already planned."},
	{"provider_unavailable", "The lender could not be reached: certainly nothing was sent."},
	{"provider_busy", "The lender asks to be left alone for a while: nothing moved, and the same request may be sent again."},
	{"provider_misconfigured", "The lender does not take our credentials or our settings: nothing moved. An operator has to mend that."},
	{"provider_garbled", "The lender's answer to a question cannot be read, so it says nothing."},
	{"provider_off", "The provider is switched off because its configuration is not valid: nothing was sent."},
	{"refused", "The lender refused the request as it stands: nothing moved."},
	{"not_done", "It was proved later that it did not happen."},
}

// explain says what a step or an outcome means, "" where it says that itself.
func explain(name string) string {
	for _, word := range words {
		if word.name == name {
			return word.meaning
		}
	}
	return ""
}
