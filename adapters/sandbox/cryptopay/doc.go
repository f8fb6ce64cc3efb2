// Package cryptopay is a simulated processor of stablecoin payments: a charge creates an order and
// an instruction for the payer, the payer pays on chain, and the order is paid as a whole.
//
// What is checked: the key, the clock window, the five-line signature over the path as the client
// sent it (mount included, unless Settings.UnsignedPrefix says otherwise), that no signature comes
// twice (reads too), every field (unknown ones are refused), amounts as decimal strings with no
// more digits than the currency has, the channel, what is left to refund. merchant_order_id makes
// a charge idempotent: 201 first, then 200 with "idempotent": true, and 409 for other terms.
//
// The channels are a table in channel.go. On usdt_trc20 and usdc_base the money goes straight to
// the merchant and cannot be refunded; mock holds it, so it can; usdt_bep20 is for live keys.
// There is no capture and no cancel: an unpaid order ends by itself when its time is up, and
// nobody is told.
//
// What people do here (Act). The order is the id or the merchant_order_id:
//
//	do         who       on                  effect                                        notifies
//	seen       payer     created             pending: the payment is on chain, unconfirmed
//	confirmed  payer     pending, all seen   paid and settled, less the fee                payment.succeeded, settlement.completed
//	pay        payer     created, pending    seen and confirmed at once                    as confirmed
//	underpay   payer     created, pending    pending with Amount (or half) received
//	leave      payer     created, pending    canceled
//	fail       payer     created, pending    failed                                        payment.failed
//	late_pay   payer     expired             paid after all                                as confirmed
//	refund     staff     paid, custodial     Amount (or the rest) refunded                 payment.refunded
//	resend     processor any                 every notification of the order again, newest first
//
// An order whose amount ends in .13 fails where it would have been paid.
//
// The book gets a capture when an order is paid (there is no hold before it) and a refund for each
// refund. Notifications are signed when they are handed out; where Settings ask for it their body
// is an A256GCM envelope.
//
// The names to know: Settings, New, Lender. It imports the frame (package lender), decimal and
// the standard library, and shares nothing with the adapter that talks to it.
package cryptopay
