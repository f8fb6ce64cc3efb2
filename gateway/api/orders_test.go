package api_test

import (
	"net/http"
	"testing"
)

func TestScratch(t *testing.T) {
	k := newKit(t)
	a := k.post("/v1/orders", simpleOrder)
	t.Log(a.status, a.header, string(a.body))
	id := a.text("id")
	a = k.post("/v1/orders/"+id+"/authorize", "")
	t.Log(a.status, a.header, string(a.body))
	a = k.post("/v1/orders/"+id+"/capture", `{"amount": {"value": "40", "currency": "USD"}}`)
	t.Log(a.status, a.header, string(a.body))
	a = k.post("/v1/orders/"+id+"/capture", `{"amount": {"value": 40, "currency": "USD"}, "lines": [{"Name": "x"}], "final": null}`)
	t.Log(a.status, a.header, string(a.body))
	a = k.get("/v1/orders/" + id + "/events")
	t.Log(a.status, a.header, string(a.body))
	a = k.get("/v1/orders?limit=1&foo=3")
	t.Log(a.status, a.header, string(a.body))
	a = k.get("/v1/providers")
	t.Log(a.status, a.header, string(a.body))
	a = k.do(request{method: http.MethodPut, path: "/v1/orders"})
	t.Log(a.status, a.header, string(a.body))
	a = k.do(request{method: http.MethodGet, path: "/openapi.json"})
	t.Log(a.status, a.header, len(a.body))
	t.Log(k.logged.String())
}
