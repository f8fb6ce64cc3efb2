package workshop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

// Recorded is a trial as a case: what was asked and answered, with nobody's secrets in it.
type Recorded struct {
	*Result
	Text     []byte
	Replaced []string // where an invented value stands now
}

// Record runs a trial and makes a case of it. says is a sentence: what the case shows. A result without a recording
// comes with an error where the case would not be the same.
func (t *Trial) Record(ctx context.Context, says string) (*Recorded, error) {
	switch {
	case t.Dry:
		return nil, errors.New("--dry sends nothing, so there is nothing to record")
	case t.Case != nil && t.BaseURL == "":
		return nil, errors.New("the case is recorded already: give --base-url to record it anew")
	}
	result, err := t.Run(ctx)
	if err != nil {
		return nil, err
	}
	made := &Recorded{Result: result}
	if says == "" {
		says = result.sentence()
	}
	c, err := t.recorded(made, says)
	if err != nil {
		return made, err
	}
	if made.Text, err = c.Write(adaptertest.Harness{Adapter: t.Adapter, Settings: t.invented()}); err != nil {
		return made, err
	}
	return made, t.same(ctx, result, c)
}

// recorded is the trial with invented values in place of what is nobody's business.
func (t *Trial) recorded(made *Recorded, says string) (c adaptertest.Recording, err error) {
	r := made.Result
	by := r.harmless()
	c = adaptertest.Recording{Says: says, Settings: by}
	v := newInvention(t.Adapter, r.values, by, r.tokens, &r.Order)
	switch {
	case r.Message != nil:
		err = t.provedAnew(v, &c, r.Message)
	case r.Command != nil:
		cmd := *r.Command
		cmd.Order, cmd.Options = v.order(cmd.Order), v.options(cmd.Options, r.row.Options)
		c.Command = &cmd
	case r.Query != nil:
		q := *r.Query
		q.Order, q.Attempt = v.order(q.Order), r.Query.Attempt
		q.Customer = q.Order.Customer
		c.Query = &q
	}
	headers := t.headersRead()
	for _, call := range r.Calls {
		if call.Class == adapters.TokenCall {
			continue
		}
		crossing := adaptertest.Crossing{Reach: call.Reach}
		if call.Reach == adapters.Replied {
			crossing.Reply = v.reply(call.Reply, headers)
		}
		c.Wire = append(c.Wire, crossing)
	}
	made.Replaced = v.replaced
	return c, err
}

// harmless are the settings as a case has them: what is secret, or says who somebody is, is invented.
func (r *Result) harmless() adapters.Values {
	values, invented := adapters.Values{}, r.Lender.invented()
	for _, s := range r.Lender.Adapter.Settings {
		value := r.values.Text(s.Name)
		if s.Secret || s.Identity {
			value = invented[s.Name]
		}
		if value != "" && value != s.Default {
			values[s.Name] = value
		}
	}
	return values
}

var headerCall = regexp.MustCompile(`header\("([^"]+)"\)`)

// headersRead are the headers of replies that the contract reads.
func (l Lender) headersRead() (names []string) {
	for _, found := range headerCall.FindAllSubmatch(l.text, -1) {
		names = append(names, string(found[1]))
	}
	return names
}

// provedAnew is a notification with nobody in it, and the proof that it would then have.
func (t *Trial) provedAnew(v *invention, c *adaptertest.Recording, m *canonical.Message) error {
	if t.Contract == nil {
		return fmt.Errorf("%s is written in Go, and nothing here can prove a notification in its lender's place: write the case by hand", t.Adapter.Name)
	}
	by := canonical.Message{Header: map[string][]string{"Content-Type": m.Header["Content-Type"]}, Body: v.body(m.Body), At: adaptertest.At}
	if by.Header["Content-Type"] == nil {
		delete(by.Header, "Content-Type")
	}
	if t.Contract.Prove(c.Settings, &by) {
		v.tell("the proof: made anew, with the invented settings")
	}
	c.Message, c.Covers, c.Within = &by, t.Contract.Covers(c.Settings), t.Contract.Tolerance()
	return nil
}

// same plays the case, and complains where what is invented changes what the reply means.
func (t *Trial) same(ctx context.Context, was *Result, c adaptertest.Recording) error {
	again := Trial{Lender: t.Lender, What: t.What, Case: &c, Now: t.Now, NewID: t.NewID}
	is, err := again.Run(ctx)
	if err != nil {
		return err
	}
	if was.Message != nil && is.Err != nil {
		return fmt.Errorf("the notification cannot be proved anew: %w", is.Err)
	}
	if before, now := was.short(), is.short(); before != now && was.Message == nil {
		return fmt.Errorf("what is invented changes what the reply means: it was %s, and would be %s; record it with another order, or write the case by hand", before, now)
	}
	return nil
}

// short is what came of a trial in a few words.
func (r *Result) short() string {
	switch {
	case r.Err != nil:
		return string(canonical.KindOf(r.Err))
	case r.Outcome != nil:
		return string(r.Outcome.State)
	case r.Report != nil:
		return string(r.Report.Finding)
	}
	return "read"
}

// sentence is what a case shows, where nobody says it.
func (r *Result) sentence() string {
	what := "a recorded " + r.What
	if r.chosen != "" && r.chosen != r.What {
		what += " by the row " + r.chosen
	}
	return what + ": " + cmp.Or(r.short(), "answered")
}

// FreeForCase says whether a case may be written there: nothing is written over. It is asked before the lender is, for
// what happens there happens once.
func FreeForCase(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already: give another --out, or --force to write over it", path)
	}
	return nil
}

// SaveCase writes a case into a new file. It never writes over one.
func SaveCase(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return create(path, text)
}

// Differences says where a request that was copied is not the one that the contract makes.
func (r *Result) Differences(all []Pasted) (lines []string) {
	var sent []Call
	for _, call := range r.Calls {
		if call.Class != adapters.TokenCall {
			sent = append(sent, call)
		}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(p Pasted) bool { return p.Method == "" })
	for i, one := range all {
		if i < len(sent) {
			lines = append(lines, one.differs(sent[i])...)
		}
	}
	return lines
}

// WriteSummary says where the case is, and what in it is invented.
func (r *Recorded) WriteSummary(w io.Writer, path string) {
	fmt.Fprintf(w, "\nwritten: %s\n", path)
	for _, where := range r.Replaced {
		fmt.Fprintf(w, "  invented: %s\n", where)
	}
	fmt.Fprintln(w, "  look it over: what is personal under a name that nobody would guess is still there")
}
