package creditkey

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// claims is what a token says about itself. Tokens are signed and not remembered: handing one out
// changes nothing, so a log-in need not be replayed.
type claims struct {
	Subject   string `json:"sub"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
}

type wireToken struct {
	AccessToken string `json:"access_token"`
	CreatedAt   int64  `json:"created_at"`
	ExpiresIn   int64  `json:"expires_in"`
}

// ASSUMED: the log-in known from the second generation serves the first as well, and no token ends
// before its time when another is handed out.
func (l *Lender) login(c call) lender.Reply {
	sent, complaints := read(c.r.Body, loginFields)
	if complaints != nil {
		return refuse(http.StatusBadRequest, complaints)
	}
	if sent.text("client_id") != l.settings.ClientID || sent.text("client_secret") != l.settings.ClientSecret {
		return unauthorized()
	}
	return answer(http.StatusOK, wireToken{
		AccessToken: l.token(c.now),
		CreatedAt:   c.now.Unix(),
		ExpiresIn:   int64(l.settings.TokenLife / time.Second),
	})
}

func (l *Lender) token(now time.Time) string {
	said := claims{
		Subject:   l.settings.ClientID,
		IssuedAt:  now.Unix(),
		ExpiresAt: now.Add(l.settings.TokenLife).Unix(),
	}
	unsigned := segment([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + segment(encode(said))
	return unsigned + "." + segment(mac(l.settings.ClientSecret, []byte(unsigned)))
}

func (l *Lender) holdsToken(now time.Time, h http.Header) bool {
	values := h.Values("Authorization")
	if len(values) != 1 {
		return false
	}
	token, bearer := strings.CutPrefix(values[0], "Bearer ")
	parts := strings.Split(token, ".")
	if !bearer || len(parts) != 3 {
		return false
	}
	unsigned := parts[0] + "." + parts[1]
	if !hmac.Equal([]byte(parts[2]), []byte(segment(mac(l.settings.ClientSecret, []byte(unsigned))))) {
		return false
	}
	var said claims
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &said) != nil {
		return false
	}
	return said.Subject == l.settings.ClientID && now.Unix() < said.ExpiresAt
}

func segment(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func mac(secret string, message []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(message)
	return h.Sum(nil)
}
