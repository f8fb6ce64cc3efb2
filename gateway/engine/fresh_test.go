package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// readFirst is a scripted provider whose captures name what only a read of the order tells.
type readFirst struct{ *scripted }

func (p readFirst) Describe() canonical.Provider {
	description := p.scripted.Describe()
	description.Capabilities = append(description.Capabilities, canonical.Capability{Operation: string(canonical.OpCapture), Fresh: true})
	return description
}

func (p readFirst) Prepare(cmd canonical.Command) (canonical.Request, error) {
	request, err := p.scripted.Prepare(cmd)
	request.Body = append(request.Body, " of "+cmd.Order.Hidden.Kept["row"]...)
	return request, err
}

// newReadFirst is an order at such a provider, whose row has another number at each read.
func newReadFirst(t *testing.T) (*kit, *scripted, canonical.Order, *int) {
	k, p, order := newScripted(t)
	k.clients["scripted"] = readFirst{p}
	p.sent = nil
	reads := 0
	p.read = func(canonical.Query) (canonical.Report, error) {
		reads++
		report := p.says("OPEN", canonical.Open)
		report.Sighting.Kept = map[string]string{"row": "row " + string(rune('0'+reads))}
		return report, nil
	}
	return k, p, order, &reads
}

func TestARequestIsMadeOfWhatTheLenderSaysJustBefore(t *testing.T) {
	k, p, order, reads := newReadFirst(t)
	part := money("100.00", "EUR")
	k.do(order.ID, capture(part))
	k.do(order.ID, capture(part))
	if *reads != 2 {
		t.Errorf("the order was read %d times for two captures", *reads)
	}
	var made []string
	for _, body := range p.bodies() {
		made = append(made, body[len(body)-len("row 1"):])
	}
	if diff := cmp.Diff([]string{"row 1", "row 2"}, made); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestWhatNeedsNoReadIsNotReadFor(t *testing.T) {
	k, p, order, reads := newReadFirst(t)
	k.do(order.ID, cancel(nil))
	if *reads != 0 || len(p.sent) != 1 {
		t.Errorf("read %d times, sent %q", *reads, p.bodies())
	}
}

func TestARepeatIsAnsweredWithoutARead(t *testing.T) {
	k, p, order, reads := newReadFirst(t)
	call := k.call()
	for range 2 {
		if _, err := k.engine.Submit(t.Context(), call, order.ID, capture(nil)); err != nil {
			t.Fatal(err)
		}
	}
	if *reads != 1 || len(p.sent) != 1 {
		t.Errorf("read %d times, sent %q", *reads, p.bodies())
	}
}

func TestNothingIsSentWhereTheReadFails(t *testing.T) {
	k, p, order, _ := newReadFirst(t)
	for name, read := range map[string]func(canonical.Query) (canonical.Report, error){
		"the lender cannot be reached": func(canonical.Query) (canonical.Report, error) {
			return canonical.Report{}, canonical.Errorf(canonical.ProviderUnavailable, "not now")
		},
		"the lender does not say": func(canonical.Query) (canonical.Report, error) {
			return canonical.Report{Finding: canonical.Mute}, nil
		},
	} {
		p.read = read
		_, err := k.engine.Submit(t.Context(), k.call(), order.ID, capture(nil))
		if canonical.KindOf(err) != canonical.ProviderUnavailable || len(p.sent) != 0 {
			t.Errorf("%s: %v, sent %q", name, err, p.bodies())
		}
	}
	if after := k.order(order.ID); after.Hidden.Open != nil {
		t.Errorf("the order is held by %+v", after.Hidden.Open)
	}
}

func TestAReadThatSaysThatTheOrderHasEndedStopsTheRequest(t *testing.T) {
	k, p, order, _ := newReadFirst(t)
	p.read = func(canonical.Query) (canonical.Report, error) {
		report := p.says("GONE", canonical.Ended, "0.00", "0.00", "0.00")
		report.Sighting.EndedBy = canonical.ByCancel
		return report, nil
	}
	_, err := k.engine.Submit(t.Context(), k.call(), order.ID, engine.Ask{Kind: canonical.OpCapture})
	if canonical.KindOf(err) != canonical.OperationNotAllowed || len(p.sent) != 0 {
		t.Errorf("%v, sent %q", err, p.bodies())
	}
}
