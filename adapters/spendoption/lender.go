package spendoption

import _ "embed"

// Lender says what the lender does, for certification, which alone reads it.
//
//go:embed testdata/lender.yaml
var Lender []byte
