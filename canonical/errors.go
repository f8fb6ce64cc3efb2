package canonical

import (
	"errors"
	"strings"
)

// Kind is the closed list of what can go wrong; code branches on it, never on text.
type Kind string

// The kinds. Problems has a row for each.
const (
	InvalidRequest        Kind = "invalid_request"
	IdempotencyKeyMissing Kind = "idempotency_key_missing"
	Unauthenticated       Kind = "unauthenticated"
	Forbidden             Kind = "forbidden"
	NotFound              Kind = "not_found"
	OperationNotAllowed   Kind = "operation_not_allowed"
	OperationInProgress   Kind = "operation_in_progress"
	ReferenceTaken        Kind = "reference_taken"
	ProviderOrderTaken    Kind = "provider_order_taken"
	NotDone               Kind = "not_done"
	VersionMismatch       Kind = "version_mismatch"
	IdempotencyKeyReused  Kind = "idempotency_key_reused"
	AmountExceeded        Kind = "amount_exceeded"
	OperationUnsupported  Kind = "operation_unsupported"
	NoProvider            Kind = "no_provider"
	Refused               Kind = "refused"
	PayloadTooLarge       Kind = "payload_too_large"
	MethodNotAllowed      Kind = "method_not_allowed"
	NotAcceptable         Kind = "not_acceptable"
	UnsupportedMediaType  Kind = "unsupported_media_type"
	RateLimited           Kind = "rate_limited"
	ProviderMisconfigured Kind = "provider_misconfigured"
	ProviderGarbled       Kind = "provider_garbled"
	ProviderBusy          Kind = "provider_busy"
	ProviderUnavailable   Kind = "provider_unavailable"
	Overloaded            Kind = "overloaded"
	StorageLow            Kind = "storage_low"
	ProviderOff           Kind = "provider_off"
	Internal              Kind = "internal"
)

// Problem is a row of the table of problems: what a kind means over HTTP.
type Problem struct {
	Kind   Kind
	Status int
	Title  string
	Next   Next
	Help   string // what it means and what to do, for the page the type points at
}

