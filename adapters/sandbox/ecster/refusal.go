package ecster

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// refusal is Ecster's no in one of its two shapes: a number with a type, or a title without one
// (the framework in front of it).
type refusal struct {
	Status  int    `json:"-"`
	Code    int    `json:"code,omitempty"`
	Type    string `json:"type,omitempty"`
	Title   string `json:"error,omitempty"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return r.Message }

// The numbers are Ecster's; ASSUMED: that orders share them with the account API, and the words in type.

func invalid(format string, arguments ...any) error {
	return &refusal{Status: http.StatusBadRequest, Code: 4003, Type: "INVALID_PARAMETER", Message: fmt.Sprintf(format, arguments...)}
}

func notFound(message string) error {
	return &refusal{Status: http.StatusNotFound, Code: 4100, Type: "NOT_FOUND", Message: message}
}

func wrongState(message string) error {
	return &refusal{Status: http.StatusUnprocessableEntity, Code: 4424, Type: "INVALID_STATE", Message: message}
}

func refuse(err error) lender.Reply {
	said := &refusal{Status: http.StatusInternalServerError, Code: 5001, Type: "SYSTEM_ERROR", Message: err.Error()}
	errors.As(err, &said)
	reply, _ := answer(said.Status, said)
	return reply
}
