package cryptopay

import (
	"slices"

	"github.com/shopspring/decimal"
)

const (
	redirect      = "redirect"
	cryptoAddress = "crypto_address"
	clientSecret  = "client_secret"
)

// channel is one way to pay.
type channel struct {
	Code          string   `json:"code"`
	Name          string   `json:"name"`
	NameIsDefault bool     `json:"name_is_default"`
	Kind          string   `json:"kind"`
	Settlement    string   `json:"settlement"`
	Network       string   `json:"network"`
	Currencies    []string `json:"currencies"` // prices it takes; empty for any
	PayCurrencies []string `json:"pay_currencies"`
	Refunds       bool     `json:"supports_refund"`
	Watched       bool     `json:"requires_watcher"`
	modes         modes
	chain         chain
}

type modes struct{ test, live bool }

type chain struct {
	asset         string
	confirmations int
	addressPrefix string
	addressLength int
}

const (
	direct    = "direct"
	custodial = "custodial"
)

// ASSUMED: the currencies of each channel, and that USD is paid one to one in its asset.
var channels = []channel{
	{"usdt_trc20", "USDT (TRC20)", true, "crypto", direct, "tron", []string{"USDT", "USD"}, []string{"USDT"}, false, true,
		modes{test: true, live: true}, chain{"USDT", 19, "T", 33}},
	{"usdc_base", "USDC (Base)", true, "crypto", direct, "base", []string{"USDC", "USD"}, []string{"USDC"}, false, true,
		modes{test: true, live: true}, chain{"USDC", 12, "0x", 40}},
	{"usdt_bep20", "USDT (BEP20)", true, "crypto", direct, "bsc", []string{"USDT", "USD"}, []string{"USDT"}, false, true,
		modes{live: true}, chain{"USDT", 15, "0x", 40}},
	{"mock", "Sandbox checkout", true, "other", custodial, "", []string{}, []string{}, true, false,
		modes{test: true}, chain{}},
}

func (ch channel) open(live bool) bool { return (live && ch.modes.live) || (!live && ch.modes.test) }

func (ch channel) prices(currency string) bool {
	return len(ch.Currencies) == 0 || slices.Contains(ch.Currencies, currency)
}

// pick finds the channel a charge names, by its code or by its network.
func pick(code, network string, live bool) (channel, *refusal) {
	i := slices.IndexFunc(channels, func(ch channel) bool {
		return (code != "" && ch.Code == code) || (network != "" && ch.Network == network)
	})
	switch {
	case (code == "") == (network == ""):
		return channel{}, invalid("name either channel or network") // ASSUMED: both at once are refused
	case i < 0:
		return channel{}, invalid("no such channel or network")
	case !channels[i].open(live):
		return channel{}, &refusal{400, "channel_environment_mismatch", channels[i].Code + " is not for keys of this mode"}
	}
	return channels[i], nil
}

// instruction tells the payer what to do.
type instruction struct {
	Type          string `json:"type"`
	RedirectURL   string `json:"redirect_url,omitempty"`
	Chain         string `json:"chain,omitempty"`
	Asset         string `json:"asset,omitempty"`
	Address       string `json:"deposit_address,omitempty"`
	AmountDue     string `json:"amount_due,omitempty"`
	Confirmations int    `json:"required_confirmations,omitempty"`
	ClientSecret  string `json:"client_secret,omitempty"`
}

func (l *Lender) instruct(o *order) instruction {
	if o.channel.Settlement == direct {
		on := o.channel.chain
		return instruction{
			Type: cryptoAddress, Chain: o.channel.Network, Asset: on.asset, AmountDue: o.sent,
			Address: on.addressPrefix + l.ids.Hex(on.addressLength), Confirmations: on.confirmations,
		}
	}
	told := instruction{Type: l.settings.MockInstruction}
	switch told.Type {
	case redirect:
		told.RedirectURL = l.settings.CheckoutURL + "/" + o.id
	case clientSecret:
		told.ClientSecret = "cs_" + l.ids.Hex(24)
	}
	return told
}

// fee is what the processor keeps of a payment. ASSUMED: half a percent, which fits the sample.
func fee(amount decimal.Decimal) decimal.Decimal { return amount.Mul(decimal.New(5, -3)).Round(2) }
