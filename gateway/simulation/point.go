package simulation

// point is a moment at which a process can be killed. Each is passed and died at in any set of runs.
type point string

const (
	beforeRun      point = "before a transaction runs"
	beforeCommit   point = "before a commit"
	afterCommit    point = "after a commit"
	beforeSend     point = "before a request is sent"
	afterActing    point = "after the lender acted"
	afterReply     point = "after the reply is read"
	afterSilence   point = "after no reply came"
	beforeAnswer   point = "before a request is acknowledged"
	beforeAccepted point = "before a notification is acknowledged"
	timerFalls     point = "when a timer has fallen"
	anyTime        point = "at any time"
)

// points lists every point once.
var points = []point{beforeRun, beforeCommit, afterCommit, beforeSend, afterActing, afterReply, afterSilence, beforeAnswer, beforeAccepted, timerFalls, anyTime}

// point passes a moment at which a process may be killed.
func (r *run) point(p *process, at point) {
	r.counts.passed[at]++
	if (r.stop != nil && r.stop.lose) || !r.dies(at) {
		return
	}
	r.counts.killed[at]++
	r.tell(p.String(), "is killed %s", at)
	r.crash(p)
}

func (r *run) dies(at point) bool {
	if r.stop != nil {
		return r.stop.passes(at)
	}
	met, _ := r.meet(atPoint, encounter{what: string(at)})
	return met != nil
}

// stops are the passages of a run at which its process is killed, counted from 1.
type stops struct {
	at     []int
	counts bool // it has begun
	count  int
	names  []point
	again  bool // the same node starts again; else another takes over
	lose   bool // not the process is lost, but the answer of a commit
}

func (s *stops) passes(at point) bool {
	if !s.counts {
		return false
	}
	s.count++
	if len(s.at) == 0 || s.at[0] != s.count {
		return false
	}
	s.at, s.names = s.at[1:], append(s.names, at)
	return true
}
