package declared

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed testdata/*/cases/*.json
var recorded embed.FS

// ShippedText is a contract that comes with Lendgate as it is written, with the name of its file; "" where
// there is none of that name.
func ShippedText(name string) (file string, text []byte) {
	file = "contracts/" + name + ".yaml"
	text, err := shipped.ReadFile(file)
	if err != nil {
		return "", nil
	}
	return file, text
}

// ShippedCases are the recorded exchanges of a contract that comes with Lendgate.
func ShippedCases(name string) (fs.FS, error) { return fs.Sub(recorded, "testdata/"+name+"/cases") }

// ShippedNames are the contracts that come with Lendgate, in the order of their names.
func ShippedNames() []string {
	files, _ := fs.Glob(shipped, "contracts/*.yaml") // the pattern is good
	for i, file := range files {
		files[i] = strings.TrimSuffix(path.Base(file), ".yaml")
	}
	return files
}
