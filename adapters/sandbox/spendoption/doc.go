// Package spendoption is a simulated lender of the spend-option kind: a revolving credit account
// with instalment plans, whose API holds, settles, reverses and refunds parts of a credit limit.
//
// The lender has no order object and nothing that can be read back: each reply carries an id, and
// the merchant keeps the books. It sends no notifications either.
//
// What is checked: the two context headers, the subscription key and client certificate where
// Settings demand them, content type, every field (unknown ones are refused), amounts of at most
// two decimals in GBP, the customer a hold or transaction belongs to, what is left to move, and
// the idempotency key: the same key with the same bytes gets the same bytes back for 24 hours,
// refusals included; with other bytes or on another path it is a 409.
//
// Amounts decide two answers. One that ends in .13 is declined at authorisation (201, Declined);
// one that ends in .14 demands strong customer authentication.
//
// What people do here (Act). The order is the authorisationId, the scaToken that initiate
// returned, or the orderReference, which means the newest one that carries it:
//
//	do            who        needs                                          effect
//	authenticate  customer   an initiate that demanded authentication       the sca-token is upgraded
//	fail          customer   an initiate that demanded authentication       its token is worth nothing
//	release       staff      an authorisation with money still held         what is held is given back
//
// The real widget hands the upgraded token to the browser. Here it stands in the order list: an
// unused initiate is a row whose ID is the token initiate returned and whose Status becomes
// "Authenticated, sca-token <upgraded token>". That token goes into the sca-token header of
// authorisation, once, within ten minutes, for the same customer, orderReference and amount.
//
// Rows of authorisations carry the states that follow from their sums: AUTHORISED, PART_REVERSED,
// REVERSED, PART_SETTLED, SETTLED, PART_REFUNDED, REFUNDED, DECLINED.
//
// The names to know: Settings, New, Lender. It imports the frame (package lender), decimal and
// the standard library, and shares nothing with the adapter that talks to it.
package spendoption
