package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/lendgate/lendgate/canonical"
)

// crowd is requests at a turnstile. Each works until it is told to leave.
type crowd struct {
	t      testing.TB
	at     *turnstile
	served []string // who got a place, in order
	places map[string]*place
	gone   map[string]time.Duration // who was refused, and after how long
}

func newCrowd(t testing.TB, places int) *crowd {
	return &crowd{t: t, at: newTurnstile(places), places: make(map[string]*place), gone: make(map[string]time.Duration)}
}

// come has a request of a merchant and class arrive; it waits beside the test, in the bubble of it.
func (c *crowd) come(name, merchant string, worth class) {
	c.comeWithin(c.t.Context(), name, merchant, worth, time.Hour)
}

func (c *crowd) comeWithin(ctx context.Context, name, merchant string, worth class, most time.Duration) {
	go func() {
		began := time.Now()
		p, err := c.at.enter(ctx, merchant, worth, most)
		c.at.mu.Lock()
		defer c.at.mu.Unlock()
		if err != nil {
			if canonical.KindOf(err) != canonical.Overloaded {
				c.t.Errorf("%s was refused with %v", name, err)
			}
			c.gone[name] = time.Since(began)
			return
		}
		c.served = append(c.served, name)
		c.places[name] = p
	}()
	synctest.Wait()
}

func (c *crowd) leave(name string) {
	c.places[name].leave()
	synctest.Wait()
}

// drain has everyone leave who works, until nobody is left.
func (c *crowd) drain() {
	for left := 0; left < len(c.served); left++ {
		c.leave(c.served[left])
	}
	c.wantEmpty()
}

func (c *crowd) wantEmpty() {
	c.t.Helper()
	p := c.at.pressure()
	if p.InFlight != 0 || len(c.at.parties) != 0 {
		c.t.Errorf("there are %d at work and %d parties left", p.InFlight, len(c.at.parties))
	}
	for n, l := range c.at.lines {
		if len(l.parties) != 0 {
			c.t.Errorf("%s are still in line", turns[n].class)
		}
	}
}

func (c *crowd) wantServed(want ...string) {
	c.t.Helper()
	if !slices.Equal(c.served, want) {
		c.t.Errorf("served %s, want %s", strings.Join(c.served, " "), strings.Join(want, " "))
	}
}

func TestWhatIsWorthMoreIsServedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		c.come("first", "acme", reads)
		c.come("a quote", "acme", quotes)
		c.come("a read", "acme", reads)
		c.come("an order", "acme", orders)
		c.come("a capture", "acme", kept)
		c.drain()
		c.wantServed("first", "a capture", "an order", "a read", "a quote")
	})
}

func TestWhatIsWorthLessGivesUpFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		c.come("first", "acme", kept)
		for _, worth := range []class{kept, orders, reads, quotes} {
			c.come(string(worth), "acme", worth)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if !(c.gone["quotes"] > 0 && c.gone["quotes"] < c.gone["reads"] && c.gone["reads"] < c.gone["orders"]) || c.gone["kept"] != 0 {
			t.Errorf("refused after %v", c.gone)
		}
		c.drain()
		c.wantServed("first", "kept")
	})
}

func TestABurstWaitsAndAFloodDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 4)
		for i := range 4 {
			c.come(fmt.Sprint("work ", i), "acme", orders)
		}
		c.come("in a burst", "acme", orders)
		time.Sleep(standing + time.Millisecond)
		c.come("in a flood", "acme", orders)
		time.Sleep(time.Second)
		synctest.Wait()
		orders := turns[turnOf(orders)]
		if c.gone["in a burst"] != orders.calm || c.gone["in a flood"] != orders.busy {
			t.Errorf("refused after %v", c.gone)
		}
		c.drain()
	})
}

func TestWhoHasLessThanHisShareWaitsLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 4)
		for i := range 8 {
			c.come(fmt.Sprint("flood ", i), "loud", kept)
		}
		c.come("a read", "loud", reads)
		time.Sleep(standing - time.Millisecond)
		c.come("another read", "loud", reads)
		time.Sleep(2 * time.Millisecond)
		c.come("more", "loud", reads)
		c.come("a quiet one", "quiet", reads)
		time.Sleep(nextInLine - 2*time.Millisecond)
		c.leave("flood 0")
		c.wantServed("flood 0", "flood 1", "flood 2", "flood 3", "a quiet one")
		if c.gone["more"] != turns[turnOf(reads)].busy {
			t.Errorf("refused after %v", c.gone)
		}
		c.drain()
	})
}

func TestAQueueThatIsTooLongIsNotJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2)
		for i := range 5 {
			c.come(fmt.Sprint(i), "acme", orders)
		}
		if took, refused := c.gone["4"]; !refused || took != 0 {
			t.Errorf("the fifth was refused %t after %s", refused, took)
		}
		if err := c.at.peek("acme", orders); canonical.KindOf(err) != canonical.Overloaded {
			t.Errorf("whoever looks before sees %v", err)
		}
		for _, free := range []struct {
			merchant string
			class    class
		}{{"other", orders}, {"acme", reads}, {"acme", kept}, {"acme", class("free")}} {
			if err := c.at.peek(free.merchant, free.class); err != nil {
				t.Errorf("%v sees %v", free, err)
			}
		}
		c.drain()
		c.wantServed("0", "1", "2", "3")
	})
}

