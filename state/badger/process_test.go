package badger_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// The tests below start this test binary again, as a process that holds a store and can be killed.
const childVariable = "LENDGATE_TEST_CHILD"

// childTask is what such a process is to do: insert orders until it is killed, or until the disk has less
// than the floor left, where there is one.
type childTask struct {
	Folder  string
	Name    string
	Filler  int // about how many bytes an order has
	Floor   int64
	Ballast int64
	Wait    bool // it does not begin before it is told
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		var task childTask
		err := json.Unmarshal([]byte(text), &task)
		if err == nil {
			err = task.do()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const callersOfChild = 16

// do inserts orders from many callers and prints the id of each that was acknowledged.
func (c childTask) do() error {
	s, err := badger.Open(badger.Options{Path: c.Folder, Floor: c.Floor, Ballast: c.Ballast})
	if err != nil {
		return err
	}
	fmt.Println("open")
	if c.Wait {
		_, _ = os.Stdin.Read(make([]byte, 1))
	}
	var all sync.WaitGroup
	failed := make([]error, callersOfChild)
	for caller := range callersOfChild {
		all.Go(func() { failed[caller] = c.insert(s, caller) })
	}
	all.Wait()
	return errors.Join(errors.Join(failed...), s.Close())
}

func (c childTask) insert(s *badger.Store, caller int) error {
	for n := 0; ; n++ {
		if _, enough := s.Room(); !enough {
			_, err := s.TendBallast()
			return err
		}
		id := fmt.Sprintf("ord_%s_%d_%d", c.Name, caller, n)
		if err := s.Update(context.Background(), func(tx state.Tx) error { return insertFilled(tx, id, c.Filler) }); err != nil {
			return err
		}
		fmt.Println(id)
	}
}

// insertWhole writes three records that must be there together. They are big enough for logs to fill.
func insertWhole(tx state.Tx, id string) error { return insertFilled(tx, id, 6000) }

func insertFilled(tx state.Tx, id string, size int) error {
	scope := state.Scope{Merchant: "acme", Mode: canonical.Live}
	order := canonical.Order{ID: id, Merchant: scope.Merchant, Mode: scope.Mode, Metadata: canonical.Metadata{"filler": filler(id, size)}}
	operation := canonical.Operation{ID: "op_" + id, Order: id, Merchant: scope.Merchant, Mode: scope.Mode, State: canonical.Started}
	event := canonical.SealedEvent{ID: "evt_" + id, Order: id, Merchant: scope.Merchant, Mode: scope.Mode, Sequence: 1, Body: []byte(`{}`)}
	return errors.Join(tx.Orders().Insert(id, order), tx.Operations().Insert(operation.ID, operation), tx.Append(event))
}

// filler is text of about a size that no table makes smaller.
func filler(seed string, size int) string {
	dice := rand.NewChaCha8(sha256.Sum256([]byte(seed)))
	text := make([]byte, size*3/4)
	_, _ = dice.Read(text)
	return base64.StdEncoding.EncodeToString(text)
}

type child struct {
	process *exec.Cmd
	begin   io.Writer
	output  *bufio.Scanner
	errors  *strings.Builder
}

// start runs a child, which may fail before it has opened the store.
func start(t *testing.T, task childTask) child {
	t.Helper()
	text, err := json.Marshal(task)
	if err != nil {
		t.Fatal(err)
	}
	c := child{process: exec.Command(os.Args[0]), errors: new(strings.Builder)}
	c.process.Env = append(os.Environ(), childVariable+"="+string(text))
	c.process.Stderr = c.errors
	pipe, err := c.process.StdoutPipe()
	if err == nil {
		c.begin, err = c.process.StdinPipe()
	}
	if err == nil {
		err = c.process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	c.output = bufio.NewScanner(pipe)
	return c
}

// opened waits until the child has opened the store.
func (c child) opened(t *testing.T) child {
	t.Helper()
	if !c.output.Scan() || c.output.Text() != "open" {
		c.kill()
		t.Fatalf("the child did not open the store: %s", c.errors)
	}
	return c
}

func (c child) kill() {
	_ = c.process.Process.Kill()
	_ = c.process.Wait()
}

// killAfter kills the child when it has acknowledged that many, and returns all that it acknowledged.
func (c child) killAfter(t *testing.T, count int) []string {
	t.Helper()
	var acknowledged []string
	for len(acknowledged) < count && c.output.Scan() {
		acknowledged = append(acknowledged, c.output.Text())
	}
	if err := c.process.Process.Kill(); err != nil || len(acknowledged) < count {
		t.Fatalf("the child stopped after %d: %v %s", len(acknowledged), err, c.errors)
	}
	return append(acknowledged, c.rest()...)
}

// rest reads what the child still acknowledged until its end. A line that was cut off by it was not.
func (c child) rest() (acknowledged []string) {
	for c.output.Scan() {
		acknowledged = append(acknowledged, c.output.Text())
	}
	return acknowledged
}

func TestAKilledProcessLosesNothingItAcknowledged(t *testing.T) {
	h := begin(t, "store-kill", 4, "lost")
	folder := t.TempDir()
	var acknowledged []string
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		if len(acknowledged) > 40_000 {
			folder, acknowledged = t.TempDir(), nil
		}
		c := start(t, childTask{Folder: folder, Name: fmt.Sprint(seed), Filler: 200 + dice.IntN(12_000)}).opened(t)
		now := c.killAfter(t, 1+dice.IntN(400))
		c.kill()
		acknowledged = append(acknowledged, now...)
		h.count("kills", 1)
		h.count("acknowledged writes", len(now))
		if seed%3 == 1 {
			continue // the next child finds what this one left
		}
		wantAllThere(h, badger.Options{Path: folder}, acknowledged)
	}
	wantAllThere(h, badger.Options{Path: folder}, acknowledged)
	h.end()
}

// wantAllThere opens a store and looks for all that was acknowledged.
func wantAllThere(h *hunt, options badger.Options, acknowledged []string) {
	h.Helper()
	s, err := badger.Open(options)
	if err != nil {
		h.Errorf("seed %d: %v", h.seeds.Last, err)
		return
	}
	defer s.Close()
	lost, err := missed(h.T, s, acknowledged)
	if lost > 0 || err != nil {
		h.Errorf("seed %d: %d of %d acknowledged orders are lost, %v", h.seeds.Last, lost, len(acknowledged), err)
	}
	h.count("lost", lost)
}

// missed counts the acknowledged orders that are not there. An order without what belongs to it is an error.
func missed(t *testing.T, s *badger.Store, acknowledged []string) (lost int, err error) {
	t.Helper()
	err = s.View(t.Context(), func(r state.Reader) error {
		there := make(map[string]bool)
		operations := 0
		_, err := r.Orders(state.Scope{}, "", 1, func(o *canonical.Order) bool { there[o.ID] = true; return false })
		if err != nil {
			return err
		}
		_, err = r.Operations(state.Scope{}, true, "", 1, func(*canonical.Operation) bool { operations++; return false })
		if err != nil {
			return err
		}
		for _, id := range acknowledged {
			if !there[id] {
				lost++
			}
		}
		feed, err := r.Feed(state.Scope{}, 0, len(there)+1)
		if len(there) != operations || len(there) != len(feed) {
			err = errors.Join(err, fmt.Errorf("%d orders, %d operations, %d events", len(there), operations, len(feed)))
		}
		return err
	})
	return lost, err
}

// TestACommitThatFails has one commit fail in a real store, before it was written or after, while others
// wait. Who was told nothing may find its order there or not.
func TestACommitThatFailsLosesNothingThatWasAcknowledged(t *testing.T) {
	h := begin(t, "store-fsync-error", 4, "lost")
	for seed, dice, more := h.next(); more; seed, dice, more = h.next() {
		options := badger.Options{Path: scratch(t), Log: quiet}
		failing, written, commits := 1+dice.IntN(40), dice.IntN(2) == 0, 0
		broken := errors.New("input/output error")
		badger.CommittingFromStart(&options, func(commit func() error) error {
			if commits++; commits != failing {
				return commit()
			}
			if written {
				return errors.Join(broken, commit())
			}
			return broken
		})
		s := open(t, options)
		var mu sync.Mutex
		var acknowledged []string
		var all sync.WaitGroup
		for caller := range 8 {
			all.Go(func() {
				for n := 0; ; n++ {
					id := fmt.Sprintf("ord_%d_%d_%d", seed, caller, n)
					err := s.Update(t.Context(), func(tx state.Tx) error { return insertFilled(tx, id, 200) })
					if err != nil && !errors.Is(err, state.ErrUncertain) && !errors.Is(err, state.ErrClosed) {
						t.Error(err)
					}
					if err != nil {
						return
					}
					mu.Lock()
					acknowledged = append(acknowledged, id)
					mu.Unlock()
				}
			})
		}
		all.Wait()
		wantErrors(t, []error{s.Err()}, broken)
		wantErrors(t, []error{s.Close()}, nil)
		h.count("commits failed", 1)
		h.count("acknowledged writes", len(acknowledged))
		wantAllThere(h, badger.Options{Path: options.Path}, acknowledged)
	}
	h.end()
}

func TestASecondProcessIsRefused(t *testing.T) {
	folder := t.TempDir()
	c := start(t, childTask{Folder: folder, Name: "first", Filler: 100}).opened(t)
	s, err := badger.Open(badger.Options{Path: folder})
	if err == nil {
		s.Close()
	}
	holder := fmt.Sprint("process ", c.process.Process.Pid)
	if !errors.Is(err, badger.ErrInUse) || !strings.Contains(err.Error(), holder) {
		t.Errorf("got %v, want it to name %s", err, holder)
	}
	second := start(t, childTask{Folder: folder, Name: "second", Filler: 100})
	if printed := second.rest(); len(printed) > 0 || second.process.Wait() == nil || !strings.Contains(second.errors.String(), holder) {
		t.Errorf("a second process printed %q and said %s", printed, second.errors)
	}
	c.kill()
	open(t, badger.Options{Path: folder})
}
