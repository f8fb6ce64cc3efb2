package certify

import (
	"fmt"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Standing is what became of a claim.
type Standing string

// The standings.
const (
	Consistent Standing = "consistent" // with what was recorded and with what the lender block says
	Proven     Standing = "proven"     // at the lender itself
	Refuted    Standing = "refuted"
	NotShown   Standing = "not shown"
)

// Claim is something that a contract says of its lender, and what became of it.
type Claim struct {
	Row      string   `json:"operation"`
	Claim    string   `json:"claim"`
	Says     string   `json:"says"`
	Standing Standing `json:"standing"`
	Why      string   `json:"why,omitempty"`
}

// claims holds every claim of the contract against the matrix and the lender block.
func (s *Subject) claims(cells []Cell) []Claim {
	var all []Claim
	for i := range s.define.Exchanges {
		x := &s.define.Exchanges[i]
		if x.Kind == "" || x.By != "" || x.Local {
			continue
		}
		for _, kind := range claimKinds {
			if s.block.Simulated != nil && kind.name == claimReply {
				continue // its replies are judged in its own tests
			}
			if kind.made(x) || refutation(cells, kind.name, x.Name) != "" {
				all = append(all, s.claim(kind, x, cells))
			}
		}
		if slices.Contains(ofCustomers, x.Kind) && x.Class == adapters.MoneyCall {
			all = append(all, s.claimOfDeclines(x, cells))
		}
	}
	all = append(all, s.claimOfReads(cells))
	if s.define.Notifications != nil {
		all = append(all, s.claimOfNotices(cells))
	}
	return all
}

// ofCustomers are the operations to which a lender may say no to a customer.
var ofCustomers = []canonical.OperationKind{canonical.OpCreate, canonical.OpAuthenticate, canonical.OpAuthorize}

func (s *Subject) claim(kind claimKind, x *adapters.Exchange, cells []Cell) Claim {
	c := Claim{Row: x.Name, Claim: string(kind.name), Says: kind.says, Standing: s.shown()}
	fact, told := s.block.Requests[x.Name]
	against := ""
	if told && kind.against != nil {
		against = kind.against(s.block, fact, x)
	}
	switch refuted := refutation(cells, kind.name, x.Name); {
	case refuted != "":
		c.Standing, c.Why = Refuted, refuted
	case against != "":
		c.Standing, c.Why = Refuted, "lender block: "+against
	case kind.name == claimPartial && !s.asksPart(x):
		c.Standing, c.Why = NotShown, s.advice(x.Name+" of a part of what can be moved")
	case !tried(cells, x.Name, kind.shown):
		c.Standing, c.Why = NotShown, s.missing(x.Name)
	case slices.Contains(x.Lost, canonical.AskAPerson) && slices.Contains(byReads, kind.name):
		c.Standing, c.Why = NotShown, "the contract names a person too, so that reads need not tell"
	case s.real != nil && kind.name == claimHarmless:
		c.Standing, c.Why = NotShown, "what a second one owes is in no read"
	case s.real != nil && !slices.ContainsFunc(cells, func(c Cell) bool { return c.Row == x.Name && c.shown }):
		c.Standing, c.Why = NotShown, "the lender's reads do not tell of it"
	}
	return c
}

// byReads are the claims that evidence.go tries.
var byReads = []claimName{claimFound, claimTotals, claimCompared}

func (s *Subject) shown() Standing {
	if s.against != "" {
		return Proven
	}
	return Consistent
}

// refutation is the cell of the matrix that refutes a claim, in words.
func refutation(cells []Cell, claim claimName, row string) string {
	for _, c := range cells {
		for _, b := range c.Broken {
			if b.Claim == string(claim) && (row == "" || b.Row == row) {
				return fmt.Sprintf("%s, %s: %s", c.Row, titleOf(c.Fault), b.What)
			}
		}
	}
	return ""
}

// tried says whether a row was tried under one of the faults, and held.
func tried(cells []Cell, row string, under []fateName) bool {
	if len(under) == 0 {
		under = []fateName{noFault}
	}
	return slices.ContainsFunc(cells, func(c Cell) bool {
		return c.Row == row && slices.Contains(under, fateName(c.Fault)) && c.Verdict != Spared && c.Verdict != Untried
	})
}

// missing says what to record so that a row is reached.
func (s *Subject) missing(row string) string {
	for _, told := range s.stories {
		for i := range told.scenes {
			if told.rows[i+1] == row && s.real != nil {
				return "it is tried offline alone"
			}
			if told.rows[i+1] == row {
				return "no fault reaches it: the yes of its reply names nothing that could be otherwise, or its life stopped before"
			}
		}
	}
	return s.advice(row)
}

// advice is how something comes into a life.
func (s *Subject) advice(what string) string {
	if s.block.Simulated != nil {
		return "no life of " + s.file + " asks for " + what
	}
	return "record " + what + " (lendgate adapter record), and name the case in a life of the lender block"
}

// asksPart says whether a life asks for a part of what a row could move.
func (s *Subject) asksPart(x *adapters.Exchange) bool {
	for _, told := range s.stories {
		for i := range told.scenes {
			if one := &told.scenes[i]; told.rows[i+1] == x.Name && one.command != nil && !one.amount().Equal(told.amount()) {
				return true
			}
		}
	}
	return false
}

func (s *Subject) claimOfDeclines(x *adapters.Exchange, cells []Cell) Claim {
	c := Claim{Row: x.Name, Claim: string(claimDeclined), Says: "a no of the lender to the customer is heard as one", Standing: NotShown,
		Why: s.advice(x.Name+" that the lender declines") + ", with is: declined"}
	for _, told := range s.stories {
		for i := range told.scenes {
			if one := &told.scenes[i]; one.row == x.Name && one.ends() == endsDeclined {
				c.Standing, c.Why = s.shown(), ""
			}
		}
	}
	if refuted := refutation(cells, claimDeclined, x.Name); refuted != "" {
		c.Standing, c.Why = Refuted, refuted
	}
	return c
}

func (s *Subject) claimOfReads(cells []Cell) Claim {
	c := Claim{Claim: string(claimReads), Says: "what reads show is what the lender did", Standing: s.shown()}
	if s.define.Traits.Unreadable {
		c.Standing, c.Why = NotShown, "the lender cannot be read"
	}
	if refuted := refutation(cells, claimReads, ""); refuted != "" {
		c.Standing, c.Why = Refuted, refuted
	}
	return c
}

func (s *Subject) claimOfNotices(cells []Cell) Claim {
	c := Claim{Claim: string(claimNotices), Says: "a notification proves that it is the lender's", Standing: NotShown, Why: "record a notification, and name it in a life as notice:"}
	for _, cell := range cells {
		if cell.Fault == string(forgedNotice) && cell.Verdict == OK {
			c.Standing, c.Why = s.shown(), ""
		}
	}
	if refuted := refutation(cells, claimNotices, ""); refuted != "" {
		c.Standing, c.Why = Refuted, refuted
	}
	return c
}
