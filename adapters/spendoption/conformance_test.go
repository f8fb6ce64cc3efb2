package spendoption_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/adaptertest"
	"github.com/lendgate/lendgate/adapters/spendoption"
)

func harness() adaptertest.Harness {
	return adaptertest.Harness{
		Adapter: spendoption.Adapter, Cases: "testdata/cases", Refusal: refusal,
		Settings: adapters.Values{"merchant_id": "5b7d0f3c-9a41-4c8e-8d26-71c0a9e4b562", "tenant_id": "tn-suite", "subscription_key": "subscription-93ac1d07"},
	}
}

func TestSpendoptionKeepsEveryRule(t *testing.T) { adaptertest.Run(t, harness()) }

func FuzzRecordedReplies(f *testing.F) { adaptertest.Fuzz(f, harness()) }

func refusal(status int, code string) adapters.Reply {
	body, err := json.Marshal(map[string]any{"type": "about:blank", "title": code, "status": status, "detail": "no"})
	if err != nil {
		panic(err)
	}
	return adapters.Reply{Status: status, Header: http.Header{"Content-Type": {"application/problem+json"}}, Body: body}
}
