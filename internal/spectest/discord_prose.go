package spectest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// checkProse is what the description does not say and Discord's documentation
// does, and what we hold ourselves to.
func (op operation) checkProse(body any) []error {
	p := &prose{}
	switch op.id {
	case "create_message":
		p.message(nil, object(body), isNew)
	case "update_message", "update_original_webhook_message", "update_webhook_message":
		p.message(nil, object(body), isEdit)
	case "execute_webhook":
		p.message(nil, object(body), isNew)
	case "create_thread":
		p.thread(object(body))
	case "create_thread_from_message":
		p.text(nil, object(body), "name", 1, maxChannelName)
	case "create_guild_channel":
		p.channel(object(body))
	case "update_channel":
		p.channelEdit(object(body))
	case "create_interaction_response":
		p.callback(object(body))
	case "bulk_set_application_commands", "bulk_set_guild_application_commands":
		p.commands(list(body))
	case "create_application_command", "create_guild_application_command":
		p.command(nil, object(body))
	}
	return p.wrong
}

// prose collects findings; places are as in the findings of a schema.
type prose struct{ wrong []error }

func (p *prose) add(at []string, format string, args ...any) {
	p.wrong = append(p.wrong, errors.New(place(at)+": "+fmt.Sprintf(format, args...)))
}

// text checks the length of a member that is there; with a least length above
// zero an empty one is wrong too, and white space is none.
func (p *prose) text(at []string, parent map[string]any, member string, least, most int) {
	value, ok := parent[member].(string)
	if !ok {
		return
	}
	switch n := units(value); {
	case n > most:
		p.add(under(at, member), "%d characters, at most %d", n, most)
	case least > 0 && strings.TrimSpace(value) == "":
		p.add(under(at, member), "empty")
	}
}

// count checks how many items a member has.
func (p *prose) count(at []string, parent map[string]any, member string, most int) []any {
	items := list(parent[member])
	if len(items) > most {
		p.add(under(at, member), "%d items, at most %d", len(items), most)
	}
	return items
}

// link checks a member's length and that its scheme is one of schemes.
func (p *prose) link(at []string, parent map[string]any, member string, most int, schemes ...string) {
	p.text(at, parent, member, 1, most)
	value, ok := parent[member].(string)
	if !ok {
		return
	}
	if target, err := url.Parse(value); err != nil || !slices.Contains(schemes, strings.ToLower(target.Scheme)) {
		p.add(under(at, member), "no address by %s", strings.Join(schemes, ", "))
	}
}

// units counts UTF-16 code units. Discord's API counts code points
// (github.com/discord/discord-api-docs/issues/1315), its clients and other
// tools UTF-16; the larger number is right by both.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// under is a place below another one.
func under(at []string, tokens ...any) []string {
	below := slices.Clone(at)
	for _, token := range tokens {
		below = append(below, fmt.Sprint(token))
	}
	return below
}

func object(v any) map[string]any {
	fields, _ := v.(map[string]any)
	return fields
}

func list(v any) []any {
	items, _ := v.([]any)
	return items
}

// whole is an integer; false when v is none.
func whole(v any) (int64, bool) {
	number, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := number.Int64()
	return n, err == nil
}
