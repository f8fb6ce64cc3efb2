package workshop

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

// Pasted is an exchange that was copied from somewhere: a request, a reply, or both.
type Pasted struct {
	Method, Path string // "" where no request was copied
	Sent         http.Header
	Body         []byte // of the request
	Reply        *adapters.Reply
}

// Paste reads what was copied: HTTP as it is written in documentation, what curl -v prints, a HAR file, or the body of
// a reply alone, which is taken for one with status 200.
func Paste(text []byte) ([]Pasted, error) {
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
	if har, is := readHAR(text); is {
		return har, nil
	}
	if trimmed := bytes.TrimSpace(text); json.Valid(trimmed) && len(trimmed) > 0 {
		return []Pasted{{Reply: &adapters.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: trimmed}}}, nil
	}
	return readHTTP(strings.Split(uncurled(string(text)), "\n"))
}

// Message is a notification that was copied. Its time is set when it is tried.
func (p Pasted) Message() *canonical.Message {
	m := &canonical.Message{Header: p.Sent, Body: p.Body, Secret: path.Base(pathOf(p.Path))}
	if p.Method == "" && p.Reply != nil { // a body alone
		m.Header, m.Body, m.Secret = p.Reply.Header, p.Reply.Body, ""
	}
	return m
}

// Crossings are the replies that were copied, in their order.
func Crossings(all []Pasted) (wire []adaptertest.Crossing) {
	for _, one := range all {
		if one.Reply != nil {
			wire = append(wire, adaptertest.Crossing{Method: one.Method, Path: one.Path, Reach: adapters.Replied, Reply: *one.Reply})
		}
	}
	return wire
}

var (
	curled      = regexp.MustCompile(`(?m)^[<>] `)
	requestLine = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) (\S+)( HTTP/[0-9.]+)?\s*$`)
	statusLine  = regexp.MustCompile(`^HTTP/[0-9.]+ ([1-5][0-9][0-9])( .*)?$`)
	headerLine  = regexp.MustCompile(`^([A-Za-z0-9!#$%&'*+.^_|~-]+):\s*(.*)$`)
	curlEnd     = regexp.MustCompile(`[*] Connection .*left intact$`) // stands behind a body that ends without a new line
	curlNoise   = regexp.MustCompile(`^([*] |[{}] \[\d+ bytes data\])`)
)

// uncurled is what curl -v prints without its marks.
func uncurled(text string) string {
	if !curled.MatchString(text) {
		return text
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case curlNoise.MatchString(line) || line == "*":
		case strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "< "):
			lines = append(lines, line[2:])
		case line == ">" || line == "<":
			lines = append(lines, "")
		default:
			lines = append(lines, curlEnd.ReplaceAllString(line, ""))
		}
	}
	return strings.Join(lines, "\n")
}

// readHTTP reads requests and replies one after another.
func readHTTP(lines []string) (all []Pasted, err error) {
	for at := 0; at < len(lines); {
		line := strings.TrimSpace(lines[at])
		request, status := requestLine.FindStringSubmatch(line), statusLine.FindStringSubmatch(line)
		if request == nil && status == nil {
			if line != "" {
				return nil, fmt.Errorf("line %d: an exchange begins with a line such as POST /v1/orders HTTP/1.1, or HTTP/1.1 201 Created", at+1)
			}
			at++
			continue
		}
		header, body, next := readPart(lines, at+1)
		at = next
		switch {
		case status != nil && status[1][0] == '1': // the reply itself comes after it
		case request != nil:
			all = append(all, Pasted{Method: request[1], Path: request[2], Sent: header, Body: body})
		case len(all) == 0 || all[len(all)-1].Reply != nil:
			all = append(all, Pasted{Reply: replied(status[1], header, body)})
		default:
			all[len(all)-1].Reply = replied(status[1], header, body)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("it is empty: paste a request with its reply")
	}
	return all, nil
}

func replied(status string, header http.Header, body []byte) *adapters.Reply {
	code, _ := strconv.Atoi(status)
	return &adapters.Reply{Status: code, Header: header, Body: body}
}

// readPart reads headers and a body, up to where the next part begins.
func readPart(lines []string, at int) (header http.Header, body []byte, next int) {
	header = http.Header{}
	for ; at < len(lines); at++ {
		found := headerLine.FindStringSubmatch(lines[at])
		if found == nil {
			break
		}
		header.Add(found[1], strings.TrimSpace(found[2]))
	}
	begin := at
	for at < len(lines) && !requestLine.MatchString(lines[at]) && !statusLine.MatchString(strings.TrimSpace(lines[at])) {
		at++
	}
	return header, []byte(strings.TrimSpace(strings.Join(lines[begin:at], "\n"))), at
}

// har is what is read of a HAR file.
type har struct {
	Log struct {
		Entries []struct {
			Request struct {
				Method, URL string
				Headers     []harHeader
				PostData    struct{ Text string }
			}
			Response struct {
				Status  int
				Headers []harHeader
				Content struct{ Text, Encoding string }
			}
		}
	}
}

type harHeader struct{ Name, Value string }

func readHAR(text []byte) (all []Pasted, is bool) {
	var file har
	if json.Unmarshal(text, &file) != nil || len(file.Log.Entries) == 0 {
		return nil, false
	}
	for _, entry := range file.Log.Entries {
		body := []byte(entry.Response.Content.Text)
		if entry.Response.Content.Encoding == "base64" {
			body = unbased(body)
		}
		all = append(all, Pasted{
			Method: entry.Request.Method, Path: entry.Request.URL, Sent: headersOf(entry.Request.Headers), Body: []byte(entry.Request.PostData.Text),
			Reply: &adapters.Reply{Status: entry.Response.Status, Header: headersOf(entry.Response.Headers), Body: body},
		})
	}
	return all, true
}

func headersOf(all []harHeader) http.Header {
	header := http.Header{}
	for _, one := range all {
		header.Add(one.Name, one.Value)
	}
	return header
}

func unbased(text []byte) []byte {
	decoded, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return text
	}
	return decoded
}

// differs says where a request is not the one that was copied: in method, path, and the names of its body.
func (p Pasted) differs(sent Call) (lines []string) {
	if p.Method != sent.Method {
		lines = append(lines, fmt.Sprintf("the copied request is a %s, and the contract sends a %s", p.Method, sent.Method))
	}
	was, is := pathOf(p.Path), pathOf(sent.URL)
	if !strings.HasSuffix(is, was) && !strings.HasSuffix(was, is) {
		lines = append(lines, fmt.Sprintf("the copied request goes to %s, and the contract's to %s", was, is))
	}
	copied, made := namesIn(p.Body), namesIn(sent.Wire.Body)
	for _, name := range copied {
		if !slices.Contains(made, name) {
			lines = append(lines, "the copied request has "+name+", and the contract's has not")
		}
	}
	for _, name := range made {
		if len(copied) > 0 && !slices.Contains(copied, name) {
			lines = append(lines, "the contract sends "+name+", and the copied request has it not")
		}
	}
	return lines
}

func pathOf(address string) string {
	at, err := url.Parse(strings.TrimPrefix(address, adaptertest.BaseURL))
	if err != nil {
		return address
	}
	return at.Path
}

// namesIn are the pointers to all values of JSON, those in a list once.
func namesIn(text []byte) (names []string) {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return nil
	}
	var visit func(at string, value any)
	visit = func(at string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				visit(at+"/"+name, v[name])
			}
		case []any:
			for _, one := range v {
				visit(at+"/*", one)
			}
		default:
			names = append(names, at)
		}
	}
	visit("", value)
	slices.Sort(names)
	return slices.Compact(names)
}
