package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// The code that records speak for: what decides about money, what keeps it, what lets callers at it.
var (
	storing = []string{"state"}
	asking  = []string{"canonical", "adapters"}
	serving = []string{"canonical", "state", "adapters", "gateway/engine", "gateway/api"}
)

// Code digests the sources that a harness's record speaks for, tests and data of tests left out.
func Code(harness string) (string, error) {
	folders := serving
	if i := slices.IndexFunc(Harnesses, func(h Harness) bool { return h.Name == harness }); i >= 0 && Harnesses[i].Of != nil {
		folders = Harnesses[i].Of
	}
	sum := sha256.New()
	for _, folder := range folders {
		if err := digest(sum, folder); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func digest(sum io.Writer, folder string) error {
	return filepath.WalkDir(filepath.Join(root(), folder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root(), path)
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(name), len(text))
		_, _ = sum.Write(text)
		return err
	})
}

// root is the folder of the module.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// commit is the last one below the sources; "" outside a repository.
func commit() string {
	out, err := exec.Command("git", "-C", root(), "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
