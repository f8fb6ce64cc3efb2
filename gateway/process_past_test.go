package gateway_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// unpack fills the data folder with one that an earlier build left.
func (s *site) unpack(archive string) {
	s.t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		s.t.Fatal(err)
	}
	for entries := tar.NewReader(plain); ; {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.t.Fatal(err)
		}
		if entry.Typeflag == tar.TypeDir {
			continue
		}
		path := filepath.Join(s.data, entry.Name)
		text, err := io.ReadAll(entries)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(path), 0o700)
		}
		if err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestDataOfTheFirstFormat: the binary goes on with a data folder of the first format, however often it is
// killed on the way: what was in doubt or waiting then is finished, and every order's books are the lender's.
func TestDataOfTheFirstFormat(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tune(hurried...)
	s.unpack(filepath.Join("..", "state", "badger", "testdata", "format-1.tar.gz"))
	s.unpack(filepath.Join("testdata", "format-1-beside.tar.gz")) // what the lenders did, and the keys
	for _, soon := range []time.Duration{40, 80, 120, 160, 240} {
		s.killStarting(s.lenders, soon*time.Millisecond)
	}
	gateway := s.together() // the key that was made then is taken, or nothing below is
	orders := len(s.orders())
	if orders != 10 {
		t.Errorf("%d orders are there, want the 10 of then", orders)
	}
	if ended := s.heal(false); ended == 0 {
		t.Error("nothing was in doubt that a person had to decide: there was one partial refund")
	}
	if open := s.wantNothingOpen(); open != 0 {
		t.Errorf("%d operations still wait", open)
	}
	s.place("creditkey-us", "AFTER-1", "100.00")
	if now := len(s.orders()); now != orders+1 {
		t.Errorf("%d orders after one more, want %d", now, orders+1)
	}
	s.wantEqualBooks()
	s.wantVerified()
	if err := gateway.stop(); err != nil {
		t.Errorf("the gateway ended with %v", err)
	}
	s.wantVerified()
}
