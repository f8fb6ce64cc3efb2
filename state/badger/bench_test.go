package badger_test

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bdb "github.com/dgraph-io/badger/v4"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// slowDisk sleeps before each commit as LENDGATE_SLOW_DISK says ("2ms"), to imitate a disk of the network.
func slowDisk(b *testing.B) time.Duration {
	text := os.Getenv("LENDGATE_SLOW_DISK")
	if text == "" {
		return 0
	}
	pause, err := time.ParseDuration(text)
	if err != nil {
		b.Fatal(err)
	}
	return pause
}

// BenchmarkUpdate measures one transition: read an order, rewrite it, append an event.
func BenchmarkUpdate(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s, err := badger.Open(badger.Options{Path: b.TempDir(), CommitPause: slowDisk(b)})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			before := badger.Commits(s)
			spread(b, callers, func(caller, round int) error { return transition(b, s, caller, round) })
			b.ReportMetric(float64(b.N)/float64(badger.Commits(s)-before), "updates/commit")
		})
	}
}

func transition(b *testing.B, s state.Store, caller, round int) error {
	id := fmt.Sprintf("ord_%d", caller)
	return s.Update(b.Context(), func(tx state.Tx) error {
		order := canonical.Order{ID: id, Merchant: "acme", Mode: canonical.Test, Amount: canonical.MustMoney("12.50", "EUR")}
		if round > 1 {
			var err error
			if order, err = tx.Orders().Get(id); err != nil {
				return err
			}
		}
		order.Version = round
		event := canonical.SealedEvent{ID: fmt.Sprintf("evt_%d_%d", caller, round), Order: id, Merchant: "acme", Mode: canonical.Test, Sequence: round, Body: []byte(`{"type":"order.updated","detail":"one more round of a benchmark that writes about two hundred bytes"}`)}
		if err := tx.Append(event); err != nil {
			return err
		}
		if round == 1 {
			return tx.Orders().Insert(id, order)
		}
		return tx.Orders().Replace(id, order)
	})
}

// BenchmarkBareBadger is the same work with one synced transaction of badger's per caller.
func BenchmarkBareBadger(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			db, err := bdb.Open(bdb.DefaultOptions(b.TempDir()).WithSyncWrites(true).WithLogger(nil))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			disk, pause := sync.Mutex{}, slowDisk(b)
			spread(b, callers, func(caller, round int) error {
				return db.Update(func(txn *bdb.Txn) error {
					key := fmt.Appendf(nil, "order/%d", caller)
					if item, err := txn.Get(key); err == nil {
						item.ValueCopy(nil)
					}
					txn.Set(key, make([]byte, 300))
					txn.Set(fmt.Appendf(nil, "event/%d/%d", caller, round), make([]byte, 200))
					// Badger syncs its log once for each transaction, one after the other.
					disk.Lock()
					time.Sleep(pause)
					disk.Unlock()
					return nil
				})
			})
		})
	}
}

// spread has callers do b.N rounds between them.
func spread(b *testing.B, callers int, do func(caller, round int) error) {
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for round := 1; left.Add(-1) >= 0; round++ {
				if err := do(caller, round); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}
