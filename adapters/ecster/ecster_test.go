package ecster_test

import (
	"strings"
	"testing"

	"github.com/lendgate/lendgate/adapters/ecster"
)

func TestSettingsThatCannotWorkAreNamed(t *testing.T) {
	for _, row := range []struct{ name, setting, value, want string }{
		{"a locale without a country", "locale", "sv", "locale"},
		{"a header without its value", "notification_header_value", "", "notification_header_name"},
		{"a value without its header", "notification_header_name", "", "notification_header_name"},
		{"a secret of two segments", "notification_path_secret", "a/b", "notification_path_secret"},
		{"a secret that begins a query", "notification_path_secret", "a?b", "notification_path_secret"},
	} {
		t.Run(row.name, func(t *testing.T) {
			values := given()
			values[row.setting] = row.value
			_, err := ecster.Adapter.Define(ecster.Adapter.Defaults(values))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want an error about %s", err, row.want)
			}
		})
	}
}
