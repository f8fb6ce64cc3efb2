package badger_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/state/badger"
)

// subject is a store that was killed, with a table and a log, and what must be in it.
type subject struct {
	key   []byte
	files image
	want  map[string]string
}

// subjects are a plain store and an encrypted one.
func subjects(t *testing.T) (all []subject) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(bothKeys)) {
		options := badger.Options{Key: bothKeys[name], Path: scratch(t)}
		s := open(t, options)
		writeOrders(t, s, 0, 300)
		wantErrors(t, []error{s.Close()}, nil)
		s = open(t, options)
		writeOrders(t, s, 300, 400)
		want, _, err := badger.Contents(s)
		wantErrors(t, []error{err}, nil)
		all = append(all, subject{options.Key, takeImage(t, options.Path), want})
	}
	return all
}

// The outcomes of opening a damaged store.
const (
	refused  = "refused"
	seen     = "seen when read"
	harmless = "harmless"
	silent   = "silent"
)

// outcome opens a store and reads every key and value of it.
func (s subject) outcome(t *testing.T, damaged image) string {
	t.Helper()
	opened, err := badger.Open(badger.Options{Path: damaged.place(t), Key: s.key, Log: quiet})
	if err != nil {
		return refused
	}
	defer opened.Close()
	got, _, err := badger.Contents(opened)
	switch {
	case err != nil:
		return seen
	case maps.Equal(got, s.want):
		return harmless
	default:
		return silent
	}
}

// harm is one way in which bytes of a file come to be others.
type harm struct {
	name string
	do   func(f imageFile, dice *rand.Rand) imageFile
}

var harms = []harm{
	{"one bit is flipped", func(f imageFile, dice *rand.Rand) imageFile {
		return f.flip(dice.IntN(len(f.bytes)+64), byte(1)<<dice.IntN(8))
	}},
	{"some bytes are zeros", func(f imageFile, dice *rand.Rand) imageFile {
		from, to := span(f, dice, 600)
		clear(f.bytes[from:to])
		return f
	}},
	{"some bytes are chance", func(f imageFile, dice *rand.Rand) imageFile {
		from, to := span(f, dice, 600)
		for at := from; at < to; at++ {
			f.bytes[at] = byte(dice.IntN(256))
		}
		return f
	}},
	{"some bytes are those before them", func(f imageFile, dice *rand.Rand) imageFile {
		from, to := span(f, dice, 600)
		copy(f.bytes[from:to], bytes.Clone(f.bytes[max(0, 2*from-to):from]))
		return f
	}},
	{"it is cut off", func(f imageFile, dice *rand.Rand) imageFile {
		end, _ := span(f, dice, 1)
		return imageFile{f.bytes[:end], int64(end)}
	}},
}

// span is a part of a file that is not longer than most.
func span(f imageFile, dice *rand.Rand, most int) (from, to int) {
	if len(f.bytes) == 0 {
		return 0, 0
	}
	from = dice.IntN(len(f.bytes))
	return from, min(len(f.bytes), from+1+dice.IntN(most))
}

func (f imageFile) flip(at int, bit byte) imageFile {
	if at >= len(f.bytes) {
		f.bytes = append(f.bytes, make([]byte, at+1-len(f.bytes))...)
	}
	f.bytes[at] ^= bit
	f.size = max(f.size, int64(len(f.bytes)))
	return f
}

func TestADamagedFileIsNeverSilent(t *testing.T) {
	h := begin(t, "store-corruption", 30, silent)
	all := subjects(t)
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		s, harm := all[dice.IntN(len(all))], harms[dice.IntN(len(harms))]
		files := slices.Sorted(maps.Keys(s.files))
		file := files[dice.IntN(len(files))]
		outcome := s.outcome(t, s.files.with(file, func(f imageFile) imageFile { return harm.do(f, dice) }))
		if outcome == silent {
			t.Errorf("seed %d: in %s %s, and nobody noticed (encrypted: %v)", seed, file, harm.name, s.key != nil)
		}
		h.count("files corrupted", 1)
		h.count(outcome, 1)
	}
	h.end()
}

func TestAMissingFileIsNeverSilent(t *testing.T) {
	h := begin(t, "store-missing-file", 1, silent)
	for _, s := range subjects(t) {
		for file := range s.files {
			outcome := s.outcome(t, removed(s.files, file))
			if outcome == silent || outcome == harmless && strings.HasSuffix(file, ".mem") {
				t.Errorf("%s is missing: %s", file, outcome)
			}
			h.count("files removed", 1)
			h.count(outcome, 1)
		}
	}
	h.seeds.Last = h.seeds.First
	h.end()
}

