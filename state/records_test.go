package state_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// counting is a snapshot that lists what is read of it.
type counting struct {
	values map[string]string
	reads  []string
}

func (c *counting) Get(key string) ([]byte, bool, error) {
	c.reads = append(c.reads, key)
	value, found := c.values[key]
	return []byte(value), found, nil
}

func (*counting) Scan(state.Range, func(string, []byte) (bool, error)) error {
	return errors.New("a transaction has point access only")
}

func startedOperation(in canonical.OperationState) canonical.Operation {
	return canonical.Operation{ID: "op_1", Merchant: "acme", Mode: canonical.Test, State: in}
}

// stored is a snapshot that holds a started operation.
func stored(t *testing.T) *counting {
	t.Helper()
	buffer := state.NewBuffer(&counting{})
	if err := state.Records(buffer, nil).Operations().Insert("op_1", startedOperation(canonical.Started)); err != nil {
		t.Fatal(err)
	}
	c := &counting{values: make(map[string]string)}
	for _, w := range buffer.Writes() {
		c.values[w.Key] = string(w.Value)
	}
	return c
}

func TestAReplaceReadsItsRecordOnce(t *testing.T) {
	cases := map[string]func(state.Table[string, canonical.Operation]) error{
		"after a get": func(ops state.Table[string, canonical.Operation]) error {
			op, err := ops.Get("op_1")
			op.State = canonical.Succeeded
			return errors.Join(err, ops.Replace("op_1", op))
		},
		"after another replace": func(ops state.Table[string, canonical.Operation]) error {
			return errors.Join(ops.Replace("op_1", startedOperation(canonical.Failed)), ops.Replace("op_1", startedOperation(canonical.Succeeded)))
		},
		"alone": func(ops state.Table[string, canonical.Operation]) error {
			return ops.Replace("op_1", startedOperation(canonical.Succeeded))
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			snapshot := stored(t)
			buffer := state.NewBuffer(snapshot)
			if err := change(state.Records(buffer, nil).Operations()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"operation/op_1"}, snapshot.reads); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
			wantDeleted(t, buffer, "~unresolved/op_1", "~unresolved.of/acme/test/op_1")
		})
	}
}

func wantDeleted(t *testing.T, buffer *state.Buffer, want ...string) {
	t.Helper()
	var deleted []string
	for _, w := range buffer.Writes() {
		if w.Delete {
			deleted = append(deleted, w.Key)
		}
	}
	if diff := cmp.Diff(want, deleted); diff != "" {
		t.Errorf("deleted keys (-want +got):\n%s", diff)
	}
}

func TestARecordThatCannotBeReadSaysWhichOneItIs(t *testing.T) {
	snapshot := &counting{values: map[string]string{"operation/op_1": "{"}}
	_, err := state.Records(state.NewBuffer(snapshot), nil).Operations().Get("op_1")
	if err == nil || errors.Is(err, state.ErrNotFound) || !strings.Contains(err.Error(), "operation/op_1") {
		t.Errorf("got %v", err)
	}
}

func TestABufferRemembersAReadThatFailed(t *testing.T) {
	broken := errors.New("the disk is gone")
	buffer := state.NewBuffer(failing{broken})
	_, _, first := buffer.Get("one")
	_, _, _ = buffer.Get("two")
	if !errors.Is(first, broken) || !errors.Is(buffer.Err(), broken) {
		t.Errorf("got %v, then %v", first, buffer.Err())
	}
}

type failing struct{ err error }

func (f failing) Get(string) ([]byte, bool, error) { return nil, false, f.err }

func (f failing) Scan(state.Range, func(string, []byte) (bool, error)) error { return f.err }
