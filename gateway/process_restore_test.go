package gateway_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// TestRestoreDrill destroys the data folder of a gateway that was backed up while merchants worked, and life
// went on after the last backup. The restored gateway sends nothing to a lender before it has compared what it
// knows, and in the end the books are the lenders' again.
func TestRestoreDrill(t *testing.T) {
	t.Parallel()
	h := harness{
		name: "process-restore", short: 1,
		some: []string{
			"drills", "orders restored", "movements after the last backup", "orders taken over from lists", "orders adopted by hand",
			"movements recorded by an operator", "broken backups refused", "answers that still stand",
		},
		never: []string{"requests that moved something in quarantine", "books that differ", "broken backups restored"},
		rare:  []string{"ended by an operator"},
	}
	h.run(t, func(t *testing.T, seed uint64, long bool, counts map[string]int64) {
		d := &drill{site: newSite(t), seed: seed, counts: counts, work: 25, backups: filepath.Join(t.TempDir(), "backups"), lenders: filepath.Join(t.TempDir(), "sandbox")}
		if long {
			d.work = 80
		}
		d.tune(hurried...)
		d.live()
		d.refuseBroken()
		d.restore()
		d.watchQuarantine()
		d.release()
		d.judge()
		counts["drills"]++
	})
}

// drill is one destruction and what follows.
type drill struct {
	*site
	seed     uint64
	work     int64 // answers between two backups
	counts   map[string]int64
	backups  string
	lenders  string         // where the lenders' journal is kept meanwhile: no disk of ours holds what they know
	promised []*request     // what had been settled when the last backup was made
	moved    int            // movements at the lenders by then
	writes   map[string]int // requests of each lender that were not reads, until the gateway died
}

// run runs the binary to its end and wants it to go well.
func (d *drill) run(args ...string) {
	d.t.Helper()
	if out, err := d.command(args...); err != nil {
		d.t.Fatalf("%v: %v: %s", args, err, out)
	}
}

func (d *drill) backup() {
	d.t.Helper()
	d.run("backup", "--data", d.data, "--config", d.config, "--to", d.backups)
}

// live is the time before: merchants work, backups are made, and after the last one more happens until the
// machine is gone.
func (d *drill) live() {
	d.t.Helper()
	gateway := d.together()
	d.site.control("PUT", "chaos", fmt.Sprintf(`{"seed":%d,"percent":8,"faults":%s}`, d.seed, honestFaults), nil)
	m := d.site.work(d.seed, clientsAtOnce)
	for range 3 {
		m.await(d.work)
		settled := m.settled()
		d.moved = len(d.effects())
		d.backup()
		d.promised = settled
	}
	m.await(2 * d.work)
	m.stop()
	d.calm()
	gateway.kill()
	d.writes = d.written()
	if err := os.Rename(filepath.Join(d.data, "sandbox"), d.lenders); err != nil {
		d.t.Fatal(err)
	}
}

// settled are the requests whose answers were settled.
func (m *merchants) settled() (settled []*request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.requests {
		r.mu.Lock()
		if r.told != nil {
			settled = append(settled, r)
		}
		r.mu.Unlock()
	}
	return settled
}

// written counts the requests in the lenders' journal that were not reads, by lender.
func (s *site) written() map[string]int {
	s.t.Helper()
	count := make(map[string]int)
	for _, line := range s.journal() {
		if line.Request != nil && line.Request.Method != http.MethodGet && !strings.HasSuffix(line.Request.Path, "/auth/login") {
			count[line.Lender]++
		}
	}
	return count
}

// refuseBroken tries to restore what is not whole: it is refused, and leaves nothing behind.
func (d *drill) refuseBroken() {
	d.t.Helper()
	dice := rand.New(rand.NewPCG(d.seed, 9))
	files, err := filepath.Glob(filepath.Join(d.backups, "*.backup"))
	if err != nil || len(files) != 3 {
		d.t.Fatalf("the backups are %v, want three: %v", files, err)
	}
	for _, b := range []struct {
		name  string
		spoil func([]byte) []byte
	}{
		{"cut", func(text []byte) []byte { return text[:dice.IntN(len(text))] }},
		{"altered", func(text []byte) []byte {
			text[dice.IntN(len(text))] ^= byte(1) << dice.IntN(8)
			return text
		}},
		{"longer", func(text []byte) []byte { return append(text, text[:dice.IntN(len(text))]...) }},
	} {
		folder, data := d.t.TempDir(), filepath.Join(d.t.TempDir(), "data")
		spoilt := dice.IntN(len(files))
		for i, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				d.t.Fatal(err)
			}
			if i == spoilt {
				text = b.spoil(text)
			}
			write(d.t, filepath.Join(folder, filepath.Base(path)), string(text))
		}
		out, err := d.command("restore", "--data", data, "--config", d.config, "--from", folder)
		left, _ := os.ReadDir(filepath.Join(data, "store"))
		if err == nil || len(left) > 0 {
			d.t.Errorf("backup %d of 3 is %s: restored with %v and %q, and left %v", spoilt+1, b.name, err, out, left)
		}
		d.counts["broken backups refused"]++
	}
}