// Problems has one row for every kind.
var Problems = []Problem{
	{InvalidRequest, 400, "The request is not valid", Next{Action: NextCorrectRequest}, "`fields` names each mistake by its JSON pointer and says what to do. Nothing was stored and no lender was called; the idempotency key is free."},
	{IdempotencyKeyMissing, 400, "An Idempotency-Key header is required", Next{Action: NextCorrectRequest}, "Make a random key, keep it with your order, and send it with the request and with every repeat of it."},
	{Unauthenticated, 401, "It is not proved who asks", Next{Action: NextCorrectRequest}, "Send `Authorization: Bearer lg_...`; a revoked key is not valid. Where a lender sends a message: it does not verify."},
	{Forbidden, 403, "The API key may not do this", Next{Action: NextContactOperator}, "The key's role does not allow this route."},
	{NotFound, 404, "There is no such thing", Next{Action: NextNone}, "It does not exist, or it is not yours."},
	{OperationNotAllowed, 409, "The order does not allow this now", Next{Action: NextSync}, "The order's `allowed_operations` lists what may be asked. If you believe the lender sees it differently, sync the order."},
	{OperationInProgress, 409, "Another operation on the order is not finished", Next{Action: NextWait, After: 2}, "`operation` names it. Wait until it is settled; do not send yours under another key meanwhile."},
	{ReferenceTaken, 409, "Another order holds this reference", Next{Action: NextNone}, "`order` names it. A reference is held by one order at a time."},
	{ProviderOrderTaken, 409, "Another order holds this lender's order", Next{Action: NextNone}, "`order` names it, if it is yours."},
	{NotDone, 409, "It certainly did not happen", Next{Action: NextRetryNewKey}, "The outcome was in doubt and evidence has shown that the lender did nothing. To do it now, ask again with a new idempotency key."},
	{VersionMismatch, 412, "The order has changed meanwhile", Next{Action: NextCorrectRequest}, "Read the order, look at what changed, and send the request with its present version in If-Match."},
	{IdempotencyKeyReused, 422, "The idempotency key belongs to another request", Next{Action: NextCorrectRequest}, "A key names one request for ever. Use a new key for a new request."},
	{AmountExceeded, 422, "The amount is more than is left", Next{Action: NextCorrectRequest}, "`remaining` says how much may be asked for."},
	{OperationUnsupported, 422, "The provider cannot do this", Next{Action: NextCorrectRequest}, "`alternatives` lists requests that reach the same end, ready to send, where there are any."},
	{NoProvider, 422, "No provider fits the order", Next{Action: NextCorrectRequest}, "`fields` says why each provider was passed over."},
	{Refused, 422, "The lender refused", Next{Action: NextCorrectRequest}, "Nothing moved. `provider_code` and `detail` carry the lender's reason. A corrected request needs a new idempotency key."},
	{PayloadTooLarge, 413, "The body is too large", Next{Action: NextCorrectRequest}, "A request body may have 64 KiB, the message of a lender 256 KiB."},
	{MethodNotAllowed, 405, "The route does not know this method", Next{Action: NextCorrectRequest}, "The Allow header lists the methods it knows."},
	{NotAcceptable, 406, "The answer can only be JSON", Next{Action: NextCorrectRequest}, "Accept `application/json`."},
	{UnsupportedMediaType, 415, "The body must be JSON", Next{Action: NextCorrectRequest}, "Send `Content-Type: application/json`."},
	{RateLimited, 429, "Too many requests", Next{Action: NextWait, After: 1}, "Wait as long as Retry-After says. Nothing was stored."},
	{ProviderMisconfigured, 502, "The lender does not accept our credentials", Next{Action: NextContactOperator}, "Nothing moved. Whoever runs the gateway must look at the provider's settings."},
	{ProviderGarbled, 502, "The lender's answer cannot be read", Next{Action: NextRetrySameKey, After: 5}, "Nothing moved: calls that move money are in doubt instead, and answered 202."},
	{ProviderBusy, 503, "The lender is busy", Next{Action: NextRetrySameKey, After: 5}, "Nothing moved and the idempotency key is free. Ask again later, or choose another provider while nothing is reserved."},
	{ProviderUnavailable, 503, "The lender cannot be reached", Next{Action: NextRetrySameKey, After: 5}, "Nothing was sent, or nothing that matters, and the idempotency key is free. Ask again later, or choose another provider while nothing is reserved."},
	{Overloaded, 503, "The gateway is overloaded", Next{Action: NextWait, After: 1}, "Nothing was stored. Wait as long as Retry-After says."},
	{StorageLow, 503, "The gateway is short of disk space", Next{Action: NextWait, After: 60}, "New orders are refused until there is room; work on existing orders goes on."},
	{ProviderOff, 503, "The provider is switched off", Next{Action: NextOtherProvider}, "Its configuration is not valid, or it was taken out of service."},
	{Internal, 500, "Something went wrong in the gateway", Next{Action: NextContactOperator}, "The trace id finds the log line. Repeat with the same idempotency key only: it never acts twice."},
}

var problemOf = func() map[Kind]Problem {
	rows := make(map[Kind]Problem)
	for _, row := range Problems {
		rows[row.Kind] = row
	}
	return rows
}()

// ProblemOf returns the row of a kind; an unknown one is internal.
func ProblemOf(kind Kind) Problem {
	if row, known := problemOf[kind]; known {
		return row
	}
	return problemOf[Internal]
}

// Field names one mistake in a request.
type Field struct {
	Pointer string `json:"pointer" doc:"RFC 6901 pointer into the body, or the name of a header or query parameter."`
	Detail  string `json:"detail"`
}

// Alternative is a request, ready to send, that reaches the same end.
type Alternative struct {
	Method string         `json:"method"`
	Path   string         `json:"path"`
	Body   map[string]any `json:"body,omitempty"`
	Why    string         `json:"why"`
}

// Error is the one error type that crosses package borders.
type Error struct {
	Kind         Kind
	Detail       string // about this occurrence, without secrets, for the caller
	Operation    string // id of the operation it speaks of, or stands in the way
	Provider     string
	ProviderCode string
	Order        string
	Fields       []Field
	Remaining    *Money
	Alternatives []Alternative
	Next         *Next // where it differs from the kind's own
	Err          error // for the log alone
}

// Error describes the error for a log.
func (e *Error) Error() string {
	text := string(e.Kind)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if len(e.Fields) > 0 {
		var fields []string
		for _, f := range e.Fields {
			fields = append(fields, f.Pointer+" "+f.Detail)
		}
		text += " (" + strings.Join(fields, "; ") + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error of a kind with its detail.
func Errorf(kind Kind, detail string) *Error { return &Error{Kind: kind, Detail: detail} }

// Invalid makes an invalid_request about one field.
func Invalid(pointer, detail string) *Error {
	return &Error{Kind: InvalidRequest, Detail: detail, Fields: []Field{{pointer, detail}}}
}

// KindOf returns the kind of an error; whatever is not an *Error is internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
