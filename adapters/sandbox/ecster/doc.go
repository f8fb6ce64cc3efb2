// Package ecster simulates Ecster: checkout carts, orders, and the transactions debit, credit and
// annul on them.
//
// A cart reserves nothing. When the customer finishes the checkout the cart becomes an order with
// an id of its own, which the merchant learns from a notification or by searching for its reference.
// READY means reserved. Debits take the money, whole or in parts; credits give back what one debit
// took; an annul releases a READY order. Ecster has no word for "refunded": amounts tell.
// Swish orders are charged at once and are refunded through an endpoint of their own, which answers
// ONGOING first; the next look at its status finds it done.
//
// The names to know: Settings, New, Lender. What people can do (lender.Act):
//
//	on a cart (cart key or reference)
//	  complete             invoice, READY
//	  complete_with_fee    invoice, READY, the amount is 29.00 higher (properties.invoiceFee)
//	  complete_part_payment, complete_card        READY
//	  complete_swish       FULLY_DELIVERED at once, with a debit
//	  await_payment, await_decision, await_signature, await_processing, await_staff
//	                       an order in PENDING_PAYMENT, PENDING_DECISION, PENDING_SIGNATURE,
//	                       PENDING_PROCESSING, MANUAL_PROCESSING
//	  deny, leave          an order that is DENIED, ABORTED
//	  expire               the cart ends and never becomes an order
//	on a pending order (its id, or as above)
//	  complete             READY, whatever it waits for
//	  pay, approve, sign   READY, from PENDING_PAYMENT, PENDING_DECISION, PENDING_SIGNATURE only
//	  deny, fail, block    DENIED, FAILED, BLOCKED
//	  leave, expire        ABORTED, EXPIRED
//	on an order, by staff in the dashboard (amount in kronor; without one: all that is possible)
//	  debit, credit, annul, expire
//	  finish_refund, fail_refund     end a Swish refund that is ONGOING
//
// Completing a cart whose amount ends in .13 is DENIED.
//
// Not simulated: payment links, standalone orders, changing a cart or an order's amount.
// It imports the frame in package lender, decimal and the standard library.
package ecster
