package spectest

import "strings"

// docs.discord.com/developers/resources/message.
const (
	maxContent     = 2000
	maxNonce       = 25
	maxEmbeds      = 10
	maxEmbedTitle  = 256
	maxDescription = 4096
	maxFields      = 25
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFooter      = 2048
	maxAuthor      = 256
	maxEmbedSum    = 6000 // over all embeds of a message
	maxAddress     = 2048 // the OpenAPI's, of an address in an embed

	flagEphemeral    = 1 << 6
	flagComponentsV2 = 1 << 15
)

// messageUse is what becomes of a message.
type messageUse int

const (
	isNew messageUse = iota
	isEdit
)

func (p *prose) message(at []string, m map[string]any, use messageUse) {
	p.text(at, m, "content", 0, maxContent)
	p.text(at, m, "nonce", 1, maxNonce)
	if enforced, _ := m["enforce_nonce"].(bool); enforced && isEmpty(m["nonce"]) {
		p.add(under(at, "enforce_nonce"), "there is no nonce")
	}
	if use == isNew && saysNothing(m) {
		p.add(at, "an empty message (error 50006)")
	}
	flags, _ := whole(m["flags"])
	v2 := flags&flagComponentsV2 != 0
	if v2 && (!isEmpty(m["content"]) || !isEmpty(m["embeds"])) {
		p.add(at, "content or embeds beside components of the second version")
	}
	p.embeds(at, m)
	p.components(under(at, "components"), list(m["components"]), v2)
	p.mentions(at, m)
}

func saysNothing(m map[string]any) bool {
	for _, member := range []string{"content", "embeds", "components", "sticker_ids", "poll", "attachments", "message_reference"} {
		if !isEmpty(m[member]) {
			return false
		}
	}
	return true
}

func (p *prose) embeds(at []string, m map[string]any) {
	sum := 0
	for i, item := range p.count(at, m, "embeds", maxEmbeds) {
		e, at := object(item), under(at, "embeds", i)
		p.text(at, e, "title", 0, maxEmbedTitle)
		p.text(at, e, "description", 0, maxDescription)
		p.text(under(at, "footer"), object(e["footer"]), "text", 1, maxFooter)
		p.text(under(at, "author"), object(e["author"]), "name", 1, maxAuthor)
		for i, item := range p.count(at, e, "fields", maxFields) {
			p.text(under(at, "fields", i), object(item), "name", 1, maxFieldName)
			p.text(under(at, "fields", i), object(item), "value", 1, maxFieldValue)
		}
		p.embedLinks(at, e)
		sum += embedUnits(e)
		if len(e) == 0 || embedUnits(e) == 0 && isEmpty(e["image"]) && isEmpty(e["thumbnail"]) {
			p.add(at, "an empty embed")
		}
	}
	if sum > maxEmbedSum {
		p.add(under(at, "embeds"), "%d characters in all embeds, at most %d", sum, maxEmbedSum)
	}
}

func (p *prose) embedLinks(at []string, e map[string]any) {
	p.link(at, e, "url", maxAddress, "http", "https")
	p.link(under(at, "author"), object(e["author"]), "url", maxAddress, "http", "https")
	p.link(under(at, "author"), object(e["author"]), "icon_url", maxAddress, "http", "https", "attachment")
	p.link(under(at, "footer"), object(e["footer"]), "icon_url", maxAddress, "http", "https", "attachment")
	p.link(under(at, "image"), object(e["image"]), "url", maxAddress, "http", "https", "attachment")
	p.link(under(at, "thumbnail"), object(e["thumbnail"]), "url", maxAddress, "http", "https", "attachment")
}

// embedUnits counts what the sum over all embeds counts.
func embedUnits(e map[string]any) int {
	texts := []any{e["title"], e["description"], object(e["footer"])["text"], object(e["author"])["name"]}
	for _, item := range list(e["fields"]) {
		texts = append(texts, object(item)["name"], object(item)["value"])
	}
	sum := 0
	for _, v := range texts {
		text, _ := v.(string)
		sum += units(text)
	}
	return sum
}

// mentions: whatever has text says whom it may notify. That is nobody, or one
// person by id; parse is an empty list, since without one Discord takes every
// mention out of the text (docs.discord.com/developers/resources/message,
// allowed mentions).
func (p *prose) mentions(at []string, m map[string]any) {
	if isEmpty(m["content"]) && isEmpty(m["embeds"]) && !hasText(m["components"]) && m["allowed_mentions"] == nil {
		return
	}
	allowed, ok := m["allowed_mentions"].(map[string]any)
	at = under(at, "allowed_mentions")
	if !ok {
		p.add(at, "missing")
		return
	}
	parse, given := allowed["parse"].([]any)
	users := list(allowed["users"])
	replied, _ := allowed["replied_user"].(bool)
	switch {
	case len(parse) > 0:
		p.add(at, "parse lets a text notify")
	case !given && len(users) != 1:
		p.add(at, "parse: [] is missing")
	case len(users) > 1:
		p.add(at, "%d people, at most one", len(users))
	case !isEmpty(allowed["roles"]):
		p.add(at, "a role is more than one person")
	case replied:
		p.add(at, "replied_user")
	}
}

// hasText: a text display, which can mention as content can.
func hasText(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if hasText(item) {
				return true
			}
		}
	case map[string]any:
		content, _ := v["content"].(string)
		return strings.TrimSpace(content) != "" || hasText(v["components"])
	}
	return false
}
