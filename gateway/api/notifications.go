package api

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

const (
	maxMessage = 256 << 10
	// takenWithin is how long a lender waits for its answer. What is not durable by then it sends again.
	takenWithin = 2 * time.Second
)

type messageInput struct {
	Provider string `path:"provider" example:"ecster-se"`
}

type secretMessageInput struct {
	Provider string `path:"provider" example:"ecster-se"`
	Secret   string `path:"secret" example:"Jq3vXn8s" doc:"What was agreed with the lender."`
}

// admitMessage reads a lender's message as it is. Nothing of it is checked here but its size: what it
// proves and says is for the provider to find.
func (a *API) admitMessage(c *gin.Context) error {
	if !plainPathID.MatchString(c.Param("provider")) {
		return noReceiver()
	}
	body, err := readWhole(c.Writer, c.Request, maxMessage)
	if err != nil {
		return err
	}
	visitOf(c.Request.Context()).message = canonical.Message{Secret: c.Param("secret"), Query: c.Request.URL.Query(), Header: c.Request.Header, Body: body, At: a.now()}
	return nil
}

func (a *API) receive(ctx context.Context, _ engine.Call, in *messageInput) (*nothing, error) {
	return a.takeIn(ctx, in.Provider)
}

func (a *API) receiveWithSecret(ctx context.Context, _ engine.Call, in *secretMessageInput) (*nothing, error) {
	return a.takeIn(ctx, in.Provider)
}

// takeIn answers a lender in one of four ways, and says of a message that does not verify no more than that.
func (a *API) takeIn(ctx context.Context, provider string) (*nothing, error) {
	err := a.received(ctx, provider)
	switch {
	case err == nil:
		return &nothing{}, nil
	case canonical.KindOf(err) == canonical.NotFound:
		return nil, noReceiver()
	case canonical.KindOf(err) == canonical.Unauthenticated:
		return nil, canonical.Errorf(canonical.Unauthenticated, "the message does not verify")
	case canonical.KindOf(err) == canonical.ProviderOff:
		return nil, canonical.Errorf(canonical.ProviderOff, "send the message again later")
	}
	v := visitOf(ctx)
	a.log.ErrorContext(ctx, "a lender's message was not taken in", "error", err.Error(), "provider", provider, "trace_id", v.traceID, "request_id", v.requestID)
	return nil, canonical.Errorf(canonical.Overloaded, "the message is not stored: send it again")
}

// received waits for the engine no longer than a lender waits for us. A message that becomes durable
// after that is known when it comes again.
func (a *API) received(ctx context.Context, provider string) error {
	message := visitOf(ctx).message
	done := make(chan error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				done <- fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		done <- a.engine.Receive(ctx, provider, message)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func noReceiver() error {
	return canonical.Errorf(canonical.NotFound, "no provider of this name takes messages")
}
