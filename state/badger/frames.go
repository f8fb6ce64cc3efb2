package badger

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
)

// A backup file is a line of JSON that says what it is, frames, and the SHA-256 of all that. A frame is
// a length, whose highest bit marks the last frame, and so many bytes. Where the store has a key, they
// are sealed with AES-256-GCM under a key made of it and of the file's own salt. The nonce counts the
// frames and says which is the last, and the digest of the first line is sealed in with each, so that
// no frame can be taken away, moved, or put under another line.
const (
	frameSize   = 256 << 10 // of what is not the last frame
	lastFrame   = 1 << 31
	saltSize    = 32
	longestHead = 4 << 10
)

// sealer seals frames, or opens them, one after the other. Without a key it leaves them as they are.
type sealer struct {
	gcm   cipher.AEAD // nil without a key
	head  [sha256.Size]byte
	count uint64
}

func newSealer(key, salt, head []byte) (*sealer, error) {
	s := &sealer{head: sha256.Sum256(head)}
	if len(key) == 0 {
		return s, nil
	}
	own, err := hkdf.Key(sha256.New, key, salt, "lendgate backup", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, err
	}
	s.gcm, err = cipher.NewGCM(block)
	return s, err
}

func (s *sealer) nonce(last bool) []byte {
	nonce := binary.BigEndian.AppendUint64(nil, s.count)
	s.count++
	if last {
		return append(nonce, 0, 0, 0, 1)
	}
	return append(nonce, 0, 0, 0, 0)
}

func (s *sealer) seal(plain []byte, last bool) []byte {
	if s.gcm == nil {
		return plain
	}
	return s.gcm.Seal(nil, s.nonce(last), plain, s.head[:])
}

func (s *sealer) open(sealed []byte, last bool) ([]byte, error) {
	if s.gcm == nil {
		return sealed, nil
	}
	plain, err := s.gcm.Open(nil, s.nonce(last), sealed, s.head[:])
	if err != nil && s.count == 1 {
		return nil, fmt.Errorf("%w: it cannot be opened with this key", errAltered)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: frame %d does not fit its seal", errAltered, s.count)
	}
	return plain, nil
}

// frameWriter cuts what is written into frames. end writes the last.
type frameWriter struct {
	to     io.Writer
	sum    hash.Hash
	sealer *sealer
	plain  []byte
}

func writeFrames(to io.Writer, head, key, salt []byte) (*frameWriter, error) {
	s, err := newSealer(key, salt, head)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	f := &frameWriter{to: io.MultiWriter(to, sum), sum: sum, sealer: s}
	_, err = f.to.Write(head)
	return f, err
}

func (f *frameWriter) Write(p []byte) (int, error) {
	f.plain = append(f.plain, p...)
	for len(f.plain) > frameSize {
		if err := f.frame(f.plain[:frameSize], 0); err != nil {
			return 0, err
		}
		f.plain = append(f.plain[:0], f.plain[frameSize:]...)
	}
	return len(p), nil
}

func (f *frameWriter) frame(plain []byte, mark uint32) error {
	sealed := f.sealer.seal(plain, mark != 0)
	_, err := f.to.Write(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))|mark))
	if err != nil {
		return err
	}
	_, err = f.to.Write(sealed)
	return err
}

func (f *frameWriter) end() error {
	if err := f.frame(f.plain, lastFrame); err != nil {
		return err
	}
	_, err := f.to.Write(f.sum.Sum(nil))
	return err
}

// frameReader is what was written into the frames of a file. It does not end without having checked
// the whole file.
type frameReader struct {
	from   *bufio.Reader
	sum    hash.Hash
	sealer *sealer
	plain  []byte
	last   bool
}

// readHead reads the first line of a file.
func readHead(from *bufio.Reader) ([]byte, error) {
	var head []byte
	for len(head) < longestHead {
		b, err := from.ReadByte()
		if err != nil {
			return nil, cutShort(err)
		}
		if head = append(head, b); b == '\n' {
			return head, nil
		}
	}
	return nil, fmt.Errorf("%w: it does not begin as a backup does", errAltered)
}

// errAltered and errCut are how a file is not what was written.
var (
	errAltered = fmt.Errorf("%w: the backup file was altered, or is none", ErrDamaged)
	errCut     = fmt.Errorf("%w: the backup file is cut short", ErrDamaged)
)

func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

func readFrames(from *bufio.Reader, head, key, salt []byte) (*frameReader, error) {
	s, err := newSealer(key, salt, head)
	f := &frameReader{from: from, sum: sha256.New(), sealer: s}
	f.sum.Write(head)
	return f, err
}

func (f *frameReader) Read(p []byte) (int, error) {
	for len(f.plain) == 0 {
		if f.last {
			return 0, f.check()
		}
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.plain)
	f.plain = f.plain[n:]
	return n, nil
}

func (f *frameReader) next() error {
	var length [4]byte
	if err := f.take(length[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint32(length[:])
	f.last = size&lastFrame != 0
	size &^= lastFrame
	if size > frameSize+64 || size == 0 && !f.last {
		return fmt.Errorf("%w: a frame of %d bytes", errAltered, size)
	}
	sealed := make([]byte, size)
	err := f.take(sealed)
	if err == nil {
		f.plain, err = f.sealer.open(sealed, f.last)
	}
	return err
}

func (f *frameReader) take(p []byte) error {
	if _, err := io.ReadFull(f.from, p); err != nil {
		return cutShort(err)
	}
	f.sum.Write(p)
	return nil
}

// check reads the digest, behind which nothing may stand. io.EOF is the good end.
func (f *frameReader) check() error {
	var digest [sha256.Size]byte
	if _, err := io.ReadFull(f.from, digest[:]); err != nil {
		return cutShort(err)
	}
	if !bytes.Equal(digest[:], f.sum.Sum(nil)) {
		return fmt.Errorf("%w: its digest does not fit", errAltered)
	}
	if _, err := f.from.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something stands behind its end", errAltered)
	}
	return io.EOF
}
