package config

import "time"

// File is what providers.yaml says, with the defaults filled in.
type File struct {
	Version   int
	Server    Server
	Store     Store
	Providers []Provider
	Files     []string // that it refers to, by ${file:...} or as a contract, sorted
}

// Server is where the gateway listens and what others call it.
type Server struct {
	Address      string // host:port
	AdminAddress string // host:port of metrics, console and operator routes; "" means Address
	PublicURL    string // what notification and problem URLs start with
	Limits       ServerLimits
}

// ServerLimits bound what callers may ask of the gateway.
type ServerLimits struct {
	Requests              Rate // of one API key, in each class of requests
	FailedKeys            Rate // API keys from one address that are not valid
	InFlight              int  // requests worked on at the same time; those that wait for a lender do not count
	Connections           int
	ConnectionsPerAddress int
}

// Store is what the gateway remembers with.
type Store struct {
	Badger     Badger
	Floor      Size          // below this much free space new orders are refused
	Ballast    Size          // of a file that can be let go of when the disk is full
	KeepBodies time.Duration // of calls and notifications that are over; orders and their history stay for good
}

// Badger is the embedded store.
type Badger struct {
	Path string // a folder, relative to where the process was started
	Key  Secret // encrypts the store; decided when the store is created
}

// Size is a number of bytes.
type Size int64

// Mode tells real money from play.
type Mode string

// The modes.
const (
	Live Mode = "live"
	Test Mode = "test"
)

// Provider is one lender and how to treat it.
type Provider struct {
	At         Value // where it stands: mistakes.Under(At) are its own
	ID         string
	Style      string // not checked here: the caller knows the styles
	Contract   Contract
	Mode       Mode
	BaseURL    string // without a slash at the end
	Settings   Value  // read them with For
	Merchants  []Merchant
	Accepts    Accepts
	Timeouts   Timeouts
	Limits     Limits
	Breaker    Breaker
	Polling    Polling
	CloseAfter time.Duration // 0: never
	Words      []Word

	FormerSecrets time.Duration // how long what a replaced secret proves is still taken

	TraceContext bool // the lender gets the ids of our traces

	terms   *terms
	hashKey Secret
}

// Merchant has other settings than the provider's.
type Merchant struct {
	ID       string
	Settings Value
}

// Accepts is what routing may send to a provider. An empty list accepts all.
type Accepts struct {
	Currencies []string
	Countries  []string
	Customers  []string // person, company
	Min, Max   string   // decimal amounts in the order's currency; "" is no bound
}

// Timeouts bound one call.
type Timeouts struct{ Connect, Write, Read time.Duration }

// Limits bound all calls to a provider together.
type Limits struct {
	InFlight int
	Rate     Rate
}

// Rate is a number of calls in a time.
type Rate struct {
	Calls int
	Per   time.Duration
}

// Breaker says when a provider is left alone, and for how long.
type Breaker struct {
	InARow        int
	FailureRatio  Thousandths
	MinimumCalls  int
	Window        time.Duration
	OpenFor       time.Duration
	OpenForAtMost time.Duration
}

// Thousandths is a share between 0 and 1, exactly: 500 is one half.
type Thousandths int

// Polling says when orders that wait are read.
type Polling struct{ After, Until time.Duration }

// Word adds a lender's word to its style's vocabulary.
type Word struct {
	Lender  string // as the lender spells it
	Meaning string // not checked here: the caller knows the meanings
	At      Value
}
