package certify

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/all"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/config"
)

// Load reads what is to be certified: the file of a contract, with its cases in the folder beside it that has its
// name, or the name of a lender that comes with Lendgate. An error says everything that is wrong in the files.
func Load(target string) (*Subject, error) {
	if text := all.Lenders[target]; text != nil {
		return ofStyle(target, text)
	}
	if text, cases, known, err := shippedContract(target); known || err != nil {
		if err != nil {
			return nil, err
		}
		return Read(target+".yaml", text, cases)
	}
	text, err := os.ReadFile(target)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(target, "./\\") {
		return nil, errors.New(target + ": there is no such file, and no lender of this name comes with Lendgate: " + strings.Join(Names(), ", "))
	}
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(strings.TrimSuffix(target, filepath.Ext(target)), "cases")
	return Read(target, text, os.DirFS(folder))
}

func shippedContract(name string) (text []byte, cases fs.FS, known bool, err error) {
	if _, text = declared.ShippedText(name); text == nil {
		return nil, nil, false, nil
	}
	cases, err = declared.ShippedCases(name)
	return text, cases, true, err
}

// ofStyle reads the lender block of a Go style. The lender behind it is the simulated one, written from the
// lender's contract; its recorded exchanges are judged in the style's own tests.
func ofStyle(name string, text []byte) (*Subject, error) {
	file := name + "/lender.yaml"
	b, err := readBlock(file, text)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all.Adapters, func(a adapters.Adapter) bool { return a.Name == name })
	s := &Subject{file: file, adapter: all.Adapters[at], block: b}
	if s.define, err = s.adapter.Define(s.adapter.Defaults(b.Settings)); err != nil {
		return nil, err
	}
	for _, l := range b.Lives {
		s.stories = append(s.stories, simulatedStory(b, l))
	}
	return s, nil
}

// Names are the lenders that come with Lendgate and can be certified by name.
func Names() []string {
	return append(all.Names(), declared.ShippedNames()...)
}

// Read reads a contract with its lender block, and its cases. Errors: as Load.
func Read(name string, text []byte, cases fs.FS) (*Subject, error) {
	contract, wrong := declared.Read(name, text)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	b, err := readBlock(name, text)
	if err != nil {
		return nil, err
	}
	s := &Subject{file: name, adapter: contract.Adapter(), block: b, contract: contract}
	where, _ := placesOf(text) // the block was read from it
	n := &noting{file: name, places: where}
	settings := s.settings(n)
	if err := n.all.Err(); err != nil {
		return nil, err
	}
	if s.define, err = s.adapter.Define(settings); err != nil {
		n.at("lender.settings", err.Error())
		return nil, n.all.Err()
	}
	n.when(s.define.Token != nil && b.Token == nil, "lender.token", "is missing: the contract asks the lender for a token; add what it answers, lender.token: {reply: {access_token: t-1, expires_in: 3600}, life: 1h}")
	recorded, err := adaptertest.Recordings(cases)
	if err != nil {
		return nil, config.Mistakes{{File: name, Line: 1, Column: 1, Path: "cases", Text: err.Error() + ": they belong into the folder " + strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)) + "/cases beside the contract, one JSON file each (lendgate adapter record)"}}
	}
	if s.stories, err = b.stories(n, &s.define, recorded); err != nil {
		return nil, err
	}
	s.harness = s.conformance(cases)
	return s, nil
}

// settings are the defaults with those of the block.
func (s *Subject) settings(n *noting) adapters.Values {
	for _, name := range sortedKeys(s.block.Settings) {
		n.when(s.adapter.Setting(name).Name == "", "lender.settings."+name, "is no setting of the contract")
	}
	if len(n.all) > 0 {
		return nil
	}
	return s.adapter.Defaults(s.block.Settings)
}
