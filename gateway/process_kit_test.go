package gateway_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// process is a gateway or the lenders as a process of its own.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	out *bytes.Buffer
}

// start runs the binary and returns once it has said that it listens.
func start(t testing.TB, args ...string) *process {
	t.Helper()
	return startWith(t, []string{asBinary + "=1"}, args...)
}

func startWith(t testing.TB, environment []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(binary(), args...), out: &bytes.Buffer{}}
	p.cmd.Env = append(os.Environ(), environment...)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	scanner := bufio.NewScanner(stdout)
	for scanner.Scan() {
		if strings.Contains(scanner.Text(), " on http://") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return p
		}
	}
	_ = p.cmd.Wait()
	t.Fatalf("%v ended: %s", args, p.out)
	return nil
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// freeAddress is an address nothing listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// site is a gateway and its lenders with a folder of their own.
type site struct {
	t       testing.TB
	data    string
	config  string
	address string
	lenders string
	key     string
	keys    atomic.Int64
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, data: t.TempDir(), address: freeAddress(t), lenders: freeAddress(t)}
	s.config = filepath.Join(s.data, "providers.yaml")
	text := strings.ReplaceAll(source(t, "providers.yaml"), "127.0.0.1:8081", s.lenders)
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// together starts gateway and lenders in one process; apart starts the gateway alone.
func (s *site) together() *process { return s.serve(s.lenders) }

func (s *site) apart() *process { return s.serve("") }

func (s *site) serve(lenders string) *process {
	s.t.Helper()
	p := start(s.t, "serve", "--sandbox", "--config", s.config, "--data", s.data, "--address", s.address, "--lenders", lenders)
	s.readKey()
	return p
}

// readKey takes the demo merchant's key, once the gateway has made it.
func (s *site) readKey() {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.data, "demo.key"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.key = strings.TrimSpace(string(text))
}

func (s *site) lend() *process {
	s.t.Helper()
	return start(s.t, "sandbox", "--address", s.lenders, "--data", filepath.Join(s.data, "lenders"))
}

// answered is an answer of the gateway, as far as these tests look.
type answered struct {
	ID            string
	Status        any // a word of an order, a number of a problem
	Totals        map[string]string
	ProviderOrder struct{ ID, Reference string } `json:"provider_order"`
	InDoubt       *struct{ Operation string }    `json:"in_doubt"`
	Operation     struct{ ID, State string }
	Code          string
}

// ask calls the gateway; an error is a connection that broke.
func (s *site) ask(method, path, body string) (a answered, status int, err error) {
	key := fmt.Sprintf("process-%d-%d", time.Now().UnixNano(), s.keys.Add(1))
	return s.askWith(key, method, path, body)
}

func (s *site) askWith(key, method, path, body string) (a answered, status int, err error) {
	request, err := http.NewRequest(method, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		return a, 0, err
	}
	request.Header.Set("Authorization", "Bearer "+s.key)
	request.Header.Set("Idempotency-Key", key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return a, 0, err
	}
	defer response.Body.Close()
	return a, response.StatusCode, json.NewDecoder(response.Body).Decode(&a)
}

// must calls the gateway and wants a status.
func (s *site) must(want int, method, path, body string) answered {
	s.t.Helper()
	a, status, err := s.ask(method, path, body)
	if err != nil || status != want {
		s.t.Fatalf("%s %s: status %d code %q error %v, want %d", method, path, status, a.Code, err, want)
	}
	return a
}

// control calls a control route of the lenders.
func (s *site) control(method, path, body string, into any) {
	s.t.Helper()
	request, err := http.NewRequest(method, "http://"+s.lenders+"/control/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 {
		s.t.Fatalf("control %s: status %d %s %v", path, response.StatusCode, text, err)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(text, into); err != nil {
		s.t.Fatalf("control %s: %v in %s", path, err, text)
	}
}

// effect is a line of a lender's ledger of truth.
type effect struct{ Lender, Order, Kind, Amount string }

func (s *site) effects() []effect {
	s.t.Helper()
	var effects []effect
	s.control("GET", "ledger", "", &effects)
	return effects
}

// binary is this test's own, which is the gateway's too.
func binary() string { return os.Args[0] }

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
