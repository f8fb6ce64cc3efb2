package sandbox

import (
	"sync"
	"time"
)

// A world that is served looks this often whether something is due. It does not sleep until the next
// thing: business time can be set forward.
const wakesEvery = 50 * time.Millisecond

// waker lets time pass in a world that is served over HTTP, where nobody else calls Wake.
type waker struct {
	start, stop sync.Once
	stopped     chan struct{}
	done        sync.WaitGroup
}

// run calls wake from time to time until the waker is closed.
func (k *waker) run(wake func()) {
	k.start.Do(func() {
		k.done.Go(func() {
			ticker := time.NewTicker(wakesEvery)
			defer ticker.Stop()
			for {
				select {
				case <-k.stopped:
					return
				case <-ticker.C:
					wake()
				}
			}
		})
	})
}

func (k *waker) close() {
	k.stop.Do(func() { close(k.stopped) })
	k.start.Do(func() {}) // who has not begun will not
	k.done.Wait()
}
