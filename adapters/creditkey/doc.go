// Package creditkey speaks to Credit Key, which finances the purchases of companies in the United States.
//
// An order is created for a company that Credit Key has approved, then it is moved along with PATCH
// on the one order: AUTHORIZED reserves it on the company's credit line, CAPTURED pays the merchant
// and fixes the amount, CANCELED frees what was reserved. Refunds have a path of their own.
//
// What makes this lender different, and where it shows:
//
//   - A capture takes the whole order. To capture less, the amount is lowered first: the trait
//     final_capture is update_first, and a cancel of a part is the same PATCH of the amount.
//   - Nothing has an idempotency key. Every movement but two can be read back from the order; a create
//     has no id to read by, and an order does not show what was refunded until all of it is. Those
//     two go to a person, unless the look-up of the oldest API (reference_lookup) finds the create.
//   - CAPTURED says nothing of refunds, so a sighting of it leaves refunded open. With the look-up,
//     sync fills it in.
//   - Credit Key cancels what is not captured within 30 days of its creation.
//   - Three generations of the API live side by side. This package speaks the first (/v1); /v2 is a
//     setting, and of the oldest it uses one read.
//
// Where to look next: creditkey.go holds settings and words, exchanges.go the table of requests,
// wire.go the lender's JSON, translate.go what is written, replies.go what is read, lookup.go the
// read of the oldest API.
//
// It may import adapters, canonical and the standard library.
package creditkey
