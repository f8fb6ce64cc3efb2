package declared

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// joined is an object.
func joined(members []member) json.RawMessage {
	all := make([][]byte, 0, len(members))
	for _, m := range members {
		all = append(all, slices.Concat(quoted(m.name), []byte(":"), m.value))
	}
	return slices.Concat([]byte("{"), bytes.Join(all, []byte(",")), []byte("}"))
}

// listed is a list; nil of nothing.
func listed(values []json.RawMessage) json.RawMessage {
	var all [][]byte
	for _, value := range values {
		if value != nil {
			all = append(all, value)
		}
	}
	if all == nil {
		return nil
	}
	return slices.Concat([]byte("["), bytes.Join(all, []byte(",")), []byte("]"))
}

func quoted(text string) json.RawMessage {
	written, err := json.Marshal(text)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return written
}

// json is a leaf as a body holds it; nil where it is empty.
func (l *leaf) json(s *scope) (json.RawMessage, error) {
	if l.fixed != nil {
		return quoted(*l.fixed), nil
	}
	if l.term == nil {
		return nil, errors.New("nothing is written here")
	}
	value, err := l.term.run(s)
	if err != nil {
		return nil, err
	}
	return asJSON(s, value)
}

func asJSON(s *scope, value any) (json.RawMessage, error) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return nil, nil
		}
		return quoted(v), nil
	case bool, int:
		return json.Marshal(v)
	case money:
		return s.Purse.object(v.is.Value.Decimal(), v.is.Currency)
	case price:
		return s.Purse.object(v.value, v.currency)
	case figure:
		if v.written == "" {
			return nil, nil
		}
		return json.RawMessage(v.written), nil
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return quoted(v.UTC().Format(time.RFC3339)), nil
	case []string:
		var all []json.RawMessage
		for _, one := range v {
			all = append(all, quoted(one))
		}
		return listed(all), nil
	}
	return nil, fmt.Errorf("%T cannot be written", value)
}
