package gateway_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/gateway"
)

// lendgate runs the command line in a folder, and gives what it prints.
func lendgate(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	t.Chdir(dir)
	var out, logs bytes.Buffer
	c := gateway.Command(&out, &logs)
	c.SetArgs(args)
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

func TestAnAdapterIsMadeTriedAndRecordedFromTheCommandLine(t *testing.T) {
	lender := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Key") != "sk-of-acme" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"id":"ord-1","reference":%q,"status":"STARTED","checkout_url":"https://checkout.example.com/1"}`, "mine-1")
	}))
	t.Cleanup(lender.Close)
	dir := t.TempDir()
	t.Setenv("ACME_API_KEY", "sk-of-acme")
	live := []string{"--base-url", lender.URL, "--set", "merchant_id=10042", "--set", "api_key=${env:ACME_API_KEY}", "--reference", "mine-1"}
	for _, row := range []struct {
		args []string
		want []string
	}{
		{[]string{"new", "acme"}, []string{"acme.yaml\n", "acme/cases/create.json", "then: lendgate adapter try acme.yaml create --dry"}},
		{[]string{"try", "acme.yaml", "create", "--dry"}, []string{"POST /v1/orders", "nothing was sent: this is the request"}},
		{[]string{"try", "acme.yaml", "create", "--dry", "--amount", "7.50", "--save", "sample.json"}, []string{"nothing was sent"}},
		{[]string{"try", "acme.yaml", "create", "--dry", "--order", "sample.json"}, []string{`"amount": 750`}},
		{[]string{"try", "acme.yaml", "probe", "--from", "some.har", "--entry", "2"}, []string{"reply  503"}},
		{[]string{"try", "acme.yaml", "create", "--case", "acme/cases/create.json"}, []string{"done: the lender did what was asked"}},
		{append([]string{"try", "acme.yaml", "create", "--save", "order.json"}, live...), []string{"X-Api-Key: [sealed]", "ord-1: pending"}},
		{[]string{"try", "acme.yaml", "cancel", "--order", "order.json", "--dry"}, []string{"DELETE /v1/orders/ord-1"}},
		{[]string{"try", "acme.yaml", "create", "--from", "asked.txt"}, []string{"compared with what was copied\n  the copied request has /total, and the contract's has not"}},
		{append([]string{"record", "acme.yaml", "create", "--out", "acme/cases/mine.json", "--says", "mine"}, live...), []string{"written: acme/cases/mine.json", "invented: "}},
		{[]string{"try", "acme.yaml", "create", "--case", "acme/cases/mine.json"}, []string{"done: the lender did what was asked"}},
		{[]string{"try", "acme.yaml", "sync", "--order", "order.json", "--from", "reply.json"}, []string{`"REJECTED", means phase ended, by lender`, "ord-1: declined"}},
		{[]string{"try", "acme.yaml", "notification", "--from", "notice.txt"}, []string{"NOT PROVED"}},
	} {
		writeFile(t, dir, "reply.json", `{"id":"ord-1","reference":"mine-1","status":"REJECTED"}`)
		writeFile(t, dir, "asked.txt", "POST /v1/orders\n\n{\"total\":1}\n\nHTTP/1.1 201 Created\n\n{}")
		writeFile(t, dir, "some.har", `{"log":{"entries":[{"response":{"status":200}},{"response":{"status":503}}]}}`)
		writeFile(t, dir, "notice.txt", "POST /hook\nX-Signature: 00\n\n{\"id\":\"1\"}")
		said, err := lendgate(t, dir, append([]string{"adapter"}, row.args...)...)
		if err != nil {
			t.Fatalf("%q: %v", row.args, err)
		}
		for _, want := range row.want {
			if !strings.Contains(said, want) {
				t.Errorf("%q does not say %q:\n%s", row.args, want, said)
			}
		}
		if strings.Contains(said, "sk-of-acme") {
			t.Errorf("%q shows the key", row.args)
		}
	}
	recorded, err := os.ReadFile(filepath.Join(dir, "acme/cases/mine.json"))
	if err != nil || bytes.Contains(recorded, []byte("sk-of-acme")) || !bytes.Contains(recorded, []byte(`"case": "mine"`)) {
		t.Errorf("recorded: %v\n%s", err, recorded)
	}
	saved, err := os.Stat(filepath.Join(dir, "order.json"))
	if err != nil || saved.Mode().Perm() != 0o600 {
		t.Errorf("the saved order can be read by others: %v %v", saved.Mode(), err)
	}
}

