package discord

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"pgregory.net/rapid"

	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

var updateCards = flag.Bool("update-cards", false, "write the golden embeds")

// extremes are texts that a CRM may hold.
func extremes() map[string]string {
	return map[string]string{
		"plain":    "Acme Corporation",
		"empty":    "",
		"long":     strings.Repeat("A long story. ", 10_000/14+1)[:10_000],
		"marks":    strings.Repeat("*_~`|<>#", 1250),
		"chinese":  "上海纷享销客科技有限公司 客户拜访记录",
		"rtl":      "شركة المثال المحدودة \u202eevil\u202c עברית",
		"emoji":    "👩‍👩‍👧 :tada: 👍🏽 <:party:123456789012345678> 🇩🇪",
		"markdown": "*bold* _it_ __under__ ~~strike~~ ||spoiler|| `code` ```block```\n> quote\n>>> more\n# head\n-# small\n- list\n1. one\n\\* slash",
		"mentions": "@everyone @here <@123> <@!123> <@&123> <#123> </help:123> <id:customize> <id:browse> <t:0:R> @ann #general",
		"links":    "[pay](https://evil.example) <https://evil.example/x> https://evil.example discord.gg/abc steam://run a@b.example",
		"control":  "nul\x00 bell\a bad\xff utf8 line\u2028sep\r\nnext",
	}
}

// productCards are the cards of the product, filled with one text.
func productCards(text string) map[string]connector.Card {
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	change := func(label string) []connector.Change {
		return []connector.Change{{Key: "k", Label: label, Before: "10", After: text}, {Key: "x", Label: text, Before: text}}
	}
	record := func(label string, changes []connector.Change) connector.Card {
		return connector.Card{Label: label, Title: text, Author: text, At: at, URL: "https://crm.example/r/4", Changes: changes}
	}
	fields := []connector.Field{{Key: "amount", Label: "Amount", Value: text}, {Key: "stage", Label: text, Value: "Won"}}
	return map[string]connector.Card{
		"details":        {Label: "Details", Title: text, Fields: append(fields, fields...), URL: "https://crm.example/r/4", Footnote: "2 entries are not resolved"},
		"sales_record":   {Label: "Sales record", Title: text, Text: text, Author: text, At: at, URL: "https://crm.example/a/1", Fields: fields[:1]},
		"gone":           {Label: "Sales record", Title: text, Author: text, At: at, Gone: true, URL: "javascript:alert(1)"},
		"owner_changed":  record("Owner changed", change("Owner")),
		"closed":         record("State changed", change("State")),
		"merged_deleted": record("Deleted", nil),
		"pool":           record("Pool changed", change("Pool")),
		"stage_changed":  record("Stage changed", change("Stage")),
		"record_updated": record("Record updated", change("Amount")),
		"team_changed":   record("Team changed", nil),
		"notification":   {Label: text, Title: text, Text: text, Fields: fields, At: at, URL: text, Footnote: text},
		"hold": {Label: "Held", Title: text, Text: "2 people wait: " + text, Buttons: []connector.Button{
			{ID: connector.ActionHoldConfirm, Label: "Remove them", Value: holdValue(), Danger: true},
			{ID: connector.ActionHoldDismiss, Label: text, Value: holdValue()},
		}},
	}
}

func holdValue() string {
	group := connector.GroupIDOf(Platform, connector.RecordKey{CRM: "crm", Kind: "account", ID: "4"})
	return command.HoldValue(group, "p0123456789abcdef")
}

// shownCard is a card as it goes over the wire.
type shownCard struct {
	Embeds     []*discordgo.MessageEmbed `json:"embeds"`
	Components []json.RawMessage         `json:"components"`
}

func show(t interface{ Fatal(...any) }, embeds []*discordgo.MessageEmbed, rows []discordgo.MessageComponent) shownCard {
	out := shownCard{Embeds: embeds}
	for _, row := range rows {
		raw, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		out.Components = append(out.Components, raw)
	}
	return out
}

