package adaptertest

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// canary stands in every personal field.
const canary = "canary-7d1f"

func (s *suite) secretValues() []string {
	var values []string
	for _, setting := range s.Adapter.Settings {
		if value := s.settings[setting.Name]; setting.Secret && value != "" {
			values = append(values, value)
		}
	}
	return values
}

// bodySecrets are those that a request carries on purpose.
func (s *suite) bodySecrets() []string {
	var values []string
	for _, name := range s.InBody {
		values = append(values, s.settings[name])
	}
	return values
}

func (s *suite) checkSecrets() []string {
	var f findings
	client, err := s.client(nil, &script{})
	if err != nil {
		return complain("%v", err)
	}
	description := string(written(client.Describe()))
	for _, secret := range s.secretValues() {
		f.when(strings.Contains(description, secret), "the description holds a secret setting")
	}
	return append(f, s.each(s.checkLeaks)...)
}

// checkLeaks plays a sample for a person made of canaries, in every way it can go.
func (s *suite) checkLeaks(one sample) []string {
	one = one.withCanaries()
	whole := one.from.replies()
	var f findings
	for _, way := range []struct {
		name    string
		answers []answer
	}{
		{"as recorded", whole}, {"never sent", []answer{{reach: adapters.NotSent}}}, {"reply lost", []answer{{reach: adapters.Sent}}},
		{"refused", []answer{s.refusal(http.StatusBadRequest, otherCode)}}, {"denied", []answer{s.refusal(http.StatusUnauthorized, otherCode)}},
		{"garbage", []answer{answered(http.StatusOK, []byte("<html>"))}}, {"half a reply", []answer{answered(http.StatusOK, []byte(`{"id":`))}},
		{"an error page", []answer{answered(http.StatusInternalServerError, []byte("<html>"))}},
	} {
		told := said(s.again(one, way.answers...))
		for _, word := range slices.Concat(s.secretValues(), s.Private, []string{canary}) {
			f.when(strings.Contains(told, word), "%s: the result holds %q", way.name, word)
		}
	}
	return append(f, s.checkStored(one)...)
}

// checkStored: what proves who we are is added when a request leaves, and never stored with it.
func (s *suite) checkStored(one sample) []string {
	stored := string(written(one.was.request)) + string(one.was.request.Body)
	var f findings
	for _, secret := range s.secretValues() {
		f.when(strings.Contains(stored, secret) && !slices.Contains(s.bodySecrets(), secret), "the stored request holds a secret setting")
	}
	return f
}

// said is everything a result tells: every text of its error and of what it gives.
func said(was played) string {
	text := ""
	for err := was.err; err != nil; err = errors.Unwrap(err) {
		text += err.Error() + "\n"
		if e, is := err.(*canonical.Error); is {
			text += string(written(e.Fields)) + e.Detail + e.ProviderCode + string(written(e.Alternatives))
		}
	}
	given, err := json.Marshal(was.gives)
	if err != nil {
		return text + err.Error()
	}
	return text + string(given)
}

// withCanaries is the sample for a person made of canaries.
func (one sample) withCanaries() sample {
	from := *one.from
	switch {
	case from.command != nil:
		cmd := *from.command
		cmd.Order.Customer, cmd.Order.Shipping = canaryCustomer(cmd.Order.Customer), canaryShipping()
		if cmd.Shipping != nil {
			cmd.Shipping = canaryShipping()
		}
		from.command = &cmd
	case from.query != nil:
		q := *from.query
		q.Order.Customer, q.Customer = canaryCustomer(q.Order.Customer), canaryCustomer(q.Customer)
		from.query = &q
	}
	one.from = &from
	return one
}

// canaryCustomer keeps what is not personal.
func canaryCustomer(c canonical.Customer) canonical.Customer {
	return canonical.Customer{
		Reference: c.Reference, Type: c.Type, Country: c.Country, Locale: c.Locale,
		Name: canary + " " + canary, Email: canary + "@example.com", Phone: canary, Company: canary,
		Addresses: []canonical.Address{canaryAddress("billing"), canaryAddress("shipping")},
	}
}

func canaryShipping() *canonical.Shipping {
	address := canaryAddress("shipping")
	return &canonical.Shipping{Address: &address}
}

func canaryAddress(kind string) canonical.Address {
	return canonical.Address{
		Kind: kind, Name: canary + " " + canary, Company: canary, Line1: canary, Line2: canary, City: canary,
		Region: canary, PostalCode: canary, Country: "SE", Phone: canary, Email: canary + "@example.com",
	}
}

const tries = 8

func (s *suite) checkPurity() []string {
	return s.each(func(one sample) []string {
		var f findings
		for range tries {
			now := s.play(one.from, one.from.replies())
			f.when(!reflect.DeepEqual(now.request, one.was.request), "another request for the same command")
			f.when(!reflect.DeepEqual(now.wires, one.was.wires), "other bytes for the same command or query")
			f.when(string(written(now.gives)) != string(written(one.was.gives)), "another result of the same reply")
		}
		return slices.Compact(f)
	})
}
