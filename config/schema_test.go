package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/lendgate/lendgate/config"
)

// styles is roughly what the built-in styles need; the real lists come from the adapters.
var styles = map[string][]config.SettingSchema{
	"creditkey": {
		{Name: "client_id", Type: config.TextSetting, Required: true, Help: "who we are"},
		{Name: "client_secret", Type: config.SecretSetting, Required: true},
		{Name: "webhook_secret", Type: config.SecretSetting},
		{Name: "refund_method", Type: config.ChoiceSetting, Choices: []string{"PATCH", "POST"}, Default: "PATCH"},
	},
	"spendoption": {
		{Name: "merchant_id", Type: config.TextSetting, Required: true},
		{Name: "tenant_id", Type: config.TextSetting, Required: true},
		{Name: "idempotent_ops", Type: config.ListSetting, Choices: []string{"settle", "refund"}},
		{Name: "hold_expiry", Type: config.DurationSetting},
	},
	"ecster": {
		{Name: "api_key", Type: config.SecretSetting, Required: true},
		{Name: "merchant_key", Type: config.TextSetting, Required: true},
		{Name: "notification_header_name", Type: config.TextSetting},
		{Name: "notification_header_value", Type: config.SecretSetting},
		{Name: "shop_terms_url", Type: config.TextSetting},
		{Name: "rounding_row", Type: config.FlagSetting},
		{Name: "page_size", Type: config.IntegerSetting},
		{Name: "extras", Type: config.MapSetting},
	},
	"iwocapay": {
		{Name: "seller_token", Type: config.SecretSetting, Required: true},
		{Name: "supplier_id", Type: config.TextSetting, Required: true},
	},
	"cryptopay": {
		{Name: "api_key", Type: config.TextSetting, Required: true},
		{Name: "api_secret", Type: config.SecretSetting, Required: true},
		{Name: "webhook_secret", Type: config.SecretSetting},
		{Name: "channel", Type: config.TextSetting},
	},
}

func compiled(t *testing.T, styles map[string][]config.SettingSchema) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema(styles)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("providers.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("providers.schema.json")
	if err != nil {
		t.Fatalf("the schema is not a valid JSON Schema 2020-12: %v", err)
	}
	return schema
}

// asJSON is the file as an editor sees it.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var content any
	if err := yaml.Unmarshal([]byte(text), &content); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// check parses the file and reads its settings as the schema's styles say.
func check(text string) error {
	file, err := config.Parse("p.yaml", []byte(text), config.Options{LiteralSecrets: true, LookupEnv: func(string) (string, bool) { return "POST", true }})
	var mistakes config.Mistakes
	mistakes.Include(err)
	for _, p := range file.Providers {
		names := []string{""}
		for _, m := range p.Merchants {
			names = append(names, m.ID)
		}
		for _, name := range names {
			settings := p.For(name)
			for _, s := range styles[p.Style] {
				read(settings, s)
			}
			mistakes.Include(settings.Mistakes().Err())
		}
	}
	return mistakes.Err()
}

func read(settings *config.Settings, s config.SettingSchema) {
	if s.Required {
		settings.Require(s.Name)
	}
	switch s.Type {
	case config.TextSetting:
		settings.Text(s.Name)
	case config.SecretSetting:
		settings.Secret(s.Name)
	case config.FlagSetting:
		settings.Bool(s.Name)
	case config.IntegerSetting:
		settings.Integer(s.Name)
	case config.DurationSetting:
		settings.Duration(s.Name)
	case config.ChoiceSetting:
		settings.OneOf(s.Name, s.Choices...)
	case config.ListSetting:
		settings.Texts(s.Name)
	case config.MapSetting:
		settings.Has(s.Name)
	}
}

func shipped(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../providers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheSchemaAndTheReaderTakeTheSameFiles(t *testing.T) {
	schema := compiled(t, styles)
	ecster := smallest + "    settings: {api_key: a, merchant_key: b, "
	for _, tt := range []struct{ name, text string }{
		{"the shipped file", shipped(t)},
		{"a file without providers", "version: 1\n"},
		{"empty addresses", "version: 1\nserver: {address: \"\", admin_address: \"\"}\n"},
		{"references for values of any type", ecster + "rounding_row: \"${env:A}\", page_size: \"${env:A}\", extras: {a: 1}}\n"},
		{"values of any type", ecster + "rounding_row: true, page_size: 5}\n"},
		{"a merchant that changes one setting", ecster + "page_size: 5}\n    merchants: {acme: {settings: {page_size: 7}}}\n"},
		{"everything else", ecster + "page_size: 5}\n" + strings.SplitAfter(fullest, "ACME_KEY}\"}}\n")[1]},
		{"the largest ratio", ecster + "page_size: 5}\n    breaker: {failure_ratio: 1.000}\n"},
		{"a ratio that binary fractions miss", ecster + "page_size: 5}\n    breaker: {failure_ratio: 0.007}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.text
			if err := schema.Validate(asJSON(t, text)); err != nil {
				t.Errorf("the schema refuses it: %v", err)
			}
			// What a reference stands for is beyond the schema; here it fits no flag and no number.
			if err := check(text); err != nil && !strings.Contains(text, "${env:A}") {
				t.Errorf("the reader refuses it: %v", err)
			}
		})
	}
}

