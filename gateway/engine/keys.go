package engine

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/state"
)

// keyBytes is how much chance is in an API key.
const keyBytes = 32

var merchantName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// NewKey makes an API key. The key itself is returned once and kept nowhere. Errors: invalid_request.
func (e *Engine) NewKey(ctx context.Context, wanted state.APIKey) (state.APIKey, string, error) {
	if err := checkKey(wanted); err != nil {
		return wanted, "", err
	}
	secret := base64.RawURLEncoding.EncodeToString(e.rt.Entropy(keyBytes))
	wanted.ID = e.rt.NewID("key")
	wanted.CreatedAt = e.rt.Now()
	text := "lg_" + string(wanted.Mode) + "_" + strings.TrimPrefix(wanted.ID, "key_") + "_" + secret
	wanted.Hash = e.digest("api key", []byte(text))
	err := e.store.Update(ctx, func(tx state.Tx) error { return tx.APIKeys().Insert(wanted.ID, wanted) })
	return wanted, text, err
}

func checkKey(k state.APIKey) error {
	needsMerchant := k.Role == state.RoleMerchant || k.Role == state.RoleRead
	known := false
	for _, role := range state.Roles {
		known = known || role == k.Role
	}
	switch {
	case !known:
		return canonical.Invalid("/role", "must be merchant, read, platform or operator")
	case k.Mode != canonical.Live && k.Mode != canonical.Test:
		return canonical.Invalid("/mode", "must be live or test")
	case needsMerchant && !merchantName.MatchString(k.Merchant):
		return canonical.Invalid("/merchant", "must be lower case letters, digits, - and _, at most 63")
	case !needsMerchant && k.Merchant != "":
		return canonical.Invalid("/merchant", "a "+string(k.Role)+" key is for every merchant")
	}
	return nil
}

// Authenticate finds whose key this is. Errors: unauthenticated.
func (e *Engine) Authenticate(ctx context.Context, text string) (state.APIKey, error) {
	refused := canonical.Errorf(canonical.Unauthenticated, "the API key is not valid")
	parts := strings.SplitN(text, "_", 4)
	if len(parts) != 4 || parts[0] != "lg" {
		return state.APIKey{}, refused
	}
	var key state.APIKey
	err := e.store.View(ctx, func(r state.Reader) (err error) {
		key, err = r.APIKey("key_" + parts[2])
		return err
	})
	if err != nil && err != state.ErrNotFound {
		return state.APIKey{}, err
	}
	// An unknown key costs the same comparison as a wrong one.
	same := subtle.ConstantTimeCompare([]byte(key.Hash), []byte(e.digest("api key", []byte(text)))) == 1
	if err != nil || !same || key.RevokedAt != nil {
		return state.APIKey{}, refused
	}
	return key, nil
}

// Keys lists every API key, without the keys themselves.
func (e *Engine) Keys(ctx context.Context) (keys []state.APIKey, err error) {
	err = e.store.View(ctx, func(r state.Reader) (err error) {
		keys, err = r.AllAPIKeys()
		return err
	})
	return keys, err
}

// RevokeKey ends a key at once. Errors: not_found.
func (e *Engine) RevokeKey(ctx context.Context, id string) error {
	return e.store.Update(ctx, func(tx state.Tx) error {
		key, err := tx.APIKeys().Get(id)
		if err == state.ErrNotFound {
			return canonical.Errorf(canonical.NotFound, "there is no key "+id)
		}
		if err != nil || key.RevokedAt != nil {
			return err
		}
		now := e.rt.Now()
		key.RevokedAt = &now
		return tx.APIKeys().Replace(id, key)
	})
}
