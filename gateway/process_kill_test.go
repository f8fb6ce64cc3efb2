package gateway_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

// killsOfASeed is how often the gateway of one seed is killed, in the long form and in the short.
const (
	killsOfASeed  = 12
	killsInShort  = 4
	clientsAtOnce = 6
)

// honestFaults are those that a lender's definition reckons with: what the lender says it did, it did.
const honestFaults = `["lose_request","lose_reply","half","late","error_before","error_after","slow","garbage","unavailable","throttled","redirect"]`

// TestKilledUnderLoad kills the gateway, or the machine with the lenders too, again and again while merchants
// work and the lenders misbehave. Then everything heals, and every promise that was made must have been kept.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	h := harness{
		name: "process-kill", short: 2,
		some: []string{
			"kills of the gateway", "kills of gateway and lenders", "kills of a gateway that starts", "answers", "requests", "requests cut off",
			"operations found out about", "movements at lenders",
		},
		never: []string{"promises broken", "books that differ", "movements made twice", "operations left open"},
		rare:  []string{"ended by an operator", "left to a person"},
	}
	h.run(t, killSeed)
}

// harness runs a story with one seed after the other: a few in the short form; in the long one as many as there
// is time for, beginning where the record ends.
type harness struct {
	name  string
	short uint64   // seeds in the short form
	some  []string // what is counted, and must have happened in a long form
	never []string // what fails the test, and so is never counted
	rare  []string // what is counted, and need not happen
}

func (h harness) run(t *testing.T, story func(t *testing.T, seed uint64, long bool, counts map[string]int64)) {
	began, counts := time.Now(), make(map[string]int64)
	for _, name := range slices.Concat(h.some, h.never, h.rare) {
		counts[name] = 0
	}
	budget, long := proof.Long()
	first := uint64(1)
	if before := proof.Before(h.name); long && before.Seeds != nil {
		first = before.Seeds.Last + 1
	}
	last := first
	for ; ; last++ {
		t.Run(fmt.Sprint("seed ", last), func(t *testing.T) { story(t, last, long, counts) })
		if t.Failed() || (!long && last == first+h.short-1) || (long && time.Since(began) > budget) {
			break
		}
	}
	for _, name := range h.some {
		if long && !t.Failed() && counts[name] == 0 {
			t.Errorf("%s: not once", name)
		}
	}
	t.Log(counts)
	proof.Keep(t, h.name, &proof.Seeds{First: first, Last: last}, counts, time.Since(began))
}

// battle is a site whose gateway is killed while merchants work on it. With an even seed the lenders die with
// the gateway.
type battle struct {
	*merchants
	dice    *rand.Rand
	counts  map[string]int64
	alone   bool
	lenders *process
	gateway *process
}

// killSeed is the story of one site.
func killSeed(t *testing.T, seed uint64, long bool, counts map[string]int64) {
	s := newSite(t)
	s.tune(hurried...)
	b := &battle{dice: rand.New(rand.NewPCG(seed, 0)), counts: counts, alone: seed%2 == 1}
	if b.alone {
		b.lenders = s.lend()
		b.gateway = s.apart()
	} else {
		b.gateway = s.together()
	}
	s.control("PUT", "chaos", fmt.Sprintf(`{"seed":%d,"percent":12,"faults":%s}`, seed, honestFaults), nil)
	b.merchants = s.work(seed, clientsAtOnce)
	kills := killsInShort
	if long {
		kills = killsOfASeed
	}
	for range kills {
		b.strike()
	}
	b.stop()
	b.gateway.kill()
	if b.alone {
		b.lenders.kill()
	}
	s.together()
	s.calm()
	b.judge(long && seed%5 == 0)
}

// strike kills the gateway at a moment that the dice say, and starts it again.
func (b *battle) strike() {
	if !b.alone && b.dice.IntN(3) == 0 {
		b.running.Go(func() { _, _ = b.send("", "", http.MethodPost, "/clock/advance", `{"by":"30s"}`) })
	}
	b.await(b.dice.Int64N(80))
	b.gateway.kill()
	lenders, killed := b.site.lenders, "kills of gateway and lenders"
	if b.alone {
		lenders, killed = "", "kills of the gateway"
	}
	b.counts[killed]++
	if b.dice.IntN(4) == 0 {
		b.killStarting(lenders, time.Duration(b.dice.Int64N(int64(400*time.Millisecond))))
		b.counts["kills of a gateway that starts"]++
	}
	b.gateway = b.serve(lenders)
}

// killStarting starts a gateway and kills it soon, whether or not it has come to listen.
func (s *site) killStarting(lenders string, soon time.Duration) {
	p := begin(s.t, []string{asBinary + "=1"}, s.serving(lenders)...)
	time.Sleep(soon)
	p.kill()
}

