package cryptopay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// event is a notification before it is signed.
type event struct {
	name string
	body []byte
}

type wireEvent struct {
	Event       string          `json:"event"`
	OrderID     string          `json:"order_id"`
	MerchantID  string          `json:"merchant_order_id"`
	Amount      string          `json:"amount"` // of the order, also when a part is refunded
	Currency    string          `json:"currency"`
	Status      string          `json:"status"`
	Channel     string          `json:"channel"`
	ChannelName string          `json:"channel_name"`
	IsTest      bool            `json:"is_test"`
	Refunded    string          `json:"refunded_amount,omitempty"`
	PaidAt      json.RawMessage `json:"paid_at,omitempty"`
}

const encryption = "A256GCM"

// envelope is the body of an encrypted notification.
type envelope struct {
	Alg  string `json:"alg"`
	Data string `json:"data"`
}

// tell puts a notification into the outbox, where the merchant asked for its kind.
func (l *Lender) tell(o *order, name string) {
	if len(l.settings.WebhookEvents) > 0 && !slices.Contains(l.settings.WebhookEvents, name) {
		return
	}
	w := wireEvent{
		Event: name, OrderID: o.id, MerchantID: o.merchantID, Amount: o.sent, Currency: o.currency, Status: o.standing,
		Channel: o.channel.Code, ChannelName: o.channel.Name, IsTest: !o.live,
	}
	if o.refunded.IsPositive() {
		w.Refunded = write(o.refunded)
	}
	if !o.paidAt.IsZero() {
		w.PaidAt = moment(o.paidAt)
	}
	e := event{name, encode(w)}
	o.told, l.outbox = append(o.told, e), append(l.outbox, e)
}

func encode(said any) []byte {
	body, err := json.Marshal(said)
	if err != nil {
		panic(fmt.Sprintf("a notification that is not JSON: %#v: %v", said, err))
	}
	return body
}

// Notices hands the outbox out, each notification signed now. The account has one address.
func (l *Lender) Notices(now time.Time) []lender.Notice {
	l.heard(now)
	var notices []lender.Notice
	for _, e := range l.outbox {
		notices = append(notices, l.sign(e, now))
	}
	l.outbox = nil
	return notices
}

func (l *Lender) sign(e event, now time.Time) lender.Notice {
	header, body := http.Header{}, e.body
	if l.settings.EncryptWebhooks {
		header.Set("X-Fluxa-Encryption", encryption)
		body = encode(envelope{encryption, seal(l.settings.WebhookSecret, e.body)})
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	header.Set("Content-Type", "application/json")
	header.Set("X-Fluxa-Event", e.name)
	header.Set("X-Fluxa-Timestamp", timestamp)
	header.Set("X-Fluxa-Signature", signNotice(l.settings.WebhookSecret, timestamp, body))
	return lender.Notice{Header: header, Body: body}
}
