package api

import (
	"encoding/json"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lendgate/lendgate/canonical"
)

const (
	keyHeader = "Idempotency-Key"
	keyMax    = 255
)

// idempotencyKey reads the one Idempotency-Key header: bare, or a quoted string as the IETF draft
// writes it. Both forms of the same key are the same key.
func idempotencyKey(header http.Header) (string, error) {
	given := header.Values(keyHeader)
	switch {
	case len(given) == 0 || (len(given) == 1 && given[0] == ""):
		return "", canonical.Errorf(canonical.IdempotencyKeyMissing, "this request must name itself, so that a repeat of it never acts twice")
	case len(given) > 1:
		return "", canonical.Invalid(keyHeader, "is given more than once")
	}
	key, ok := unquoted(given[0])
	if !ok || len(key) == 0 || len(key) > keyMax || !visible(key) {
		return "", canonical.Invalid(keyHeader, "must be 1 to 255 visible ASCII characters, bare or in double quotes")
	}
	return key, nil
}

// unquoted takes a structured-field string (RFC 8941, 3.3.3) out of its quotes; what does not begin
// with one is bare.
func unquoted(text string) (string, bool) {
	if text[0] != '"' {
		return text, true
	}
	var key []byte
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return string(key), i == len(text)-1
		case c != '\\':
			key = append(key, c)
		case i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			key = append(key, text[i])
		default:
			return "", false
		}
	}
	return "", false
}

func visible(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// meaning is a request in canonical form: route and ids, and the body as it was understood. White
// space, the order of names, and whether an absent field was left out do not show in it.
func meaning(r route, input any) ([]byte, error) {
	understood, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	text := jsontext.Value(understood)
	// Numbers stay as they were written: made into floats, two large ones could become the same.
	if err := text.Canonicalize(jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false)); err != nil {
		return nil, err
	}
	return append([]byte(r.method+" "+r.path+"\n"), text...), nil
}
