package spectest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// DiscordSpec is Discord's OpenAPI description with the limits that only its
// prose states. A nil DiscordSpec knows nothing and accepts everything.
type DiscordSpec struct {
	api *openAPI
}

// DiscordCall is one request to Discord's REST API as a test recorded it.
type DiscordCall struct {
	Method string
	// Path is as on the wire (escaped), from anything before /api/v9 or
	// /api/v10 or without both.
	Path  string
	Query url.Values
	// Header holds User-Agent, Content-Type, X-Audit-Log-Reason and
	// Authorization; of the last one the scheme and any word will do.
	Header http.Header
	Body   []byte
}

// Discord reads the description; nil when it is not there.
func Discord(t testing.TB) *DiscordSpec {
	t.Helper()
	return once(t, "discord.openapi.json", func(t testing.TB) *DiscordSpec {
		t.Helper()
		api := readOpenAPI(t, "discord.openapi.json")
		if api == nil {
			return nil
		}
		return &DiscordSpec{api: api}
	})
}

// Check says what is wrong with a request; its body can still be read afterwards.
func (s *DiscordSpec) Check(r *http.Request) error {
	if s == nil {
		return nil
	}
	call, err := recordDiscord(r)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Method, err)
	}
	return s.CheckCall(call)
}

// recordDiscord copies a request and leaves it readable.
func recordDiscord(r *http.Request) (DiscordCall, error) {
	call := DiscordCall{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.Query(), Header: r.Header.Clone()}
	if r.Body == nil || r.Body == http.NoBody {
		return call, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return call, err
	}
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	call.Body = body
	return call, nil
}

// CheckCall says what is wrong with a recorded call. The error names the method
// and the path's template, so that the same mistake has the same text for every
// channel, and no token is in it.
func (s *DiscordSpec) CheckCall(call DiscordCall) error {
	if s == nil {
		return nil
	}
	_, err := s.check(call)
	return err
}

// Extras names the members of a call's body that the description does not know
// and that are excused, as "operation: member: reason".
func (s *DiscordSpec) Extras(call DiscordCall) []string {
	if s == nil {
		return nil
	}
	extras, _ := s.check(call)
	return extras
}

func (s *DiscordSpec) check(call DiscordCall) (extras []string, err error) {
	call.Header = canonical(call.Header)
	path, versioned := trimVersion(call.Path)
	if unversioned := strings.HasSuffix(call.Path, "/api"+path); (path == oauthToken || path == oauthRevoke) && (versioned || unversioned) {
		return nil, called(call.Method, path, errors.Join(checkAgent(call.Header), checkOAuth(path, call)))
	}
	r, values, known := s.api.find(path)
	if known {
		path = r.template
	}
	op, takes := r.operations[call.Method]
	switch {
	case !versioned:
		return nil, called(call.Method, path, errors.New("neither v9 nor v10 of the API"))
	case !known:
		return nil, called(call.Method, path, errors.New("no such path"))
	case !takes:
		return nil, called(call.Method, path, fmt.Errorf("the path takes %s", r.methods()))
	}
	body, extras, err := op.checkBody(call, values)
	err = errors.Join(op.checkStanding(), op.checkPath(values), op.checkQuery(call.Query), op.checkToken(call.Header),
		checkAgent(call.Header), checkReason(call.Header), err, errors.Join(op.checkProse(body)...))
	return extras, called(call.Method, path, err)
}

func called(method, path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", method, path, err)
}

// versionPrefix is what may stand before a path.
var versionPrefix = regexp.MustCompile(`^.*?/api(/v[0-9]+)?/`)

// trimVersion cuts off what stands before the path; false: an unknown version or none after /api.
func trimVersion(path string) (string, bool) {
	prefix := versionPrefix.FindStringSubmatch(path)
	if prefix == nil {
		return path, true
	}
	return path[len(prefix[0])-1:], prefix[1] == "/v9" || prefix[1] == "/v10"
}

// checkStanding: of two routes for the same, the newer one is wanted.
func (op operation) checkStanding() error {
	if strings.HasPrefix(op.id, "deprecated_") {
		return fmt.Errorf("%s: the route is deprecated", op.id)
	}
	return nil
}

func (op operation) checkPath(values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(op.path)) {
		if value := values[name]; value == "" || !op.path[name].fits([]string{value}) {
			return fmt.Errorf("path parameter %s does not fit its schema", name)
		}
	}
	return nil
}

func (op operation) checkQuery(query url.Values) error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(query)) {
		p, known := op.query[name]
		switch {
		case !known:
			wrong = append(wrong, fmt.Errorf("unknown query parameter %s", name))
		case !p.fits(query[name]):
			wrong = append(wrong, fmt.Errorf("query parameter %s does not take %q", name, query[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(op.query)) {
		if op.query[name].required && !query.Has(name) {
			wrong = append(wrong, fmt.Errorf("query parameter %s is missing", name))
		}
	}
	return errors.Join(wrong...)
}

// checkBody checks a JSON body by the description and returns it decoded, nil
// when there is none.
func (op operation) checkBody(call DiscordCall, path map[string]string) (body any, extras []string, err error) {
	switch {
	case len(call.Body) == 0 && op.bodyRequired:
		return nil, nil, errors.New("the body is missing")
	case len(call.Body) == 0:
		return nil, nil, nil
	case op.body == nil:
		return nil, nil, errors.New("a body, which the operation does not take")
	}
	if err := checkType(call.Header, jsonType); err != nil {
		return nil, nil, err
	}
	body, err = jsonschema.UnmarshalJSON(bytes.NewReader(call.Body))
	if err != nil {
		return nil, nil, fmt.Errorf("body: %w", err)
	}
	extras, err = op.validate(body, path)
	return body, extras, err
}

// validate checks a decoded body; path holds the values of the path's parameters.
func (op operation) validate(body any, path map[string]string) ([]string, error) {
	excused := func(at []string, member string) string {
		return excuseFor(op.id, at, member, valueAt(body, append(slices.Clone(at), member)), path)
	}
	var extras []string
	var wrong []error
	for _, f := range validate(op.body, body, excused) {
		if f.excuse == "" {
			wrong = append(wrong, errors.New(f.String()))
			continue
		}
		extras = append(extras, fmt.Sprintf("%s: %s: %s", op.id, jsonPointer(append(slices.Clone(f.at), f.unknown)), f.excuse))
	}
	slices.Sort(extras)
	return extras, errors.Join(wrong...)
}
