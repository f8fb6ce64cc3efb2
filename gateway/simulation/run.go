package simulation

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Options say which run is wanted.
type Options struct {
	Seed    uint64
	Without map[string]bool // faults and steps that are left out, by their names
	Tell    bool            // keep the story
}

// run is one life of a gateway, its lenders and everybody around them.
type run struct {
	Options
	kernel    *kernel
	chance    *chance
	swarm     swarm
	plan      plan
	meddling  float64 // how likely somebody acts in a lender's dashboard
	without   map[string]bool
	styles    []*style
	world     *sandbox.World
	book      *book
	store     *store
	mirror    *mirror
	log       *slog.Logger
	processes []*process
	epochs    int
	started   signal
	changed   signal // an order, or that the run is calm
	left      signal // the last of the merchants is done, or it has been enough
	stale     bool   // the timers changed since the loops were armed
	shops     []*shop
	busy      int // people that are not done
	trading   int // merchants among them
	requests  int // of merchants for money, repetitions not counted
	sendings  map[string]*sending
	notices   []*notice
	lied      map[string]bool // orders of ours about which a lender said, in words we know, what is not so
	woken     time.Time       // when the lenders are woken next
	answers   []*asked
	unheard   []string // keys of requests whose callers hung up
	aloft     int      // requests in flight
	alarms    int      // errors the engine logged
	met       []met
	taken     []string // steps that were taken
	ids       int
	healedAt  time.Duration
	stop      *stops   // where a scenario is killed; nil: chance decides
	forced    []forced // faults that a scenario wants
	mute      bool     // no notification gets through

	invariant *invariant // being checked
	violation *Violation
	counts    *counts
	telling   bool
	story     []string
}

// newRun makes a run ready. Everything it leaves open is drawn from the seed.
func newRun(o Options, c *crew) *run {
	r := &run{Options: o, chance: newChance(o.Seed), without: o.Without, telling: o.Tell, mirror: newMirror(), sendings: make(map[string]*sending), lied: make(map[string]bool), counts: newCounts()}
	ties := r.chance.dice("ties", 0)
	r.kernel = &kernel{crew: c, tie: ties.next, idle: r.arm}
	r.log = slog.New(alarms{r})
	return r
}

// settle draws what the run is like.
func (r *run) draw() {
	d := r.chance.dice("run", 0)
	r.swarm, r.plan = newSwarm(d), newPlan(d)
	r.meddling = pick(d, 0, 0, 0.5, 1)
	first := d.below(len(styles))
	second := (first + 1 + d.below(len(styles)-1)) % len(styles)
	r.open(drawVariant(d, styles[first]), drawVariant(d, styles[second]))
	for _, s := range r.styles {
		r.shops = append(r.shops, &shop{run: r, style: s})
	}
}

// open makes the lenders and the store.
func (r *run) open(all ...*style) {
	r.styles = all
	var lenders []lender.Lender
	addresses := make(map[string]string)
	for _, s := range all {
		lenders = append(lenders, s.opens())
		addresses[s.name()] = noticeURL(s.name())
	}
	var err error
	r.world, err = sandbox.New(sandbox.Options{Now: r.kernel.now, Lenders: lenders, NoticeURLs: addresses, Deliver: r.deliver})
	if err != nil {
		panic(err)
	}
	r.book, r.store = newBook(lenders), newStore(r)
}

// takes says whether a step is taken: a run that is shrunk leaves some out.
func (r *run) takes(id string) bool {
	if r.without[id] || r.swarm.calm {
		return false
	}
	r.taken = append(r.taken, id)
	return true
}

// arm has the loops of the gateways look again when the first timer falls.
func (r *run) arm() {
	if !r.stale {
		return
	}
	r.stale = false
	due, any := r.mirror.due()
	for _, p := range r.processes {
		if any && p.idle.waits && !p.dead {
			p.arm(due.Sub(dawn))
		}
	}
}

// nodes are the names that gateways can have. One of two lives at a time, or two of the three.
var nodes = []string{"one", "two", "three"}

// crash kills a process. Its node comes back after a while, or another takes over.
func (r *run) crash(p *process) {
	d := r.chance.dice("restart", r.chance.count("restart"))
	again, pause := !d.happens(0.3), d.anywhere(200*time.Millisecond, 5*time.Minute)
	if r.stop != nil {
		again, pause = r.stop.again, time.Second
	}
	r.kernel.after(pause, func() { r.boot(r.nodeAfter(p.node, again)) })
	r.kernel.kill(p)
}

// nodeAfter is the node that starts after one was killed: the same, or one that is down.
func (r *run) nodeAfter(killed string, again bool) string {
	for _, node := range nodes {
		if !again && node != killed && !r.lives(node) {
			return node
		}
	}
	if r.lives(killed) { // another killed node's place was taken by this one
		return r.nodeAfter("", false)
	}
	return killed
}

func (r *run) lives(node string) bool {
	return slices.ContainsFunc(r.processes, func(p *process) bool { return p.node == node && !p.dead })
}

// newID makes ids that sort by time.
func (r *run) newID(prefix string) string {
	r.ids++
	return fmt.Sprintf("%s_%026d", prefix, r.ids)
}

func (r *run) entropy(n int) []byte {
	d := r.chance.dice("entropy", r.chance.count("entropy"))
	random := make([]byte, n)
	for i := range random {
		random[i] = byte(d.next())
	}
	return random
}

// tell adds a line to the story.
func (r *run) tell(who, what string, of ...any) {
	if r.telling {
		r.story = append(r.story, fmt.Sprintf("%-14s %-22s %s", r.kernel.elapsed.Round(time.Millisecond), who, fmt.Sprintf(what, of...)))
	}
}

// person starts a routine of nobody's process, which the run waits for.
func (r *run) person(name string, life func()) {
	r.busy++
	r.kernel.spawn(nil, name, func() {
		life()
		r.busy--
	})
}

// merchant starts one of those whose requests the faults are for.
func (r *run) merchant(name string, life func()) {
	r.trading++
	r.person(name, func() {
		life()
		if r.trading--; r.trading == 0 {
			r.kernel.raise(&r.left)
		}
	})
}

// play lets the whole run happen.
func (r *run) play() {
	for i := range r.plan.nodes {
		r.boot(nodes[i])
	}
	for _, s := range r.shops {
		r.counts.styles[s.style.String()]++
		r.merchant(s.style.name(), s.trade)
		r.merchant(s.style.name()+" till", s.help)
	}
	r.person("killer", r.killAtTimes)
	r.kernel.spawn(nil, "director", r.direct)
	r.kernel.run()
	r.noteBroken()
}

// noteBroken makes a panic a violation.
func (r *run) noteBroken() {
	if b := r.kernel.broke; b != nil && r.violation == nil {
		r.violation = &Violation{Number: 0, Name: "nothing panics", Seen: fmt.Sprintf("%v\n%s", b.value, b.stack)}
	}
}

// killAtTimes kills a process when the clock strikes, wherever it stands.
func (r *run) killAtTimes() {
	d := r.chance.dice("killer", 0)
	for !r.swarm.calm && d.happens(0.5) {
		r.kernel.sleep(d.anywhere(time.Second, 10*r.plan.pause))
		if p := r.someProcess(); p != nil && r.takes(fmt.Sprintf("kill %d", r.kernel.elapsed)) {
			r.counts.passed[anyTime]++
			r.counts.killed[anyTime]++
			r.tell(p.String(), "is killed %s", anyTime)
			r.crash(p)
		}
	}
}
