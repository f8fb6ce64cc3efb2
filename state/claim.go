package state

import (
	"context"
	"errors"
	"time"
)

// ClaimDue is Claim for any store that has View and Update: it looks for due timers on a snapshot and
// leases in one transaction those that are still due. They are returned as they were when they fell due.
func ClaimDue(ctx context.Context, s Store, owner string, now, until time.Time, limit int) ([]Timer, error) {
	var due []Timer
	err := s.View(ctx, func(r Reader) (err error) {
		due, err = r.TimersDue(now, limit)
		return err
	})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	var claimed []Timer
	err = s.Update(ctx, func(tx Tx) error {
		claimed = nil
		for _, timer := range due {
			present, err := tx.Timers().Get(timer.ID)
			if errors.Is(err, ErrNotFound) || err == nil && !present.Due.Equal(timer.Due) {
				continue // someone else claimed it, or did its work
			}
			if err != nil {
				return err
			}
			claimed = append(claimed, present)
			present.Due, present.Owner = until, owner
			if err := tx.Timers().Replace(timer.ID, present); err != nil {
				return err
			}
		}
		return nil
	})
	return claimed, err
}
