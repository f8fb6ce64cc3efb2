package canonical_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lendgate/lendgate/canonical"
)

func TestLenderReference(t *testing.T) {
	const order = "ord_01K9ABCDEFGHJKMNPQRSTVWXYZ"
	tests := []struct {
		name, reference string
		form            canonical.ReferenceForm
		want            string
	}{
		{"fits as it is", "ORD-10001", canonical.ReferenceForm{Max: 64}, "ORD-10001-RSTVWXYZ"},
		{"cut to the length", "ORD-10001", canonical.ReferenceForm{Max: 12}, "ORD-RSTVWXYZ"},
		{"cut exactly", "ORD-10001", canonical.ReferenceForm{Max: 18}, "ORD-10001-RSTVWXYZ"},
		{"one short", "ORD-10001", canonical.ReferenceForm{Max: 17}, "ORD-1000-RSTVWXYZ"},
		{"letters, digits, dash and underscore where nothing is said", "Nr. 7/A_b-ö @[`{", canonical.ReferenceForm{Max: 64}, "Nr7A_b--RSTVWXYZ"},
		{"only what the alphabet has", "ORD-10001", canonical.ReferenceForm{Max: 64, Alphabet: "0123456789-"}, "-10001-RSTVWXYZ"},
		{"no dash where the alphabet has none", "ORD-10001", canonical.ReferenceForm{Max: 64, Alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}, "ORD10001RSTVWXYZ"},
		{"nothing of the reference can stay", "№ ⅞", canonical.ReferenceForm{Max: 64}, "RSTVWXYZ"},
		{"no reference", "", canonical.ReferenceForm{Max: 64}, "RSTVWXYZ"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := canonical.LenderReference(test.reference, order, test.form); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if got := canonical.LenderReference("A", "short", canonical.ReferenceForm{Max: 12}); got != "A-short" {
		t.Errorf("an id shorter than the tail: got %s", got)
	}
}

func TestLenderReferenceKeepsToTheFormAndIsTheOrdersOwn(t *testing.T) {
	const usual = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	rapid.Check(t, func(t *rapid.T) {
		form := canonical.ReferenceForm{
			Max:      rapid.IntRange(12, 64).Draw(t, "max"),
			Alphabet: rapid.SampledFrom([]string{"", usual, usual[:36] + usual[52:62]}).Draw(t, "alphabet"),
		}
		reference := rapid.String().Draw(t, "reference")
		tails := rapid.SliceOfNDistinct(rapid.StringMatching("[0-9A-HJKMNP-TV-Z]{8}"), 2, 2, rapid.ID[string]).Draw(t, "tails")
		one := canonical.LenderReference(reference, "ord_01K9"+tails[0], form)
		other := canonical.LenderReference(reference, "ord_01K9"+tails[1], form)
		allowed := form.Alphabet
		if allowed == "" {
			allowed = usual
		}
		switch {
		case len(one) > form.Max:
			t.Errorf("%q is longer than %d", one, form.Max)
		case strings.Trim(one, allowed) != "":
			t.Errorf("%q leaves the alphabet %s", one, allowed)
		case !strings.HasSuffix(one, tails[0]):
			t.Errorf("%q does not end in the order's %s", one, tails[0])
		case one == other:
			t.Errorf("two orders share %q", one)
		}
	})
}
