package badger_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/badger"
)

// The tests below start this test binary again, as a process that holds a store and can be killed.
const (
	childFolder = "LENDGATE_TEST_CHILD_FOLDER"
	childName   = "LENDGATE_TEST_CHILD_NAME"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(folder, os.Getenv(childName)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled inserts orders from many callers and prints the id of each that was acknowledged.
func writeUntilKilled(folder, name string) error {
	s, err := badger.Open(badger.Options{Path: folder})
	if err != nil {
		return err
	}
	fmt.Println("open")
	failed := make(chan error)
	for caller := range 16 {
		go func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("ord_%s_%d_%d", name, caller, n)
				if err := s.Update(context.Background(), func(tx state.Tx) error { return insertWhole(tx, id) }); err != nil {
					failed <- err
				}
				fmt.Println(id)
			}
		}()
	}
	return <-failed
}

// insertWhole writes three records that must be there together. They are big enough for logs to fill.
func insertWhole(tx state.Tx, id string) error {
	scope := state.Scope{Merchant: "acme", Mode: canonical.Live}
	order := canonical.Order{ID: id, Merchant: scope.Merchant, Mode: scope.Mode, Metadata: canonical.Metadata{"filler": strings.Repeat(id, 500)}}
	operation := canonical.Operation{ID: "op_" + id, Order: id, Merchant: scope.Merchant, Mode: scope.Mode, State: canonical.Started}
	event := canonical.SealedEvent{ID: "evt_" + id, Order: id, Merchant: scope.Merchant, Mode: scope.Mode, Sequence: 1, Body: []byte(`{}`)}
	return errors.Join(tx.Orders().Insert(id, order), tx.Operations().Insert(operation.ID, operation), tx.Append(event))
}

type child struct {
	process *exec.Cmd
	output  *bufio.Scanner
	errors  *strings.Builder
}

// start runs a child that holds the store.
func start(t *testing.T, folder, name string) child {
	t.Helper()
	c := child{process: exec.Command(os.Args[0]), errors: new(strings.Builder)}
	c.process.Env = append(os.Environ(), childFolder+"="+folder, childName+"="+name)
	c.process.Stderr = c.errors
	pipe, err := c.process.StdoutPipe()
	if err == nil {
		err = c.process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	c.output = bufio.NewScanner(pipe)
	if !c.output.Scan() || c.output.Text() != "open" {
		c.kill()
		t.Fatalf("child %s did not open the store: %s", name, c.errors)
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
	for c.output.Scan() {
		acknowledged = append(acknowledged, c.output.Text())
	}
	return acknowledged
}

func TestAKilledProcessLosesNothingItAcknowledged(t *testing.T) {
	folder, dice := t.TempDir(), rand.New(rand.NewPCG(5, 6))
	var acknowledged []string
	cycles := rounds(t, "LENDGATE_CRASHES", 10)
	for cycle := range cycles {
		c := start(t, folder, fmt.Sprint(cycle))
		acknowledged = append(acknowledged, c.killAfter(t, 1+dice.IntN(400))...)
		c.kill()
		if cycle%3 == 1 && cycle < cycles-1 {
			continue // the next child finds what this one left
		}
		s, err := badger.Open(badger.Options{Path: folder})
		if err != nil {
			t.Fatalf("cycle %d: %v", cycle, err)
		}
		wantWhole(t, s, acknowledged)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d updates were acknowledged", len(acknowledged))
}

// wantWhole checks that every acknowledged order is there, and nothing without what belongs to it.
func wantWhole(t *testing.T, s *badger.Store, acknowledged []string) {
	t.Helper()
	err := s.View(t.Context(), func(r state.Reader) error {
		for _, id := range acknowledged {
			if _, err := r.Order(id); err != nil {
				return fmt.Errorf("acknowledged order %s: %w", id, err)
			}
		}
		orders, operations := 0, 0
		_, err := r.Orders(state.Scope{}, "", 1, func(o *canonical.Order) bool { orders++; return false })
		if err != nil {
			return err
		}
		_, err = r.Operations(state.Scope{}, true, "", 1, func(*canonical.Operation) bool { operations++; return false })
		if err != nil {
			return err
		}
		feed, err := r.Feed(state.Scope{}, 0, orders+1)
		if orders != operations || orders != len(feed) || orders < len(acknowledged) {
			return fmt.Errorf("%d orders, %d operations, %d events for %d acknowledged (%v)", orders, operations, len(feed), len(acknowledged), err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestASecondProcessIsRefused(t *testing.T) {
	folder := t.TempDir()
	c := start(t, folder, "first")
	s, err := badger.Open(badger.Options{Path: folder})
	if err == nil {
		s.Close()
	}
	holder := fmt.Sprint("process ", c.process.Process.Pid)
	if !errors.Is(err, badger.ErrInUse) || !strings.Contains(err.Error(), holder) {
		t.Errorf("got %v, want it to name %s", err, holder)
	}
	c.kill()
	open(t, badger.Options{Path: folder})
}
