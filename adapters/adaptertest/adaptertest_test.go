package adaptertest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/canonical"
)

func TestAnAdapterThatKeepsEveryRulePasses(t *testing.T) {
	adaptertest.Run(t, toy(nil))
}

func FuzzAnAdapterThatKeepsEveryRule(f *testing.F) { adaptertest.Fuzz(f, toy(nil)) }

func FuzzNoticesOfAnAdapterThatKeepsEveryRule(f *testing.F) { adaptertest.FuzzNotices(f, toy(nil)) }

// decoding wraps what reads the reply of a payment.
func decoding(change func(canonical.Command, adapters.Reply, *canonical.Outcome, *error)) func(*adapters.Definition) {
	return func(d *adapters.Definition) {
		right := d.Exchanges[0].Decode
		d.Exchanges[0].Decode = func(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
			outcome, err := right(cmd, reply)
			change(cmd, reply, &outcome, &err)
			return outcome, err
		}
	}
}

// breaches are adapters that each break a rule.
var breaches = []struct {
	rule, name string
	wrong      func(*adapters.Definition)
}{
	{"recorded exchanges", "another path", func(d *adapters.Definition) { d.Exchanges[0].Path += "/new" }},
	{"recorded exchanges", "another number text", func(d *adapters.Definition) {
		d.Exchanges[0].Encode = func(cmd canonical.Command) (any, error) {
			return map[string]any{"amount": "20.0", "reference": cmd.Reference}, nil
		}
	}},
	{"all rows recorded", "a row nobody recorded", func(d *adapters.Definition) {
		row := d.Exchanges[0]
		row.Name, row.Kind = "give_back", canonical.OpRefund
		d.Exchanges = append(d.Exchanges, row)
	}},
	{"exchanges", "two rows of one name", func(d *adapters.Definition) { d.Exchanges = append(d.Exchanges, d.Exchanges[1]) }},
	{"exchanges", "a capture that is called harmless", func(d *adapters.Definition) { d.Exchanges[0].Class = adapters.Harmless }},
	{"exchanges", "money that does not say what settles a lost reply", func(d *adapters.Definition) { d.Exchanges[0].Lost = nil }},
	{"exchanges", "a key that net/http takes as leave to send twice", func(d *adapters.Definition) { d.Exchanges[0].Key.Header = "Idempotency-Key" }},
	{"exchanges", "a failure that is never reached", func(d *adapters.Definition) {
		f := d.Exchanges[0].Failures
		d.Exchanges[0].Failures = append(f, adapters.Failure{Status: 409, Code: "CLOSED", Means: adapters.MeansRefused})
	}},
	{"recovery", "a search without `find`", func(d *adapters.Definition) { d.Exchanges = d.Exchanges[:2] }},
	{"recovery", "a repeat without a key", func(d *adapters.Definition) { d.Exchanges[0].Key = adapters.KeyPlace{} }},
	{"recovery", "absence without a horizon", func(d *adapters.Definition) { d.Exchanges[0].Horizon = 0 }},
	{"recovery", "a search for a reference that was not sent", func(d *adapters.Definition) {
		d.Exchanges[0].Encode = func(canonical.Command) (any, error) { return map[string]string{}, nil }
	}},
	{"vocabulary", "a word twice", func(d *adapters.Definition) { d.Words = append(d.Words, d.Words[0]) }},
	{"vocabulary", "a yes that is no word", func(d *adapters.Definition) { d.Exchanges[0].Yes = []string{"PAID", "OK"} }},
	{"declared", "a detail nobody declared", func(d *adapters.Definition) { d.Details = nil }},
	{"declared", "an option nobody declared", func(d *adapters.Definition) {
		d.Exchanges[0].Headers = []adapters.Header{{Name: "x-sca", Value: "{option.sca}", Optional: true}}
	}},
	{"every word is read", "a word that is translated", reading(func(s *canonical.Sighting) { s.Word = strings.ToLower(s.Word) })},
	{"every word is read", "a word whose meaning is overruled", reading(func(s *canonical.Sighting) { s.Phase = canonical.Open })},
	{"an unheard word", "every word is good", reading(func(s *canonical.Sighting) { s.Phase = canonical.Open })},
	{"only yes is yes", "success whatever the word", decoding(func(_ canonical.Command, _ adapters.Reply, o *canonical.Outcome, _ *error) {
		o.State = canonical.Succeeded
	})},
	{"failures", "an error body that cannot be read", func(d *adapters.Definition) {
		d.Refusal = func(adapters.Reply) (string, string) { return "", "" }
	}},
	{"other statuses", "a failure for everything", func(d *adapters.Definition) {
		d.Exchanges[0].Failures = []adapters.Failure{{Code: "9*", Means: adapters.MeansRefused}}
	}},
	{"wrong figures", "an amount that is taken on trust", decoding(func(_ canonical.Command, _ adapters.Reply, o *canonical.Outcome, _ *error) { o.Moved = nil })},
	{"wrong figures", "a reference that is taken on trust", func(d *adapters.Definition) {
		d.Exchanges[0].Decode = func(cmd canonical.Command, reply adapters.Reply) (canonical.Outcome, error) {
			said, err := toyRead(reply.Body)
			cmd.Reference = said.Reference
			outcome, broken := toyPaid(cmd, reply)
			return outcome, errors.Join(err, broken)
		}
	}},
	{"wrong figures", "another order than asked for", func(d *adapters.Definition) {
		d.Exchanges[1].Read = func(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
			said, _ := toyRead(reply.Body)
			q.Order.ProviderOrder.ID = said.ID
			return toySync(q, reply)
		}
	}},
	{"garbage", "a panic", decoding(func(_ canonical.Command, reply adapters.Reply, _ *canonical.Outcome, _ *error) { _ = reply.Body[0] })},
	{"garbage", "silence taken for absence", func(d *adapters.Definition) {
		d.Exchanges[1].Read = func(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
			report, err := toySync(q, reply)
			if err != nil && json.Valid(reply.Body) {
				return canonical.Report{Finding: canonical.Absent}, nil
			}
			return report, err
		}
	}},
	{"missing pieces", "an id that may be missing", decoding(func(cmd canonical.Command, reply adapters.Reply, o *canonical.Outcome, err *error) {
		var said toyReply
		if json.Unmarshal(reply.Body, &said) == nil && said.Status == "PAID" && said.ID == "" {
			*err, o.Moved = nil, nil
		}
	})},
	{"secrets", "a reply that is repeated", reading(func(s *canonical.Sighting) { s.Reason = "Borrower" })},
	{"secrets", "a secret that is stored", func(d *adapters.Definition) {
		d.Exchanges[0].Headers = []adapters.Header{{Name: "x-key", Value: d.Headers[0].Value}}
	}},
	{"secrets", "a person in an error", func(d *adapters.Definition) {
		d.Exchanges[0].Encode = func(cmd canonical.Command) (any, error) {
			if cmd.Order.Customer.Email != "" {
				return nil, errors.New("no mail to " + cmd.Order.Customer.Email)
			}
			return toyEncode(cmd)
		}
	}},
	{"purity", "a count of the calls", counting()},
	{"escaping", "a path that is glued together", func(d *adapters.Definition) {
		d.Exchanges[1].Query = func(q canonical.Query) string { return "?id=" + q.Order.ProviderOrder.ID }
	}},
	{"notifications", "one that always verifies", func(d *adapters.Definition) {
		d.Notifications.Verify = func(canonical.Message) bool { return true }
	}},
	{"notifications", "one that names nobody", func(d *adapters.Definition) {
		d.Notifications.Read = func(canonical.Message) (canonical.Notice, error) { return canonical.Notice{}, nil }
	}},
}

