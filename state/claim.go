package state

import (
	"context"
	"errors"
	"time"
)

// ClaimDue is Claim for any store that has View and Update: it looks for due timers on a snapshot and
// leases in one transaction those that are still due. They are returned as they were when they fell due.
func ClaimDue(ctx context.Context, s Store, owner string, now, until time.Time, limit int) ([]Timer, error) {
	var due, claimed []Timer
	err := s.View(ctx, func(r Reader) (err error) {
		due, err = r.TimersDue(now, limit)
		return err
	})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	err = s.Update(ctx, func(tx Tx) (err error) {
		claimed, err = lease(tx.Timers(), due, owner, until)
		return err
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// lease moves the due times of timers to the end of the lease. One that is gone, or is due at another
// time by now, was claimed by someone else.
func lease(timers Table[string, Timer], due []Timer, owner string, until time.Time) (claimed []Timer, err error) {
	for _, timer := range due {
		present, err := timers.Get(timer.ID)
		if errors.Is(err, ErrNotFound) || err == nil && !present.Due.Equal(timer.Due) {
			continue
		}
		if err != nil {
			return nil, err
		}
		claimed = append(claimed, present)
		present.Due, present.Owner = until, owner
		if err := timers.Replace(timer.ID, present); err != nil {
			return nil, err
		}
	}
	return claimed, nil
}
