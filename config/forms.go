package config

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// form is how a text must look. The reader and the JSON Schema take it from here.
type form struct {
	pattern *regexp.Regexp
	must    string
}

var (
	idForm       = form{regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`), "1 to 32 lower-case letters, digits and dashes, a letter first"}
	contractForm = form{regexp.MustCompile(`^([a-z][a-z0-9-]{0,31}|[^${}]+\.ya?ml)$`), "a file such as acme.yaml, or the name of a contract that comes with Lendgate"}
	merchantForm = form{regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`), "1 to 64 letters, digits, dots, dashes and underscores"}
	urlForm      = form{regexp.MustCompile(`^https?://[A-Za-z0-9.\[\]:_-]+(/[^?#\s]*[^?#\s/])?$`), "a URL such as https://api.example.com/base, without user, query or slash at the end"}
	addressForm  = form{regexp.MustCompile(`^[^\s/]*:[0-9]{1,5}$`), "host:port, such as 127.0.0.1:8080"}
	durationForm = form{regexp.MustCompile(`^([0-9]{1,9}(ms|s|m|h))+$`), "a duration such as 250ms, 25s or 1h30m"}
	rateForm     = form{regexp.MustCompile(`^[1-9][0-9]{0,6}/[smh]$`), "a rate such as 50/s, 600/m or 5000/h"}
	sizeForm     = form{regexp.MustCompile(`^[1-9][0-9]{0,5}(B|KiB|MiB|GiB|TiB)$`), "a size such as 512MiB or 1GiB"}
	amountForm   = form{regexp.MustCompile(`^(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?$`), `a decimal amount such as "100" or "49.50"`}
	currencyForm = form{regexp.MustCompile(`^[A-Z]{3,5}$`), "a currency code in capitals, such as USD or USDT"}
	countryForm  = form{regexp.MustCompile(`^([A-TV-Z][A-Z]|U[A-JL-Z])$`), "a country as two capitals (ISO 3166), such as SE; the United Kingdom is GB"}
	customerForm = form{regexp.MustCompile(`^(person|company)$`), "person or company"}
	ratioForm    = form{regexp.MustCompile(`^(0(\.[0-9]{1,3})?|1(\.0{1,3})?)$`), "a number above 0 and up to 1 with at most three decimals, such as 0.5"}
	integerForm  = form{regexp.MustCompile(`^(0|-?[1-9][0-9]{0,8})$`), "a whole number such as 5"}
)

// span is a duration with what it is when not written and what it may be.
type span struct {
	name               string
	usual, least, most time.Duration
	help               string
}

var (
	connectSpan       = span{"connect", 2 * time.Second, 10 * time.Millisecond, time.Minute, "to obtain a connection; beyond it nothing was sent"}
	writeSpan         = span{"write", 25 * time.Second, 10 * time.Millisecond, 5 * time.Minute, "for a call that may move money; beyond it the call is in doubt"}
	readSpan          = span{"read", 8 * time.Second, 10 * time.Millisecond, 5 * time.Minute, "for a call that only reads"}
	windowSpan        = span{"window", 150 * time.Second, 10 * time.Millisecond, 24 * time.Hour, "over which failures are counted; at least six write time-outs, which is also the default where that is longer"}
	openForSpan       = span{"open_for", 15 * time.Second, 10 * time.Millisecond, time.Hour, "how long the breaker stays open the first time"}
	openForAtMostSpan = span{"open_for_at_most", 5 * time.Minute, 10 * time.Millisecond, 24 * time.Hour, "how long it stays open after failing again and again"}
	pollAfterSpan     = span{"after", time.Minute, time.Second, 24 * time.Hour, "when a waiting order is first read"}
	pollUntilSpan     = span{"until", 72 * time.Hour, time.Second, 366 * 24 * time.Hour, "after this a waiting order is read once a day"}
	keepBodiesSpan    = span{"keep_bodies", 90 * 24 * time.Hour, 24 * time.Hour, 10 * 366 * 24 * time.Hour, "how long the bodies of calls and notifications are kept once they are over; orders and their history stay"}
	formerSecretsSpan = span{"former_secrets", 24 * time.Hour, 0, 31 * 24 * time.Hour, "how long notifications are taken that are proved by a secret which a reload has replaced; 0s: not at all"}
	closeAfterSpan    = span{"close_after", 0, time.Minute, 366 * 24 * time.Hour, "cancel at the lender what the customer has not finished by then; absent: never"}
)

// count is a whole number with what it is when not written and what it may be.
type count struct {
	name               string
	usual, least, most int
	help               string
}

