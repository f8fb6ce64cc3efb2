//go:build race

package certify_test

// few is every how many lies are told: what runs on one goroutine races with nobody, and make certify tells all.
const few = 6
