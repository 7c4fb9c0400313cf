package discord

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// Limits of a message (docs, resources/message). The OpenAPI says 4000 for the content: the schema is wider than the rule.
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxEmbedText   = 6000 // over all embeds
	maxEmbedFields = 25
	maxNonce       = 25
)

// Flags of messages.
const (
	ephemeralFlag    = 1 << 6
	componentsV2Flag = 1 << 15
)

// content is what a message shows.
type content struct {
	Text       string
	Embeds     []map[string]any
	Components []map[string]any
	Flags      int
	Allowed    *allowedMentions // nil: everything in the text may mention
}

func (c content) empty() bool {
	return strings.TrimSpace(c.Text) == "" && len(c.Embeds) == 0 && len(c.Components) == 0
}

// readContent takes what a message shows from the body of a create, a PATCH or an interaction's answer, and notes
// what is wrong with it.
func readContent(f *form) content {
	found := content{Text: strings.TrimSpace(f.text("content", 0, maxContent)), Flags: f.whole("flags", 0, 1<<31-1, 0)}
	readEmbeds(f)
	f.decode("embeds", &found.Embeds)
	f.decode("components", &found.Components)
	readComponents(f, found.Flags&componentsV2Flag != 0)
	if found.Flags&componentsV2Flag != 0 && (found.Text != "" || len(found.Embeds) > 0) {
		f.wrong("flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
			"The message cannot use content or embeds with the IS_COMPONENTS_V2 flag")
	}
	found.Allowed = readAllowed(f)
	for _, embed := range found.Embeds {
		embed["type"] = "rich"
	}
	return found
}

// readEmbeds checks the embeds of a message.
func readEmbeds(f *form) {
	embeds, _ := f.objects("embeds", maxEmbeds)
	total := 0
	for _, e := range embeds {
		total += len([]rune(e.text("title", 0, 256))) + len([]rune(e.text("description", 0, 4096)))
		e.whole("color", 0, 0xFFFFFF, 0)
		e.link("url")
		var at string
		if e.decode("timestamp", &at) {
			if _, err := time.Parse(time.RFC3339Nano, at); err != nil {
				e.wrong("timestamp", "DATE_TIME_TYPE_PARSE", "Could not parse %s. Should be ISO8601.", at)
			}
		}
		if author := e.inner("author"); author != nil {
			total += len([]rune(author.required("name", 256)))
			author.link("url")
			author.link("icon_url")
		}
		if footer := e.inner("footer"); footer != nil {
			total += len([]rune(footer.required("text", 2048)))
			footer.link("icon_url")
		}
		for _, picture := range []string{"image", "thumbnail"} {
			if p := e.inner(picture); p != nil {
				p.link("url")
			}
		}
		fields, _ := e.objects("fields", maxEmbedFields)
		for _, field := range fields {
			total += len([]rune(field.required("name", 256))) + len([]rune(field.required("value", 1024)))
			field.flag("inline", false)
		}
	}
	if total > maxEmbedText {
		f.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", maxEmbedText)
	}
}

// link checks an address of the web.
func (f *form) link(name string) {
	text := f.text(name, 0, 2048)
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" && u.Scheme != "attachment":
		f.wrong(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "attachment":
		f.wrong(name, "URL_TYPE_INVALID_SCHEME", "Scheme \"%s\" is not supported. Scheme must be one of ('http', 'https').", u.Scheme)
	}
}

// nonce reads the mark by which a client knows its message again: text or a number.
func (f *form) nonce() string {
	if !f.has("nonce") {
		return ""
	}
	var text string
	raw := f.fields["nonce"]
	if json.Unmarshal(raw, &text) != nil {
		var number int64
		if json.Unmarshal(raw, &number) != nil {
			f.wrong("nonce", "NONCE_TYPE_CONVERT", "Nonce must be a string or a number.")
			return ""
		}
		return string(raw)
	}
	return f.text("nonce", 0, maxNonce)
}
