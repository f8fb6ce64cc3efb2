package api

import (
	"net/http"

	"github.com/lendgate/lendgate/state"
)

// class is what a request is worth to whoever runs the gateway: when there is more to do than can be
// done, what is worth least waits longest and is turned away first.
type class string

// The classes, the one that is given up first standing first.
const (
	quotes class = "quotes"
	reads  class = "reads"
	orders class = "orders" // that money is reserved for
	kept   class = "kept"   // work on money that is reserved: it waits, and is never turned away
	free   class = "free"   // lenders' messages, operators, whoever watches the process: it does not even wait
)

// yielding are the routes of a class that neither their method nor who uses them tells.
var yielding = map[string]class{
	"ask-offers": quotes, "sync-order": reads,
	"create-order": orders, "authenticate-order": orders, "authorize-order": orders,
}

// class is that of a request of a role to the route.
func (r route) class(role state.Role) class {
	worth, named := yielding[r.id]
	switch {
	case r.who == nil || role == state.RoleOperator:
		return free
	case named:
		return worth
	case r.method == http.MethodGet:
		return reads
	}
	return kept
}
