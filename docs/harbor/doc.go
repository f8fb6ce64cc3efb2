// Package harbor speaks to Harbor Pay, a lender that does not exist: the example of docs/adding-a-lender-in-go.md.
// The contract beside it, harbor.yaml, says the same, and both are tried with the same recorded exchanges.
//
// What makes this lender easy: captures and refunds take idempotency keys, and everything carries our reference,
// so that nothing that is lost stays unknown.
//
// It may import adapters, canonical and the standard library.
package harbor
