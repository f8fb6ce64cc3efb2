package declared

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

const usualPage = 100

// pages is how a list is read, page by page.
type pages struct {
	rows  pointer
	next  *leaf    // what the next page is asked for with
	total *pointer // how many there are: pages are asked for by how many came before
	most  int
}

// listing is a row that reads many orders, or offers.
func (c *Contract) listing(name string, v adapters.Values, ways []*read) adapters.Exchange {
	return adapters.Exchange{
		Name: name, Class: adapters.ReadCall, Failures: withShared(ways[0].errors, c.failures),
		Collect: func(ctx context.Context, call adapters.Caller, q canonical.Query) (canonical.Report, error) {
			a := asked{contract: c, settings: v, Query: q}
			way, err := fitting(a, ways)
			if err != nil {
				return canonical.Report{}, err
			}
			if a.given, err = way.wishes(a); err != nil {
				return canonical.Report{}, err
			}
			s, gone, err := way.fetch(ctx, call, a)
			switch {
			case err != nil:
				return canonical.Report{}, err
			case gone:
				return canonical.Report{Finding: canonical.Absent}, nil
			}
			report, err := way.listed(a, s, name == "customer_offers")
			return report, plainly(err)
		},
	}
}

// namesOfPages and namesOfWishes are what the paths of such reads may name.
var (
	namesOfPages  = []string{"status", "cursor", "limit"}
	namesOfWishes = []string{"amount", "currency", "customer"}
)

// wishes are what a query asks for, as a path holds it.
func (r *read) wishes(a asked) (map[string]string, error) {
	if r.pages != nil {
		limit := r.pages.most
		if a.Limit > 0 {
			limit = min(limit, a.Limit)
		}
		return map[string]string{"status": a.Status, "cursor": a.Cursor, "limit": strconv.Itoa(limit)}, nil
	}
	tender := &a.contract.tender
	figure, err := (&purse{tender: tender}).write(tender.form, a.Amount.Value.Decimal(), a.Amount.Currency)
	if err != nil {
		return nil, canonical.Invalid("/amount", err.Error())
	}
	return map[string]string{"amount": strings.Trim(string(figure), `"`), "currency": a.Amount.Currency}, nil
}

// listed reads the rows of a reply. One that cannot be read makes the whole list unreadable.
func (r *read) listed(a asked, s *scope, choosable bool) (canonical.Report, error) {
	whole := s.Reply
	if r.begins != nil {
		s.Reply = whole.under(*r.begins)
	}
	if r.pages == nil {
		return r.offers.report(a, s, choosable)
	}
	report := canonical.Report{Finding: canonical.Found}
	rows, err := s.Reply.list(r.pages.rows)
	if err != nil {
		return report, err
	}
	for i, one := range rows {
		sighted, err := r.order.sight(s.ofRow(one))
		if err != nil {
			return canonical.Report{}, fmt.Errorf("row %d: %w", i, err)
		}
		report.Orders = append(report.Orders, *sighted)
	}
	report.Cursor, err = r.pages.cursor(a, s, len(rows))
	return report, err
}

// ofRow is the scope of one row, which may be in a currency of its own.
func (s *scope) ofRow(one row) *scope {
	within := *s
	within.Purse = &purse{tender: s.Purse.tender}
	within.Reply = row{one.document, within.Purse}
	return &within
}

// cursor is what the next page is asked for with; "" after the last.
func (p *pages) cursor(a asked, s *scope, rows int) (string, error) {
	switch {
	case p.total != nil:
		total, err := s.Reply.whole(*p.total)
		before, _ := strconv.Atoi(a.Cursor)
		if next := max(before, 0) + rows; err == nil && rows > 0 && next < total {
			return strconv.Itoa(next), nil
		}
		return "", err
	case p.next.pointer != nil:
		next, err := s.Reply.name(*p.next.pointer)
		return p.another(a, next, err)
	case p.next.term != nil:
		next, err := p.next.text(s)
		return p.another(a, next, err)
	}
	return "", nil
}

// another: a page that names itself as the next would be read for ever.
func (p *pages) another(a asked, next string, err error) (string, error) {
	if err == nil && next != "" && next == a.Cursor {
		err = errors.New("the next page is this one")
	}
	return next, err
}

func (c *compiler) listRead(s *section) *read {
	r, in := c.asking(s, namesOfPages...)
	r.pages = &pages{next: &leaf{}, most: s.whole("page")}
	if r.pages.most == 0 {
		r.pages.most = usualPage
	}
	if rows := c.pointer(s.ask("rows")); rows != nil {
		r.pages.rows = *rows
	}
	r.order = c.reading(s.ask("reply"), in)
	next, total := s.ask("next"), s.ask("total")
	if next.text != "none" || next.kind != text {
		r.pages.next = c.leaf(next, in, textShape)
	}
	r.pages.total = c.pointer(total)
	c.checkPages(r, s)
	s.close()
	return r
}

func (c *compiler) checkPages(r *read, s *section) {
	next, total := s.ask("next"), s.ask("total")
	pages := r.pages.total != nil || (next.kind != absent && next.text != "none")
	switch _, fixed := r.pages.next.constant(); {
	case next.kind == absent && total.kind == absent:
		next.note(c.noted, "is missing: how is the next page asked for? Write next, or total where pages are asked for by number, or next: none where there is one page")
	case next.kind != absent && total.kind != absent:
		total.note(c.noted, "stands beside next: keep the one by which the lender is asked for the next page")
	case fixed:
		next.note(c.noted, "is always the same text: write a pointer such as /next, an expression, or none")
	case pages && !slices.Contains(r.path.names, "cursor"):
		s.ask("request").note(c.noted, "does not name {cursor}: the first page would be read again and again")
	}
	if r.order == nil {
		return
	}
	if _, fixed := r.order.id.constant(); fixed || r.order.id.ofOurs() {
		s.ask("reply").note(c.noted, "reads the id from our order, and a list is read without one: its id must stand in the row")
	}
}

// ofOurs says whether a leaf is something of our order.
func (l *leaf) ofOurs() bool {
	return l != nil && l.term != nil && slices.ContainsFunc(l.term.names, func(name string) bool {
		return strings.HasPrefix(strings.TrimPrefix(name, "="), "order.")
	})
}