// restore makes the data folder anew: nothing of the old one is left but the configuration.
func (d *drill) restore() {
	d.t.Helper()
	if out, err := d.command("restore", "--data", d.data, "--config", d.config, "--from", d.backups); err == nil {
		d.t.Fatalf("restored over data that is there: %s", out)
	}
	config, err := os.ReadFile(d.config)
	if err == nil {
		err = os.RemoveAll(d.data)
	}
	if err == nil {
		err = os.Mkdir(d.data, 0o700)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	write(d.t, d.config, string(config))
	d.run("restore", "--data", d.data, "--config", d.config, "--from", d.backups)
	if err := os.Rename(d.lenders, filepath.Join(d.data, "sandbox")); err != nil {
		d.t.Fatal(err)
	}
	d.together()
	d.counts["orders restored"] += int64(len(d.orders()))
}

// quarantined lists the providers that are in quarantine.
func (d *drill) quarantined() (ids []string) {
	d.t.Helper()
	var page struct {
		Providers []struct {
			ID         string
			Quarantine *struct{ Orders int }
		}
	}
	d.readAs(d.operator, "/v1/providers", &page)
	for _, p := range page.Providers {
		if p.Quarantine != nil {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// wantUnwritten: no lender was sent anything but reads whose provider is in quarantine.
func (d *drill) wantUnwritten() (quarantined []string) {
	d.t.Helper()
	writes := d.written()
	quarantined = d.quarantined()
	for _, id := range quarantined {
		if name := tradeAt(id).lender; writes[name] != d.writes[name] {
			d.t.Errorf("%s is in quarantine and was sent %d requests that move something", id, writes[name]-d.writes[name])
		}
	}
	return quarantined
}

// watchQuarantine lets time pass. Merchants are refused what would be sent; lenders that list their orders
// come out by themselves, the others stay.
func (d *drill) watchQuarantine() {
	d.t.Helper()
	d.wantUnwritten()
	for _, t := range trades {
		a, status, err := d.ask("POST", "/v1/orders", t.newOrder("NEW-"+t.provider, "100.00"))
		if err != nil || (slices.Contains(d.quarantined(), t.provider) && a.Code != "provider_off") {
			d.t.Errorf("a new order at %s: status %d %s %v, want provider_off", t.provider, status, a.Code, err)
		}
	}
	listless := []string{"creditkey-us", "iwoca-uk", "newday-uk"}
	ids := d.wantUnwritten()
	for _, by := range []time.Duration{time.Minute, time.Minute, 2 * time.Minute, 10 * time.Minute, 10 * time.Minute} {
		d.advance(by)
		if ids = d.wantUnwritten(); len(ids) <= len(listless) {
			break
		}
		d.decide()
	}
	if slices.Sort(ids); !slices.Equal(ids, listless) {
		d.t.Errorf("in quarantine are %v, want those whose lender has no list of orders", ids)
	}
	for _, o := range d.orders() {
		if o.Drift != nil && strings.HasPrefix(o.Drift.Seen, "restored") && o.Provider != "newday-uk" && o.InDoubt == nil && o.ProviderOrder.ID != "" {
			d.t.Errorf("order %s at %s was not compared: %s; in doubt %v, history %v", o.ID, o.Provider, o.Drift.Seen, o.InDoubt, d.history(o.ID))
		}
	}
}

// decide is what an operator does about what the backup shows as under way and no comparison can settle: more has
// happened since than that.
func (d *drill) decide() {
	d.t.Helper()
	for _, op := range d.operations() {
		if op.State == "handed_over" && (op.Provider == "ecster-se" || op.Provider == "fluxa") {
			d.resolve(op)
			d.counts["ended by an operator"]++
		}
	}
}

// release is the operator's part: a reason ends the quarantine, and what no lender lists is looked for there.
func (d *drill) release() {
	d.t.Helper()
	for _, id := range d.quarantined() {
		d.mustAs(d.operator, http.StatusBadRequest, "POST", "/v1/providers/"+id+"/release", `{"reason":""}`)
		d.mustAs(d.operator, http.StatusNoContent, "POST", "/v1/providers/"+id+"/release", `{"reason":"looked at the lender's own pages"}`)
	}
	if ids := d.quarantined(); len(ids) > 0 {
		d.t.Errorf("still in quarantine: %v", ids)
	}
	d.counts["ended by an operator"] += d.heal(false)
	d.adopt()
	d.record()
	d.heal(false)
}

// adopt takes over what was made after the last backup at lenders that have no list.
func (d *drill) adopt() {
	d.t.Helper()
	known := d.known()
	effects := d.effects()
	for _, t := range trades {
		if t.provider != "creditkey-us" && t.provider != "iwoca-uk" {
			continue
		}
		var theirs []struct{ ID, Status, Amount, Refunded string }
		d.control("GET", t.lender+"/orders", "", &theirs)
		for _, one := range theirs {
			there := order{Provider: t.provider}
			there.ProviderOrder.ID = one.ID
			if known[t.lender+" "+one.ID] || moved(effects, &there, "authorize").IsZero() && moved(effects, &there, "capture").IsZero() {
				continue
			}
			body := fmt.Sprintf(`{"provider":%q,"provider_order_id":%q,"refunded":%q}`, t.provider, one.ID, moved(effects, &there, "refund").StringFixed(2))
			r, err := d.sendFor("demo", d.operator, d.newKey(), http.MethodPost, "/v1/orders", body)
			if err != nil || r.status != http.StatusCreated {
				d.t.Errorf("adopt %s, which is %s at %s: status %d %s %v", one.ID, one.Status, t.provider, r.status, r.body, err)
			}
			d.counts["orders adopted by hand"]++
		}
	}
}

// known are the lenders' orders that are ours, of all merchants.
func (d *drill) known() map[string]bool {
	d.t.Helper()
	known := make(map[string]bool)
	for _, o := range d.orders() {
		known[tradeAt(o.Provider).lender+" "+o.ProviderOrder.ID] = true
	}
	return known
}

// unseen are the movements that lenders do not show when they are read, by their definitions: NewDay cannot be
// read at all, and Credit Key shows no refund of a part.
var unseen = map[string][]string{"newday-uk": {"capture", "cancel", "refund"}, "creditkey-us": {"refund"}}

// record books what happened after the last backup and no read shows.
func (d *drill) record() {
	d.t.Helper()
	effects := d.effects()
	for _, o := range d.orders() {
		for _, kind := range unseen[o.Provider] {
			more := moved(effects, &o, kind).Sub(o.total(kind))
			if !more.IsPositive() {
				continue
			}
			body := fmt.Sprintf(`{"kind":%q,"amount":{"value":%q,"currency":%q},"reason":"seen at the lender after a restore"}`, kind, more.StringFixed(2), tradeAt(o.Provider).currency)
			r, err := d.sendFor(o.Merchant, d.operator, d.newKey(), http.MethodPost, "/v1/orders/"+o.ID+"/record", body)
			if err != nil || r.status != http.StatusOK {
				d.t.Errorf("record %s on %s: status %d %s %v", body, o.ID, r.status, r.body, err)
			}
			d.counts["movements recorded by an operator"]++
		}
	}
}

// standing is what an order comes to: captured, refunded, and what is left of what was authorized. Of what was
// given back before anybody looked a read shows no more than that.
func standing(total func(kind string) decimal.Decimal) []decimal.Decimal {
	return []decimal.Decimal{total("capture"), total("refund"), total("authorize").Sub(total("cancel"))}
}

// judge compares everything.
func (d *drill) judge() {
	d.t.Helper()
	d.wantNothingOpen()
	d.wantVerified()
	effects, known := d.effects(), d.known()
	d.counts["movements after the last backup"] += int64(len(effects) - d.moved)
	for _, o := range d.orders() {
		ours, theirs := standing(o.total), standing(func(kind string) decimal.Decimal { return moved(effects, &o, kind) })
		if books := tradeAt(o.Provider).books; len(books) < len(allMovements) {
			ours, theirs = ours[:len(books)], theirs[:len(books)]
		}
		if !slices.EqualFunc(ours, theirs, decimal.Decimal.Equal) {
			d.t.Errorf("order %s at %s: we have %s, the lender %s; drift %v, history %v", o.ID, o.Provider, ours, theirs, o.Drift, d.history(o.ID))
		}
		if o.Merchant == "restored" {
			d.counts["orders taken over from lists"]++
		}
	}
	for _, e := range effects {
		if !known[e.Lender+" "+e.Order] && e.Lender != "spendoption" {
			d.t.Errorf("%s of %s at %s on order %s, which is not ours", e.Kind, e.Amount, e.Lender, e.Order)
		}
	}
	for _, r := range d.promised {
		if op := d.operation(r.operation); r.told.status < 300 && op.State != "succeeded" && op.State != "declined" && op.State != "incomplete" {
			d.t.Errorf("%s was told %s, and now %s is %s", r, r.told.body, op.ID, op.State)
		}
		d.counts["answers that still stand"]++
	}
}
