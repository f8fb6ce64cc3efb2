package creditkey

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/shopspring/decimal"
)

// act is one thing a person can do; doc.go shows the same table in words.
type act struct {
	do      string
	from    []string
	reviews bool                          // only where the dialect knows PENDING
	make    func(*order, time.Time) error // or, where the act needs an amount:
	makeBy  func(*order, decimal.Decimal) error
}

var acts = []act{
	{do: "complete", from: []string{created}, make: (*order).accept},
	{do: "leave", from: []string{created}, make: become(canceled)},
	{do: "capture", from: []string{authorized}, make: become(captured)},
	{do: "cancel", from: []string{created, pending, authorized}, make: become(canceled)},
	{do: "refund", from: []string{captured}, makeBy: (*order).refund},
	{do: "review", from: []string{created}, reviews: true, make: (*order).review},
	{do: "approve", from: []string{pending}, reviews: true, make: (*order).reserve},
}

func become(status string) func(*order, time.Time) error {
	return func(o *order, at time.Time) error { return o.move(status, at) }
}

func (a act) on(o *order, amount string, at time.Time) error {
	part := money([]byte(amount))
	switch {
	case a.makeBy == nil && amount != "":
		return errors.New("takes no amount")
	case a.makeBy == nil:
		return a.make(o, at)
	case !part.IsPositive():
		return fmt.Errorf("needs an amount such as 12.50, not %q", amount)
	}
	return a.makeBy(o, part)
}

// Act plays a person at the lender. Its error says what is possible.
func (l *Lender) Act(now time.Time, a lender.Act) error {
	l.Wake(now)
	o := l.byKey[a.Order]
	if o == nil {
		o = l.newestWith(a.Order)
	}
	if o == nil {
		return fmt.Errorf("creditkey knows no order %q", a.Order)
	}
	possible := l.possible(o)
	i := slices.IndexFunc(possible, func(p act) bool { return p.do == a.Do })
	if i < 0 {
		return fmt.Errorf("order %s is %s: %q is not possible, only: %s", o.key, o.status, a.Do, names(possible))
	}
	next := *o
	if err := possible[i].on(&next, a.Amount, now); err != nil {
		return fmt.Errorf("%s order %s: %w", a.Do, o.key, err)
	}
	l.save(now, o, next)
	return nil
}

func (l *Lender) possible(o *order) []act {
	var found []act
	for _, a := range acts {
		if slices.Contains(a.from, o.status) && (l.dialect.reviews || !a.reviews) {
			found = append(found, a)
		}
	}
	return found
}

func names(list []act) string {
	if len(list) == 0 {
		return "nothing"
	}
	var words []string
	for _, a := range list {
		words = append(words, a.do)
	}
	return strings.Join(words, ", ")
}
