// Package iwocapay simulates iwocaPay, trade credit for business customers in the United Kingdom.
//
// The merchant creates an order and sends the customer to its order_url. What happens there is
// between the customer and iwoca; the merchant reads the order or is told by webhook. When the
// customer completes, iwoca pays the merchant at once: there is no capture and no refund to ask for.
// Amounts are JSON numbers in pounds; everything sent and received is wrapped in "data".
//
//	CREATED --> PENDING --> APPROVED --> SUCCESSFUL
//	   |         |    \______ pay now ______^
//	   |         |            |
//	   +---------+------------+--> UNSUCCESSFUL
//
// What people do (Act); every status on the way is passed and notified:
//
//	do                who       when                      what happens
//	begin             customer  CREATED                   PENDING
//	approve           lender    PENDING                   APPROVED
//	complete          customer  CREATED PENDING APPROVED  begins and is approved where still needed: SUCCESSFUL
//	complete_pay_now  customer  CREATED PENDING           begins where still needed, pays by bank: SUCCESSFUL
//	decline           lender    CREATED PENDING APPROVED  UNSUCCESSFUL
//	leave             customer  CREATED PENDING APPROVED  nothing: iwoca documents no expiry
//
// approve and complete need PAY_LATER among the order's payment terms, complete_pay_now needs
// PAY_NOW. An amount that ends in .13 turns approval and payment into UNSUCCESSFUL.
//
// The API has two families of paths, /api/lending/edge/ and the newer /api/iwocapay/. Both read and
// cancel every order, only the older one creates, and replies to reads on the newer one are signed.
// A path without its closing slash is answered with a redirect.
//
// Variants (Settings): canceled orders that can not be read any more; webhooks of the older dialect.
//
// The Book has one capture for each order that becomes SUCCESSFUL, with the order's reference, which
// is what iwoca calls the payment. Nothing is reserved before, so a canceled order moves nothing.
//
// Start reading at order.go, which holds the rules; wire.go holds the shapes.
package iwocapay
