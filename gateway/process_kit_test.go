package gateway_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// process is a gateway or the lenders as a process of its own.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	said  io.Reader
	out   *bytes.Buffer // what it logged; to be read once it has ended
	ended bool
}

// startsWithin is how long a process may take until it listens.
const startsWithin = time.Minute

// start runs the binary and returns once it has said that it listens.
func start(t testing.TB, args ...string) *process {
	t.Helper()
	return startWith(t, []string{asBinary + "=1"}, args...)
}

func startWith(t testing.TB, environment []string, args ...string) *process {
	t.Helper()
	p, err := tryStart(t, environment, args...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tryStart is startWith for a process that may refuse to start: the error is what it said.
func tryStart(t testing.TB, environment []string, args ...string) (*process, error) {
	t.Helper()
	p := begin(t, environment, args...)
	late := time.AfterFunc(startsWithin, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	scanner := bufio.NewScanner(p.said)
	for scanner.Scan() {
		if strings.Contains(scanner.Text(), " on http://") {
			go func() { _, _ = io.Copy(io.Discard, p.said) }()
			return p, nil
		}
	}
	p.kill()
	return nil, errors.New(cmp.Or(strings.TrimSpace(p.out.String()), "ended without a word"))
}

// begin runs the binary and waits for nothing.
func begin(t testing.TB, environment []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(binary(), args...), out: &bytes.Buffer{}}
	p.cmd.Env = append(os.Environ(), environment...)
	p.cmd.Stderr = p.out
	var err error
	if p.said, err = p.cmd.StdoutPipe(); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	p.wait()
}

// stop is SIGTERM. The error is how the process ended, nil for well.
func (p *process) stop() error {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	return p.wait()
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// wait waits for the end, and looks for what no process may say, however it was ended.
func (p *process) wait() error {
	if p.ended {
		return nil
	}
	err := p.cmd.Wait()
	p.ended = true
	for _, never := range []string{"DATA RACE", `"msg":"panic"`, "goroutine 1 ["} {
		if strings.Contains(p.out.String(), never) {
			p.t.Errorf("a process said %q:\n%s", never, p.out)
		}
	}
	return err
}

// The ports of these tests are below those that the system gives to outgoing connections.
const (
	lowestPort  = 20_000
	highestPort = 32_000
)

// given are the ports that this run has used.
var given sync.Map

// freeAddress is an address nothing listens on, and that no other test of this run is given.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 1000 {
		address := fmt.Sprintf("127.0.0.1:%d", lowestPort+rand.IntN(highestPort-lowestPort))
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		if _, taken := given.LoadOrStore(address, true); !taken {
			return address
		}
	}
	t.Fatal("no address is free")
	return ""
}

// site is a gateway and its lenders with a folder of their own.
type site struct {
	t        testing.TB
	data     string
	config   string
	address  string
	lenders  string
	key      string // the demo merchant's
	operator string
	keys     atomic.Int64
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, data: t.TempDir(), address: freeAddress(t), lenders: freeAddress(t)}
	s.config = filepath.Join(s.data, "providers.yaml")
	s.configure("127.0.0.1:8081", s.lenders, "ballast: 128MiB", "ballast: 1MiB")
	return s
}

// configure writes the shipped configuration with some texts replaced, as strings.NewReplacer takes them.
func (s *site) configure(replaced ...string) {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	if errors.Is(err, os.ErrNotExist) {
		text = []byte(source(s.t, "providers.yaml"))
	}
	write(s.t, s.config, strings.NewReplacer(replaced...).Replace(string(text)))
}

var (
	ownPatience  = regexp.MustCompile(`(?m)^    (timeouts|limits|breaker|polling):.*\n(^      .*\n)*`)
	eachProvider = regexp.MustCompile(`(?m)^    mode: test.*$`)
	eachID       = regexp.MustCompile(`(?m)^  - id: .*$`)
)

// tune gives every provider the same lines in place of its time-outs, limits, breaker and polling.
func (s *site) tune(lines ...string) {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	bare := ownPatience.ReplaceAllString(string(text), "")
	write(s.t, s.config, eachProvider.ReplaceAllString(bare, "    mode: test\n    "+strings.Join(lines, "\n    ")))
}

// hurried are lines of configuration for tests that wait in real time.
var hurried = []string{
	"timeouts: { connect: 1s, write: 2s, read: 2s }",
	"limits: { in_flight: 256, rate: 10000/s }",
	"breaker: { in_a_row: 20, minimum_calls: 1000, window: 12s, open_for: 200ms }",
	"polling: { after: 10m, until: 72h }",
}

// together starts gateway and lenders in one process; apart starts the gateway alone.
func (s *site) together() *process {
	s.t.Helper()
	return s.serve(s.lenders)
}

func (s *site) apart() *process {
	s.t.Helper()
	return s.serve("")
}

func (s *site) serve(lenders string) *process {
	s.t.Helper()
	p, err := s.tryServe(lenders)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) tryServe(lenders string) (*process, error) {
	s.t.Helper()
	p, err := tryStart(s.t, []string{asBinary + "=1"}, s.serving(lenders)...)
	if err == nil {
		s.readKey()
	}
	return p, err
}

// serving is the command line of a gateway.
func (s *site) serving(lenders string) []string {
	return []string{"serve", "--sandbox", "--config", s.config, "--data", s.data, "--address", s.address, "--lenders", lenders}
}

// readKey takes the demo merchant's key and the operator's, once the gateway has made them. They are good for
// as long as the site is, whatever happens to it.
func (s *site) readKey() {
	s.t.Helper()
	if s.key != "" {
		return
	}
	for name, into := range map[string]*string{"demo.key": &s.key, "operator.key": &s.operator} {
		text, err := os.ReadFile(filepath.Join(s.data, name))
		if err != nil {
			s.t.Fatal(err)
		}
		*into = strings.TrimSpace(string(text))
	}
}

