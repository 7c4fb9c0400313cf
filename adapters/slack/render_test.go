package slack

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/connector"
	"roomkeeper/internal/spectest"
)

var update = flag.Bool("update", false, "write the golden files")

// hostile are texts that a CRM may hold.
func hostile() map[string]string {
	return map[string]string{
		"plain":    "Acme Corporation",
		"empty":    "",
		"long":     strings.Repeat("A long story. ", 5000/14+1),
		"chinese":  "上海纷享销客科技有限公司 客户拜访记录",
		"rtl":      "شركة المثال المحدودة \u202eevil\u202c עברית",
		"emoji":    "👩‍👩‍👧 :tada: 👍🏽 :white_check_mark: 🇩🇪",
		"mrkdwn":   "*bold* _italic_ ~strike~ `code` ```block```\n> quote\n&gt; quote\n* list",
		"mentions": "<!channel> <!here> <!everyone> <@U123> <#C123> <!subteam^S1> @here @channel @everyone @ann #general",
		"links":    "<https://evil.example|pay here> https://evil.example/x www.evil.example mailto:a@b.example a@b.example evil.example",
		"escapes":  "&lt;!channel&gt; &amp;lt;@U1&amp;gt; <<!channel>> <!date^0^{date}|x>",
		"control":  "nul\x00 bell\a bad\xff utf8 line\u2028sep\r\nnext",
	}
}

// cards are the types of cards, filled with one text.
func cards(text string) map[string]connector.Card {
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	fields := []connector.Field{{Key: "amount", Label: "Amount", Value: text}, {Key: "stage", Label: text, Value: "Won"}}
	return map[string]connector.Card{
		"sales_record": {Label: "Sales record", Title: text, Text: text, Author: text, At: at, URL: "https://crm.example/a/1", Fields: fields},
		"notification": {Label: "Notification", Title: text, Text: text, Fields: fields, Footnote: text},
		"details":      {Label: "Details", Title: text, Fields: append(fields, fields...), URL: "https://crm.example/r/4", Footnote: "2 entries are not resolved"},
		"changes": {Label: "Record updated", Title: text, Author: text, At: at,
			Changes: []connector.Change{{Key: "amount", Label: "Amount", Before: "10", After: text}, {Key: "x", Label: text, Before: text}}},
		"gone": {Label: "Sales record", Title: text, Text: text, At: at, Gone: true, URL: "javascript:alert(1)"},
		"buttons": {Label: text, Title: text, URL: text, Buttons: []connector.Button{
			{ID: connector.ActionHoldConfirm, Label: text, Value: "plan-1", Danger: true},
			{ID: connector.ActionHoldDismiss, Label: "Dismiss", Value: "plan-1", Primary: true},
		}},
	}
}

// payload is what goes over the wire.
type payload struct {
	Text   string           `json:"text"`
	Blocks []slackapi.Block `json:"blocks"`
}

func TestGolden(t *testing.T) {
	spec := spectest.Blocks(t)
	for kind, text := range hostile() {
		for name, card := range cards(text) {
			t.Run(name+"_"+kind, func(t *testing.T) {
				got := adaptertest.JSON(t, payload{fallback(card), cardBlocks(card)})
				adaptertest.Golden(t, filepath.Join("testdata", name+"_"+kind+".json"), got, *update)
				checkPayload(t, spec, got)
			})
		}
	}
}

func checkPayload(t *testing.T, spec *spectest.BlockSpec, raw []byte) {
	t.Helper()
	var p struct {
		Text   string          `json:"text"`
		Blocks json.RawMessage `json:"blocks"`
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	if err := spec.Check(p.Blocks); err != nil {
		t.Error(err)
	}
	if n := utf8.RuneCountInString(p.Text); n == 0 || n > 4000 {
		t.Errorf("the fallback has %d characters", n)
	}
	assertInert(t, p.Text)
	var blocks any
	if err := json.Unmarshal(p.Blocks, &blocks); err != nil {
		t.Fatal(err)
	}
	assertBlocks(t, blocks)
}

// assertBlocks reads blocks as Slack does: CRM text may only be in plain_text
// objects without emoji names; the one mrkdwn is our own date.
func assertBlocks(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			assertBlocks(t, item)
		}
	case map[string]any:
		text, _ := v["text"].(string)
		switch v["type"] {
		case "plain_text":
			if v["emoji"] != false {
				t.Errorf("emoji names work in %q", text)
			}
		case "mrkdwn":
			if !regexp.MustCompile(`^<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-0-9: UTC]+>$`).MatchString(text) || v["verbatim"] != true {
				t.Errorf("mrkdwn %q", text)
			}
		case "rich_text", "markdown", "image":
			t.Errorf("a block that formats: %v", v)
		}
		if link, ok := v["url"].(string); ok && link != "https://crm.example/a/1" && link != "https://crm.example/r/4" {
			t.Errorf("a link to %q", link)
		}
		for _, item := range v {
			assertBlocks(t, item)
		}
	}
}

