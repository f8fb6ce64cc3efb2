package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// schema is one table: where its records stand, how they are written, and the index entries that
// follow from a record. Index entries hold the record's key and nothing else.
type schema[K, R any] struct {
	prefix  string
	place   func(K) string // of a key behind the prefix
	encode  func(R) ([]byte, error)
	decode  func([]byte) (R, error)
	indexes func(R) []string
	once    bool      // a record is never replaced
	clone   func(R) R // a copy that shares nothing that changes; nil: records are decoded each time
}

func plain[K, R any](prefix string, place func(K) string) schema[K, R] {
	return schema[K, R]{prefix: prefix, place: place, encode: encodeJSON[R], decode: decodeJSON[R]}
}

func (s schema[K, R]) key(id K) string { return s.prefix + s.place(id) }

func (s schema[K, R]) writtenOnce() schema[K, R] {
	s.once = true
	return s
}

func (s schema[K, R]) indexed(by func(R) []string) schema[K, R] {
	s.indexes = by
	return s
}

// unshared marks records that are values through and through: a copy shares nothing that changes.
func (s schema[K, R]) unshared() schema[K, R] {
	s.clone = func(record R) R { return record }
	return s
}

func (s schema[K, R]) entriesOf(record R) []string {
	if s.indexes == nil {
		return nil
	}
	return s.indexes(record)
}

// read decodes a record and says which one it was where that fails.
func (s schema[K, R]) read(key string, text []byte) (R, error) {
	record, err := s.decode(text)
	if err != nil {
		err = fmt.Errorf("record %s: %w", key, err)
	}
	return record, err
}

func encodeJSON[R any](record R) ([]byte, error) { return json.Marshal(record) }

func decodeJSON[R any](text []byte) (record R, err error) {
	err = json.Unmarshal(text, &record)
	return record, err
}

func itself(id string) string { return id }

// The prefixes of the tables. Those that begin with ~ are indexes, which follow from the records, and
// the feeds, which do not. What begins with ! is a store's own.
const (
	orderPrefix      = "order/"
	operationPrefix  = "operation/"
	timerPrefix      = "timer/"
	apiKeyPrefix     = "apikey/"
	messagePrefix    = "message/"
	quarantinePrefix = "quarantine/"
	providerPrefix   = "provider/"
	eventPrefix      = "event/"

	indexPrefix      = "~"
	ordersIndex      = "~orders/"
	givenIndex       = "~given/"
	aboutIndex       = "~about/"
	operationsIndex  = "~operations/"
	unresolvedIndex  = "~unresolved/"
	unresolvedByWhom = "~unresolved.of/"
	dueIndex         = "~due/"
	leaseIndex       = "~lease/"

	feedPrefix = "~feed" // of both
	feedOfAll  = "~feed/"
	feedByWhom = "~feed.of/"

	ownPrefix = "!"
)

var (
	orders = schema[string, canonical.Order]{
		prefix: orderPrefix, place: itself, encode: encodeOrder, decode: decodeOrder, indexes: orderIndexes, clone: cloneOrder,
	}
	operations = schema[string, canonical.Operation]{
		prefix: operationPrefix, place: itself, encode: encodeOperation, decode: decodeOperation, indexes: operationIndexes, clone: cloneOperation,
	}
	timers          = plain[string, Timer](timerPrefix, itself).indexed(timerIndexes)
	requests        = plain[string, canonical.Request]("request/", itself).writtenOnce()
	offers          = plain[string, canonical.Offer]("offer/", itself)
	messages        = plain[string, Message](messagePrefix, itself).indexed(messageIndexes)
	quarantines     = plain[string, Quarantine](quarantinePrefix, part)
	providerRecords = plain[string, ProviderRecord](providerPrefix, part)
	apiKeys         = plain[string, APIKey](apiKeyPrefix, itself).unshared()
	secrets         = plain[string, Secret]("secret/", itself)
	keys            = plain[KeyID, Key]("key/", func(k KeyID) string { return scopeKey(k.Merchant, k.Mode) + k.Key })
	references      = plain[ReferenceID, Reference]("reference/", func(r ReferenceID) string { return scopeKey(r.Merchant, r.Mode) + r.Reference })
	providerOrders  = plain[ProviderOrderID, ProviderOrder]("lender/", func(p ProviderOrderID) string {
		return part(p.Provider) + part(p.Credential) + p.ID
	})
	events = schema[EventID, canonical.SealedEvent]{
		prefix: eventPrefix, place: func(e EventID) string { return part(e.Order) + sequenceKey(e.Sequence) },
		encode: encodeEvent, decode: decodeEvent, once: true,
	}
)