// lend starts the lenders alone. A later together finds them as they were left.
func (s *site) lend() *process {
	s.t.Helper()
	p := start(s.t, "sandbox", "--address", s.lenders, "--data", filepath.Join(s.data, "sandbox"))
	for _, provider := range []string{"creditkey-us", "ecster-se", "iwoca-uk", "fluxa"} {
		s.posting(tradeAt(provider).lender, `{"url":"http://`+s.address+`/notifications/`+provider+`"}`)
	}
	return p
}

// posting says where and how the notifications of a lender go.
func (s *site) posting(lender, posting string) {
	s.t.Helper()
	s.control("PUT", lender+"/notices", posting, nil)
}

// reply is what the gateway answered.
type reply struct {
	status   int
	body     []byte
	replayed bool
}

// answered is an answer of the gateway, as far as these tests look.
type answered struct {
	order
	Status    any // a word of an order, a number of a problem
	Operation struct {
		ID, State, Kind string
	}
	Code string
}

func (r reply) read() (a answered) {
	_ = json.Unmarshal(r.body, &a)
	return a
}

// longestAnswer is longer than the gateway waits for a slow lender.
const longestAnswer = 90 * time.Second

var caller = &http.Client{Timeout: longestAnswer, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// ask calls the gateway; an error is a connection that broke.
func (s *site) ask(method, path, body string) (a answered, status int, err error) {
	return s.askWith(s.newKey(), method, path, body)
}

// newKey is an idempotency key that nobody has used.
func (s *site) newKey() string {
	return fmt.Sprintf("process-%d-%d", time.Now().UnixNano(), s.keys.Add(1))
}

func (s *site) askWith(key, method, path, body string) (a answered, status int, err error) {
	r, err := s.send(s.key, key, method, path, body)
	return r.read(), r.status, err
}

// send makes one request as whoever has the API key.
func (s *site) send(who, key, method, path, body string) (reply, error) {
	return s.sendFor("", who, key, method, path, body)
}

// sendFor is send by an operator for a merchant; "" names none.
func (s *site) sendFor(merchant, who, key, method, path, body string) (reply, error) {
	request, err := http.NewRequest(method, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Authorization", "Bearer "+who)
	request.Header.Set("Idempotency-Key", key)
	request.Header.Set("Content-Type", "application/json")
	if merchant != "" {
		request.Header.Set("Lendgate-Merchant", merchant)
	}
	response, err := caller.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, text, response.Header.Get("Idempotency-Replayed") == "true"}, err
}

// must calls the gateway and wants a status.
func (s *site) must(want int, method, path, body string) answered {
	s.t.Helper()
	return s.mustAs(s.key, want, method, path, body)
}

func (s *site) mustAs(who string, want int, method, path, body string) answered {
	s.t.Helper()
	r, err := s.send(who, s.newKey(), method, path, body)
	if err != nil || r.status != want {
		s.t.Fatalf("%s %s: status %d %s error %v, want %d", method, path, r.status, r.body, err, want)
	}
	return r.read()
}

// control calls a control route of the lenders.
func (s *site) control(method, path, body string, into any) {
	s.t.Helper()
	if err := s.tryControl(method, path, body, into); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) tryControl(method, path, body string, into any) error {
	request, err := http.NewRequest(method, "http://"+s.lenders+"/control/"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := caller.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 {
		return fmt.Errorf("control %s: status %d %s %w", path, response.StatusCode, text, err)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// act plays a person at a lender.
func (s *site) act(lender, order, do string) {
	s.t.Helper()
	s.control("POST", lender+"/act", fmt.Sprintf(`{"order":%q,"do":%q}`, order, do), nil)
}

// fault sets one at a lender.
func (s *site) fault(lender, operation, name string, times int) {
	s.t.Helper()
	s.control("POST", "faults", fmt.Sprintf(`{"lender":%q,"operation":%q,"fault":%q,"times":%d}`, lender, operation, name, times), nil)
}

// arrival is how often an operation reached a lender.
type arrival struct {
	Lender, Operation, Method, Path string
	Count                           int
}

// arrived counts the requests for some operations that have reached the lenders; of lender "" all.
func (s *site) arrived(lender string, operations ...string) int {
	s.t.Helper()
	var arrivals []arrival
	s.control("GET", "arrivals?lender="+lender, "", &arrivals)
	count := 0
	for _, a := range arrivals {
		for _, operation := range operations {
			if a.Operation == operation {
				count += a.Count
			}
		}
	}
	return count
}

// until asks again and again whether something is so, at most for half a minute.
func (s *site) until(what string, so func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if so() {
			return
		}
		pause()
	}
	s.t.Fatalf("it never came to this: %s", what)
}

// pause is between two looks at another process, which tells nobody when it has got on.
func pause() { time.Sleep(5 * time.Millisecond) }

// command runs the binary to its end.
func (s *site) command(args ...string) (string, error) {
	cmd := exec.Command(binary(), args...)
	cmd.Env = append(cmd.Environ(), asBinary+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// binary is this test's own, which is the gateway's too.
func binary() string { return os.Args[0] }

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// now is the time that an advance has come to.
func (r reply) now(t testing.TB) time.Time {
	t.Helper()
	var answer struct{ Now time.Time }
	if err := json.Unmarshal(r.body, &answer); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return answer.Now
}

// wantVerified has the store checked against itself, as an operator would.
func (s *site) wantVerified() {
	s.t.Helper()
	if out, err := s.command("verify", "--data", s.data); err != nil {
		s.t.Errorf("verify: %v\n%s", err, out)
	}
}
