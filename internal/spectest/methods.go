package spectest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// MethodSpec is Slack's method catalogue. A nil MethodSpec knows nothing and
// accepts everything.
type MethodSpec struct {
	CommonErrors []string `json:"common_errors"`
	Events       []struct {
		Name   string   `json:"name"`
		APIs   []string `json:"apis"`
		Scopes []string `json:"scopes"`
	} `json:"events"`
	Methods map[string]Method `json:"methods"`

	blocks *BlockSpec
}

// Method is one method of the catalogue.
type Method struct {
	Args     map[string]Arg      `json:"args"`
	Required []string            `json:"required"`
	Errors   []string            `json:"errors"`
	HTTP     string              `json:"http"`
	JSON     bool                `json:"json"`
	Scope    map[string][]string `json:"scope"`
}

// Arg is one argument, as far as it can be checked.
type Arg struct {
	Type      string   `json:"type"`
	AnyOf     []Arg    `json:"anyOf"`
	MaxLength int      `json:"maxLength"`
	MaxCSV    int      `json:"x_max_csv"`
	Maximum   *float64 `json:"maximum"`
	Minimum   *float64 `json:"minimum"`
	Enum      []any    `json:"enum"`
}

// Methods reads the catalogue; nil when it is not there.
func Methods(t testing.TB) *MethodSpec {
	t.Helper()
	return once(t, "slack.methods.json", readMethods)
}

func readMethods(t testing.TB) *MethodSpec {
	t.Helper()
	var spec MethodSpec
	if !load(t, "slack.methods.json", &spec) {
		return nil
	}
	spec.blocks = Blocks(t)
	return &spec
}

// Check says what is wrong with a request to method; its body can still be
// read afterwards.
func (s *MethodSpec) Check(method string, r *http.Request) error {
	if s == nil {
		return nil
	}
	m, known := s.Methods[method]
	if !known {
		return fmt.Errorf("%s: no such method", method)
	}
	args, form, err := arguments(r)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	wrong := []error{m.checkHTTP(r, form), m.checkRequired(r, args), checkToken(r)}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		wrong = append(wrong, m.checkArg(name, args[name]))
	}
	wrong = append(wrong, s.blocks.CheckMessage(method, args))
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// checkHTTP: every method takes a form by POST; GET and JSON only where the
// catalogue says so.
func (m Method) checkHTTP(r *http.Request, form bool) error {
	switch {
	case r.Method != http.MethodPost && r.Method != m.HTTP:
		return fmt.Errorf("HTTP method %s, not %s", r.Method, m.HTTP)
	case r.Method == http.MethodPost && !form && !m.JSON:
		return errors.New("a JSON body, which the method does not take")
	}
	return nil
}

func (m Method) checkRequired(r *http.Request, args map[string]string) error {
	for _, name := range m.Required {
		if _, ok := args[name]; !ok && (name != "token" || r.Header.Get("Authorization") == "") {
			return fmt.Errorf("required argument %s is missing", name)
		}
	}
	return nil
}

func checkToken(r *http.Request) error {
	if r.URL.Query().Has("token") {
		return errors.New("the token is in the URL")
	}
	return nil
}

func (m Method) checkArg(name, value string) error {
	arg, known := m.Args[name]
	if !known {
		return fmt.Errorf("unknown argument %s", name)
	}
	if err := arg.check(value); err != nil {
		return fmt.Errorf("argument %s: %w", name, err)
	}
	return nil
}

func (a Arg) check(value string) error {
	if a.MaxLength > 0 && utf8.RuneCountInString(value) > a.MaxLength {
		return fmt.Errorf("longer than %d characters", a.MaxLength)
	}
	if n := strings.Count(value, ",") + 1; a.MaxCSV > 0 && n > a.MaxCSV {
		return fmt.Errorf("%d items, at most %d", n, a.MaxCSV)
	}
	if len(a.Enum) > 0 && !slices.ContainsFunc(a.Enum, func(v any) bool { return fmt.Sprint(v) == value }) {
		return fmt.Errorf("not one of %v", a.Enum)
	}
	if len(a.AnyOf) > 0 {
		var wrong []error
		for _, one := range a.AnyOf {
			err := one.check(value)
			if err == nil {
				return nil
			}
			wrong = append(wrong, err)
		}
		return errors.Join(wrong...)
	}
	return a.checkType(value)
}

func (a Arg) checkType(value string) error {
	switch a.Type {
	case "boolean":
		if !slices.Contains([]string{"true", "false", "1", "0"}, value) {
			return fmt.Errorf("%q is no boolean", value)
		}
	case "number", "integer":
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("%q is no number", value)
		}
		if a.Maximum != nil && n > *a.Maximum || a.Minimum != nil && n < *a.Minimum {
			return fmt.Errorf("%s is out of range", value)
		}
	case "array", "object":
		if !json.Valid([]byte(value)) {
			return errors.New("no JSON")
		}
	}
	return nil
}

// arguments reads a request's arguments; form is false for a JSON body.
func arguments(r *http.Request) (args map[string]string, form bool, err error) {
	args = map[string]string{}
	flatten(args, r.URL.Query())
	if r.Method == http.MethodGet || r.Body == nil || r.Body == http.NoBody {
		return args, true, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, false, err
	}
	_ = r.Body.Close()
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, false, fmt.Errorf("content type: %w", err)
	}
	if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "iso-8859-1" {
		return nil, false, fmt.Errorf("charset %s", charset)
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		flatten(args, values)
		return args, true, err
	case "application/json":
		return args, false, jsonArguments(args, body)
	}
	return nil, false, fmt.Errorf("content type %s", kind)
}

func flatten(args map[string]string, values url.Values) {
	for name, list := range values {
		args[name] = list[0]
	}
}

func jsonArguments(args map[string]string, body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return err
	}
	for name, raw := range fields {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			args[name] = text
		default:
			args[name] = string(raw)
		}
	}
	return nil
}
