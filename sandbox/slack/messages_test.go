package slack_test

import (
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"

	"roomkeeper/sandbox/slack"
)

func section(text string) slackgo.Block {
	return slackgo.NewSectionBlock(slackgo.NewTextBlockObject("mrkdwn", text, false, false), nil, nil)
}

func TestMetadataIsFoundInTheHistory(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	meta := slackgo.SlackMetadata{EventType: "roomkeeper_card", EventPayload: map[string]any{"card": "c1"}}
	_, ts, err := w.api.PostMessage(id, slackgo.MsgOptionText("hi", false), slackgo.MsgOptionBlocks(section("*hi*")), slackgo.MsgOptionMetadata(meta))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.RenameConversation(id, "acme-2"); err != nil {
		t.Fatal(err)
	}
	history, err := w.api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: id, IncludeAllMetadata: true})
	if err != nil || len(history.Messages) != 3 {
		t.Fatalf("history = %+v, %v", history, err)
	}
	renamed, card, joined := history.Messages[0], history.Messages[1], history.Messages[2]
	if joined.SubType != "channel_join" || renamed.SubType != "channel_name" || renamed.OldName != "acme" || renamed.Name != "acme-2" || renamed.User != w.BotUserID() {
		t.Errorf("notices = %+v, %+v", joined, renamed)
	}
	if card.Timestamp != ts || card.Metadata.EventPayload["card"] != "c1" || len(card.Blocks.BlockSet) != 1 || card.BotID == "" {
		t.Errorf("card = %+v", card)
	}
	history, err = w.api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: id, Oldest: ts})
	if err != nil || len(history.Messages) != 1 {
		t.Errorf("after the card: %d, %v", len(history.Messages), err)
	}
	history, err = w.api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: id, Oldest: ts, Latest: ts, Inclusive: true})
	if err != nil || len(history.Messages) != 1 || history.Messages[0].Metadata.EventType != "" {
		t.Errorf("only the card: %+v, %v", history, err)
	}
}

func TestHistoryPages(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	for range 4 {
		if _, _, err := w.api.PostMessage(id, slackgo.MsgOptionText("x", false)); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	cursor := ""
	for range 3 {
		page, err := w.api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: id, Limit: 2, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			seen[m.Timestamp] = true
		}
		if cursor = page.ResponseMetaData.NextCursor; page.HasMore != (cursor != "") {
			t.Errorf("has_more %v, cursor %q", page.HasMore, cursor)
		}
	}
	if len(seen) != 5 || cursor != "" {
		t.Errorf("%d messages, cursor %q", len(seen), cursor)
	}
	body, _ := w.form("conversations.history", "channel", id, "oldest", "yesterday")
	wantAnswer(t, body, "invalid_ts_oldest")
}

func TestUpdateKeepsWhatIsNotSent(t *testing.T) {
	w := newWorld(t, nil)
	w.people("ann")
	id := w.create("acme", false)
	meta := slackgo.SlackMetadata{EventType: "e", EventPayload: map[string]any{"k": "v"}}
	_, ts, err := w.api.PostMessage(id, slackgo.MsgOptionText("one", false), slackgo.MsgOptionBlocks(section("one")), slackgo.MsgOptionMetadata(meta))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.api.UpdateMessage(id, ts, slackgo.MsgOptionText("two", false)); err != nil {
		t.Fatal(err)
	}
	ch, _ := w.Channel(id)
	m := ch.Messages[len(ch.Messages)-1]
	if m.Text != "two" || !contains(m.Blocks, "one") || !contains(m.Metadata, `"k":"v"`) || m.Edited == "" {
		t.Errorf("message = %+v", m)
	}
	_, _, _, err = w.api.UpdateMessage(id, ts, slackgo.MsgOptionText(strings.Repeat("x", 4001), false))
	wantCode(t, err, "msg_too_long")
	_, _, _, err = w.api.UpdateMessage(id, "1.000001", slackgo.MsgOptionText("x", false))
	wantCode(t, err, "message_not_found")
	w.control("join", slack.Act{User: "ann", Channel: id})
	theirs := w.control("post", slack.Act{User: "ann", Channel: id, Text: "mine"})["id"].(string)
	_, _, _, err = w.api.UpdateMessage(id, theirs, slackgo.MsgOptionText("x", false))
	wantCode(t, err, "cant_update_message")
}

func TestPostLimits(t *testing.T) {
	w := newWorld(t, nil)
	ids := w.people("ann")
	id := w.create("acme", true)
	post := func(args ...string) map[string]any {
		body, _ := w.form("chat.postMessage", append([]string{"channel", id}, args...)...)
		return body
	}
	wantAnswer(t, post(), "no_text")
	wantAnswer(t, post("blocks", "{"), "invalid_blocks_format")
	wantAnswer(t, post("text", "x", "metadata", "{"), "invalid_metadata_format")
	wantAnswer(t, post("text", "x", "metadata", `{"event_type":"e"}`), "invalid_metadata_schema")
	wantAnswer(t, post("text", "x", "metadata", `{"event_type":"e","event_payload":{"x":"`+strings.Repeat("x", 17000)+`"}}`), "metadata_too_large")
	if body := post("text", strings.Repeat("ü", 40001)); len([]rune(body["message"].(map[string]any)["text"].(string))) != 40000 {
		t.Error("a long text is not cut")
	}
	_, err := w.api.PostEphemeral(id, ids[0], slackgo.MsgOptionText("x", false))
	wantCode(t, err, "user_not_in_channel")
	w.control("invite", slack.Act{User: "ann", Channel: id})
	if _, err := w.api.PostEphemeral(id, ids[0], slackgo.MsgOptionText("psst", false)); err != nil {
		t.Fatal(err)
	}
	ch, _ := w.Channel(id)
	if m := ch.Messages[len(ch.Messages)-1]; m.EphemeralTo != ids[0] {
		t.Errorf("message = %+v", m)
	}
	history, err := w.api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: id, Limit: 1})
	if err != nil || history.Messages[0].Text == "psst" {
		t.Errorf("history = %+v, %v", history, err)
	}
}