func TestWhatIsWrongWithATrialIsToldInOneSentence(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"new", "acme"}, {"check", "acme.yaml"}, {"schema"}} {
		if _, err := lendgate(t, dir, append([]string{"adapter"}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, dir, "bent.yaml", "contract: 1\nname: bent\nwordz: {}\n")
	writeFile(t, dir, "order.json", "[]")
	writeFile(t, dir, "from.txt", "hello")
	writeFile(t, dir, "two.txt", "{}")
	writeFile(t, dir, "asked.txt", "POST /v1/orders\n\n{}")
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"new", "acme"}, "acme.yaml is there already: use another name, or another --dir"},
		{[]string{"check", "bent.yaml"}, `bent.yaml:3:1: wordz: is not known here; did you mean "words"?`},
		{[]string{"check", "gone.yaml"}, "no such file"},
		{[]string{"try", "gone.yaml", "create"}, "there is no file gone.yaml: make one with: lendgate adapter new NAME"},
		{[]string{"try", "acme", "create"}, "acme is no style: use one of creditkey, spendoption, ecster, iwocapay, cryptopay, afterpay, alma, billie, riverty, sezzle, walley, or the file of a contract, such as acme.yaml"},
		{[]string{"try", "bent.yaml", "create"}, `bent.yaml:3:1: wordz: is not known here; did you mean "words"?`},
		{[]string{"try", "acme.yaml", "create", "--case", "acme/cases/gone.json"}, "no such file"},
		{[]string{"try", "acme.yaml", "create", "--order", "order.json", "--dry"}, "order.json is no saved order"},
		{[]string{"try", "acme.yaml", "create", "--case", "acme/cases/create.json", "--order", "order.json"}, "--case brings its own order"},
		{[]string{"try", "acme.yaml", "create", "--from", "from.txt"}, "from.txt: line 1: an exchange begins with a line such as"},
		{[]string{"try", "acme.yaml", "create", "--from", "two.txt", "--entry", "2"}, "two.txt has 1 exchanges, and no entry 2"},
		{[]string{"try", "acme.yaml", "create", "--from", "asked.txt"}, "asked.txt has no reply: paste it with its status line"},
		{[]string{"try", "acme.yaml", "create", "--from", "two.txt", "--base-url", "http://127.0.0.1:1"}, "leave out --base-url and --case"},
		{[]string{"record", "acme.yaml", "create", "--base-url", "http://127.0.0.1:1", "--out", "acme/cases/create.json"}, "acme/cases/create.json is there already: give another --out, or --force to write over it"},
		{[]string{"record", "acme.yaml", "create"}, `required flag(s) "out" not set`},
		{[]string{"record", "acme.yaml", "create", "--case", "acme/cases/create.json", "--out", "x.json"}, "the case is recorded already"},
	} {
		_, err := lendgate(t, dir, append([]string{"adapter"}, row.args...)...)
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: %v, want %q", row.args, err, row.want)
		}
	}
}

// TestCasesAreReadAnewWhereTheContractReadsOtherwise, and the others stay as they are.
func TestCasesAreReadAnewWhereTheContractReadsOtherwise(t *testing.T) {
	dir := t.TempDir()
	if _, err := lendgate(t, dir, "adapter", "new", "acme"); err != nil {
		t.Fatal(err)
	}
	if out, err := lendgate(t, dir, "adapter", "reread", "acme.yaml"); err != nil || out != "" {
		t.Fatalf("of the same contract: %s %v", out, err)
	}
	path := filepath.Join(dir, "acme.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "acme.yaml", strings.Replace(string(text), "      campaign: =option.campaign\n", "      campaign: =option.campaign\n      source: lendgate\n", 1))
	if out, err := lendgate(t, dir, "adapter", "reread", "acme.yaml"); err != nil || !strings.Contains(out, "create.json") || strings.Contains(out, "capture.json") {
		t.Errorf("rewritten were %s %v", out, err)
	}
	if _, err := lendgate(t, dir, "certify", "acme.yaml"); err != nil {
		t.Errorf("afterwards it is not good: %v", err)
	}
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