var escapes = strings.NewReplacer("/", "%2f", "%", "%25")

// part is a name as it stands before others in a key. One that holds a slash must not reach into
// what is another's.
func part(name string) string {
	if strings.ContainsAny(name, "/%") {
		name = escapes.Replace(name)
	}
	return name + "/"
}

func scopeKey(merchant string, mode canonical.Mode) string {
	return part(merchant) + part(string(mode))
}

func (s Scope) all() bool { return s == Scope{} }

func historyPrefix(order string) string { return eventPrefix + part(order) }

func sequenceKey(sequence int) string { return fmt.Sprintf("%08d", sequence) }

const positionDigits = 16

// PositionKey is the key of a position in a stream. Keys sort as positions do.
func PositionKey(stream string, position uint64) string {
	return stream + fmt.Sprintf("%0*x", positionDigits, position)
}

// dueKey is a time as text of one length, so that keys sort as times do.
func dueKey(due time.Time) string { return due.UTC().Format("20060102150405.000000000") }

func orderIndexes(o canonical.Order) []string {
	indexes := []string{ordersIndex + scopeKey(o.Merchant, o.Mode) + o.ID}
	if o.ProviderOrder.Reference != "" {
		indexes = append(indexes, givenKey(o.Provider, o.ProviderOrder.Reference)+o.ID)
	}
	return indexes
}

func givenKey(provider, reference string) string {
	return givenIndex + part(provider) + part(reference)
}

func messageIndexes(m Message) []string {
	if m.Order == "" {
		return nil
	}
	return []string{aboutIndex + part(m.Order) + m.ID}
}

func timerIndexes(t Timer) []string {
	indexes := []string{dueIndex + part(dueKey(t.Due)) + t.ID}
	if t.Owner != "" {
		indexes = append(indexes, leaseIndex+part(t.Owner)+t.ID)
	}
	return indexes
}

func operationIndexes(op canonical.Operation) []string {
	scope := scopeKey(op.Merchant, op.Mode)
	indexes := []string{operationsIndex + scope + op.ID}
	if op.State.Unresolved() {
		indexes = append(indexes, unresolvedIndex+op.ID, unresolvedByWhom+scope+op.ID)
	}
	return indexes
}

// storedOrder and storedOperation keep what the public JSON leaves out.
type storedOrder struct {
	Order  canonical.Order  `json:"order"`
	Hidden canonical.Hidden `json:"hidden"`
}

func encodeOrder(o canonical.Order) ([]byte, error) { return json.Marshal(storedOrder{o, o.Hidden}) }

func decodeOrder(text []byte) (canonical.Order, error) {
	stored, err := decodeJSON[storedOrder](text)
	stored.Order.Hidden = stored.Hidden
	return stored.Order, err
}

type storedOperation struct {
	Operation canonical.Operation         `json:"operation"`
	Recovery  canonical.OperationRecovery `json:"recovery"`
}

func encodeOperation(op canonical.Operation) ([]byte, error) {
	return json.Marshal(storedOperation{op, op.Recovery})
}

func decodeOperation(text []byte) (canonical.Operation, error) {
	stored, err := decodeJSON[storedOperation](text)
	stored.Operation.Recovery = stored.Recovery
	return stored.Operation, err
}

// feeds are the streams an event stands in: its merchant's, and everyone's.
func feeds(e canonical.SealedEvent) []string {
	return []string{feedStream(Scope{e.Merchant, e.Mode}), feedStream(Scope{})}
}

func feedStream(scope Scope) string {
	if scope.all() {
		return feedOfAll
	}
	return feedByWhom + scopeKey(scope.Merchant, scope.Mode)
}

// idOf is the last part of an index key.
func idOf(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

func cloneOrder(o canonical.Order) canonical.Order { return o.Clone() }

func cloneOperation(op canonical.Operation) canonical.Operation { return op.Clone() }

// An event is stored as a line of JSON with its place in the chain, and after it the body, byte for
// byte: what was sealed is never written anew.
func encodeEvent(e canonical.SealedEvent) ([]byte, error) {
	body := e.Body
	e.Body = nil
	head, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return slices.Concat(head, []byte("\n"), body), nil
}

func decodeEvent(text []byte) (e canonical.SealedEvent, err error) {
	head, body, _ := bytes.Cut(text, []byte("\n"))
	err = json.Unmarshal(head, &e)
	e.Body = bytes.Clone(body) // what a scan reads is good for one visit
	return e, err
}
