package adaptertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// recorded is a recorded exchange, one file.
type recorded struct {
	Case     string          `json:"case"`
	Settings adapters.Values `json:"settings,omitempty"`
	Command  json.RawMessage `json:"command,omitempty"`
	Query    json.RawMessage `json:"query,omitempty"`
	Message  json.RawMessage `json:"message,omitempty"`
	Repeat   bool            `json:"repeat,omitempty"`
	Exchange string          `json:"exchange,omitempty"`
	Wire     []exchanged     `json:"wire,omitempty"`
	Gives    any             `json:"gives,omitempty"`
	Error    *failure        `json:"error,omitempty"`

	file    string
	command *canonical.Command
	query   *canonical.Query
	message *canonical.Message
	proof   proof
	weighty map[string][]string // parts of a message's headers without which it proves nothing
}

// proof is what a notification's sender vouches for.
type proof struct {
	Covers []string // body, secret, time, or the name of a header: with any of these changed it proves nothing
	Within int      // seconds its time may be off
}

// exchanged is one request and its reply.
type exchanged struct {
	Request *sent `json:"request,omitempty"`
	Reply   reply `json:"reply"`
}

type sent struct {
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Header map[string]string `json:"header,omitempty"`
	Body   any               `json:"body,omitempty"`
}

type reply struct {
	Reach  adapters.Reach    `json:"reach,omitempty"`
	Status int               `json:"status,omitempty"`
	Header map[string]string `json:"header,omitempty"`
	Body   json.RawMessage   `json:"body,omitempty"`
	Text   string            `json:"text,omitempty"`
}

type failure struct {
	Kind   canonical.Kind `json:"kind"`
	Code   string         `json:"code,omitempty"`
	Detail string         `json:"detail,omitempty"`
	Fields []string       `json:"fields,omitempty"`
}

// hidden is what an order's JSON does not show.
type hidden struct {
	Kept map[string]string        `json:"kept"`
	Open *canonical.OpenOperation `json:"open"`
}

func (h hidden) into(o *canonical.Order) {
	o.Hidden.Kept, o.Hidden.Open = h.Kept, h.Open
	o.Refresh()
}

func readCases(folder fs.FS) ([]*recorded, error) {
	files, err := fs.Glob(folder, "*.json")
	if err != nil || len(files) == 0 {
		return nil, errNoCases
	}
	var cases []*recorded
	for _, file := range files {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, err
		}
		c, err := readText(file, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

var errNoCases = errors.New("there are no recorded exchanges")

func readText(file string, text []byte) (*recorded, error) {
	c := &recorded{file: file}
	if err := strictly(text, c); err != nil {
		return nil, err
	}
	if c.Case == "" {
		return nil, fmt.Errorf("`case` says in a sentence what this shows")
	}
	return c, c.readInput()
}

func (c *recorded) readInput() error {
	switch {
	case c.Command != nil:
		var in struct {
			canonical.Command
			hidden
		}
		err := strictly(c.Command, &in)
		in.hidden.into(&in.Command.Order)
		c.command = &in.Command
		return err
	case c.Query != nil:
		var in struct {
			canonical.Query
			hidden
		}
		err := strictly(c.Query, &in)
		in.hidden.into(&in.Query.Order)
		c.query = &in.Query
		return err
	case c.Message != nil:
		var in struct {
			Secret string
			Header map[string]string
			Body   string
			Query  string
			proof
		}
		err := strictly(c.Message, &in)
		c.proof = in.proof
		query, unread := url.ParseQuery(in.Query)
		if err == nil {
			err = unread
		}
		c.message = &canonical.Message{Secret: in.Secret, Query: query, Header: headerOf(in.Header), Body: []byte(in.Body), At: at}
		return err
	}
	return fmt.Errorf("a case has a command, a query or a message")
}

func headerOf(header map[string]string) http.Header {
	all := http.Header{}
	for name, value := range header {
		all.Set(name, value)
	}
	return all
}

func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	return decoder.Decode(into)
}

// replies are the answers a case records.
func (c *recorded) replies() []answer {
	var answers []answer
	for _, one := range c.Wire {
		r := one.Reply
		if r.Reach != "" && r.Reach != adapters.Replied {
			answers = append(answers, answer{reach: r.Reach})
			continue
		}
		body := []byte(r.Text)
		if r.Text == "" {
			body = r.Body
		}
		answers = append(answers, answer{adapters.Replied, adapters.Reply{Status: r.Status, Header: headerOf(r.Header), Body: body}})
	}
	return answers
}

func (s *suite) checkRecorded() []string {
	var all []string
	for _, c := range s.cases {
		was := s.play(c, c.replies())
		if was.panicked != nil {
			all = append(all, fmt.Sprintf("%s: %s: panic: %v", c.file, c.Case, was.panicked))
			continue
		}
		shown := c.shown(was)
		if s.update {
			all = append(all, shown.write()...)
			continue
		}
		if diff := cmp.Diff(tree(c), tree(shown)); diff != "" {
			all = append(all, fmt.Sprintf("%s: %s (- recorded, + now)\n%s", c.file, c.Case, diff))
		}
	}
	return all
}

// shown is the case as it would be recorded now.
func (c *recorded) shown(was played) *recorded {
	now := *c
	now.Exchange, now.Gives, now.Error, now.Wire = was.exchange, nil, nil, nil
	for i := range max(len(was.wires), len(c.Wire)) {
		var one exchanged
		if i < len(c.Wire) {
			one.Reply = c.Wire[i].Reply
		}
		if i < len(was.wires) {
			one.Request = sentOf(was.wires[i])
		}
		if i < len(c.Wire) {
			one.Request.takeAnyToken(c.Wire[i].Request)
		}
		now.Wire = append(now.Wire, one)
	}
	if was.err != nil {
		now.Error = failureOf(was.err)
		return &now
	}
	now.Gives = pruned(tree(was.gives))
	return &now
}

func sentOf(w adapters.Wire) *sent {
	one := &sent{Method: w.Method, Path: pathOf(w), Header: map[string]string{}}
	for name, values := range w.Header {
		one.Header[name] = values[0]
	}
	if len(w.Body) > 0 {
		one.Body = string(w.Body)
		if json.Valid(w.Body) {
			one.Body = parsed(w.Body)
		}
	}
	return one
}

func failureOf(err error) *failure {
	f := &failure{Kind: canonical.KindOf(err), Detail: err.Error()}
	if e, is := err.(*canonical.Error); is {
		f.Code, f.Detail = e.ProviderCode, e.Detail
		for _, field := range e.Fields {
			f.Fields = append(f.Fields, field.Pointer)
		}
	}
	return f
}

func (c *recorded) text() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(c)
	return text.Bytes(), err
}

func (c *recorded) write() []string {
	text, err := c.text()
	if err != nil {
		return complain("%s: %v", c.file, err)
	}
	if err := os.WriteFile(c.file, text, 0o644); err != nil {
		return complain("%v", err)
	}
	return nil
}

func (s *suite) checkAllRecorded() []string {
	var all []string
	for i := range s.definition.Exchanges {
		row := &s.definition.Exchanges[i]
		if row.By == "" && !s.sampled(row) {
			all = append(all, row.Name+": no recorded exchange in which it succeeds")
		}
	}
	return all
}

func (s *suite) sampled(row *adapters.Exchange) bool {
	for _, one := range s.samples {
		if one.row == row {
			return true
		}
	}
	return false
}
