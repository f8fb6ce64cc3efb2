package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const redacted = "[redacted]"

// Secret is a text that shows itself to nobody who does not ask: every formatter and encoder gives
// [redacted]. The pointer is for fmt, which prints unexported fields without asking their type: there
// it finds an address. The zero Secret is no secret.
type Secret struct{ text *string }

// NewSecret makes a Secret of a text that does not come from the file.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal gives the text. Call it where the text is sent or signed with, and nowhere else.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero tells that there is no secret, or an empty one.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Format prints [redacted], whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText gives [redacted]; JSON, YAML and slog write a Secret through it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

var referencePattern = regexp.MustCompile(`^\$\{(env:[A-Za-z_][A-Za-z0-9_]*|file:/[^}]+)\}$`)

// The largest files that a configuration may refer to.
const (
	largestSecret   Size = 64 << 10
	largestContract Size = 256 << 10
)

// references looks up what ${env:NAME} and ${file:/path} stand for, in parsed scalars only.
type references struct {
	lookupEnv func(string) (string, bool)
	readFile  func(string) ([]byte, error)
	noted     *Mistakes
	files     map[string]bool // that were looked for
}

// resolve replaces every reference at n and below it by what it stands for.
func (r references) resolve(n *node) {
	for _, item := range n.items {
		r.resolve(item)
	}
	for _, e := range n.entries {
		r.resolve(e.node)
	}
	if n.kind != text || n.reference || !strings.Contains(n.text(), "${") {
		return
	}
	if !referencePattern.MatchString(n.text()) {
		r.refuse(n, "a reference is the whole value and reads ${env:NAME} or ${file:/path}")
		return
	}
	meaning, complaint := r.lookup(strings.TrimSuffix(strings.TrimPrefix(n.text(), "${"), "}"))
	if complaint != "" {
		r.refuse(n, complaint)
		return
	}
	n.scalar, n.reference = NewSecret(meaning), true
}

func (r references) refuse(n *node, complaint string) {
	n.kind = broken
	r.noted.Add(Value{n}, "%s", complaint)
}

func (r references) lookup(reference string) (meaning, complaint string) {
	source, name, _ := strings.Cut(reference, ":")
	if source == "env" {
		meaning, set := r.lookupEnv(name)
		return meaning, envComplaint(name, meaning, set)
	}
	r.files[name] = true
	content, err := r.readFile(name)
	meaning = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	return meaning, fileComplaint(name, meaning, err)
}

func envComplaint(name, meaning string, set bool) string {
	switch {
	case !set:
		return fmt.Sprintf("the environment variable %s is not set: set it before starting", name)
	case meaning == "":
		return fmt.Sprintf("the environment variable %s is empty: give it a value", name)
	}
	return ""
}

func fileComplaint(name, meaning string, err error) string {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no file %s: create it, or correct the path", name)
	case errors.As(err, &pathError):
		return fmt.Sprintf("the file %s cannot be read (%v): check its permissions", name, pathError.Err)
	case err != nil:
		return fmt.Sprintf("the file %s cannot be read: %v", name, err)
	case meaning == "":
		return fmt.Sprintf("the file %s is empty: put the value into it", name)
	}
	return ""
}

// upTo reads files of a size, so that a path such as /dev/zero is a mistake and not the end.
func upTo(largest Size) func(path string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		file, err := os.Open(filepath.Clean(path))
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		content, err := io.ReadAll(io.LimitReader(file, int64(largest)+1))
		if err == nil && Size(len(content)) > largest {
			err = fmt.Errorf("it is larger than %s", largest.text())
		}
		return content, err
	}
}
