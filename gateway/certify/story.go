package certify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/config"
)

// story is a life with what was recorded of each of its steps.
type story struct {
	name     string
	block    *block
	scenes   []scene
	rows     map[int]string // by which a scene was sent when nothing went wrong, by its number
	ids      []string       // what the lender calls the order, and whatever else of the lender's later requests name
	absent   adapters.Reply
	secondly map[string]adapters.Reply // by the case that answers a second request
	others   []adaptertest.Recording   // reads that belong to no order
}

// scene is one step of a story.
type scene struct {
	step
	number  int                     // counted from 1
	row     string                  // of the contract; "" where it happens at the lender
	command *canonical.Command      // as recorded
	fact    request                 // what the lender takes from it
	does    canonical.OperationKind // at the lender
	sent    *adaptertest.Crossing   // nil: nothing is sent
	shows   []shown                 // to reads from then on; nil: as before
	gone    bool                    // reads show no order from then on
	notice  *adaptertest.Recording
}

// shown is a recorded read, with some of it changed.
type shown struct {
	reading
	crossings []adaptertest.Crossing
	order     *canonical.Order // that the read is about
}

// label names a scene in the report.
func (s *scene) label() string {
	switch {
	case s.row != "":
		return s.row
	case s.Ask != "":
		return string(s.Ask)
	case s.Act != "":
		return s.Act + " there"
	}
	if s.Does == nothing {
		return string(s.By) + " acts"
	}
	return string(s.Does) + " by " + string(s.By)
}

// ends is how a scene ends where nothing goes wrong.
func (s *scene) ends() ending {
	if s.Is == "" {
		return endsDone
	}
	return s.Is
}

// writer puts a block and recorded exchanges together.
type writer struct {
	*noting
	block   *block
	define  *adapters.Definition
	cases   map[string]*adaptertest.Recording
	refusal func(status int, code string) adapters.Reply
}

// stories reads the lives of a block.
func (b *block) stories(n *noting, define *adapters.Definition, recorded []adaptertest.Recording) ([]*story, error) {
	w := &writer{noting: n, block: b, define: define, cases: make(map[string]*adaptertest.Recording), refusal: b.refusal()}
	var others []adaptertest.Recording
	for i := range recorded {
		w.cases[recorded[i].Name] = &recorded[i]
		if recorded[i].Query != nil {
			others = append(others, recorded[i])
		}
	}
	var all []*story
	for i, l := range b.Lives {
		all = append(all, w.story(l, fmt.Sprintf("lender.lives.%d", i)))
		all[i].others = others
	}
	w.checkRows()
	return all, n.all.Err()
}

// checkRows: what the block says of a request must be about a row there is.
func (w *writer) checkRows() {
	var rows []string
	for _, x := range w.define.Exchanges {
		rows = append(rows, x.Name)
	}
	for _, row := range slices.Sorted(maps.Keys(w.block.Requests)) {
		w.when(!slices.Contains(rows, row), "lender.requests."+row, "is no row of the contract; "+meant(row, rows))
	}
}

func meant(word string, known []string) string {
	if near := config.Closest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of " + listed(slices.Sorted(slices.Values(known)))
}

func (w *writer) story(l life, path string) *story {
	s := &story{name: l.Name, block: w.block, absent: w.refusal(404, "not_found"), secondly: w.secondly(), rows: make(map[int]string)}
	if one := w.recorded(w.block.Absent, "lender.absent"); one != nil && len(one.Wire) > 0 {
		s.absent = one.Wire[0].Reply
	}
	for i, st := range l.Steps {
		at := fmt.Sprintf("%s.steps.%d", path, i)
		one := scene{step: st, number: i + 1, does: st.Does, notice: w.recorded(st.Notice, at+".notice")}
		w.when(one.notice != nil && one.notice.Message == nil, at+".notice", "is no recorded notification: record one, with `message`")
		if st.Case != "" {
			w.ask(&one, at)
		}
		w.shows(&one, at)
		s.add(w, one, at)
	}
	return s
}

// secondly are the replies to requests that the lender has had before.
func (w *writer) secondly() map[string]adapters.Reply {
	all := make(map[string]adapters.Reply)
	for _, row := range slices.Sorted(maps.Keys(w.block.Requests)) {
		name := w.block.Requests[row].Again
		if one := w.recorded(name, "lender.requests."+row+".again"); one != nil && len(one.Wire) > 0 {
			all[name] = one.Wire[0].Reply
		}
	}
	return all
}

