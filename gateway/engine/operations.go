package engine

import (
	"encoding/json"
	"slices"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// operationsOf lists the operations of an order, oldest first: its history names each.
func operationsOf(r state.Reader, order string) ([]canonical.Operation, error) {
	events, err := r.History(order, 0, noLimit)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, sealed := range events {
		var named struct {
			Operation *struct {
				ID string `json:"id"`
			} `json:"operation"`
		}
		if err := json.Unmarshal(sealed.Body, &named); err != nil {
			return nil, err
		}
		if named.Operation != nil && !slices.Contains(ids, named.Operation.ID) {
			ids = append(ids, named.Operation.ID)
		}
	}
	ops := make([]canonical.Operation, len(ids))
	for i, id := range ids {
		if ops[i], err = r.Operation(id); err != nil {
			return nil, err
		}
	}
	return ops, nil
}

const noLimit = int(^uint(0) >> 1)
