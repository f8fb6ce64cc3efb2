package declared_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/declared"
	"github.com/lendgate/lendgate/canonical"
)

func TestTheShippedContractsReadWithoutAMistake(t *testing.T) {
	all, err := readOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 6 {
		t.Errorf("%d contracts", len(all))
	}
	for _, c := range all {
		for _, guess := range c.Assumed() {
			if guess.What == "" || guess.Why == "" {
				t.Errorf("%s: %+v", c.Adapter().Name, guess)
			}
		}
	}
}

func TestWhatTheShippedContractsDeclare(t *testing.T) {
	for _, row := range []struct {
		lender, row string
		want        adapters.Exchange
	}{
		{"afterpay", "authorize", adapters.Exchange{Class: adapters.MoneyCall, Key: adapters.KeyPlace{InBody: true, TTL: day}, Lost: ways("repeat_same_key", "read_and_compare")}},
		{"afterpay", "capture", adapters.Exchange{Class: adapters.MoneyCall, Partial: true, Key: adapters.KeyPlace{InBody: true, TTL: day}, Lost: ways("repeat_same_key", "find_by_reference")}},
		{"sezzle", "create", adapters.Exchange{Class: adapters.Harmless, Lost: ways("send_again")}},
		{"sezzle", "refund", adapters.Exchange{Class: adapters.MoneyCall, Partial: true, Key: adapters.KeyPlace{Header: "sezzle-request-id", TTL: day}, Lost: ways("repeat_same_key", "compare_totals")}},
		{"riverty", "create", adapters.Exchange{Class: adapters.MoneyCall, Lost: ways("find_by_reference")}},
		{"riverty", "capture", adapters.Exchange{Class: adapters.MoneyCall, Partial: true, Lost: ways("find_by_reference", "compare_totals")}},
		{"alma", "refund", adapters.Exchange{Class: adapters.MoneyCall, Partial: true, Lost: ways("find_by_reference", "compare_totals")}},
		{"walley", "capture", adapters.Exchange{Class: adapters.MoneyCall, Partial: true, Bare: true, Key: adapters.KeyPlace{Header: "x-idempotency", TTL: day}, Lost: ways("repeat_same_key", "read_and_compare", "ask_a_person")}},
		{"billie", "create", adapters.Exchange{Class: adapters.MoneyCall, Lost: ways("ask_a_person")}},
		{"billie", "cancel", adapters.Exchange{Class: adapters.MoneyCall, Bare: true, Lost: ways("read_and_compare")}},
	} {
		t.Run(row.lender+" "+row.row, func(t *testing.T) {
			d, err := shipped(t, row.lender).Define(lenders[row.lender].Settings)
			if err != nil {
				t.Fatal(err)
			}
			x := exchange(t, d, row.row)
			got := adapters.Exchange{Class: x.Class, Partial: x.Partial, Bare: x.Bare, Key: x.Key, Lost: x.Lost}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

const day = 24 * time.Hour

func ways(names ...canonical.Recovery) []canonical.Recovery { return names }

func TestARefundNamesItsCaptureWhereTheContractUsesIt(t *testing.T) {
	for lender, want := range map[string]bool{"afterpay": false, "sezzle": false, "riverty": true, "billie": true, "alma": false, "walley": false} {
		d, err := shipped(t, lender).Define(lenders[lender].Settings)
		if err != nil {
			t.Fatal(err)
		}
		if d.Traits.RefundNamesCapture != want {
			t.Errorf("%s: %t", lender, d.Traits.RefundNamesCapture)
		}
	}
}

func TestARowMayHaveTheOrderReadJustBefore(t *testing.T) {
	d := defined(t, keyed, "    reply: {movement: /id}", "    fresh: true\n    reply: {movement: /id}")
	for row, want := range map[string]bool{"capture": true, "create": false, "sync": false} {
		if x := exchange(t, d, row); x.Fresh != want {
			t.Errorf("%s: %t", row, x.Fresh)
		}
	}
}

func TestTheFactsOfTheLenderAreLeftToOthers(t *testing.T) {
	text := plain + "lender:\n  source: &a https://plain.test\n  lives: [{again: *a}]\n"
	c, mistakes := declared.Read("c.yaml", []byte(text))
	if mistakes != nil {
		t.Fatal(mistakes.Error())
	}
	var facts struct {
		Source string
		Lives  []struct{ Again string }
	}
	block := c.Lender()
	if err := block.Node.Decode(&facts); err != nil || facts.Source != "https://plain.test" || len(facts.Lives) != 1 || facts.Lives[0].Again != facts.Source {
		t.Errorf("%+v, %v", facts, err)
	}
	if line := strings.Count(plain, "\n") + 2; block.File != "c.yaml" || block.Node.Line != line || block.Node.Column != 3 {
		t.Errorf("the block is at %s:%d:%d, want line %d", block.File, block.Node.Line, block.Node.Column, line)
	}
	if c, _ := declared.Read("c.yaml", []byte(plain)); c.Lender().Node != nil {
		t.Error("a contract without the block has one")
	}
	if c, mistakes := declared.Read("c.yaml", []byte(text+"lender: {}\n")); c != nil || !strings.Contains(mistakes.Error(), "lender: is written twice") {
		t.Errorf("two blocks: %v", mistakes)
	}
}

func TestManyCallsShareAContract(t *testing.T) {
	d, err := shipped(t, "billie").Define(lenders["billie"].Settings)
	if err != nil {
		t.Fatal(err)
	}
	capture, sync := exchange(t, d, "capture"), exchange(t, d, "sync")
	cmd := asked(canonical.OpCapture, "30.00")
	cmd.Options = canonical.Values{"invoice_url": []byte(`"https://shop.test/1"`)}
	const order = `{"uuid":"o1","state":"shipped","amount":{"gross":30},"unshipped_amount":{"gross":0},"invoices":[{"uuid":"i1","external_code":"att_1","amount":{"gross":30}}]}`
	var all errgroup
	for range 8 {
		all.run(func() error {
			for range 50 {
				if _, err := capture.Encode(cmd); err != nil {
					return err
				}
				if _, err := capture.Decode(cmd, says(201, `{"uuid":"i1"}`)); err != nil {
					return err
				}
				if _, err := sync.Read(canonical.Query{Order: cmd.Order}, says(200, order)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, err := range all.wait() {
		t.Error(err)
	}
}

// errgroup runs functions at the same time and gathers their errors.
type errgroup struct {
	sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

func (g *errgroup) run(f func() error) {
	g.Go(func() {
		if err := f(); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.errs = append(g.errs, err)
		}
	})
}

func (g *errgroup) wait() []error {
	g.Wait()
	return g.errs
}
