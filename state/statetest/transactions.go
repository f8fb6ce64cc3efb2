package statetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

var acme = state.Scope{Merchant: "acme", Mode: canonical.Test}

// transactionRules are about Update and View themselves.
var transactionRules = []rule{
	{"an update that returned nil is seen by every later view and update", acknowledged},
	{"a function's own error comes back as it is, and nothing was written", ownError},
	{"a function that panics writes nothing, and the store goes on", panicking},
	{"a function sees its own writes", ownWrites},
	{"what a function read and another replaced makes it run again", rereadReplaced},
	{"what a function read and another deleted makes it run again", rereadDeleted},
	{"what a function found absent and another inserted makes it run again", rereadInserted},
	{"what others write elsewhere does not disturb a function's writes", undisturbed},
	{"of two inserts of one record one is refused", oneInsert},
	{"two functions that each read what the other writes do not both commit on old reads", writeSkew},
	{"increments of many callers are all counted", counted},
	{"a view is one snapshot, for reads and for scans", oneSnapshot},
	{"what is deleted and written again while a view is open stays written", writtenAgain},
	{"money moved back and forth is never seen to grow or shrink", constantSum},
	{"a context that has ended keeps a function from running", endedContext},
	{"a context that ends while the function runs again and again ends the update", endsWhileRunning},
	{"a closed store refuses everything", closedStore},
	{"a customer can be forgotten, and the history stays whole", forgotten},
}

func acknowledged(t *testing.T, s state.Store) {
	update(t, s, func(tx state.Tx) error { return tx.Orders().Insert("ord_1", order(acme, "ord_1")) })
	got := view(t, s, func(r state.Reader) (canonical.Order, error) { return r.Order("ord_1") })
	wantSame(t, got, order(acme, "ord_1"))
	update(t, s, func(tx state.Tx) error {
		_, err := tx.Orders().Get("ord_1")
		return err
	})
}

func ownError(t *testing.T, s state.Store) {
	own := errors.New("not today")
	err := s.Update(t.Context(), func(tx state.Tx) error {
		return errors.Join(tx.Orders().Insert("ord_1", order(acme, "ord_1")), tx.Append(event(acme, "ord_1", 1)), own)
	})
	wantError(t, err, own)
	wantNothing(t, s, "ord_1")
}

func wantNothing(t *testing.T, s state.Store, id string) {
	t.Helper()
	wantError(t, s.View(t.Context(), func(r state.Reader) error {
		_, err := r.Order(id)
		return err
	}), state.ErrNotFound)
	wantSame(t, view(t, s, func(r state.Reader) ([]canonical.Order, error) { return r.Orders(acme, "", 10, nil) }), nil)
	wantSame(t, view(t, s, func(r state.Reader) ([]state.Position, error) { return r.Feed(state.Scope{}, 0, 10) }), nil)
}

func panicking(t *testing.T, s state.Store) {
	func() {
		defer func() { _ = recover() }()
		_ = s.Update(t.Context(), func(tx state.Tx) error {
			_ = tx.Orders().Insert("ord_1", order(acme, "ord_1"))
			panic("a mistake")
		})
		t.Error("the panic did not come through")
	}()
	wantNothing(t, s, "ord_1")
	update(t, s, func(tx state.Tx) error { return tx.Orders().Insert("ord_1", order(acme, "ord_1")) })
}

func ownWrites(t *testing.T, s state.Store) {
	update(t, s, func(tx state.Tx) error {
		secrets := tx.Secrets()
		first := secrets.Insert("one", secret(1))
		wantError(t, secrets.Insert("one", secret(2)), state.ErrExists)
		replaced := secrets.Replace("one", secret(3))
		got, err := secrets.Get("one")
		wantSame(t, got, secret(3))
		deleted := secrets.Delete("one")
		_, gone := secrets.Get("one")
		wantError(t, gone, state.ErrNotFound)
		wantError(t, secrets.Replace("one", secret(4)), state.ErrNotFound)
		return errors.Join(first, replaced, err, deleted, secrets.Insert("one", secret(5)))
	})
	wantSecret(t, s, "one", 5)
}

// Secrets stand for any record here: a small number in each.
func secret(n int) state.Secret { return state.Secret{Value: fmt.Append(nil, n)} }

func number(s state.Secret) (n int) {
	if _, err := fmt.Sscan(string(s.Value), &n); err != nil {
		panic(err)
	}
	return n
}

func wantSecret(t *testing.T, s state.Store, name string, n int) {
	t.Helper()
	wantSame(t, view(t, s, func(r state.Reader) (state.Secret, error) { return r.Secret(name) }), secret(n))
}