// TestGoldenCards has a file for each card, with every text in it.
func TestGoldenCards(t *testing.T) {
	for name := range productCards("") {
		t.Run(name, func(t *testing.T) {
			all := map[string]shownCard{}
			for kind, text := range extremes() {
				card := productCards(text)[name]
				embeds, rows := embedOf(card, "c1d2")
				assertFits(t, embeds, rows)
				all[kind] = show(t, embeds, rows)
			}
			adaptertest.Golden(t, filepath.Join("testdata", "card_"+name+".json"), adaptertest.JSON(t, all), *updateCards)
		})
	}
}

// assertFits holds a message against every limit that Discord documents.
func assertFits(t fataler, embeds []*discordgo.MessageEmbed, rows []discordgo.MessageComponent) {
	t.Helper()
	sum := 0
	limit := func(what, text string, most int, needed bool) {
		t.Helper()
		n := chattext.Units(text)
		sum += n
		if n > most || needed && strings.TrimSpace(text) == "" || text != strings.TrimSpace(text) {
			t.Errorf("%s has %d characters of %d: %.200q", what, n, most, text)
		}
	}
	if len(embeds) > 10 {
		t.Errorf("%d embeds", len(embeds))
	}
	for i, e := range embeds {
		limit("title", e.Title, 256, i == 0)
		limit("description", e.Description, 4096, false)
		assertInert(t, e.Title)
		assertInert(t, e.Description)
		if e.Author != nil {
			limit("author", e.Author.Name, 256, true)
		}
		if e.Footer != nil {
			limit("footer", e.Footer.Text, 2048, true)
		}
		if len(e.Fields) > 25 || i > 0 && len(e.Fields) == 0 {
			t.Errorf("%d fields", len(e.Fields))
		}
		for _, f := range e.Fields {
			limit("name", f.Name, 256, true)
			limit("value", f.Value, 1024, true)
			assertInert(t, f.Name)
			assertInert(t, f.Value)
		}
		if e.URL != "" && (!strings.HasPrefix(e.URL, "http") || len(e.URL) > 2048) {
			t.Errorf("leads to %q", e.URL)
		}
	}
	if sum > 6000 {
		t.Errorf("%d characters together", sum)
	}
	assertButtons(t, rows)
}

func assertButtons(t fataler, rows []discordgo.MessageComponent) {
	t.Helper()
	if len(rows) > 5 {
		t.Errorf("%d rows", len(rows))
	}
	seen := map[string]bool{}
	for _, row := range rows {
		buttons := row.(discordgo.ActionsRow).Components
		if len(buttons) == 0 || len(buttons) > 5 {
			t.Errorf("a row of %d", len(buttons))
		}
		for _, c := range buttons {
			b := c.(discordgo.Button)
			link := b.Style == discordgo.LinkButton
			if n := chattext.Units(b.Label); n == 0 || n > 80 || link != (b.URL != "") || link == (b.CustomID != "") {
				t.Errorf("button %+v", b)
			}
			if link && (len(b.URL) > 512 || !strings.HasPrefix(b.URL, "http")) || chattext.Units(b.CustomID) > 100 || !link && seen[b.CustomID] {
				t.Errorf("button %+v", b)
			}
			seen[b.CustomID] = true
		}
	}
}

