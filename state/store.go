package state

import (
	"context"
	"errors"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// The errors a store returns beside a function's own. After all but ErrUncertain nothing was written.
var (
	ErrNotFound  = errors.New("no such record")
	ErrExists    = errors.New("the record exists")
	ErrUncertain = errors.New("the answer of the commit was lost")
	ErrContended = errors.New("others kept changing what the transaction read")
	ErrClosed    = errors.New("the store is closed")
)

// Store keeps the records. All methods may be called at the same time.
type Store interface {
	// Update runs f until it commits without having read what another changed. See the package comment.
	Update(ctx context.Context, f func(Tx) error) error
	// View runs f once on a consistent snapshot that contains every acknowledged Update.
	View(ctx context.Context, f func(Reader) error) error
	// Claim leases timers that are due at now to owner until the time given, oldest first, in one commit,
	// and returns them as they were. A claimed timer is due again at until; whoever does its work deletes
	// or moves it.
	Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]Timer, error)
	Close() error
}

// Lookup reads single records. A record that is not there is ErrNotFound.
type Lookup[K, R any] interface {
	Get(K) (R, error)
}

// Table changes single records. What Get read, or found absent, still holds at commit, or f runs again.
type Table[K, R any] interface {
	Lookup[K, R]
	Insert(K, R) error  // ErrExists
	Replace(K, R) error // ErrNotFound; ErrExists where the table is written once
	Delete(K) error     // of a record that is not there: nil
}

// Tx is point access to every table.
type Tx interface {
	Orders() Table[string, canonical.Order]
	Operations() Table[string, canonical.Operation]
	Requests() Table[string, canonical.Request] // by attempt, written once
	Keys() Table[KeyID, Key]
	References() Table[ReferenceID, Reference]
	ProviderOrders() Table[ProviderOrderID, ProviderOrder]
	Offers() Table[string, canonical.Offer]
	Timers() Table[string, Timer]
	Messages() Table[string, Message]
	Quarantines() Table[string, Quarantine]         // by provider
	ProviderRecords() Table[string, ProviderRecord] // by provider
	APIKeys() Table[string, APIKey]
	Secrets() Table[string, Secret]
	Events() Lookup[EventID, canonical.SealedEvent]
	// Append adds an event to its order's history and to the feeds. It gets its position at commit.
	Append(canonical.SealedEvent) error
}

// Reader is point access and scans on one snapshot.
type Reader interface {
	Order(id string) (canonical.Order, error)
	Operation(id string) (canonical.Operation, error)
	Request(attempt string) (canonical.Request, error)
	Key(KeyID) (Key, error)
	Reference(ReferenceID) (Reference, error)
	ProviderOrder(ProviderOrderID) (ProviderOrder, error)
	Offer(id string) (canonical.Offer, error)
	Timer(id string) (Timer, error)
	Message(id string) (Message, error)
	Quarantine(provider string) (Quarantine, error)
	ProviderRecord(provider string) (ProviderRecord, error)
	APIKey(id string) (APIKey, error)
	Secret(name string) (Secret, error)

	// Orders lists newest first. The ids of one page are all smaller than before. No list holds more
	// than limit, and one with a limit below 1 is empty.
	Orders(scope Scope, before string, limit int, keep func(*canonical.Order) bool) ([]canonical.Order, error)
	// OrdersGiven lists the orders that a provider knows by a reference: one, but where lenders' own
	// references meet.
	OrdersGiven(provider, reference string) ([]canonical.Order, error)
	// MessagesOf lists the messages that are about an order.
	MessagesOf(order string) ([]Message, error)
	// Operations lists newest first; with unresolved it visits those alone.
	Operations(scope Scope, unresolved bool, before string, limit int, keep func(*canonical.Operation) bool) ([]canonical.Operation, error)
	// History lists the events of an order with a sequence above after, oldest first.
	History(order string, after, limit int) ([]canonical.SealedEvent, error)
	// Feed lists events with a position above after, oldest first.
	Feed(scope Scope, after uint64, limit int) ([]Position, error)
	// TimersOf lists the timers leased to an owner; TimersDue those due at a time, oldest first.
	TimersOf(owner string) ([]Timer, error)
	TimersDue(at time.Time, limit int) ([]Timer, error)
	// NextDue is when the first timer is due; ErrNotFound where there is none.
	NextDue() (time.Time, error)
	AllAPIKeys() ([]APIKey, error)
	AllQuarantines() ([]Quarantine, error)
	AllProviderRecords() ([]ProviderRecord, error)
}

// Scope is whose records a scan visits. The zero Scope is everyone's, for operators.
type Scope struct {
	Merchant string
	Mode     canonical.Mode
}

// Position is an event and its place in the feeds.
type Position struct {
	At    uint64
	Event canonical.SealedEvent
}

