package sandbox

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
)

// receiver answers without a socket, so that the pauses take no time outside a bubble: 0 is no answer.
type receiver struct {
	answers []int
	came    []time.Duration // since it began
	began   time.Time
}

func (r *receiver) RoundTrip(*http.Request) (*http.Response, error) {
	status := r.answers[min(len(r.came), len(r.answers)-1)]
	r.came = append(r.came, time.Since(r.began))
	if status == 0 {
		return nil, errors.New("nobody listens")
	}
	answer := httptest.NewRecorder()
	answer.WriteHeader(status)
	return answer.Result(), nil
}

func TestNotificationsAreRepeatedUntilTheyAreReceived(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name    string
		answers []int
		came    []time.Duration
	}{
		{"at once", []int{200}, []time.Duration{0}},
		{"with another success", []int{204}, []time.Duration{0}},
		{"at the second try", []int{500, 200}, []time.Duration{0, 2 * s}},
		{"when somebody listens", []int{0, 0, 202}, []time.Duration{0, 2 * s, 12 * s}},
		{"never", []int{503}, []time.Duration{0, 2 * s, 12 * s, 72 * s}},
		{"never, but sent elsewhere", []int{307}, []time.Duration{0, 2 * s, 12 * s, 72 * s}},
	}
	for _, tt := range tests {
		for _, early := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c, r := newCourier(slog.New(slog.DiscardHandler)), &receiver{answers: tt.answers, began: time.Now()}
					c.client.Transport = r
					defer c.close()
					c.take([]lender.Notice{{URL: "http://gateway.example/", Header: http.Header{}, Early: early}})
					time.Sleep(time.Hour) // of the bubble
					synctest.Wait()
					if diff := cmp.Diff(tt.came, r.came); diff != "" {
						t.Error(diff)
					}
				})
			})
		}
	}
}
