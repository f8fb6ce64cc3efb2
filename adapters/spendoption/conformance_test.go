package spendoption_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/spendoption"
	"github.com/lendgate/lendgate/gateway/simulation/proof"
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: spendoption.Adapter, Cases: "testdata/cases", Refusal: refusal, Yes: yes,
		Settings: adapters.Values{"merchant_id": "5b7d0f3c-9a41-4c8e-8d26-71c0a9e4b562", "tenant_id": "tn-suite", "subscription_key": "subscription-93ac1d07"},
	}
}

func TestSpendoptionKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func TestEvilAnswers(t *testing.T) { adaptertest.Hunt(t, harness(), proof.Long, proof.Keep) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func refusal(status int, code string) adapters.Reply {
	body, err := json.Marshal(map[string]any{"type": "about:blank", "title": code, "status": status, "detail": "no"})
	if err != nil {
		panic(err)
	}
	return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/problem+json"}}, Body: body}
}

// yes is NewDay's: the id of what was made is all it tells, but for an authorization, whose id alone is
// a yes only where there is no result.
var yes = []adaptertest.Yes{
	{Row: "initiate", Says: []adaptertest.Said{{At: "/status", Is: adaptertest.AText}}},
	{Row: "initiate_again", Says: []adaptertest.Said{{At: "/status", Is: adaptertest.AText}}},
	{Row: "authorise", No: declines, Says: []adaptertest.Said{
		{At: "/authorisationId", Is: adaptertest.AText}, {At: "/result", Is: adaptertest.Word("Authorised"), May: true},
	}},
	{Row: "settle", Says: []adaptertest.Said{{At: "/transactionId", Is: adaptertest.AText}}},
	{Row: "reverse", Says: []adaptertest.Said{
		{At: "/authorisationReversalId", Is: adaptertest.AText}, {At: "/remainingFloat/currencyCode", Is: adaptertest.TheCurrency, May: true},
		{At: "/remainingFloat/value", Is: adaptertest.AnyFigure, May: true},
	}},
	{Row: "refund", Says: []adaptertest.Said{{At: "/refundTransactionId", Is: adaptertest.AText}}},
}

// declines: a decline is a result other than the yes. Without an id nothing is held, whatever else it says.
func declines(look adaptertest.Look) bool {
	result, _ := look("/result").(string)
	held := look("/authorisationId") != nil && look("/authorisationId") != ""
	return strings.EqualFold(result, "Declined") || (!held && !strings.EqualFold(result, "Authorised") && (result != "" || look("/declineReason") != nil))
}
