package api_test

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/lendgate/lendgate/gateway/api"
)

// echo serves every connection that is let in until it is closed.
func echo(t *testing.T, most api.Connections) string {
	t.Helper()
	bare, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bare.Close() })
	listener := api.NewListener(bare, most)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(connection, connection)
				_ = connection.Close()
				_ = connection.Close() // it gives its room back once
			}()
		}
	}()
	return bare.Addr().String()
}

// connect says whether a connection was let in.
func connect(t *testing.T, address string) (net.Conn, bool) {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection, speaks(t, connection)
}

func speaks(t *testing.T, connection net.Conn) bool {
	t.Helper()
	one := []byte{7}
	_, err := connection.Write(one)
	if err == nil {
		_, err = io.ReadFull(connection, one)
	}
	switch {
	case err == nil:
		return true
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return false
	}
	t.Fatal(err)
	return false
}

func TestConnectionsAreSoMany(t *testing.T) {
	for _, c := range []struct {
		name string
		most api.Connections
	}{{"in all", api.Connections{Total: 2}}, {"from one address", api.Connections{Total: 100, PerAddress: 2}}} {
		t.Run(c.name, func(t *testing.T) {
			address := echo(t, c.most)
			first, in := connect(t, address)
			second, also := connect(t, address)
			if !in || !also {
				t.Fatal("there was room for two")
			}
			if _, third := connect(t, address); third {
				t.Error("a third was let in")
			}
			if !speaks(t, second) {
				t.Error("the second was cut off")
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			for range 10_000 { // the other end hears of it when it does
				if _, again := connect(t, address); again {
					if _, third := connect(t, address); third {
						t.Error("a third was let in behind one that left")
					}
					return
				}
			}
			t.Error("the room of one that left is not given again")
		})
	}
}

func TestNoLimitIsNoLimit(t *testing.T) {
	address := echo(t, api.Connections{})
	for range 50 {
		if _, in := connect(t, address); !in {
			t.Fatal("one was not let in")
		}
	}
}
