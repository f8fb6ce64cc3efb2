package adaptertest

import (
	"fmt"
	"net/http"

	"github.com/lendgate/lendgate/canonical"
)

func (s *suite) checkNotifications() []string {
	var f findings
	n := s.definition.Notifications
	if n == nil {
		return nil
	}
	verified := 0
	for _, c := range s.cases {
		if c.message == nil {
			continue
		}
		was := s.play(c, nil)
		if was.failed() {
			continue
		}
		verified++
		f = append(f, s.checkProof(c)...)
		f = append(f, s.checkReading(c)...)
	}
	f.when(verified == 0, "no recorded notification that verifies")
	return f
}

// checkProof: without what came beside the body nothing verifies, nor with any of it bent when that
// is all there is.
func (s *suite) checkProof(c *recorded) []string {
	var f findings
	bare := *c
	bare.message = &canonical.Message{Body: c.message.Body, At: c.message.At}
	f.when(canonical.KindOf(s.play(&bare, nil).err) != canonical.Unauthenticated, "%s: verifies without header and secret", c.file)
	bent := *c
	bent.message = &canonical.Message{Secret: c.message.Secret + "x", Header: http.Header{}, Body: append([]byte(" "), c.message.Body...), At: c.message.At}
	for name, values := range c.message.Header {
		bent.message.Header[name] = []string{values[0] + "x"}
	}
	f.when(canonical.KindOf(s.play(&bent, nil).err) != canonical.Unauthenticated, "%s: verifies with everything bent", c.file)
	return f
}

// checkReading reads trash as if it had verified.
func (s *suite) checkReading(c *recorded) (all []string) {
	for _, garbage := range trash {
		message := *c.message
		message.Body = garbage.body(c.message.Body)
		all = append(all, s.readNotice(message, garbage.name)...)
	}
	return all
}

func (s *suite) readNotice(message canonical.Message, name string) (all []string) {
	defer func() {
		if panicked := recover(); panicked != nil {
			all = append(all, fmt.Sprintf("%s: panic: %v", name, panicked))
		}
	}()
	_ = s.definition.Notifications.Verify(message)
	notice, err := s.definition.Notifications.Read(message)
	if err == nil && notice.ProviderID == "" && notice.Reference == "" {
		all = append(all, name+": read, and names no order")
	}
	return all
}
