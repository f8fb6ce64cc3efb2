package engine_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lendgate/lendgate/adapters/sandbox/lender"
	"github.com/lendgate/lendgate/canonical"
	"github.com/lendgate/lendgate/gateway/engine"
)

// soon is time enough for a look at the lender, and for the second that a message at the same moment wants.
const soon = 10 * time.Second

func TestAMessageChangesNothingAndHasTheLenderRead(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k, order, notices := one.lived(t)
		before := k.order(order.ID)
		k.deliverThese(notices)
		if diff := cmp.Diff(before.Totals, k.order(order.ID).Totals); diff != "" {
			t.Errorf("money moved by a payload:\n%s", diff)
		}
		k.wantTimers()
		k.later(soon)
		after := k.order(order.ID)
		k.wantStatus(after, one.end)
		if op := k.operationOf(order.ID); op.Origin != canonical.FromProvider || op.FoundBy != canonical.ByNotification {
			t.Errorf("the last operation is of origin %s, found by %s", op.Origin, op.FoundBy)
		}
		k.wantAllBooks(one.style)
		k.wantAbout(order.ID, notices)
	})
}

func TestAMessageMayComeLateAndTwice(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k, order, notices := one.lived(t)
		k.wantStatus(k.sync(order.ID), one.end)
		version := k.order(order.ID).Version
		k.later(4 * time.Minute)
		for range 2 {
			k.deliverThese(notices)
			k.later(time.Minute)
		}
		if after := k.order(order.ID); after.Version != version {
			t.Errorf("version %d after %d: %v", after.Version, version, k.events(order.ID))
		}
		k.wantAllBooks(one.style)
	})
}

func TestMessagesMayComeInAnyOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, one telling) {
		for _, permutation := range permutations(one.told) {
			k, order, notices := one.lived(t)
			for _, i := range permutation {
				k.deliverThese(notices[i : i+1])
				k.later(3 * time.Second)
			}
			k.later(soon)
			k.wantStatus(k.order(order.ID), one.end)
			k.wantAllBooks(one.style)
			if t.Failed() {
				t.Fatalf("in the order %v", permutation)
			}
		}
	})
}

// TestMessagesComeBetweenDeeds delivers what was told after each deed, the newest first, and what was told
// before once more.
func TestMessagesComeBetweenDeeds(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k, order := one.ready(t)
		var before []lender.Notice
		for _, d := range one.deeds {
			k.act(one.style.name(), order.ProviderOrder.Reference, d.do, d.amount)
			told := k.mail()
			slices.Reverse(told)
			k.deliverThese(append(told, before...))
			before = append(before, told...)
			k.later(3 * time.Second)
			k.wantAllBooks(one.style)
		}
		k.later(soon)
		k.wantStatus(k.order(order.ID), one.end)
	})
}

func TestAMessageMayOvertakeTheAnswerOfTheCreate(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		if one.asked {
			one.deeds, one.end = nil, canonical.StatusCreated
		}
		for _, moment := range []string{afterSend, afterReply} {
			k := newKit(t, one.style)
			var told []lender.Notice
			k.wire.at = func(at string) {
				there := k.world.Orders(one.style.name())
				if at != moment || len(there) == 0 {
					return
				}
				k.wire.at = nil
				one.live(k, canonical.Order{ProviderOrder: canonical.ProviderOrder{Reference: there[0].Reference}})
				told = k.mail()
				k.deliverThese(told)
			}
			created := k.create(one.style.newOrder("1000.00"))
			k.wantState(created.Operation, canonical.Succeeded, canonical.NextNone)
			k.later(soon)
			k.wantStatus(k.order(created.Order.ID), one.end)
			k.wantAllBooks(one.style)
			k.wantAbout(created.Order.ID, told)
		}
	})
}

// TestAHundredMessagesAreOneLookEachGap has each message be another: what names it is made anew.
func TestAHundredMessagesAreOneLookEachGap(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		if one.word == "" {
			t.Skip("nobody but the lender can seal a message")
		}
		k, order, notices := one.lived(t)
		last := notices[len(notices)-1]
		before := k.looks(one.style.name())
		for i := range 100 {
			k.deliverThese([]lender.Notice{one.forged(last, one.mark, one.mark+strconv.Itoa(i))})
			k.later(100 * time.Millisecond)
		}
		k.later(soon)
		if kept := k.messages(); len(kept) != 100 {
			t.Errorf("%d messages are kept, want 100", len(kept))
		}
		if looks := k.looks(one.style.name()) - before; looks < 5 || looks > 8 {
			t.Errorf("%d looks in ten seconds, want one every two", looks)
		}
		k.wantStatus(k.order(order.ID), one.end)
		k.wantAllBooks(one.style)
	})
}

func TestTheSameMessageAHundredTimesIsOne(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k, order, notices := one.lived(t)
		before := k.looks(one.style.name())
		for range 100 {
			k.deliverThese(notices[len(notices)-1:])
			k.later(100 * time.Millisecond)
		}
		k.later(soon)
		if looks := k.looks(one.style.name()) - before; looks > 6 { // at once, after the gap, and once the order is certain; ecster is searched first
			t.Errorf("%d looks", looks)
		}
		k.wantStatus(k.order(order.ID), one.end)
		k.wantRules(k.order(order.ID))
	})
}

