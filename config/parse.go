package config

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Options say how a file is read. The zero value is right for production.
type Options struct {
	LiteralSecrets bool   // secrets may stand in the file: for the sandbox only
	HashKey        []byte // mixed into Provider.Hash, so that it confirms no guess about a secret

	LookupEnv func(name string) (string, bool)  // for ${env:NAME}; nil is os.LookupEnv
	ReadFile  func(path string) ([]byte, error) // for ${file:/path} and contracts; nil reads up to 64 KiB and 256 KiB
}

// Load reads a file. Its error is a Mistakes, or says why the file could not be read. The File is
// never nil; see Parse.
func Load(path string, opts Options) (*File, error) {
	content, err := readFile(path)
	if err != nil {
		return &File{}, fmt.Errorf("configuration: %w", err)
	}
	return Parse(path, content, opts)
}

// readFile stops where Parse refuses, so that a path to an endless file ends too.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, largestFile+1))
}

// Parse reads the text of a file; name is what mistakes call it. Its error is a Mistakes that holds
// everything that is wrong. The File is never nil: with mistakes it holds what could be read, and a
// provider without mistakes Under its At is whole.
func Parse(name string, text []byte, opts Options) (*File, error) {
	shared := &terms{literalSecrets: opts.LiteralSecrets}
	doc := document{name: name, text: text, noted: &shared.noted}
	tree := doc.parse()
	if tree == nil || tree.kind != object {
		return &File{}, shared.noted.Err()
	}
	root := newSettings(tree, shared)
	r := reader{
		references: references{opts.LookupEnv, opts.ReadFile, &shared.noted, make(map[string]bool)},
		folder:     filepath.Dir(name),
		readFile:   opts.ReadFile,
		hashKey:    NewSecret(string(opts.HashKey)),
	}
	if r.references.lookupEnv == nil {
		r.references.lookupEnv = os.LookupEnv
	}
	if r.references.readFile == nil {
		r.references.readFile, r.readFile = upTo(largestSecret), upTo(largestContract)
	}
	file := r.file(root)
	file.Files = slices.Sorted(maps.Keys(r.references.files))
	return file, root.Mistakes().Err()
}
