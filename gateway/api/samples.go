package api

type sample = map[string]any

// samples are requests, ready to send, by operationId.
var samples = map[string]any{
	"ask-offers": sample{
		"amount":    sample{"value": "300.00", "currency": "GBP"},
		"customer":  sample{"reference": "10058213", "type": "person"},
		"providers": []string{"newday"},
	},
	"create-order": sample{
		"reference": "ORD-10001", "provider": "creditkey-us",
		"amount":   sample{"value": "2500.00", "currency": "USD"},
		"customer": sample{"reference": "12345", "type": "company"},
		"plan":     sample{"installments": 12},
	},
	"update-order":           sample{"amount": sample{"value": "2400.00", "currency": "USD"}},
	"authenticate-order":     sample{},
	"authorize-order":        sample{"plan": sample{"installments": 12}},
	"capture-order":          sample{"amount": sample{"value": "1200.00", "currency": "USD"}, "reference": "parcel-1", "final": true},
	"cancel-order":           sample{"reason": "out of stock"},
	"record-movement":        sample{"kind": "refund", "amount": sample{"value": "99.50", "currency": "USD"}, "reason": "paid back by bank transfer"},
	"refund-order":           sample{"amount": sample{"value": "99.50", "currency": "USD"}, "reason": "damaged"},
	"resolve-operation":      sample{"outcome": "succeeded", "reference": "CK-QX7T402", "reason": "the lender's support sees it settled, ticket 8812"},
	"release-provider":       sample{"reason": "every order since the backup was compared with the lender's list"},
	"force-breaker":          sample{"class": "writes", "force": "open", "reason": "the lender works on its database until six", "until": "2026-11-21T06:00:00Z"},
	"accept-provider-change": sample{"reason": "they have moved to another host; their notice is in ticket 8830"},
	"advance-clock":          sample{"by": "720h"},
	"create-key":             sample{"role": "merchant", "merchant": "demo", "name": "web shop"},
}

// orderSample is the answer to a create.
var orderSample = sample{
	"id": "ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R", "mode": "test", "merchant": "demo", "provider": "creditkey-us", "reference": "ORD-10001",
	"status": "created", "phase": "created", "waiting_for": "merchant",
	"amount":   sample{"value": "2500.00", "currency": "USD"},
	"totals":   sample{"authorized": "0.00", "captured": "0.00", "canceled": "0.00", "refunded": "0.00", "lender_fees": "0.00", "capturable": "0.00", "refundable": "0.00"},
	"customer": sample{"reference": "12345", "type": "company"}, "plan": sample{"installments": 12},
	"provider_order": sample{"id": "CK-QX7T402", "status": "CREATED"}, "deadlines": sample{}, "in_doubt": nil, "drift": nil,
	"allowed_operations": []any{sample{"kind": "authorize", "max": "2500.00"}, sample{"kind": "update"}, sample{"kind": "cancel", "max": "2500.00"}, sample{"kind": "sync"}},
	"next":               sample{"action": "none"}, "version": 2, "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:01Z",
	"operation": sample{
		"id": "op_01K9ZT5X1Q9A2C4E6G8J0M2P4R", "kind": "create", "order": "ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R", "merchant": "demo", "mode": "test", "provider": "creditkey-us",
		"state": "succeeded", "origin": "api", "found_by": "reply", "next": sample{"action": "none"}, "created_at": "2026-11-21T09:00:00Z", "finished_at": "2026-11-21T09:00:01Z",
	},
}

var problemSample = sample{
	"type": "https://gate.example/problems/invalid_request", "title": "The request is not valid", "status": 400, "detail": "one field is not valid",
	"code": "invalid_request", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "next": sample{"action": "correct_request"}, "instance": "/v1/orders",
	"fields": []any{sample{"pointer": "/amount/value", "detail": "must be a string, such as \"2500.00\""}},
}

// notes are what a summary has no room for.
var notes = map[string]string{
	"ask-offers":                     "Asks every provider that makes offers, or those named, at the same time, and answers when all have or their time is up.",
	"create-order":                   "Name a provider, or an offer. A decline is an outcome and not an error: the answer is 201 and the order is declined.",
	"update-order":                   "Reference, amount, plan, lines and shipping before capture; metadata at any time, without a call to the lender. What the lender does not keep changes here only.",
	"authorize-order":                "Where the customer authorizes at the lender, this is not asked; the order says who must act.",
	"capture-order":                  "Without an amount: the sum of the lines, or all that is capturable. With final the rest is given back. Goods may ship once this has succeeded.",
	"cancel-order":                   "Without an amount: all that remains. Taken while a create or authorize is unresolved, it is carried out once the truth is known.",
	"record-movement":                "An operator books anything; a merchant a refund at a lender that has none, after paying the customer back.",
	"refund-order":                   "Without an amount: all that is refundable. Split over captures, oldest first, where the lender wants it.",
	"sync-order":                     "Always 200, with synced true or false. What is in doubt is settled first, by whatever evidence there is.",
	"read-order":                     "With sync=true a lender that cannot be read is no error: the answer is the order as stored, with synced false and the reason.",
	"list-order-events":              "Each hash is SHA-256 over the hash before and the event as it stands, so that a history cannot be changed unseen.",
	"list-events":                    "Keep the cursor and ask again with it. Every event comes, in order, however long you were away.",
	"list-providers":                 "A merchant sees its own money in doubt.",
	"forget-customer":                "Name, addresses and the like are gone from the order, and can no longer be read out of its history, whose chain stays whole. Amounts and the lender's numbers stay. Refused while the lender may still have to be asked with them.",
	"resolve-operation":              "For an operation that is in doubt or was handed over to a person. Evidence that contradicts it later is an alarm, and is never booked over it in silence. The answer is the order and the operation; one resolved as failed is answered 200 too.",
	"release-provider":               "After a backup was restored nothing is sent to a provider until what happened there since is known. Where the lender cannot be read, a person finds out and says so here.",
	"force-breaker":                  "While a breaker is open nothing of its class is sent to the lender. Writes: creates and authorizations are refused at once, captures, cancels and refunds are queued. It outlives a restart.",
	"accept-provider-change":         "While orders are open, a configuration is refused that gives their provider another style, base_url, mode or setting marked identity, or removes it: recovery would ask the wrong lender. Where the lender is the same one, or the orders are given up, say so here; it holds for the next change within an hour, and a configuration that waits for it is taken at once.",
	"receive-notification":           "Any content type. 200 means that the message is durable; the lender is then asked for the truth, since a message changes nothing by itself. A message that does not verify is answered 401 for every reason alike. 503: send it again.",
	"receive-notification-at-secret": "As without a secret. The last segment of the address is repeated in no answer and no log.",
	"receive-query":                  "For lenders that call an address with their order's number behind the question mark. It changes nothing by itself, and coming again it changes nothing more.",
	"receive-query-at-secret":        "As without a secret. The last segment of the address is repeated in no answer and no log.",
	"advance-clock":                  "Moves the time of the gateway and of the simulated lenders together, from one thing that falls due to the next, and answers when nothing is due any more.",
}