func TestWhatDoesNotVerifyLeavesNoTrace(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k, order, notices := one.lived(t)
		n := notices[len(notices)-1]
		bare, changed, cut := n, n, n
		bare.Header = http.Header{"Content-Type": {"application/json"}}
		changed.Body = []byte(strings.Replace(string(n.Body), "1", "2", 1))
		cut.Header = n.Header.Clone()
		for name := range cut.Header {
			cut.Header.Set(name, cut.Header.Get(name)+"0")
		}
		forgeries := map[string]lender.Notice{"without proof": bare, "with another proof": cut}
		if one.style.name() != "ecster" { // its proof does not cover the body
			forgeries["with another body"] = changed
		}
		for _, other := range tellings {
			if other.style.name() != one.style.name() {
				_, _, theirs := other.lived(t)
				theirs[0].URL = n.URL
				forgeries["of "+other.name] = theirs[0]
			}
		}
		before, looks := k.order(order.ID), k.looks(one.style.name())
		for name, forged := range forgeries {
			if err := k.deliver(forged); canonical.KindOf(err) != canonical.Unauthenticated {
				t.Errorf("%s: %v, want unauthenticated", name, err)
			}
		}
		k.later(soon)
		if after := k.order(order.ID); after.Version != before.Version || k.looks(one.style.name()) != looks || len(k.timers()) > 1 {
			t.Errorf("version %d after %d, %d looks, timers %v", after.Version, before.Version, k.looks(one.style.name())-looks, k.timers())
		}
	})
}

func TestWhoSendsNoMessagesGetsNone(t *testing.T) {
	k, _ := spendoptionStyle.reserved(t, "1000.00")
	for provider, want := range map[string]canonical.Kind{"spendoption": canonical.NotFound, "nobody": canonical.NotFound, "off": canonical.ProviderOff} {
		k.off["off"] = true
		err := k.engine.Receive(t.Context(), provider, canonical.Message{Body: []byte("{}"), At: k.clock()})
		if err == nil || canonical.KindOf(err) != want {
			t.Errorf("%s: %v, want %s", provider, err, want)
		}
	}
}

func TestAPayloadThatLiesIsNotBelieved(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		if one.word == "" {
			t.Skip("nobody but the lender can seal a message")
		}
		one.deeds = one.deeds[:1]
		k, order := one.ready(t)
		k.mail()
		one.live(k, order)
		lie := one.forged(k.mail()[0], one.word, one.lie)
		if !strings.Contains(string(lie.Body), one.lie) {
			t.Fatalf("nothing is changed: %s", lie.Body)
		}
		k.wire.connected(false)
		k.deliverThese([]lender.Notice{lie})
		before := k.order(order.ID)
		k.later(time.Minute)
		if diff := cmp.Diff(before.Totals, k.order(order.ID).Totals); diff != "" {
			t.Errorf("money moved by a payload:\n%s", diff)
		}
		k.wire.connected(true)
		k.later(time.Hour)
		k.wantStatus(k.order(order.ID), one.believe)
		k.wantAllBooks(one.style)
	})
}

func TestALenderThatIsDownWhenItsMessageComesIsReadLater(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k, order, notices := one.lived(t)
		k.wire.connected(false)
		k.deliverThese(notices[len(notices)-1:])
		for range 3 {
			k.later(time.Hour)
			k.wantTimers()
		}
		k.wire.connected(true)
		k.later(2 * time.Minute)
		k.wantStatus(k.order(order.ID), one.end)
		k.wantAllBooks(one.style)
	})
}

func TestAMessageOfNoOrderOfOurs(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k := newKit(t, one.style)
		k.keep = 30 * 24 * time.Hour
		k.engine = k.newEngine("one")
		stranger(k, one.style, "1000.00")
		notices := k.mail()
		if len(notices) == 0 {
			t.Fatal("nothing was told")
		}
		looks := k.looks(one.style.name())
		k.deliverThese(notices)
		k.later(23 * time.Hour)
		k.wantMessages()
		if k.looks(one.style.name()) != looks || k.alarms.String() != "" {
			t.Errorf("%d looks, alarms %q", k.looks(one.style.name())-looks, k.alarms.String())
		}
		k.later(2 * time.Hour)
		if told := strings.Count(k.alarms.String(), "about no order of ours"); told != len(notices) {
			t.Errorf("%d alarms for %d messages: %s", told, len(notices), k.alarms.String())
		}
		k.wantMessages()
		k.later(28 * 24 * time.Hour)
		if kept := k.messages(); len(kept) != len(notices) {
			t.Errorf("%d messages are kept, want %d", len(kept), len(notices))
		}
		k.later(24 * time.Hour)
		if timers := k.timers(); len(k.messages()) > 0 || len(timers) > 0 || len(k.all()) > 0 {
			t.Errorf("timers %v, orders %v", timers, k.all())
		}
	})
}

func TestAMessageThatCameBeforeItsOrderIsMatchedLater(t *testing.T) {
	each(t, func(t *testing.T, one telling) {
		k := newKit(t, one.style)
		theirs := stranger(k, one.style, "1000.00")
		notices := k.mail()
		k.deliverThese(notices)
		k.later(time.Hour)
		adopted, err := k.adopt(engine.NewOrder{Provider: one.style.name(), ProviderOrder: theirs.ProviderOrder.ID, Customer: canonical.Customer{Reference: one.style.customer}, Refunded: &canonical.Amount{}})
		if err != nil {
			t.Fatal(err)
		}
		k.later(16 * time.Minute)
		k.wantAbout(adopted.Order.ID, notices)
		k.wantAllBooks(one.style)
	})
}
