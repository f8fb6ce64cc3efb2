package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestACallerCanCheckTheChainOfAHistory(t *testing.T) {
	k := newKit(t)
	id := k.post("/v1/orders", wholeOrder).wants(http.StatusCreated).text("id")
	k.post("/v1/orders/"+id+"/authorize", "").wants(http.StatusOK)
	got := k.get("/v1/orders/" + id + "/events").wants(http.StatusOK)
	var list struct{ Events []json.RawMessage }
	if err := json.Unmarshal(got.body, &list); err != nil {
		t.Fatal(err)
	}
	before := ""
	for i, text := range list.Events {
		var event struct {
			Sequence     int
			PreviousHash string `json:"previous_hash"`
			Hash         string
		}
		if err := json.Unmarshal(text, &event); err != nil {
			t.Fatal(err)
		}
		body, _, _ := strings.Cut(string(text), `,"previous_hash":"`)
		sum := sha256.Sum256([]byte(before + body + "}"))
		if event.Sequence != i+1 || event.PreviousHash != before || event.Hash != hex.EncodeToString(sum[:]) {
			t.Fatalf("event %d does not follow from the one before: %s", i, text)
		}
		before = event.Hash
	}
	if len(list.Events) < 4 {
		t.Errorf("got %d events", len(list.Events))
	}
	if strings.Contains(string(got.body), "ada@shop.example") {
		t.Error("a history names the customer")
	}
}

func TestAHistoryIsReadInParts(t *testing.T) {
	k := newKit(t)
	id := k.order()
	whole := k.get("/v1/orders/" + id + "/events?limit=200").wants(http.StatusOK)
	part := k.get("/v1/orders/" + id + "/events?after=1&limit=1").wants(http.StatusOK)
	if part.text("events/0/sequence") != "2" || len(part.at("events").([]any)) != 1 || part.text("events/0/id") != whole.text("events/1/id") {
		t.Errorf("got %s", part.body)
	}
}
