package badger

import (
	"fmt"
	"time"
)

// keeper brings the anchor to the disk once a second. Until then it is the kernel's, which is enough
// for a process that dies; after a power cut the anchor may be a second behind the data, never ahead.
type keeper struct{ quit, done chan struct{} }

const syncEvery = time.Second

func keep(a *anchor, failed func(error)) keeper {
	k := keeper{make(chan struct{}), make(chan struct{})}
	go k.run(a, failed)
	return k
}

func (k keeper) run(a *anchor, failed func(error)) {
	defer close(k.done)
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-k.quit:
			return
		case <-tick.C:
			if err := a.file.Sync(); err != nil {
				failed(fmt.Errorf("anchor: %w", err))
				return
			}
		}
	}
}

func (k keeper) stop() {
	if k.quit != nil {
		close(k.quit)
		<-k.done
	}
}
