package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// demoKeys are made on the first start with the sandbox.
var demoKeys = []struct {
	file string
	key  state.APIKey
}{
	{"demo.key", state.APIKey{Role: state.RoleMerchant, Merchant: "demo", Mode: canonical.Test, Name: "made for the sandbox"}},
	{"operator.key", state.APIKey{Role: state.RoleOperator, Mode: canonical.Test, Name: "made for the sandbox"}},
}

// welcome says where everything is; with the sandbox it makes the demo keys and shows how to begin.
func (g *Gateway) welcome(ctx context.Context, o Options) error {
	base := "http://" + g.file.Server.Address
	if !o.Sandbox {
		_, err := fmt.Fprintf(o.Out, "lendgate %s on %s\n", Version, base)
		return err
	}
	for _, demo := range demoKeys {
		if err := g.keep(ctx, demo.file, demo.key); err != nil {
			return err
		}
	}
	key, err := os.ReadFile(filepath.Join(g.data, "demo.key"))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Out, welcomeText, Version, base, o.Lenders, base, strings.TrimSpace(string(key)), filepath.Join(g.data, "demo.key"), filepath.Join(g.data, "operator.key"))
	return err
}

const welcomeText = `
lendgate %s on %s with the five simulated lenders on http://%s
Routes for people: %s/docs

The demo merchant's key is %s
(kept in %s; an operator's in %s)

Copy these three lines into another terminal:

  export LENDGATE=` + "%[2]s KEY=%[5]s" + `
  ORDER=$(curl -s $LENDGATE/v1/orders -H "Authorization: Bearer $KEY" -H "Idempotency-Key: first-$RANDOM" -H "Content-Type: application/json" -d '{"provider":"creditkey-us","amount":{"value":"2500.00","currency":"USD"},"customer":{"reference":"12345","type":"company"},"plan":{"installments":12}}' | sed 's/^{"id":"\([^"]*\)".*/\1/'); echo $ORDER
  for DO in authorize capture refund; do curl -s -X POST $LENDGATE/v1/orders/$ORDER/$DO -H "Authorization: Bearer $KEY" -H "Idempotency-Key: $DO-$ORDER"; echo; done

`

// keep makes a key and writes it into the data folder, unless it is there already.
func (g *Gateway) keep(ctx context.Context, name string, wanted state.APIKey) error {
	path := filepath.Join(g.data, name)
	if text, err := os.ReadFile(path); err == nil {
		if _, err := g.Engine.Authenticate(ctx, strings.TrimSpace(string(text))); err == nil {
			return nil
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, text, err := g.Engine.NewKey(ctx, wanted)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text+"\n"), 0o600)
}
