package certify_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/gateway/certify"
)

// updating: the suite of adapters has the flag already, which says to write expectations anew.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// reports are those of the lenders that ship, made once.
var reports sync.Map

func certified(t *testing.T, name string) *certify.Report {
	t.Helper()
	once, _ := reports.LoadOrStore(name, sync.OnceValues(func() (*certify.Report, error) {
		subject, err := certify.Load(name)
		if err != nil {
			return nil, err
		}
		return subject.Run()
	}))
	report, err := once.(func() (*certify.Report, error))()
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestEveryLenderIsGood: what ships is certified, and its report is what it was.
func TestEveryLenderIsGood(t *testing.T) {
	for _, name := range certify.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := certified(t, name)
			if !report.Good {
				t.Error("not good")
			}
			golden(t, name+".txt", written(report))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if updating() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (- recorded, + now)\n%s", file, diff)
	}
}

// TestEveryFaultBefallsSomething: a fault that is spared everywhere proves nothing.
func TestEveryFaultBefallsSomething(t *testing.T) {
	for _, fault := range certify.Faults() {
		fell := func(name string) bool {
			return slices.ContainsFunc(certified(t, name).Matrix, func(c certify.Cell) bool {
				return c.Fault == fault && (c.Verdict == certify.OK || c.Verdict == certify.Person)
			})
		}
		if !slices.ContainsFunc(certify.Names(), fell) {
			t.Errorf("fault %q befalls nothing", fault)
		}
	}
}

