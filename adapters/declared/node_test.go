package declared

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/config"
)

func TestMistakesOfTheFileAreToldWithTheirPlace(t *testing.T) {
	for _, row := range []struct{ name, content, want string }{
		{"an empty file", "", "c.yaml:1:1: the file is empty"},
		{"a list at the top", "- a", "c.yaml:1:1: the file must be a map"},
		{"a second document", "contract: 1\n---\ncontract: 1", "a second document starts here"},
		{"a key written twice", "contract: 1\nwords:\n  PAID: {phase: open}\n  PAID: {phase: ended}", "c.yaml:4:3: words.PAID: is written twice, first on line 3"},
		{"a key without a value", "contract: 1\nname:", "c.yaml:2:6: name: has no value"},
		{"an anchor", "contract: 1\nname: &a b", "c.yaml:2:7: name: anchors (&name) are not read here"},
		{"an alias", "a: &x 1\nb: *x", "aliases (*name) are not read here"},
		{"a tag", "name: !!binary aGk=", "tags (!name) are not read here"},
		{"a merge key", "<<: {a: 1}", "is a key and must be text"},
		{"broken indentation", "a: 1\n b: 2", "c.yaml:2:1:"},
		{"a code as a key", "errors:\n  \"400.100\":", `errors["400.100"]: has no value`},
		{"a tree that is too deep", strings.Repeat("[", 40) + strings.Repeat("]", 40), "is nested more than 32 levels deep"},
		{"a file that is too large", "a: " + strings.Repeat("x", largestFile), "the file is larger than 256 KiB"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var noted config.Mistakes
			parse("c.yaml", []byte(row.content), &noted)
			if got := noted.Error(); !strings.Contains(got, row.want) {
				t.Errorf("mistakes are\n%s\nwant one with\n%s", got, row.want)
			}
		})
	}
}

func TestASectionNamesWhatIsWrongInIt(t *testing.T) {
	const content = `
name: sezzle
partial: yes please
timeout: soon
class: mony
status: 4000
lost: [repeat_same_key, {a: b}]
horizn: 2m
key: text
`
	var noted config.Mistakes
	some := mapOf("", may("name", textForm, ""), must("request", textForm, ""), may("partial", flagForm, ""), may("timeout", durationForm, ""),
		may("class", choiceOf("money", "harmless"), ""), may("status", statusForm, ""), may("lost", many(textForm), ""), may("horizon", durationForm, ""), may("key", keyForm, ""))
	s := newSection(parse("c.yaml", []byte(content), &noted), &some, &noted)
	s.text("name")
	s.flag("partial")
	s.duration("timeout")
	s.choice("class")
	s.whole("status")
	s.texts("lost")
	s.duration("horizon")
	s.section("key")
	s.close()
	for _, want := range []string{
		"c.yaml:3:10: partial: must be true or false and is text",
		"c.yaml:4:10: timeout: must be a duration such as 90s, 5m or 24h",
		`c.yaml:5:8: class: did you mean "money"?`,
		"c.yaml:6:9: status: must be a whole number between 100 and 599",
		"c.yaml:7:25: lost[1]: must be text and is map",
		`c.yaml:8:1: horizn: is not known here; did you mean "horizon"?`,
		"c.yaml:9:6: key: must be a map and is text",
		"c.yaml:2:1: request: is missing: add it",
	} {
		if got := noted.Error(); !strings.Contains(got, want) {
			t.Errorf("mistakes are\n%s\nwant one with\n%s", got, want)
		}
	}
	if len(noted) != 8 {
		t.Errorf("%d mistakes, want 8:\n%s", len(noted), noted.Error())
	}
}

func TestOneValueStandsForAListOfOne(t *testing.T) {
	var noted config.Mistakes
	some := mapOf("", may("code", many(textForm), ""), may("many", many(textForm), ""), may("row", many(elsewhereForm), ""))
	s := newSection(parse("c.yaml", []byte("code: /a\nmany: [/a, /b]\nrow: {when: x}"), &noted), &some, &noted)
	if got := s.texts("code"); len(got) != 1 || got[0] != "/a" {
		t.Errorf("code is %q", got)
	}
	if got := s.texts("many"); len(got) != 2 {
		t.Errorf("many is %q", got)
	}
	if got := s.sections("row"); len(got) != 1 || got[0].text("when") != "x" {
		t.Errorf("%d rows", len(got))
	}
	if len(noted) > 0 {
		t.Errorf("mistakes: %s", noted.Error())
	}
}
