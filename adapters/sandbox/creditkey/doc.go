// Package creditkey simulates Credit Key, a lender for business customers in the United States.
//
// The merchant logs in for a token, creates an order, sends the number of installments together
// with the status AUTHORIZED, and later CAPTURED, CANCELED or RETURNED, all with PATCH on the one
// order. Refunds have a path of their own. Amounts are JSON numbers in dollars.
//
//	CREATED ----> AUTHORIZED ----> CAPTURED ----> RETURNED
//	   |              |               |  ^
//	   +--> CANCELED <+               +--+ part of it refunded
//
// An order that is not captured 30 days after its creation is canceled by the lender, and the
// merchant is told (Due, Wake). No clock ticks here: where nobody calls Wake, whatever is asked first
// after that moment finds it canceled, dated on the day.
//
// What people do (Act):
//
//	do        who       when                        what happens
//	complete  customer  CREATED                     accepts the terms: 12 installments
//	leave     customer  CREATED                     withdraws: CANCELED
//	capture   staff     AUTHORIZED                  CAPTURED
//	cancel    staff     CREATED PENDING AUTHORIZED  CANCELED
//	refund    staff     CAPTURED                    needs an amount; RETURNED when all is refunded
//	review    lender    CREATED, /v2 only           PENDING
//	approve   lender    PENDING                     AUTHORIZED
//
// An amount that ends in .13 is refused with a reason word when it is to be AUTHORIZED.
//
// Variants (Settings): the path prefix, where /v2 brings its own fields (a status on create, no
// installments) and the status PENDING; POST instead of PATCH for refunds; the look-up by the
// merchant's own order number, which only the oldest generation of the API has and which takes its
// own pair of keys; the header and secret of the notifications.
//
// The Book has one entry for each movement: an amount lowered while AUTHORIZED is a cancel, a
// CREATED order that is canceled moves nothing. Credit Key takes neither a reference nor a key with
// a movement, so entries carry none.
//
// Start reading at order.go, which holds the rules; wire.go holds the shapes.
package creditkey
