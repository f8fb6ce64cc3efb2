package statetest_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestClusterKeepsTheRules(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Store {
		cluster := statetest.NewCluster(nil)
		t.Cleanup(func() { wantSound(t, cluster) })
		return cluster.Gateway("one")
	})
}

// wantSound has every index agree with the records.
func wantSound(t *testing.T, cluster *statetest.Cluster) {
	t.Helper()
	audited, err := cluster.Audit(state.Bounds{})
	if err != nil || audited.Found > 0 || audited.Next != "" {
		t.Errorf("the audit found %+v, %v", audited, err)
	}
}

func write(t *testing.T, s state.Store, name, value string) error {
	return s.Update(t.Context(), func(tx state.Tx) error {
		return tx.Secrets().Insert(name, state.Secret{Value: []byte(value)})
	})
}

func read(t *testing.T, s state.Store, name string) (string, error) {
	var found state.Secret
	err := s.View(t.Context(), func(r state.Reader) (err error) {
		found, err = r.Secret(name)
		return err
	})
	return string(found.Value), err
}

func TestGatewaysShareOneDatabase(t *testing.T) {
	cluster := statetest.NewCluster(nil)
	one, two := cluster.Gateway("one"), cluster.Gateway("two")
	if err := write(t, one, "name", "written by one"); err != nil {
		t.Fatal(err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if err := write(t, one, "more", ""); !errors.Is(err, state.ErrClosed) {
		t.Errorf("a closed gateway answered %v", err)
	}
	if got, err := read(t, two, "name"); err != nil || got != "written by one" {
		t.Errorf("the other gateway read %q, %v", got, err)
	}
}

func TestALostAnswerIsUncertainAndTheWriteIsThereOnlyAfterTheCommit(t *testing.T) {
	for _, moment := range statetest.Moments {
		t.Run(string(moment), func(t *testing.T) {
			cluster := statetest.NewCluster(func(gateway string, at statetest.Moment) bool {
				return gateway == "unlucky" && at == moment
			})
			if err := write(t, cluster.Gateway("unlucky"), "name", "value"); !errors.Is(err, state.ErrUncertain) {
				t.Errorf("got %v, want the answer to be lost", err)
			}
			_, err := read(t, cluster.Gateway("lucky"), "name")
			if written := err == nil; written != (moment == statetest.AfterCommit) {
				t.Errorf("written: %v (%v)", written, err)
			}
		})
	}
}

func TestAHookLetsAnotherGatewayCommitInBetween(t *testing.T) {
	var cluster *statetest.Cluster
	var trace []string
	between := false
	cluster = statetest.NewCluster(func(gateway string, at statetest.Moment) bool {
		trace = append(trace, fmt.Sprintf("%s %s", gateway, at))
		if gateway == "slow" && at == statetest.BeforeCommit && !between {
			between = true
			if err := write(t, cluster.Gateway("quick"), "name", "quick"); err != nil {
				t.Error(err)
			}
		}
		return false
	})
	if err := write(t, cluster.Gateway("slow"), "name", "slow"); !errors.Is(err, state.ErrExists) {
		t.Errorf("got %v, want the loser to run again and find the record", err)
	}
	want := "[slow before run slow before commit quick before run quick before commit quick after commit slow before run]"
	if got := fmt.Sprint(trace); got != want {
		t.Errorf("moments\n got %s\nwant %s", got, want)
	}
}

func TestAFunctionThatAlwaysLosesEndsContended(t *testing.T) {
	cluster := statetest.NewCluster(nil)
	store, other := cluster.Gateway("one"), cluster.Gateway("other")
	if err := write(t, store, "name", "0"); err != nil {
		t.Fatal(err)
	}
	change := func(tx state.Tx) error {
		found, err := tx.Secrets().Get("name")
		return errors.Join(err, tx.Secrets().Replace("name", state.Secret{Value: append(found.Value, '1')}))
	}
	err := store.Update(t.Context(), func(tx state.Tx) error {
		return errors.Join(change(tx), other.Update(t.Context(), change))
	})
	if !errors.Is(err, state.ErrContended) {
		t.Errorf("got %v", err)
	}
}
