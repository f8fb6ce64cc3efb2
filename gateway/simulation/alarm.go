package simulation

import (
	"context"
	"log/slog"
)

// alarms is where the engine logs: each error is an alarm that somebody would be woken by.
type alarms struct{ run *run }

// Enabled is slog.Handler's.
func (a alarms) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

// Handle notes an alarm.
func (a alarms) Handle(_ context.Context, record slog.Record) error {
	r := a.run
	r.alarms++
	if r.telling {
		text := record.Message
		record.Attrs(func(attr slog.Attr) bool {
			text += " " + attr.String()
			return true
		})
		r.tell("alarm", "%s", text)
	}
	return nil
}

// WithAttrs is slog.Handler's.
func (a alarms) WithAttrs([]slog.Attr) slog.Handler { return a }

// WithGroup is slog.Handler's.
func (a alarms) WithGroup(string) slog.Handler { return a }