// interrupted runs f, whose first run is followed by updates of other callers, and says how often f ran.
func interrupted(t *testing.T, s state.Store, f func(state.Tx) error, meanwhile ...func(state.Tx) error) (runs int, err error) {
	t.Helper()
	err = s.Update(t.Context(), func(tx state.Tx) error {
		runs++
		err := f(tx)
		for _, other := range meanwhile {
			if runs == 1 {
				update(t, s, other)
			}
		}
		return err
	})
	return runs, err
}

// double reads one record and writes twice its number, or -1 for an absent one, to another.
func double(from, to string) func(state.Tx) error {
	return func(tx state.Tx) error {
		n := -1
		found, err := tx.Secrets().Get(from)
		if err == nil {
			n = 2 * number(found)
		} else if !errors.Is(err, state.ErrNotFound) {
			return err
		}
		return tx.Secrets().Insert(to, secret(n))
	}
}

func insertSecret(name string, n int) func(state.Tx) error {
	return func(tx state.Tx) error { return tx.Secrets().Insert(name, secret(n)) }
}

func rereadReplaced(t *testing.T, s state.Store) {
	update(t, s, insertSecret("from", 1))
	runs, err := interrupted(t, s, double("from", "to"), func(tx state.Tx) error { return tx.Secrets().Replace("from", secret(7)) })
	wantRerun(t, runs, err)
	wantSecret(t, s, "to", 14)
}

func rereadDeleted(t *testing.T, s state.Store) {
	update(t, s, insertSecret("from", 1))
	remove := func(tx state.Tx) error { return tx.Secrets().Delete("from") }
	runs, err := interrupted(t, s, double("from", "to"), remove, insertSecret("other", 1))
	wantRerun(t, runs, err)
	wantSecret(t, s, "to", -1)
}

func rereadInserted(t *testing.T, s state.Store) {
	runs, err := interrupted(t, s, double("from", "to"), insertSecret("from", 7))
	wantRerun(t, runs, err)
	wantSecret(t, s, "to", 14)
}

func wantRerun(t *testing.T, runs int, err error) {
	t.Helper()
	wantError(t, err, nil)
	if runs < 2 {
		t.Errorf("the function ran %d times on what had changed", runs)
	}
}

func undisturbed(t *testing.T, s state.Store) {
	update(t, s, insertSecret("from", 1))
	_, err := interrupted(t, s, double("from", "to"), insertSecret("other", 5))
	wantError(t, err, nil)
	wantSecret(t, s, "to", 2)
	wantSecret(t, s, "other", 5)
}

func oneInsert(t *testing.T, s state.Store) {
	_, err := interrupted(t, s, insertSecret("one", 1), insertSecret("one", 2))
	wantError(t, err, state.ErrExists)
	wantSecret(t, s, "one", 2)
}

// writeSkew has two records of which at least one must stay 1; each function clears one if the other is set.
func writeSkew(t *testing.T, s state.Store) {
	update(t, s, insertSecret("a", 1))
	update(t, s, insertSecret("b", 1))
	clear := func(one, other string) func(state.Tx) error {
		return func(tx state.Tx) error {
			found, err := tx.Secrets().Get(other)
			if err != nil || number(found) == 0 {
				return err
			}
			return tx.Secrets().Replace(one, secret(0))
		}
	}
	runs, err := interrupted(t, s, clear("a", "b"), clear("b", "a"))
	wantRerun(t, runs, err)
	wantSecret(t, s, "a", 1)
	wantSecret(t, s, "b", 0)
}

const (
	callers = 10
	rounds  = 10
)

// together runs f beside itself and fails the test with its errors.
func together(t *testing.T, f func(caller int) error) {
	t.Helper()
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			if err := f(caller); err != nil {
				t.Errorf("caller %d: %v", caller, err)
			}
		})
	}
	all.Wait()
}

func counted(t *testing.T, s state.Store) {
	update(t, s, insertSecret("count", 0))
	together(t, func(int) error {
		for range rounds {
			if err := s.Update(t.Context(), increase("count", 1)); err != nil {
				return err
			}
		}
		return nil
	})
	wantSecret(t, s, "count", callers*rounds)
}

func increase(name string, by int) func(state.Tx) error {
	return func(tx state.Tx) error {
		found, err := tx.Secrets().Get(name)
		if err != nil {
			return err
		}
		return tx.Secrets().Replace(name, secret(number(found)+by))
	}
}

func oneSnapshot(t *testing.T, s state.Store) {
	update(t, s, insertSecret("a", 1))
	update(t, s, func(tx state.Tx) error { return tx.Orders().Insert("ord_1", order(acme, "ord_1")) })
	err := s.View(t.Context(), func(r state.Reader) error {
		update(t, s, func(tx state.Tx) error {
			return errors.Join(tx.Secrets().Replace("a", secret(2)), tx.Secrets().Insert("b", secret(2)),
				tx.Orders().Delete("ord_1"), tx.Orders().Insert("ord_2", order(acme, "ord_2")))
		})
		update(t, s, insertSecret("c", 3))
		a, err := r.Secret("a")
		wantSame(t, a, secret(1))
		_, absent := r.Secret("b")
		wantError(t, absent, state.ErrNotFound)
		orders, scanned := r.Orders(acme, "", 10, nil)
		wantSame(t, orders, []canonical.Order{order(acme, "ord_1")})
		return errors.Join(err, scanned)
	})
	wantError(t, err, nil)
	wantSecret(t, s, "a", 2)
}

