package creditkey

import (
	"net/http"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

// lateArrival is how late a request that was sent may still take effect.
// ASSUMED: twice the 30 seconds after which the lender's own clients give up.
const lateArrival = time.Minute

var (
	readBack  = []canonical.Recovery{canonical.ReadAndCompare}
	askPerson = []canonical.Recovery{canonical.AskAPerson}
)

// beforeCapture are the words an order may have after a change that is not the end.
var beforeCapture = []string{created, pending, authorized}

// writes are the rows that move an order, in the order of its life.
func (s style) writes() []adapters.Exchange {
	return []adapters.Exchange{
		{
			Name: "create", Kind: canonical.OpCreate, Class: adapters.MoneyCall, Method: http.MethodPost, Path: s.orders(),
			Needs: []adapters.Need{needCompany}, Encode: s.encodeCreate, Decode: s.decodeCreate,
			Yes: beforeCapture, Lost: s.lostCreate(), Horizon: lateArrival, Failures: failures(adapters.MeansDeclined),
		},
		s.patch(adapters.Exchange{
			Name: "authorize", Kind: canonical.OpAuthorize, Needs: s.needsToAuthorize(),
			Encode: s.encodeAuthorize, Decode: s.decodeWhole, Yes: []string{authorized}, Failures: failures(adapters.MeansDeclined),
		}),
		s.patch(adapters.Exchange{
			Name: "update_amount", Kind: canonical.OpUpdate, When: changesAmount,
			Encode: s.encodeUpdate, Decode: s.decodeWhole, Yes: beforeCapture,
		}),
		s.patch(adapters.Exchange{
			Name: "update", Kind: canonical.OpUpdate, When: s.changesAnything, Class: adapters.Harmless, Lost: []canonical.Recovery{canonical.SendAgain},
			Encode: s.encodeUpdate, Decode: s.decodeStatus, Yes: beforeCapture,
		}),
		s.patch(adapters.Exchange{
			Name: "capture", Kind: canonical.OpCapture,
			Encode: s.encodeCapture, Decode: s.decodeWhole, Yes: []string{captured},
		}),
		// ASSUMED: "before capture" covers an order that nothing is reserved for yet.
		s.patch(adapters.Exchange{
			Name: "cancel", Kind: canonical.OpCancel,
			Encode: s.encodeCancel, Decode: s.decodeStatus, Yes: []string{canceled},
		}),
		s.patch(adapters.Exchange{
			Name: "cancel_part", Kind: canonical.OpCancel, When: reserved, Partial: true,
			Encode: s.encodeCancelPart, Decode: s.decodeCancelPart, Yes: []string{authorized},
		}),
		// ASSUMED: a refund that leaves nothing shows as RETURNED. Any other shows nowhere.
		s.refund("refund_all", refundsAll, readBack),
		s.refund("refund", nil, askPerson),
	}
}

// patch fills in what requests to change an order share.
func (s style) patch(x adapters.Exchange) adapters.Exchange {
	x.Method, x.Path, x.Horizon = http.MethodPatch, s.orders()+"/{id}", lateArrival
	if x.Class == "" {
		x.Class, x.Lost = adapters.MoneyCall, readBack
	}
	if x.Failures == nil {
		x.Failures = failures(adapters.MeansRefused)
	}
	return x
}

func (s style) refund(name string, when func(canonical.Command) bool, lost []canonical.Recovery) adapters.Exchange {
	return adapters.Exchange{
		Name: name, Kind: canonical.OpRefund, When: when, Partial: when == nil, Class: adapters.MoneyCall,
		Method: s.settings.Text("refund_method"), Path: s.orders() + "/{id}/refund",
		Encode: s.encodeRefund, Decode: s.decodeRefund, Yes: []string{captured, returned},
		Bare: true, // ASSUMED: the reply to a refund is not documented
		Lost: lost, Horizon: lateArrival, Failures: failures(adapters.MeansRefused),
	}
}

// reads are the rows that move nothing.
func (s style) reads() []adapters.Exchange {
	sync := adapters.Exchange{
		Name: "sync", Class: adapters.ReadCall, Method: http.MethodGet, Path: s.orders() + "/{id}",
		Read: s.decodeRead, Failures: access,
	}
	probe := adapters.Exchange{Name: "probe", Class: adapters.ReadCall, Method: http.MethodGet, Path: s.orders() + "/lendgate-probe", Read: readProbe, Failures: access}
	if !s.looksUp() {
		return []adapters.Exchange{sync, probe}
	}
	sync.Path, sync.Read, sync.Collect = "", nil, s.sync
	return []adapters.Exchange{sync, probe, {Name: "find", Class: adapters.ReadCall, Collect: s.find, Failures: access}}
}

func (s style) orders() string { return s.settings.Text("path_prefix") + "/order" }

func (s style) lostCreate() []canonical.Recovery {
	if s.looksUp() {
		return []canonical.Recovery{canonical.FindByReference, canonical.AskAPerson}
	}
	return askPerson
}

var needCompany = adapters.Need{
	Pointer: "/customer/reference", Help: "the company_id of a company that Credit Key has approved",
	Missing: func(cmd canonical.Command) bool { return cmd.Order.Customer.Reference == "" },
}

var needInstallments = adapters.Need{
	Pointer: "/plan/installments", Help: "how many monthly installments the company chose",
	Missing: func(cmd canonical.Command) bool { return installments(cmd.Order.Plan) == 0 },
}

// needsToAuthorize: the second generation takes no installments.
func (s style) needsToAuthorize() []adapters.Need {
	if s.second {
		return nil
	}
	return []adapters.Need{needInstallments}
}

func changesAmount(cmd canonical.Command) bool { return cmd.Change != nil && cmd.Change.Amount != nil }

// changesAnything: what the lender does not keep is nothing to ask it for.
func (s style) changesAnything(cmd canonical.Command) bool {
	if cmd.Change == nil {
		return true
	}
	change, err := s.changed(cmd)
	return err != nil || !change.empty()
}

func reserved(cmd canonical.Command) bool {
	return cmd.Order.Phase == canonical.Open && cmd.Order.Totals.Captured.IsZero()
}

func refundsAll(cmd canonical.Command) bool {
	return !cmd.Amount.Value.Less(cmd.Order.Totals.Refundable)
}

// access are the refusals of our credentials.
var access = []adapters.Failure{
	{Status: http.StatusUnauthorized, Means: adapters.MeansMisconfigured},
	{Status: http.StatusForbidden, Means: adapters.MeansMisconfigured},
}

// failures are the rows of an exchange where a reason word means what is given.
func failures(reason adapters.Meaning) []adapters.Failure {
	rows := append([]adapters.Failure{
		{Status: http.StatusConflict, Means: adapters.MeansState, Note: "ASSUMED: 409 is about the order's state; only 422 is documented for business refusals"},
	}, access...)
	for _, r := range reasons {
		rows = append(rows, adapters.Failure{Status: http.StatusUnprocessableEntity, Code: r.word, Means: reason, Reason: r.reason})
	}
	return rows
}
