package adapters

import (
	"encoding/json"
	"time"
)

// Given says whether a field of a reply has a value: it is there, and is not null.
func Given(field json.RawMessage) bool { return len(field) > 0 && string(field) != "null" }

// Moment reads a time as lenders write it; nil where there is none, or none that can be read.
func Moment(text string) *time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	at = at.UTC()
	return &at
}
