package spectest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaSet compiles the schemas of one OpenAPI document where they stand:
// OpenAPI 3.1 uses JSON Schema 2020-12 as it is, references included, so that
// the library that knows Block Kit knows this too.
type schemaSet struct {
	compiler *jsonschema.Compiler
	url      string
}

func newSchemaSet(name string, raw []byte) (*schemaSet, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	tighten(doc)
	set := &schemaSet{compiler: jsonschema.NewCompiler(), url: "https://spectest.local/" + name}
	set.compiler.DefaultDraft(jsonschema.Draft2020)
	set.compiler.AssertFormat()
	for format, bits := range map[string]uint{"int32": 32, "int64": 64} {
		set.compiler.RegisterFormat(&jsonschema.Format{Name: format, Validate: integerOf(bits)})
	}
	set.compiler.RegisterFormat(&jsonschema.Format{Name: "double", Validate: double})
	set.compiler.RegisterFormat(&jsonschema.Format{Name: "snowflake", Validate: snowflake})
	return set, set.compiler.AddResource(set.url, doc)
}

// compile compiles the schema at a place of the document.
func (s *schemaSet) compile(at ...string) (*jsonschema.Schema, error) {
	pointer := url.URL{Fragment: jsonPointer(at)}
	return s.compiler.Compile(s.url + "#" + pointer.EscapedFragment())
}

func jsonPointer(at []string) string {
	var b strings.Builder
	for _, token := range at {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(token))
	}
	return b.String()
}

// tighten makes every object with named members refuse others: the API ignores
// a member that it does not know, and what we wanted with it does not happen.
// And it takes permissions as text too: the description says integer, and
// docs.discord.com/developers/topics/permissions, which goes before it
// (github.com/discord/discord-api-spec, README), says that they are strings.
func tighten(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			tighten(item)
		}
	case map[string]any:
		members, isObject := v["properties"].(map[string]any)
		if _, open := v["additionalProperties"]; isObject && !open {
			v["additionalProperties"] = false
		}
		for name, member := range members {
			permissionsAsText(name, member)
			tighten(member)
		}
		for key, item := range v {
			if key != "properties" {
				tighten(item)
			}
		}
	}
}

func permissionsAsText(name string, member any) {
	schema, _ := member.(map[string]any)
	types, _ := schema["type"].([]any)
	switch name {
	case "allow", "deny", "permissions", "default_member_permissions":
		if slices.Contains(types, any("integer")) {
			schema["type"] = append(types, "string")
			schema["pattern"] = "^(0|[1-9][0-9]*)$"
		}
	}
}

// integerOf says whether a number is an integer of so many bits.
func integerOf(bits uint) func(any) error {
	return func(v any) error {
		number, ok := v.(json.Number)
		if !ok {
			return nil
		}
		n, ok := new(big.Rat).SetString(number.String())
		limit := new(big.Int).Lsh(big.NewInt(1), bits-1)
		if !ok || !n.IsInt() || n.Num().CmpAbs(limit) > 0 || n.Num().Cmp(limit) == 0 {
			return fmt.Errorf("no integer of %d bits", bits)
		}
		return nil
	}
}

func double(v any) error {
	number, ok := v.(json.Number)
	if !ok {
		return nil
	}
	if n, err := number.Float64(); err != nil || math.IsInf(n, 0) {
		return fmt.Errorf("%s is no double", number)
	}
	return nil
}

func snowflake(v any) error {
	text, ok := v.(string)
	if !ok {
		return nil
	}
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		return fmt.Errorf("%q is no snowflake", text)
	}
	return nil
}
