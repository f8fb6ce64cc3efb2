package simulation

import (
	"math"
	"time"
)

// chance draws everything that a run leaves open, from its seed alone. A draw depends on what it is for and
// how often that came up before, and on nothing else: leaving out one fault leaves the other draws as they are.
type chance struct {
	seed   uint64
	counts map[string]int
}

func newChance(seed uint64) *chance { return &chance{seed: seed, counts: make(map[string]int)} }

// count says how often something came up before.
func (c *chance) count(purpose string) int {
	n := c.counts[purpose]
	c.counts[purpose] = n + 1
	return n
}

// dice is a run of draws for one purpose.
type dice struct{ state uint64 }

// dice returns the draws for the nth of something.
func (c *chance) dice(purpose string, n int) *dice {
	return &dice{mix(c.seed ^ digest(purpose) ^ mix(uint64(n)+1))}
}

// mix is the finalizer of splitmix64: neighbors come out far apart.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// digest is FNV-1a.
func digest(text string) uint64 {
	sum := uint64(14695981039346656037)
	for i := range len(text) {
		sum = (sum ^ uint64(text[i])) * 1099511628211
	}
	return sum
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return mix(d.state)
}

// below draws 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// fraction draws from 0 to 1.
func (d *dice) fraction() float64 { return float64(d.next()>>11) / (1 << 53) }

// happens says yes with a probability.
func (d *dice) happens(probability float64) bool { return d.fraction() < probability }

// between draws a duration from the first up to the second, short ones as likely as long ones.
func (d *dice) between(least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	return least + time.Duration(d.fraction()*float64(most-least))
}

// anywhere draws a duration of any order of magnitude between two.
func (d *dice) anywhere(least, most time.Duration) time.Duration {
	return time.Duration(d.logarithmic(float64(least), float64(most)))
}

// logarithmic draws from the first to the second, each order of magnitude as likely as the next.
func (d *dice) logarithmic(least, most float64) float64 {
	return least * math.Pow(most/least, d.fraction())
}

// pick draws one of several.
func pick[T any](d *dice, of ...T) T { return of[d.below(len(of))] }

// trace is the running hash of all that happens: equal seeds must give equal hashes.
type trace struct{ sum uint64 }

func (t *trace) number(n uint64) { t.sum = mix(t.sum ^ n) }

func (t *trace) text(s string) { t.sum = mix(t.sum ^ digest(s)) }

func (t *trace) bytes(b []byte) {
	sum := uint64(14695981039346656037)
	for _, c := range b {
		sum = (sum ^ uint64(c)) * 1099511628211
	}
	t.number(sum)
}
