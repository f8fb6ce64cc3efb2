package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// farthest is how far time is moved at once.
const farthest = 10 * 365 * 24 * time.Hour

type advanceRequest struct {
	By string `json:"by" maxLength:"40" pattern:"^([0-9]{1,6}(h|m|s|ms))+$" doc:"More than nothing, and at most 10 years of 365 days." example:"720h"`
}

type advanceInput struct{ Body advanceRequest }

type clockTime struct {
	Now time.Time `json:"now" doc:"Business time after it."`
}

type advanceOutput struct {
	Status int
	Body   clockTime
}

func (a *API) advanceClock(ctx context.Context, _ engine.Call, in *advanceInput) (*advanceOutput, error) {
	by, err := time.ParseDuration(in.Body.By)
	if err != nil || by <= 0 || by > farthest {
		return nil, canonical.Invalid("/by", "must be more than nothing and at most "+farthest.String())
	}
	now, err := a.advance(ctx, by)
	switch {
	case err == nil:
		return &advanceOutput{http.StatusOK, clockTime{now.UTC()}}, nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return &advanceOutput{http.StatusAccepted, clockTime{now.UTC()}}, nil
	}
	return nil, err
}
