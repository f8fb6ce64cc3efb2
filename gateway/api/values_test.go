package api_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var valueMistakes = []mistake{
	value("of another type", func(n *node) bool { return n.of != nil && n.of.Type != "" }, func(d *draft, n *node) string {
		kinds := map[string]string{"object": `[]|"x"|7|true|null|[{}]`, "array": `{}|"x"|7|false|null|{"0":1}`, "string": `{}|[]|7|1.50|true|null|["x"]`,
			"integer": `{}|[]|"12"|true|null`, "boolean": `{}|[]|"true"|1|0|null`}
		n.replace('t', pick(d.chance, strings.Split(kinds[n.of.Type], "|")))
		return n.at
	}),
	value("that is no such number", ofType("integer"), func(d *draft, n *node) string {
		n.text = pick(d.chance, []string{"1.5", "1e1", "1E400", "-1e-1", "99999999999999999999", "1.0", "-0", strings.Repeat("9", 5000), "0.1e1"})
		return n.at
	}),
	value("that is too large a number", func(n *node) bool { return n.of != nil && n.of.Type == "integer" && n.of.Maximum != nil }, func(d *draft, n *node) string {
		n.text = strconv.Itoa(*n.of.Maximum + 1 + d.IntN(1000))
		return n.at
	}),
	value("that is too small a number", func(n *node) bool { return n.of != nil && n.of.Type == "integer" && n.of.Minimum != nil }, func(d *draft, n *node) string {
		n.text = strconv.Itoa(*n.of.Minimum - 1 - d.IntN(1000))
		return n.at
	}),
	value("that is too long", ofType("string"), func(d *draft, n *node) string {
		n.text = quoted(strings.Repeat(pick(d.chance, []string{"x", "é", "🧾"}), deref(n.of.MaxLength, 2000)+1+d.IntN(100)))
		return n.at
	}),
	value("that is too short", func(n *node) bool { return n.of != nil && deref(n.of.MinLength, 0) > 0 }, func(_ *draft, n *node) string {
		n.text = `""`
		return n.at
	}),
	value("that is no word of the list", func(n *node) bool { return n.of != nil && n.of.Type == "string" && len(n.of.Enum) > 0 }, func(d *draft, n *node) string {
		n.text = quoted(pick(d.chance, []string{"", canary, strings.ToUpper(n.of.Enum[0]), n.of.Enum[0] + " ", "null"}))
		return n.at
	}),
	value("that does not fit its pattern", func(n *node) bool { return n.of != nil && n.of.Pattern != "" }, func(d *draft, n *node) string {
		form := regexp.MustCompile(n.of.Pattern)
		n.text = quoted(pick(d.chance, slices.DeleteFunc([]string{"", " ", "-1.00", "+1", "1e5", "01.00", ".5", "1.", "a b", "é", "\n", "1,000.00", "١٢", "NaN", "<b>", "--", "x/y", "1.00\n"}, form.MatchString)))
		return n.at
	}),
	value("with too many items", func(n *node) bool { return n.of != nil && n.of.Type == "array" }, func(d *draft, n *node) string {
		n.replace('t', "["+strings.Repeat("0,", deref(n.of.MaxItems, 500)+d.IntN(50))+"0]")
		return n.at
	}),
	value("with an item twice", func(n *node) bool { return n.of != nil && n.of.UniqueItems && len(n.items) > 0 }, func(d *draft, n *node) string {
		n.items = append(n.items, pick(d.chance, n.items))
		return n.at + "/" + strconv.Itoa(len(n.items)-1)
	}),
	value("with too many names", func(n *node) bool { return n.of != nil && n.of.MaxProperties != nil }, func(_ *draft, n *node) string {
		for i := range *n.of.MaxProperties + 1 {
			name := fmt.Sprintf("n%d", i)
			n.members = append(n.members, member{quoted(name), name, &node{kind: '"', text: `"v"`}})
		}
		return n.at
	}),
	value("with an unknown name", func(n *node) bool { return n.of.closed() }, func(d *draft, n *node) string {
		name := pick(d.chance, []string{"colour", "a/b~c", "", "__proto__", "constructor", "id", "status", "version", "é", "🧾", "merchant", "\u2028", strings.Repeat("n", 100)})
		if n.of.Properties[name] != nil {
			name = "colour"
		}
		n.insert(d, quoted(name), name, &node{kind: '"', text: quoted(canary)})
		return below(n.at, name)
	}),
	value("with a name in other case", func(n *node) bool { return n.of.closed() && len(n.members) > 0 }, func(d *draft, n *node) string {
		i := d.IntN(len(n.members))
		name := strings.ToUpper(n.members[i].plain[:1]) + n.members[i].plain[1:]
		n.members[i].name = quoted(name)
		return below(n.at, name)
	}),
	value("without a name it must have", func(n *node) bool { return n.of != nil && len(n.of.Required) > 0 }, func(d *draft, n *node) string {
		name := pick(d.chance, n.of.Required)
		n.members = slices.DeleteFunc(n.members, func(m member) bool { return m.plain == name })
		return below(n.at, name)
	}),
	value("with a name twice", func(n *node) bool { return len(n.members) > 0 }, func(d *draft, n *node) string {
		twice := pick(d.chance, n.members)
		written := twice.name
		if d.often(50) && twice.plain != "" && twice.plain[0] < 0x80 {
			written = fmt.Sprintf(`"\u%04x%s`, twice.plain[0], strings.TrimPrefix(quoted(twice.plain), quoted(twice.plain[:1])[:len(quoted(twice.plain[:1]))-1]))
		}
		n.insert(d, written, twice.plain, &node{kind: '"', text: quoted(canary)})
		return below(n.at, twice.plain)
	}),
	value("with a very long name", func(n *node) bool { return n.kind == '{' }, func(d *draft, n *node) string {
		n.insert(d, `"`+strings.Repeat("n", 101+d.IntN(5000))+`"`, "", &node{kind: '0', text: "1"})
		return ""
	}),
	value("with a name that is no text", func(n *node) bool { return n.kind == '{' }, func(d *draft, n *node) string {
		n.insert(d, pick(d.chance, []string{`"a\u0000"`, "\"\xff\"", `"\ud800"`, `"\x"`, "7", "null", "\"a\nb\"", "{}", "'a'"}), "", &node{kind: '0', text: "1"})
		return ""
	}),
	value("with the character U+0000", func(n *node) bool { return n.kind == '"' }, func(d *draft, n *node) string {
		n.text = pick(d.chance, []string{`"\u0000"`, `"a\u0000b"`, `"` + canary + `\u0000"`})
		return n.at
	}),
	value("that is no text", func(n *node) bool { return n.kind == '"' }, func(d *draft, n *node) string {
		n.text = pick(d.chance, []string{"\"\xff\xfe\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", `"\ud800"`, `"\udc00\ud800"`, "\"a\nb\"", "\"\x00\"", `"\x41"`, `"\u12"`, `"`, "'x'", "\"\xf4\x90\x80\x80\""})
		return ""
	}),
	value("that is no JSON", func(n *node) bool { return true }, func(d *draft, n *node) string {
		n.replace('t', pick(d.chance, []string{"NaN", "Infinity", "undefined", "01", "+1", "1.", ".5", "0x10", "True", "nul", "-", "1_000", "{,}", "[1,]", `{"a":}`, `{"a"}`, "/**/1"}))
		return ""
	}),
	value("that is too deep", func(n *node) bool { return true }, func(d *draft, n *node) string {
		levels := 17 + d.IntN(1000)
		n.replace('t', pick(d.chance, []string{strings.Repeat("[", levels) + strings.Repeat("]", levels), strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels)}))
		return ""
	}),
}

func ofType(name string) func(*node) bool {
	return func(n *node) bool { return n.of != nil && n.of.Type == name }
}

// value is a mistake in one value of the body, of those that can have it. bend says where it is.
func value(name string, can func(*node) bool, bend func(*draft, *node) string) mistake {
	return mistake{"a value " + name, ofBody, withBody, func(d *draft) bool {
		found := slices.DeleteFunc(d.root.all(), func(n *node) bool { return !can(n) })
		if len(found) == 0 {
			return false
		}
		d.mistakeAt(bend(d, pick(d.chance, found)))
		return true
	}}
}

// insert puts a member somewhere among the others.
func (n *node) insert(d *draft, name, plain string, value *node) {
	n.members = slices.Insert(n.members, d.IntN(len(n.members)+1), member{name, plain, value})
}
