package crm_test

import (
	"errors"
	"strings"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

func TestParseRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": "", "blank": " ", "half": `{"a":`, "text": "hello", "two": `{} {}`, "tail": `{}]`,
		"not UTF-8": "{\"a\":\"\xff\"}", "deep": strings.Repeat("[", 100_000), "NaN": `{"a":NaN}`,
	} {
		if _, err := crm.Parse([]byte(body)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func read(t *testing.T, body string, get func(crm.Object) any) (any, string) {
	t.Helper()
	doc, err := crm.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var r crm.Reader
	got := get(r.Root(doc, "body"))
	var wrong *crm.ShapeError
	if errors.As(r.Err(), &wrong) {
		return got, wrong.Field
	}
	return got, ""
}

func TestIDs(t *testing.T) {
	id := func(o crm.Object) any { return o.NeedID("id") }
	long := strings.Repeat("å", connector.MaxID)
	for body, want := range map[string]string{
		`{"id":"4"}`: "4", `{"id":4}`: "4", `{"id":-4}`: "-4",
		`{"id":123456789012345678901234567890}`: "123456789012345678901234567890",
		`{"id":"a/b?c"}`:                        "a/b?c", `{"id":"1","id":"2"}`: "2",
		`{"id":"` + long + `"}`: long,
	} {
		if got, wrong := read(t, body, id); got != want || wrong != "" {
			t.Errorf("%s: got %q, wrong %q", body, got, wrong)
		}
	}
	for _, body := range []string{
		`{}`, `{"id":null}`, `{"id":""}`, `{"id":"  "}`, `{"id":1.5}`, `{"id":1e3}`, `{"id":true}`, `{"id":[]}`,
		`{"id":{}}`, `{"id":"a\u0000b"}`, `{"id":"a\nb"}`, `{"id":"\ud800"}`, `{"id":"."}`, `{"id":".."}`,
		`{"ID":"4"}`, `{"id":"` + long + `x"}`, `[]`, `4`, `null`,
	} {
		if got, wrong := read(t, body, id); wrong == "" {
			t.Errorf("%s: taken as %q", body, got)
		}
	}
}

func TestVersions(t *testing.T) {
	version := func(o crm.Object) any { return string(o.Version("v")) }
	for body, want := range map[string]string{
		`{}`: "", `{"v":null}`: "", `{"v":17}`: "17", `{"v":9223372036854775807}`: "9223372036854775807",
		`{"v":"2026-01-01T00:00:00.5Z"}`: "2026-01-01T00:00:00.5Z",
	} {
		if got, wrong := read(t, body, version); got != want || wrong != "" {
			t.Errorf("%s: got %q, wrong %q", body, got, wrong)
		}
	}
	for _, body := range []string{`{"v":1.5}`, `{"v":9223372036854775808}`, `{"v":"new"}`, `{"v":""}`, `{"v":true}`} {
		if _, wrong := read(t, body, version); wrong != "v" {
			t.Errorf("%s: wrong is %q", body, wrong)
		}
	}
}

func TestTheFirstMistakeCountsWithItsPath(t *testing.T) {
	got, wrong := read(t, `{"a":{"list":[{"n":"x"},{"n":7},{"n":8}]}}`, func(o crm.Object) any {
		a, _ := o.Object("a")
		for _, item := range a.Objects("list") {
			item.Text("n", 10)
		}
		return nil
	})
	if got != nil || wrong != "a.list[1].n" {
		t.Errorf("wrong is %q", wrong)
	}
}
