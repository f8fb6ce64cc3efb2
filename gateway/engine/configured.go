package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// Configured is how a provider is configured, in digests alone.
type Configured struct {
	Provider string
	Mode     canonical.Mode
	Hashes   map[string]string // of its configuration, by set of credentials; "" is the one that all share
	Lenders  map[string]string // of what says at which lender, and as whom, its orders stand, likewise: name=digest for each part, with spaces between
}

// Configure notes how the providers are configured from now on, and tells of each for which that is new, in one
// commit. Providers that are held stay as they are noted.
func (e *Engine) Configure(ctx context.Context, all []Configured, held []string) error {
	records, err := e.providerRecords(ctx)
	if err != nil {
		return err
	}
	return e.note(ctx, e.notices(records, all, held))
}

// startedBefore is how long an order may take from its making to its commit.
const startedBefore = time.Minute

// Reconfigure is Configure while the engine works. It is refused, and nothing is noted, where that leaves open
// orders behind; also those that began while it was looked. Between the commit and the providers' change new
// orders at a lender that is left find themselves stale, and are tried again.
func (e *Engine) Reconfigure(ctx context.Context, all []Configured, held []string) ([]Clash, error) {
	began := e.rt.Now()
	records, err := e.providerRecords(ctx)
	if err != nil {
		return nil, err
	}
	moved := moves(records, all, held, began)
	clashes, err := e.openAt(ctx, moved, time.Time{})
	if err != nil || len(clashes) > 0 {
		return clashes, err
	}
	if err := e.note(ctx, e.notices(records, all, held)); err != nil {
		return nil, err
	}
	clashes, err = e.openAt(ctx, moved, began.Add(-startedBefore))
	if err == nil && len(clashes) == 0 {
		return nil, nil
	}
	after, failed := e.providerRecords(ctx)
	return clashes, errors.Join(err, failed, e.note(ctx, e.notices(after, noted(records), held)))
}

// noted is how providers were configured by their records.
func noted(records []state.ProviderRecord) (all []Configured) {
	for _, r := range records {
		if r.Lender != nil {
			all = append(all, Configured{r.Provider, r.Mode, r.Config, r.Lender})
		}
	}
	return all
}

// notices are the changes that lead from what is noted to a configuration.
func (e *Engine) notices(records []state.ProviderRecord, all []Configured, held []string) (list []notice) {
	for _, to := range all {
		if !slices.Contains(held, to.Provider) {
			list = append(list, e.notice(to.Provider, to.Mode, to.enter))
		}
	}
	for _, from := range records {
		if from.Lender != nil && configuredAs(all, from.Provider) == nil && !slices.Contains(held, from.Provider) {
			list = append(list, e.notice(from.Provider, from.Mode, Configured{Provider: from.Provider, Mode: from.Mode}.enter))
		}
	}
	return slices.DeleteFunc(list, func(n notice) bool {
		at := slices.IndexFunc(records, func(r state.ProviderRecord) bool { return r.Provider == n.provider })
		return at >= 0 && configuredAs(all, n.provider).same(records[at])
	})
}

func (c *Configured) same(r state.ProviderRecord) bool {
	return c != nil && c.Mode == r.Mode && maps.Equal(c.Hashes, r.Config) && maps.Equal(c.Lenders, r.Lender)
}

func (e *Engine) note(ctx context.Context, list []notice) error {
	if len(list) == 0 {
		return nil
	}
	return e.commit(ctx, func(tx state.Tx) error {
		for _, n := range list {
			if err := n.write(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// enter writes it into the provider's record. The first time there is nothing to tell.
func (c Configured) enter(r *state.ProviderRecord) (*canonical.Event, error) {
	var event *canonical.Event
	if detail := c.since(r.Config); r.Lender != nil && detail != "" {
		event = &canonical.Event{Type: canonical.ProviderConfigured, Origin: canonical.FromEngine, Detail: detail}
		if a := r.Accepted; a != nil && !maps.Equal(r.Lender, c.Lenders) {
			event.Detail, r.Accepted = event.Detail+"; its orders stay, by an operator's word: "+a.Reason, nil
		}
	}
	r.Mode, r.Config, r.Lender = c.Mode, c.Hashes, c.Lenders
	return event, nil
}

// since names the hashes before and after. Of many sets of credentials the first are named.
func (c Configured) since(before map[string]string) string {
	if c.Lenders == nil {
		return "removed from the configuration; it was " + before[""]
	}
	var changed []string
	merchants := slices.Sorted(maps.Keys(before))
	for _, merchant := range slices.Sorted(maps.Keys(c.Hashes)) {
		if _, had := before[merchant]; !had {
			merchants = append(merchants, merchant)
		}
	}
	for _, merchant := range merchants {
		was, is := before[merchant], c.Hashes[merchant]
		if was == is {
			continue
		}
		of := "the configuration"
		if merchant != "" {
			of = "that of merchant " + merchant
		}
		changed = append(changed, fmt.Sprintf("%s was %s and is %s", of, cmp.Or(was, "none"), cmp.Or(is, "none")))
	}
	if more := len(changed) - mostShown; more > 0 {
		changed = append(changed[:mostShown], fmt.Sprintf("%d more", more))
	}
	return strings.Join(changed, ", ")
}

// acceptedFor is how long an operator's word holds that no configuration has made use of.
const acceptedFor = time.Hour

// AcceptChange takes an operator's word that a provider's next configuration is right for the orders that are
// open. It holds for one change, and for an hour. Errors: not_found, invalid_request without a reason.
func (e *Engine) AcceptChange(ctx context.Context, call Call, provider, reason string) error {
	if reason == "" {
		return canonical.Invalid("/reason", "say how it is known that the orders are in good hands")
	}
	until := e.rt.Now().Add(acceptedFor)
	return e.recordOf(ctx, provider, func(r *state.ProviderRecord) (*canonical.Event, error) {
		if r.Lender == nil {
			return nil, canonical.Errorf(canonical.NotFound, "there is no such provider")
		}
		r.Accepted = &state.AcceptedChange{By: call.Actor, Reason: reason, Until: until}
		return &canonical.Event{Type: canonical.ChangeAccepted, Origin: canonical.FromOperator, Actor: call.Actor, TraceID: call.TraceID,
			Detail: "the next configuration may speak to another lender: " + reason}, nil
	})
}

// meets refuses a new order whose provider is about to speak to another lender: by the record it does already.
func (it *intent) meets(tx state.Tx) error {
	p := it.provider.Describe()
	if !it.fresh || p.Lender == "" {
		return nil
	}
	record, err := tx.ProviderRecords().Get(p.ID)
	if err == state.ErrNotFound {
		return nil
	}
	if err == nil && lenderOf(record.Lender, p.Credential) != p.Lender {
		err = errStale
	}
	return err
}
