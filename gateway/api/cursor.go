package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"github.com/lendgate/lendgate/canonical"
)

// cursorKind says which list a cursor belongs to. It is the first byte of every cursor, and so tells
// versions apart too: a list whose cursors change takes another letter.
type cursorKind byte

const (
	ordersCursor     cursorKind = 'o'
	operationsCursor cursorKind = 'p'
	eventsCursor     cursorKind = 'e'
	lenderCursor     cursorKind = 'l'
)

const checksum = 4

// cursorText makes a cursor of a place in a list; of no place, none. Callers must not read or make
// cursors: the checksum tells one of ours from a guess, it is no secret.
func cursorText(kind cursorKind, place string) string {
	if place == "" {
		return ""
	}
	text := append([]byte{byte(kind)}, place...)
	text = binary.BigEndian.AppendUint32(text, crc32.ChecksumIEEE(text))
	return base64.RawURLEncoding.EncodeToString(text)
}

// placeOf reads a cursor of one kind; "" is the beginning.
func placeOf(kind cursorKind, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	refused := canonical.Invalid("cursor", "is no cursor of this list: use one exactly as it was answered")
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(text) < 2+checksum || cursorKind(text[0]) != kind {
		return "", refused
	}
	body, sum := text[:len(text)-checksum], text[len(text)-checksum:]
	// The decoder skips line ends; a cursor has none.
	if binary.BigEndian.Uint32(sum) != crc32.ChecksumIEEE(body) || cursorText(kind, string(body[1:])) != cursor {
		return "", refused
	}
	return string(body[1:]), nil
}
