package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// surface is where blocks are shown; it bounds their number.
type surface int

const (
	messageBlocks surface = 50  // docs.slack.dev/reference/block-kit/blocks
	modalBlocks   surface = 100 // the same page
)

// maxBlockCharacters is the sum over the blocks of a message from which msg_blocks_too_long was observed; it is
// not documented (slackapi/bolt-js issue 2509).
const maxBlockCharacters = 13_200

// blockCheck collects what is wrong with blocks, by the limits of @slack/types' documentation.
type blockCheck struct {
	surface    surface
	found      []string
	characters int  // of all texts
	markdown   int  // of all markdown blocks
	inputs     bool // an input block is there
	ids        []string
}

func (k *blockCheck) fail(at, format string, args ...any) {
	k.found = append(k.found, fmt.Sprintf("[ERROR] "+format+" [json-pointer:%s]", append(args, at)...))
}

func (k *blockCheck) all(blocks []map[string]any) {
	if len(blocks) > int(k.surface) {
		k.fail("/blocks", "no more than %d items allowed", int(k.surface))
	}
	for i, block := range blocks {
		k.block(fmt.Sprintf("/blocks/%d", i), block)
	}
	if k.markdown > maxMarkdown {
		k.fail("/blocks", "markdown blocks: no more than %d characters together", maxMarkdown)
	}
}

func (k *blockCheck) block(at string, block map[string]any) {
	k.length(at+"/block_id", block["block_id"], 0, 255)
	if id, _ := block["block_id"].(string); id != "" {
		if slices.Contains(k.ids, id) {
			k.fail(at+"/block_id", "block_id %q is not unique", id)
		}
		k.ids = append(k.ids, id)
	}
	switch kind := block["type"]; kind {
	case "divider", "rich_text", "table", "video", "file", "card", "carousel", "alert", "container", "plan", "task_card", "data_table", "context_actions":
		// Not looked into: the app of this workspace's tests does not use them.
	case "section":
		k.section(at, block)
	case "header":
		k.text(at+"/text", block["text"], 150, "plain_text")
	case "markdown":
		text, _ := block["text"].(string)
		k.markdown += utf8.RuneCountInString(text)
		k.length(at+"/text", block["text"], 1, maxMarkdown)
	case "context":
		k.elements(at, block["elements"], 10, k.contextElement)
	case "actions":
		k.elements(at, block["elements"], 25, k.element)
	case "image":
		k.image(at, block)
	case "input":
		k.input(at, block)
	default:
		k.fail(at+"/type", "unsupported type: %v", kind)
	}
}

func (k *blockCheck) section(at string, block map[string]any) {
	fields, hasFields := block["fields"].([]any)
	if block["text"] == nil && !hasFields {
		k.fail(at, "text or fields required")
	}
	if block["text"] != nil {
		k.text(at+"/text", block["text"], 3000, "")
	}
	if hasFields {
		if len(fields) < 1 || len(fields) > 10 {
			k.fail(at+"/fields", "1 to 10 items allowed")
		}
		for i, field := range fields {
			k.text(fmt.Sprintf("%s/fields/%d", at, i), field, 2000, "")
		}
	}
	if block["accessory"] != nil {
		k.element(at+"/accessory", block["accessory"])
	}
}

func (k *blockCheck) input(at string, block map[string]any) {
	k.inputs = true
	k.text(at+"/label", block["label"], 2000, "plain_text")
	if block["hint"] != nil {
		k.text(at+"/hint", block["hint"], 2000, "plain_text")
	}
	k.element(at+"/element", block["element"])
}

func (k *blockCheck) image(at string, block map[string]any) {
	k.length(at+"/image_url", block["image_url"], 0, 3000)
	k.length(at+"/alt_text", block["alt_text"], 1, 2000)
	if block["title"] != nil {
		k.text(at+"/title", block["title"], 2000, "plain_text")
	}
}

func (k *blockCheck) elements(at string, value any, most int, check func(string, any)) {
	list, ok := value.([]any)
	if !ok || len(list) < 1 || len(list) > most {
		k.fail(at+"/elements", "1 to %d items allowed", most)
		return
	}
	for i, item := range list {
		check(fmt.Sprintf("%s/elements/%d", at, i), item)
	}
}

func (k *blockCheck) contextElement(at string, value any) {
	element, ok := value.(map[string]any)
	if ok && element["type"] == "image" {
		k.image(at, element)
		return
	}
	k.text(at, value, 3000, "")
}

// length checks a string of characters; with least 0 it may be missing.
func (k *blockCheck) length(at string, value any, least, most int) {
	if value == nil && least == 0 {
		return
	}
	text, ok := value.(string)
	n := utf8.RuneCountInString(text)
	k.characters += n
	switch {
	case !ok:
		k.fail(at, "must be a string")
	case n < least:
		k.fail(at, "must be more than %d characters", least-1)
	case n > most:
		k.fail(at, "must be less than %d characters", most+1)
	}
}

// text checks a text object of at most so many characters; kind "" allows both kinds.
func (k *blockCheck) text(at string, value any, most int, kind string) {
	object, ok := value.(map[string]any)
	if !ok {
		k.fail(at, "missing required field: text object")
		return
	}
	switch got := object["type"]; {
	case got != "plain_text" && got != "mrkdwn", kind != "" && got != kind:
		k.fail(at+"/type", "unsupported type: %v", got)
	}
	k.length(at+"/text", object["text"], 1, most)
}

// blocksValidate checks blocks, a message or a view without using them.
func (c *call) blocksValidate() (answer, *refusal) {
	for _, name := range []string{"blocks", "message", "view"} {
		raw := c.args[name]
		if raw == "" {
			continue
		}
		if utf8.RuneCountInString(raw) > 100_000 {
			return nil, refuse("invalid_arguments")
		}
		limit := messageBlocks
		if name == "view" {
			limit = modalBlocks
		}
		if name != "blocks" {
			var whole struct {
				Blocks json.RawMessage `json:"blocks"`
			}
			if json.Unmarshal([]byte(raw), &whole) != nil || whole.Blocks == nil {
				return nil, refuse("invalid_" + name)
			}
			raw = string(whole.Blocks)
		}
		if _, no := readBlocks([]byte(raw), limit); no != nil {
			return nil, no
		}
		return answer{}, nil
	}
	return nil, refuseArgs("blocks, message or view required")
}
