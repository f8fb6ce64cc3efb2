package spendoption_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

var replies = []struct {
	name   string
	kind   canonical.OperationKind
	given  adapters.Values
	repeat bool
	status int
	body   string
	want   canonical.Outcome
	fails  canonical.Kind
}{
	{name: "an id beside Authorised is a yes, whatever the reason says", kind: canonical.OpAuthorize, status: 201,
		body: `{"authorisationId":"a-1","result":"Authorised","declineReason":"None"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Reference: "a-1", Sighting: &canonical.Sighting{ID: "a-1", Word: "Authorised", Phase: canonical.Open}}},
	{name: "an id alone is the yes of the legacy dialect", kind: canonical.OpAuthorize, status: 201, body: `{"authorisationId":"a-1"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Reference: "a-1", Sighting: &canonical.Sighting{ID: "a-1", Phase: canonical.Open}}},
	{name: "Declined is a no, even with an id", kind: canonical.OpAuthorize, status: 201, body: `{"authorisationId":"a-1","result":"Declined"}`,
		want: canonical.Outcome{State: canonical.Declined, Code: "Declined", Reason: "not_approved", Sighting: &canonical.Sighting{Word: "Declined", Phase: canonical.Ended, EndedBy: canonical.ByLender, Reason: "not_approved"}}},
	{name: "an unknown result without an id is a no, loudly", kind: canonical.OpAuthorize, status: 201, body: `{"authorisationId":null,"result":"Referred"}`,
		want: canonical.Outcome{State: canonical.Declined, Code: "Referred", Reason: "not_approved", Alarm: `authorisation has no id and an unknown result "Referred": taken for a no`,
			Sighting: &canonical.Sighting{Word: "Referred", Phase: canonical.Ended, EndedBy: canonical.ByLender, Reason: "not_approved"}}},
	{name: "an unknown result with an id may be a hold", kind: canonical.OpAuthorize, status: 201, body: `{"authorisationId":"a-1","result":"Referred"}`,
		want: canonical.Outcome{State: canonical.Doubtful, Code: "Referred", Sighting: &canonical.Sighting{ID: "a-1", Word: "Referred", Unknown: true}}},
	{name: "Authorised without an id is unreadable", kind: canonical.OpAuthorize, status: 201, body: `{"result":"Authorised"}`,
		want: canonical.Outcome{State: canonical.Doubtful, ReadBack: true, Alarm: "reply of authorise cannot be read or does not confirm it"}},
	{name: "an answer that says nothing is no decline", kind: canonical.OpAuthorize, status: 201, body: `{}`,
		want: canonical.Outcome{State: canonical.Doubtful, ReadBack: true, Alarm: "reply of authorise cannot be read or does not confirm it"}},
	{name: "a decline on a repeat proves nothing where refusals are not replayed", kind: canonical.OpAuthorize, status: 201, repeat: true, body: `{"result":"Declined","declineReason":"Credit limit"}`,
		want: canonical.Outcome{State: canonical.Doubtful}},
	{name: "a decline on a repeat is the first answer where refusals are replayed", kind: canonical.OpAuthorize, status: 201, repeat: true, given: adapters.Values{"idempotency_replays_refusals": "true"},
		body: `{"result":"Declined","declineReason":"Credit limit"}`,
		want: canonical.Outcome{State: canonical.Declined, Code: "Credit limit", Reason: "not_approved", Sighting: &canonical.Sighting{Word: "Declined", Phase: canonical.Ended, EndedBy: canonical.ByLender, Reason: "not_approved", Details: canonical.Values{}.With("decline_reason", "Credit limit")}}},
	{name: "a hold has an end where the configuration knows one", kind: canonical.OpAuthorize, status: 201, given: adapters.Values{"hold_expiry": "720h"}, body: `{"authorisationId":"a-1","result":"AUTHORISED"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Reference: "a-1", Sighting: &canonical.Sighting{ID: "a-1", Word: "AUTHORISED", Phase: canonical.Open, Deadlines: canonical.Deadlines{AuthorizationExpiresAt: later(720 * time.Hour)}}}},
	{name: "a transaction is the capture", kind: canonical.OpCapture, status: 201, body: `{"transactionId":"t-1"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Reference: "t-1"}},
	{name: "a capture without a transaction is unreadable", kind: canonical.OpCapture, status: 201, body: `{"transactionId":""}`,
		want: canonical.Outcome{State: canonical.Doubtful, ReadBack: true, Alarm: "reply of settle cannot be read or does not confirm it"}},
	{name: "what is still held says what stands of the authorization", kind: canonical.OpCancel, status: 201, body: `{"authorisationReversalId":"r-1","remainingFloat":{"value":150,"currencyCode":"GBP"}}`,
		want: canonical.Outcome{State: canonical.Succeeded, Reference: "r-1", Sighting: &canonical.Sighting{Phase: canonical.Open, Net: value("550.00")}}},
	{name: "a float of another currency is unreadable", kind: canonical.OpCancel, status: 201, body: `{"authorisationReversalId":"r-1","remainingFloat":{"value":150,"currencyCode":"EUR"}}`,
		want: canonical.Outcome{State: canonical.Doubtful, ReadBack: true, Alarm: "reply of reverse cannot be read or does not confirm it"}},
	{name: "a float that is not said is not compared", kind: canonical.OpCancel, status: 201, body: `{"authorisationReversalId":"r-1"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Reference: "r-1"}},
	{name: "a refund has a transaction of its own", kind: canonical.OpRefund, status: 201, body: `{"refundTransactionId":"f-1"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Reference: "f-1"}},
	{name: "a refund without one is unreadable", kind: canonical.OpRefund, status: 201, body: `{}`,
		want: canonical.Outcome{State: canonical.Doubtful, ReadBack: true, Alarm: "reply of refund cannot be read or does not confirm it"}},
	{name: "a key in use means that a first copy arrived", kind: canonical.OpCapture, status: 409, body: `{"title":"Idempotency key in use"}`,
		want: canonical.Outcome{State: canonical.Doubtful, Code: "Idempotency key in use"}},
	{name: "a closed hold moved nothing", kind: canonical.OpCapture, status: 409, body: `{"title":"Authorisation closed"}`, fails: canonical.OperationNotAllowed},
	{name: "a conflict of an authorization is in doubt", kind: canonical.OpAuthorize, status: 409, body: `{"title":"Conflict"}`,
		want: canonical.Outcome{State: canonical.Doubtful, Code: "Conflict"}},
	{name: "the subscription-key gateway refuses the key", kind: canonical.OpCapture, status: 401, body: `{"statusCode":401,"message":"Access denied"}`, fails: canonical.ProviderMisconfigured},
	{name: "a business rule refuses", kind: canonical.OpRefund, status: 422, body: `{"type":"about:blank","title":"Account closed","status":422}`, fails: canonical.Refused},
	{name: "a server error leaves money in doubt", kind: canonical.OpCancel, status: 500, want: canonical.Outcome{State: canonical.Doubtful}},
	{name: "an initiate without a widget is no answer", kind: canonical.OpCreate, status: 200, body: `{"status":"AuthenticationRequired","scaToken":"s"}`, fails: canonical.ProviderGarbled},
	{name: "an initiate without a status is no answer", kind: canonical.OpCreate, status: 200, body: `{"scaToken":"s"}`, fails: canonical.ProviderGarbled},
	{name: "an unknown word of initiate changes nothing", kind: canonical.OpCreate, status: 200, body: `{"status":"Deferred"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Sighting: &canonical.Sighting{Reference: "GW-10077-abcdefgh", Word: "Deferred", Unknown: true}}},
	{name: "a widget that knows where to go is left alone", kind: canonical.OpCreate, status: 200, body: `{"status":"AuthenticationRequired","widgetUrl":"https://id.example/w?redirect_uri=x"}`,
		want: canonical.Outcome{State: canonical.Succeeded, Sighting: &canonical.Sighting{Reference: "GW-10077-abcdefgh", Word: "AuthenticationRequired", Phase: canonical.Pending, WaitingFor: canonical.ForCustomer,
			Action: &canonical.Action{Kind: "widget", URL: "https://id.example/w?redirect_uri=x"}, Kept: map[string]string{"sca": "AuthenticationRequired", "sca_token": ""}}}},
}

func later(d time.Duration) *time.Time {
	at := noon.Add(d)
	return &at
}

func value(text string) *canonical.Amount {
	a := canonical.MustMoney(text, "GBP").Value
	return &a
}

func TestRepliesMeanWhatTheContractSays(t *testing.T) {
	for _, test := range replies {
		t.Run(test.name, func(t *testing.T) {
			c := passing{}.client(t, test.given, &scripted{status: test.status, body: test.body})
			got, err := c.Send(t.Context(), command(test.kind), prepared(t, c, test.kind, test.repeat))
			if kind := kindOf(err); kind != test.fails {
				t.Fatalf("%v, want %q", err, test.fails)
			}
			if err != nil {
				return
			}
			test.want.Sends = 1
			if diff := cmp.Diff(test.want, got, cmp.Comparer(canonical.Amount.Equal)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func kindOf(err error) canonical.Kind {
	if err == nil {
		return ""
	}
	return canonical.KindOf(err)
}

func command(kind canonical.OperationKind) canonical.Command {
	cmd := canonical.Command{Kind: kind, Order: heldOrder(), Amount: canonical.MustMoney("90", "GBP"), Key: "k", Attempt: "att_1", Reference: "att_1"}
	switch kind {
	case canonical.OpCreate, canonical.OpAuthorize:
		cmd.Order, cmd.Amount = newOrder(nil), canonical.MustMoney("640", "GBP")
	case canonical.OpRefund:
		cmd.Capture = &cmd.Order.Captures[0]
	}
	return cmd
}

func prepared(t *testing.T, c *adapters.Client, kind canonical.OperationKind, repeat bool) canonical.Request {
	t.Helper()
	request, err := c.Prepare(command(kind))
	if err != nil {
		t.Fatal(err)
	}
	request.Repeat = repeat
	return request
}

// An exempt customer who had to authenticate before does not send the order back to created.
func TestAnExemptionAfterADemandKeepsTheOrderPending(t *testing.T) {
	c := passing{}.client(t, nil, &scripted{status: 200, body: `{"status":"Exempt","scaToken":"s"}`})
	cmd := command(canonical.OpCreate)
	cmd.Kind, cmd.Order.Phase = canonical.OpAuthenticate, canonical.Pending
	request, err := c.Prepare(cmd)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Send(t.Context(), cmd, request)
	if err != nil || got.Sighting.Phase != canonical.Pending || got.Sighting.WaitingFor != canonical.ForMerchant {
		t.Errorf("%+v, %v", got.Sighting, err)
	}
}

func TestWhatAnAuthorizationStillNeedsIsSaidBefore(t *testing.T) {
	c := passing{}.client(t, nil, &scripted{})
	for sca, want := range map[string][]string{"AuthenticationRequired": {"/provider_options/authentication_token"}, "Exempt": nil} {
		for _, ability := range c.Able(newOrder(map[string]string{"sca": sca})) {
			if ability.Kind == canonical.OpAuthorize && !slices.Equal(ability.Needs, want) {
				t.Errorf("%s: needs %v, want %v", sca, ability.Needs, want)
			}
		}
	}
}

func TestEveryRequestSaysWhoAsks(t *testing.T) {
	s := &scripted{status: 201, body: `{"transactionId":"t-1"}`}
	c := passing{}.client(t, adapters.Values{"subscription_key": "sub"}, s)
	if _, err := c.Send(t.Context(), command(canonical.OpCapture), prepared(t, c, canonical.OpCapture, false)); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"context-merchantId": {sandboxed["merchant_id"]}, "context-tenantId": {"tn-sandbox"}, "Ocp-Apim-Subscription-Key": {"sub"},
		"idempotency-key": {"k"}, "Content-Type": {"application/json"}, "Accept": {"application/json"},
	}
	if diff := cmp.Diff(want, s.wire.Header); diff != "" {
		t.Error(diff)
	}
	if s.wire.URL != "https://lender.example/merchant/CUST%2040817/authorisation/"+holdID+"/settle" {
		t.Error(s.wire.URL)
	}
}
