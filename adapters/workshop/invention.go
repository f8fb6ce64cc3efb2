package workshop

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

// invention puts invented values in place of secrets and of persons.
type invention struct {
	known    []replacement // texts that are replaced wherever they stand
	replaced []string      // what was, for who looks it over
}

type replacement struct {
	was, by, what string
	whole         bool // it may stand in other texts by chance: only where it is all of one
}

// newInvention knows the secrets of settings and the person of an order.
func newInvention(a adapters.Adapter, was, by adapters.Values, tokens []string, o *canonical.Order) *invention {
	v := &invention{}
	for _, s := range a.Settings {
		if !s.Secret && !s.Identity {
			continue
		}
		if was[s.Name] != by[s.Name] {
			v.tell("setting " + s.Name)
		}
		v.add(replacement{was[s.Name], by[s.Name], "setting " + s.Name, !s.Secret})
	}
	for _, token := range tokens {
		v.know(token, adaptertest.Bearer, "the token")
	}
	v.person(o)
	return v
}

func (v *invention) know(was, by, what string) { v.add(replacement{was: was, by: by, what: what}) }

func (v *invention) add(r replacement) {
	if len(r.was) >= shortest && r.was != r.by {
		v.known = append(v.known, r)
		slices.SortStableFunc(v.known, func(a, b replacement) int { return len(b.was) - len(a.was) })
	}
}

// person knows every personal field of an order, each with that of nobody.
func (v *invention) person(o *canonical.Order) {
	nobody := person(o.Customer.Country)
	one := func(was, by, what string) { v.know(was, by, "the customer's "+what) }
	c := &o.Customer
	one(c.Name, nobody.Name, "name")
	one(c.Email, nobody.Email, "email")
	one(c.Phone, nobody.Phone, "phone")
	one(c.Company, nobody.Company, "company")
	addresses := slices.Clone(c.Addresses)
	if o.Shipping != nil && o.Shipping.Address != nil {
		addresses = append(addresses, *o.Shipping.Address)
	}
	for _, a := range addresses {
		by := nobody.Addresses[0]
		one(a.Name, by.Name, "name")
		one(a.Line1, by.Line1, "address")
		one(a.Line2, by.Line1, "address")
		v.add(replacement{a.PostalCode, by.PostalCode, "the customer's postal code", true})
		one(a.Phone, by.Phone, "phone")
		one(a.Email, by.Email, "email")
	}
}

// order is an order with nobody for its customer.
func (v *invention) order(o canonical.Order) canonical.Order {
	o = o.Clone()
	o.Action, o.ProviderDetails, o.Metadata, o.Settlements = nil, nil, nil, nil // no request is made of them
	nobody := person(o.Customer.Country)
	if o.Customer.Name != "" && o.Customer.Name != nobody.Name {
		v.tell("the order's customer")
	}
	o.Customer.Name, o.Customer.Email, o.Customer.Phone = instead(o.Customer.Name, nobody.Name), instead(o.Customer.Email, nobody.Email), instead(o.Customer.Phone, nobody.Phone)
	o.Customer.Company = instead(o.Customer.Company, nobody.Company)
	for i := range o.Customer.Addresses {
		o.Customer.Addresses[i] = unknown(o.Customer.Addresses[i], nobody.Addresses[0])
	}
	if o.Shipping != nil && o.Shipping.Address != nil {
		address := unknown(*o.Shipping.Address, nobody.Addresses[0])
		o.Shipping.Address = &address
	}
	for name, value := range o.Hidden.Kept {
		o.Hidden.Kept[name] = v.text(value, "kept "+name)
		if secretive(name) {
			o.Hidden.Kept[name] = v.token(value, "kept "+name)
		}
	}
	return o
}

// options are a call's options without what belongs to that call alone.
func (v *invention) options(given canonical.Values, declared []canonical.Option) canonical.Values {
	given = maps.Clone(given)
	for _, o := range declared {
		if was := given.Text(o.Name); o.Secret && was != "" {
			given = given.With(o.Name, v.token(was, "option "+o.Name))
		}
	}
	return given
}

// unknown is an address at which nobody lives; what it did not say it does not say.
func unknown(a, nobody canonical.Address) canonical.Address {
	return canonical.Address{
		Kind: a.Kind, Country: a.Country, Region: a.Region, Name: instead(a.Name, nobody.Name), Company: instead(a.Company, "Sandlund Joinery"),
		Line1: instead(a.Line1, nobody.Line1), Line2: instead(a.Line2, "Door 2"), City: instead(a.City, nobody.City),
		PostalCode: instead(a.PostalCode, nobody.PostalCode), Phone: instead(a.Phone, nobody.Phone), Email: instead(a.Email, nobody.Email),
	}
}

func instead(was, by string) string {
	if was == "" {
		return ""
	}
	return by
}

func (v *invention) tell(what string) {
	if !slices.Contains(v.replaced, what) {
		v.replaced = append(v.replaced, what)
	}
}

// text is a text with everything that is known replaced.
func (v *invention) text(text, where string) string {
	for _, one := range v.known {
		if text == one.was || (!one.whole && strings.Contains(text, one.was)) {
			v.tell(where + ": " + one.what)
			text = strings.ReplaceAll(text, one.was, one.by)
		}
	}
	return v.address(text, where)
}

// address is an address whose query carries nothing secret.
func (v *invention) address(text, where string) string {
	at, err := url.Parse(text)
	if err != nil || at.Host == "" || at.RawQuery == "" {
		return text
	}
	query := at.Query()
	for name, values := range query {
		if secretive(name) && len(values) == 1 {
			query.Set(name, v.token(values[0], where))
			at.RawQuery = query.Encode()
		}
	}
	return at.String()
}

// token is another for a token: always the same for the same one, so that cases of one order agree.
func (v *invention) token(was, where string) string {
	const made = "invented-"
	if len(was) < shortest || strings.HasPrefix(was, made) {
		return was
	}
	sum := sha256.Sum256([]byte(was))
	by := made + hex.EncodeToString(sum[:6])
	v.tell(where)
	v.know(was, by, "the same")
	return by
}

// keptHeaders of a reply say something to a contract. Others are left out of a case.
var keptHeaders = []string{"Content-Type", "Location", "Retry-After"}

// reply is a reply with nobody in it.
func (v *invention) reply(said adapters.Reply, headers []string) adapters.Reply {
	by := adapters.Reply{Status: said.Status, Header: http.Header{}, Body: v.body(said.Body)}
	for _, name := range slices.Concat(keptHeaders, headers) {
		if value := said.Header.Get(name); value != "" {
			by.Header.Set(name, v.text(value, "header "+name))
		}
	}
	return by
}

// body is a body with nobody in it. What else stands there stays as it was written, digit for digit.
func (v *invention) body(text []byte) []byte {
	for range 2 { // a token that is learned at the end may stand at the beginning, in an address
		text = v.once(text)
	}
	return text
}

func (v *invention) once(text []byte) []byte {
	if !json.Valid(text) {
		return []byte(v.text(string(text), "the body"))
	}
	c := &copying{invention: v, decoder: json.NewDecoder(bytes.NewReader(text)), source: text}
	c.decoder.UseNumber()
	c.value("")
	c.made.Write(text[c.done:])
	return c.made.Bytes()
}
