package engine_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// canary is in every field of a person, and may be found nowhere once the person is forgotten.
const canary = "Zaphodia"

func personal() canonical.Customer {
	return canonical.Customer{
		Reference: "4711", Type: "person", Name: canary + " Beeblebrox", Email: canary + "@example.com", Phone: "+46 70 " + canary, Company: canary + " AB",
		Country: "SE", Addresses: []canonical.Address{personalAddress("billing")},
	}
}

func personalAddress(kind string) canonical.Address {
	return canonical.Address{
		Kind: kind, Name: canary + " B", Company: canary + " AB", Line1: canary + "gatan 1", Line2: canary, City: canary + "stad", Region: canary,
		PostalCode: canary, Country: "SE", Phone: canary, Email: canary + "@example.com",
	}
}

// values are what the store holds, by key, as its newest version.
func (k *kit) values() map[string]string {
	values := make(map[string]string)
	for of := reflect.ValueOf(k.cluster).Elem().FieldByName("values").MapRange(); of.Next(); {
		newest := of.Value().Index(of.Value().Len() - 1)
		if !newest.FieldByName("deleted").Bool() {
			values[of.Key().String()] = string(newest.FieldByName("value").Bytes())
		}
	}
	return values
}

// holding lists the keys under which the store holds a text.
func (k *kit) holding(text string) (keys []string) {
	for key, value := range k.values() {
		if strings.Contains(value, text) || strings.Contains(key, text) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (k *kit) forget(order string) (canonical.Order, error) {
	return k.engine.Forget(k.Context(), k.operator(), order)
}

// lifeOf is an order with a person in it, and all that happened to it.
func lifeOf(t tester, s style, told bool) (*kit, canonical.Order, map[string]engine.Call) {
	t.Helper()
	k := newKit(t, s)
	k.keep = 365 * day
	k.engine = k.newEngine("one")
	n := s.newOrder("1000.00")
	reference := n.Customer.Reference
	n.Customer = personal()
	n.Customer.Reference = reference
	address := personalAddress("shipping")
	n.Shipping = &canonical.Shipping{Address: &address, Carrier: "post"}
	calls := map[string]engine.Call{"create": k.call(), "update": k.call(), "refund": k.call()}
	created, err := k.engine.Create(k.Context(), calls["create"], n)
	if err != nil {
		t.Fatal(err)
	}
	order := created.Order
	s.reserve(k, order)
	if told {
		k.deliverAll()
	}
	moved := personalAddress("shipping")
	moved.Line1 = canary + "vägen 2"
	ask := change(canonical.Change{Shipping: &canonical.Shipping{Address: &moved, Tracking: "T-1"}})
	if _, err := k.engine.Submit(k.Context(), calls["update"], order.ID, ask); err != nil {
		t.Fatal(err)
	}
	if s.name() != "iwocapay" && s.name() != "cryptopay" {
		k.do(order.ID, capture(nil))
	}
	if s.name() != "iwocapay" {
		if _, err := k.engine.Submit(k.Context(), calls["refund"], order.ID, refund(s.money("100.00"))); err != nil {
			t.Fatal(err)
		}
	}
	k.later(soon)
	return k, k.order(order.ID), calls
}

func TestAPersonIsForgottenForGood(t *testing.T) {
	for _, s := range styles {
		t.Run(s.name(), func(t *testing.T) {
			k, before, calls := lifeOf(t, s, true)
			if len(k.holding(canary)) == 0 {
				t.Fatal("the store holds nothing personal: the test proves nothing")
			}
			forgotten, err := k.forget(before.ID)
			if err != nil {
				t.Fatal(err)
			}
			if keys := k.holding(canary); len(keys) > 0 {
				t.Errorf("the store still holds it under %v", keys)
			}
			if left := forgotten.Customer; left.Name != "" || left.Country != "SE" || forgotten.Hidden.PersonSalt != "" || forgotten.Shipping.Tracking != "T-1" {
				t.Errorf("customer %+v, shipping %+v", left, forgotten.Shipping)
			}
			k.view(func(r state.Reader) error {
				about, err := r.MessagesOf(before.ID)
				for _, m := range about {
					if len(m.Body) > 0 || m.Query != "" {
						t.Errorf("what a message said is kept: %s %s", m.Body, m.Query)
					}
				}
				if sends := s.name() != "spendoption"; sends != (len(about) > 0) {
					t.Errorf("%d messages are about the order", len(about))
				}
				return err
			})
			k.taken = nil // their bodies are gone
			k.wantRules(k.order(before.ID))
			k.wantAllBooks(s)
			for name, call := range calls {
				k.wantReplay(name, call, before, s)
			}
			version := k.order(before.ID).Version
			if again, err := k.forget(before.ID); err != nil || again.Version != version || version != before.Version+1 {
				t.Errorf("forgotten twice: version %d of %d after %d, %v", again.Version, version, before.Version, err)
			}
			k.later(400 * day)
			k.wantRules(k.order(before.ID))
		})
	}
}

// wantReplay: a request that was answered before is answered so again.
func (k *kit) wantReplay(name string, call engine.Call, order canonical.Order, s style) {
	k.Helper()
	var answer engine.Answer
	var err error
	switch {
	case name == "create":
		answer, err = k.engine.Create(context.Background(), call, s.newOrder("1000.00"))
	case name == "update":
		answer, err = k.engine.Submit(context.Background(), call, order.ID, change(canonical.Change{}))
	case s.name() == "iwocapay":
		return
	default:
		answer, err = k.engine.Submit(context.Background(), call, order.ID, refund(s.money("100.00")))
	}
	if err != nil || !answer.Replayed || answer.Order.ID != order.ID || answer.Operation.State != canonical.Succeeded {
		k.Errorf("the %s again: replayed %v, order %s, %s, %v", name, answer.Replayed, answer.Order.ID, answer.Operation.State, err)
	}
}

func TestNobodyIsForgottenWhileTheLenderMayHaveToBeAsked(t *testing.T) {
	s := creditkeyStyle
	for _, test := range []struct {
		name  string
		ready func() (*kit, string)
	}{
		{"a capture in doubt", func() (*kit, string) {
			k, order := s.reserved(t, "1000.00")
			k.fault(s.name(), "capture", "lose_reply")
			k.do(order.ID, capture(nil))
			return k, order.ID
		}},
		{"a capture that is queued", func() (*kit, string) {
			k, order := s.reserved(t, "1000.00")
			k.wire.connected(false)
			k.do(order.ID, capture(nil))
			return k, order.ID
		}},
		{"a create that was given up", func() (*kit, string) {
			k, created := s.doubtful(t)
			k.do(created.Order.ID, cancel(nil))
			return k, created.Order.ID
		}},
		{"a create that was given up, and canceled at the lender", func() (*kit, string) {
			k, created := s.doubtful(t)
			k.do(created.Order.ID, cancel(nil))
			k.later(time.Minute)
			k.deliverAll()
			k.later(time.Minute)
			return k, created.Order.ID
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, order := test.ready()
			unresolved := len(k.unresolved())
			if _, err := k.forget(order); unresolved > 0 && canonical.KindOf(err) != canonical.OperationInProgress {
				t.Errorf("%v, want operation_in_progress", err)
			}
			k.wire.connected(true)
			k.later(2 * day)
			k.wantRules(k.all()[0])
			if ops := k.unresolved(); test.name != "a create that was given up" && len(ops) > 0 {
				t.Errorf("%s is %s", ops[0].Kind, ops[0].State)
			}
			if strings.Contains(k.alarms.String(), "no such record") {
				t.Errorf("something looks for what was thrown away: %s", k.alarms.String())
			}
		})
	}
}

func TestWhoMayHaveAPersonForgotten(t *testing.T) {
	k, order := ecsterStyle.reserved(t, "1000.00")
	call := k.call()
	call.Merchant = "other"
	if _, err := k.engine.Forget(t.Context(), call, order.ID); canonical.KindOf(err) != canonical.NotFound {
		t.Errorf("another merchant: %v, want not_found", err)
	}
	if _, err := k.forget("ord_nobody"); canonical.KindOf(err) != canonical.NotFound {
		t.Errorf("no such order: %v, want not_found", err)
	}
}

func TestAnOrderGoesOnAfterItsPersonIsForgotten(t *testing.T) {
	for _, s := range []style{creditkeyStyle, ecsterStyle, spendoptionStyle} {
		k, order := s.reserved(t, "1000.00")
		if _, err := k.forget(order.ID); err != nil {
			t.Fatal(err)
		}
		k.wantStatus(k.do(order.ID, capture(nil)).Order, canonical.StatusCaptured)
		k.wantStatus(k.do(order.ID, refund(nil)).Order, canonical.StatusRefunded)
		k.wantAllBooks(s)
		k.wantRules(k.order(order.ID))
	}
}

// TestTheBodiesOfCallsAreThrownAway once an order waits for nothing, and not before.
func TestTheBodiesOfCallsAreThrownAway(t *testing.T) {
	for _, s := range styles {
		t.Run(s.name(), func(t *testing.T) {
			k := newKit(t, s)
			k.keep = 30 * day
			k.engine = k.newEngine("one")
			order := k.create(s.newOrder("1000.00")).Order
			s.reserve(k, order)
			requests := func() int {
				return len(slices.DeleteFunc(k.holding(""), func(key string) bool { return !strings.HasPrefix(key, "request/") }))
			}
			all := requests()
			if k.order(order.ID).Status == canonical.StatusAuthorized {
				k.later(20 * day)
				k.do(order.ID, capture(nil))
				all++
			}
			k.later(30*day - time.Second)
			if n := requests(); n != all {
				t.Errorf("%d bodies of %d are left too early", n, all)
			}
			k.later(time.Second)
			if n := requests(); n != 0 {
				t.Errorf("%d bodies are left", n)
			}
			if len(k.timers()) > 0 {
				t.Errorf("timers are left: %+v", k.timers())
			}
			k.wantRules(k.order(order.ID))
			if s.name() == "iwocapay" {
				return
			}
			k.wantStatus(k.do(order.ID, refund(nil)).Order, canonical.StatusRefunded)
			k.later(40 * day)
			if n := requests(); n != 0 || len(k.timers()) > 0 {
				t.Errorf("%d bodies are left after a refund, timers %v", n, k.timers())
			}
			k.wantAllBooks(s)
		})
	}
}

// TestWhatNeverSentAnythingHasNoBodies: an order that was adopted was never asked for.
func TestWhatNeverSentAnythingHasNoBodies(t *testing.T) {
	s := cryptopayStyle
	k := newKit(t, s)
	k.keep = 30 * day
	k.engine = k.newEngine("one")
	theirs := stranger(k, s, "1000.00")
	adopted, err := k.adopt(engine.NewOrder{Provider: s.name(), ProviderOrder: theirs.ProviderOrder.ID})
	if err != nil {
		t.Fatal(err)
	}
	k.later(60 * day)
	k.wantRules(k.order(adopted.Order.ID))
	if timers := k.timers(); len(timers) > 0 {
		t.Errorf("timers %+v", timers)
	}
}

// TestTheBodyOfACallInDoubtIsKept although its order has ended.
func TestTheBodyOfACallInDoubtIsKept(t *testing.T) {
	s := creditkeyStyle
	k := newKit(t, s)
	k.keep = 30 * day
	k.engine = k.newEngine("one")
	k.fault(s.name(), "create", "lose_reply")
	created := k.create(s.newOrder("1000.00"))
	k.later(time.Minute)
	k.do(created.Order.ID, cancel(nil))
	notices := k.mail()
	k.later(40 * day)
	k.wantTimers()
	k.wantState(k.operation(created.Operation.ID), canonical.HandedOver, canonical.NextContactOperator)
	k.deliverThese(notices)
	k.later(2 * day)
	if ops := k.unresolved(); len(ops) > 0 {
		t.Errorf("the %s is %s", ops[0].Kind, ops[0].State)
	}
	if alarms := k.alarms.String(); strings.Contains(alarms, "no such record") {
		t.Errorf("something looks for what was thrown away: %s", alarms)
	}
	k.wantRules(k.all()[0])
}
