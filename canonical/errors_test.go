package canonical_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lendgate/lendgate/canonical"
)

// contract is what callers were promised of every kind: its status and the next safe action.
var contract = []struct {
	kind   canonical.Kind
	status int
	next   canonical.NextAction
}{
	{"invalid_request", 400, "correct_request"},
	{"idempotency_key_missing", 400, "correct_request"},
	{"unauthenticated", 401, "correct_request"},
	{"forbidden", 403, "contact_operator"},
	{"not_found", 404, "none"},
	{"operation_not_allowed", 409, "sync"},
	{"operation_in_progress", 409, "wait"},
	{"reference_taken", 409, "none"},
	{"provider_order_taken", 409, "none"},
	{"not_done", 409, "retry_new_key"},
	{"version_mismatch", 412, "correct_request"},
	{"idempotency_key_reused", 422, "correct_request"},
	{"amount_exceeded", 422, "correct_request"},
	{"operation_unsupported", 422, "correct_request"},
	{"no_provider", 422, "correct_request"},
	{"refused", 422, "correct_request"},
	{"payload_too_large", 413, "correct_request"},
	{"method_not_allowed", 405, "correct_request"},
	{"not_acceptable", 406, "correct_request"},
	{"unsupported_media_type", 415, "correct_request"},
	{"rate_limited", 429, "wait"},
	{"provider_misconfigured", 502, "contact_operator"},
	{"provider_garbled", 502, "retry_same_key"},
	{"provider_busy", 503, "retry_same_key"},
	{"provider_unavailable", 503, "retry_same_key"},
	{"overloaded", 503, "wait"},
	{"storage_low", 503, "wait"},
	{"provider_off", 503, "choose_another_provider"},
	{"internal", 500, "contact_operator"},
}

func TestEveryKindHasExactlyOneProblem(t *testing.T) {
	rows := map[canonical.Kind]int{}
	for _, row := range canonical.Problems {
		rows[row.Kind]++
		if row.Title == "" || !strings.HasSuffix(row.Help, ".") {
			t.Errorf("%s: title %q, help %q", row.Kind, row.Title, row.Help)
		}
	}
	kinds := constants(t, "Kind")
	for _, kind := range kinds {
		if rows[canonical.Kind(kind)] != 1 {
			t.Errorf("%s has %d rows", kind, rows[canonical.Kind(kind)])
		}
	}
	if len(kinds) != len(canonical.Problems) {
		t.Errorf("%d kinds, %d rows", len(kinds), len(canonical.Problems))
	}
}

func TestProblemsKeepTheContract(t *testing.T) {
	for _, want := range contract {
		row := canonical.ProblemOf(want.kind)
		if row.Kind != want.kind || row.Status != want.status || row.Next.Action != want.next {
			t.Errorf("%s: got %s, %d and %s, want %d and %s", want.kind, row.Kind, row.Status, row.Next.Action, want.status, want.next)
		}
		if wait := row.Next.Action == canonical.NextWait; wait && row.Next.After == 0 {
			t.Errorf("%s says to wait, and not how long", want.kind)
		}
	}
	if len(contract) != len(canonical.Problems) {
		t.Errorf("the contract has %d kinds, the table %d", len(contract), len(canonical.Problems))
	}
}

func TestKindOfFindsTheKindUnderWhatWasAdded(t *testing.T) {
	refused := canonical.Errorf(canonical.Refused, "credit limit")
	tests := []struct {
		name string
		err  error
		want canonical.Kind
	}{
		{"an error of ours", refused, canonical.Refused},
		{"one with context", fmt.Errorf("capture: %w", refused), canonical.Refused},
		{"an error of anybody else", errors.New("disk"), canonical.Internal},
		{"no error at all", nil, canonical.Internal},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := canonical.KindOf(test.err); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	if row := canonical.ProblemOf("mystery"); row.Kind != canonical.Internal {
		t.Errorf("a kind nobody knows is %s", row.Kind)
	}
}

func TestErrorSaysAllItKnowsToALog(t *testing.T) {
	cause := errors.New("connection reset")
	err := canonical.Invalid("/amount/value", "must be more than zero")
	err.Err = cause
	want := "invalid_request: must be more than zero (/amount/value must be more than zero): connection reset"
	if got := err.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
}

func TestClosedSetsListEveryConstantOnce(t *testing.T) {
	tests := []struct {
		name string
		set  []string
	}{
		{"Phase", texts(canonical.Phases)},
		{"EndedBy", texts(canonical.Endings)},
		{"Status", texts(canonical.Statuses())},
		{"OperationKind", texts(canonical.OperationKinds)},
		{"OperationState", append(texts(canonical.OperationStates), string(canonical.Planned))},
		{"Recovery", texts(canonical.Recoveries)},
		{"MoveName", moveNames()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			declared := constants(t, test.name)
			slices.Sort(declared)
			slices.Sort(test.set)
			if len(declared) == 0 || !slices.Equal(declared, test.set) {
				t.Errorf("declared %v\nlisted   %v", declared, test.set)
			}
		})
	}
}

func texts[T ~string](set []T) []string {
	var all []string
	for _, member := range set {
		all = append(all, string(member))
	}
	return all
}

func moveNames() []string {
	var all []string
	for _, move := range canonical.Moves {
		all = append(all, string(move.Name))
	}
	return all
}
