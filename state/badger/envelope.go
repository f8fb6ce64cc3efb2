package badger

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// An envelope is a format byte, a CRC32C over key and value, and the value. The key is in the sum
// so that a whole value that turns up under another key is seen too.
const (
	envelopeFormat = 1
	envelopeHead   = 1 + crc32.Size
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func seal(key string, value []byte) []byte {
	envelope := make([]byte, envelopeHead, envelopeHead+len(value))
	envelope[0] = envelopeFormat
	binary.BigEndian.PutUint32(envelope[1:], checksum(key, value))
	return append(envelope, value...)
}

// unseal returns the value, which shares the envelope's bytes.
func unseal(key string, envelope []byte) ([]byte, error) {
	if len(envelope) < envelopeHead || envelope[0] != envelopeFormat {
		return nil, fmt.Errorf("%w: the value of %q has no envelope of a known format", ErrDamaged, key)
	}
	value := envelope[envelopeHead:]
	if binary.BigEndian.Uint32(envelope[1:]) != checksum(key, value) {
		return nil, fmt.Errorf("%w: the checksum of %q does not fit its value", ErrDamaged, key)
	}
	return value, nil
}

func checksum(key string, value []byte) uint32 {
	sum := crc32.Update(0, castagnoli, []byte(key))
	return crc32.Update(sum, castagnoli, value)
}
