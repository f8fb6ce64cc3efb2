package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// controls are the routes for people and tests, also shown on the index page.
var controls = []struct {
	method, path string
	serve        func(*World, *http.Request) (any, error)
	says         string
}{
	{"POST", "/control/{lender}/act", (*World).controlAct, `a person does something: {"order","do","amount"}`},
	{"GET", "/control/{lender}/orders", (*World).controlOrders, "what the lender knows"},
	{"PUT", "/control/{lender}/notices", (*World).controlPosting, `where and how notifications go: {"url","mode","delay"}`},
	{"GET", "/control/ledger", (*World).controlLedger, "what really happened to money; ?lender=&order="},
	{"GET", "/control/arrivals", (*World).controlArrivals, "how many requests arrived, by operation and path; ?lender=&order="},
	{"GET", "/control/faults", (*World).controlFaults, "the faults still to be met"},
	{"POST", "/control/faults", (*World).controlFault, `set one: {"lender","operation","order","fault","times","delay","retry_after"}`},
	{"DELETE", "/control/faults", (*World).controlClear, "take all back"},
	{"PUT", "/control/chaos", (*World).controlChaos, `faults by chance: {"seed","percent","faults","lender"}; percent 0 ends it`},
}

func (w *World) control() http.Handler {
	mux := http.NewServeMux()
	for _, c := range controls {
		mux.HandleFunc(c.method+" "+c.path, func(to http.ResponseWriter, r *http.Request) {
			body, err := c.serve(w, r)
			if err != nil {
				writeJSON(to, statusOf(err), map[string]string{"error": err.Error()})
				return
			}
			writeJSON(to, http.StatusOK, body)
		})
	}
	return mux
}

// badRequest is an error in what a person sent; any other is about the state of things.
type badRequest struct{ error }

func statusOf(err error) int {
	switch {
	case errors.Is(err, errUnknown):
		return http.StatusNotFound
	case errors.As(err, new(badRequest)):
		return http.StatusBadRequest
	}
	return http.StatusConflict
}

func writeJSON(to http.ResponseWriter, status int, body any) {
	to.Header().Set("Content-Type", "application/json")
	to.WriteHeader(status)
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body)
}

func readJSON(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return badRequest{fmt.Errorf("body: %w", err)}
	}
	return nil
}

var done = map[string]bool{"done": true}

func (w *World) controlAct(r *http.Request) (any, error) {
	var a lender.Act
	if err := readJSON(r, &a); err != nil {
		return nil, err
	}
	return done, w.Act(r.PathValue("lender"), a)
}

func (w *World) controlOrders(r *http.Request) (any, error) {
	name := r.PathValue("lender")
	return w.Orders(name), w.known(name)
}

func (w *World) controlPosting(r *http.Request) (any, error) {
	var p Posting
	if err := readJSON(r, &p); err != nil {
		return nil, err
	}
	return done, w.SetPosting(r.PathValue("lender"), p)
}

// asked reads the lender and order of a query.
func (w *World) asked(r *http.Request) (name, order string, err error) {
	query := r.URL.Query()
	name, order = query.Get("lender"), query.Get("order")
	if name != "" {
		err = w.known(name)
	}
	return name, order, err
}

func (w *World) controlLedger(r *http.Request) (any, error) {
	name, order, err := w.asked(r)
	found := []lender.Effect{}
	for _, e := range w.Effects(name) {
		if order == "" || e.Order == order {
			found = append(found, e)
		}
	}
	return found, err
}

func (w *World) controlArrivals(r *http.Request) (any, error) {
	name, order, err := w.asked(r)
	return w.Arrivals(name, order), err
}

func (w *World) controlFaults(*http.Request) (any, error) { return w.Faults(), nil }

func (w *World) controlFault(r *http.Request) (any, error) {
	var f Fault
	if err := readJSON(r, &f); err != nil {
		return nil, err
	}
	return done, w.SetFault(f)
}

func (w *World) controlClear(*http.Request) (any, error) { return done, w.ClearFaults() }

func (w *World) controlChaos(r *http.Request) (any, error) {
	var c Chaos
	if err := readJSON(r, &c); err != nil {
		return nil, err
	}
	return done, w.SetChaos(c)
}
