package declared_test

import (
	"testing"

	"github.com/lendgate/lendgate/adapters/declared"
)

// BenchmarkRead reads the contracts that come with Lendgate, as a reload does with those that have changed.
func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		if _, err := declared.Shipped(); err != nil {
			b.Fatal(err)
		}
	}
}
