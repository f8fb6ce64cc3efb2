package config

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
)

// DeclaredStyle is the style of providers whose lender a contract describes.
const DeclaredStyle = "declared"

// Contract is a lender's API as YAML describes it. The zero Contract is none.
type Contract struct {
	At   Value
	Name string // as it is written: a file, relative to the configuration's folder, or the name of one that comes with Lendgate
	File string // "": it comes with Lendgate
	Text []byte // of the file; not checked here: the caller knows the language
}

// contract reads what a provider of the declared style names. Any other style has none.
func (r reader) contract(s *Settings, style string) Contract {
	switch {
	case style == DeclaredStyle:
		s.Require("contract")
	case style != "" && s.Has("contract"):
		s.Add("contract", "goes with style: %s alone: remove it, or change the style", DeclaredStyle)
		return Contract{}
	}
	name, ok := s.form("contract", contractForm)
	if !ok {
		return Contract{}
	}
	c := Contract{At: s.Value("contract"), Name: name}
	if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
		return c
	}
	c.File = name
	if !filepath.IsAbs(name) {
		c.File = filepath.Join(r.folder, name)
	}
	r.references.files[c.File] = true
	text, err := r.readFile(c.File)
	c.Text = text
	if complaint := fileComplaint(c.File, string(text), err); complaint != "" {
		s.Add("contract", "%s", complaint)
		return Contract{}
	}
	return c
}

// Same tells whether two contracts say the same.
func (c Contract) Same(other Contract) bool { return c.print() == other.print() }

// print tells one text from another: by its name alone where it comes with Lendgate.
func (c Contract) print() string {
	if c.File == "" {
		return c.Name
	}
	sum := sha256.Sum256(c.Text)
	return c.Name + " (" + hex.EncodeToString(sum[:])[:hashLength] + ")"
}
