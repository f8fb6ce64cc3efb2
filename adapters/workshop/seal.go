package workshop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
)

const sealedMark = "[sealed]"

// seal keeps secrets out of what is shown.
type seal struct {
	secrets []string
	headers []string // names of headers that hold one, in whatever form
}

// always are headers that prove who somebody is, at every lender.
var always = []string{"authorization", "proxy-authorization", "cookie", "set-cookie"}

func newSeal(a adapters.Adapter, v adapters.Values, d *adapters.Definition) *seal {
	s := &seal{headers: slices.Clone(always)}
	for _, setting := range a.Settings {
		if !setting.Secret {
			continue
		}
		s.add(v.Text(setting.Name))
		if setting.Kind == adapters.ListSetting {
			for _, one := range v.List(setting.Name) {
				s.add(one)
			}
		}
	}
	for _, x := range d.Exchanges {
		for _, h := range x.Headers {
			if h.Sealed {
				s.headers = append(s.headers, strings.ToLower(h.Name))
			}
		}
	}
	return s
}

// shortest is how long a text must be to be looked for everywhere: what is shorter stands in everything.
const shortest = 4

// add has a secret sealed in every spelling it can travel in.
func (s *seal) add(secret string) {
	if len(secret) < shortest {
		return
	}
	quoted, _ := json.Marshal(secret)
	for _, spelled := range []string{secret, url.PathEscape(secret), url.QueryEscape(secret), string(bytes.Trim(quoted, `"`))} {
		if !slices.Contains(s.secrets, spelled) {
			s.secrets = append(s.secrets, spelled)
		}
	}
	slices.SortFunc(s.secrets, func(a, b string) int { return len(b) - len(a) })
}

func (s *seal) text(shown string) string {
	for _, secret := range s.secrets {
		shown = strings.ReplaceAll(shown, secret, sealedMark)
	}
	return shown
}

// header is a header as it is shown. What kind of proof it is, and how long, is no secret.
func (s *seal) header(name, value string) string {
	if !slices.Contains(s.headers, strings.ToLower(name)) {
		return s.text(value)
	}
	scheme, proof, two := strings.Cut(value, " ")
	if !two {
		return fmt.Sprintf("[sealed, %d characters]", len(value))
	}
	return fmt.Sprintf("%s [sealed, %d characters]", s.text(scheme), len(proof))
}
