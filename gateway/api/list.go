package api

// examined is how many records one page looks at. A filter that fits few gets a short page and a
// cursor, never a request without an end.
const examined = 2000

// Paging is how every list is asked for its next page.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
	Cursor string `query:"cursor" maxLength:"500" doc:"As an earlier page answered it."`
}

func (in Paging) position(kind cursorKind) (string, error) { return placeOf(kind, in.Cursor) }

// pager goes through the records of a list until a page is full, the list is over, or enough was examined.
// A scan ends only when it has found as many records as it was asked for: so, to end one, visit says
// yes to whatever comes, and page drops it again.
type pager[R any] struct {
	limit int
	id    func(*R) string
	keep  func(*R) bool
	over  func(*R) bool // behind this record there is nothing wanted; may be nil

	seen, kept int
	last       string // the last record that was examined
	spent      bool   // enough was examined
	ended      bool
}

// room is what a scan is asked for: one more than the page holds shows that there is more.
func (p *pager[R]) room() int { return p.limit + 1 }

func (p *pager[R]) visit(record *R) bool {
	switch {
	case p.spent || p.ended:
		return true
	case p.over != nil && p.over(record):
		p.ended = true
		return true
	case p.seen == examined:
		p.spent = true
		return true
	}
	p.seen++
	p.last = p.id(record)
	if !p.keep(record) {
		return false
	}
	p.kept++
	return true
}

// page is what of a scan's records belongs on the page, never nil, and where the next page begins.
func (p *pager[R]) page(found []R) (page []R, next string) {
	page = append([]R{}, found[:min(p.kept, p.limit, len(found))]...)
	switch {
	case len(page) < min(p.kept, len(found)):
		next = p.id(&page[len(page)-1])
	case p.spent:
		next = p.last
	}
	return page, next
}
