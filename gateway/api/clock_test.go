package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/api"
)

func advance(by string) request {
	return request{method: http.MethodPost, path: "/clock/advance", body: `{"by": "` + by + `"}`}
}

func TestTimeIsMovedOn(t *testing.T) {
	k := newKit(t)
	for _, by := range []string{"720h", "1h30m", "90s", "250ms", "87600h"} {
		wanted, err := time.ParseDuration(by)
		if err != nil {
			t.Fatal(err)
		}
		before := k.ahead.Load()
		got := k.do(advance(by)).wants(http.StatusOK)
		now, err := time.Parse(time.RFC3339Nano, got.text("now"))
		moved, told := time.Duration(k.ahead.Load()-before), now.Sub(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
		if err != nil || moved != wanted || told < time.Duration(k.ahead.Load()) || !strings.HasSuffix(got.text("now"), "Z") {
			t.Errorf("%s: moved by %s, answered %s", by, moved, got.body)
		}
	}
}

func TestTimeIsMovedByWhatIsADurationAndNoFurther(t *testing.T) {
	k := newKit(t)
	for _, by := range []string{
		"", "0s", "0h0m", "-1h", "+1h", "1", "1d", "1.5h", "1h ", " 1h", "1H", "1e3h", "1µs", "1ns", "87601h", "87600h1ms", "999999h",
		"999999h999999h999999h", strings.Repeat("1h", 30), "eine Stunde",
	} {
		if got := k.do(advance(by)).problem(canonical.InvalidRequest).pointers(); !slices.Equal(got, []string{"/by"}) {
			t.Errorf("%q: got mistakes at %v", by, got)
		}
	}
	for _, body := range []string{"", "{}", `{"by": 720}`, `{"By": "1h"}`, `{"by": "1h", "to": "2027-01-01T00:00:00Z"}`} {
		k.do(request{method: http.MethodPost, path: "/clock/advance", body: body}).problem(canonical.InvalidRequest)
	}
	if moved := k.ahead.Load(); moved != 0 {
		t.Errorf("time moved by %s", time.Duration(moved))
	}
}

func TestTimeThatTakesTooLongIsAnsweredWithHowFarItCame(t *testing.T) {
	came := time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)
	k := newKitWith(t, kitOptions{advance: func(ctx context.Context, _ time.Duration) (time.Time, error) {
		<-ctx.Done()
		return came, fmt.Errorf("advance: %w", ctx.Err())
	}})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now() // of the bubble
		r := httptest.NewRequest(http.MethodPost, "/clock/advance", strings.NewReader(`{"by": "720h"}`))
		r.Header.Set("Content-Type", "application/json")
		w := k.serve(r)
		if w.Code != http.StatusAccepted || strings.TrimSpace(w.Body.String()) != `{"now":"2026-12-24T18:00:00Z"}` {
			t.Errorf("got %d: %s", w.Code, w.Body)
		}
		if waited := time.Since(began); waited != time.Minute {
			t.Errorf("answered after %s", waited)
		}
	})
}

func TestTimeThatCannotBeMovedIsAProblem(t *testing.T) {
	k := newKitWith(t, kitOptions{advance: func(context.Context, time.Duration) (time.Time, error) {
		return time.Time{}, errors.New("the world is broken: " + canary)
	}})
	if got := k.do(advance("1h")).problem(canonical.Internal); strings.Contains(string(got.body), canary) {
		t.Errorf("the answer tells of the inside: %s", got.body)
	}
}

func TestWithoutTheSandboxThereIsNoClock(t *testing.T) {
	made, err := api.New(api.Options{PublicURL: publicURL})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/clock/advance": http.StatusNotFound, "/openapi.json": http.StatusOK, "/docs": http.StatusOK} {
		method := http.MethodGet
		if want == http.StatusNotFound {
			method = http.MethodPost
		}
		w := httptest.NewRecorder()
		made.Handler().ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Code != want || strings.Contains(w.Body.String(), "advance") || strings.Contains(w.Body.String(), "Sandbox") {
			t.Errorf("%s %s: got %d: %.300s", method, path, w.Code, w.Body)
		}
	}
}
