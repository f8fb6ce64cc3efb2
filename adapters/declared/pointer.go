package declared

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const mostSteps = 16

// pointer is a way into a reply, as RFC 6901 writes it.
type pointer struct {
	written string
	steps   []string
}

// parsePointer reads a pointer of a contract. The error says what to write.
func parsePointer(written string) (pointer, error) {
	rest, is := strings.CutPrefix(written, "/")
	if !is {
		return pointer{}, errors.New("a pointer begins with /, such as /order/uuid")
	}
	p := pointer{written: written, steps: strings.Split(rest, "/")}
	if len(p.steps) > mostSteps {
		return p, fmt.Errorf("a pointer has at most %d steps", mostSteps)
	}
	for i, step := range p.steps {
		unescaped := strings.NewReplacer("~0", "", "~1", "").Replace(step)
		switch {
		case step == "":
			return p, errors.New("a pointer has no empty step: remove the second /")
		case strings.Contains(unescaped, "~"):
			return p, errors.New("in a pointer ~ is written ~0, and / inside a name is written ~1")
		}
		p.steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
	}
	return p, nil
}

// follow goes one step into an object or a list.
func follow(value any, step string) (any, bool) {
	switch within := value.(type) {
	case map[string]any:
		next, there := within[step]
		return next, there && next != nil
	case []any:
		index, err := strconv.Atoi(step)
		if err != nil || index < 0 || index >= len(within) || strconv.Itoa(index) != step {
			return nil, false
		}
		return within[index], within[index] != nil
	}
	return nil, false
}
