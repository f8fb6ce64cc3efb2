// Package cryptopay describes fluxa, a processor of payments in stablecoins.
//
// A charge creates an order and tells the customer what to pay, where and until when. The payment is
// whole and immediate: nothing is reserved, captured or canceled by us, and what is not paid lapses.
// On most channels the money goes straight to the merchant's wallet; only what the processor holds
// itself (custodial) can be refunded through it.
//
// Our reference is the idempotency key of a charge: a lost reply is settled by sending it again, and
// a first charge that the processor says it had before is in doubt. A refund has no key and no id,
// so the order's refunded total settles it.
//
// Every request is signed over five lines, once: the processor takes no signature a second time, and
// none that is more than 300 seconds off. Whether an order is a test order follows from the key; one
// that says otherwise is applied to nothing.
//
// The names to know: Adapter (the value that adapters/all lists), define in cryptopay.go (the table),
// translate.go (what is sent and how replies are read), reads.go (sync, find, list), sign.go,
// notifications.go.
//
// It imports adapters, canonical and the standard library.
package cryptopay
