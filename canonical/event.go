package canonical

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// EventType names what happened.
type EventType string

// The types of event. The last six stand in the operator's feed alone.
const (
	OrderCreated         EventType = "order.created"
	OrderPending         EventType = "order.pending"
	OrderApproved        EventType = "order.approved"
	OrderAuthorized      EventType = "order.authorized"
	OrderUpdated         EventType = "order.updated"
	OrderCaptured        EventType = "order.captured"
	OrderCanceled        EventType = "order.canceled"
	OrderRefunded        EventType = "order.refunded"
	OrderDeclined        EventType = "order.declined"
	OrderExpired         EventType = "order.expired"
	OrderFailed          EventType = "order.failed"
	OrderDrift           EventType = "order.drift"
	AuthorizationExpires EventType = "order.authorization_expiring"
	OperationStarted     EventType = "operation.started"
	OperationQueued      EventType = "operation.queued"
	OperationPending     EventType = "operation.pending"
	OperationFailed      EventType = "operation.failed"
	OperationInDoubt     EventType = "operation.in_doubt"
	OperationResolved    EventType = "operation.resolved"
	OperationHandedOver  EventType = "operation.handed_over"
	VocabularyDrift      EventType = "provider.vocabulary_drift"
	CredentialOnHold     EventType = "provider.credential_on_hold"
	BreakerOpened        EventType = "provider.breaker_opened"
	BreakerClosed        EventType = "provider.breaker_closed"
	ProviderConfigured   EventType = "provider.configured"
	ChangeAccepted       EventType = "provider.change_accepted"
)

// Event is one line of an order's history, and of the merchant's feed, or of what is told of a provider:
// then it has no order, and stands in the operator's feed alone. The order in it is as it was,
// without what is personal: Person stands for that, as a digest that cannot be turned back, so that
// a customer can be forgotten and the chain still holds.
type Event struct {
	ID        string     `json:"id"`
	Type      EventType  `json:"type"`
	At        time.Time  `json:"at"`
	Merchant  string     `json:"merchant"`
	Mode      Mode       `json:"mode"`
	Sequence  int        `json:"sequence" doc:"Counts the events of the order from 1, or those of the provider."`
	Provider  string     `json:"provider,omitempty" doc:"Of what is told of a provider: which."`
	Order     *Order     `json:"order,omitempty" doc:"Absent where a provider is what it is about."`
	Operation *Operation `json:"operation,omitempty"`
	Origin    Origin     `json:"origin"`
	Actor     string     `json:"actor,omitempty" doc:"The id of the API key that asked."`
	Detail    string     `json:"detail,omitempty"`
	Next      Next       `json:"next"`
	TraceID   string     `json:"trace_id,omitempty"`
	Person    string     `json:"person,omitempty" doc:"Keyed digest of the customer's personal fields."`
}

// SealedEvent is an event as it is stored: the exact bytes, and the chain over them.
type SealedEvent struct {
	ID           string          `json:"id"`
	Order        string          `json:"order"`
	Merchant     string          `json:"merchant"`
	Mode         Mode            `json:"mode"`
	Sequence     int             `json:"sequence"`
	Body         json.RawMessage `json:"body"`
	PreviousHash string          `json:"previous_hash"`
	Hash         string          `json:"hash"`
}

// Record writes the next event of the order's history and moves its chain on.
func (o *Order) Record(e Event) (SealedEvent, error) {
	snapshot := *o
	snapshot.Customer, snapshot.Shipping = o.Customer.impersonal(), o.Shipping.impersonal()
	e.Order, e.Sequence, e.Merchant, e.Mode, e.Person = &snapshot, o.Hidden.Events+1, o.Merchant, o.Mode, o.person()
	body, err := json.Marshal(e)
	if err != nil {
		return SealedEvent{}, err
	}
	sealed := SealedEvent{ID: e.ID, Order: o.ID, Merchant: o.Merchant, Mode: o.Mode, Sequence: e.Sequence, Body: body, PreviousHash: o.Hidden.LastHash}
	sealed.Hash = sealed.chain()
	o.Hidden.Events, o.Hidden.LastHash = sealed.Sequence, sealed.Hash
	return sealed, nil
}

// history names what the event is a line of: its order's id, or what stands for one where it tells of a
// provider.
func (e Event) history() string {
	if e.Order == nil {
		return ProviderHistory(e.Provider)
	}
	return e.Order.ID
}

// ProviderHistory is where the history of what is told of a provider stands among those of the orders.
func ProviderHistory(provider string) string { return "provider:" + provider }

// ProviderChain is where the history of what is told of a provider ends.
type ProviderChain struct {
	Events   int    `json:"events,omitempty"`
	LastHash string `json:"last_hash,omitempty"`
}

// Record writes the next event and moves the chain on.
func (c *ProviderChain) Record(e Event) (SealedEvent, error) {
	e.Order, e.Sequence = nil, c.Events+1
	body, err := json.Marshal(e)
	if err != nil {
		return SealedEvent{}, err
	}
	sealed := SealedEvent{ID: e.ID, Order: e.history(), Mode: e.Mode, Sequence: e.Sequence, Body: body, PreviousHash: c.LastHash}
	sealed.Hash = sealed.chain()
	c.Events, c.LastHash = sealed.Sequence, sealed.Hash
	return sealed, nil
}

// chain is the hash over the event and the one before it.
func (s SealedEvent) chain() string {
	sum := sha256.New()
	sum.Write([]byte(s.PreviousHash))
	sum.Write(s.Body)
	return hex.EncodeToString(sum.Sum(nil))
}

// Intact says whether the event is the one that was recorded after the one given ("" for the first).
func (s SealedEvent) Intact(previousHash string) bool {
	return s.PreviousHash == previousHash && s.Hash == s.chain() && s.labeled()
}

// labeled says whether what stands beside the body is what the body says, because the hash covers the
// body alone: whoever gets the body and the hash before can check it.
func (s SealedEvent) labeled() bool {
	var e Event
	if json.Unmarshal(s.Body, &e) != nil || (e.Order == nil) == (e.Provider == "") {
		return false
	}
	return s.ID == e.ID && s.Order == e.history() && s.Merchant == e.Merchant && s.Mode == e.Mode && s.Sequence == e.Sequence
}

// person digests what is personal under the order's own key, which is erased with the person.
func (o *Order) person() string {
	if o.Hidden.PersonSalt == "" {
		return ""
	}
	text, err := json.Marshal([]any{o.Customer, o.Shipping})
	if err != nil {
		return ""
	}
	digest := hmac.New(sha256.New, []byte(o.Hidden.PersonSalt))
	digest.Write(text)
	return hex.EncodeToString(digest.Sum(nil))
}

// Forget erases what is personal of the order, and the key of its digests in the history.
func (o *Order) Forget() {
	o.Customer, o.Shipping, o.Hidden.PersonSalt = o.Customer.impersonal(), o.Shipping.impersonal(), ""
}

// Forget is the change without what is personal in it.
func (c Change) Forget() *Change {
	c.Shipping = c.Shipping.impersonal()
	return &c
}

func (c Customer) impersonal() Customer {
	return Customer{Reference: c.Reference, Type: c.Type, Country: c.Country, Locale: c.Locale}
}

func (s *Shipping) impersonal() *Shipping {
	if s == nil {
		return nil
	}
	return &Shipping{Carrier: s.Carrier, Tracking: s.Tracking}
}
