package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// Fault is a technical failure somebody asked for.
type Fault struct {
	Lender    string `json:"lender"`
	Operation string `json:"operation"`       // "" is any
	Order     string `json:"order,omitempty"` // anything the path or the body holds; "" is any
	Fault     string `json:"fault"`           // a name from the table below
	Times     int    `json:"times"`           // how many requests it meets; 0 is once
	Delay     Delay  `json:"delay,omitempty"` // of slow; 0 is two seconds
}

// Delay is a duration that is written as in Go, "1.5s".
type Delay time.Duration

// MarshalText writes the duration.
func (d Delay) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration.
func (d *Delay) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	*d = Delay(read)
	return err
}

// Fate is what becomes of an answer on its way back.
type Fate struct {
	Cut   bool          // the connection is cut, nothing is answered
	Delay time.Duration // how long the answer takes
}

const (
	loseReply    = "lose_reply"
	loseRequest  = "lose_request"
	errorBefore  = "error_before"
	errorAfter   = "error_after"
	slow         = "slow"
	garbage      = "garbage"
	unavailable  = "unavailable"
	throttled    = "throttled"
	defaultDelay = Delay(2 * time.Second)
)

// kind is what a fault does: whether the lender acts, and what comes back instead of its answer.
type kind struct {
	name   string
	acts   bool
	cut    bool
	status int // 0 leaves the lender's answer alone
	body   string
	says   string
}

var kinds = []kind{
	{name: loseRequest, acts: false, cut: true, says: "not acted, the connection is cut"},
	{name: loseReply, acts: true, cut: true, says: "acted, the connection is cut"},
	{name: errorBefore, acts: false, status: http.StatusInternalServerError, body: "internal error", says: "not acted, answered 500"},
	{name: errorAfter, acts: true, status: http.StatusInternalServerError, body: "internal error", says: "acted, answered 500"},
	{name: slow, acts: true, says: "acted, answered after the delay"},
	{name: garbage, acts: true, status: http.StatusOK, body: `{"unfinished":`, says: "acted, answered 200 with an unreadable body"},
	{name: unavailable, acts: false, status: http.StatusServiceUnavailable, body: "unavailable", says: "not acted, answered 503"},
	{name: throttled, acts: false, status: http.StatusTooManyRequests, body: "too many requests", says: "not acted, answered 429"},
}

func kindOf(name string) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

// operations are the words a fault can name, those of lender.Lender.Operation.
var operations = []string{"create", "authorize", "capture", "cancel", "refund", "update", "authenticate", "read", "token", "offers"}

// check says what is wrong with a fault and fills in what was left out.
func (f Fault) check(lenders []string) (Fault, error) {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	switch {
	case !slices.Contains(lenders, f.Lender):
		return f, fmt.Errorf("lender is one of %s", strings.Join(lenders, ", "))
	case f.Operation != "" && !slices.Contains(operations, f.Operation):
		return f, fmt.Errorf("operation is empty or one of %s", strings.Join(operations, ", "))
	case !slices.Contains(names, f.Fault):
		return f, fmt.Errorf("fault is one of %s", strings.Join(names, ", "))
	case f.Times < 0 || f.Delay < 0:
		return f, errors.New("times and delay are not below 0")
	case f.Delay > 0 && f.Fault != slow:
		return f, errors.New("delay belongs to slow")
	}
	f.Times = max(f.Times, 1)
	if f.Fault == slow && f.Delay == 0 {
		f.Delay = defaultDelay
	}
	return f, nil
}

// meets says whether the fault is meant for a request.
func (f Fault) meets(name, operation string, r lender.Request) bool {
	return f.Lender == name && (f.Operation == "" || f.Operation == operation) &&
		(strings.Contains(r.Path, f.Order) || bytes.Contains(r.Body, []byte(f.Order)))
}

// spoil lets a fault happen to a request that serve would answer.
func (f Fault) spoil(serve func() lender.Reply) (lender.Reply, Fate) {
	k, _ := kindOf(f.Fault)
	var reply lender.Reply
	if k.acts {
		reply = serve()
	}
	if k.status != 0 {
		reply = lender.Reply{Status: k.status, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(k.body)}
	}
	return reply, Fate{Cut: k.cut, Delay: time.Duration(f.Delay)}
}