func TestEveryRuleSeesItsAdapterFail(t *testing.T) {
	for _, row := range breaches {
		t.Run(row.rule+": "+row.name, func(t *testing.T) { wantComplaint(t, toy(row.wrong), row.rule) })
	}
}

// counting remembers from one call to the next.
func counting() func(*adapters.Definition) {
	asked := 0
	return func(d *adapters.Definition) {
		d.Exchanges[0].Encode = func(canonical.Command) (any, error) {
			asked++
			return map[string]int{"call": asked}, nil
		}
	}
}

// reading changes what is seen in every read and every reply.
func reading(change func(*canonical.Sighting)) func(*adapters.Definition) {
	return func(d *adapters.Definition) {
		decoding(func(_ canonical.Command, _ adapters.Reply, o *canonical.Outcome, _ *error) { change(o.Sighting) })(d)
		right := d.Exchanges[1].Read
		d.Exchanges[1].Read = func(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
			report, err := right(q, reply)
			change(report.Sighting)
			return report, err
		}
	}
}

func wantComplaint(t *testing.T, h adaptertest.Harness, rule string) {
	t.Helper()
	complaints, err := adaptertest.Check(h)
	if err != nil {
		t.Fatal(err)
	}
	var others []string
	for _, complaint := range complaints {
		if complaint.Rule == rule {
			return
		}
		others = append(others, complaint.Rule)
	}
	t.Errorf("rule %q does not complain, but %q", rule, others)
}

