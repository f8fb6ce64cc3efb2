package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"
)

// index is the page that says what there is, written from the tables that decide it.
func (w *World) index(to http.ResponseWriter, r *http.Request) {
	to.Header().Set("Content-Type", "text/plain; charset=utf-8")
	to.Header().Set("X-Content-Type-Options", "nosniff")
	w.describe(to, "http://"+r.Host)
}

func (w *World) describe(to io.Writer, base string) {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprint(table, "Simulated lenders. Nothing here is real, and no money moves.\n\n")
	fmt.Fprint(table, "LENDER\tADDRESS\tWHAT PEOPLE DO THERE\n")
	for _, name := range w.core.names() {
		fmt.Fprintf(table, "%s\t%s/%s\t%s\n", name, base, name, actsAt(name))
	}
	fmt.Fprint(table, "\nAMOUNTS that ask for something, by their last two digits; faults come once, the repeat succeeds\n")
	for _, t := range triggers {
		fmt.Fprintf(table, ".%02d\t%s\t%s\n", t.cents, t.fault, t.says)
	}
	fmt.Fprint(table, "\nFAULTS to set for any operation that they fit\n")
	for _, k := range kinds {
		fmt.Fprintf(table, "%s\t%s\n", k.name, k.says)
	}
	fmt.Fprint(table, "\nNOTIFICATIONS go out in one of these modes\n")
	for _, m := range postModes {
		fmt.Fprintf(table, "%s\t%s\n", m.name, m.says)
	}
	fmt.Fprint(table, "\nCONTROL\n")
	for _, c := range controls {
		fmt.Fprintf(table, "%s %s\t%s\n", c.method, c.path, c.says)
	}
	fmt.Fprintf(table, examples, base, base, base, base)
}

const examples = `
EXAMPLES
curl %s/control/ecster/orders
curl %s/control/ecster/act -d '{"order":"<id, cart key or reference>","do":"complete"}'
curl %s/control/faults -d '{"lender":"ecster","operation":"capture","fault":"lose_reply"}'
curl '%s/control/ledger?lender=ecster'
`

func actsAt(name string) string {
	for _, p := range peopleAt {
		if p.lender == name {
			return p.acts
		}
	}
	return ""
}
