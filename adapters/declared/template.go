package declared

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
)

// template is a path or a header with names in braces. {setting.x} is filled in when a provider is
// defined, the others by each call.
type template struct {
	at    *node
	text  string
	names []string
}

var inBraces = regexp.MustCompile(`\{([^{}]*)\}`)

// plainNames are what a template of an operation or a read may name beside kept, option and setting.
var plainNames = []string{"id", "reference", "customer", "capture", "key"}

// template reads a template. allowed are the plain names that mean something there; of settings alone
// where there are none.
func (c *compiler) template(at *node, allowed ...string) template {
	t := template{at: at}
	if at.kind != text {
		if at.kind != absent && at.kind != broken {
			at.note(c.noted, "must be text and is %s: text with names in braces stands in quotes, such as \"{setting.api_key}\"", at.kind)
		}
		return t
	}
	t.text = at.text
	if rest := inBraces.ReplaceAllString(t.text, ""); strings.ContainsAny(rest, "{}") {
		at.note(c.noted, "has a brace that is not closed: names stand in braces, such as {id}")
	}
	for _, found := range inBraces.FindAllStringSubmatch(t.text, -1) {
		t.names = append(t.names, found[1])
		c.templateName(at, found[1], allowed)
	}
	return t
}

func (c *compiler) templateName(at *node, name string, allowed []string) {
	if as, to, is := strings.Cut(name, "/"); is {
		c.earlierName(at, name, as, "/"+to, slices.Contains(allowed, as+"/"))
		return
	}
	if slices.Contains(allowed, name) {
		return
	}
	root, rest, _ := strings.Cut(name, ".")
	known, is := c.declared[root]
	_, declaredThere := known[rest]
	switch {
	case !is || (len(allowed) == 0 && root != "setting"):
		at.note(c.noted, "{%s} is not known here; %s", name, meant(name, append([]string{"setting.name"}, withPointers(allowed)...)))
	case !declaredThere && root == "kept":
		at.note(c.noted, "{%s} is used here, and no reading keeps %s: add kept: {%s: /pointer} to a reading used by create", name, rest, rest)
	case !declaredThere:
		at.note(c.noted, "{%s} is not declared: %s", name, declare(root, rest, known))
	default:
		c.used(root, rest)
	}
}

// withPointers are names as a contract writes them.
func withPointers(allowed []string) (names []string) {
	for _, name := range allowed {
		if strings.HasSuffix(name, "/") {
			name += "pointer"
		}
		names = append(names, name)
	}
	return names
}

// earlierName is a place in the reply of an earlier request.
func (c *compiler) earlierName(at *node, name, as, to string, known bool) {
	if !known {
		at.note(c.noted, "{%s} is of an earlier reply, and none before it is called %s: a read adds it under first, as {as: %s, request: GET /path}; an operation uses what a reading keeps", name, as, as)
		return
	}
	if _, err := parsePointer(to); err != nil {
		at.note(c.noted, "{%s}: %v", name, err)
	}
}

// settled is the template with the settings filled in.
func (t template) settled(v adapters.Values, escape func(string) string) string {
	return inBraces.ReplaceAllStringFunc(t.text, func(name string) string {
		if setting, is := strings.CutPrefix(strings.Trim(name, "{}"), "setting."); is {
			return escape(v.Text(setting))
		}
		return name
	})
}

// address is a path with the settings filled in, each escaped for where it stands.
func (t template) address(v adapters.Values) string {
	before, query, asks := strings.Cut(t.text, "?")
	address := template{text: before}.settled(v, url.PathEscape)
	if asks {
		address += "?" + template{text: query}.settled(v, url.QueryEscape)
	}
	return address
}

// raw leaves a text as it is.
func raw(text string) string { return text }

var errHole = errors.New("the lender cannot be asked yet: something it needs is not known of this order")