func TestWorkOnMoneyIsNeverRefusedHoweverMuchThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2)
		var names []string
		for i := range 500 {
			names = append(names, fmt.Sprint(i))
			c.come(names[i], "acme", kept)
		}
		time.Sleep(20 * time.Second)
		c.drain()
		c.wantServed(names...)
	})
}

func TestAFloodWaitsForItselfAlone(t *testing.T) {
	for _, flood := range []class{kept, orders, reads} {
		t.Run("a flood of "+string(flood), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, 4)
				for i := range 8 {
					c.come(fmt.Sprint("flood ", i), "loud", flood)
				}
				c.come("a quote", "quiet", quotes)
				c.leave("flood 0")
				c.wantServed("flood 0", "flood 1", "flood 2", "flood 3", "a quote")
				c.drain()
			})
		})
	}
}

func TestOneMerchantLeavesRoomForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 16)
		for i := range 20 {
			c.come(fmt.Sprint("flood ", i), "loud", kept)
		}
		if got := c.at.pressure(); got.InFlight != 14 || got.Waiting["kept"] != 6 {
			t.Errorf("got %+v", got)
		}
		c.come("a quote", "quiet", quotes)
		if c.places["a quote"] == nil {
			t.Error("the quiet one waits")
		}
		c.drain()
	})
}

func TestMerchantsOfOneClassAreServedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		c.come("first", "x", orders)
		for _, merchant := range []string{"a", "b", "c"} {
			c.come(merchant+"0", merchant, kept)
			c.come(merchant+"1", merchant, kept)
		}
		c.drain()
		c.wantServed("first", "a0", "b0", "c0", "a1", "b1", "c1")
	})
}

func TestACallerThatGoesLeavesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1)
		c.come("first", "acme", kept)
		ctx, hangUp := context.WithCancel(t.Context())
		c.comeWithin(ctx, "gone", "acme", kept, time.Hour)
		c.comeWithin(t.Context(), "hurried", "acme", kept, time.Second)
		c.come("patient", "acme", kept)
		hangUp()
		time.Sleep(2 * time.Second)
		c.drain()
		c.wantServed("first", "patient")
		if c.gone["hurried"] != time.Second {
			t.Errorf("refused after %v", c.gone)
		}
	})
}

func TestNobodyWaitsWhereThereIsNoLimitOrNoNeed(t *testing.T) {
	none, one := newTurnstile(0), newTurnstile(1)
	if _, err := one.enter(t.Context(), "acme", orders, time.Hour); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if p, err := none.enter(t.Context(), "acme", quotes, 0); p != nil || err != nil {
			t.Fatalf("got %v %v", p, err)
		}
		if p, err := one.enter(t.Context(), "acme", free, 0); p != nil || err != nil {
			t.Fatalf("got %v %v", p, err)
		}
	}
	(*place)(nil).leave()
}

func TestAPlaceIsLeftOnce(t *testing.T) {
	at := newTurnstile(2)
	first, _ := at.enter(t.Context(), "acme", orders, 0)
	second, _ := at.enter(t.Context(), "acme", orders, 0)
	first.leave()
	first.leave()
	if got := at.pressure().InFlight; got != 1 {
		t.Errorf("%d are at work", got)
	}
	second.leave()
	if got := at.pressure().InFlight; got != 0 {
		t.Errorf("%d are at work", got)
	}
}

// Whatever comes and goes in whatever order: never more work than there are places, nobody waits beside a free
// one, and nothing is left behind.
func TestAnyCrowd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			places := rapid.SampledFrom([]int{1, 2, 3, 5, 8, 16}).Draw(rt, "places")
			c := newCrowd(t, places)
			worths := []class{kept, orders, reads, quotes}
			for i := range rapid.IntRange(1, 80).Draw(rt, "steps") {
				switch step := rapid.IntRange(0, 9).Draw(rt, "step"); {
				case step < 6:
					merchant := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "merchant")
					c.come(fmt.Sprint(i), merchant, rapid.SampledFrom(worths).Draw(rt, "class"))
				case step < 9 && len(c.served) > 0:
					c.leave(rapid.SampledFrom(c.served).Draw(rt, "who leaves")) // a second time too
				default:
					time.Sleep(time.Duration(rapid.IntRange(1, 200).Draw(rt, "ms")) * time.Millisecond)
				}
				synctest.Wait()
				c.wantSane(places)
			}
			c.drain()
		})
	})
}

func (c *crowd) wantSane(places int) {
	c.t.Helper()
	working, waiting, idle := 0, 0, 0
	for _, p := range c.at.parties {
		working += p.inside
		waiting += p.waiting
		if p.inside > c.at.most() {
			c.t.Fatalf("one has %d of %d places", p.inside, places)
		}
		if p.inside < c.at.most() {
			idle += p.waiting
		}
	}
	pressure, counted := c.at.pressure(), 0
	for _, n := range pressure.Waiting {
		counted += n
	}
	if working != pressure.InFlight || working > places || counted != waiting || (idle > 0 && working < places) {
		c.t.Fatalf("%d work, %d are counted, %d wait, %d are in line, for %d places", working, pressure.InFlight, waiting, counted, places)
	}
}
