package discord

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
)

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Errorf(format string, args ...any)
}

// Rules of Discord's clients, each at its worst: of what is sent, without the
// escaped characters; and of what is shown or sent, for servers and phones read
// that without a thought for escapes.
var (
	reEscaped = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)
	bareRules = map[string]*regexp.Regexp{
		"format, mention or link": regexp.MustCompile("[*_~`|<>\\[\\]\\\\#]"),
		"list or small print":     regexp.MustCompile(`(?m)^\s*([-+]|\d+[.)])(\s|$)`),
		"emoji":                   regexp.MustCompile(`:[\pL\pN_+-]+:`),
		"name":                    regexp.MustCompile(`@[\pL\pN!&]`),
	}
	readRules = map[string]*regexp.Regexp{
		"mention": regexp.MustCompile(`<(@|#|:|a:|t:|/|id:)|@(everyone|here)`),
		"address": regexp.MustCompile(`(?i)\w://|mailto:\S+@\w|\w@\w`),
		"host":    regexp.MustCompile(`\pL\.\pL`),
		"control": regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f]`),
	}
)

// assertInert fails for text in which anything is more than a character.
func assertInert(t fataler, text string) {
	t.Helper()
	check := func(rules map[string]*regexp.Regexp, read string) {
		for what, rule := range rules {
			if found := rule.FindString(read); found != "" {
				t.Errorf("%s %q in %.300q", what, found, text)
			}
		}
	}
	check(bareRules, reEscaped.ReplaceAllString(text, "\x00"))
	check(readRules, text)
	check(readRules, reEscaped.ReplaceAllString(text, "$1"))
}

// visible is text as people see it.
func visible(text string) string {
	return strings.ReplaceAll(reEscaped.ReplaceAllString(text, "$1"), joiner, "")
}

func TestEscapeText(t *testing.T) {
	for text, want := range map[string]string{
		"Acme":                  "Acme",
		"*a* _b_ ~~c~~ ||d||":   `\*a\* \_b\_ \~\~c\~\~ \|\|d\|\|`,
		"`x` ```y```":           "\\`x\\` \\`\\`\\`y\\`\\`\\`",
		`C:\dir`:                `C\:\\dir`,
		"# a\n## b\n-# c":       "\\# a\n\\#\\# b\n\\-\\# c",
		"- a\n + b\n* c":        "\\- a\n \\+ b\n\\* c",
		"1. a\n12) b\n1.5 c":    "1\\. a\n12\\) b\n1\\.5 c",
		"a-b + 1.5 (c)":         "a-b + 1.5 (c)",
		"> q\n>>> r":            "\\> q\n\\>\\>\\> r",
		"[text](https://x.yz)":  "\\[text\\](https\\:\u2060//x.\u2060yz)",
		"<https://x>":           "\\<\u2060https\\:\u2060//x\\>",
		"<@1> <@!1> <@&1> <#1>": "\\<\u2060@\u20601\\> \\<\u2060@\u2060!1\\> \\<\u2060@\u2060&1\\> \\<\u2060\\#1\\>",
		"<:a:1> <a:b:2> <t:3>":  "\\<\u2060\\:a\\:1\\> \\<\u2060a\\:b\\:2\\> \\<\u2060t\\:3\\>",
		"</help:1> <id:browse>": "\\<\u2060/help\\:1\\> \\<\u2060id\\:browse\\>",
		"@everyone @here":       "@\u2060everyone @\u2060here",
		":tada: 15:04, so: yes": `\:tada: 15\:04, so: yes`,
		"¯\\_(ツ)_/¯":            `¯\\\_(ツ)\_/¯`,
		"discord.gg/abc":        "discord.\u2060gg/abc",
	} {
		got := escapeText(text)
		if got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
		assertInert(t, got)
		if visible(got) != text {
			t.Errorf("%q is seen as %q", text, visible(got))
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, text := range extremes() {
		f.Add(text, 50)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		text = chattext.Lines(text)
		got := escapeText(text)
		assertInert(t, got)
		if !strings.Contains(text, joiner) && visible(got) != text {
			t.Errorf("%q is seen as %q", text, visible(got))
		}
		limit = max(0, limit%500)
		short := escapeCut(text, limit)
		if chattext.Units(short) > limit || !utf8.ValidString(short) || (short == "") != (text == "" || limit == 0) {
			t.Errorf("cut to %d: %q", limit, short)
		}
		assertInert(t, short)
	})
}

func TestEscapeIsInert(t *testing.T) {
	marks := rapid.StringOf(rapid.SampledFrom([]rune("\\*_~`|<>#-+[]()@!&:/.0123 \n\t.aeghrtwyvodisc🙂\u200d👩é")))
	rapid.Check(t, func(t *rapid.T) {
		text := chattext.Lines(marks.Draw(t, "text"))
		got := escapeText(text)
		assertInert(t, got)
		if visible(got) != text {
			t.Errorf("%q is seen as %q", text, visible(got))
		}
	})
}

// Whatever a message says, Discord is told that it mentions nobody.
func TestMessagesMentionNobody(t *testing.T) {
	for what, body := range map[string]map[string]any{
		"a card": content(connector.Card{Title: "@everyone"}, "c1"), "a purpose": notice("@everyone", "crm/account/1"),
	} {
		allowed, _ := body["allowed_mentions"].(map[string]any)
		if list, ok := allowed["parse"].([]string); !ok || len(list) != 0 {
			t.Errorf("%s may mention %v", what, body["allowed_mentions"])
		}
	}
}
