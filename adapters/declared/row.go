package declared

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// row is a reply or a part of one, with the money it is read in.
type row struct {
	document
	purse *purse
}

// under is what a pointer leads to; of nothing there comes nothing.
func (r row) under(at pointer) row {
	found, _ := r.at(at)
	return row{found, r.purse}
}

func (r row) list(at pointer) ([]row, error) {
	if _, there := r.at(at); !there {
		return nil, fmt.Errorf("%s %w", at.written, errUnsaid)
	}
	documents, err := r.rows(at)
	rows := make([]row, len(documents))
	for i, d := range documents {
		if _, is := d.value.(map[string]any); !is {
			return nil, fmt.Errorf("%s has a row that is no object", at.written)
		}
		rows[i] = row{d, r.purse}
	}
	return rows, err
}

func (r row) whole(at pointer) (int, error) {
	written, err := r.name(at)
	if err != nil {
		return 0, err
	}
	if written == "" {
		return 0, fmt.Errorf("%s %w", at.written, errUnsaid)
	}
	whole, err := strconv.Atoi(written)
	if err != nil {
		return 0, fmt.Errorf("%s is no whole number", at.written)
	}
	return whole, nil
}

func (r row) time(at pointer) (time.Time, error) {
	written, err := r.text(at)
	if err != nil {
		return time.Time{}, err
	}
	moment := adapters.Moment(written)
	if moment == nil {
		return time.Time{}, fmt.Errorf("%s %w", at.written, errUnsaid)
	}
	return *moment, nil
}

// pick is the one row of a list whose text at a place is the one wanted.
func pick(rows []row, at pointer, wanted string) (row, error) {
	var found []row
	for _, r := range rows {
		said, err := r.text(at)
		if err != nil {
			return row{}, err
		}
		if said == wanted && wanted != "" {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return row{}, fmt.Errorf("a row with this %s %w", at.written, errUnsaid)
	case 1:
		return found[0], nil
	}
	return row{}, errors.New("more than one row has this " + at.written)
}