// judge lets everything heal and holds what was promised against what is.
func (b *battle) judge(patiently bool) {
	b.t.Helper()
	b.counts["ended by an operator"] += b.heal(patiently)
	b.counts["requests"] += int64(b.wantPromisesKept())
	b.counts["left to a person"] += b.wantNothingOpen()
	b.wantEqualBooks()
	b.wantVerified()
	b.counts["answers"] += b.answers.Load()
	b.counts["requests cut off"] += b.cut.Load()
	b.counts["movements at lenders"] += int64(len(b.effects()))
	for _, op := range b.operations() {
		if op.FoundBy == "recovery" {
			b.counts["operations found out about"]++
		}
	}
}

// calm ends all that goes wrong at the lenders.
func (s *site) calm() {
	s.t.Helper()
	s.control("DELETE", "faults", "", nil)
	s.control("PUT", "chaos", `{"seed":1,"percent":0}`, nil)
}

// heal lets time pass until nothing is open but what only a person can know, and reads every order once more.
// A patient one waits for days, until recovery leaves that to a person; else an operator looks at the lender's
// own books and says what became of it.
func (s *site) heal(patiently bool) (resolved int64) {
	s.t.Helper()
	waits := []time.Duration{10 * time.Minute, 50 * time.Minute, 5 * time.Hour}
	if patiently {
		waits = append(waits, 24*time.Hour, 72*time.Hour)
	}
	for _, by := range waits {
		if s.advance(by); s.quiet() {
			break
		}
	}
	for _, op := range s.operations() {
		if !patiently && op.unresolved() && slices.Contains(tradeAt(op.Provider).person, op.Kind) {
			s.resolve(op)
			resolved++
		}
	}
	for _, o := range s.orders() {
		s.mustAs(s.operator, http.StatusOK, "POST", "/v1/orders/"+o.ID+"/sync", "")
	}
	s.advance(10 * time.Minute) // what the reads brought about
	return resolved
}

// resolve ends a doubt as an operator does who has asked the lender.
func (s *site) resolve(op operation) {
	s.t.Helper()
	body := `{"outcome":"failed","reason":"the lender says that it did not happen"}`
	if reference, happened := s.happened(op); happened {
		body = fmt.Sprintf(`{"outcome":"succeeded","reference":%q,"reason":"the lender has it"}`, reference)
	}
	r, err := s.send(s.operator, s.newKey(), http.MethodPost, "/v1/operations/"+op.ID+"/resolve", body)
	if err != nil || r.status >= 300 {
		s.t.Fatalf("resolve %s %s with %s: status %d %s %v", op.Kind, op.ID, body, r.status, r.body, err)
	}
}

// happened says what the lender's own books have of an operation: by what we called it where the lender keeps
// that, else by the sum.
func (s *site) happened(op operation) (reference string, did bool) {
	s.t.Helper()
	o := s.order(op.Order)
	if op.Kind == "create" {
		id := s.orderAt(o)
		return id, id != ""
	}
	effects, named := s.effects(), false
	for _, e := range effects {
		if e.Order != o.ProviderOrder.ID || e.Kind != op.Kind || cmp.Or(e.Key, e.Reference) == "" {
			continue
		}
		named = true
		for _, attempt := range op.Attempts {
			did = did || e.Reference == attempt.Reference || e.Key == attempt.Key
		}
	}
	return op.ID, did || !named && moved(effects, &o, op.Kind).GreaterThan(o.total(op.Kind))
}

// orderAt is what the lender calls an order of ours, if it has it.
func (s *site) orderAt(o order) string {
	s.t.Helper()
	var theirs []struct{ ID, Reference string }
	s.control("GET", tradeAt(o.Provider).lender+"/orders", "", &theirs)
	for _, one := range theirs {
		if one.Reference == o.ProviderOrder.Reference {
			return one.ID
		}
	}
	return ""
}

func (s *site) quiet() bool {
	s.t.Helper()
	for _, op := range s.operations() {
		if op.unresolved() && op.State != "handed_over" {
			return false
		}
	}
	return true
}

// advance moves business time of gateway and lenders on.
func (s *site) advance(by time.Duration) time.Time {
	s.t.Helper()
	now := s.tick(time.Millisecond)
	for end := now.Add(by); now.Before(end); {
		now = s.tick(end.Sub(now))
	}
	return now
}

// tick moves it on as far as one request comes.
func (s *site) tick(by time.Duration) (now time.Time) {
	s.t.Helper()
	by = max(by.Truncate(time.Millisecond), time.Millisecond)
	text := fmt.Sprintf("%dh%dm%ds%dms", int(by.Hours()), int(by.Minutes())%60, int(by.Seconds())%60, by.Milliseconds()%1000)
	r, err := s.send("", "", http.MethodPost, "/clock/advance", `{"by":"`+text+`"}`)
	if err == nil && (r.status == http.StatusOK || r.status == http.StatusAccepted) {
		return r.now(s.t)
	}
	s.t.Fatalf("advance by %s: status %d %s %v", by, r.status, r.body, err)
	return now
}
