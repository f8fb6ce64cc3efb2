package lender_test

import (
	"testing"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

func TestLiesAreTold(t *testing.T) {
	words := []string{"READY", "DONE", "LOST"}
	tests := []struct {
		name string
		lie  lender.Lie
		n    int
		body string
		want string // "" where it is not possible
	}{
		{"another word", lender.Lie{Fact: lender.Status, Path: "status", Words: words}, 0, `{"status":"READY"}`, `{"status":"DONE"}`},
		{"the next other word", lender.Lie{Fact: lender.Status, Path: "status", Words: words}, 1, `{"status":"READY"}`, `{"status":"LOST"}`},
		{"the first again", lender.Lie{Fact: lender.Status, Path: "status", Words: words}, 2, `{"status":"READY"}`, `{"status":"DONE"}`},
		{"a word that is unknown", lender.Lie{Fact: lender.Status, Path: "status", Words: words}, 0, `{"status":"OPEN"}`, ""},
		{"a status that is a number", lender.Lie{Fact: lender.Status, Path: "status", Words: words}, 0, `{"status":404}`, ""},
		{"the only word", lender.Lie{Fact: lender.Status, Path: "status", Words: []string{"READY"}}, 0, `{"status":"READY"}`, ""},
		{"a currency that is not listed", lender.Lie{Fact: lender.Currency, Path: "c", Words: []string{"EUR", "SEK"}}, 0, `{"c":"CHF"}`, `{"c":"EUR"}`},
		{"deep within", lender.Lie{Fact: lender.Status, Path: "a.1.b", Words: words}, 0, `{"a":[1,{"b":"LOST","c":null}]}`, `{"a":[1,{"b":"READY","c":null}]}`},
		{"behind the end of a list", lender.Lie{Fact: lender.Status, Path: "0.status", Words: words}, 0, `[]`, ""},
		{"a list that is none", lender.Lie{Fact: lender.Status, Path: "0.status", Words: words}, 0, `{"0":1}`, ""},
		{"an object that is none", lender.Lie{Fact: lender.Amount, Path: "a.b"}, 0, `{"a":[1]}`, ""},
		{"no JSON", lender.Lie{Fact: lender.Amount, Path: "a"}, 0, `unavailable`, ""},
		{"nothing", lender.Lie{Fact: lender.Amount, Path: "a"}, 0, ``, ""},
		{"more, in cents", lender.Lie{Fact: lender.Amount, Path: "a"}, 0, `{"a":4021}`, `{"a":4022}`},
		{"more, with two decimals", lender.Lie{Fact: lender.Amount, Path: "a"}, 0, `{"a":100.00}`, `{"a":101.00}`},
		{"more, with one decimal", lender.Lie{Fact: lender.Amount, Path: "a"}, 2, `{"a":9.5}`, `{"a":10.5}`},
		{"less, as text", lender.Lie{Fact: lender.Amount, Path: "a"}, 1, `{"a":"49.90"}`, `{"a":"48.90"}`},
		{"more where less would be nothing", lender.Lie{Fact: lender.Amount, Path: "a"}, 1, `{"a":"1"}`, `{"a":"2"}`},
		{"an amount that is none", lender.Lie{Fact: lender.Amount, Path: "a"}, 0, `{"a":null}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			told, possible := tt.lie.Tell([]byte(tt.body), tt.n)
			if string(told) != tt.want || possible != (tt.want != "") {
				t.Errorf("got %s (%v), want %s", told, possible, tt.want)
			}
		})
	}
}

func TestAStrangeWordIsOnlyWhereAWordIs(t *testing.T) {
	lie := lender.Lie{Fact: lender.Status, Path: "status", Words: []string{"READY"}}
	for body, want := range map[string]string{`{"status":"READY"}`: `{"status":"UNHEARD_OF"}`, `{"status":404}`: "", `{}`: ""} {
		if told, possible := lie.Strange([]byte(body)); string(told) != want || possible != (want != "") {
			t.Errorf("%s: got %s (%v), want %s", body, told, possible, want)
		}
	}
}
