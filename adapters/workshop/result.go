package workshop

import (
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

// Result is what a trial has shown.
type Result struct {
	Lender   Lender
	What     string
	Invented []string // settings that nobody gave, and that have a value all the same

	Order   canonical.Order // as it was
	Command *canonical.Command
	Query   *canonical.Query
	Message *canonical.Message

	Rows     []Row
	Calls    []Call
	Local    bool // recorded here, nothing is sent
	Readings []declared.Reading
	Unread   error // why the reply could not be read; nil: it could

	Outcome *canonical.Outcome
	Report  *canonical.Report
	Notice  *canonical.Notice
	Err     error
	Why     adapters.Why

	Changed bool
	After   canonical.Order // as it is now
	Wrong   []string        // what contradicts the order as it was

	seal   *seal
	words  []canonical.Word
	row    adapters.Definition
	chosen string

	values adapters.Values
	tokens []string // that were fetched

	recorded bool // nobody was asked: recorded replies were played
	dry      bool // nothing was sent
}

// Row is one of those that an operation can take.
type Row struct {
	Name  string
	Taken bool
	Says  string // why it is taken, or is not

	fits bool
}

// exchange is a row of the definition; the zero Exchange where it has none.
func (r *Result) exchange(name string) adapters.Exchange {
	at := slices.IndexFunc(r.row.Exchanges, func(x adapters.Exchange) bool { return x.Name == name })
	if at < 0 {
		return adapters.Exchange{}
	}
	return r.row.Exchanges[at]
}

// choose notes which row was taken.
func (r *Result) choose(name string) {
	r.chosen = name
	taken := false
	for i := range r.Rows {
		row := &r.Rows[i]
		switch {
		case row.Name == name:
			row.Taken, taken = true, true
		case taken:
			row.Says = "an earlier row fits"
		case row.fits:
			row.Says = "takes only the whole amount"
		}
	}
}

// rows says of each row of an operation whether it fits.
func (b *bench) rows(cmd canonical.Command) (all []Row) {
	for _, x := range b.definition.Exchanges {
		if x.Kind != cmd.Kind {
			continue
		}
		row := Row{Name: x.Name, fits: x.When == nil || x.When(cmd)}
		if b.Contract != nil {
			row.Says = b.Contract.Condition(x.Name)
		}
		switch {
		case !row.fits && row.Says == "":
			row.Says = "does not fit the order as it stands"
		case !row.fits:
			row.Says = "does not hold: when " + row.Says
		case row.Says != "":
			row.Says = "when " + row.Says
		}
		if row.fits && x.By != "" {
			row.Says = strings.TrimSpace(row.Says + " done by the " + string(x.By) + ", without a request of ours")
		}
		all = append(all, row)
	}
	return all
}
