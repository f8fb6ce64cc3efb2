package certify

import (
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
)

// block is the `lender:` block: what a lender does, read from its documentation and not from the contract.
type block struct {
	Source       string              `yaml:"source"`
	Settings     adapters.Values     `yaml:"settings"`
	Form         adapters.AmountForm `yaml:"form"`
	ActsWithin   time.Duration       `yaml:"acts_within"`
	ShowsWithin  time.Duration       `yaml:"shows_within"`
	Searchable   bool                `yaml:"searchable"`
	BeforeActing []int               `yaml:"before_acting"`
	Refusal      value               `yaml:"refusal"`
	Token        *tokenFact          `yaml:"token"`
	Number       string              `yaml:"number"`
	Mark         string              `yaml:"mark"`
	Private      []string            `yaml:"private"`
	InBody       []string            `yaml:"in_body"`
	FoldIDs      bool                `yaml:"fold_ids"`
	Absent       string              `yaml:"absent"`
	Requests     map[string]request  `yaml:"requests"`
	Lives        []life              `yaml:"lives"`
	Simulated    *simulated          `yaml:"simulated"`
}

// tokenFact is what the lender answers who asks for a token.
type tokenFact struct {
	Reply   value         `yaml:"reply"`
	Expires string        `yaml:"expires"` // where the reply names the time at which it ends
	Life    time.Duration `yaml:"life"`
}

// request is what the lender takes from one kind of request.
type request struct {
	Does     canonical.OperationKind `yaml:"does"` // nothing, or the movement; left out: that of its operation
	Amount   string                  `yaml:"amount"`
	Currency string                  `yaml:"currency"`
	Capture  string                  `yaml:"capture"` // where a refund names the capture that it belongs to
	Is       string                  `yaml:"is"`
	Key      *keyFact                `yaml:"key"`
	Partial  *bool                   `yaml:"partial"`
	Again    string                  `yaml:"again"`
	Silent   bool                    `yaml:"silent"` // reads do not show that it did not happen
	Yes      map[string]saying       `yaml:"yes"`
	No       map[string]saying       `yaml:"no"`
}

// keyFact says where the lender looks for an idempotency key, and how long it remembers it.
type keyFact struct {
	Header string        `yaml:"header"`
	Body   string        `yaml:"body"`
	Life   time.Duration `yaml:"life"`
}

// saying is what stands in one place of a reply: one of a few words for what it is, or the lender's own words.
type saying struct {
	What  string
	Words []string
}

// UnmarshalYAML reads a word, or a list of the lender's.
func (s *saying) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&s.What)
	}
	return n.Decode(&s.Words)
}

// life is a story of one order.
type life struct {
	Name  string `yaml:"name"`
	Steps []step `yaml:"steps"`
}

// step is one thing that happens in a life: a request of ours that a case records, or what somebody does at
// the lender.
type step struct {
	Case    string                  `yaml:"case"`
	By      canonical.Party         `yaml:"by"`
	Does    canonical.OperationKind `yaml:"does"`
	Is      ending                  `yaml:"is"`
	Amount  string                  `yaml:"amount"`
	With    map[string]value        `yaml:"with"`
	Without []string                `yaml:"without"`
	Read    readings                `yaml:"read"`
	Notice  string                  `yaml:"notice"`
	Ask     canonical.OperationKind `yaml:"ask"` // of a simulated lender
	Act     string                  `yaml:"act"` // likewise
}

// ending is how a step ends where nothing goes wrong.
type ending string

const (
	endsDone     ending = "done"
	endsDeclined ending = "declined"
	endsRefused  ending = "refused"
	endsLater    ending = "later"
)

// reading is what the lender answers to a read: a recorded reply, with some of it changed.
type reading struct {
	Case    string           `yaml:"case"`
	With    map[string]value `yaml:"with"`
	Without []string         `yaml:"without"`
}

// readings are one for each different read.
type readings []reading

// UnmarshalYAML reads the name of a case, a map, or a list of both.
func (r *readings) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}}
	}
	for _, one := range n.Content {
		var read reading
		var err error
		if one.Kind == yaml.ScalarNode {
			err = one.Decode(&read.Case)
		} else {
			err = one.Decode(&read)
		}
		if err != nil {
			return err
		}
		*r = append(*r, read)
	}
	return nil
}

// noOrder is the reading of a lender that has no such order.
const noOrder = "none"

// readBlock reads the `lender:` block of a file.
func readBlock(name string, text []byte) (*block, error) {
	places, err := placesOf(text)
	if err != nil {
		return nil, complaints(name, err)
	}
	at := places.find("lender")
	if at == nil {
		return nil, config.Mistakes{{File: name, Line: 1, Column: 1, Path: "lender", Text: "is missing: say what the lender does, from its documentation and not from the contract; lendgate adapter new makes a file with an example"}}
	}
	shape := shaping{file: name}
	shape.compare(at, reflect.TypeFor[block](), "lender")
	if err := shape.all.Err(); err != nil {
		return nil, err
	}
	var b block
	if err := at.Decode(&b); err != nil {
		return nil, complaints(name, err)
	}
	return &b, b.check(name, places)
}
