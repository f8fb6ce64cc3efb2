package declared

import (
	"encoding/json"

	"github.com/lendgate/lendgate/canonical"
)

type actionReading struct {
	kind    string
	url     *leaf
	ends    *leaf
	details []named
}

// read reads what the customer must do; nil where there is nothing to be done.
func (a *actionReading) read(s *scope) (*canonical.Action, error) {
	action := &canonical.Action{Kind: a.kind}
	var err error
	if action.URL, err = a.url.text(s); err != nil {
		return nil, err
	}
	if action.Details, err = shown(a.details, s); err != nil || (action.URL == "" && action.Details == nil) {
		return nil, err
	}
	action.ExpiresAt, err = a.ends.moment(s)
	return action, err
}

// shown are facts as the lender writes them.
func shown(all []named, s *scope) (values canonical.Values, err error) {
	for _, one := range all {
		var written json.RawMessage
		if one.leaf.pointer == nil {
			written, err = one.leaf.json(s)
		} else if found, there := s.Reply.at(*one.leaf.pointer); there {
			written, err = json.Marshal(found.value)
		}
		if err != nil {
			return nil, err
		}
		s.trace(one.leaf, string(written), "", nil)
		values = values.WithJSON(one.name, written)
	}
	return values, nil
}