// TestAnyCardFits: however much a card holds, Discord takes it.
func TestAnyCardFits(t *testing.T) {
	texts := slices.Sorted(maps.Values(extremes()))
	text := rapid.OneOf(rapid.SampledFrom(texts), rapid.String(), rapid.StringN(0, 400, -1),
		rapid.StringOf(rapid.SampledFrom([]rune("*_~`|<>#@:/.-1 \n🇩🇪👩\u200dé"))))
	address := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"https://crm.example/" + strings.Repeat("x", 600), "https://crm.example/" + strings.Repeat("界", 900),
		"https://crm.example/" + strings.Repeat("x", 3000), "https://crm.example/r/4?a=界",
	}))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(rapid.SliceOfN(text, 1, 6).Draw(t, "texts"))
		card := connector.Card{
			Label: text.Draw(t, "label"), Title: text.Draw(t, "title"), Text: text.Draw(t, "text"), Author: text.Draw(t, "author"),
			URL: address.Draw(t, "url"), LinkLabel: text.Draw(t, "link"), Footnote: text.Draw(t, "footnote"), Gone: rapid.Bool().Draw(t, "gone"),
		}
		for range rapid.IntRange(0, 40).Draw(t, "fields") {
			card.Fields = append(card.Fields, connector.Field{Label: text.Draw(t, "l"), Value: text.Draw(t, "v")})
		}
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			card.Changes = append(card.Changes, connector.Change{Label: text.Draw(t, "l"), Before: text.Draw(t, "b"), After: text.Draw(t, "a")})
		}
		for range rapid.IntRange(0, 28).Draw(t, "buttons") {
			card.Buttons = append(card.Buttons, connector.Button{ID: connector.ActionID(text.Draw(t, "id")), Label: text.Draw(t, "l"), Value: text.Draw(t, "v")})
		}
		ref := rapid.StringMatching(`[a-z0-9]{0,24}`).Draw(t, "ref")
		embeds, rows := embedOf(card, ref)
		assertFits(t, embeds, rows)
		if got := refOf(embeds); ref != "" && got != ref {
			t.Errorf("the reference is %q, want %q", got, ref)
		}
		answer := renderAnswer(command.Answer{Text: text.Draw(t, "answer"), Card: &card, Link: "https://discord.com/channels/1/2"})
		if chattext.Units(answer.Content) > 2000 || answer.Content == "" && len(answer.Embeds) == 0 {
			t.Errorf("content of %d", chattext.Units(answer.Content))
		}
		assertInert(t, answer.Content)
		assertSum(t, answer.Embeds)
		assertButtons(t, answer.Components)
	})
}

func assertSum(t fataler, embeds []*discordgo.MessageEmbed) {
	t.Helper()
	sum := 0
	for _, e := range embeds {
		sum += chattext.Units(e.Title) + chattext.Units(e.Description)
		if e.Author != nil {
			sum += chattext.Units(e.Author.Name)
		}
		if e.Footer != nil {
			sum += chattext.Units(e.Footer.Text)
		}
		for _, f := range e.Fields {
			sum += chattext.Units(f.Name) + chattext.Units(f.Value)
		}
	}
	if sum > 6000 || len(embeds) > 10 {
		t.Errorf("%d characters in %d embeds", sum, len(embeds))
	}
}

func TestWhatIsNotShownIsSaid(t *testing.T) {
	card := connector.Card{Title: "Acme", Footnote: "small"}
	for i := range 400 {
		card.Fields = append(card.Fields, connector.Field{Label: fmt.Sprint(i), Value: strings.Repeat("x", 300)})
	}
	card.URL = "https://crm.example/" + strings.Repeat("x", 3000)
	card.Buttons = []connector.Button{{ID: "hold.confirm", Label: "Go", Value: strings.Repeat("v", 100)}}
	embeds, rows := embedOf(card, "r1")
	shown := 0
	for _, e := range embeds {
		shown += len(e.Fields)
	}
	want := fmt.Sprintf("%d more not shown · 1 of the buttons cannot be pressed here · the link is too long for Discord · small · ref r1", 400-shown)
	if got := embeds[len(embeds)-1].Footer.Text; got != want {
		t.Errorf("footer %q, want %q", got, want)
	}
	if b := rows[0].(discordgo.ActionsRow).Components[0].(discordgo.Button); !b.Disabled || b.Label != "Go" {
		t.Errorf("button %+v", b)
	}
}

