// Package spendoption describes NewDay's Order Processing (Newpay): a revolving credit account with
// instalment plans, for people in the UK.
//
// The lender has no order and nothing that can be read. Each reply carries one id, and our ledger is
// all there is: authorisationId names the order, a transactionId each capture, and a refund is
// addressed to a capture. There are no notifications.
//
// Spend options are offers. Initiate tells whether the customer is exempt from strong customer
// authentication; where not, a widget is shown, and the token it hands to the browser comes back as
// the provider option authentication_token. Authorise holds part of the credit limit until it is
// settled (capture) or reversed (cancel), in as many parts as the merchant's contract allows.
//
// A lost reply is settled by the same request with the same idempotency-key, for the operations in
// the setting idempotent_ops; for the others only a person can tell.
//
// The offer an order was made from is expected among the kept values as provider_offer.
//
// The names to know: Adapter (the value that adapters/all lists), define in spendoption.go (the
// table), translate.go (what is sent and how replies are read), offers.go.
//
// It imports adapters, canonical and the standard library.
package spendoption
