package api

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
	"update-order":       sample{"amount": sample{"value": "2400.00", "currency": "USD"}},
	"authenticate-order": sample{},
	"authorize-order":    sample{"plan": sample{"installments": 12}},
	"capture-order":      sample{"amount": sample{"value": "1200.00", "currency": "USD"}, "reference": "parcel-1", "final": true},
	"cancel-order":       sample{"reason": "out of stock"},
	"refund-order":       sample{"amount": sample{"value": "99.50", "currency": "USD"}, "reason": "damaged"},
	"create-key":         sample{"role": "merchant", "merchant": "demo", "name": "web shop"},
}

type sample = map[string]any
