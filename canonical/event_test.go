package canonical_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
)

// personal is what of an order must be in no event: each value is a mark that occurs nowhere else.
const personal = "canary-"

// marked is an order whose every personal field carries the mark.
func marked() *canonical.Order {
	address := canonical.Address{
		Kind: "billing", Name: personal + "a", Company: personal + "b", Line1: personal + "c", Line2: personal + "d", City: personal + "e",
		Region: personal + "f", PostalCode: personal + "g", Country: personal + "h", Phone: personal + "i", Email: personal + "j",
	}
	o := orderAt(authorized)
	o.Customer = canonical.Customer{
		Reference: "C-77", Type: "person", Name: personal + "k", Email: personal + "l", Phone: personal + "m", Company: personal + "n",
		Addresses: []canonical.Address{address, address}, Country: "SE", Locale: "sv-SE",
	}
	o.Shipping = &canonical.Shipping{Address: &address, Carrier: "post", Tracking: "T-1"}
	o.Hidden.PersonSalt = "salt"
	return o
}

// history records three events of an order.
func history(t testing.TB, o *canonical.Order) []canonical.SealedEvent {
	t.Helper()
	var events []canonical.SealedEvent
	for _, id := range []string{"evt_1", "evt_2", "evt_3"} {
		event, err := o.Record(canonical.Event{
			ID: id, Type: canonical.OrderAuthorized, At: noon, Origin: canonical.FromAPI, Detail: "<&>\u2028",
			Operation: &canonical.Operation{ID: "op_1", Recovery: canonical.OperationRecovery{Key: "hidden-key"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	return events
}

// holds says whether a history is the one that was recorded.
func holds(events []canonical.SealedEvent) bool {
	previous := ""
	for _, event := range events {
		if !event.Intact(previous) {
			return false
		}
		previous = event.Hash
	}
	return true
}

func TestHistoryHoldsAsRecorded(t *testing.T) {
	o := marked()
	events := history(t, o)
	if !holds(events) {
		t.Fatalf("does not hold: %+v", events)
	}
	if o.Hidden.Events != 3 || o.Hidden.LastHash != events[2].Hash {
		t.Errorf("the order counts %d events and ends at %s", o.Hidden.Events, o.Hidden.LastHash)
	}
	var body canonical.Event
	if err := json.Unmarshal(events[1].Body, &body); err != nil {
		t.Fatal(err)
	}
	if body.ID != "evt_2" || body.Sequence != 2 || body.Merchant != "demo" || body.Mode != canonical.Test || body.Order.ID != o.ID {
		t.Errorf("body is %s", events[1].Body)
	}
}

func TestHistoryHoldsAfterItWasStored(t *testing.T) {
	text, err := json.Marshal(history(t, marked()))
	if err != nil {
		t.Fatal(err)
	}
	var events []canonical.SealedEvent
	if err := json.Unmarshal(text, &events); err != nil {
		t.Fatal(err)
	}
	if !holds(events) {
		t.Error("does not hold")
	}
}

func TestAnyChangedByteBreaksTheHistory(t *testing.T) {
	events := history(t, marked())
	for i := range events[1].Body {
		for _, bit := range []byte{1, 0x20, 0x80} {
			changed := append([]canonical.SealedEvent(nil), events...)
			changed[1].Body = append(json.RawMessage(nil), events[1].Body...)
			changed[1].Body[i] ^= bit
			if holds(changed) {
				t.Fatalf("byte %d of %s can be changed", i, events[1].Body)
			}
		}
	}
}

func TestAnyChangedFieldBreaksTheHistory(t *testing.T) {
	other := marked()
	other.ID = "ord_OTHER"
	foreign := history(t, other)
	tests := []struct {
		name   string
		change func([]canonical.SealedEvent) []canonical.SealedEvent
	}{
		{"id", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[1].ID = "evt_9"; return e }},
		{"order", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[1].Order = "ord_9"; return e }},
		{"merchant", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[1].Merchant = "other"; return e }},
		{"mode", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[1].Mode = canonical.Live; return e }},
		{"sequence", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[2].Sequence = 4; return e }},
		{"hash", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[2].Hash = e[1].Hash; return e }},
		{"previous hash", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[1].PreviousHash = ""; return e }},
		{"no body", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[2].Body = nil; return e }},
		{"one taken out", func(e []canonical.SealedEvent) []canonical.SealedEvent { return append(e[:1], e[2]) }},
		{"the first taken out", func(e []canonical.SealedEvent) []canonical.SealedEvent { return e[1:] }},
		{"two exchanged", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[1], e[2] = e[2], e[1]; return e }},
		{"the first forged and the second made to follow it", func(e []canonical.SealedEvent) []canonical.SealedEvent {
			forged := marked()
			forged.Amount = euros(1)
			e[0] = history(t, forged)[0]
			e[1].PreviousHash = e[0].Hash
			return e
		}},
		{"one of another order", func(e []canonical.SealedEvent) []canonical.SealedEvent { e[1] = foreign[1]; return e }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if holds(test.change(history(t, marked()))) {
				t.Error("still holds")
			}
		})
	}
}

