package declared

import (
	"embed"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
)

// Contract is one lender as a file describes it, checked and compiled. It is only read afterwards, so
// that all calls share it.
type Contract struct {
	name, title, docs string
	settings          []adapters.Setting
	currencies        []string
	tender            tender
	reference         canonical.ReferenceForm
	traits            canonical.Traits
	holdLife          time.Duration
	offerLife         time.Duration
	words             []canonical.Word
	foldWords         bool
	options, details  []canonical.Option
	auth              auth
	code, message     []*leaf
	failures          []adapters.Failure
	operations        []*operation
	reads             reads
	notices           *notices
	assumed           []Assumption
	note              func(Reading) // nil: nobody wants to see how values are read
	lender            Block
}

// Assumption is what the lender's documentation does not say, and why it is taken so.
type Assumption struct{ At, What, Why string }

// Assumed are the guesses of a contract.
func (c *Contract) Assumed() []Assumption { return slices.Clone(c.assumed) }

// Block is a part of a contract that this package does not read: the facts of the lender from its
// documentation, apart from what the contract claims. The lines and columns of its nodes are those of the file.
type Block struct {
	File string
	Node *yaml.Node
}

// Lender is the block under lender; its Node is nil where there is none.
func (c *Contract) Lender() Block { return c.lender }

// Adapter is the style that the contract describes.
func (c *Contract) Adapter() adapters.Adapter {
	return adapters.Adapter{Name: c.name, Title: c.title, Docs: c.docs, Settings: slices.Clone(c.settings), Define: c.define}
}

// Read reads a contract. The mistakes are all there are, with file, line and column; with one there is
// no contract.
func Read(name string, text []byte) (*Contract, config.Mistakes) {
	var noted config.Mistakes
	root := parse(name, text, &noted)
	if root == nil || root.kind != object {
		return nil, noted
	}
	c := &compiler{root: root, noted: &noted, made: &Contract{}, uses: map[string]bool{}, shared: map[string]*reading{}, declared: map[string]map[string]string{}}
	c.contract()
	var mistakes config.Mistakes
	if errors.As(noted.Err(), &mistakes) {
		return nil, mistakes
	}
	return c.made, nil
}

//go:embed contracts/*.yaml
var shipped embed.FS

// Shipped are the contracts that come with Lendgate, by name. They are read anew each time.
func Shipped() ([]*Contract, error) {
	files, err := fs.Glob(shipped, "contracts/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*Contract
	var wrong config.Mistakes
	for _, file := range files {
		text, err := shipped.ReadFile(file)
		if err != nil {
			return nil, err
		}
		c, mistakes := Read(file, text)
		wrong = append(wrong, mistakes...)
		all = append(all, c)
	}
	return all, wrong.Err()
}

// define is the Definition of a provider with these settings.
func (c *Contract) define(v adapters.Values) (adapters.Definition, error) {
	for _, s := range c.settings {
		if s.Required && v.Text(s.Name) == "" {
			return adapters.Definition{}, errors.New(s.Name + ": is missing")
		}
	}
	d := adapters.Definition{
		Currencies: slices.Clone(c.currencies), Amounts: c.tender.form, Digits: maps.Clone(c.tender.digits), Reference: c.reference, Traits: c.traits,
		Words: slices.Clone(c.words), FoldWords: c.foldWords, Options: slices.Clone(c.options), Details: slices.Clone(c.details),
		Refusal: c.refusal, HoldLife: c.holdLife, OfferLife: c.offerLife,
	}
	c.auth.define(c, v, &d)
	for _, o := range c.operations {
		x := o.exchange(c, v)
		if x.By == "" && !x.Local {
			x.Failures = withShared(x.Failures, c.failures)
		}
		d.Exchanges = append(d.Exchanges, x)
	}
	d.Exchanges = append(d.Exchanges, c.reads.exchanges(c, v)...)
	if c.notices != nil {
		d.Notifications = c.notices.define(c, v)
	}
	return d, nil
}

// refusal reads an error body: the first place that says something.
func (c *Contract) refusal(said adapters.Reply) (code, message string) {
	d, err := readDocument(said.Body)
	if err != nil {
		return "", ""
	}
	s := &scope{Status: said.Status, Header: headers{said.Header}, Purse: &purse{tender: &c.tender}, note: c.note}
	s.Reply = row{d, s.Purse}
	return firstSaid(c.code, s), firstSaid(c.message, s)
}

func firstSaid(leaves []*leaf, s *scope) string {
	for _, l := range leaves {
		if l.pointer != nil {
			said, err := s.Reply.name(*l.pointer)
			s.trace(l, inQuotes(said), "", err)
			if err == nil && said != "" {
				return said
			}
			continue
		}
		if said, err := l.text(s); err == nil && said != "" {
			return said
		}
	}
	return ""
}

// knows says whether a word is in the vocabulary.
func (c *Contract) knows(word string) bool {
	return slices.ContainsFunc(c.words, func(w canonical.Word) bool { return c.same(w.Word, word) })
}
