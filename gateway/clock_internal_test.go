package gateway

import (
	"testing"
	"time"
)

func TestAClockThatIsMovedCanBeReadAtAnyMoment(t *testing.T) {
	data := t.TempDir()
	moved, err := openClock(data)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		var err error
		for range 300 {
			if err == nil {
				err = moved.moveTo(moved.Now().Add(time.Hour))
			}
		}
		done <- err
	}()
	for reads := 1; ; reads++ {
		if _, err := openClock(data); err != nil {
			t.Fatalf("read %d: %v", reads, err)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}
