package declared

import (
	"errors"

	"github.com/lendgate/lendgate/canonical"
)

var (
	errTwoCurrencies = errors.New("amounts of two currencies stand beside each other")
	errBelowZero     = errors.New("a difference is below zero")
)

// compare says whether a is less than b, equal or greater: -1, 0, 1.
func compare(a, b money) (int, error) {
	if !alikeIn(a, b) {
		return 0, errTwoCurrencies
	}
	return a.is.Value.Decimal().Cmp(b.is.Value.Decimal()), nil
}

// alikeIn: none of the order's money is none of any, where the order's currency is not known yet.
func alikeIn(a, b money) bool {
	unknown := func(m money) bool { return m.is.Currency == "" && m.is.IsZero() }
	return a.is.Currency == b.is.Currency || unknown(a) || unknown(b)
}

func add(a, b money) (money, error) {
	switch {
	case !alikeIn(a, b):
		return money{}, errTwoCurrencies
	case a.is.Currency == "":
		return b, nil
	}
	return checked(a.is.With(a.is.Value.Add(b.is.Value)))
}

// subtract: a difference below zero is no amount. Either the reply is wrong or the contract.
func subtract(a, b money) (money, error) {
	switch order, err := compare(a, b); {
	case err != nil:
		return money{}, err
	case order < 0:
		return money{}, errBelowZero
	}
	return money{a.is.With(a.is.Value.Sub(b.is.Value))}, nil
}

func checked(m canonical.Money) (money, error) { return money{m}, m.Check() }

// total adds up money of rows. Where there are none it is none, in the currency that is known.
func total(rows []row, purse *purse, at pointer) (money, error) {
	currency, err := purse.known()
	if err != nil && len(rows) == 0 {
		return money{}, err
	}
	sum := money{canonical.Zero(currency)}
	for i, r := range rows {
		one, err := r.money(at)
		if err != nil {
			return money{}, unreadable(err)
		}
		if i == 0 && currency == "" {
			sum = money{canonical.Zero(one.Currency)}
		}
		if sum, err = add(sum, money{one}); err != nil {
			return money{}, err
		}
	}
	return sum, nil
}

// unreadable: what a row of a list does not say is not just unsaid, it is missing from a sum.
func unreadable(err error) error {
	if errors.Is(err, errUnsaid) {
		return errors.New("a row of a list says too little: " + err.Error())
	}
	return err
}
