package adaptertest

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Harness is one style and what is needed to try it.
type Harness struct {
	Adapter  adapters.Adapter
	Settings adapters.Values // beside the defaults; secret ones with values nobody would guess
	Cases    string          // folder of recorded exchanges
	Recorded fs.FS           // the same where it is no folder of this machine; nil: it is

	Token   func() adapters.Reply                        // what the token endpoint answers, where there is one
	Refusal func(status int, code string) adapters.Reply // an error body as the lender writes it
	Private []string                                     // what is personal in the recorded replies
	InBody  []string                                     // secret settings that a request carries on purpose
	Yes     []Yes                                        // what a reply to a money call must say before it counts
	FoldIDs bool                                         // the lender's ids are the same in any case
	Number  string                                       // the name under which replies carry our number of an order
	Mark    string                                       // and our reference of a movement, where they do

	// Prove gives a message whose body was changed the proof that its lender would give it; false where
	// such a message has none.
	Prove func(adapters.Values, *canonical.Message) bool
}

// Complaint is a rule that an adapter breaks, and where.
type Complaint struct{ Rule, What string }

// rule is a row of what an adapter must obey.
type rule struct {
	name  string
	says  string
	check func(*suite) []string
}

// rules is the suite. Recorded exchanges come first: the others begin with what they show.
var rules = []rule{
	{"recorded exchanges", "a recorded command or query leads to exactly the requests recorded, and a recorded reply to what is recorded of it", (*suite).checkRecorded},
	{"all rows recorded", "every exchange that sends anything has a recorded exchange in which it succeeds: the other rules begin with it", (*suite).checkAllRecorded},
	{"settings", "settings have a type, a help text and a default that is one of their choices; what is secret or required has none", (*suite).checkSettings},
	{"exchanges", "rows have unique names and what their class needs: a request, a way to read the reply, and for money what settles a lost one", (*suite).checkExchanges},
	{"recovery", "what a row declares for a lost reply can be done: repeat_same_key has a key, find_by_reference has `find` and sends the reference, reads have `sync`, and absence has a horizon", (*suite).checkRecovery},
	{"vocabulary", "words are unique, have a meaning, and those that confirm a movement are among them", (*suite).checkWords},
	{"declared", "options and details are declared with type and help, and a reply shows none that is not", (*suite).checkDeclared},
	{"every word is read", "a read that brings a word of the vocabulary gives the order its meaning", (*suite).checkEveryWord},
	{"an unheard word", "a word nobody knows leaves the order alone on reads and puts money in doubt", (*suite).checkUnheardWord},
	{"a yes is declared", "the harness tells for every request what its yes says, and the recorded one says it", (*suite).checkDeclaredYes},
	{"only yes is yes", "money moved where the lender's word confirms this movement, and on no other word", (*suite).checkYes},
	{"lost replies", "a request that never left is an error; one whose reply was lost is in doubt where money may have moved", (*suite).checkLost},
	{"failures", "every row of failures does what it says, on a first send and on a repeat", (*suite).checkFailures},
	{"other statuses", "a status nobody listed is judged by the verdict table, and proves nothing about a repeat", (*suite).checkStatuses},
	{"wrong figures", "a reply about another amount, currency or reference than asked never confirms a movement", (*suite).checkFigures},
	{"garbage", "no bytes make an adapter panic; garbage puts money in doubt and makes a read garbled, never found or absent", (*suite).checkGarbage},
	{"missing pieces", "a reply that has lost or bent a piece never confirms more than it did", (*suite).checkPieces},
	{"secrets", "no secret setting and nothing personal shows in an error, an outcome, a report or a description, and no secret is stored with a request", (*suite).checkSecrets},
	{"purity", "the same command gives the same bytes, and the same reply the same outcome, every time", (*suite).checkPurity},
	{"escaping", "what stands in a path is escaped: an id cannot reach another address", (*suite).checkEscaping},
	{"notifications", "a notification without its proof is refused, and no bytes make reading it panic", (*suite).checkNotifications},
}

