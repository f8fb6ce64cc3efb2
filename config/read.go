package config

import (
	"net"
	"strconv"
)

// reader turns the tree into a File, noting what is wrong on the way.
type reader struct {
	references references
	folder     string // of the file
	readFile   func(path string) ([]byte, error)
	hashKey    Secret
}

const version = 1

// notYet are keys that are planned and do nothing: accepting one would promise what is not done.
var notYet = struct{ routes, postgres string }{
	routes:   "routing rules are not built yet: remove it, and name the provider in each order",
	postgres: "the PostgreSQL store is not built yet: remove it, and use store.badger",
}

func (r reader) file(root *Settings) *File {
	root.Require("version")
	if v, ok := root.integer("version"); ok && v != version {
		root.Add("version", "must be %d, the only version there is", version)
	}
	root.refuse("routes", notYet.routes)
	file := &File{
		Version: version,
		Server:  readServer(root.Map("server")),
		Store:   r.store(root.Map("store")),
	}
	places := root.Maps("providers")
	for _, s := range places {
		file.Providers = append(file.Providers, r.provider(s))
	}
	refuseTwins(places, file.Providers)
	return file
}

func refuseTwins(places []*Settings, providers []Provider) {
	lines := map[string]int{}
	for i, p := range providers {
		if p.ID == "" {
			continue
		}
		if line, twin := lines[p.ID]; twin {
			places[i].Add("id", "is taken by the provider on line %d: choose another", line)
			continue
		}
		lines[p.ID] = places[i].at.line
	}
}

func readServer(s *Settings) Server {
	server := Server{
		Address:      readAddress(s, "address", usualAddress),
		AdminAddress: readAddress(s, "admin_address", ""),
		PublicURL:    readURL(s, "public_url"),
		Limits:       readServerLimits(s.Map("limits")),
	}
	if server.PublicURL == "" {
		server.PublicURL = "http://" + reachable(server.Address)
	}
	if server.AdminAddress == server.Address {
		s.Add("admin_address", "is the same as address: give it another port, or remove it")
	}
	return server
}

// reachable replaces "all interfaces" by one that can be called from this machine.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// readAddress reads host:port. An empty text is as good as none.
func readAddress(s *Settings, name, usual string) string {
	if n := s.ask(name); n.kind == text && n.text() == "" {
		return usual
	}
	word, ok := s.form(name, addressForm)
	if !ok {
		return usual
	}
	_, port, err := net.SplitHostPort(word)
	if err != nil || !isPort(port) {
		s.Add(name, "must be %s, the port at most 65535", addressForm.must)
		return usual
	}
	return word
}

func isPort(digits string) bool {
	_, err := strconv.ParseUint(digits, 10, 16)
	return err == nil
}

func (r reader) store(s *Settings) Store {
	s.refuse("postgres", notYet.postgres)
	badger := s.Map("badger")
	r.references.resolve(badger.ask("key"))
	store := Store{
		Badger:  Badger{Path: usualBadgerPath, Key: badger.Secret("key")},
		Floor:   size(s.formOr("floor", sizeForm, usualFloor)),
		Ballast: size(s.formOr("ballast", sizeForm, usualBallast)),

		KeepBodies: s.span(keepBodiesSpan),
	}
	if badger.Has("path") {
		badger.Require("path")
		store.Badger.Path = badger.Text("path")
	}
	if badger.Has("key") {
		badger.Require("key")
	}
	return store
}
