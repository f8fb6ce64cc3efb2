package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/shopspring/decimal"
)

// trigger is an amount that asks for something: the last two digits of an operation's amount.
type trigger struct {
	cents int64
	fault string // "" where the lender itself answers so
	says  string
}

// triggers is the one table of amounts, also shown on the index page. A fault comes once per path,
// operation and amount, so that the repeat succeeds; where paths name no order (create,
// authenticate, authorize) the content counts too.
var triggers = []trigger{
	{13, "", "the lender says no to the customer"},
	{14, "", "strong customer authentication is demanded (spendoption)"},
	{21, loseReply, "acted, but the answer is lost"},
	{22, loseRequest, "lost before the lender acted"},
	{25, errorAfter, "acted, answered 500"},
	{26, errorBefore, "not acted, answered 500"},
	{31, slow, "acted, answered after 2s"},
	{41, garbage, "acted, answered 200 with an unreadable body"},
}

// triggerFor finds the fault that an amount asks for.
func triggerFor(amount string) (trigger, bool) {
	units, err := decimal.NewFromString(amount)
	if err != nil {
		return trigger{}, false
	}
	cents := units.Shift(2).Abs().Mod(decimal.NewFromInt(100))
	for _, t := range triggers {
		if t.fault != "" && cents.Equal(decimal.NewFromInt(t.cents)) {
			return t, true
		}
	}
	return trigger{}, false
}

// occasion is what a trigger happens to once.
func occasion(v visit) string {
	parts := []string{v.lender.Name(), v.request.Method, v.request.Path, v.operation, v.amount}
	switch v.operation {
	case "create", "authenticate", "authorize":
		sum := sha256.Sum256(v.request.Body)
		parts = append(parts, hex.EncodeToString(sum[:]))
	}
	return strings.Join(parts, " ")
}
