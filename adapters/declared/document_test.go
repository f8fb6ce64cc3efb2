package declared

import (
	"strings"
	"testing"
)

func TestPointersThatCannotBeReadSayWhatToWrite(t *testing.T) {
	for _, row := range []struct{ name, written, want string }{
		{"without a slash", "order/id", "begins with /"},
		{"an empty step", "/order//id", "no empty step"},
		{"nothing but a slash", "/", "no empty step"},
		{"a lone tilde", "/a~b", "~ is written ~0"},
		{"too many steps", strings.Repeat("/a", 17), "at most 16 steps"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := parsePointer(row.written); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
}

const said = `{"uuid":"a1","number":12345678901234567890,"none":null,"a/b":{"~":"odd"},"approved":true,
	"amount":10.10,"text_amount":"10.10","captures":[{"uuid":"c1"},{"uuid":"c2"}]}`

func TestTextIsReadAsItIsWritten(t *testing.T) {
	d, err := readDocument([]byte(said))
	if err != nil {
		t.Fatal(err)
	}
	for written, want := range map[string]string{
		"/uuid": "a1", "/none": "", "/missing/deep": "", "/a~1b/~0": "odd",
		"/captures/1/uuid": "c2", "/captures/2/uuid": "", "/captures/01/uuid": "", "/captures/-/uuid": "", "/uuid/0": "",
	} {
		p, err := parsePointer(written)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.text(p); got != want || err != nil {
			t.Errorf("%s is %q, %v; want %q", written, got, err, want)
		}
	}
}

func TestAnOrderMayBeNumbered(t *testing.T) {
	d, err := readDocument([]byte(`{"number":12345678901234567890,"text":"a1","below":-1,"broken":1.5,"long":123456789012345678901}`))
	if err != nil {
		t.Fatal(err)
	}
	for written, want := range map[string]string{"/number": "12345678901234567890", "/text": "a1", "/missing": "", "/below": "error", "/broken": "error", "/long": "error"} {
		p, err := parsePointer(written)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.name(p)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", written, got, want)
		}
	}
	if _, err := d.text(pointer{"/number", []string{"number"}}); err == nil {
		t.Error("a number was read as text")
	}
}

func TestTheWrongTypeIsAnErrorThatNamesThePlaceAndNotTheValue(t *testing.T) {
	d, err := readDocument([]byte(said))
	if err != nil {
		t.Fatal(err)
	}
	text := func(p pointer) error { _, err := d.text(p); return err }
	flag := func(p pointer) error { _, err := d.flag(p); return err }
	figure := func(p pointer) error { _, err := d.figure(p); return err }
	rows := func(p pointer) error { _, err := d.rows(p); return err }
	for _, row := range []struct {
		read    func(pointer) error
		written string
		want    string
	}{
		{text, "/captures", "/captures is a list and not text"},
		{text, "/approved", "/approved is true or false and not text"},
		{flag, "/uuid", "/uuid is text and not true or false"},
		{figure, "/approved", "/approved is true or false and not a figure"},
		{rows, "/a~1b", "/a~1b is an object and not a list"},
		{rows, "/amount", "/amount is a number and not a list"},
		{figure, "/amount", ""},
		{figure, "/text_amount", ""},
		{rows, "/captures", ""},
		{rows, "/missing", ""},
	} {
		p, err := parsePointer(row.written)
		if err != nil {
			t.Fatal(err)
		}
		switch err := row.read(p); {
		case row.want == "" && err != nil:
			t.Errorf("%s: %v", row.written, err)
		case row.want != "" && (err == nil || err.Error() != row.want):
			t.Errorf("%s: %v, want %s", row.written, err, row.want)
		}
	}
}

func TestBodiesOutOfBoundsAreNotRead(t *testing.T) {
	for _, row := range []struct{ name, body string }{
		{"no JSON", "<html>"},
		{"two values", `{} {}`},
		{"half a value", `{"a":`},
		{"too deep", strings.Repeat("[", 80) + strings.Repeat("]", 80)},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := readDocument([]byte(row.body)); err == nil {
				t.Error("it was read")
			}
		})
	}
	if _, err := readDocument([]byte(`{"a":"` + strings.Repeat(`[{\"`, 80) + `"}`)); err != nil {
		t.Errorf("brackets in a text: %v", err)
	}
	d, err := readDocument([]byte(`{"rows":[` + strings.Repeat("1,", 1000) + `1]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.rows(pointer{"/rows", []string{"rows"}}); err == nil {
		t.Error("a list of 1001 rows was read")
	}
}
