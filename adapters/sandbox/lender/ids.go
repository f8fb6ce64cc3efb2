package lender

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// IDs makes identifiers that look random and are the same on every replay.
type IDs struct {
	Seed string
	next int
}

// Hex returns n hexadecimal digits, n at most 64.
func (i *IDs) Hex(n int) string {
	i.next++
	sum := sha256.Sum256([]byte(i.Seed + "/" + strconv.Itoa(i.next)))
	return hex.EncodeToString(sum[:])[:n]
}

// UUID returns an identifier in the shape of a UUID version 4.
func (i *IDs) UUID() string {
	h := i.Hex(32)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:])
}
