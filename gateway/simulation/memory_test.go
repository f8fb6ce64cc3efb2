package simulation

import (
	"testing"

	"github.com/lendgate/lendgate/state"
	"github.com/lendgate/lendgate/state/statetest"
)

func TestMemoryKeepsTheContractOfStores(t *testing.T) {
	statetest.Run(t, func(*testing.T) state.Store {
		return newMemory(func(string, statetest.Moment) bool { return false }).gateway("only")
	})
}
