package badger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/state"
)

// The formats of a store:
//
//	1  had no record of its format
//	2  has one; finds orders by the lender's reference and messages by order; commits name what they deleted
const format = 2

// What a store says of itself stands beside the tables.
const (
	formatKey   = "!format"   // a number; written by the first commit, and by the last of an upgrade
	upgradedKey = "!upgraded" // the format the store had, until Settle
	restoredKey = "!restored" // the time of the backup the store was made from, until Settle
)

var presentFormat = strconv.AppendInt(nil, format, 10)

// ErrNewer: the store was written by a newer build. Nothing was changed.
var ErrNewer = errors.New("the store is of a newer format than this build knows")

// standing is what a store says of itself.
type standing struct {
	format   int // 0: nothing was ever written
	upgraded bool
	restored time.Time
}

// readStanding looks at the format before anything else is taken for what this build thinks it is.
func readStanding(view *snapshot) (standing, error) {
	var found standing
	text, known, err := view.Get(formatKey)
	if err != nil || !known {
		return found, err
	}
	if found.format, err = strconv.Atoi(string(text)); err != nil {
		return found, fmt.Errorf("%w: %q is no format", ErrDamaged, text)
	}
	if found.format > format {
		return found, fmt.Errorf("%w: format %d, known are those up to %d: use the build that wrote it, or a newer one", ErrNewer, found.format, format)
	}
	if _, found.upgraded, err = view.Get(upgradedKey); err != nil {
		return found, err
	}
	text, known, err = view.Get(restoredKey)
	if err == nil && known {
		err = found.restored.UnmarshalText(text)
	}
	return found, err
}

// upgrade brings a store of an older format into the present one. It can end at any point and begins
// anew at the next Open: the format's number is written last.
func (s *Store) upgrade() error {
	before := s.standing.format
	older := before > 0 && before < format
	if before == 0 || !older && !s.options.Mend {
		return nil
	}
	s.options.Log.Info("the indexes of the store are made anew", "format", before, "present", format)
	if err := s.mend(); err != nil {
		return fmt.Errorf("format %d to %d: %w", before, format, err)
	}
	if !older {
		return nil
	}
	s.standing.format, s.standing.upgraded = format, true
	return s.put(context.Background(), []state.Write{
		{Key: formatKey, Value: presentFormat},
		{Key: upgradedKey, Value: strconv.AppendInt(nil, int64(before), 10)},
	})
}

// mendBytes is about what one commit of a rebuild holds.
const mendBytes = 16 << 10

func (s *Store) mend() error {
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	var waiting []state.Write
	size := 0
	commit := func() error {
		batch := waiting
		waiting, size = nil, 0
		return s.put(context.Background(), batch)
	}
	err := state.Mend(seen, func(w state.Write) error {
		waiting = append(waiting, w)
		if size += len(w.Key) + len(w.Value) + perEntry; size < mendBytes {
			return nil
		}
		return commit()
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return commit()
}

// put commits writes that rest on nothing they have read.
func (s *Store) put(ctx context.Context, writes []state.Write) error {
	seen := s.snapshots.take()
	defer s.snapshots.release(seen)
	buffer := state.NewBuffer(seen)
	for _, w := range writes {
		if w.Delete {
			buffer.Delete(w.Key)
			continue
		}
		buffer.Put(w.Key, w.Value)
	}
	p, err := propose(seen.sequence, buffer)
	if err != nil {
		return err
	}
	return s.committer.submit(ctx, p)
}

// Upgraded says that the store was of an older format when it was opened, now or before without a
// Settle since: what follows from its records outside of the store may have to be made anew.
func (s *Store) Upgraded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.standing.upgraded
}

// Restored says that the store was made from backups, without a Settle since, and how far they reached:
// what was acknowledged before that time is in it, what came later may be missing.
func (s *Store) Restored() (until time.Time, restored bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.standing.restored, !s.standing.restored.IsZero()
}

// Settle remembers for good that what had to follow an upgrade or a restore has been done.
func (s *Store) Settle(ctx context.Context) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if _, restored := s.Restored(); !restored && !s.Upgraded() {
		return nil
	}
	err = s.put(ctx, []state.Write{{Key: upgradedKey, Delete: true}, {Key: restoredKey, Delete: true}})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.standing.upgraded, s.standing.restored = false, time.Time{}
	return nil
}
