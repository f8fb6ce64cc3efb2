package api

import (
	"context"
	"slices"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

type keyRequest struct {
	Role     state.Role     `json:"role"`
	Merchant string         `json:"merchant,omitempty" maxLength:"63" doc:"Of a merchant or read key: whose it is."`
	Mode     canonical.Mode `json:"mode,omitempty" enum:"live,test" doc:"Absent: that of the key that asks; there is no other."`
	Name     string         `json:"name,omitempty" maxLength:"100" doc:"For people."`
}

type keyInput struct{ Body keyRequest }

// APIKey is a key without what proves it.
type APIKey struct {
	ID        string         `json:"id"`
	Role      state.Role     `json:"role"`
	Merchant  string         `json:"merchant,omitempty"`
	Mode      canonical.Mode `json:"mode" enum:"live,test"`
	Name      string         `json:"name,omitempty"`
	CreatedAt time.Time      `json:"created_at"`
	RevokedAt *time.Time     `json:"revoked_at,omitempty"`
}

func viewOf(k state.APIKey) APIKey {
	return APIKey{k.ID, k.Role, k.Merchant, k.Mode, k.Name, k.CreatedAt, k.RevokedAt}
}

type newKey struct {
	APIKey
	Key string `json:"key" doc:"The key itself. It is shown once and kept nowhere."`
}

type newKeyOutput struct{ Body newKey }

func (a *API) createKey(ctx context.Context, call engine.Call, in *keyInput) (*newKeyOutput, error) {
	b := in.Body
	if b.Mode == "" {
		b.Mode = call.Mode
	}
	if b.Mode != call.Mode {
		return nil, canonical.Errorf(canonical.Forbidden, "a key makes keys of its own mode alone")
	}
	key, text, err := a.engine.NewKey(ctx, state.APIKey{Role: b.Role, Merchant: b.Merchant, Mode: b.Mode, Name: b.Name})
	return &newKeyOutput{newKey{viewOf(key), text}}, err
}

type keyList struct {
	Keys []APIKey `json:"keys" nullable:"false"`
}

type keysOutput struct{ Body keyList }

func (a *API) listKeys(ctx context.Context, call engine.Call, _ *nothing) (*keysOutput, error) {
	keys, err := a.keysOf(ctx, call.Mode)
	return &keysOutput{keyList{keys}}, err
}

func (a *API) keysOf(ctx context.Context, mode canonical.Mode) ([]APIKey, error) {
	keys, err := a.engine.Keys(ctx)
	views := []APIKey{}
	for _, key := range keys {
		if key.Mode == mode {
			views = append(views, viewOf(key))
		}
	}
	return views, err
}

type revokeInput struct {
	ID string `path:"id" example:"key_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
}

func (a *API) revokeKey(ctx context.Context, call engine.Call, in *revokeInput) (*nothing, error) {
	keys, err := a.keysOf(ctx, call.Mode)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(keys, func(key APIKey) bool { return key.ID == in.ID }) {
		return nil, canonical.Errorf(canonical.NotFound, "there is no such key")
	}
	return &nothing{}, a.engine.RevokeKey(ctx, in.ID)
}
