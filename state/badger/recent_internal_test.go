package badger

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestWhatWasWrittenSinceIsNeverPassedOver holds the short memory of commits against one that forgets nothing.
func TestWhatWasWrittenSinceIsNeverPassedOver(t *testing.T) {
	const head = 7
	remembered, dice := newRecent(head), rand.New(rand.NewPCG(1, 2))
	last := make(map[string]uint64) // when each key was written
	var keys []string
	fresh := 0
	for sequence := uint64(head + 1); sequence < head+400; sequence++ {
		var writes []write
		for range 256 {
			key := strconv.Itoa(dice.IntN(1 << 20))
			writes, keys = append(writes, write{key: key}), append(keys, key)
			last[key] = sequence
		}
		remembered.wrote(sequence, writes)
		for range 100 {
			key := keys[dice.IntN(len(keys))]
			if remembered.outdates(&proposal{base: last[key] - 1, reads: []string{key}}) {
				continue
			}
			t.Fatalf("after commit %d key %s, written by commit %d, is as it was before it", sequence, key, last[key])
		}
		if !remembered.outdates(&proposal{base: sequence - 1, reads: []string{"never written"}}) {
			fresh++
		}
	}
	if fresh == 0 {
		t.Error("whoever reads must always run again")
	}
}
