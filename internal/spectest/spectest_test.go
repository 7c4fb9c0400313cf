package spectest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roomkeeper/internal/spectest"
)

const formType = "application/x-www-form-urlencoded"

func request(t *testing.T, verb, contentType, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), verb, "/api/x", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

func form(pairs ...string) string {
	values := url.Values{"token": {"t"}}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func TestCheck(t *testing.T) {
	spec := spectest.Methods(t)
	if spec == nil {
		return
	}
	for name, c := range map[string]struct {
		method, verb, contentType, body string
		wrong                           string // part of the error; "": none
	}{
		"good":             {"conversations.create", "POST", formType, form("name", "x", "is_private", "true"), ""},
		"good JSON":        {"conversations.create", "POST", "application/json; charset=utf-8", `{"token":"t","name":"x","is_private":true}`, ""},
		"no method":        {"conversations.make", "POST", formType, form(), "no such method"},
		"missing":          {"conversations.create", "POST", formType, form(), "name is missing"},
		"no token":         {"conversations.create", "POST", formType, "name=x", "token is missing"},
		"unknown argument": {"conversations.create", "POST", formType, form("name", "x", "private", "1"), "unknown argument private"},
		"no boolean":       {"conversations.create", "POST", formType, form("name", "x", "is_private", "perhaps"), "no boolean"},
		"GET":              {"conversations.create", "GET", "", "", "HTTP method"},
		"JSON to a read":   {"conversations.members", "POST", "application/json", `{"token":"t","channel":"C1"}`, "JSON body"},
		"content type":     {"conversations.create", "POST", "text/plain", "x", "content type"},
		"charset":          {"conversations.create", "POST", "application/json; charset=utf-7", `{}`, "charset"},
		"too many":         {"conversations.invite", "POST", formType, form("channel", "C", "users", strings.Repeat("U,", 100)+"U"), "at most 100"},
		"too large a page": {"conversations.list", "POST", formType, form("limit", "1000"), "out of range"},
		"bad metadata":     {"chat.postMessage", "POST", formType, form("channel", "C", "text", "x", "metadata", `{"event_type":"x"}`), "event_payload"},
		"no text":          {"chat.postMessage", "POST", formType, form("channel", "C", "blocks", "[]"), "no text"},
		"bad block":        {"chat.postMessage", "POST", formType, form("channel", "C", "text", "x", "blocks", `[{"type":"header"}]`), "blocks[0]"},
	} {
		err := spec.Check(c.method, request(t, c.verb, c.contentType, c.body))
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v, want %q", name, err, c.wrong)
		}
	}
}

func TestBlocks(t *testing.T) {
	spec := spectest.Blocks(t)
	if spec == nil {
		return
	}
	plain := func(n int) string {
		return fmt.Sprintf(`{"type":"plain_text","text":%q}`, strings.Repeat("界", n))
	}
	section := `{"type":"section","text":` + plain(3000) + `}`
	many := func(n int, item string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	button := `{"type":"button","action_id":"a","text":` + plain(75) + `}`
	for name, c := range map[string]struct {
		blocks string
		good   bool
	}{
		"section":         {many(1, section), true},
		"header":          {`[{"type":"header","text":` + plain(150) + `}]`, true},
		"long header":     {`[{"type":"header","text":` + plain(151) + `}]`, false},
		"mrkdwn header":   {`[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, false},
		"long section":    {`[{"type":"section","text":` + plain(3001) + `}]`, false},
		"empty text":      {`[{"type":"section","text":` + plain(0) + `}]`, false},
		"11 fields":       {`[{"type":"section","fields":` + many(11, plain(1)) + `}]`, false},
		"long field":      {`[{"type":"section","fields":[` + plain(2001) + `]}]`, false},
		"button":          {`[{"type":"actions","elements":[` + button + `]}]`, true},
		"same action_id":  {`[{"type":"actions","elements":` + many(2, button) + `}]`, false},
		"long button":     {`[{"type":"actions","elements":[{"type":"button","text":` + plain(76) + `}]}]`, false},
		"51 blocks":       {many(51, `{"type":"divider"}`), false},
		"13,200 in total": {many(5, section), false},
		"unknown block":   {`[{"type":"banner"}]`, false},
		"no array":        {`{}`, false},
	} {
		if err := spec.Check([]byte(c.blocks)); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHandlerPasses: what is checked arrives whole.
func TestHandlerPasses(t *testing.T) {
	var got string
	handler := spectest.Handler(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.PostFormValue("name")
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/conversations.create", strings.NewReader(form("name", "x")))
	r.Header.Set("Content-Type", formType)
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if got != "x" {
		t.Errorf("name %q arrived", got)
	}
}

func TestNilKnowsNothing(t *testing.T) {
	var methods *spectest.MethodSpec
	var blocks *spectest.BlockSpec
	if err := methods.Check("x", request(t, http.MethodPost, formType, "")); err != nil {
		t.Error(err)
	}
	if err := blocks.Check([]byte("no JSON")); err != nil {
		t.Error(err)
	}
}
