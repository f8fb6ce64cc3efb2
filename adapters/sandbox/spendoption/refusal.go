package spendoption

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// refusal is an answer that is not a success.
// ASSUMED: problem details, as the lender's sibling APIs declare; this API publishes no error body.
type refusal struct {
	status        int
	title, detail string
	fields        map[string][]string
	allow         string // the method a path takes
	gateway       bool   // said by the subscription-key gateway, which has a shape of its own
}

type problem struct {
	Type     string              `json:"type"`
	Title    string              `json:"title"`
	Status   int                 `json:"status"`
	Detail   string              `json:"detail"`
	Instance string              `json:"instance"`
	Errors   map[string][]string `json:"errors,omitempty"`
	TraceID  string              `json:"traceId"`
}

type gatewayRefusal struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}

func (no *refusal) reply(c call) lender.Reply {
	if no.gateway {
		return answerJSON(no.status, gatewayRefusal{no.status, no.detail})
	}
	reply := answerJSON(no.status, problem{
		Type: "about:blank", Title: no.title, Status: no.status, Detail: no.detail,
		Instance: c.request.Path, Errors: no.fields, TraceID: trace(c),
	})
	reply.Header.Set("Content-Type", "application/problem+json")
	if no.allow != "" {
		reply.Header.Set("Allow", no.allow)
	}
	return reply
}

// trace depends on the request alone, so that requests which are not replayed leave no gap.
func trace(c call) string {
	seed := fmt.Sprint(c.now.UnixNano(), c.request.Method, c.request.Path, string(c.request.Body))
	return "00-" + (&lender.IDs{Seed: seed}).Hex(32)
}

func notFound(what string) *refusal {
	return &refusal{status: 404, title: "Not found", detail: what + " is unknown"}
}

func answerJSON(status int, said any) lender.Reply {
	body, err := json.Marshal(said)
	if err != nil {
		panic(fmt.Sprintf("a reply that is not JSON: %#v: %v", said, err))
	}
	return lender.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}
