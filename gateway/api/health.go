package api

import (
	"context"
	"net/http"

	"github.com/lendgate/lendgate/gateway/engine"
)

type health struct {
	Status string `json:"status" enum:"ok,unavailable"`
}

type healthOutput struct {
	Status int
	Body   health
}

func (a *API) live(context.Context, engine.Call, *nothing) (*healthOutput, error) {
	return &healthOutput{http.StatusOK, health{"ok"}}, nil
}

func (a *API) isReady(ctx context.Context, _ engine.Call, _ *nothing) (*healthOutput, error) {
	if err := a.ready(); err != nil {
		a.log.WarnContext(ctx, "not ready", "error", err.Error())
		return &healthOutput{http.StatusServiceUnavailable, health{"unavailable"}}, nil
	}
	return &healthOutput{http.StatusOK, health{"ok"}}, nil
}
