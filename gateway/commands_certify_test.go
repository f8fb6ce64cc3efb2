package gateway_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/gateway"
)

// certified runs the command and returns what it prints, and its error.
func certified(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	c := gateway.Command(&out, io.Discard)
	c.SetArgs(append([]string{"certify"}, args...))
	c.SetErr(io.Discard)
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

func TestCertifySaysWhatIsGood(t *testing.T) {
	text, err := certified(t, "iwocapay")
	if err != nil || !strings.Contains(text, "GOOD: everything that was tried holds.") {
		t.Errorf("got %v and %s", err, text)
	}
	text, err = certified(t, "iwocapay", "--json")
	if err != nil || !strings.Contains(text, `"good": true`) {
		t.Errorf("got %v and %s", err, text)
	}
}

// TestCertifyFailsWhereAClaimIsRefuted: billie without a horizon that fits, in a file of its own.
func TestCertifyFailsWhereAClaimIsRefuted(t *testing.T) {
	folder := t.TempDir()
	_, contract := declared.ShippedText("billie")
	cases, err := declared.ShippedCases("billie")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(contract), "horizon: 1m", "horizon: 1s", 1)
	if err := os.WriteFile(filepath.Join(folder, "acme.yaml"), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "acme", "cases"), cases); err != nil {
		t.Fatal(err)
	}
	text, err := certified(t, filepath.Join(folder, "acme.yaml"))
	if want := "refuted     lender block: the contract says 1s, and the lender may act as late as 1m0s"; err == nil || !strings.Contains(text, want) {
		t.Errorf("got %v, want %s in\n%s", err, want, text)
	}
}

func TestCertifySaysWhyItCannotTry(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"nobody"}, "no lender of this name comes with Lendgate: creditkey"},
		{[]string{"./nothing.yaml"}, "no such file"},
		{[]string{"ecster", "--against", "https://api.ecster.example"}, "say --yes if this is the lender's sandbox"},
		{[]string{"ecster", "--against", "http://127.0.0.1:1"}, "--set api_key: is missing"},
	} {
		if _, err := certified(t, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %s", c.args, err, c.want)
		}
	}
}