// assertInert reads text as mrkdwn with link_names and parse at their worst.
func assertInert(t *testing.T, text string) {
	t.Helper()
	for what, pattern := range map[string]string{
		"mention or link":  `[<>]`,
		"name":             `@\w|#\w`,
		"address":          `(?i)\w+://|mailto:|\w@\w`,
		"host":             `\pL\.\pL`,
		"emoji":            `:[a-z0-9_+-]+:`,
		"format":           "[*~`]",
		"italics":          `(^|[^\pL\pN])_|_($|[^\pL\pN])`,
		"quotation":        `^(&gt;|>)`,
		"loose ampersand":  `&($|[^agl])`,
		"control or break": `[\x00-\x1f\x7f]`,
	} {
		if found := regexp.MustCompile(pattern).FindString(text); found != "" {
			t.Errorf("%s %q in %q", what, found, text)
		}
	}
}

// TestEveryCardFits: however much a card holds, Slack takes it, and says what
// is left out.
func TestEveryCardFits(t *testing.T) {
	spec := spectest.Blocks(t)
	huge := strings.Repeat("界🙂é & <x>\n", 500)
	for _, n := range []int{0, 1, 10, 11, 100, 1000} {
		card := connector.Card{Label: huge, Title: huge, Text: huge, Author: huge, At: time.Now(), Footnote: huge, Gone: true,
			URL: "https://crm.example/a/1"}
		for i := range n {
			card.Fields = append(card.Fields, connector.Field{Key: fmt.Sprint(i), Label: huge, Value: huge})
			card.Changes = append(card.Changes, connector.Change{Key: fmt.Sprint(i), Before: huge})
			card.Buttons = append(card.Buttons, connector.Button{ID: connector.ActionID(fmt.Sprint("b", i)), Label: huge})
		}
		raw := adaptertest.JSON(t, payload{fallback(card), cardBlocks(card)})
		checkPayload(t, spec, raw)
		if n >= 1000 && !strings.Contains(string(raw), "more not shown") {
			t.Errorf("%d fields: nothing says that some are not shown", n)
		}
		if !strings.Contains(string(raw), textOpen) {
			t.Errorf("%d fields: the link is gone", n)
		}
	}
}

func TestSmallCardIsWhole(t *testing.T) {
	card := connector.Card{Title: "Acme"}
	for i := range 60 {
		card.Fields = append(card.Fields, connector.Field{Key: fmt.Sprint(i), Value: fmt.Sprint("value ", i)})
	}
	raw := string(adaptertest.JSON(t, payload{fallback(card), cardBlocks(card)}))
	for i := range 60 {
		if !strings.Contains(raw, fmt.Sprintf(`\nvalue %d"`, i)) {
			t.Errorf("value %d is missing", i)
		}
	}
}

func TestWebLink(t *testing.T) {
	for text, want := range map[string]bool{
		"https://crm.example/4": true, "https://user:pass@crm.example/4": false, "http://crm.example": true, "": false, "crm.example": false, "/4": false,
		"javascript:alert(1)": false, "ftp://crm.example": false, "https:///4": false, "https://crm.example/a b": false,
		"https://crm.example/" + strings.Repeat("x", 3000): false, "data:text/html,x": false,
	} {
		if webLink(text) != want {
			t.Errorf("%.40q: %v, want %v", text, !want, want)
		}
	}
}

func FuzzInert(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { assertInert(t, inert(text)) })
}

func TestPostRequest(t *testing.T) {
	s := newStand(t, map[string]answerer{
		"chat.postMessage": says(`{"ok":true,"ts":"1.000001"}`), "chat.update": says(`{"ok":true,"ts":"1.000001"}`),
	})
	card := connector.Card{Title: "<!channel>"}
	if _, err := s.Post(t.Context(), "C1", "card-7", card); err != nil {
		t.Fatal(err)
	}
	if err := s.Edit(t.Context(), "C1", "1.000001", "c1", card); err != nil {
		t.Fatal(err)
	}
	form := s.form("chat.postMessage", 0)
	for name, want := range map[string]string{
		"metadata":     `{"event_type":"roomkeeper_card","event_payload":{"card":"card-7"}}`,
		"unfurl_links": "false", "unfurl_media": "false", "link_names": "false", "parse": "none", "mrkdwn": "false",
		"text": "&lt;!channel&gt;", "channel": "C1",
	} {
		if form[name] != want {
			t.Errorf("%s is %q, want %q", name, form[name], want)
		}
	}
	form = s.form("chat.update", 0)
	if form["link_names"] != "false" || form["parse"] != "none" || form["ts"] != "1.000001" || form["metadata"] != "" {
		t.Errorf("edit %v", form)
	}
}
