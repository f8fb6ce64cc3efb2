package all

import (
	"github.com/lendgate/lendgate/adapters/creditkey"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/adapters/iwocapay"
	"github.com/lendgate/lendgate/adapters/spendoption"
)

// Lenders says by the names of the styles what their lenders do, for certification.
var Lenders = map[string][]byte{
	creditkey.Adapter.Name:   creditkey.Lender,
	spendoption.Adapter.Name: spendoption.Lender,
	ecster.Adapter.Name:      ecster.Lender,
	iwocapay.Adapter.Name:    iwocapay.Lender,
	cryptopay.Adapter.Name:   cryptopay.Lender,
}
