package engine_test

import (
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// healing is how the truth of a lost reply comes out.
type healing string

const (
	byRead   healing = "the lender is read: what did not happen is proven absent"
	byRepeat healing = "it is sent again: it happens in any case"
	bySight  healing = "only what happened can be seen: else a person decides in the end"
	byPerson healing = "a person decides"
	harmless healing = "it is sent again at once, and nothing is ever in doubt"
)

// movement is one operation of one style, ready to be asked for.
type movement struct {
	name  string
	style style
	fresh bool // asked for on an order that is only created; else on one that is reserved
	first []engine.Ask
	ask   engine.Ask // kind create: the order itself
	heals healing
}

// operation is what the simulated lender calls the request.
func (m movement) operation() string {
	if m.name == "spendoption create" {
		return "authenticate"
	}
	return string(m.ask.Kind)
}

// movements are all operations of all styles that go to a lender.
var movements = []movement{
	{"creditkey create", creditkeyStyle, true, nil, engine.Ask{Kind: canonical.OpCreate}, byPerson},
	{"creditkey authorize", creditkeyStyle, true, nil, engine.Ask{Kind: canonical.OpAuthorize, Plan: &canonical.Plan{Installments: 12}}, byRead},
	{"creditkey update", creditkeyStyle, false, nil, engine.Ask{Kind: canonical.OpUpdate, Change: &canonical.Change{Amount: creditkeyStyle.money("900.00")}}, byRead},
	{"creditkey capture", creditkeyStyle, false, nil, capture(nil), byRead},
	{"creditkey cancel", creditkeyStyle, false, nil, cancel(nil), byRead},
	{"creditkey refund of all", creditkeyStyle, false, []engine.Ask{capture(nil)}, refund(nil), bySight},
	{"creditkey refund of a part", creditkeyStyle, false, []engine.Ask{capture(nil)}, refund(creditkeyStyle.money("10.00")), byPerson},
	{"spendoption create", spendoptionStyle, true, nil, engine.Ask{Kind: canonical.OpCreate}, harmless},
	{"spendoption authenticate", spendoptionStyle, true, nil, engine.Ask{Kind: canonical.OpAuthenticate}, harmless},
	{"spendoption authorize", spendoptionStyle, true, nil, engine.Ask{Kind: canonical.OpAuthorize}, byRepeat},
	{"spendoption capture", spendoptionStyle, false, nil, capture(spendoptionStyle.money("300.00")), byRepeat},
	{"spendoption cancel", spendoptionStyle, false, nil, cancel(spendoptionStyle.money("300.00")), byRepeat},
	{"spendoption refund", spendoptionStyle, false, []engine.Ask{capture(nil)}, refund(spendoptionStyle.money("300.00")), byRepeat},
	{"ecster create", ecsterStyle, true, nil, engine.Ask{Kind: canonical.OpCreate}, harmless},
	{"ecster capture", ecsterStyle, false, nil, capture(ecsterStyle.money("300.00")), byRead},
	{"ecster capture for good", ecsterStyle, false, nil, finalCapture(ecsterStyle.money("300.00")), byRead},
	{"ecster cancel", ecsterStyle, false, nil, cancel(nil), byRead},
	{"ecster refund", ecsterStyle, false, []engine.Ask{capture(nil)}, refund(ecsterStyle.money("300.00")), byRead},
	{"iwocapay create", iwocapayStyle, true, nil, engine.Ask{Kind: canonical.OpCreate}, harmless},
	{"iwocapay cancel", iwocapayStyle, true, nil, cancel(nil), byRepeat},
	{"cryptopay create", cryptopayStyle, true, nil, engine.Ask{Kind: canonical.OpCreate}, byRepeat},
	{"cryptopay refund", cryptopayStyle, false, nil, refund(cryptopayStyle.money("300.00")), byRead},
}

// ready brings a kit to the point where the movement can be asked for.
func (m movement) ready(t tester) (*kit, canonical.Order) {
	t.Helper()
	if m.ask.Kind == canonical.OpCreate {
		return newKit(t, m.style), canonical.Order{}
	}
	begin := m.style.reserved
	if m.fresh {
		begin = m.style.created
	}
	k, order := begin(t, "1000.00")
	for _, ask := range m.first {
		k.do(order.ID, ask)
	}
	return k, order
}

// perform asks for the movement with the key given.
func (m movement) perform(k *kit, e *engine.Engine, call engine.Call, order canonical.Order) (engine.Answer, error) {
	if m.ask.Kind == canonical.OpCreate {
		return e.Create(k.Context(), call, m.style.newOrder("1000.00"))
	}
	return e.Submit(k.Context(), call, order.ID, m.ask)
}

// after is the order the movement was made on.
func (k *kit) after(order canonical.Order) canonical.Order {
	k.Helper()
	if order.ID != "" {
		return k.order(order.ID)
	}
	orders, err := k.engine.Orders(k.Context(), k.call(), engine.Page{Limit: 1}, nil)
	if err != nil || len(orders) != 1 {
		k.Fatalf("orders: %v %v", orders, err)
	}
	return orders[0]
}

func TestLostReplies(t *testing.T) {
	t.Parallel()
	for _, m := range movements {
		for _, fault := range []struct {
			name string
			acts bool
		}{{"lose_reply", true}, {"lose_request", false}, {"error_after", true}, {"error_before", false}, {"garbage", true}} {
			t.Run(m.name+"/"+fault.name, func(t *testing.T) {
				k, order := m.ready(t)
				k.fault(m.style.name(), m.operation(), fault.name)
				answer, err := m.perform(k, k.engine, k.callWith("key", "request"), order)
				if left := k.world.Faults(); len(left) > 0 {
					t.Fatalf("the fault met nothing: %+v", left)
				}
				if m.heals == harmless {
					k.wantHarmless(m, fault.name, answer, err)
					return
				}
				if err != nil {
					t.Fatalf("%s: %v, want no problem while it is not known", m.name, err)
				}
				if s := answer.Operation.State; s != canonical.Doubtful && s != canonical.HandedOver && fault.name != "garbage" {
					t.Fatalf("%s is %s right after, want in_doubt", m.name, s)
				}
				k.later(time.Hour)
				k.wantHealed(m, fault.acts, answer.Operation.ID)
				after := k.after(order)
				k.wantRules(after)
				if m.heals != byPerson {
					k.wantEqualBooks(m.style, after)
				}
			})
		}
	}
}

func TestAReplyThatCannotBeReadIsReadBackAtOnce(t *testing.T) {
	s := ecsterStyle
	k, order := s.reserved(t, "1000.00")
	k.fault(s.name(), "capture", "garbage")
	k.wantState(k.do(order.ID, capture(nil)).Operation, canonical.Succeeded, canonical.NextNone)
	k.wantAllBooks(s)
}

// wantHarmless: what is harmless was sent twice and came through, or garbled and left the key free.
func (k *kit) wantHarmless(m movement, fault string, answer engine.Answer, err error) {
	k.Helper()
	if fault == "garbage" {
		if e := k.problem(m.ask.Kind, answer, err); e.Kind != canonical.ProviderGarbled {
			k.Errorf("problem %s, want provider_garbled", e.Kind)
		}
		if answer, err = m.perform(k, k.engine, k.callWith("key", "request"), k.orderOf(m, answer)); err != nil {
			k.Fatalf("the key is not free: %v", err)
		}
	}
	if err != nil || answer.Operation.State != canonical.Succeeded {
		k.Fatalf("%s is %s, %v", m.name, answer.Operation.State, err)
	}
}

// orderOf is the order a movement is repeated on.
func (k *kit) orderOf(m movement, answer engine.Answer) canonical.Order {
	if m.ask.Kind == canonical.OpCreate {
		return canonical.Order{}
	}
	return k.after(answer.Order)
}

func (k *kit) wantHealed(m movement, acted bool, id string) {
	k.Helper()
	op := k.operation(id)
	switch {
	case m.heals == byPerson:
		k.wantState(op, canonical.HandedOver, canonical.NextContactOperator)
	case acted || m.heals == byRepeat:
		k.wantState(op, canonical.Succeeded, canonical.NextNone)
	case m.heals == bySight:
		k.later(5 * 24 * time.Hour)
		k.wantState(k.operation(id), canonical.HandedOver, canonical.NextContactOperator)
	default:
		k.wantState(op, canonical.Failed, canonical.NextRetryNewKey)
	}
}
