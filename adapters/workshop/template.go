package workshop

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters/all"
	"github.com/lendgate/lendgate/adapters/declared"
)

//go:embed template
var template embed.FS

var goodName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// New makes a contract to begin with, and recorded exchanges beside it: NAME.yaml and NAME/cases. It writes over
// nothing. made are the files, with their folders.
func New(name, dir string) (made []string, err error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	files, err := filled(name)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if _, err := os.Lstat(filepath.Join(dir, file.path)); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is there already: use another name, or another --dir", filepath.Join(dir, file.path))
		}
	}
	for _, file := range files {
		path := filepath.Join(dir, file.path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return made, err
		}
		if err := create(path, []byte(file.text)); err != nil {
			return made, err
		}
		made = append(made, path)
	}
	return made, nil
}

const longestName = 40

func checkName(name string) error {
	switch {
	case len(name) > longestName:
		return fmt.Errorf("%s: a name has at most %d characters", name, longestName)
	case !goodName.MatchString(name):
		return fmt.Errorf("%q is no name: use small letters, digits and single dashes, beginning with a letter, such as acme or acme-uk", name)
	case slices.Contains(all.Names(), name):
		return fmt.Errorf("%s is a style that is built in: use another name", name)
	}
	shipped, err := declared.Shipped()
	if err != nil {
		return err
	}
	for _, contract := range shipped {
		if contract.Adapter().Name == name {
			return fmt.Errorf("%s is a contract that comes with Lendgate: use it, or another name", name)
		}
	}
	return nil
}

// file is one that is made.
type file struct{ path, text string }

// filled are the files of the template with the name in place.
func filled(name string) (files []file, err error) {
	title := strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "-", " ")
	fill := strings.NewReplacer("{{name}}", name, "{{title}}", title, "{{env}}", strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
	err = fs.WalkDir(template, "template", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := template.ReadFile(path)
		if err != nil {
			return err
		}
		if path == "template/contract.yaml" {
			files = slices.Insert(files, 0, file{name + ".yaml", fill.Replace(string(text))})
			return nil
		}
		files = append(files, file{filepath.Join(name, filepath.FromSlash(strings.TrimPrefix(path, "template/"))), string(text)})
		return nil
	})
	return files, err
}

// create writes a new file, and never over another.
func create(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
