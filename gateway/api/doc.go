// Package api is the HTTP API: one gin router, its operations described with huma, so that routing,
// the OpenAPI 3.1 document and the types of requests and answers come from the same place.
//
// A request goes three steps. visit.go gives it a request id, a trace id and the headers every answer
// has. guard.go lets it in or refuses it, in one order for all routes: whose key, which role, which
// merchant, then the shape of path, query, headers and body. Then a handler, a few lines each, calls the
// engine. routes.go is the table of all of it: a route that is not a row does not exist.
//
// Between the key and the body stands the door: limits.go gives each key its number of requests,
// turnstile.go lets so many requests work at the same time and decides who is turned away where there are
// more, classes.go what a request is worth, and patience.go how long its caller waits.
//
// A lender's message (notifications.go) is the exception: it proves itself to its provider, so nothing
// of it is checked here but its size, and the secret in its address is told nowhere.
//
// Shapes are checked here and not by huma: body.go reads JSON that means one thing only, check.go holds
// it against the schema of the OpenAPI document and names each mistake by its RFC 6901 pointer. What
// huma reads afterwards has passed.
//
// Whatever goes wrong leaves through problem.go, from the table canonical.Problems. PROBLEMS.md at the
// root of the repository and openapi.yaml beside this file are rendered; `go test -update` renews them.
//
// It may import engine, canonical, of state the roles and keys, gin, huma, the strict JSON decoder and the
// OpenTelemetry API.
package api