var update = flag.Bool("update", false, "write the expectations of recorded exchanges anew")

// Run tries an adapter by every rule.
func Run(t *testing.T, h Harness) {
	t.Helper()
	s, err := newSuite(h, *update)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			complaints := rule.check(s)
			for _, complaint := range complaints {
				t.Error(complaint)
			}
			if len(complaints) > 0 {
				t.Log("rule: " + rule.says)
			}
		})
	}
}

// Check tries an adapter by every rule and returns what it breaks. An error means that it could not be tried.
func Check(h Harness) ([]Complaint, error) {
	s, err := newSuite(h, false)
	if err != nil {
		return nil, err
	}
	var all []Complaint
	for _, rule := range rules {
		for _, what := range rule.check(s) {
			all = append(all, Complaint{rule.name, what})
		}
	}
	return all, nil
}

// suite is one harness under way.
type suite struct {
	Harness
	settings   adapters.Values
	definition adapters.Definition
	cases      []*recorded
	samples    []sample    // the first of each row
	worked     []sample    // all of them
	notices    []*recorded // genuine ones
	update     bool
}

// sample is a recorded exchange in which a row succeeds.
type sample struct {
	row  *adapters.Exchange
	from *recorded
	was  played
}

// cases reads the recorded exchanges. Files in a folder keep its name: complaints name them with it.
func (h Harness) cases() ([]*recorded, error) {
	if h.Recorded != nil {
		return readCases(h.Recorded)
	}
	all, err := readCases(os.DirFS(h.Cases))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.Cases, err)
	}
	for _, c := range all {
		c.file = filepath.Join(h.Cases, c.file)
	}
	return all, nil
}

func newSuite(h Harness, update bool) (*suite, error) {
	s := &suite{Harness: h, update: update, settings: h.Adapter.Defaults(h.Settings)}
	var err error
	if s.definition, err = h.Adapter.Define(s.settings); err != nil {
		return nil, fmt.Errorf("the settings of the harness do not define the style: %w", err)
	}
	if s.cases, err = h.cases(); err != nil {
		return nil, err
	}
	for _, c := range s.cases {
		s.sample(c)
		if s.genuine(c) {
			s.notices = append(s.notices, c)
		}
	}
	return s, nil
}

// sample keeps a case in which a row does what it is for. The first of a row is what most rules go by;
// others may have rows of other settings.
func (s *suite) sample(c *recorded) {
	was := s.play(c, c.replies())
	own, err := s.defined(c.Settings)
	if err != nil || was.failed() {
		return
	}
	if row := rowNamed(&own, was.exchange); row != nil && was.worked(row) {
		s.worked = append(s.worked, sample{row, c, was})
	}
	row := rowNamed(&s.definition, was.exchange)
	if row == nil || !was.worked(row) {
		return
	}
	for _, have := range s.samples {
		if have.row == row {
			return
		}
	}
	s.samples = append(s.samples, sample{row, c, was})
}

func rowNamed(d *adapters.Definition, name string) *adapters.Exchange {
	for i := range d.Exchanges {
		if d.Exchanges[i].Name == name {
			return &d.Exchanges[i]
		}
	}
	return nil
}

// money says whether the sample's row may move money.
func (one sample) money() bool { return one.row.Class == adapters.MoneyCall }

// each runs a check on every sample and puts the name of its row before what it complains of.
func (s *suite) each(check func(sample) []string) []string {
	var all []string
	for _, one := range s.samples {
		for _, what := range check(one) {
			all = append(all, one.row.Name+": "+what)
		}
	}
	return all
}

// Everything happens at one time, on one address.
var at = time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)

const (
	baseURL   = "https://lender.test/base"
	notifyURL = "https://gateway.test/notifications/suite"
)

func complain(format string, arguments ...any) []string {
	return []string{fmt.Sprintf(format, arguments...)}
}

func isDoubt(p played) bool {
	outcome, is := p.gives.(canonical.Outcome)
	return is && p.err == nil && outcome.State == canonical.Doubtful
}