func TestSettingsAreChecked(t *testing.T) {
	for _, row := range []struct {
		name    string
		setting adapters.Setting
	}{
		{"a setting without help", adapters.Setting{Name: "a", Kind: adapters.TextSetting}},
		{"a setting of no kind", adapters.Setting{Name: "a", Help: "h"}},
		{"a secret with a default", adapters.Setting{Name: "a", Help: "h", Kind: adapters.TextSetting, Secret: true, Default: "long enough"}},
		{"a default that is no choice", adapters.Setting{Name: "a", Help: "h", Kind: adapters.ChoiceSetting, Default: "x", Choices: []string{"y"}}},
		{"a name twice", adapters.Setting{Name: "key", Help: "h", Kind: adapters.TextSetting}},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := toy(nil)
			h.Adapter.Settings = append(h.Adapter.Settings, row.setting)
			h.Settings = maps.Clone(h.Settings)
			wantComplaint(t, h, "settings")
		})
	}
}

func TestALeakIntoTheDescriptionIsSeen(t *testing.T) {
	h := toy(func(d *adapters.Definition) { d.Details[0].Help = d.Headers[0].Value })
	wantComplaint(t, h, "secrets")
}

func TestAnHonestAdapterSurvivesEvilAnswers(t *testing.T) {
	short := func() (time.Duration, bool) { return 0, false }
	kept := ""
	adaptertest.Hunt(t, toy(nil), short, func(_ testing.TB, name string, _ any, counts map[string]int64, _ time.Duration) {
		kept = fmt.Sprintf("%s %d", name, counts["answers"])
	})
	if kept != "evil-answers-toy 2500" {
		t.Errorf("kept %q", kept)
	}
}

func TestEvilAnswersFindWhatAnAdapterTakesOnTrust(t *testing.T) {
	for _, row := range []struct {
		name  string
		wrong func(*adapters.Definition)
	}{
		{"the amount", decoding(func(_ canonical.Command, _ adapters.Reply, o *canonical.Outcome, _ *error) { o.Moved = nil })},
		{"the word", decoding(func(_ canonical.Command, _ adapters.Reply, o *canonical.Outcome, _ *error) {
			o.State = canonical.Succeeded
		})},
		{"the reference", decoding(func(_ canonical.Command, reply adapters.Reply, _ *canonical.Outcome, err *error) {
			if said, broken := toyRead(reply.Body); broken == nil && said.Status != "" {
				*err = nil
			}
		})},
		{"that the movement has an id", decoding(func(_ canonical.Command, _ adapters.Reply, o *canonical.Outcome, _ *error) { o.Reference = "M-1" })},
		{"that there is a body", decoding(func(_ canonical.Command, reply adapters.Reply, _ *canonical.Outcome, _ *error) { _ = reply.Body[0] })},
		{"that a 2xx is no error", decoding(func(_ canonical.Command, reply adapters.Reply, o *canonical.Outcome, err *error) {
			if *err != nil {
				*o, *err = canonical.Outcome{State: canonical.Failed}, nil
			}
		})},
		{"which order is read", reading(func(s *canonical.Sighting) {
			if s != nil && s.ID != "" {
				s.ID = "T-2"
			}
		})},
		{"figures nobody said", reading(func(s *canonical.Sighting) {
			odd := canonical.MustMoney("7.77", "EUR").Value
			s.Captured = &odd
		})},
		{"that what is not found is absent", func(d *adapters.Definition) {
			right := d.Exchanges[2].Read
			d.Exchanges[2].Read = func(q canonical.Query, reply adapters.Reply) (canonical.Report, error) {
				report, err := right(q, reply)
				if err != nil {
					return canonical.Report{Finding: canonical.Absent}, nil
				}
				return report, nil
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			wrong, err := adaptertest.Evil(toy(row.wrong), 4000)
			if err != nil {
				t.Fatal(err)
			}
			if len(wrong) == 0 {
				t.Error("no answer showed it")
			}
		})
	}
}
