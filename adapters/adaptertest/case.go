package adaptertest

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// At is when everything recorded happens.
var At = at

// Where everything recorded goes, and where notifications come to.
const (
	BaseURL   = baseURL
	NotifyURL = notifyURL
)

// Bearer is the token of every style that has one, where the harness gives none.
const Bearer = "recorded-token"

// ReadRecording reads one file.
func ReadRecording(file string) (Recording, error) {
	r, err := readFile(file)
	if err != nil {
		return Recording{}, err
	}
	return r.exported(), nil
}

func readFile(file string) (*recorded, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r, err := readText(file, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// Transport plays what was recorded, and needs no network.
func (c Recording) Transport() adapters.Transport {
	s := &script{}
	for _, one := range c.Wire {
		s.answers = append(s.answers, answer{one.Reach, one.Reply})
	}
	return s
}

// Offline is the style as cases are played: where it takes a token, it gets the same one whatever is answered.
func Offline(d adapters.Definition) adapters.Definition {
	if d.Token == nil {
		return d
	}
	token := *d.Token
	token.Decode = func(_ adapters.Reply, now time.Time) (string, time.Time, error) {
		return Bearer, now.Add(24 * time.Hour), nil
	}
	d.Token = &token
	return d
}

// Write plays a case by the style of a harness, and makes the text of its file: the requests that leave and what comes
// of the replies are as they are now.
func (c Recording) Write(h Harness) ([]byte, error) {
	r := c.recorded()
	if err := r.readInput(); err != nil {
		return nil, err
	}
	s, err := alone(h)
	if err != nil {
		return nil, err
	}
	was := s.play(r, r.replies())
	if was.panicked != nil {
		return nil, fmt.Errorf("the style panics: %v", was.panicked)
	}
	return r.shown(was).text()
}

// takeAnyToken: a case that was recorded without a harness has a token that stands for any.
func (s *sent) takeAnyToken(recorded *sent) {
	if s == nil || recorded == nil {
		return
	}
	is, was := s.Header["Authorization"], recorded.Header["Authorization"]
	scheme, _, _ := strings.Cut(is, " ")
	if is != "" && was == scheme+" "+Bearer {
		s.Header["Authorization"] = was
	}
}

// Replay plays a file, and says where it is not what was recorded.
func Replay(h Harness, file string) ([]string, error) {
	r, err := readFile(file)
	if err != nil {
		return nil, err
	}
	s, err := alone(h)
	if err != nil {
		return nil, err
	}
	was := s.play(r, r.replies())
	if was.panicked != nil {
		return complain("panic: %v", was.panicked), nil
	}
	if diff := cmp.Diff(tree(r), tree(r.shown(was))); diff != "" {
		return complain("%s (- recorded, + now)\n%s", r.Case, diff), nil
	}
	return nil, nil
}

// alone is a suite without cases.
func alone(h Harness) (*suite, error) {
	s := &suite{Harness: h, settings: h.Adapter.Defaults(h.Settings)}
	var err error
	s.definition, err = h.Adapter.Define(s.settings)
	return s, err
}

func (c Recording) recorded() *recorded {
	r := &recorded{Case: c.Says, Settings: c.Settings, Repeat: c.Repeat}
	switch {
	case c.Command != nil:
		r.Command = input(c.Command, &c.Command.Order)
	case c.Query != nil:
		r.Query = input(c.Query, &c.Query.Order)
	case c.Message != nil:
		r.Message = messageOf(c)
	}
	for _, one := range c.Wire {
		r.Wire = append(r.Wire, exchanged{Reply: replyOf(one)})
	}
	return r
}

// input is a command or a query as a case has it: what is empty, and what follows from the rest, is left out.
func input(of any, o *canonical.Order) []byte {
	all := lowered(pruned(tree(of)))
	if order, is := all["order"].(map[string]any); is {
		withoutWhatFollows(order, o)
	}
	if amount, is := all["amount"].(map[string]any); is && amount["currency"] == nil {
		delete(all, "amount") // there is none
	}
	if len(o.Hidden.Kept) > 0 {
		all["kept"] = o.Hidden.Kept
	}
	if o.Hidden.Open != nil {
		all["open"] = o.Hidden.Open
	}
	return written(all)
}

// withoutWhatFollows leaves out of an order what is computed whenever it is read.
func withoutWhatFollows(order map[string]any, o *canonical.Order) {
	for _, name := range []string{"status", "next", "allowed_operations", "updated_at", "version"} {
		delete(order, name)
	}
	if o.Phase == canonical.Open || o.Phase == canonical.Ended {
		delete(order, "waiting_for")
	}
	if totals, is := order["totals"].(map[string]any); is {
		delete(totals, "capturable")
		delete(totals, "refundable")
	}
}

// lowered has the names of fields as cases spell them.
func lowered(value any) map[string]any {
	all, _ := value.(map[string]any)
	other := make(map[string]any, len(all))
	for name, one := range all {
		other[strings.ToLower(name)] = one
	}
	return other
}

func messageOf(c Recording) []byte {
	header := make(map[string]string)
	for name, values := range c.Message.Header {
		header[name] = strings.Join(values, ", ")
	}
	return written(pruned(tree(map[string]any{
		"secret": c.Message.Secret, "header": header, "body": string(c.Message.Body), "covers": c.Covers, "within": c.Within,
	})))
}

func replyOf(one Crossing) reply {
	if one.Reach != adapters.Replied {
		return reply{Reach: one.Reach}
	}
	r := reply{Status: one.Reply.Status, Header: make(map[string]string)}
	for name := range one.Reply.Header {
		r.Header[name] = one.Reply.Header.Get(name)
	}
	switch body := parsed(one.Reply.Body); {
	case len(one.Reply.Body) == 0:
	case body != nil && one.whole():
		r.Body = one.Reply.Body
	default:
		r.Text = string(one.Reply.Body)
	}
	return r
}

// whole says whether a body is one JSON value and nothing else.
func (c Crossing) whole() bool {
	_, err := readNode(c.Reply.Body)
	return err == nil
}
