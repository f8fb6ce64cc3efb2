package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/config"
)

const canary = "c4n4ry"

// everyPrint is a value through everything that might print it, also from an unexported field.
func everyPrint(t *testing.T, value any) map[string]string {
	t.Helper()
	type holder struct{ hidden any }
	prints := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		prints[verb] = fmt.Sprintf(verb, value)
		prints[verb+" in a struct"] = fmt.Sprintf(verb, holder{value})
	}
	encoded, err := json.Marshal(map[string]any{"value": value})
	if err != nil {
		t.Fatal(err)
	}
	prints["json"] = string(encoded)
	var lines bytes.Buffer
	slog.New(slog.NewTextHandler(&lines, nil)).Info("text", "value", value)
	slog.New(slog.NewJSONHandler(&lines, nil)).Info("json", "value", value)
	prints["slog"] = lines.String()
	return prints
}

// leaks finds the canary as text, in hexadecimal and as a list of bytes.
func leaks(print string) bool {
	bytes := strings.Trim(fmt.Sprint([]byte(canary)), "[]")
	for _, leak := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), bytes} {
		if strings.Contains(print, leak) {
			return true
		}
	}
	return false
}

func TestASecretPrintsAsRedactedEverywhere(t *testing.T) {
	secret := config.NewSecret(canary)
	for how, print := range everyPrint(t, secret) {
		if leaks(print) {
			t.Errorf("%s prints %s", how, print)
		}
		if !strings.Contains(how, "in a struct") && !strings.Contains(print, "[redacted]") {
			t.Errorf("%s prints %s, want [redacted]", how, print)
		}
	}
	if text, err := yaml.Marshal(secret); err != nil || !strings.Contains(string(text), "[redacted]") {
		t.Errorf("yaml gives %s, %v", text, err)
	}
	if got := secret.Reveal(); got != canary {
		t.Errorf("Reveal gives %q", got)
	}
}

func TestASecretInATypedFieldIsNotPrinted(t *testing.T) {
	type holder struct{ hidden config.Secret }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if print := fmt.Sprintf(verb, &holder{config.NewSecret(canary)}); strings.Contains(print, canary) {
			t.Errorf("%s prints %s", verb, print)
		}
	}
}

func TestNoSecretIsNoSecret(t *testing.T) {
	var none config.Secret
	if !none.IsZero() || none.Reveal() != "" || config.NewSecret("x").IsZero() {
		t.Errorf("the zero Secret must be the only one without text")
	}
}

func TestAParsedFileDoesNotPrintItsSecrets(t *testing.T) {
	file := parse(t, "store: {badger: {key: "+canary+"}}\n"+smallest+"    settings: {key: "+canary+", ref: \"${env:KEY}\", in: {deep: ["+canary+"]}}\n",
		config.Options{LiteralSecrets: true, LookupEnv: lookup(map[string]string{"KEY": canary}), HashKey: []byte(canary)})
	settings := file.Providers[0].For("")
	settings.Secret("key")
	for _, value := range []any{file, *file, file.Providers[0], file.Providers[0].Settings, settings, *settings, settings.Value("key"), settings.Unread()} {
		for how, print := range everyPrint(t, value) {
			if leaks(print) {
				t.Errorf("%s of %T prints %s", how, value, print)
			}
		}
	}
}

// withKey is the smallest file with one setting.
func withKey(value string) string { return smallest + "    settings:\n      key: " + value + "\n" }

func TestReferencesAreLookedUp(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"plain": "from file", "newline": "a\nb\n", "windows": "from file\r\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"KEY": "from env", "EVIL": "x\"}\nproviders: []\n# ${env:KEY}"}
	for _, tt := range []struct{ name, written, want string }{
		{"a variable", `${env:KEY}`, "from env"},
		{"a variable in quotes", `"${env:KEY}"`, "from env"},
		{"a variable that looks like YAML and like a reference is only text", `${env:EVIL}`, env["EVIL"]},
		{"a file", "${file:" + folder + "/plain}", "from file"},
		{"a file loses one newline at its end and no other", "${file:" + folder + "/newline}", "a\nb"},
		{"a file from Windows", "${file:" + folder + "/windows}", "from file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := parse(t, withKey(tt.written), config.Options{LookupEnv: lookup(env)})
			settings := file.Providers[0].For("")
			if got := settings.Secret("key").Reveal(); got != tt.want || len(settings.Mistakes()) > 0 {
				t.Errorf("got %q and %v, want %q", got, settings.Mistakes(), tt.want)
			}
		})
	}
}

