package certify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// nothing is what a request does of which a second one reserves and owes nothing.
const nothing canonical.OperationKind = "nothing"

// pay is what reserves and takes at once.
const pay canonical.OperationKind = "pay"

var (
	deedKinds  = []canonical.OperationKind{nothing, pay, canonical.OpAuthorize, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund}
	moneyKinds = []canonical.OperationKind{canonical.OpAuthorize, canonical.OpCapture, canonical.OpCancel, canonical.OpRefund}
	endings    = []ending{"", endsDone, endsDeclined, endsRefused, endsLater}
	forms      = []adapters.AmountForm{adapters.MinorInteger, minorString, adapters.MajorNumber, adapters.MajorString}
	sayings    = []string{"text", "figure", "amount", "currency", "reference", "order"}
)

// minorString is minor units in quotes, which only a lender writes.
const minorString adapters.AmountForm = "minor_string"

// check says what a block lacks or contradicts, whatever the cases are.
func (b *block) check(name string, places places) error {
	n := &noting{file: name, places: places}
	n.when(b.Source == "", "lender.source", "is missing: where is this said?")
	n.when(len(b.Lives) == 0, "lender.lives", "is missing: tell at least the whole life of one order")
	if b.Simulated == nil {
		n.when(!slices.Contains(forms, b.Form), "lender.form", "must say how the lender's requests write amounts: "+listed(forms))
		n.when(len(b.Requests) == 0, "lender.requests", "is missing: what does the lender take from each request?")
		n.when(b.ActsWithin <= 0, "lender.acts_within", "is missing: how late may a request that was received still take effect? Such as 1m")
	}
	for _, row := range slices.Sorted(maps.Keys(b.Requests)) {
		b.Requests[row].check(n, "lender.requests."+row)
	}
	for i, l := range b.Lives {
		l.check(n, fmt.Sprintf("lender.lives.%d", i), b.Simulated != nil)
	}
	return n.all.Err()
}

func (r request) check(n *noting, path string) {
	n.when(r.Does != "" && !slices.Contains(deedKinds, r.Does), path+".does", "must be one of "+listed(deedKinds))
	n.when(r.Is != "" && r.Is != "part" && r.Is != "total", path+".is", "must be part, or total where the request says all that has moved by then")
	n.when(r.Key != nil && (r.Key.Header == "") == (r.Key.Body == ""), path+".key", "needs header: NAME or body: /pointer, one of them")
	for _, pointer := range []struct{ name, text string }{{"amount", r.Amount}, {"currency", r.Currency}, {"capture", r.Capture}} {
		n.when(pointer.text != "" && !strings.HasPrefix(pointer.text, "/"), path+"."+pointer.name, "must be a pointer into the request, such as /amount")
	}
	for _, where := range slices.Sorted(maps.Keys(r.Yes)) {
		said := r.Yes[where]
		n.when(len(said.Words) == 0 && !slices.Contains(sayings, said.What), path+".yes", where+" must be one of "+listed(sayings)+", or a list of the lender's words")
	}
	for _, where := range slices.Sorted(maps.Keys(r.No)) {
		n.when(len(r.No[where].Words) == 0, path+".no", where+" must be a list of the lender's words")
	}
}

func (l life) check(n *noting, path string, simulated bool) {
	n.when(l.Name == "", path+".name", "is missing: what is this life, in a few words?")
	n.when(len(l.Steps) == 0, path+".steps", "is missing")
	for i, s := range l.Steps {
		at := fmt.Sprintf("%s.steps.%d", path, i)
		n.when(!slices.Contains(endings, s.Is), at+".is", "must be one of done, declined, refused, later")
		if simulated {
			n.when((s.Ask == "") == (s.Act == ""), at, "is either ask: OPERATION, or act: what somebody does at the simulated lender")
			n.when(s.Ask != "" && !slices.Contains(canonical.OperationKinds, s.Ask), at+".ask", "must be one of "+listed(canonical.OperationKinds))
			continue
		}
		n.when(s.Ask != "", at+".ask", "is of simulated lenders alone: name a case that records the request, case: NAME")
		n.when(s.Act != "", at+".act", "is of simulated lenders alone: say by: customer or lender, and does:")
		n.when((s.Case == "") == (s.By == ""), at, "is either case: NAME, a request of ours, or by: customer or lender, what happens there")
		n.when(s.By != "" && !slices.Contains(deedKinds, s.Does), at+".does", "must be one of "+listed(deedKinds))
		n.when(s.Case != "" && s.Does != "", at+".does", "belongs to what happens at the lender: what a request does stands under requests")
		n.when(i == 0 && s.By != "", at, "must be a case: a life begins with a create of ours")
	}
}

func listed[T ~string](all []T) string {
	words := make([]string, 0, len(all))
	for _, one := range all {
		if one != "" {
			words = append(words, string(one))
		}
	}
	return strings.Join(words, ", ")
}