func writtenAgain(t *testing.T, s state.Store) {
	update(t, s, insertSecret("a", 1))
	wantError(t, s.View(t.Context(), func(r state.Reader) error {
		update(t, s, func(tx state.Tx) error { return tx.Secrets().Delete("a") })
		update(t, s, insertSecret("a", 2))
		return nil
	}), nil)
	update(t, s, insertSecret("b", 1))
	update(t, s, insertSecret("c", 1))
	wantSecret(t, s, "a", 2)
}

func constantSum(t *testing.T, s state.Store) {
	update(t, s, insertSecret("a", 500))
	update(t, s, insertSecret("b", 500))
	together(t, func(caller int) error {
		for n := range rounds {
			move := func(tx state.Tx) error {
				return errors.Join(increase("a", caller-n)(tx), increase("b", n-caller)(tx))
			}
			if err := errors.Join(s.Update(t.Context(), move), s.View(t.Context(), sumIs(1000))); err != nil {
				return err
			}
		}
		return nil
	})
}

func sumIs(want int) func(state.Reader) error {
	return func(r state.Reader) error {
		a, first := r.Secret("a")
		b, second := r.Secret("b")
		if err := errors.Join(first, second); err != nil {
			return err
		}
		if got := number(a) + number(b); got != want {
			return fmt.Errorf("the sum is %d, not %d", got, want)
		}
		return nil
	}
}

func endedContext(t *testing.T, s state.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, s.Update(ctx, func(state.Tx) error { t.Error("update ran the function"); return nil }), context.Canceled)
	wantError(t, s.View(ctx, func(state.Reader) error { t.Error("view ran the function"); return nil }), context.Canceled)
	_, err := s.Claim(ctx, "node", noon, noon, 1)
	wantError(t, err, context.Canceled)
}

func endsWhileRunning(t *testing.T, s state.Store) {
	update(t, s, insertSecret("a", 1))
	ctx, cancel := context.WithCancel(t.Context())
	runs := 0
	err := s.Update(ctx, func(tx state.Tx) error {
		if runs++; runs == 3 {
			cancel()
		}
		err := increase("a", 100)(tx)
		update(t, s, increase("a", 1))
		return err
	})
	wantError(t, err, context.Canceled)
	wantSecret(t, s, "a", 4)
}

func closedStore(t *testing.T, s state.Store) {
	wantError(t, s.Close(), nil)
	wantError(t, s.Update(t.Context(), func(state.Tx) error { return nil }), state.ErrClosed)
	wantError(t, s.View(t.Context(), func(state.Reader) error { return nil }), state.ErrClosed)
	_, err := s.Claim(t.Context(), "node", noon, noon, 1)
	wantError(t, err, state.ErrClosed)
	wantError(t, s.Close(), state.ErrClosed)
}

func forgotten(t *testing.T, s state.Store) {
	const name = "Ada Nordström <&>"
	o := order(acme, "ord_1")
	o.Customer, o.Hidden.PersonSalt = canonical.Customer{Name: name, Country: "SE"}, "salt"
	update(t, s, func(tx state.Tx) error {
		sealed, err := o.Record(canonical.Event{ID: "evt_1", Type: canonical.OrderCreated, At: noon})
		return errors.Join(err, tx.Append(sealed), tx.Orders().Insert(o.ID, o))
	})
	update(t, s, func(tx state.Tx) error {
		present, err := tx.Orders().Get(o.ID)
		present.Customer, present.Hidden.PersonSalt = canonical.Customer{Country: "SE"}, ""
		return errors.Join(err, tx.Orders().Replace(o.ID, present))
	})
	got := view(t, s, func(r state.Reader) (canonical.Order, error) { return r.Order(o.ID) })
	wantSame(t, got.Customer, canonical.Customer{Country: "SE"})
	wantSame(t, got.Hidden.PersonSalt, "")
	history := view(t, s, func(r state.Reader) ([]canonical.SealedEvent, error) { return r.History(o.ID, 0, 10) })
	if len(history) != 1 || !history[0].Intact("") {
		t.Errorf("the history is not whole: %+v", history)
	}
	var told canonical.Event
	if err := json.Unmarshal(history[0].Body, &told); err != nil || told.Order.Customer.Name != "" {
		t.Errorf("the history names the customer: %s (%v)", history[0].Body, err)
	}
}