func TestReferencesComeFromTheEnvironmentByDefault(t *testing.T) {
	t.Setenv("LENDGATE_CONFIG_TEST_KEY", canary)
	file := parse(t, withKey("${env:LENDGATE_CONFIG_TEST_KEY}"), config.Options{})
	if got := file.Providers[0].For("").Secret("key").Reveal(); got != canary {
		t.Errorf("got %q, want %q", got, canary)
	}
}

func TestTheStoreKeyMayBeAReference(t *testing.T) {
	file := parse(t, smallest+"store: {badger: {key: \"${env:KEY}\"}}\n", config.Options{LookupEnv: lookup(map[string]string{"KEY": canary})})
	if got := file.Store.Badger.Key.Reveal(); got != canary {
		t.Errorf("got %q, want %q", got, canary)
	}
}

func TestReferencesToNothingAreMistakes(t *testing.T) {
	files := map[string]error{
		"/absent":  &fs.PathError{Op: "open", Path: "/absent", Err: fs.ErrNotExist},
		"/private": &fs.PathError{Op: "open", Path: "/private", Err: fs.ErrPermission},
		"/odd":     errors.New("disk on fire"),
		"/empty":   nil,
	}
	opts := config.Options{
		LookupEnv: lookup(map[string]string{"EMPTY": ""}),
		ReadFile:  func(path string) ([]byte, error) { return []byte("\n"), files[path] },
	}
	const form = "a reference is the whole value and reads ${env:NAME} or ${file:/path}"
	for _, tt := range []struct{ name, written, want string }{
		{"a variable that is not set", `${env:KEY}`, "the environment variable KEY is not set: set it before starting"},
		{"a variable that is empty", `${env:EMPTY}`, "the environment variable EMPTY is empty: give it a value"},
		{"a file that is not there", `${file:/absent}`, "there is no file /absent: create it, or correct the path"},
		{"a file that may not be read", `${file:/private}`, "the file /private cannot be read (permission denied): check its permissions"},
		{"a file that cannot be read", `${file:/odd}`, "the file /odd cannot be read: disk on fire"},
		{"a file that is empty", `${file:/empty}`, "the file /empty is empty: put the value into it"},
		{"a path that depends on where we start", `${file:absent}`, form},
		{"text around a reference", `Bearer ${env:KEY}`, form},
		{"a reference of no kind", `${KEY}`, form},
		{"a name that is no variable", `${env:a-b}`, form},
		{"two references", `${env:EMPTY}${env:EMPTY}`, form},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mistakesOf(t, withKey(tt.written), opts)
			if want := "8:12: providers[0].settings.key: " + tt.want; len(got) != 1 || got[0] != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestAReferenceThatFailedIsNotReportedTwice(t *testing.T) {
	file, err := config.Parse("p.yaml", []byte(withKey("${env:KEY}")), config.Options{LookupEnv: lookup(nil)})
	if err == nil {
		t.Fatal("a variable that is not set must be a mistake")
	}
	settings := file.Providers[0].For("")
	settings.Require("key")
	settings.Secret("key")
	if got := settings.Mistakes(); len(got) > 0 {
		t.Errorf("got %v again", got)
	}
}

func TestAFileThatIsNotThereIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent")
	refuses(t, withKey("${file:"+path+"}"), "8:12: providers[0].settings.key: there is no file "+path+": create it, or correct the path")
}

func TestASecretFileIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(path, make([]byte, 64<<10+1), 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, withKey("${file:"+path+"}"), "8:12: providers[0].settings.key: the file "+path+" cannot be read: it is larger than 64KiB")
}

func TestALiteralSecretIsTakenInTheSandboxOnly(t *testing.T) {
	const refusal = "p.yaml:8:12: providers[0].settings.key: is a secret and must not stand in the file: write ${env:NAME} or ${file:/path}"
	for _, tt := range []struct {
		name, written string
		sandbox       bool
		want, mistake string
	}{
		{"in the sandbox", canary, true, canary, ""},
		{"outside it", canary, false, "", refusal},
		{"outside it as a number", "12345", false, "", refusal},
		{"in the sandbox as a number", "12345", true, "", "p.yaml:8:12: providers[0].settings.key: must be text, in quotes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := config.Options{LiteralSecrets: tt.sandbox}
			settings := parse(t, withKey(tt.written), opts).Providers[0].For("")
			got := settings.Secret("key").Reveal()
			if mistake := settings.Mistakes().Error(); got != tt.want || mistake != tt.mistake {
				t.Errorf("got %q and %q, want %q and %q", got, mistake, tt.want, tt.mistake)
			}
		})
	}
}
