// Package ecster describes Ecster: invoice, part payment, card and Swish in Sweden.
//
// A purchase begins as a cart, which reserves nothing. The customer turns it into an order in the
// checkout widget, and only then has it an id: a notification brings it, or a search for our
// reference. READY means reserved. A DEBIT captures, in parts where wanted; closeDebit lets the rest
// go. A CREDIT refunds, and names the one DEBIT it belongs to. An ANNUL cancels, only the whole
// order and only before the first DEBIT. There are no idempotency keys: every transaction carries a
// reference of ours, and a lost reply is settled by looking for it in the order's transactions.
//
// Swish is different: the money is taken at purchase, there is nothing to cancel, and a refund is
// started at a place of its own and done later. It carries no reference, so totals settle it.
//
// For invoices Ecster adds a fee to the order's amount. It shows as lender fees, and the capture of
// all that is left carries it as a row of its own.
//
// The names to know: Adapter (the value that adapters/all lists), define in ecster.go (the table),
// translate.go and rows.go (what is sent and how replies are read), reads.go (sync and find).
//
// Ecster has taken no new orders since May 2023: all of this is proved against a simulation.
// It imports adapters, canonical, decimal and the standard library.
package ecster