func TestBlockLimits(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	text := func(kind string, n int) map[string]any {
		return map[string]any{"type": kind, "text": strings.Repeat("x", n)}
	}
	button := func(n, value int) map[string]any {
		return map[string]any{"type": "button", "action_id": "a", "text": text("plain_text", n), "value": strings.Repeat("v", value)}
	}
	block := func(kind, field string, value any) []any { return []any{map[string]any{"type": kind, field: value}} }
	many := func(n int, item any) []any {
		var list []any
		for range n {
			list = append(list, item)
		}
		return list
	}
	for name, c := range map[string]struct {
		good, bad []any
	}{
		"blocks":   {many(50, map[string]any{"type": "divider"}), many(51, map[string]any{"type": "divider"})},
		"section":  {block("section", "text", text("mrkdwn", 3000)), block("section", "text", text("mrkdwn", 3001))},
		"empty":    {block("section", "text", text("mrkdwn", 1)), block("section", "text", text("mrkdwn", 0))},
		"fields":   {block("section", "fields", many(10, text("mrkdwn", 9))), block("section", "fields", many(11, text("mrkdwn", 9)))},
		"field":    {block("section", "fields", many(1, text("mrkdwn", 2000))), block("section", "fields", many(1, text("mrkdwn", 2001)))},
		"header":   {block("header", "text", text("plain_text", 150)), block("header", "text", text("plain_text", 151))},
		"mrkdwn":   {block("header", "text", text("plain_text", 1)), block("header", "text", text("mrkdwn", 1))},
		"context":  {block("context", "elements", many(10, text("mrkdwn", 1))), block("context", "elements", many(11, text("mrkdwn", 1)))},
		"actions":  {block("actions", "elements", many(25, button(75, 20))), block("actions", "elements", many(26, button(1, 1)))},
		"button":   {block("actions", "elements", many(1, button(75, 2000))), block("actions", "elements", many(1, button(76, 1)))},
		"value":    {block("actions", "elements", many(1, button(1, 2000))), block("actions", "elements", many(1, button(1, 2001)))},
		"block_id": {block("divider", "block_id", strings.Repeat("b", 255)), block("divider", "block_id", strings.Repeat("b", 256))},
		"unknown":  {block("divider", "x", 1), block("nonsense", "x", 1)},
	} {
		body, _ := w.form("chat.postMessage", "channel", id, "text", name, "blocks", mustJSON(t, c.good))
		if body["ok"] != true {
			t.Errorf("%s: good blocks: %v", name, body)
		}
		body, _ = w.form("chat.postMessage", "channel", id, "text", name, "blocks", mustJSON(t, c.bad))
		if body["error"] != "invalid_blocks" || !strings.Contains(mustJSON(t, body), "json-pointer") {
			t.Errorf("%s: bad blocks: %v", name, body)
		}
	}
	long := many(5, map[string]any{"type": "section", "text": text("mrkdwn", 2900)})
	body, _ := w.form("chat.postMessage", "channel", id, "text", "x", "blocks", mustJSON(t, long))
	wantAnswer(t, body, "msg_blocks_too_long")
	body, _ = w.form("blocks.validate", "blocks", mustJSON(t, many(51, map[string]any{"type": "divider"})))
	wantAnswer(t, body, "invalid_blocks")
}

func TestPinsAndBookmarks(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	_, ts, err := w.api.PostMessage(id, slackgo.MsgOptionText("x", false))
	if err != nil {
		t.Fatal(err)
	}
	ref := slackgo.NewRefToMessage(id, ts)
	if err := w.api.AddPin(id, ref); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.api.AddPin(id, ref), "already_pinned")
	pins, _, err := w.api.ListPins(id)
	if err != nil || len(pins) != 1 || pins[0].Message.Timestamp != ts {
		t.Fatalf("pins = %+v, %v", pins, err)
	}
	if err := w.api.RemovePin(id, ref); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.api.RemovePin(id, ref), "no_pin")
	mark, err := w.api.AddBookmark(id, slackgo.AddBookmarkParameters{Title: "CRM", Type: "link", Link: "https://crm.example.com/4"})
	if err != nil || mark.Link != "https://crm.example.com/4" {
		t.Fatalf("bookmark = %+v, %v", mark, err)
	}
	_, err = w.api.AddBookmark(id, slackgo.AddBookmarkParameters{Title: "CRM", Type: "link", Link: "crm"})
	wantCode(t, err, "invalid_link")
	if _, err := w.api.EditBookmark(id, mark.ID, slackgo.EditBookmarkParameters{Link: "https://crm.example.com/5"}); err != nil {
		t.Fatal(err)
	}
	marks, err := w.api.ListBookmarks(id)
	if err != nil || len(marks) != 1 || marks[0].Link != "https://crm.example.com/5" {
		t.Fatalf("bookmarks = %+v, %v", marks, err)
	}
	if err := w.api.RemoveBookmark(id, mark.ID); err != nil {
		t.Fatal(err)
	}
	link, err := w.api.GetPermalink(&slackgo.PermalinkParameters{Channel: id, Ts: ts})
	if err != nil || !strings.Contains(link, "/archives/"+id+"/p") {
		t.Errorf("permalink = %q, %v", link, err)
	}
}
