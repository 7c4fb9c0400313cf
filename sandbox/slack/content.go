package slack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// Limits of chat.postMessage and chat.update, in characters.
const (
	maxText       = 40_000 // text is cut here
	maxUpdateText = 4_000  // chat.update refuses more
	maxMarkdown   = 12_000
	maxMetadata   = 16_384 // bytes of JSON; Slack refuses with metadata_too_large and publishes no figure that could be read
)

// content is what a message shows.
type content struct {
	text        string
	blocks      []map[string]any // nil: not given
	attachments any              // nil: not given
	cut         bool             // text was longer than maxText
}

func (c content) empty() bool {
	list, _ := c.attachments.([]any)
	return c.text == "" && len(c.blocks) == 0 && len(list) == 0
}

func (c *call) content(longest int) (content, *refusal) {
	found := content{text: c.args["text"]}
	if markdown := c.args["markdown_text"]; markdown != "" {
		if found.text != "" || c.args.has("blocks") {
			return found, refuse("markdown_text_conflict")
		}
		if utf8.RuneCountInString(markdown) > maxMarkdown {
			return found, refuse("msg_too_long")
		}
		found.text = markdown
	}
	if utf8.RuneCountInString(found.text) > longest {
		if longest != maxText {
			return found, refuse("msg_too_long")
		}
		found.text, found.cut = string([]rune(found.text)[:longest]), true
	}
	if raw := c.args["blocks"]; raw != "" {
		blocks, no := readBlocks([]byte(raw), messageBlocks)
		if no != nil {
			return found, no
		}
		found.blocks = blocks
	}
	if raw := c.args["attachments"]; raw != "" {
		var list []any
		if json.Unmarshal([]byte(raw), &list) != nil {
			return found, refuse("invalid_attachments")
		}
		if len(list) > 100 {
			return found, refuse("too_many_attachments")
		}
		found.attachments = list
	}
	return found, nil
}

// metadata is what an app attaches to its message (docs.slack.dev/messaging/message-metadata).
type metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// metadata reads the argument of that name. An empty object means none.
func (c *call) metadata() (*metadata, *refusal) {
	raw := c.args["metadata"]
	if raw == "" {
		return nil, nil
	}
	if len(raw) > maxMetadata {
		return nil, refuse("metadata_too_large")
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &fields) != nil {
		return nil, refuse("invalid_metadata_format")
	}
	if len(fields) == 0 {
		return nil, nil
	}
	var meta metadata
	if json.Unmarshal([]byte(raw), &meta) != nil || meta.EventPayload == nil || !validEventType(meta.EventType) {
		return nil, refuse("invalid_metadata_schema")
	}
	if len(meta.EventPayload) == 0 && meta.EventType == "" {
		return nil, nil
	}
	return &meta, nil
}

// validEventType says whether a name is one of an event: letters, digits, "_", "-", ".", ":", "#", "/".
func validEventType(name string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9_.:#/-]{1,255}$`).MatchString(name)
}

// readBlocks parses and checks blocks.
func readBlocks(raw []byte, surface surface) ([]map[string]any, *refusal) {
	var list []any
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, refuse("invalid_blocks_format")
	}
	blocks := make([]map[string]any, 0, len(list))
	for i, item := range list {
		block, ok := item.(map[string]any)
		if !ok {
			return nil, &refusal{code: "invalid_blocks", messages: []string{fmt.Sprintf("[ERROR] must be an object [json-pointer:/blocks/%d]", i)}}
		}
		blocks = append(blocks, block)
	}
	check := blockCheck{surface: surface}
	check.all(blocks)
	if len(check.found) > 0 {
		return nil, &refusal{code: "invalid_blocks", messages: check.found, more: answer{"errors": check.found}}
	}
	if surface == messageBlocks && check.characters > maxBlockCharacters {
		return nil, refuse("msg_blocks_too_long")
	}
	return blocks, nil
}
