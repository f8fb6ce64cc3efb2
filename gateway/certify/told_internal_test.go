package certify

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

// toldOverHTTP is the lender of Riverty's story behind a socket. All it knows of us is what requests say.
type toldOverHTTP struct {
	mu    sync.Mutex
	story *story
	now   *teller
}

func (l *toldOverHTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	a := arrival{Wire: adapters.Wire{Class: adapters.ReadCall, Method: r.Method, Header: r.Header, Body: body}, path: r.URL.RequestURI()}
	if r.Method != http.MethodGet {
		a.Class = adapters.MoneyCall
		l.ask(&a)
	}
	reply := l.now.answer(time.Now(), a)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}

// ask reads off a request which step it is about, and what we call it. A new number is a new order.
func (l *toldOverHTTP) ask(a *arrival) {
	tree := parsed(a.Body)
	number, _ := at(tree, "/order/number")
	if reference, is := number.(string); is && (l.now == nil || l.now.order.ProviderOrder.Reference != reference) {
		l.now = newTeller(l.story)
		l.now.order.ProviderOrder.Reference = reference
	}
	sent := sending{order: l.now.order, body: string(a.Body), attempt: a.path}
	if number != nil {
		sent.reference = l.now.order.ProviderOrder.Reference
	}
	if mark, is := at(tree, "/transactionReference"); is {
		sent.reference, _ = mark.(string)
		sent.attempt = sent.reference
	}
	for i := range l.story.scenes {
		s := &l.story.scenes[i]
		sent.row = s.row
		if a.by = &sent; s.sent != nil && s.sent.Method == a.Method && l.now.renamed(s.sent.Path, s, &account{}) == a.path {
			l.now.meet(s, sent)
			return
		}
	}
}

// riverty is the contract, changed, as it is tried at that lender.
func riverty(t *testing.T, swap ...string) *Report {
	t.Helper()
	_, text := declared.ShippedText("riverty")
	cases, err := declared.ShippedCases("riverty")
	if err != nil {
		t.Fatal(err)
	}
	subject, err := Read("riverty.yaml", []byte(strings.NewReplacer(swap...).Replace(string(text))), cases)
	if err != nil {
		t.Fatal(err)
	}
	subject.OnlyLife("part is captured").harness = nil
	server := httptest.NewServer(&toldOverHTTP{story: subject.stories[0]})
	t.Cleanup(server.Close)
	there, err := subject.Against(t.Context(), Remote{
		URL: server.URL + "/", Set: []string{"api_key=${env:RIVERTY_KEY}"}, Faults: []string{"none", "lost after acting", "wrong amount"}, Wait: time.Second, Doubts: 5 * time.Second, Out: os.Stderr,
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := there.Run()
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func standingOf(r *Report, row, claim string) Standing {
	for _, c := range r.Claims {
		if c.Row == row && c.Claim == claim {
			return c.Standing
		}
	}
	return ""
}

func TestAContractIsProvenAtItsLender(t *testing.T) {
	t.Parallel()
	report := riverty(t)
	var text strings.Builder
	if report.Write(&text); !report.Good || strings.Contains(text.String(), "riverty-of-a-sandbox") {
		t.Errorf("got %s", text.String())
	}
	for _, claim := range []claimName{claimFound, claimTotals, claimAmount, claimPartial, claimReply} {
		if got := standingOf(report, string(canonical.OpCapture), string(claim)); got != Proven {
			t.Errorf("%s of capture is %s", claim, got)
		}
	}
	if got := standingOf(report, string(canonical.OpCapture), string(claimHorizon)); got != NotShown {
		t.Errorf("horizon of capture is %s, and nothing tried it", got)
	}
}

func TestAContractIsRefutedAtItsLender(t *testing.T) {
	t.Parallel()
	report := riverty(t, "amount: /amount, reference: /transactionReference, lender_reference: /captureNumber}", "amount: /amount, reference: /captureNumber, lender_reference: /captureNumber}")
	if got := standingOf(report, string(canonical.OpCapture), string(claimFound)); got != Refuted || report.Good {
		t.Errorf("found by reference is %s", got)
	}
}
