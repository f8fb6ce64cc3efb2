package creditkey

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"github.com/lendgate/lendgate/adapters"
)

// renewal is how long before its end a token is replaced, as the lender's own client does it.
const renewal = 5 * time.Minute

func token(v adapters.Values) *adapters.Token {
	return &adapters.Token{
		Path:   "/auth/login",
		Body:   func() any { return wireLogin{v.Text("client_id"), v.Text("client_secret")} },
		Decode: decodeToken,
		Lead:   renewal,
	}
}

func decodeToken(reply adapters.Reply, now time.Time) (token string, expires time.Time, err error) {
	var w wireToken
	if err := json.Unmarshal(reply.Body, &w); err != nil {
		return "", now, err
	}
	if w.AccessToken == "" {
		return "", now, errors.New("the token endpoint sent no token")
	}
	issued := time.Unix(cmp.Or(w.CreatedAt, now.Unix()), 0)
	return w.AccessToken, issued.Add(time.Duration(w.ExpiresIn) * time.Second), nil
}