// add keeps a scene, and what the lender calls things in it. All scenes of a life must speak of one order.
func (s *story) add(w *writer, one scene, at string) {
	s.scenes = append(s.scenes, one)
	for _, read := range one.shows {
		s.learn(read.order)
	}
	if one.command == nil {
		return
	}
	order := &one.command.Order
	s.learn(order)
	first := s.scenes[0].command
	if first == nil {
		return
	}
	same := func(name, a, b string) {
		w.when(a != "" && b != "" && a != b, at, fmt.Sprintf("case %s is about another order: its %s is not that of case %s. The cases of one life must be of one order", one.Case, name, s.scenes[0].Case))
	}
	same("order.provider_order.reference", first.Order.ProviderOrder.Reference, order.ProviderOrder.Reference)
	same("order.amount", first.Order.Amount.String(), order.Amount.String())
	for i := range s.scenes {
		if other := s.scenes[i].command; other != nil {
			same("order.provider_order.id", other.Order.ProviderOrder.ID, order.ProviderOrder.ID)
		}
	}
}

// learn keeps what the lender calls an order.
func (s *story) learn(order *canonical.Order) {
	for _, id := range append([]string{order.ProviderOrder.ID}, values(order.Hidden.Kept)...) {
		if id != "" && !slices.Contains(s.ids, id) {
			s.ids = append(s.ids, id)
		}
	}
}

func values(kept map[string]string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		all = append(all, kept[name])
	}
	return all
}

// recorded finds a case by its name.
func (w *writer) recorded(name, at string) *adaptertest.Recording {
	if name == "" {
		return nil
	}
	one := w.cases[name]
	w.when(one == nil, at, fmt.Sprintf("there is no case %s.json; %s Or record it: lendgate adapter record", name, meant(name, slices.Collect(maps.Keys(w.cases)))))
	return one
}

// ask fills in what a case records of a request of ours.
func (w *writer) ask(one *scene, at string) {
	c := w.recorded(one.Case, at+".case")
	if c == nil {
		return
	}
	if c.Command == nil || len(c.Wire) > 1 {
		w.at(at+".case", "must be a case of one command: name reads under read, and notifications under notice")
		return
	}
	one.command, one.row = c.Command, c.Exchange
	one.fact = w.block.Requests[one.row]
	if one.does = one.fact.Does; one.does == "" {
		one.does = c.Command.Kind
	}
	if len(c.Wire) == 0 {
		w.when(c.Exchange == "", at+".case", "is a case in which nothing is sent: a life is told by what reaches the lender")
		one.does = nothing
		return
	}
	sent := c.Wire[0]
	one.sent = &sent
	w.when(sent.Reach != adapters.Replied, at+".case", "records no reply: replies are lost by certify, not by cases")
	_, told := w.block.Requests[one.row]
	w.when(!told, "lender.requests", one.row+" is missing: what does the lender take from this request? Such as "+one.row+": {amount: /amount, key: {header: idempotency-key}, yes: {/id: text}}")
	w.when(told && c.Command.Kind == canonical.OpCreate && one.fact.Does == "", "lender.requests."+one.row+".does", "is missing: nothing, where a second order reserves and owes nothing; authorize, where the order reserves at once")
}

// shows fills in what reads are answered with.
func (w *writer) shows(one *scene, at string) {
	for i, read := range one.Read {
		if read.Case == noOrder {
			one.gone = true
			continue
		}
		c := w.recorded(read.Case, at+".read")
		if c == nil {
			continue
		}
		if c.Query == nil || len(c.Wire) == 0 {
			w.at(at+".read", "must be a case of a read with its reply")
			continue
		}
		one.shows = append(one.shows, shown{one.Read[i], c.Wire, &c.Query.Order})
	}
	moves := one.does != nothing && one.ends() == endsDone
	w.when(moves && one.Read == nil && !w.define.Traits.Unreadable, at,
		"does not say what reads show afterwards: record one (lendgate adapter record FILE sync) and name it as read:, or give read: {case: NAME, with: {/pointer: value}}")
}

// refusal makes error bodies as the lender writes them.
func (b *block) refusal() func(int, string) adapters.Reply {
	return func(status int, code string) adapters.Reply {
		body := mapped(b.Refusal.tree, func(text string) string {
			if text == "{code}" {
				return code
			}
			return text
		})
		reply := adapters.Reply{Status: status, Header: jsonHeader()}
		if body != nil {
			reply.Body = written(body)
		}
		return reply
	}
}
