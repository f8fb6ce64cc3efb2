package certify

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lendgate/lendgate/adapters/adaptertest"
)

// Reread plays the recorded exchanges of a contract as it is now, and writes anew those that it sends or reads
// otherwise than was recorded. What the lender answered stays as it is. It returns the files that it wrote.
func Reread(file string) (written []string, err error) {
	subject, err := Load(file)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(strings.TrimSuffix(file, filepath.Ext(file)), "cases")
	cases, err := fs.Glob(os.DirFS(folder), "*.json")
	for _, name := range cases {
		path := filepath.Join(folder, name)
		other, err := reread(*subject.harness, path)
		if err != nil {
			return written, err
		}
		if other {
			written = append(written, path)
		}
	}
	return written, err
}

func reread(h adaptertest.Harness, path string) (other bool, err error) {
	complaints, err := adaptertest.Replay(h, path)
	if err != nil || len(complaints) == 0 {
		return false, err
	}
	recording, err := adaptertest.ReadRecording(path)
	if err != nil {
		return false, err
	}
	text, err := recording.Write(h)
	if err != nil {
		return false, err
	}
	return true, os.WriteFile(path, text, 0o644)
}
