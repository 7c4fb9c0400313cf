package spectest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// openAPI is an OpenAPI 3.1 description, as far as requests need it.
type openAPI struct {
	routes []route // the more literal one first, so that the first that fits is the right one
}

// route is one path template with its operations by HTTP method.
type route struct {
	template   string
	segments   []string
	operations map[string]operation
}

// operation is what one method of a route takes.
type operation struct {
	id           string
	path, query  map[string]parameter
	body         *jsonschema.Schema // of a JSON body; nil: none is taken
	bodyRequired bool
	security     []map[string][]string // alternatives; an empty one: no credentials wanted
}

type parameter struct {
	required bool
	schema   *jsonschema.Schema
}

// The part of the document that is read here; the schemas in it are compiled where they stand.
type (
	pathDoc struct {
		Parameters []parameterDoc `json:"parameters"`
		Get        *operationDoc  `json:"get"`
		Put        *operationDoc  `json:"put"`
		Post       *operationDoc  `json:"post"`
		Patch      *operationDoc  `json:"patch"`
		Delete     *operationDoc  `json:"delete"`
	}
	operationDoc struct {
		ID         string         `json:"operationId"`
		Parameters []parameterDoc `json:"parameters"`
		Body       struct {
			Required bool                       `json:"required"`
			Content  map[string]json.RawMessage `json:"content"`
		} `json:"requestBody"`
		Security []map[string][]string `json:"security"`
	}
	parameterDoc struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
	}
)

const jsonType = "application/json"

// readOpenAPI reads and compiles the description; nil when it is not there.
func readOpenAPI(t testing.TB, name string) *openAPI {
	t.Helper()
	var raw json.RawMessage
	if !load(t, name, &raw) {
		return nil
	}
	var doc struct {
		Paths map[string]pathDoc `json:"paths"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatalf("spectest: %s: %v", name, err)
	}
	schemas, err := newSchemaSet(name, raw)
	if err != nil {
		t.Fatalf("spectest: %s: %v", name, err)
	}
	api := &openAPI{}
	for template, path := range doc.Paths {
		r, err := readRoute(schemas, template, path)
		if err != nil {
			t.Fatalf("spectest: %s: %s: %v", name, template, err)
		}
		api.routes = append(api.routes, r)
	}
	slices.SortFunc(api.routes, moreLiteral)
	return api
}

func readRoute(schemas *schemaSet, template string, path pathDoc) (route, error) {
	r := route{template: template, segments: segments(template), operations: map[string]operation{}}
	for method, doc := range map[string]*operationDoc{
		http.MethodGet: path.Get, http.MethodPut: path.Put, http.MethodPost: path.Post,
		http.MethodPatch: path.Patch, http.MethodDelete: path.Delete,
	} {
		if doc == nil {
			continue
		}
		op := operation{
			id: doc.ID, bodyRequired: doc.Body.Required, security: doc.Security,
			path: map[string]parameter{}, query: map[string]parameter{},
		}
		if err := op.readParameters(schemas, path.Parameters, "paths", template, "parameters"); err != nil {
			return route{}, err
		}
		verb := strings.ToLower(method)
		if err := op.readParameters(schemas, doc.Parameters, "paths", template, verb, "parameters"); err != nil {
			return route{}, err
		}
		if _, ok := doc.Body.Content[jsonType]; ok {
			schema, err := schemas.compile("paths", template, verb, "requestBody", "content", jsonType, "schema")
			if err != nil {
				return route{}, err
			}
			op.body = schema
		}
		r.operations[method] = op
	}
	return r, nil
}

func (op *operation) readParameters(schemas *schemaSet, docs []parameterDoc, at ...string) error {
	for i, doc := range docs {
		place := map[string]map[string]parameter{"path": op.path, "query": op.query}[doc.In]
		if place == nil {
			continue // headers are checked by name
		}
		schema, err := schemas.compile(append(slices.Clone(at), fmt.Sprint(i), "schema")...)
		if err != nil {
			return err
		}
		place[doc.Name] = parameter{required: doc.Required, schema: schema}
	}
	return nil
}

// segments splits a path, which begins with a slash.
func segments(path string) []string {
	return strings.Split(strings.TrimPrefix(path, "/"), "/")
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

// moreLiteral orders routes of one length: at the first segment that only one
// of two has as a parameter, the literal one comes first.
func moreLiteral(a, b route) int {
	if n := len(a.segments) - len(b.segments); n != 0 {
		return n
	}
	for i := range a.segments {
		switch free, other := isParameter(a.segments[i]), isParameter(b.segments[i]); {
		case free && !other:
			return 1
		case other && !free:
			return -1
		}
	}
	return strings.Compare(a.template, b.template)
}

// find returns the route of an escaped path and the values of its parameters.
func (api *openAPI) find(path string) (route, map[string]string, bool) {
	parts := segments(path)
	for _, r := range api.routes {
		if values, ok := r.match(parts); ok {
			return r, values, true
		}
	}
	return route{}, nil, false
}

func (r route) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(r.segments) {
		return nil, false
	}
	values := map[string]string{}
	for i, segment := range r.segments {
		part, err := url.PathUnescape(parts[i])
		switch {
		case err != nil:
			return nil, false
		case isParameter(segment):
			values[strings.Trim(segment, "{}")] = part
		case part != segment:
			return nil, false
		}
	}
	return values, true
}

// methods names what a route takes.
func (r route) methods() string {
	return strings.Join(slices.Sorted(maps.Keys(r.operations)), ", ")
}