// refused are changes to the shipped file that make it wrong.
var refused = []struct{ name, old, replacement string }{
	{"no version", "version: 1\n", ""},
	{"another version", "version: 1\n", "version: 2\n"},
	{"a version as text", "version: 1\n", "version: \"1\"\n"},
	{"an unknown section", "\nserver:", "\nsevrer:"},
	{"routes", "version: 1\n", "version: 1\nroutes: []\n"},
	{"the PostgreSQL store", "store:\n", "store:\n  postgres: {dsn: x}\n"},
	{"a contract of another style", "    style: ecster\n", "    style: ecster\n    contract: x\n"},
	{"a declared style without a contract", "    style: ecster\n", "    style: declared\n"},
	{"a contract by an odd name", "    style: ecster\n", "    style: declared\n    contract: Acme\n"},
	{"an unknown key", "address:", "adress:"},
	{"an address without a port", "address: 127.0.0.1:8080", "address: localhost"},
	{"a public URL with a slash", "http://127.0.0.1:8080 #", "http://127.0.0.1:8080/ #"},
	{"an unknown limit of callers", "failed_keys:", "failed_key:"},
	{"requests without a time", "requests: 1000/s", "requests: 1000"},
	{"no connection at a time", "connections: 4096", "connections: 0"},
	{"a floor in decimal units", "floor: 1GiB", "floor: 1GB"},
	{"no id", "id: fluxa\n    style", "style"},
	{"an id in capitals", "id: fluxa", "id: Fluxa"},
	{"no style", "    style: cryptopay\n", ""},
	{"a style in capitals", "style: cryptopay", "style: CryptoPay"},
	{"no mode", "    mode: test\n", ""},
	{"another mode", "mode: test", "mode: prod"},
	{"no base URL", "    base_url: http://127.0.0.1:8081/cryptopay", "   "},
	{"a base URL of another kind", "http://127.0.0.1:8081/cryptopay", "127.0.0.1:8081/cryptopay"},
	{"an unknown setting", "tenant_id:", "tenent_id:"},
	{"a required setting missing", "      supplier_id: 2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90\n", ""},
	{"a required setting empty", "supplier_id: 2f0c6f5e-0d5b-4b1e-9a63-5c2b7f6d1a90", `supplier_id: ""`},
	{"a number in place of text", `merchant_key: "10045127"`, "merchant_key: 10045127"},
	{"a choice nobody offers", "client_id: sandbox", "client_id: sandbox\n      refund_method: PUT"},
	{"a flag in words", "api_key: sandbox-api-key", "api_key: sandbox-api-key\n      rounding_row: yes"},
	{"a number in words", "api_key: sandbox-api-key", "api_key: sandbox-api-key\n      page_size: five"},
	{"a setting that is no duration", "tenant_id: tn-sandbox", "tenant_id: tn-sandbox\n      hold_expiry: 3d"},
	{"a setting that is no list", "tenant_id: tn-sandbox", "tenant_id: tn-sandbox\n      idempotent_ops: settle"},
	{"an unknown setting of a merchant", "    accepts:", "    merchants: {acme: {settings: {x: y}}}\n    accepts:"},
	{"a merchant without settings", "    accepts:", "    merchants: {acme: {}}\n    accepts:"},
	{"a merchant with an odd name", "    accepts:", "    merchants: {\"a b\": {settings: {}}}\n    accepts:"},
	{"a currency in small letters", "[USD]", "[usd]"},
	{"a currency twice", "[USD]", "[USD, USD]"},
	{"no currency", "[USD]", "[]"},
	{"a country that ISO calls otherwise", "[GB]", "[UK]"},
	{"an unknown customer", "[company]", "[companies]"},
	{"an amount as a number", `min: "100"`, "min: 100"},
	{"an amount with a sign", `min: "100"`, `min: "-100"`},
	{"a time-out without a unit", "connect: 2s", "connect: 2"},
	{"a time-out in days", "until: 72h", "until: 3d"},
	{"an unknown time-out", "connect: 2s", "conect: 2s"},
	{"no call at a time", "in_flight: 64", "in_flight: 0"},
	{"a rate without a time", "rate: 50/s", "rate: 50"},
	{"a ratio above one", "failure_ratio: 0.5", "failure_ratio: 1.5"},
	{"a ratio of nothing", "failure_ratio: 0.5", "failure_ratio: 0"},
	{"a ratio with four decimals", "failure_ratio: 0.5", "failure_ratio: 0.1234"},
	{"a word that means a number", "    accepts:", "    words: {A: 1}\n    accepts:"},
	{"a key without a value", "close_after: 72h", "close_after:"},
	{"a list of settings", "    settings:\n      seller_token", "    settings:\n    - seller_token"},
}

func TestTheSchemaAndTheReaderRefuseTheSameFiles(t *testing.T) {
	schema := compiled(t, styles)
	full := shipped(t)
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(full, tt.old, tt.replacement, 1)
			if text == full {
				t.Fatal("nothing was replaced")
			}
			if err := check(text); err == nil {
				t.Error("the reader takes it")
			}
			var content any
			if yaml.Unmarshal([]byte(text), &content) != nil {
				return // an editor has no value to check
			}
			if err := schema.Validate(asJSON(t, text)); err == nil {
				t.Error("the schema takes it")
			}
		})
	}
}

func TestTheSchemaRefusesAStyleNobodyKnows(t *testing.T) {
	text := strings.Replace(smallest, "style: ecster", "style: unheard-of", 1)
	if compiled(t, styles).Validate(asJSON(t, text)) == nil {
		t.Error("the schema takes it")
	}
	if err := compiled(t, nil).Validate(asJSON(t, text)); err != nil {
		t.Errorf("without styles the schema leaves the style open, but got %v", err)
	}
}

func TestTheSchemaIsTheSameEveryTime(t *testing.T) {
	first := config.Schema(styles)
	for range 20 {
		if !bytes.Equal(first, config.Schema(styles)) {
			t.Fatal("two schemas of the same styles differ")
		}
	}
}
