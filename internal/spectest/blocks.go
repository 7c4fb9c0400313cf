package spectest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	// maxBlocks is the most blocks of a message (docs.slack.dev/reference/block-kit/blocks).
	maxBlocks = 50
	// maxSum is below what Slack refused as msg_blocks_too_long (slackapi/bolt-js issue 2509).
	maxSum = 13_000
	// maxText is where Slack refuses an edit's text (docs.slack.dev/reference/methods/chat.update).
	maxText = 4000
)

// BlockSpec is the schema of Block Kit with the limits report. A nil BlockSpec
// accepts everything.
type BlockSpec struct {
	blocks *jsonschema.Schema
	limits limits
}

// schemaURL is the schema's place for the compiler.
const schemaURL = "https://spectest.local/blockkit.schema.json"

// Blocks reads the schema; nil when it is not there.
func Blocks(t testing.TB) *BlockSpec {
	t.Helper()
	return once(t, "blockkit.schema.json", readBlocks)
}

func readBlocks(t testing.TB) *BlockSpec {
	t.Helper()
	var doc map[string]any
	if !load(t, "blockkit.schema.json", &doc) {
		return nil
	}
	delete(doc, "$id")
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaURL, doc); err != nil {
		t.Fatalf("spectest: %v", err)
	}
	schema, err := compiler.Compile(schemaURL + "#/definitions/KnownBlock")
	if err != nil {
		t.Fatalf("spectest: %v", err)
	}
	return &BlockSpec{blocks: schema, limits: readLimits(t, doc)}
}

// Schema compiles another file of the descriptions; nil when it is not there.
func Schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	var doc any
	if !load(t, name, &doc) {
		return nil
	}
	dropPatterns(doc)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://spectest.local/"+name, doc); err != nil {
		t.Fatalf("spectest: %v", err)
	}
	schema, err := compiler.Compile("https://spectest.local/" + name)
	if err != nil {
		t.Fatalf("spectest: %v", err)
	}
	return schema
}

// dropPatterns removes the patterns that Go's regular expressions cannot hold.
func dropPatterns(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			dropPatterns(item)
		}
	case map[string]any:
		if pattern, ok := v["pattern"].(string); ok {
			if _, err := regexp.Compile(pattern); err != nil {
				delete(v, "pattern")
			}
		}
		for _, item := range v {
			dropPatterns(item)
		}
	}
}

// Check says what is wrong with the blocks of a message, a JSON array.
func (s *BlockSpec) Check(blocks []byte) error {
	if s == nil {
		return nil
	}
	var list []any
	if err := json.Unmarshal(blocks, &list); err != nil {
		return fmt.Errorf("blocks: %w", err)
	}
	if len(list) > maxBlocks {
		return fmt.Errorf("%d blocks", len(list))
	}
	var wrong []error
	for i, block := range list {
		if err := s.blocks.Validate(block); err != nil {
			wrong = append(wrong, fmt.Errorf("blocks[%d]: %w", i, err))
		}
	}
	if sum := textIn(list); sum > maxSum {
		wrong = append(wrong, fmt.Errorf("%d characters in all blocks", sum))
	}
	return errors.Join(append(wrong, s.limits.check(list), uniqueActions(list))...)
}

// CheckMessage checks the arguments of a method that posts or edits a message.
func (s *BlockSpec) CheckMessage(method string, args map[string]string) error {
	if s == nil {
		return nil
	}
	var wrong []error
	if blocks, ok := args["blocks"]; ok {
		wrong = append(wrong, s.Check([]byte(blocks)))
	}
	switch method {
	case "chat.postMessage", "chat.update", "chat.postEphemeral":
		if args["text"] == "" {
			wrong = append(wrong, errors.New("no text for notifications"))
		}
		if utf8.RuneCountInString(args["text"]) > maxText {
			wrong = append(wrong, errors.New("text too long"))
		}
	}
	if metadata, ok := args["metadata"]; ok {
		wrong = append(wrong, checkMetadata(metadata))
	}
	return errors.Join(wrong...)
}

func checkMetadata(text string) error {
	var metadata struct {
		Type    string          `json:"event_type"`
		Payload json.RawMessage `json:"event_payload"`
	}
	if err := json.Unmarshal([]byte(text), &metadata); err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	if metadata.Type == "" || len(metadata.Payload) == 0 || metadata.Payload[0] != '{' {
		return errors.New("metadata: event_type and an object as event_payload are wanted")
	}
	return nil
}

// textIn counts the characters of all "text" strings.
func textIn(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += textIn(item)
		}
	case map[string]any:
		for key, item := range v {
			if text, ok := item.(string); ok && key == "text" {
				n += utf8.RuneCountInString(text)
			} else {
				n += textIn(item)
			}
		}
	}
	return n
}

// uniqueActions: an action_id occurs once in its block.
func uniqueActions(list []any) error {
	for i, block := range list {
		fields, _ := block.(map[string]any)
		elements, _ := fields["elements"].([]any)
		seen := map[any]bool{}
		for _, element := range elements {
			fields, _ := element.(map[string]any)
			id, ok := fields["action_id"]
			if ok && seen[id] {
				return fmt.Errorf("blocks[%d]: action_id %v twice", i, id)
			}
			seen[id] = ok
		}
	}
	return nil
}
