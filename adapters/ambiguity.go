package adapters

import (
	"bytes"
	"encoding/json"
	"strings"
)

// ambiguous says whether an object in a body has a name twice. JSON leaves open what that means:
// encoding/json takes the last, and takes names for the same that differ in case alone, so that a
// lender's "Amount" would overrule its "amount". What is no JSON is for others to refuse.
func ambiguous(body []byte) bool {
	if !json.Valid(body) {
		return false
	}
	var within []map[string]bool // the names so far of each object and list that is open
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			within = append(within, nil)
		case '}', ']':
			within = within[:len(within)-1]
		case '"':
			text := body[i:endOfText(body, i)]
			i += len(text) - 1
			if isName(body[i+1:]) && again(&within[len(within)-1], text) {
				return true
			}
		}
	}
	return false
}

// endOfText is where a text that begins at a quotation mark is over.
func endOfText(body []byte, at int) int {
	for at++; body[at] != '"'; at++ {
		if body[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// isName: only a name has a colon after it.
func isName(rest []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(":"))
}

// again notes a name, and says whether it was there before.
func again(names *map[string]bool, text []byte) bool {
	var name string
	if json.Unmarshal(text, &name) != nil {
		return true
	}
	name = strings.ToUpper(strings.ToLower(name)) // as encoding/json folds: K is k, and ſ is s
	if *names == nil {
		*names = make(map[string]bool)
	}
	before := (*names)[name]
	(*names)[name] = true
	return before
}
