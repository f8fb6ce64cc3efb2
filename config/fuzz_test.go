package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/lendgate/lendgate/config"
)

// FuzzParse: whatever the file holds, reading it ends without a panic, every mistake has a place in
// it, and a file without mistakes has everything a provider needs.
func FuzzParse(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "providers.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(fullest))
	opts := config.Options{
		LookupEnv: func(name string) (string, bool) { return name, len(name) > 1 },
		ReadFile:  func(path string) ([]byte, error) { return []byte(path), nil },
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := config.Parse("p.yaml", text, opts)
		var mistakes config.Mistakes
		if err != nil && !errors.As(err, &mistakes) {
			t.Fatalf("%v is not Mistakes", err)
		}
		for _, p := range file.Providers {
			settings := p.For("acme")
			settings.Require("key")
			settings.Text("key")
			settings.Secret("secret")
			settings.Map("map").Texts("list")
			mistakes.Include(settings.Mistakes().Err())
			p.Hash("acme")
			if err == nil && (p.ID == "" || p.Style == "" || p.Mode == "" || p.BaseURL == "" || p.Breaker.Window < 6*p.Timeouts.Write) {
				t.Errorf("a provider without mistakes is not whole: %+v", p)
			}
		}
		lines := 1
		for _, b := range text {
			if b == '\n' {
				lines++
			}
		}
		for _, m := range mistakes {
			if m.File != "p.yaml" || m.Line < 1 || m.Line > lines || m.Column < 1 || m.Text == "" {
				t.Errorf("a mistake without a place: %#v in %d lines", m, lines)
			}
		}
	})
}
