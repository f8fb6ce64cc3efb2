package certify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
			err = knownIn(one, read)
			err = errors.Join(err, one.Decode(&read))
		}
		if err != nil {
			return err
		}
		*r = append(*r, read)
	}
	return nil
}

// knownIn says which keys of a map are not known. The YAML reader does not look below a type that reads itself.
func knownIn(n *yaml.Node, of any) error {
	known := keysOf(reflect.TypeOf(of).Name())
	var unknown []string
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			unknown = append(unknown, fmt.Sprintf("line %d: %s is not known here; %s", key.Line, key.Value, meant(key.Value, known)))
		}
	}
	if unknown == nil {
		return nil
	}
	return &yaml.TypeError{Errors: unknown}
}

// noOrder is the reading of a lender that has no such order.
const noOrder = "none"

// file is a contract, or the block of a Go style alone.
type file struct {
	Lender *block         `yaml:"lender"`
	Rest   map[string]any `yaml:",inline"`
}

// readBlock reads the `lender:` block of a file.
func readBlock(name string, text []byte) (*block, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var f file
	err := decoder.Decode(&f)
	var wrong *yaml.TypeError
	switch {
	case errors.As(err, &wrong):
		return nil, mistakes(name, wrong.Errors)
	case err != nil && !errors.Is(err, io.EOF):
		return nil, mistakes(name, []string{strings.TrimPrefix(err.Error(), "yaml: ")})
	case f.Lender == nil:
		return nil, config.Mistakes{{File: name, Line: 1, Column: 1, Path: "lender", Text: "is missing: say what the lender does, from its documentation and not from the contract; lendgate adapter new makes a file with an example"}}
	}
	return f.Lender, f.Lender.check(name, placesOf(text))
}

var (
	saysLine    = regexp.MustCompile(`^line ([0-9]+): (.*)$`)
	saysUnknown = regexp.MustCompile(`^field (\S+) not found in type certify\.(\S+)$`)
	saysType    = regexp.MustCompile(`^cannot unmarshal (\S+) (.*) into (.*)$`)
)

// mistakes says in our words what the YAML reader complains of.
func mistakes(name string, complaints []string) error {
	var all config.Mistakes
	for _, complaint := range complaints {
		m := config.Mistake{File: name, Line: 1, Column: 1, Path: "lender", Text: complaint}
		if found := saysLine.FindStringSubmatch(complaint); found != nil {
			m.Line, _ = strconv.Atoi(found[1])
			m.Text = found[2]
		}
		if found := saysUnknown.FindStringSubmatch(m.Text); found != nil {
			m.Text = found[1] + " is not known here; " + meant(found[1], keysOf(found[2]))
		} else if found := saysType.FindStringSubmatch(m.Text); found != nil {
			m.Text = "must be " + wanted(found[3])
		}
		all = append(all, m)
	}
	return all.Err()
}

// mapsOfBlock are the maps of a block, by what the YAML reader calls them.
var mapsOfBlock = []any{block{}, tokenFact{}, request{}, keyFact{}, life{}, step{}, reading{}, simulated{}}

// keysOf are the keys of one of them.
func keysOf(kind string) (keys []string) {
	for _, one := range mapsOfBlock {
		t := reflect.TypeOf(one)
		for i := 0; t.Name() == kind && i < t.NumField(); i++ {
			keys = append(keys, t.Field(i).Tag.Get("yaml"))
		}
	}
	return keys
}

func wanted(kind string) string {
	switch {
	case kind == "time.Duration":
		return "a duration such as 90s, 5m or 24h"
	case kind == "bool":
		return "true or false"
	case strings.HasPrefix(kind, "[]"):
		return "a list"
	case strings.HasPrefix(kind, "map["), strings.HasPrefix(kind, "certify."):
		return "a map"
	}
	return "text"
}
