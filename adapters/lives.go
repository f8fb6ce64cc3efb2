package adapters

import (
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// limitOffers gives offers an end where the lender names none, or one later than they can be chosen.
func (d *Definition) limitOffers(offers []canonical.Offer, asOf time.Time) {
	if d.OfferLife == 0 {
		return
	}
	end := asOf.Add(d.OfferLife)
	for i := range offers {
		if at := &offers[i].ExpiresAt; at.IsZero() || at.After(end) {
			*at = end
		}
	}
}

// limitHold gives a new authorization an end where the lender names none.
func (d *Definition) limitHold(kind canonical.OperationKind, outcome canonical.Outcome, now time.Time) {
	s := outcome.Sighting
	if d.HoldLife == 0 || kind != canonical.OpAuthorize || outcome.State != canonical.Succeeded || s == nil {
		return
	}
	if s.Deadlines.AuthorizationExpiresAt == nil {
		end := now.Add(d.HoldLife)
		s.Deadlines.AuthorizationExpiresAt = &end
	}
}
