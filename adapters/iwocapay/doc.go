// Package iwocapay speaks to iwocaPay, trade credit for companies in the United Kingdom.
//
// The merchant creates an order and sends the buyer to the address it gets back. Everything else
// happens between the buyer and iwoca; once the buyer completes, iwoca pays the merchant at once.
// So the table of exchanges is short: an authorization is the customer's, a capture the lender's,
// and there is neither a refund nor a change of an order. Only a cancel is a request that counts.
//
// What makes this lender different, and where it shows:
//
//   - The buyer's address is in the reply to the create and nowhere else. A create whose reply was
//     lost is sent again: nobody can complete the first.
//   - APPROVED is the buyer's approval. Nothing is promised, goods must not ship.
//   - A cancel can come too late. The lender then says that the order is final, or that it knows no
//     such order, and the order is read to see which way it ended.
//   - Replies to reads and notifications are signed with the seller's token, over the raw body.
//   - Paths end in a slash: without it the lender redirects, and a redirect is never followed.
//
// Where to look next: iwocapay.go is the definition, wire.go the lender's JSON, translate.go what
// turns one into the other, sign.go the signature of what the lender sends.
//
// It may import adapters, canonical and the standard library.
package iwocapay
