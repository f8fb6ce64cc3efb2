package creditkey_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/creditkey"
	"github.com/lendgate/lendgate/canonical"
)

func TestAbilitiesFollowTheOrder(t *testing.T) {
	client, _ := scripted(t, says(200, ""))
	tests := []struct {
		name  string
		order canonical.Order
		want  string
	}{
		{"created", asCreated, "create authorize update capture cancel refund(part)"},
		{"reserved", asReserved, "create authorize update capture cancel(part) refund(part)"},
		{"captured", asCaptured, "create authorize update capture cancel refund(part)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var list []string
			for _, a := range client.Able(tt.order) {
				word := string(a.Kind)
				if a.Partial {
					word += "(part)"
				}
				list = append(list, word)
			}
			if got := strings.Join(list, " "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if needs := client.Able(inCreation)[1].Needs; len(needs) != 1 || needs[0] != "/plan/installments" {
		t.Errorf("an authorization without a plan needs %v", needs)
	}
}

func TestWhatSettlesALostReplyIsDeclared(t *testing.T) {
	without, _ := scripted(t, says(200, ""))
	lookedUp, _ := scripted(t, says(200, ""), "reference_lookup", "ecomm", "public_key", "pk", "shared_secret", "hush")
	tests := []struct{ exchange, without, lookedUp string }{
		{"create", "ask_a_person", "find_by_reference ask_a_person"},
		{"authorize", "read_and_compare", "read_and_compare"},
		{"update_amount", "read_and_compare", "read_and_compare"},
		{"update", "send_again", "send_again"},
		{"capture", "read_and_compare", "read_and_compare"},
		{"cancel", "read_and_compare", "read_and_compare"},
		{"cancel_part", "read_and_compare", "read_and_compare"},
		{"refund_all", "read_and_compare", "read_and_compare"},
		{"refund", "ask_a_person", "ask_a_person"},
	}
	for _, tt := range tests {
		if got := ways(without, tt.exchange); got != tt.without {
			t.Errorf("%s: %s, want %s", tt.exchange, got, tt.without)
		}
		if got := ways(lookedUp, tt.exchange); got != tt.lookedUp {
			t.Errorf("%s with the look-up: %s, want %s", tt.exchange, got, tt.lookedUp)
		}
	}
}

func TestTheTraitsFollowTheGeneration(t *testing.T) {
	first, _ := scripted(t, says(200, ""))
	if got, want := first.Describe().Traits, (canonical.Traits{CreateReservesNothing: true, Final: canonical.FinalByUpdate}); got != want {
		t.Errorf("traits %+v", got)
	}
	second, _ := scripted(t, says(200, ""), "path_prefix", "/v2")
	if second.Describe().Traits.CreateReservesNothing || len(second.Describe().Options) > 0 {
		t.Errorf("the second generation has %+v and %v", second.Describe().Traits, second.Describe().Options)
	}
}

func ways(client *adapters.Client, exchange string) string {
	var words []string
	for _, way := range client.Evidence(exchange).Lost {
		words = append(words, string(way))
	}
	return strings.Join(words, " ")
}

func TestSettingsThatDoNotGoTogetherAreNamed(t *testing.T) {
	tests := []struct {
		name   string
		values adapters.Values
		want   string // what the message begins with
	}{
		{"no client", adapters.Values{"client_secret": "s"}, "client_id: "},
		{"no secret", adapters.Values{"client_id": "c"}, "client_secret: "},
		{"a look-up without its secret", with("reference_lookup", "ecomm", "public_key", "pk"), "shared_secret: "},
		{"a look-up at no address", with("lookup_url", "www.lender.example"), "lookup_url: "},
		{"a look-up anybody can read", with("lookup_url", "http://www.lender.example"), "lookup_url: "},
		{"no days", with("authorization_days", "0"), "authorization_days: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := creditkey.Adapter.Define(creditkey.Adapter.Defaults(tt.values))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s...", err, tt.want)
			}
		})
	}
}
