package gateway_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// settledOrders makes orders at every lender on which nothing is waited for any more: time changes none of them.
func (s *site) settledOrders() {
	s.t.Helper()
	for _, t := range trades {
		for n := range 3 {
			o := s.place(t.provider, fmt.Sprint(t.provider, "-", n), fmt.Sprintf("%d.00", 100+n))
			if t.finishes == nil {
				s.must(http.StatusOK, "POST", "/v1/orders/"+o.ID+"/authorize", "")
			} else {
				s.act(t.lender, o.ProviderOrder.Reference, t.finishes[0])
				s.must(http.StatusOK, "POST", "/v1/orders/"+o.ID+"/sync", "")
			}
			if s.order(o.ID).Status == "authorized" {
				s.must(http.StatusOK, "POST", "/v1/orders/"+o.ID+"/capture", "")
			}
			if n == 1 && t.provider != "iwoca-uk" {
				s.must(http.StatusOK, "POST", "/v1/orders/"+o.ID+"/refund", fmt.Sprintf(`{"amount":{"value":"25.00","currency":%q}}`, t.currency))
			}
		}
	}
}

// everything is all that the API tells, to the letter.
func (s *site) everything() (all map[string]string, err error) {
	all = make(map[string]string)
	for _, path := range []string{"/v1/orders", "/v1/operations", "/v1/events"} {
		got, err := s.send(s.key, "", http.MethodGet, path+"?limit=200", "")
		if err != nil || got.status != http.StatusOK {
			return nil, fmt.Errorf("%s: status %d %s %w", path, got.status, got.body, err)
		}
		all[path] = string(got.body)
	}
	return all, nil
}

// image is a folder as bytes.
type image map[string][]byte

func readFolder(t *testing.T, folder string) image {
	t.Helper()
	all := make(image)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, _ := filepath.Rel(folder, path)
		all[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const blockSize = 4096

var nothingInIt = make([]byte, blockSize)

// place writes the image into a folder, with holes where it is empty: badger's logs are mostly that.
func (i image) place(t *testing.T, folder string) {
	t.Helper()
	for name, text := range i {
		path := filepath.Join(folder, name)
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		var file *os.File
		if err == nil {
			file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		}
		if err == nil {
			err = file.Truncate(int64(len(text)))
		}
		for at := 0; err == nil && at < len(text); at += blockSize {
			if block := text[at:min(at+blockSize, len(text))]; !bytes.Equal(block, nothingInIt[:len(block)]) {
				_, err = file.WriteAt(block, int64(at))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// flipped is the image with one bit changed somewhere: mostly where something is written.
func (i image) flipped(dice *rand.Rand) (damaged image, where string) {
	names := slices.Sorted(maps.Keys(i))
	for {
		name := names[dice.IntN(len(names))]
		text := i[name]
		if len(text) == 0 {
			continue
		}
		at := dice.IntN(len(text))
		if written := len(bytes.TrimRight(text, "\x00")); written > 0 && dice.IntN(5) > 0 {
			at = dice.IntN(written)
		}
		bit := byte(1) << dice.IntN(8)
		damaged = maps.Clone(i)
		damaged[name] = bytes.Clone(text)
		damaged[name][at] ^= bit
		return damaged, fmt.Sprintf("bit %08b of byte %d of %s", bit, at, name)
	}
}

// TestAFlippedBitIsNeverSilent changes one bit of the store's files after a clean stop and after a kill: the
// gateway refuses to start and says why, or all that it ever told is there.
func TestAFlippedBitIsNeverSilent(t *testing.T) {
	t.Parallel()
	h := harness{name: "process-damage", short: 2, some: []string{"bits flipped", "refused", "harmless"}, never: []string{"silent"}, rare: []string{"seen when read"}}
	h.run(t, func(t *testing.T, seed uint64, long bool, counts map[string]int64) {
		s := newSite(t)
		gateway := s.together()
		s.settledOrders()
		s.advance(time.Minute) // what the lenders' messages ask for is done
		want, err := s.everything()
		if err != nil {
			t.Fatal(err)
		}
		if seed%2 == 0 {
			if err := gateway.stop(); err != nil {
				t.Fatal(err)
			}
		} else {
			gateway.kill()
		}
		whole := readFolder(t, filepath.Join(s.data, "store"))
		flips := 8
		if long {
			flips = 100
		}
		dice := rand.New(rand.NewPCG(seed, 0))
		for range flips {
			damaged, where := whole.flipped(dice)
			counts["bits flipped"]++
			counts[s.outcome(t, damaged, where, want)]++
		}
	})
}

// outcome says what became of a damaged store.
func (s *site) outcome(t *testing.T, damaged image, where string, want map[string]string) string {
	t.Helper()
	store := filepath.Join(s.data, "store")
	if err := os.RemoveAll(store); err != nil {
		t.Fatal(err)
	}
	damaged.place(t, store)
	p, err := s.tryServe("")
	if err != nil {
		if said := err.Error(); !strings.Contains(said, "store") && !strings.Contains(said, "books") || strings.Contains(said, "panic") {
			t.Errorf("%s: the gateway does not say what is wrong: %s", where, said)
		}
		return "refused"
	}
	defer p.kill()
	got, err := s.everything()
	switch {
	case err != nil && strings.Contains(err.Error(), "status 5"):
		return "seen when read"
	case err != nil:
		t.Errorf("%s: %v", where, err)
	case !cmp.Equal(got, want):
		t.Errorf("%s: not noticed: %s", where, cmp.Diff(want, got))
	}
	if t.Failed() {
		return "silent"
	}
	return "harmless"
}