func TestSmallCardIsWhole(t *testing.T) {
	card := connector.Card{Title: "Acme"}
	for i := range 60 {
		card.Fields = append(card.Fields, connector.Field{Key: fmt.Sprint(i), Value: fmt.Sprint("value ", i)})
	}
	embeds, _ := embedOf(card, "")
	n := 0
	for _, e := range embeds {
		for _, f := range e.Fields {
			if f.Value != fmt.Sprint("value ", n) {
				t.Errorf("%d: %q", n, f.Value)
			}
			n++
		}
	}
	if n != 60 || embeds[len(embeds)-1].Footer != nil {
		t.Errorf("%d fields, footer %v", n, embeds[len(embeds)-1].Footer)
	}
}

func TestLinks(t *testing.T) {
	long := "https://crm.example/" + strings.Repeat("x", 600)
	for _, c := range []struct{ address, title, button string }{
		{"https://crm.example/4", "", "https://crm.example/4"},
		{"https://crm.example/界", "", "https://crm.example/%E7%95%8C"},
		{long, long, ""},
		{"javascript:alert(1)", "", ""},
		{"https://user:pass@crm.example/", "", ""},
		{"", "", ""},
	} {
		embeds, rows := embedOf(connector.Card{Title: "x", URL: c.address}, "")
		button := ""
		if len(rows) > 0 {
			button = rows[0].(discordgo.ActionsRow).Components[0].(discordgo.Button).URL
		}
		if embeds[0].URL != c.title || button != c.button {
			t.Errorf("%.40q: title %.40q, button %q", c.address, embeds[0].URL, button)
		}
	}
}

// TestButtonsKeepTheirValue: what a hold's buttons carry fits, and comes back.
func TestButtonsKeepTheirValue(t *testing.T) {
	for _, action := range []connector.ActionID{
		connector.ActionHoldConfirm, connector.ActionHoldDismiss, connector.ActionCloseKeep,
		connector.ActionDetailsMore, connector.ActionAdoptConfirm, connector.ActionGroupRecreate,
	} {
		for _, value := range []string{"", "a:b", holdValue()} {
			id, ok := customID(connector.Button{ID: action, Value: value})
			gotAction, gotValue := actionOf(id)
			if !ok || gotAction != action || gotValue != value {
				t.Errorf("%q: %q %q", id, gotAction, gotValue)
			}
		}
	}
}

func TestLongAnswer(t *testing.T) {
	line := strings.Repeat("word ", 19) + "end"
	got := renderAnswer(command.Answer{Text: strings.TrimSpace(strings.Repeat(line+"\n", 29))})
	text := ""
	for _, e := range got.Embeds {
		text += e.Description
	}
	if got.Content != "" || strings.Count(text, "end") != 29 {
		t.Errorf("content %q, embeds %q", got.Content, text)
	}
	got = renderAnswer(command.Answer{Text: strings.Repeat("*\n", 10_000)})
	if text := got.Embeds[len(got.Embeds)-1].Description; !strings.HasSuffix(text, "…") {
		t.Errorf("nothing says that the end is missing: %q", text)
	}
	if renderAnswer(command.Answer{}).Content == "" {
		t.Error("an empty answer")
	}
}

// The address of the channel can be followed where a text names it; one that only begins
// so cannot.
func TestOwnAddressesCanBeFollowed(t *testing.T) {
	const link = "http://127.0.0.1:8080/channels/1/2"
	card := connector.Card{Title: "Acme", Fields: []connector.Field{{Label: "Channel", Value: "#acme " + link}}}
	for text, want := range map[string]string{
		"Channel: #acme " + link + ", made by": `Channel: \#acme ` + link + ", made by",
		link:                                   link,
		"See " + link + "3/4 and " + link + "@evil": "See " + escapeText(link) + "3/4 and " + escapeText(link+"@evil"),
		"x" + link:                   "x" + escapeText(link),
		"http://127.0.0.1:8080/evil": escapeText("http://127.0.0.1:8080/evil"),
	} {
		got := renderAnswer(command.Answer{Text: text, Card: &card, Link: link})
		if got.Content != want {
			t.Errorf("%q: %q, want %q", text, got.Content, want)
		}
		if got.Embeds[0].Fields[0].Value != `\#acme `+link {
			t.Errorf("%+v", got.Embeds[0].Fields[0])
		}
	}
}