// KeyID is an idempotency key in its scope.
type KeyID struct {
	Merchant string
	Mode     canonical.Mode
	Key      string
}

// Key says which operation an idempotency key points to, for as long as the order lives.
type Key struct {
	Operation   string `json:"operation"`
	Order       string `json:"order"`
	Fingerprint string `json:"fingerprint"` // of the request's meaning
}

// ReferenceID is a merchant's own number for an order.
type ReferenceID struct {
	Merchant  string
	Mode      canonical.Mode
	Reference string
}

// Reference names the order that holds a merchant's number, or held it last.
type Reference struct {
	Order string `json:"order"`
	Held  bool   `json:"held"`
}

// ProviderOrderID is a lender's order in the scope of one set of credentials.
type ProviderOrderID struct {
	Provider   string
	Credential string
	ID         string
}

// ProviderOrder names the order a lender's order belongs to.
type ProviderOrder struct {
	Order    string `json:"order"`
	Merchant string `json:"merchant"`
}

// EventID is the place of an event in its order's history.
type EventID struct {
	Order    string
	Sequence int
}

// Timer is work that is due at a time.
type Timer struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"` // the order or operation it is about
	Due     time.Time `json:"due"`
	Owner   string    `json:"owner,omitempty"` // whoever leased it last
}

// Message is a lender's notification that verified, as it is kept until the lender has been read for it.
type Message struct {
	ID          string    `json:"id"` // made of the provider and what makes it the same message again
	Provider    string    `json:"provider"`
	Credentials []string  `json:"credentials"` // the sets of credentials that verified it
	Event       string    `json:"event,omitempty"`
	LenderID    string    `json:"lender_id,omitempty"` // the lender's order
	Reference   string    `json:"reference,omitempty"` // the number we gave the lender
	Body        []byte    `json:"body,omitempty"`      // as it arrived
	Query       string    `json:"query,omitempty"`     // of its address
	At          time.Time `json:"at"`
	Order       string    `json:"order,omitempty"` // the order it is about, once that is certain
	Tries       int       `json:"tries,omitempty"` // looks for an order that is not known yet
	GivenUp     bool      `json:"given_up,omitempty"`
}

// Quarantine keeps a provider from being sent anything after a backup was restored, until what
// happened there since is known.
type Quarantine struct {
	Provider string     `json:"provider"`
	Backup   time.Time  `json:"backup"` // how far the restored data reaches
	Since    time.Time  `json:"since"`
	Listed   bool       `json:"listed,omitempty"` // the lender's list has been read back to the backup
	EndedAt  *time.Time `json:"ended_at,omitempty"`
	EndedBy  string     `json:"ended_by,omitempty"` // id of the operator's key; "" is evidence
	Reason   string     `json:"reason,omitempty"`
}

// ProviderRecord is what outlives a restart of how a provider stands: what an operator forced, how it is
// configured, and where the history of what was told of it ends.
type ProviderRecord struct {
	Provider string                  `json:"provider"`
	Mode     canonical.Mode          `json:"mode,omitempty"`
	Config   map[string]string       `json:"config,omitempty"`   // hashes of its configuration, by set of credentials; "" is the one that all share
	Lender   map[string]string       `json:"lender,omitempty"`   // digests of what says at which lender, and as whom, its orders stand; likewise
	Accepted *AcceptedChange         `json:"accepted,omitempty"` // of the lender, while orders are open there
	Forced   []canonical.Forced      `json:"forced,omitempty"`   // at most one of a class
	Chain    canonical.ProviderChain `json:"chain"`
}

// AcceptedChange is an operator's word that a provider's next configuration is right for the orders that are
// open, although it speaks to another lender by all that can be seen, or is gone.
type AcceptedChange struct {
	By     string    `json:"by"` // id of the operator's key
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}

// Role is what an API key may do.
type Role string

// The roles.
const (
	RoleMerchant Role = "merchant"
	RoleRead     Role = "read"
	RolePlatform Role = "platform"
	RoleOperator Role = "operator"
)

// Roles lists every role once.
var Roles = []Role{RoleMerchant, RoleRead, RolePlatform, RoleOperator}

// APIKey is a caller's key. The key itself is not in it, only its hash.
type APIKey struct {
	ID        string         `json:"id"`
	Hash      string         `json:"hash"`
	Role      Role           `json:"role"`
	Merchant  string         `json:"merchant,omitempty"` // of merchant and read
	Mode      canonical.Mode `json:"mode"`
	Name      string         `json:"name,omitempty"`
	CreatedAt time.Time      `json:"created_at"`
	RevokedAt *time.Time     `json:"revoked_at,omitempty"`
}

// Secret is a random value the gateway made for itself, such as the key of its fingerprints.
type Secret struct {
	Value []byte `json:"value"`
}
