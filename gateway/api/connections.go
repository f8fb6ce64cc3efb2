package api

import (
	"net"
	"net/netip"
	"sync"
)

// Connections say how many callers may be connected at the same time. 0 is no limit.
type Connections struct {
	Total      int
	PerAddress int
}

// NewListener keeps a listener to a number of connections: one that is too many is closed before
// anything of it is read, so nothing of it has begun.
func NewListener(l net.Listener, most Connections) net.Listener {
	return &counting{Listener: l, most: most, from: make(map[netip.Prefix]int)}
}

// counting counts the connections it has handed out.
type counting struct {
	net.Listener
	most Connections

	mu    sync.Mutex
	total int
	from  map[netip.Prefix]int
}

// Accept waits for a connection that there is room for.
func (l *counting) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := networkOf(c.RemoteAddr().String())
		if l.admit(address) {
			return &counted{Conn: c, release: sync.OnceFunc(func() { l.release(address) })}, nil
		}
		_ = c.Close()
	}
}

func (l *counting) admit(address netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if (l.most.Total > 0 && l.total >= l.most.Total) || (l.most.PerAddress > 0 && l.from[address] >= l.most.PerAddress) {
		return false
	}
	l.total++
	l.from[address]++
	return true
}

func (l *counting) release(address netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.from[address]--; l.from[address] == 0 {
		delete(l.from, address)
	}
}

// counted is a connection that gives its room back.
type counted struct {
	net.Conn
	release func()
}

// Close closes the connection.
func (c *counted) Close() error {
	c.release()
	return c.Conn.Close()
}

// networkOf is who is at the other end: the peer of the connection, whatever headers say; of IPv6 the
// network, which is what one caller has.
func networkOf(remote string) netip.Prefix {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	address, bits := peer.Addr().Unmap().WithZone(""), 64
	if address.Is4() {
		bits = 32
	}
	prefix, _ := address.Prefix(bits)
	return prefix
}
