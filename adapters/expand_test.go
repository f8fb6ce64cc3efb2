package adapters_test

import (
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/canonical"
)

func TestATemplateIsFilledFromTheCommand(t *testing.T) {
	full := command(canonical.OpCapture)
	full.Order.Customer.Reference = "cust/9"
	full.Order.Hidden.Kept = map[string]string{"auth": "A 1"}
	full.Order.ProviderOptions = canonical.Values{}.With("channel", "shop").With("pair", "x&y= 1").With("both", "order's")
	full.Options = canonical.Values{}.With("token", "T?1").With("both", "call's")
	full.Capture = &canonical.CaptureEntry{Reference: "D#1"}
	bare := canonical.Command{Kind: canonical.OpCapture, Order: canonical.Order{Phase: canonical.Open}, Amount: full.Amount}
	for _, row := range []struct {
		name, template string
		cmd            canonical.Command
		want           string
		kind           canonical.Kind
	}{
		{"the lender's id", "/orders/{id}", full, "/orders/L-1", ""},
		{"our number", "/by/{reference}/x", full, "/by/R-1/x", ""},
		{"the customer", "/of/{customer}", full, "/of/cust%2F9", ""},
		{"a capture", "/debits/{capture}", full, "/debits/D%231", ""},
		{"the key", "/k/{key}", full, "/k/key-1", ""},
		{"what was kept", "/a/{kept.auth}", full, "/a/A%201", ""},
		{"an option of the call", "/o/{option.token}", full, "/o/T%3F1", ""},
		{"an option of the order", "/o/{option.channel}", full, "/o/shop", ""},
		{"the call's option before the order's", "/o/{option.both}", full, "/o/call%27s", ""},
		{"what would change a query", "/a?t={option.token}&c={option.pair}", full, "/a?t=T%3F1&c=x%26y%3D+1", ""},
		{"two names", "/{id}/{reference}", full, "/L-1/R-1", ""},
		{"no names", "/plain", bare, "/plain", ""},
		{"no id", "/orders/{id}", bare, "", canonical.OperationNotAllowed},
		{"no capture", "/debits/{capture}", bare, "", canonical.OperationNotAllowed},
		{"nothing kept", "/a/{kept.auth}", bare, "", canonical.OperationNotAllowed},
		{"a name nobody knows", "/a/{nobody}", full, "", canonical.OperationNotAllowed},
		{"a brace left open", "/a/{id", full, "", canonical.OperationNotAllowed},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := shop()
			d.Exchanges[0].Path = row.template
			request, err := newClient(d, always(200, ""), wideGate()).Prepare(row.cmd)
			if row.kind != "" {
				if err == nil || canonical.KindOf(err) != row.kind {
					t.Errorf("%q %v, want %s", request.Path, err, row.kind)
				}
				return
			}
			if err != nil || request.Path != row.want {
				t.Errorf("%q %v, want %q", request.Path, err, row.want)
			}
		})
	}
}

func TestAHeaderWithoutAValueIsLeftOutOrAMistake(t *testing.T) {
	d := shop()
	d.Exchanges[0].Headers = []adapters.Header{{Name: "x-sca", Value: "Bearer {option.token}", Optional: true}, {Name: "x-order", Value: "{id}"}}
	client := newClient(d, always(200, ""), wideGate())
	cmd := command(canonical.OpCapture)
	request, err := client.Prepare(cmd)
	if _, sent := request.Header["x-sca"]; err != nil || sent || request.Header["x-order"] != "L-1" {
		t.Errorf("%v %v", request.Header, err)
	}
	cmd.Options = canonical.Values{}.With("token", "a b")
	if request, _ = client.Prepare(cmd); request.Header["x-sca"] != "Bearer a b" {
		t.Errorf("%v", request.Header)
	}
	cmd.Order.ProviderOrder.ID = ""
	d.Exchanges[0].Path = "/pay"
	if _, err = newClient(d, always(200, ""), wideGate()).Prepare(cmd); canonical.KindOf(err) != canonical.InvalidRequest {
		t.Errorf("%v, want invalid_request", err)
	}
}
