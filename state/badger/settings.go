package badger

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	bdb "github.com/dgraph-io/badger/v4"
)

const (
	memTableSize = 16 << 20 // with the default of 64 MiB durable commits get five times slower as it fills
	blockSize    = 4 << 10
)

// badger lists what differs from badger's defaults, and what must not come to differ.
func (o Options) badger() bdb.Options {
	path := ""
	if !o.InMemory {
		path = filepath.Join(o.Path, dataFolder)
	}
	return bdb.DefaultOptions(path).
		WithInMemory(o.InMemory).
		WithSyncWrites(true). // off by default, and then a power cut loses acknowledged commits
		WithDetectConflicts(true).
		WithEncryptionKey(o.Key).
		WithMemTableSize(memTableSize).
		WithBlockSize(blockSize).
		WithNumMemtables(2).
		WithBlockCacheSize(8 << 20).
		WithIndexCacheSize(4 << 20).
		WithValueThreshold(maxBatchBytes). // no value is longer: the value log stays empty
		WithValueLogFileSize(16 << 20).
		WithNumCompactors(2).
		WithNumGoroutines(2).
		WithMetricsEnabled(false).
		WithLogger(logger{o.Log})
}

// commit makes one commit.
func (o Options) commit(txn *bdb.Txn) error {
	if o.CommitPause > 0 {
		time.Sleep(o.CommitPause)
	}
	if o.apply != nil {
		return o.apply(txn)
	}
	return txn.Commit()
}

// logger passes on what badger warns of.
type logger struct{ log *slog.Logger }

func (l logger) Errorf(format string, args ...any) { l.log.Error(line(format, args)) }

func (l logger) Warningf(format string, args ...any) { l.log.Warn(line(format, args)) }

func (logger) Infof(string, ...any) {}

func (logger) Debugf(string, ...any) {}

func line(format string, args []any) string {
	return "badger: " + strings.TrimSpace(fmt.Sprintf(format, args...))
}
