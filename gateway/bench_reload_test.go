package gateway_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/gateway"
)

// reloadedProviders is how many the file of BenchmarkReload has, of all styles in turn.
const reloadedProviders = 200

// BenchmarkReload puts a file of 200 providers in force: one that is the same, one in which one provider is
// another, and one in which all are.
func BenchmarkReload(b *testing.B) {
	head, sections, _ := strings.Cut(source(b, "providers.yaml"), "\nproviders:\n")
	styles := strings.Split(sections, "\n\n")
	var all []string
	for i := range reloadedProviders {
		lines := eachID.ReplaceAllString(styles[i%len(styles)], fmt.Sprintf("  - id: lender-%d", i))
		all = append(all, strings.TrimRight(lines, "\n")+"\n    former_secrets: 24h")
	}
	file := head + "\nproviders:\n" + strings.Join(all, "\n\n") + "\n"
	for _, row := range []struct {
		name    string
		changed int
	}{{"same", 0}, {"one", 1}, {"all", -1}} {
		b.Run(row.name, func(b *testing.B) {
			s := newSite(b)
			write(b, s.config, strings.Replace(file, "ballast: 128MiB", "ballast: 1MiB", 1))
			g, err := gateway.Open(b.Context(), gateway.Options{Config: s.config, Data: s.data, Sandbox: true, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = g.Close() }()
			other := strings.Replace(file, "former_secrets: 24h", "former_secrets: 12h", row.changed)
			for n := 0; b.Loop(); n++ {
				b.StopTimer()
				write(b, s.config, []string{other, file}[n%2])
				b.StartTimer()
				if err := g.Reload(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
