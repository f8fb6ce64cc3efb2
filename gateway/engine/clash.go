package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Clash is orders that stand open at a lender which a configuration would lose.
type Clash struct {
	Provider string
	Mode     canonical.Mode
	Removed  bool     // the provider is not configured any more
	Parts    []string // what of the lender is another, by name
	Orders   []string // the newest of them
	Count    int
}

// mostShown is how many orders a Clash names, and how many sets of credentials an event.
const mostShown = 10

// Detail says what is wrong, and what may be done about it.
func (c Clash) Detail() string {
	orders := strings.Join(c.Orders, ", ")
	if more := c.Count - len(c.Orders); more > 0 {
		orders += fmt.Sprintf(" and %d more", more)
	}
	are, were := fmt.Sprintf("%d orders are open", c.Count), "that were made with another "+strings.Join(c.Parts, ", another ")
	if c.Count == 1 {
		are, were = "an order is open", "that was made with another "+strings.Join(c.Parts, ", another ")
	}
	if c.Removed {
		were = "there, and it is not in the configuration any more"
	}
	return fmt.Sprintf("%s %s (%s): put it back, or say why it is right: POST /v1/providers/%s/accept", are, were, orders, c.Provider)
}

// move is a provider that a configuration takes to another lender, or away.
type move struct {
	from state.ProviderRecord
	to   *Configured // nil: it is removed
}

// Clashes compares a configuration with the one that the open orders were made under. Providers that are held
// are not looked at.
func (e *Engine) Clashes(ctx context.Context, all []Configured, held []string) ([]Clash, error) {
	records, err := e.providerRecords(ctx)
	if err != nil {
		return nil, err
	}
	return e.openAt(ctx, moves(records, all, held, e.rt.Now()), time.Time{})
}

func (e *Engine) providerRecords(ctx context.Context) (records []state.ProviderRecord, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		records, err = r.AllProviderRecords()
		return err
	})
	return records, err
}

// moves lists the providers that are not where they were, but for those an operator has spoken for.
func moves(records []state.ProviderRecord, all []Configured, held []string, now time.Time) (list []move) {
	for _, from := range records {
		to := configuredAs(all, from.Provider)
		settled := slices.Contains(held, from.Provider) || from.Accepted != nil && now.Before(from.Accepted.Until)
		if from.Lender == nil || settled || (to != nil && maps.Equal(from.Lender, to.Lenders)) {
			continue
		}
		list = append(list, move{from, to})
	}
	return list
}

func configuredAs(all []Configured, provider string) *Configured {
	at := slices.IndexFunc(all, func(c Configured) bool { return c.Provider == provider })
	if at < 0 {
		return nil
	}
	return &all[at]
}

// lenderOf is where a merchant's orders stand.
func lenderOf(lenders map[string]string, merchant string) string {
	if own, has := lenders[merchant]; has {
		return own
	}
	return lenders[""]
}

// leaves says whether an order would be looked for at a lender where it is not, and by what that is known.
func (m move) leaves(o *canonical.Order) (parts []string, leaves bool) {
	switch {
	case o.Provider != m.from.Provider || !unfinished(o):
		return nil, false
	case m.to == nil:
		return nil, true
	}
	parts = anotherLender(lenderOf(m.from.Lender, o.Merchant), lenderOf(m.to.Lenders, o.Merchant))
	return parts, len(parts) > 0
}

// anotherLender names the parts in which two digests differ. A part that one of them has alone says nothing: a
// release may look at more than the one before.
func anotherLender(was, is string) (parts []string) {
	for _, part := range strings.Fields(was) {
		name, digest, _ := strings.Cut(part, "=")
		for _, other := range strings.Fields(is) {
			if same, now, _ := strings.Cut(other, "="); same == name && now != digest {
				parts = append(parts, name)
			}
		}
	}
	return parts
}

// openAt finds the open orders, made at a time or later, that moves leave behind.
func (e *Engine) openAt(ctx context.Context, all []move, since time.Time) ([]Clash, error) {
	clashes := make([]Clash, len(all))
	for i, m := range all {
		clashes[i] = Clash{Provider: m.from.Provider, Mode: m.from.Mode, Removed: m.to == nil}
	}
	if len(all) == 0 {
		return nil, nil
	}
	err := e.store.View(ctx, func(r state.Reader) error {
		_, err := r.Orders(state.Scope{}, "", 1, func(o *canonical.Order) bool {
			for i := range all {
				if parts, leaves := all[i].leaves(o); leaves {
					clashes[i].add(o.ID, parts)
				}
			}
			return o.CreatedAt.Before(since)
		})
		return err
	})
	return slices.DeleteFunc(clashes, func(c Clash) bool { return c.Count == 0 }), err
}

func (c *Clash) add(order string, parts []string) {
	c.Count++
	for _, part := range parts {
		if !slices.Contains(c.Parts, part) {
			c.Parts = append(c.Parts, part)
		}
	}
	if len(c.Orders) < mostShown {
		c.Orders = append(c.Orders, order)
	}
}