func TestTheReportIsJSON(t *testing.T) {
	text, err := json.Marshal(certified(t, "iwocapay"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Lender string
		Good   bool
		Matrix []struct {
			Operation, Fault, Verdict string
		}
		Claims []struct{ Operation, Claim, Standing string }
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Lender != "iwocapay" || !got.Good || len(got.Matrix) == 0 || len(got.Claims) == 0 {
		t.Errorf("got %s, good %t, %d cells, %d claims", got.Lender, got.Good, len(got.Matrix), len(got.Claims))
	}
	i := slices.IndexFunc(got.Claims, func(c struct{ Operation, Claim, Standing string }) bool { return c.Claim == "notifications" })
	if i < 0 || got.Claims[i].Standing != "consistent" {
		t.Errorf("notifications are not consistent: %+v", got.Claims)
	}
}

// contract is a shipped contract with some of its text replaced, pair by pair.
func contract(t *testing.T, name string, pairs ...string) (*certify.Subject, error) {
	t.Helper()
	return replaced(t, name, nil, pairs...)
}

// replaced is a contract that ships, changed, with some of its cases replaced.
func replaced(t *testing.T, name string, cases map[string]string, pairs ...string) (*certify.Subject, error) {
	t.Helper()
	_, text := declared.ShippedText(name)
	changed := string(text)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(changed, pairs[i]) {
			t.Fatalf("the contract has no %q", pairs[i])
		}
		changed = strings.Replace(changed, pairs[i], pairs[i+1], 1)
	}
	shipped, err := declared.ShippedCases(name)
	if err != nil {
		t.Fatal(err)
	}
	if cases == nil {
		return certify.Read(name+".yaml", []byte(changed), shipped)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, shipped); err != nil {
		t.Fatal(err)
	}
	for one, text := range cases {
		if err := os.WriteFile(filepath.Join(folder, one+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certify.Read(name+".yaml", []byte(changed), os.DirFS(folder))
}

// mistakes are blocks that cannot be tried, and what is said of them.
var mistakes = []struct {
	name string
	swap []string
	want string
}{
	{"a block under another name", []string{"\nlender:", "\nassumed_not:"}, "sezzle.yaml:114:1: assumed_not: is not known here; use one of"},
	{"a key that is not known", []string{"acts_within: 2m", "acts_withn: 2m"}, `sezzle.yaml:118:3: lender.acts_withn: is not known here; did you mean "acts_within"?`},
	{"a duration that is none", []string{"acts_within: 2m", "acts_within: soon"}, "sezzle.yaml:118:16: lender.acts_within: must be a duration such as 90s, 5m or 24h"},
	{"a form that is not known", []string{"form: minor_integer\n  acts", "form: cents\n  acts"}, "lender.form: must say how the lender's requests write amounts: minor_integer, minor_string, major_number, major_string"},
	{"a case that is not there", []string{"case: create, read: sync_active", "case: creat, read: sync_active"}, `there is no case creat.json; did you mean "create"?`},
	{"a read that is none", []string{"read: sync_active", "read: capture"}, "lender.lives[0].steps[0].read: must be a case of a read with its reply"},
	{"a request of which nothing is said", []string{"    leave: {does: nothing, yes: {}}\n", ""}, "lender.requests: leave is missing: what does the lender take from this request?"},
	{"a row that is not there", []string{"    leave: {does: nothing, yes: {}}", "    leaf: {does: nothing, yes: {}}"}, `lender.requests.leaf: is no row of the contract; did you mean "leave"?`},
	{"an order of which nobody says whether it reserves", []string{"create: {does: nothing, yes", "create: {yes"}, "lender.requests.create.does: is missing: nothing, where a second order reserves and owes nothing; authorize, where the order reserves at once"},
	{"a step that says nothing of reads", []string{"- case: capture\n          read: {case: sync, with: {/authorization/captures: [{uuid: cap-9, amount: {amount_in_cents: 10000, currency: USD}}], /authorization/releases: [], /authorization/refunds: []}}", "- case: capture"},
		"does not say what reads show afterwards: record one (lendgate adapter record FILE sync) and name it as read:"},
	{"a setting that is not there", []string{"public_key: sz_pub_1042", "public_kee: sz_pub_1042"}, "lender.settings.public_kee: is no setting of the contract"},
	{"a life that begins with nothing of ours", []string{"        - {case: create, read: sync_active}\n        - {by: lender, does: nothing, read: sync_denied}", "        - {by: lender, does: nothing, read: sync_denied}"}, "must be a case: a life begins with a create of ours"},
	{"a key of a reading that is not known", []string{"read: {case: sync, with: {/authorization/captures: [], /authorization", "read: {case: sync, wiht: {/authorization/captures: [], /authorization"}, `.read.wiht: is not known here; did you mean "with"?`},
	{"no token for who asks for one", []string{"\n  token: {reply:", "\n  # token: {reply:"}, "lender.token: is missing: the contract asks the lender for a token; add what it answers, lender.token: {reply: {access_token: t-1, expires_in: 3600}, life: 1h}"},
	{"a map where a word belongs", []string{"leave: {does: nothing,", "leave: {does: {a: b},"}, "lender.requests.leave.does: must be text"},
	{"a word where a map belongs", []string{"key: {header: Sezzle-Request-Id, life: 24h}, yes: {/uuid: text}}", "key: Sezzle-Request-Id, yes: {/uuid: text}}"}, ".key: must be a map"},
	{"a yes that is a map", []string{"yes: {/uuid: text}", "yes: {/uuid: {a: b}}"}, ".yes./uuid: must be a word, or a list of the lender's words"},
	{"a status that is none", []string{"before_acting: [", "before_acting: [soon, "}, "lender.before_acting[0]: must be a whole number"},
	{"a key that is there twice", []string{"  acts_within: 2m", "  acts_within: 3m\n  acts_within: 2m"}, "sezzle.yaml:119:3: lender.acts_within: is written twice: keep one of them"},
	{"what people do at a simulated lender", []string{"{by: lender, does: nothing, read: sync_denied}", "{by: lender, does: nothing, act: zz, read: sync_denied}"}, ".act: is of simulated lenders alone: say by: customer or lender, and does:"},
	{"what is asked of a simulated lender", []string{"{by: lender, does: nothing, read: sync_denied}", "{by: lender, does: nothing, ask: zz, read: sync_denied}"}, ".ask: is of simulated lenders alone: name a case that records the request, case: NAME"},
	{"a notification that is none", []string{"notice: notice", "notice: capture"}, "lender.lives[0].steps[1].notice: is no recorded notification"},
	{"a step that is two things", []string{"{by: lender, does: nothing, read: sync_denied}", "{by: lender, case: leave, does: nothing, read: sync_denied}"}, "is either case: NAME, a request of ours, or by: customer or lender, what happens there"},
	{"a yes that is none", []string{"capture: {amount: /capture_amount/amount_in_cents, currency: /capture_amount/currency, key: {header: Sezzle-Request-Id, life: 24h}, yes: {/uuid: text}}", "capture: {amount: /capture_amount/amount_in_cents, yes: {/uuid: id}}"},
		"lender.requests.capture.yes: /uuid must be one of text, figure, amount, currency, reference, order, or a list of the lender's words"},
	{"an ending that is none", []string{"{by: lender, does: nothing, read: sync_denied}", "{by: lender, does: nothing, read: sync_denied, is: over}"}, "is: must be one of done, declined, refused, later"},
}

func TestMistakesAreTold(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			_, err := contract(t, "sezzle", m.swap...)
			if err == nil || !strings.Contains(err.Error(), m.want) || strings.Contains(err.Error(), "unmarshal") {
				t.Errorf("got %v, want %s", err, m.want)
			}
		})
	}
}

// TestCasesOfTwoOrders: a life is of one order, and a case of another does not belong into it.
func TestCasesOfTwoOrders(t *testing.T) {
	shipped, err := declared.ShippedCases("sezzle")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, shipped); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "release.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.ReplaceAll(string(text), "ed5b3a0c-2f0e-4a51-9f1e-7c2b1f8e0a11", "00000000-2f0e-4a51-9f1e-7c2b1f8e0a11")
	if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	_, contract := declared.ShippedText("sezzle")
	_, err = certify.Read("acme.yaml", contract, os.DirFS(folder))
	if want := "case release is about another order: its order.provider_order.id is not that of case"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAContractWithoutABlock(t *testing.T) {
	_, text := declared.ShippedText("sezzle")
	before, _, _ := strings.Cut(string(text), "\nlender:")
	_, err := certify.Read("acme.yaml", []byte(before+"\n"), os.DirFS(t.TempDir()))
	if want := "acme.yaml:1:1: lender: is missing"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAContractWithoutCases(t *testing.T) {
	file := filepath.Join(t.TempDir(), "acme.yaml")
	_, text := declared.ShippedText("sezzle")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := certify.Load(file)
	if want := "they belong into the folder acme/cases beside the contract"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestAFileIsCertified: a team's own files, in the layout that everybody keeps to.
func TestAFileIsCertified(t *testing.T) {
	folder := t.TempDir()
	_, text := declared.ShippedText("riverty")
	cases, err := declared.ShippedCases("riverty")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "acme.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "acme", "cases"), cases); err != nil {
		t.Fatal(err)
	}
	subject, err := certify.Load(filepath.Join(folder, "acme.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := subject.Only("none", "lost after acting").Run()
	if err != nil || !report.Good {
		t.Errorf("got %v and %s", err, written(report))
	}
}