func TestNothingPersonalIsInAnEvent(t *testing.T) {
	o := marked()
	o.Hidden.Kept = map[string]string{"token": "hidden-token"}
	events := history(t, o)
	for _, hidden := range []string{personal, "salt", "hidden-token", "hidden-key"} {
		if strings.Contains(string(events[0].Body), hidden) {
			t.Errorf("%q is in %s", hidden, events[0].Body)
		}
	}
	var body canonical.Event
	if err := json.Unmarshal(events[0].Body, &body); err != nil {
		t.Fatal(err)
	}
	customer := canonical.Customer{Reference: "C-77", Type: "person", Country: "SE", Locale: "sv-SE"}
	if diff := cmp.Diff(customer, body.Order.Customer); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&canonical.Shipping{Carrier: "post", Tracking: "T-1"}, body.Order.Shipping); diff != "" {
		t.Errorf("shipping (-want +got):\n%s", diff)
	}
	if o.Customer.Name != personal+"k" || o.Shipping.Address.City != personal+"e" {
		t.Error("recording forgot the person in the order itself")
	}
}

func TestAForgottenPersonLeavesTheHistoryValid(t *testing.T) {
	o := marked()
	events := history(t, o)
	o.Customer = canonical.Customer{Reference: o.Customer.Reference}
	o.Shipping.Address = nil
	o.Hidden.PersonSalt = ""
	next, err := o.Record(canonical.Event{ID: "evt_4", Type: canonical.OrderUpdated, At: noon})
	if err != nil {
		t.Fatal(err)
	}
	if events = append(events, next); !holds(events) {
		t.Error("does not hold")
	}
	if digest := personOf(t, next); digest != "" {
		t.Errorf("a person who was forgotten has the digest %s", digest)
	}
}

func TestThePersonsDigestTellsOnlyWhetherItIsTheSamePerson(t *testing.T) {
	same, again := marked(), marked()
	moved, salted := marked(), marked()
	moved.Shipping.Address.City = "elsewhere"
	salted.Hidden.PersonSalt = "another"
	digest := personOf(t, history(t, same)[0])
	if digest == "" || digest != personOf(t, history(t, again)[0]) {
		t.Errorf("the same person has the digests %q and %q", digest, personOf(t, history(t, again)[1]))
	}
	if digest == personOf(t, history(t, moved)[0]) {
		t.Error("another address has the same digest")
	}
	if digest == personOf(t, history(t, salted)[0]) {
		t.Error("the digest does not depend on the order's key: it can be guessed from the fields")
	}
}

func personOf(t *testing.T, event canonical.SealedEvent) string {
	t.Helper()
	var body canonical.Event
	if err := json.Unmarshal(event.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body.Person
}

func TestAnEventThatCannotBeWrittenLeavesTheChainAsItWas(t *testing.T) {
	o := marked()
	o.ProviderDetails = canonical.Values{"broken": json.RawMessage(`{`)}
	if _, err := o.Record(canonical.Event{ID: "evt_1"}); err == nil {
		t.Fatal("was written")
	}
	if o.Hidden.Events != 0 || o.Hidden.LastHash != "" {
		t.Errorf("the order counts %d events and ends at %q", o.Hidden.Events, o.Hidden.LastHash)
	}
}
