package badger_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/state/badger"
)

// rounds is how often a test repeats: its own number, or that of an environment variable for a long run.
func rounds(t *testing.T, variable string, short int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return short
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOneFlippedBitIsNeverSilent(t *testing.T) {
	for name, key := range map[string][]byte{"plain": nil, "encrypted": bytes.Repeat([]byte{7}, 32)} {
		t.Run(name, func(t *testing.T) {
			options := badger.Options{Key: key}
			whole, want := crashed(t, options)
			files := slices.Sorted(maps.Keys(whole))
			dice := rand.New(rand.NewPCG(1, 2))
			found := map[string]int{}
			for range rounds(t, "LENDGATE_FLIPS", 25) {
				file := files[dice.IntN(len(files))]
				at, bit := dice.IntN(len(whole[file].bytes)+64), byte(1)<<dice.IntN(8)
				damaged := whole.with(file, func(f imageFile) imageFile { return f.flip(at, bit) })
				outcome := tryToRead(t, badger.Options{Path: damaged.place(t), Key: key}, want)
				if outcome == "silent" {
					t.Errorf("bit %08b of byte %d of %s: not noticed", bit, at, file)
				}
				found[file+" "+outcome]++
			}
			t.Log(found)
		})
	}
}

func (f imageFile) flip(at int, bit byte) imageFile {
	if at >= len(f.bytes) {
		f.bytes = append(f.bytes, make([]byte, at+1-len(f.bytes))...)
	}
	f.bytes[at] ^= bit
	f.size = max(f.size, int64(len(f.bytes)))
	return f
}

// tryToRead says what became of a damaged store.
func tryToRead(t *testing.T, options badger.Options, want contents) string {
	t.Helper()
	s, err := badger.Open(options)
	if err != nil {
		return "refused"
	}
	defer s.Close()
	got, err := readAll(t, s)
	switch {
	case err != nil:
		return "seen when read"
	case cmp.Equal(got, want):
		return "harmless"
	default:
		return "silent"
	}
}
