package gateway_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/canonical"
)

// declare puts a contract in the place of the style creditkey: the same lender, described in YAML.
func (s *site) declare() (contract string) {
	s.t.Helper()
	contract = filepath.Join(s.data, "creditkey.yaml")
	write(s.t, contract, source(s.t, "gateway/testdata/creditkey.yaml"))
	s.configure("style: creditkey ", "style: declared\n    contract: creditkey.yaml ")
	return contract
}

// TestAContractCarriesAWholeLife at a lender that knows nothing of it, with lost replies and the lender's own
// messages on the way; the lender's books are the judge.
func TestAContractCarriesAWholeLife(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	s.declare()
	s.together()
	if err := s.life("BY-CONTRACT-1"); err != nil {
		t.Fatal(err)
	}
	part := s.place("creditkey-us", "BY-CONTRACT-2", "250.00")
	s.must(http.StatusOK, "POST", "/v1/orders/"+part.ID+"/authorize", "")
	s.fault("creditkey", "capture", "lose_reply", 1)
	s.must(http.StatusAccepted, "POST", "/v1/orders/"+part.ID+"/capture", "")
	s.advance(5 * time.Minute)
	s.must(http.StatusOK, "POST", "/v1/orders/"+part.ID+"/refund", `{"amount":{"value":"100.00","currency":"USD"}}`)
	gone := s.place("creditkey-us", "BY-CONTRACT-3", "300.00")
	s.must(http.StatusOK, "POST", "/v1/orders/"+gone.ID+"/authorize", "")
	s.must(http.StatusOK, "POST", "/v1/orders/"+gone.ID+"/cancel", "")
	s.wantProblem("POST", "/v1/orders/"+gone.ID+"/capture", "", canonical.OperationNotAllowed, canonical.NextSync)
	s.wantStatus(part.ID, "partially_refunded")
	s.wantStatus(gone.ID, "canceled")
	s.wantEqualBooks()
	if open := s.wantNothingOpen(); open > 0 {
		t.Errorf("%d operations wait for a person", open)
	}
	s.wantVerified()
	var view struct{ Style, Title string }
	if s.readAs(s.operator, "/v1/providers/creditkey-us", &view); view.Style != "declared" || view.Title != "Credit Key, by contract" {
		t.Errorf("the provider is shown as %+v", view)
	}
}

// TestAContractIsTakenWhileTheGatewayRuns: one with a mistake is refused, and the one before stays in force.
func TestAContractIsTakenWhileTheGatewayRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	contract := s.declare()
	gateway := s.together()
	before := s.configOf("creditkey-us")
	refused, taken := s.looks(refusedLine), s.looks(takenLine)
	good := source(t, "gateway/testdata/creditkey.yaml")
	write(t, contract, strings.Replace(good, "horizon: 1m", "horizn: 1m", 1))
	s.until("the mistake is seen", func() bool { return s.looks(refusedLine) > refused })
	if err := s.life("WHILE-REFUSED"); err != nil {
		t.Error(err)
	}
	if now := s.configOf("creditkey-us"); now != before {
		t.Errorf("the hash is %s, and was %s", now, before)
	}
	write(t, contract, strings.Replace(good, "title: Credit Key, by contract", "title: Credit Key, by another", 1))
	s.until("the contract is taken", func() bool { return s.looks(takenLine) > taken })
	if now := s.configOf("creditkey-us"); now == before {
		t.Errorf("the hash is still %s", now)
	}
	if err := s.life("WITH-ANOTHER"); err != nil {
		t.Error(err)
	}
	if err := gateway.stop(); err != nil {
		t.Fatal(err)
	}
	if line := gateway.logged(t, "the configuration is refused"); !strings.Contains(line, contract+":") || !strings.Contains(line, `did you mean \"horizon\"?`) {
		t.Errorf("the log says %s", line)
	}
}
