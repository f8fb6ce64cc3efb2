// Package all is the list of the styles that are built in. A new style is added here, and nowhere else.
package all

import (
	"cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/creditkey"
	"github.com/lendgate/lendgate/adapters/cryptopay"
	"github.com/lendgate/lendgate/adapters/ecster"
	"github.com/lendgate/lendgate/adapters/iwocapay"
	"github.com/lendgate/lendgate/adapters/spendoption"
)

// Adapters lists the styles.
var Adapters = []adapters.Adapter{
	creditkey.Adapter,
	spendoption.Adapter,
	ecster.Adapter,
	iwocapay.Adapter,
	cryptopay.Adapter,
}

// Names lists the names of the styles.
func Names() []string {
	var names []string
	for _, adapter := range Adapters {
		names = append(names, adapter.Name)
	}
	return names
}

// Example gives a style the settings it takes to show all it can do, for documents and tests.
func Example(adapter adapters.Adapter) adapters.Values {
	values := adapters.Values{}
	for _, setting := range adapter.Settings {
		if setting.Required || setting.Example != "" {
			values[setting.Name] = cmp.Or(setting.Example, "example")
		}
	}
	return values
}
