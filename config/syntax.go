package config

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const aliasRefusal = "aliases (*name) are not read here: write the value out, and put text that starts with * in quotes"

// remedies says what to do about the parser's commonest complaints.
var remedies = []struct{ complaint, remedy string }{
	{"mapping values are not allowed in this context", "check the indentation, and put text that holds a colon and a space in quotes"},
	{"found a tab character that violates indentation", "indent with spaces"},
	{"found character that cannot start any token", "put text that starts with @, ` or % in quotes, and indent with spaces"},
	{"could not find expected ':'", "write `name: value`"},
	{"found unexpected end of stream", "close the quotes"},
	{"did not find expected ',' or '}'", "close the brace, and inside braces put a ${env:NAME} in quotes"},
	{"did not find expected ',' or ']'", "close the bracket, and inside brackets put a ${env:NAME} in quotes"},
	{"did not find expected key", "check the indentation of this block"},
	{"did not find expected '-' indicator", "check the indentation of this list"},
	{"did not find expected <document start>", "start this line in the same column as the first"},
	{"did not find expected node content", "check for a stray bracket or comma"},
}

var complaintLine = regexp.MustCompile(`^line ([0-9]+): `)

// noteSyntax notes what the YAML parser says. Its unknown-anchor complaint is not passed on: it
// repeats the text, and a secret may start with an asterisk.
func (d *document) noteSyntax(err error) {
	complaint := strings.TrimPrefix(err.Error(), "yaml: ")
	if name, ok := strings.CutPrefix(complaint, "unknown anchor '"); ok {
		name = strings.TrimSuffix(name, "' referenced")
		line, column := d.position(bytes.Index(d.text, []byte("*"+name)))
		d.note(line, column, aliasRefusal)
		return
	}
	line := 1
	if found := complaintLine.FindStringSubmatch(complaint); found != nil {
		line, _ = strconv.Atoi(found[1])
		complaint = strings.TrimPrefix(complaint, found[0])
		// The parser, unlike its scanner, counts lines from 0.
		if strings.HasPrefix(complaint, "did not find expected ") {
			line++
		}
	}
	remedy := "correct the YAML around this line"
	for _, r := range remedies {
		if r.complaint == complaint {
			remedy = r.remedy
		}
	}
	d.note(line, 1, complaint+": "+remedy)
}

func (d *document) note(line, column int, sentence string) {
	*d.noted = append(*d.noted, Mistake{File: d.name, Line: d.within(line), Column: max(column, 1), Text: sentence})
}

// within keeps a line inside the file: YAML places an empty value at the end one further.
func (d *document) within(line int) int { return max(1, min(line, d.lines)) }

// position turns an offset into a line and a column; a negative one is the start of the file.
func (d *document) position(offset int) (line, column int) {
	before := d.text[:max(offset, 0)]
	line = 1 + bytes.Count(before, []byte("\n"))
	return line, 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

// unreadable finds the first byte that is not UTF-8, is a control character, or is one of the line
// breaks that YAML knows and most editors do not show: after one, what looks like a comment is a key.
func unreadable(content []byte) (offset int, bad bool) {
	for at := 0; at < len(content); {
		r, size := utf8.DecodeRune(content[at:])
		windows := r == '\r' && bytes.HasPrefix(content[at:], []byte("\r\n"))
		control := unicode.IsControl(r) && r != '\n' && r != '\t' && !windows
		if control || r == '\u2028' || r == '\u2029' || r == utf8.RuneError && size == 1 {
			return at, true
		}
		at += size
	}
	return 0, false
}
