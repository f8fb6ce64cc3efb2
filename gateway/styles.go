package gateway

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/all"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/config"
)

// styles finds the adapters that providers name: those that are built in, and those that contracts describe. A
// contract is read once, however many providers it describes, and not again where it is as it was before.
type styles struct{ before, read map[[sha256.Size]byte]style }

// style is what was read of a contract.
type style struct {
	adapter  adapters.Adapter
	mistakes config.Mistakes
}

func newStyles(before *providers) *styles {
	s := &styles{read: make(map[[sha256.Size]byte]style)}
	if before != nil {
		s.before = before.styles.read
	}
	return s
}

// of is the adapter of a provider. Its error is a config.Mistakes; nil with a zero adapter where the contract
// could not be read, which is noted where it is named.
func (s *styles) of(section config.Provider) (adapters.Adapter, error) {
	switch c := section.Contract; {
	case section.Style != config.DeclaredStyle:
	case c.File != "":
		return s.declared(c)
	case c.Name != "":
		return shipped(c)
	default:
		return adapters.Adapter{}, nil
	}
	at := slices.IndexFunc(all.Adapters, func(a adapters.Adapter) bool { return a.Name == section.Style })
	if at < 0 {
		return adapters.Adapter{}, noneOf(section.At.Field("style"), section.Style, append(all.Names(), config.DeclaredStyle), "")
	}
	return all.Adapters[at], nil
}

func (s *styles) declared(c config.Contract) (adapters.Adapter, error) {
	key := sha256.Sum256(append([]byte(c.File+"\n"), c.Text...))
	found, known := s.before[key]
	if !known {
		found, known = s.read[key]
	}
	if !known {
		found = readContract(c.File, c.Text)
	}
	s.read[key] = found
	return found.adapter, found.mistakes.Err()
}

func readContract(name string, text []byte) (s style) {
	contract, mistakes := declared.Read(name, text)
	if len(mistakes) > 0 {
		return style{mistakes: mistakes}
	}
	return style{adapter: contract.Adapter()}
}

// shippedContracts are read once: they cannot change while the process runs.
var shippedContracts = sync.OnceValues(declared.Shipped)

func shipped(c config.Contract) (adapters.Adapter, error) {
	contracts, err := shippedContracts()
	if err != nil {
		return adapters.Adapter{}, err
	}
	var names []string
	for _, contract := range contracts {
		adapter := contract.Adapter()
		if adapter.Name == c.Name {
			return adapter, nil
		}
		names = append(names, adapter.Name)
	}
	return adapters.Adapter{}, noneOf(c.At, c.Name, names, ", the contracts that come with Lendgate: a file of your own ends in .yaml")
}

func noneOf(at config.Value, name string, names []string, which string) error {
	var mistakes config.Mistakes
	meant := "is none of " + strings.Join(names, ", ") + which
	if near := config.Closest(name, names); near != "" {
		meant += fmt.Sprintf("; did you mean %q?", near)
	}
	mistakes.Add(at, "%s", meant)
	return mistakes.Err()
}
