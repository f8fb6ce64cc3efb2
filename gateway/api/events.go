package api

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
	"github.com/lendgate/lendgate/state"
)

// recordedEvent is an event as it was sealed, byte for byte, with the two members of the chain behind it.
type recordedEvent struct{ sealed canonical.SealedEvent }

// eventShape is what a recordedEvent looks like.
type eventShape struct {
	canonical.Event
	PreviousHash string `json:"previous_hash" doc:"Hash of the event before it in the order's history; empty for the first."`
	Hash         string `json:"hash" doc:"SHA-256, in hex, over previous_hash and this event's JSON as it stands here, without these last two members."`
}

// MarshalJSON keeps the sealed bytes as they are: the hash covers them.
func (e recordedEvent) MarshalJSON() ([]byte, error) {
	body, whole := bytes.CutSuffix(e.sealed.Body, []byte("}"))
	if !whole {
		return nil, errors.New("event " + e.sealed.ID + " is not an object")
	}
	return []byte(string(body) + `,"previous_hash":` + strconv.Quote(e.sealed.PreviousHash) + `,"hash":` + strconv.Quote(e.sealed.Hash) + `}`), nil
}

// Schema describes it by its shape.
func (recordedEvent) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[eventShape](), true, "")
}

type orderEventsInput struct {
	ID    string `path:"id" example:"ord_01K9ZT5X1Q8W3Y7V2B4N6M8P0R"`
	After int    `query:"after" minimum:"0" doc:"The sequence of the last event you have."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

type orderEventList struct {
	Events []recordedEvent `json:"events" nullable:"false" doc:"Fewer than the limit: there are no more yet."`
}

type orderEventsOutput struct{ Body orderEventList }

func (a *API) listOrderEvents(ctx context.Context, call engine.Call, in *orderEventsInput) (*orderEventsOutput, error) {
	sealed, err := a.engine.History(ctx, call, in.ID, in.After, in.Limit)
	events := make([]recordedEvent, len(sealed))
	for i := range sealed {
		events[i] = recordedEvent{sealed[i]}
	}
	return &orderEventsOutput{orderEventList{events}}, err
}

type eventsInput struct{ Paging }

type eventList struct {
	Events []recordedEvent `json:"events" nullable:"false"`
	Cursor string          `json:"cursor" doc:"Ask again with it for what comes after; empty where nothing has happened yet."`
}

type eventsOutput struct{ Body eventList }

func (a *API) listEvents(ctx context.Context, call engine.Call, in *eventsInput) (*eventsOutput, error) {
	after, err := feedPlace(in.Cursor)
	if err != nil {
		return nil, err
	}
	positions, err := a.engine.Feed(ctx, call, after, in.Limit)
	list := eventList{Events: ofMode(positions, call.Mode), Cursor: in.Cursor}
	if n := len(positions); n > 0 {
		list.Cursor = cursorText(eventsCursor, strconv.FormatUint(positions[n-1].At, 10))
	}
	return &eventsOutput{list}, err
}

func feedPlace(cursor string) (uint64, error) {
	place, err := placeOf(eventsCursor, cursor)
	if err != nil || place == "" {
		return 0, err
	}
	after, err := strconv.ParseUint(place, 10, 64)
	if err != nil {
		return 0, canonical.Invalid("cursor", "is no cursor of this list: use one exactly as it was answered")
	}
	return after, nil
}

// ofMode keeps a key to its mode: the feed of all merchants holds both.
func ofMode(positions []state.Position, mode canonical.Mode) []recordedEvent {
	events := []recordedEvent{}
	for _, position := range positions {
		if position.Event.Mode == mode {
			events = append(events, recordedEvent{position.Event})
		}
	}
	return events
}
