package canonical

// Ledger is the four amounts of an order. They only grow.
type Ledger struct {
	Authorized Amount `json:"authorized" doc:"What the lender promised to fund, its own fees included."`
	Captured   Amount `json:"captured" doc:"What was claimed because goods were delivered."`
	Canceled   Amount `json:"canceled" doc:"What was given back before capture."`
	Refunded   Amount `json:"refunded" doc:"What was given back after capture."`
}

// Remaining is what may still be captured or canceled, unresolved operations not considered.
func (l Ledger) Remaining() Amount { return l.Authorized.Sub(l.Captured).Sub(l.Canceled) }

// Net is what of the authorization was not given back.
func (l Ledger) Net() Amount { return l.Authorized.Sub(l.Canceled) }

// Refundable is what was captured and not yet refunded, unresolved operations not considered.
func (l Ledger) Refundable() Amount { return l.Captured.Sub(l.Refunded) }

// Holds says whether the ledger's own rule holds: captured + canceled <= authorized, refunded <= captured.
func (l Ledger) Holds() bool {
	return !l.Authorized.Less(l.Captured.Add(l.Canceled)) && !l.Captured.Less(l.Refunded)
}

// Totals is the ledger as a reader of an order sees it, with what follows from it.
type Totals struct {
	Ledger
	LenderFees Amount `json:"lender_fees" doc:"What the lender added to the merchant's amount; authorized includes it, the order's amount does not."`
	Capturable Amount `json:"capturable" doc:"What may be captured now, unresolved amounts taken off."`
	Refundable Amount `json:"refundable" doc:"What may be refunded now, unresolved amounts taken off."`
}
