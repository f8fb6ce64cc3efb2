package certify

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/config"
)

// places finds where something stands in a file, for who says what is wrong with it.
type places struct{ root *yaml.Node }

func placesOf(text []byte) (places, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 {
		return places{}, err
	}
	return places{document.Content[0]}, nil
}

// find is what stands under a key of the file; nil where nothing does.
func (p places) find(key string) *yaml.Node {
	if p.root == nil {
		return nil
	}
	if n := child(p.root, key); n != nil && n.Tag != "!!null" {
		return n
	}
	return nil
}

// of is the place of a path such as lender.lives.0.steps.2, or of as much of it as is written.
func (p places) of(path string) (line, column int) {
	n := p.root
	if n == nil {
		return 1, 1
	}
	for part := range strings.SplitSeq(path, ".") {
		next := child(n, part)
		if next == nil {
			break
		}
		n = next
	}
	return max(n.Line, 1), max(n.Column, 1)
}

func child(n *yaml.Node, part string) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(part); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == part {
			return n.Content[i+1]
		}
	}
	return nil
}

var inList = regexp.MustCompile(`\.([0-9]+)`)

// noting collects the mistakes of one block.
type noting struct {
	file   string
	places places
	all    config.Mistakes
}

func (n *noting) at(path, text string) {
	line, column := n.places.of(path)
	n.all = append(n.all, config.Mistake{File: n.file, Line: line, Column: column, Path: inList.ReplaceAllString(path, "[$1]"), Text: text})
}

func (n *noting) when(wrong bool, path, text string) {
	if wrong {
		n.at(path, text)
	}
}
