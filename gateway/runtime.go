package gateway

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/lendgate/lendgate/gateway/api"
	"github.com/lendgate/lendgate/gateway/engine"
)

// idleFor is how long a worker waits for its next work. Workers are kept because the work is deep: a
// new goroutine would grow its stack again for every operation.
const idleFor = 10 * time.Second

// machine gives the engine goroutines, a clock and chance, and knows what is still under way.
type machine struct {
	now  func() time.Time
	log  *slog.Logger
	work chan func()

	mu       sync.Mutex
	underWay []*batch // those that are not done, the one that grows last
}

// batch is work that began between one settle and the next.
type batch struct {
	count int
	done  chan struct{} // closed once it grows no more and nothing of it is under way
}

func newMachine(now func() time.Time, log *slog.Logger) *machine {
	return &machine{now: now, log: log, work: make(chan func()), underWay: []*batch{{done: make(chan struct{})}}}
}

func (m *machine) runtime() engine.Runtime {
	return engine.Runtime{Now: m.now, Sleep: sleep, Start: m.start, NewID: m.newID, Entropy: entropy}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// start runs f apart from whoever asked for it: a caller that hangs up changes nothing.
func (m *machine) start(name string, f func(context.Context)) func(context.Context, time.Duration) bool {
	done := make(chan struct{})
	begun := m.begin()
	m.assign(func() {
		defer m.end(begun)
		defer m.survive(name)
		f(context.Background())
		close(done)
	})
	return func(ctx context.Context, patience time.Duration) bool {
		timer := time.NewTimer(api.Away(ctx, patience))
		defer timer.Stop()
		select {
		case <-done:
			return true
		case <-timer.C:
		case <-ctx.Done():
		}
		return false
	}
}

// assign gives work to a worker that waits, or to a new one.
func (m *machine) assign(work func()) {
	select {
	case m.work <- work:
	default:
		go m.serve(work)
	}
}

func (m *machine) serve(work func()) {
	idle := time.NewTimer(idleFor)
	defer idle.Stop()
	for {
		work()
		idle.Reset(idleFor)
		select {
		case work = <-m.work:
		case <-idle.C:
			return
		}
	}
}

// survive keeps a panic to the operation it happened in: its intent is durable and recovery finds the truth.
func (m *machine) survive(name string) {
	if p := recover(); p != nil {
		m.log.Error("panic", "in", name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	}
}

func (m *machine) begin() *batch {
	m.mu.Lock()
	defer m.mu.Unlock()
	growing := m.underWay[len(m.underWay)-1]
	growing.count++
	return growing
}

func (m *machine) end(b *batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b.count--
	m.retire(b)
}

// retire lets go of a batch that grows no more and is done.
func (m *machine) retire(b *batch) {
	growing := m.underWay[len(m.underWay)-1]
	if b == growing || b.count > 0 {
		return
	}
	close(b.done)
	m.underWay = slices.DeleteFunc(m.underWay, func(other *batch) bool { return other == b })
}

// settle waits for what is under way now; what begins meanwhile is not waited for.
func (m *machine) settle(ctx context.Context) error {
	m.mu.Lock()
	before := slices.Clone(m.underWay)
	m.underWay = append(m.underWay, &batch{done: make(chan struct{})})
	m.retire(before[len(before)-1])
	m.mu.Unlock()
	for _, b := range before {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// drain waits for everything that is under way, at most so long. Nothing new should begin.
func (m *machine) drain(patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		if m.settle(ctx) != nil {
			return false
		}
		m.mu.Lock()
		left := len(m.underWay) > 1 || m.underWay[0].count > 0
		m.mu.Unlock()
		if !left {
			return true
		}
	}
}

func (m *machine) newID(prefix string) string {
	id, err := ulid.New(ulid.Timestamp(m.now()), rand.Reader)
	if err != nil {
		panic("gateway: no randomness: " + err.Error())
	}
	return prefix + "_" + id.String()
}

func entropy(bytes int) []byte {
	random := make([]byte, bytes)
	if _, err := rand.Read(random); err != nil {
		panic("gateway: no randomness: " + err.Error())
	}
	return random
}
