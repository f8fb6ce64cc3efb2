package all_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/all"
	"github.com/lendgate/lendgate/adapters/declared"
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
	want := adapters.Render(append(styles, contracts(t)...))
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

func contracts(t *testing.T) (all []adapters.Described) {
	shipped, err := declared.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range shipped {
		all = append(all, described(t, c))
	}
	return all
}

func described(t *testing.T, c *declared.Contract) adapters.Described {
	adapter := c.Adapter()
	definition, err := adapter.Define(adapter.Defaults(all.Example(adapter)))
	if err != nil {
		t.Fatalf("contract %s with its defaults: %v", adapter.Name, err)
	}
	d := adapters.Described{Adapter: adapter, Definition: definition, Contract: true}
	for _, a := range c.Assumed() {
		d.Assumed = append(d.Assumed, []string{"`" + a.At + "`", a.What, a.Why})
	}
	return d
}
