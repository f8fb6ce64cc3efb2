package engine

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"maps"

	"github.com/lendgate/lendgate/canonical"
)

// sealed is a request as it is stored: the headers that carry something secret of one call are
// encrypted under a key of the gateway's, bound to their attempt and name.
func (e *Engine) sealed(attempt string, r canonical.Request) (canonical.Request, error) {
	return e.reseal(attempt, r, func(box cipher.AEAD, nonce, label []byte, text string) (string, error) {
		return base64.RawStdEncoding.EncodeToString(box.Seal(nil, nonce, []byte(text), label)), nil
	})
}

// opened is a stored request as it is sent.
func (e *Engine) opened(attempt string, r canonical.Request) (canonical.Request, error) {
	return e.reseal(attempt, r, func(box cipher.AEAD, nonce, label []byte, text string) (string, error) {
		hidden, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil {
			return "", err
		}
		clear, err := box.Open(nil, nonce, hidden, label)
		return string(clear), err
	})
}

type sealing func(box cipher.AEAD, nonce, label []byte, text string) (string, error)

func (e *Engine) reseal(attempt string, r canonical.Request, change sealing) (canonical.Request, error) {
	if len(r.Sealed) == 0 {
		return r, nil
	}
	block, err := aes.NewCipher([]byte(e.digest("seal", nil))[:32])
	if err != nil {
		return r, err
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		return r, err
	}
	r.Header = maps.Clone(r.Header)
	for _, name := range r.Sealed {
		label := []byte(attempt + "\n" + name)
		// An attempt's header is sealed once, so a nonce made of the two never comes twice.
		nonce := []byte(e.digest("seal nonce", label))[:box.NonceSize()]
		if r.Header[name], err = change(box, nonce, label, r.Header[name]); err != nil {
			return r, fmt.Errorf("sealed header %s: %w", name, err)
		}
	}
	return r, nil
}
