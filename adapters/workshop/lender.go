package workshop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/all"
	"github.com/lendgate/lendgate/adapters/declared"
)

// Lender is who is tried.
type Lender struct {
	Named    string // as it was asked for: a file, or a style
	Adapter  adapters.Adapter
	Contract *declared.Contract // nil: its style is written in Go

	text []byte // of the contract
}

// largestContract is what a file can hold that is read as a contract.
const largestContract = 256 << 10

// Open finds a lender: a contract in a file, or a style that comes with Lendgate. The error may be config.Mistakes.
func Open(named string) (Lender, error) {
	if named != filepath.Base(named) || strings.Contains(named, ".") {
		return openFile(named)
	}
	for _, adapter := range all.Adapters {
		if adapter.Name == named {
			return Lender{Named: named, Adapter: adapter}, nil
		}
	}
	shipped, err := declared.Shipped()
	if err != nil {
		return Lender{}, err
	}
	names := all.Names()
	for _, contract := range shipped {
		adapter := contract.Adapter()
		if adapter.Name == named {
			return Lender{Named: named, Adapter: adapter, Contract: contract}, nil
		}
		names = append(names, adapter.Name)
	}
	return Lender{}, fmt.Errorf("%s is no style: use one of %s, or the file of a contract, such as %s.yaml", named, strings.Join(names, ", "), named)
}

func openFile(path string) (Lender, error) {
	about, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Lender{}, fmt.Errorf("there is no file %s: make one with: lendgate adapter new NAME", path)
	case err != nil:
		return Lender{}, err
	case about.Size() > largestContract:
		return Lender{}, fmt.Errorf("%s is larger than 256 KiB, and no contract", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Lender{}, err
	}
	contract, mistakes := declared.Read(path, text)
	if err := mistakes.Err(); err != nil {
		return Lender{}, err
	}
	return Lender{path, contract.Adapter(), contract, text}, nil
}
