package workshop

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// verdict says what it all means.
func (p *page) verdict() {
	p.title("verdict")
	switch {
	case p.dry && len(p.Calls) > 0:
		p.line("  nothing was sent: this is the request")
		return
	case p.Err != nil:
		p.failed()
	case p.Local:
		p.line("  done: it is recorded here, and the lender is not asked")
	case p.Outcome != nil:
		p.outcome(p.Outcome)
	case p.Report != nil:
		p.report(p.Report)
	case p.Notice != nil:
		p.line("  proved; it is about the order %s", named(p.Notice))
		p.line("  event %q, message %q", p.Notice.Event, p.Notice.ID)
	}
	p.because()
}

func named(n *canonical.Notice) string {
	if n.ProviderID != "" {
		return "that the lender calls " + n.ProviderID
	}
	return "that we call " + n.Reference
}

// outcomes is what the state of an outcome means, for who reads it the first time.
var outcomes = map[canonical.OperationState]string{
	canonical.Succeeded: "done: the lender did what was asked",
	canonical.Waiting:   "pending: the lender has it, and decides later",
	canonical.Declined:  "declined: the lender says no to the customer, and nothing moved",
	canonical.Doubtful:  "IN DOUBT: it may or may not have happened, and must not be sent again as something new",
}

func (p *page) outcome(o *canonical.Outcome) {
	p.line("  %s", outcomes[o.State])
	if o.Moved != nil {
		p.line("  the reply names %s as moved", o.Moved)
	}
	if o.Reference != "" {
		p.line("  the lender calls the movement %q", o.Reference)
	}
	if o.Code != "" || o.Reason != "" {
		p.line("  code %q, reason %q", o.Code, o.Reason)
	}
	if o.Alarm != "" {
		p.line("  %s", o.Alarm)
	}
	if o.State == canonical.Doubtful {
		p.settle(p.exchange(p.chosen))
	}
	p.action(o.Sighting)
}

// settle says how to find out what became of it.
func (p *page) settle(x adapters.Exchange) {
	p.line("  the contract settles it by: %s", strings.Join(wordsOf(x.Lost), ", then "))
	if slices.Contains(x.Lost, canonical.RepeatSameKey) {
		p.line("    ask the same again:  try ... %s --key %s --reference %s", p.What, p.Command.Key, p.Command.Reference)
	}
	if slices.Contains(x.Lost, canonical.FindByReference) {
		p.line("    look for it:         try ... find --attempt %s --reference %s", p.What, p.Command.Reference)
	}
}

func wordsOf(all []canonical.Recovery) (words []string) {
	for _, one := range all {
		words = append(words, string(one))
	}
	return words
}

func (p *page) action(s *canonical.Sighting) {
	if s != nil && s.Action != nil && s.Action.URL != "" {
		p.line("  the customer goes to %s", s.Action.URL)
	}
}

// findings is what a read can give as evidence.
var findings = map[canonical.Finding]string{
	canonical.Found:    "found: the lender has it",
	canonical.Absent:   "absent: the lender says for certain that it is not there",
	canonical.Mute:     "mute: the answer does not tell, and proves nothing",
	canonical.Contrary: "contrary: the answer fits neither that it happened nor that it did not",
}

func (p *page) report(r *canonical.Report) {
	switch {
	case p.What == "probe":
		p.line("  the lender is there")
	case r.Finding != "":
		p.line("  %s", findings[r.Finding])
	}
	if r.Seen != nil {
		p.line("  the movement is %s of %s, the lender calls it %q", r.Seen.Kind, r.Seen.Amount, r.Seen.LenderReference)
	}
	if len(r.Orders)+len(r.Offers) > 0 {
		p.line("  %d orders, %d offers", len(r.Orders), len(r.Offers))
	}
	p.action(r.Sighting)
}

// failures is what the kinds of error mean here.
var failures = map[canonical.Kind]string{
	canonical.Refused:               "refused: nothing moved",
	canonical.OperationNotAllowed:   "not allowed as the order stands: nothing moved",
	canonical.OperationUnsupported:  "not supported: nothing was sent",
	canonical.InvalidRequest:        "the request cannot be built: nothing was sent",
	canonical.ProviderMisconfigured: "our credentials are not taken: nothing moved",
	canonical.ProviderBusy:          "busy: nothing moved, and later it may",
	canonical.ProviderUnavailable:   "not reached, or it did not answer: nothing that matters happened",
	canonical.ProviderGarbled:       "the answer cannot be used: nothing that matters happened",
	canonical.Unauthenticated:       "NOT PROVED: whoever sent this need not be the lender",
	canonical.NotFound:              "there is nothing of the kind",
}

func (p *page) failed() {
	kind := canonical.KindOf(p.Err)
	said, known := failures[kind]
	if !known {
		said = string(kind)
	}
	p.line("  %s", said)
	var e *canonical.Error
	if !errors.As(p.Err, &e) {
		p.line("  %v", p.Err)
		return
	}
	p.line("  %s", e.Detail)
	if e.Err != nil {
		p.line("  %v", e.Err)
	}
	if e.ProviderCode != "" {
		p.line("  the lender's code is %q", e.ProviderCode)
	}
	for _, field := range e.Fields {
		p.line("  %s: %s", field.Pointer, field.Detail)
	}
	if strings.Contains(e.Detail, "{id}") || strings.Contains(e.Detail, "{kept.") {
		p.line("  give --id or --kept name=value, or --order with the file that a create has saved")
	}
	if kind == canonical.Unauthenticated {
		p.line("  the proof is checked with the settings: give the lender's secret with --set")
	}
}

// because says by which row of the verdict table, and by which row of the contract's errors.
func (p *page) because() {
	if p.Unread != nil && !errors.Is(p.Unread, adapters.ErrSilent) {
		p.line("  the reply cannot be read: %v", p.Unread)
	}
	if errors.Is(p.Unread, adapters.ErrSilent) {
		p.line("  nothing stands in any place of the reply that the contract looks at")
	}
	if p.Why.Rule != "" {
		p.line("  why: %s", p.Why.Rule)
	}
	if f := p.Why.Failure; f != nil {
		said := fmt.Sprintf("means: %s", f.Means)
		if f.Code != "" {
			said = fmt.Sprintf("code: %s, %s", f.Code, said)
		}
		if f.Status != 0 {
			said = fmt.Sprintf("status: %d, %s", f.Status, said)
		}
		p.line("  the row of errors is {%s}", said)
	}
}
