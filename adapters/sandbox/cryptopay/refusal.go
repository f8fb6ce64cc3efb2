package cryptopay

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// refusal is an answer that is not a success, with the processor's code.
type refusal struct {
	status        int
	code, message string
}

type wireError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type wireRefusal struct {
	Error wireError `json:"error"`
}

func (no *refusal) body() wireRefusal { return wireRefusal{wireError{no.code, no.message}} }

// ASSUMED: the codes invalid_request, not_found and conflict; only signature, replay, channel and
// refund codes are published.
func invalid(message string) *refusal  { return &refusal{400, "invalid_request", message} }
func notFound(message string) *refusal { return &refusal{404, "not_found", message} }
func conflict(message string) *refusal { return &refusal{409, "conflict", message} }

// answerJSON dates the reply itself: clients set their clock by it when a timestamp is refused.
func answerJSON(now time.Time, status int, said any) lender.Reply {
	body, err := json.Marshal(said)
	if err != nil {
		panic(fmt.Sprintf("a reply that is not JSON: %#v: %v", said, err))
	}
	header := http.Header{"Content-Type": {"application/json"}, "Date": {now.UTC().Format(http.TimeFormat)}}
	return lender.Reply{Status: status, Header: header, Body: body}
}

func sendsJSON(r lender.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
