package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lendgate/lendgate/canonical"
)

const (
	maxBody  = 64 << 10
	maxDepth = 16
	maxName  = 100 // of a member: it is named in mistakes
)

// number is a JSON number as it was written.
type number string

// checkBody holds the body against its schema, and puts it back for huma to read. An absent body is {}.
func (a *API) checkBody(r *http.Request, body []byte, schema *huma.Schema) error {
	if len(body) == 0 {
		body = []byte("{}")
	}
	parsed, err := parse(body)
	if err != nil {
		return err
	}
	if err := a.check("", schema, parsed); err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Header.Set("Content-Type", jsonType)
	return nil
}

func readJSON(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if r.Header.Get("Content-Encoding") != "" {
		return nil, canonical.Errorf(canonical.UnsupportedMediaType, "send the body without Content-Encoding")
	}
	body, err := readWhole(w, r, maxBody)
	if err == nil && len(body) > 0 && !isJSON(r.Header.Values("Content-Type")) {
		return nil, canonical.Errorf(canonical.UnsupportedMediaType, "send Content-Type: application/json (with curl: --json)")
	}
	return body, err
}

// readWhole reads a body of at most so many bytes, and nothing of one that says itself that it is longer.
func readWhole(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	tooLarge := canonical.Errorf(canonical.PayloadTooLarge, "a body may have "+strconv.FormatInt(most, 10)+" bytes here")
	if r.ContentLength > most {
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge
	case err != nil:
		return nil, &canonical.Error{Kind: canonical.InvalidRequest, Detail: "the body did not arrive whole", Err: err}
	}
	return body, nil
}

func isJSON(contentType []string) bool {
	if len(contentType) != 1 {
		return false
	}
	media, parameters, err := mime.ParseMediaType(contentType[0])
	if err != nil || media != jsonType {
		return false
	}
	for name, value := range parameters {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}

// parse reads one JSON value that every reader understands alike: valid UTF-8, no name twice, nothing
// after it, not deeper than maxDepth. Numbers stay text.
func parse(body []byte) (any, error) {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body))
	value, err := read(decoder)
	if err == nil {
		if _, after := decoder.ReadToken(); after != io.EOF {
			err = canonical.Invalid("", "has something after its end at byte "+strconv.FormatInt(decoder.InputOffset(), 10))
		}
	}
	if err == nil {
		return value, nil
	}
	var mistake *canonical.Error
	if !errors.As(err, &mistake) {
		mistake = unreadable(err, decoder.InputOffset())
	}
	mistake.Detail = "the body is not JSON as it is taken here"
	return nil, mistake
}

// unreadable says where JSON is broken, and nothing of what stands there.
func unreadable(err error, at int64) *canonical.Error {
	var broken *jsontext.SyntacticError
	if !errors.As(err, &broken) {
		return canonical.Invalid("", "ends too early at byte "+strconv.FormatInt(at, 10))
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return canonical.Invalid(string(broken.JSONPointer), "is given twice")
	}
	return canonical.Invalid("", "is not valid JSON in UTF-8 at byte "+strconv.FormatInt(broken.ByteOffset, 10))
}

func read(d *jsontext.Decoder) (any, error) {
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if d.StackDepth() > maxDepth {
		return nil, canonical.Invalid("", "is deeper than "+strconv.Itoa(maxDepth)+" levels")
	}
	switch token.Kind() {
	case '{':
		return readObject(d)
	case '[':
		return readList(d)
	case '"':
		return readText(d, token.String())
	case '0':
		return number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func readObject(d *jsontext.Decoder) (any, error) {
	object := make(map[string]any)
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		if len(name) > maxName || strings.IndexByte(name, 0) >= 0 {
			return nil, canonical.Invalid("", "has a name of more than "+strconv.Itoa(maxName)+" bytes, or with the character U+0000 in it")
		}
		if object[name], err = read(d); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return object, err
}

func readList(d *jsontext.Decoder) (any, error) {
	list := []any{}
	for d.PeekKind() != ']' {
		item, err := read(d)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	_, err := d.ReadToken()
	return list, err
}

func readText(d *jsontext.Decoder, text string) (any, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return nil, canonical.Invalid(string(d.StackPointer()), "must not hold the character U+0000")
	}
	return text, nil
}
