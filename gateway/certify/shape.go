package certify

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/config"
)

// shaping compares what is written with the type that it is read into, and says where it differs.
type shaping struct {
	file string
	all  config.Mistakes
}

func (s *shaping) note(n *yaml.Node, path, text string) {
	s.all = append(s.all, config.Mistake{File: s.file, Line: n.Line, Column: n.Column, Path: path, Text: text})
}

// shapes of types that read themselves, by what they take.
var (
	typeOfReadings = reflect.TypeFor[readings]()
	typeOfReading  = reflect.TypeFor[reading]()
	readsItself    = reflect.TypeFor[yaml.Unmarshaler]()
)

// compare looks at one value. Nothing written is nothing said.
func (s *shaping) compare(n *yaml.Node, t reflect.Type, path string) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Tag == "!!null":
	case t == typeOfReadings:
		s.reads(n, path)
	case reflect.PointerTo(t).Implements(readsItself), n.Kind == yaml.ScalarNode:
		if n.Decode(reflect.New(t).Interface()) != nil {
			s.note(n, path, "must be "+wanted(t))
		}
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for i, one := range n.Content {
			s.compare(one, t.Elem(), path+"["+strconv.Itoa(i)+"]")
		}
	case n.Kind == yaml.MappingNode && (t.Kind() == reflect.Map || t.Kind() == reflect.Struct):
		s.entries(n, t, path)
	default:
		s.note(n, path, "must be "+wanted(t))
	}
}

// entries looks at the keys of a map.
func (s *shaping) entries(n *yaml.Node, t reflect.Type, path string) {
	fields := make(map[string]reflect.Type)
	for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
		fields[t.Field(i).Tag.Get("yaml")] = t.Field(i).Type
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, of := n.Content[i], fields[n.Content[i].Value]
		if t.Kind() == reflect.Map {
			of = t.Elem()
		}
		at := path + "." + key.Value
		switch {
		case key.Value == "<<":
		case seen[key.Value]:
			s.note(key, at, "is written twice: keep one of them")
		case of == nil:
			s.note(key, at, "is not known here; "+meant(key.Value, sortedKeys(fields)))
		default:
			s.compare(n.Content[i+1], of, at)
		}
		seen[key.Value] = true
	}
}

// reads are the name of a case, a map, or a list of both.
func (s *shaping) reads(n *yaml.Node, path string) {
	if n.Kind != yaml.SequenceNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}}
	}
	for _, one := range n.Content {
		if one.Kind == yaml.ScalarNode {
			continue
		}
		s.compare(one, typeOfReading, path)
	}
}

// wanted says what must stand where a type is read.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 90s, 5m or 24h"
	case t == reflect.TypeFor[value]():
		return "JSON written in YAML: put a number that JSON does not know in quotes"
	case t == reflect.TypeFor[saying]():
		return "a word, or a list of the lender's words"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a map"
	}
	return "text"
}

var saysLine = regexp.MustCompile(`^(?:yaml: )?line ([0-9]+): (.*)$`)

// complaints says where the YAML reader complains of something, as far as it says.
func complaints(name string, err error) error {
	m := config.Mistake{File: name, Line: 1, Column: 1, Path: "lender", Text: strings.TrimPrefix(err.Error(), "yaml: ")}
	if found := saysLine.FindStringSubmatch(err.Error()); found != nil {
		m.Line, _ = strconv.Atoi(found[1])
		m.Text = found[2]
	}
	return config.Mistakes{m}
}
