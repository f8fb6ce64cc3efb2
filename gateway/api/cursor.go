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
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil && len(text) > 1+checksum {
		// Made again it must come out the same: so its kind, its checksum and its very letters are right.
		if place := string(text[1 : len(text)-checksum]); cursorText(kind, place) == cursor {
			return place, nil
		}
	}
	return "", canonical.Invalid("cursor", "is no cursor of this list: use one exactly as it was answered")
}