var (
	inFlightCount     = count{"in_flight", 64, 1, 10_000, "calls to the lender at the same time"}
	inARowCount       = count{"in_a_row", 5, 1, 1_000, "failures one after the other that open the breaker"}
	minimumCallsCount = count{"minimum_calls", 20, 1, 100_000, "calls in the window before the ratio means anything"}
)

const (
	usualAddress    = "127.0.0.1:8080"
	usualBadgerPath = "data"
	usualFloor      = "1GiB"
	usualBallast    = "128MiB"
	usualRate       = "50/s"
	usualRatio      = "0.5"

	windowTimeouts = 6 // a shorter window never opens on a lender that hangs
)

// form reads text that must look a certain way.
func (s *Settings) form(name string, f form) (string, bool) {
	return s.formOf(s.ask(name), f, text)
}

func (s *Settings) formOf(n *node, f form, want kind) (string, bool) {
	word, ok := s.scalar(n, want, f.must)
	if ok && !f.pattern.MatchString(word) {
		s.terms.noted.Add(Value{n}, "must be %s", f.must)
		return "", false
	}
	return word, ok
}

func (s *Settings) formOr(name string, f form, usual string) string {
	if word, ok := s.form(name, f); ok {
		return word
	}
	return usual
}

// forms reads a list in which every text looks a certain way and stands once.
func (s *Settings) forms(name string, f form) []string {
	items := s.listItems(name)
	if s.Has(name) && s.find(name).kind == list && len(items) == 0 {
		s.Add(name, "is an empty list: name at least one, or remove the key to take all")
	}
	var words []string
	seen := map[string]int{}
	for _, item := range items {
		word, ok := s.formOf(item, f, text)
		if !ok {
			continue
		}
		if line, twice := seen[word]; twice {
			s.terms.noted.Add(Value{item}, "stands here twice, first on line %d: remove one", line)
			continue
		}
		seen[word] = item.line
		words = append(words, word)
	}
	return words
}

func (s *Settings) integer(name string) (int, bool) {
	word, ok := s.formOf(s.ask(name), integerForm, number)
	if !ok {
		return 0, false
	}
	whole, err := strconv.Atoi(word)
	return whole, err == nil
}

func (s *Settings) count(c count) int {
	whole, ok := s.integer(c.name)
	switch {
	case !ok:
		return c.usual
	case whole < c.least || whole > c.most:
		s.Add(c.name, "must be between %d and %d", c.least, c.most)
		return c.usual
	}
	return whole
}

func (s *Settings) duration(name string) (time.Duration, bool) {
	d, ok := s.length(name)
	if ok && d == 0 {
		s.Add(name, tooLong)
		return 0, false
	}
	return d, ok
}

const tooLong = "must be a duration above 0 and below 290 years"

// length reads a duration that may be 0.
func (s *Settings) length(name string) (time.Duration, bool) {
	word, ok := s.form(name, durationForm)
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(word)
	if err != nil || d < 0 {
		s.Add(name, tooLong)
		return 0, false
	}
	return d, true
}

func (s *Settings) span(p span) time.Duration {
	read := s.duration
	if p.least == 0 {
		read = s.length
	}
	d, ok := read(p.name)
	switch {
	case !ok:
		return p.usual
	case d < p.least || d > p.most:
		s.Add(p.name, "must be between %s and %s", brief(p.least), brief(p.most))
		return p.usual
	}
	return d
}

// brief writes a duration as the file does: 5m, not 5m0s.
func brief(d time.Duration) string {
	word := d.String()
	if strings.HasSuffix(word, "m0s") {
		word = strings.TrimSuffix(word, "0s")
	}
	if strings.HasSuffix(word, "h0m") {
		word = strings.TrimSuffix(word, "0m")
	}
	return word
}

// size reads what sizeForm lets through: at most 999999 TiB, which an int64 holds.
func size(word string) Size {
	digits := strings.TrimRight(word, "BKMGTi")
	bytes, _ := strconv.ParseInt(digits, 10, 64)
	switch word[len(digits)] {
	case 'K':
		bytes <<= 10
	case 'M':
		bytes <<= 20
	case 'G':
		bytes <<= 30
	case 'T':
		bytes <<= 40
	}
	return Size(bytes)
}

// rate reads what rateForm lets through.
func rate(word string) Rate {
	digits, unit, _ := strings.Cut(word, "/")
	calls, _ := strconv.Atoi(digits)
	per := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[unit]
	return Rate{Calls: calls, Per: per}
}

// thousandths reads what ratioForm lets through.
func thousandths(word string) Thousandths {
	whole, fraction, _ := strings.Cut(word, ".")
	share, _ := strconv.Atoi(whole + (fraction + "000")[:3])
	return Thousandths(share)
}
