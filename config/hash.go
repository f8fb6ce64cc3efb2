package config

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
)

const hashLength = 12

// Hash names the configuration that holds for a merchant: everything that may change how a call
// runs, defaults filled in, whatever the order or the layout of the file. The settings enter only as
// digests under Options.HashKey. It has 12 hexadecimal digits, the same ones after a restart.
func (p Provider) Hash(merchant string) string {
	words := map[string]string{}
	for _, w := range p.Words {
		words[w.Lender] = w.Meaning
	}
	// Texts, numbers and maps of them always encode. A field added to Provider must be added here.
	canonical, _ := json.Marshal(struct {
		ID, Style  string
		Mode       Mode
		BaseURL    string
		Settings   any
		Accepts    Accepts
		Timeouts   Timeouts
		Limits     Limits
		Breaker    Breaker
		Polling    Polling
		CloseAfter int64
		Former     int64
		Words      map[string]string
		Contract   string `json:",omitempty"`
		Trace      bool   `json:",omitempty"`
	}{
		p.ID, p.Style, p.Mode, p.BaseURL, p.digests(p.For(merchant).entries), p.Accepts, p.Timeouts,
		p.Limits, p.Breaker, p.Polling, int64(p.CloseAfter), int64(p.FormerSecrets), words, p.Contract.print(), p.TraceContext,
	})
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])[:hashLength]
}

func (p Provider) digests(entries []entry) map[string]any {
	digests := map[string]any{}
	for _, e := range entries {
		digests[e.name] = p.digest(e.node)
	}
	return digests
}

// digest treats every scalar as a secret: which ones are is known to the style alone.
func (p Provider) digest(n *node) any {
	switch n.kind {
	case object:
		return p.digests(n.entries)
	case list:
		digests := make([]any, 0, len(n.items))
		for _, item := range n.items {
			digests = append(digests, p.digest(item))
		}
		return digests
	}
	mac := hmac.New(sha256.New, []byte(p.hashKey.Reveal()))
	mac.Write([]byte(strconv.Quote(p.ID) + n.text()))
	return hex.EncodeToString(mac.Sum(nil))
}