// moments are images of one store as it grows and is opened again and again.
func moments(t *testing.T, key []byte, times int) (past []image, now subject) {
	t.Helper()
	options := badger.Options{Path: scratch(t), Key: key}
	for n := range times {
		s := open(t, options)
		writeOrders(t, s, 40*n, 40*n+25)
		past = append(past, takeImage(t, options.Path))
		writeOrders(t, s, 40*n+25, 40*n+40)
		now.want, _, _ = badger.Contents(s)
		now.files = takeImage(t, options.Path)
		past = append(past, now.files)
		wantErrors(t, []error{s.Close()}, nil)
		past = append(past, takeImage(t, options.Path))
	}
	now.key = key
	return past[:len(past)-2], now
}

func TestAFileOfAnEarlierTimeIsNeverSilent(t *testing.T) {
	h := begin(t, "store-stale-file", 1, silent)
	for _, key := range bothKeys {
		past, now := moments(t, key, h.either(3, 6))
		for n, then := range past {
			for file := range now.files {
				old, was := then[file]
				if !was || bytes.Equal(old.bytes, now.files[file].bytes) && old.size == now.files[file].size {
					continue
				}
				if n%h.either(3, 1) != 0 {
					continue
				}
				outcome := now.outcome(t, now.files.with(file, func(imageFile) imageFile { return old }))
				if outcome == silent {
					t.Errorf("%s is that of moment %d: nobody noticed", file, n)
				}
				h.count("files rolled back", 1)
				h.count(outcome, 1)
			}
		}
	}
	h.seeds.Last = h.seeds.First
	h.end()
}

// tail is how the end of a log was left by a write that did not come to its end.
var tails = []struct {
	name string
	tear func(f imageFile, end int, dice *rand.Rand) imageFile
}{
	{"cut", func(f imageFile, end int, _ *rand.Rand) imageFile { f.bytes = f.bytes[:end]; return f }},
	{"zeros in the next block", func(f imageFile, end int, _ *rand.Rand) imageFile {
		clear(f.bytes[end:min(len(f.bytes), (end/512+1)*512)])
		return f
	}},
	{"garbage", func(f imageFile, end int, dice *rand.Rand) imageFile {
		for at := end; at < len(f.bytes); at++ {
			f.bytes[at] = byte(dice.IntN(256))
		}
		return f
	}},
	{"the file ends there", func(f imageFile, end int, _ *rand.Rand) imageFile { return imageFile{f.bytes[:end], int64(end)} }},
}

// TestATornTail has the last commit of a log torn at every byte. Where its anchor was written it had been
// acknowledged, and must be missed; where not, it is gone as if it had never been, or there as a whole.
func TestATornTailIsAllOrNothing(t *testing.T) {
	h := begin(t, "store-torn-tail", 1, silent, "half a commit")
	for _, key := range bothKeys {
		options := badger.Options{Path: scratch(t), Key: key}
		s := open(t, options)
		writeOrders(t, s, 0, 10)
		ten := takeImage(t, options.Path)
		before, _, _ := badger.Contents(s)
		writeOrders(t, s, 10, 11)
		eleven := takeImage(t, options.Path)
		after, _, err := badger.Contents(s)
		wantErrors(t, []error{err, s.Close()}, nil)
		log := ten.only(t, ".mem")
		step := h.either(151, 1) // a place in some entries of the commit, or every place
		for end := len(ten[log].bytes); end < len(eleven[log].bytes); end += step {
			for _, tail := range tails {
				dice := rand.New(rand.NewPCG(uint64(end), 1))
				torn := eleven.with(log, func(f imageFile) imageFile { return tail.tear(f, end, dice) })
				h.count("tails torn", 1)
				what := fmt.Sprintf("%s at byte %d of %d to %d", tail.name, end, len(ten[log].bytes), len(eleven[log].bytes))
				never := torn.with("anchor", takeFrom(ten, "anchor"))
				h.count(subject{key, never, before}.unacknowledged(t, after, what), 1)
				outcome := subject{key, torn, after}.outcome(t, torn)
				if outcome == silent {
					t.Errorf("%s: an acknowledged commit is gone", what)
				}
				h.count(outcome, 1)
			}
		}
	}
	h.seeds.Last = h.seeds.First
	h.end()
}

// unacknowledged says what became of a torn commit that nobody had heard of. The store must go on.
func (s subject) unacknowledged(t *testing.T, after map[string]string, what string) string {
	t.Helper()
	opened, err := badger.Open(badger.Options{Path: s.files.place(t), Key: s.key, Log: quiet})
	if err != nil {
		t.Errorf("%s, never acknowledged: %v", what, err)
		return refused
	}
	defer opened.Close()
	got, _, err := badger.Contents(opened)
	result := "dropped"
	if maps.Equal(got, after) {
		result = "whole all the same"
	} else if err != nil || !maps.Equal(got, s.want) {
		t.Errorf("%s, never acknowledged: half of it is there, %v", what, err)
		return "half a commit"
	}
	writeOrders(t, opened, 20, 21)
	return result
}
