package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Chaos lets faults meet requests by chance. The chance depends on the seed and on how many requests
// there were since it was set, and on nothing else.
type Chaos struct {
	Seed    uint64   `json:"seed"`
	Percent float64  `json:"percent"`          // of all requests; 0 ends it
	Faults  []string `json:"faults,omitempty"` // which; empty is all. Each request is met only by those that fit it
	Lender  string   `json:"lender,omitempty"` // whose requests; "" is all
}

// chance is chaos under way.
type chance struct {
	Chaos
	source *rand.PCG
}

// stir begins chaos, or ends it.
func (c *core) stir(next Chaos) (result, error) {
	if err := c.checkChaos(next); err != nil {
		return result{}, badRequest{err}
	}
	c.chaos = chance{next, rand.NewPCG(next.Seed, 0)}
	return result{changed: true}, nil
}

func (c *core) checkChaos(next Chaos) error {
	if !(next.Percent >= 0 && next.Percent <= 100) { // says no to what is no number, too
		return errors.New("percent is from 0 to 100")
	}
	if _, err := c.lender(next.Lender); err != nil && next.Lender != "" {
		return err
	}
	for _, name := range next.Faults {
		k, known := kindOf(name)
		if !known {
			return fmt.Errorf("faults are some of %s", kindNames(func(kind) bool { return true }))
		}
		fits := func(l lender.Lender) bool { return next.isAbout(l) && k.fits(l, "") }
		if !slices.ContainsFunc(c.lenders, fits) {
			return k.misfit(cmp.Or(next.Lender, "any lender"), "")
		}
	}
	return nil
}

func (c Chaos) isAbout(l lender.Lender) bool { return c.Lender == "" || c.Lender == l.Name() }

// covers says whether requests at a lender are left to chance.
func (c Chaos) covers(l lender.Lender) bool { return c.Percent > 0 && c.isAbout(l) }

// draw decides about one request. Each draw takes the same from the source, whatever comes of it.
func (c chance) draw(v visit) (Fault, bool) {
	if !c.covers(v.lender) {
		return Fault{}, false
	}
	whether, which := c.source.Uint64(), c.source.Uint64()
	if float64(whether>>11)/(1<<53)*100 >= c.Percent {
		return Fault{}, false
	}
	var fitting []kind
	for _, k := range kinds {
		if (len(c.Faults) == 0 || slices.Contains(c.Faults, k.name)) && k.fits(v.lender, v.operation) {
			fitting = append(fitting, k)
		}
	}
	if len(fitting) == 0 {
		return Fault{}, false
	}
	k := fitting[which%uint64(len(fitting))]
	return Fault{Fault: k.name, Delay: k.delay}, true
}
