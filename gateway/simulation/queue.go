package simulation

import "time"

// event is what is due at a time: the end of a wait, or something that happens by itself.
type event struct {
	ticket
	do     func()
	at     time.Duration
	tie    uint64 // decides between events of one time
	serial uint64
}

func (e *event) before(other *event) bool {
	switch {
	case e.at != other.at:
		return e.at < other.at
	case e.tie != other.tie:
		return e.tie < other.tie
	}
	return e.serial < other.serial
}

// queue is a binary heap: the first event is at the front.
type queue []event

func (q *queue) push(e event) {
	heap := append(*q, e)
	for i := len(heap) - 1; i > 0; {
		above := (i - 1) / 2
		if !heap[i].before(&heap[above]) {
			break
		}
		heap[i], heap[above] = heap[above], heap[i]
		i = above
	}
	*q = heap
}

func (q *queue) pop() (event, bool) {
	heap := *q
	if len(heap) == 0 {
		return event{}, false
	}
	first, last := heap[0], len(heap)-1
	heap[0], heap[last] = heap[last], event{}
	heap = heap[:last]
	for i := 0; ; {
		least := i
		for _, below := range []int{2*i + 1, 2*i + 2} {
			if below < last && heap[below].before(&heap[least]) {
				least = below
			}
		}
		if least == i {
			break
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
	*q = heap
	return first, true
}
