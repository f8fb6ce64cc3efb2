//go:build !race

package certify_test

const few = 1
