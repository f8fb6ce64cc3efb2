package certify_test

import (
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox"
	"github.com/lendgate/lendgate/adapters/sandbox/ecster"
	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/adapters/sandbox/spendoption"
	"github.com/lendgate/lendgate/gateway/certify"
)

// secrets are in the environment, once for all tests, so that these may wait at the same time.
var secrets = map[string]string{"ECSTER_KEY": "sandbox-api-key", "RIVERTY_KEY": "riverty-of-a-sandbox"}

func TestMain(m *testing.M) {
	for name, value := range secrets {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// sandboxed is a simulated lender over HTTP, as a team's sandbox would be, with customers who do what they are
// told to. It tells where it is.
func sandboxed(t *testing.T, l lender.Lender) (url string, customers io.Writer) {
	t.Helper()
	world, err := sandbox.New(sandbox.Options{Lenders: []lender.Lender{l}, Deliver: func([]lender.Notice) {}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(world.Handler())
	t.Cleanup(func() {
		server.Close()
		_ = world.Close()
	})
	return server.URL + "/" + l.Name(), customer{world, l.Name()}
}

// customer finishes every order that nobody has finished when told where to go.
type customer struct {
	world *sandbox.World
	name  string
}

// Write is what certify tells.
func (c customer) Write(told []byte) (int, error) {
	for _, o := range c.world.Orders(c.name) {
		_ = c.world.Act(c.name, lender.Act{Order: o.ID, Do: "complete"}) // refused where it is finished
	}
	return len(told), nil
}

func there(t *testing.T, name string, r certify.Remote) *certify.Subject {
	t.Helper()
	subject, err := certify.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	remote, err := subject.Against(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return remote
}

func ran(t *testing.T, s *certify.Subject) *certify.Report {
	t.Helper()
	report, err := s.Run()
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// standing is what became of a claim.
func standing(t *testing.T, r *certify.Report, row, claim string) certify.Standing {
	t.Helper()
	for _, c := range r.Claims {
		if c.Row == row && c.Claim == claim {
			return c.Standing
		}
	}
	t.Fatalf("there is no claim %s of %s", claim, row)
	return ""
}

func shop(t *testing.T, faults ...string) certify.Remote {
	t.Helper()
	url, customers := sandboxed(t, ecster.New(ecster.Settings{APIKey: "sandbox-api-key", MerchantKey: "10045127", MerchantID: "60417733"}))
	return certify.Remote{URL: url, Faults: faults, Wait: time.Minute, Every: time.Millisecond, Doubts: 20 * time.Second, Out: customers, Set: []string{
		"api_key=${env:ECSTER_KEY}", "merchant_key=10045127", "shop_terms_url=https://shop.example/terms",
	}}
}

func TestALenderThatKeepsItsWordIsProven(t *testing.T) {
	t.Parallel()
	report := ran(t, there(t, "ecster", shop(t, "none", "lost after acting", "500 after acting")).OnlyLife("whole life"))
	if !report.Good {
		t.Errorf("got %s", written(report))
	}
	for _, claim := range []string{"found by reference", "amount", "partial"} {
		if got := standing(t, report, "credit", claim); got != certify.Proven {
			t.Errorf("%s of credit: got %s, want %s", claim, got, certify.Proven)
		}
	}
	if text := written(report); strings.Contains(text, "sandbox-api-key") {
		t.Error("the report holds a secret")
	}
}

// TestWhoAsksIsNotTold: an address may carry a name and a password, and reports are passed around.
func TestWhoAsksIsNotTold(t *testing.T) {
	r := shop(t, "none")
	r.URL = strings.Replace(r.URL, "://", "://shop-1042:hidden-7a4k@", 1)
	report := ran(t, there(t, "ecster", r))
	if text := written(report) + report.Against; strings.Contains(text, "hidden-7a4k") || strings.Contains(text, "shop-1042") || !strings.Contains(text, "http://127.0.0.1") {
		t.Errorf("got %s", text)
	}
}

func TestALenderThatIgnoresAKeyIsRefuted(t *testing.T) {
	t.Parallel()
	report := ran(t, there(t, "ecster", shop(t, "none", "delivered twice")).OnlyLife("whole life").ClaimsKey("debit"))
	if got := standing(t, report, "debit", "key"); got != certify.Refuted || report.Good {
		t.Errorf("got %s, want %s:\n%s", got, certify.Refuted, written(report))
	}
}

// TestALenderThatCannotBeReadProvesNothing: nobody could see that it acted twice.
func TestALenderThatCannotBeReadProvesNothing(t *testing.T) {
	t.Parallel()
	settings := spendoption.Settings{MerchantID: "0d4c7d1e-52a5-4d0b-9a54-6f2f5f0c9e21", TenantID: "tn-sandbox", IgnoresKeyOn: []string{"settle"}}
	url, customers := sandboxed(t, spendoption.New(settings))
	report := ran(t, there(t, "spendoption", certify.Remote{URL: url, Faults: []string{"none", "delivered twice"}, Out: customers, Set: []string{
		"merchant_id=" + settings.MerchantID, "tenant_id=" + settings.TenantID, "sca=off",
	}}))
	for _, claim := range []string{"key", "amount"} {
		if got := standing(t, report, "settle", claim); got != certify.NotShown {
			t.Errorf("%s of settle: got %s, want %s", claim, got, certify.NotShown)
		}
	}
}

func TestNobodyAtTheLenderIsTold(t *testing.T) {
	t.Parallel()
	remote := shop(t, "none")
	remote.Wait, remote.Out = time.Millisecond, io.Discard
	text := written(ran(t, there(t, "ecster", remote).OnlyLife("whole life")))
	if want := "nobody did at the lender what this step says"; !strings.Contains(text, want) {
		t.Errorf("got %s, want %s", text, want)
	}
}

// settings that cannot be taken, and what is said of them.
var settings = []struct {
	name string
	url  string
	set  []string
	want string
}{
	{"no address", "acme", nil, "--against: must be the address of the lender's sandbox"},
	{"a secret in clear", "http://127.0.0.1:1", []string{"api_key=sk_live_1042"}, "--set api_key: is secret: give it as api_key=${env:NAME}"},
	{"a variable that is not set", "http://127.0.0.1:1", []string{"api_key=${env:CERTIFY_NOWHERE}"}, "--set api_key: the environment has no CERTIFY_NOWHERE"},
	{"a setting that is not there", "http://127.0.0.1:1", []string{"key=1"}, "--set key: is no setting"},
	{"a setting that is missing", "http://127.0.0.1:1", []string{"merchant_key=1"}, "--set api_key: is missing"},
}

func TestSettingsOfALender(t *testing.T) {
	for _, s := range settings {
		t.Run(s.name, func(t *testing.T) {
			subject, err := certify.Load("ecster")
			if err != nil {
				t.Fatal(err)
			}
			_, err = subject.Against(t.Context(), certify.Remote{URL: s.url, Set: s.set})
			if err == nil || !strings.Contains(err.Error(), s.want) {
				t.Errorf("got %v, want %s", err, s.want)
			}
			if err != nil && strings.Contains(err.Error(), "sk_live_1042") {
				t.Error("the error holds a secret")
			}
		})
	}
}
