package adapters_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func TestWhyNamesTheRowThatJudges(t *testing.T) {
	for _, row := range []struct {
		name     string
		exchange string
		reach    adapters.Reach
		status   int
		body     string
		fresh    bool
		want     string
	}{
		{"never sent", "pay", adapters.NotSent, 0, "", false, "breaker open, bulkhead full, or no connection obtained"},
		{"lost", "pay", adapters.Sent, 0, "", false, "connection obtained, no reply"},
		{"a yes", "pay", adapters.Replied, 200, `{"word":"PAID"}`, false, "2xx, readable, known word"},
		{"a word that is no yes", "pay", adapters.Replied, 200, `{"word":"OPEN"}`, false, "2xx, a known word that does not confirm it"},
		{"a word that nobody knows", "pay", adapters.Replied, 200, `{"word":"ODD"}`, false, "2xx, unknown word"},
		{"no JSON", "pay", adapters.Replied, 200, `<`, false, "2xx unreadable, id or status missing"},
		{"a failure that is listed", "pay", adapters.Replied, 409, `CLOSED`, false, "a failure the exchange lists {409 CLOSED state} CLOSED"},
		{"one that is not", "pay", adapters.Replied, 400, `OTHER`, false, "400, 404, 422 not listed OTHER"},
		{"a second token", "pay", adapters.Replied, 403, ``, true, "401 or 403 with a fresh token"},
		{"of a read", "look", adapters.Replied, 409, `CLOSED`, false, "any other status outside 2xx CLOSED"},
		{"a read that finds nothing", "look", adapters.Replied, 404, `NONE`, false, "404 is for the read to say what it means NONE"},
		{"a read that is answered", "look", adapters.Replied, 200, `{}`, false, "2xx, readable, known word"},
		{"a row that is not there", "other", adapters.Replied, 200, `{}`, false, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			client := adapters.NewClient(adapters.ClientOptions{Define: judged()})
			why := client.Why(row.exchange, canonical.Command{}, row.reach, adapters.Reply{Status: row.status, Header: http.Header{}, Body: []byte(row.body)}, row.fresh)
			got := why.Rule
			if f := why.Failure; f != nil {
				got += " {409 " + f.Code + " " + string(f.Means) + "}"
			}
			if why.Code != "" {
				got += " " + why.Code
			}
			if got != row.want {
				t.Errorf("why: %q, want %q", got, row.want)
			}
		})
	}
}

// judged is a lender with one movement and one read.
func judged() adapters.Definition {
	return adapters.Definition{
		Words:   []canonical.Word{{Word: "PAID", Phase: canonical.Open}, {Word: "OPEN", Phase: canonical.Open}},
		Refusal: func(r adapters.Reply) (string, string) { return string(r.Body), "" },
		Exchanges: []adapters.Exchange{
			{
				Name: "pay", Kind: canonical.OpCapture, Class: adapters.MoneyCall, Yes: []string{"PAID"},
				Failures: []adapters.Failure{{Status: 409, Code: "CLOSED", Means: adapters.MeansState}},
				Decode: func(_ canonical.Command, r adapters.Reply) (o canonical.Outcome, err error) {
					word, err := wordIn(r.Body)
					return canonical.Outcome{Sighting: &canonical.Sighting{Word: word}}, err
				},
			},
			{Name: "look", Class: adapters.ReadCall},
		},
	}
}

func wordIn(body []byte) (string, error) {
	var said struct{ Word string }
	err := json.Unmarshal(body, &said)
	return said.Word, err
}
