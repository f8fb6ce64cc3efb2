package all_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/all"
)

var update = flag.Bool("update", false, "write the rendered document anew")

const document = "../../PROVIDERS.md"

func TestRenderedProvidersAreCurrent(t *testing.T) {
	var styles []adapters.Described
	for _, adapter := range all.Adapters {
		definition, err := adapter.Define(adapter.Defaults(all.Example(adapter)))
		if err != nil {
			t.Fatalf("style %s with its defaults: %v", adapter.Name, err)
		}
		styles = append(styles, adapters.Described{Adapter: adapter, Definition: definition})
	}
	want := adapters.Render(styles)
	if *update {
		if err := os.WriteFile(document, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("PROVIDERS.md is not what the definitions say: run make generate")
	}
}
