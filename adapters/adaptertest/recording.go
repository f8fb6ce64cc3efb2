package adaptertest

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// Recording is a recorded exchange as it stands in its file, for who plays it in another way than the rules do.
type Recording struct {
	Name     string // of the file, without .json
	Says     string
	Settings adapters.Values
	Command  *canonical.Command // one of these three
	Query    *canonical.Query
	Message  *canonical.Message
	Covers   []string // what the message's proof covers
	Within   int      // seconds that the message's time may be off
	Repeat   bool
	Exchange string // the row that was chosen
	Wire     []Crossing
}

// Crossing is one request of a case, and its reply.
type Crossing struct {
	Method, Path string // "" where the case records no request
	Header       map[string]string
	Reach        adapters.Reach
	Reply        adapters.Reply
}

// Recordings reads the recorded exchanges of a folder, in the order of their names.
func Recordings(folder fs.FS) ([]Recording, error) {
	all, err := readCases(folder)
	if err != nil {
		return nil, err
	}
	cases := make([]Recording, len(all))
	for i, c := range all {
		cases[i] = c.exported()
	}
	return cases, nil
}

func (c *recorded) exported() Recording {
	one := Recording{
		Name: strings.TrimSuffix(path.Base(c.file), ".json"), Says: c.Case, Settings: c.Settings, Command: c.command, Query: c.query,
		Message: c.message, Covers: c.proof.Covers, Within: c.proof.Within, Repeat: c.Repeat, Exchange: c.Exchange,
	}
	answers := c.replies()
	for i, w := range c.Wire {
		exchanged := Crossing{Reach: answers[i].reach, Reply: answers[i].reply}
		if exchanged.Reply.Header == nil {
			exchanged.Reply.Header = http.Header{}
		}
		if w.Request != nil {
			exchanged.Method, exchanged.Path, exchanged.Header = w.Request.Method, w.Request.Path, w.Request.Header
		}
		one.Wire = append(one.Wire, exchanged)
	}
	return one
}

// ReadAll plays every recorded exchange once, for whoever watches how the adapter reads them.
func ReadAll(h Harness) error {
	_, err := newSuite(h, false)
	return err
}
