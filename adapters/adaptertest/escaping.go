package adaptertest

import (
	"strings"

	"github.com/lendgate/lendgate/canonical"
)

// crooked is an id that would reach elsewhere if it were not escaped.
const crooked = "a/../b?c=d#e f%2e"

func (s *suite) checkEscaping() []string {
	return s.each(func(one sample) []string {
		from := *one.from
		switch {
		case from.command != nil:
			cmd := *from.command
			cmd.Order.ProviderOrder = crookedOrder(cmd.Order.ProviderOrder)
			from.command = &cmd
		case from.query != nil:
			q := *from.query
			q.Order.ProviderOrder = crookedOrder(q.Order.ProviderOrder)
			from.query = &q
		}
		was := s.play(&from, from.replies())
		var f findings
		for i, wire := range was.wires {
			f.when(strings.Contains(pathOf(wire), "a/.."), "request %d goes to %s", i+1, pathOf(wire))
			f.when(strings.ContainsAny(pathOf(wire), "# "), "request %d is not escaped: %s", i+1, pathOf(wire))
		}
		f.when(was.panicked != nil, "%s", was)
		return f
	})
}

func crookedOrder(o canonical.ProviderOrder) canonical.ProviderOrder {
	if o.ID != "" {
		o.ID = crooked
	}
	if o.Reference != "" {
		o.Reference = crooked
	}
	return o
}
