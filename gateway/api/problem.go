package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/lendgate/lendgate/canonical"
)

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
)

// problem is an RFC 9457 problem document. huma writes it where a handler returns it.
type problem struct {
	Type         string                  `json:"type" format:"uri" doc:"Address of the text that explains this kind of problem."`
	Title        string                  `json:"title" doc:"The same for every problem of its kind."`
	Status       int                     `json:"status"`
	Detail       string                  `json:"detail" doc:"About this occurrence."`
	Code         canonical.Kind          `json:"code"`
	TraceID      string                  `json:"trace_id" doc:"Finds the log lines and the trace."`
	Next         canonical.Next          `json:"next" doc:"The next safe action."`
	Instance     string                  `json:"instance,omitempty" doc:"Path of the request."`
	Order        string                  `json:"order,omitempty"`
	Operation    string                  `json:"operation,omitempty"`
	Provider     string                  `json:"provider,omitempty"`
	ProviderCode string                  `json:"provider_code,omitempty" doc:"The lender's own word."`
	Fields       []canonical.Field       `json:"fields,omitempty" doc:"Every mistake in the request."`
	Remaining    *canonical.Money        `json:"remaining,omitempty"`
	Alternatives []canonical.Alternative `json:"alternatives,omitempty" doc:"Requests, ready to send, that reach the same end."`

	header http.Header
}

// Error makes a problem an error.
func (p *problem) Error() string { return string(p.Code) }

// GetStatus is the status huma answers with.
func (p *problem) GetStatus() int { return p.Status }

// ContentType is the media type huma answers with.
func (p *problem) ContentType(string) string { return problemType }

// GetHeaders are the headers huma answers with.
func (p *problem) GetHeaders() http.Header { return p.header }

// replayedError is the end of an operation that an earlier request with the same key performed.
type replayedError struct{ error }

func (e replayedError) Unwrap() error { return e.error }

// problem says what an error means to the caller. What is internal stays in the log.
func (a *API) problem(ctx context.Context, err error) *problem {
	v := visitOf(ctx)
	var e *canonical.Error
	if !errors.As(err, &e) || canonical.ProblemOf(e.Kind).Kind == canonical.Internal {
		level := slog.LevelError
		if ctx.Err() != nil {
			level = slog.LevelInfo // the caller has gone, and with it the reason to go on
		}
		a.log.Log(ctx, level, "internal error", "error", err.Error(), "trace_id", v.traceID, "request_id", v.requestID, "path", v.path)
		e = canonical.Errorf(canonical.Internal, "the gateway's log has the cause, under the trace id")
	}
	row := canonical.ProblemOf(e.Kind)
	p := &problem{
		Type: a.publicURL + "/problems/" + string(row.Kind), Title: row.Title, Status: row.Status, Detail: e.Detail,
		Code: row.Kind, TraceID: v.traceID, Next: row.Next, Instance: v.path,
		Order: e.Order, Operation: e.Operation, Provider: e.Provider, ProviderCode: e.ProviderCode,
		Fields: e.Fields, Remaining: e.Remaining, Alternatives: e.Alternatives,
	}
	if p.Detail == "" {
		p.Detail = row.Title
	}
	if e.Next != nil && e.Next.Action != "" {
		p.Next = *e.Next
	}
	p.header = p.headers(err)
	return p
}

func (p *problem) headers(err error) http.Header {
	header := http.Header{}
	if p.Next.After > 0 {
		header.Set("Retry-After", strconv.Itoa(p.Next.After))
	}
	if p.Code == canonical.Unauthenticated {
		header.Set("WWW-Authenticate", `Bearer realm="lendgate"`)
	}
	var replayed replayedError
	if errors.As(err, &replayed) {
		header.Set("Idempotency-Replayed", "true")
	}
	return header
}

// refuse answers a request that reaches no handler.
func (a *API) refuse(c *gin.Context, err error) {
	p := a.problem(c.Request.Context(), err)
	for name, values := range p.header {
		c.Writer.Header()[name] = values
	}
	c.Writer.Header().Set("Content-Type", problemType)
	c.Status(p.Status)
	if err := writeJSON(c.Writer, p); err != nil {
		a.log.WarnContext(c.Request.Context(), "an answer was not written", "error", err.Error())
	}
	c.Abort()
}

// writeJSON renders fully before it writes, so that what cannot be rendered is not half an answer.
func writeJSON(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
