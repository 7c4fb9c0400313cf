package command

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"4": "4", "A 17": `"A 17"`, "@Ann Lee": `"@Ann Lee"`, "<@1>x": `"<@1>x"`, "a\"b": `a"b`, "<http://x y": `"<http://x y"`, "<@": `"<@"`,
	} {
		if got, ok := Quote(word); got != want || !ok {
			t.Errorf("%q: %q %v, want %q", word, got, ok, want)
		}
	}
	for _, word := range []string{"", `a "b`, `"`, "„a b", `@"x y`} {
		if got, ok := Quote(word); ok {
			t.Errorf("%q: written as %q", word, got)
		}
	}
}

// What Quote writes is read back, among other words too.
func TestQuoteIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []string
		var text []string
		for _, word := range rapid.SliceOf(rapid.StringOf(rapid.SampledFrom([]rune("ab<@>!\"“„ \thttp:/界")))).Draw(t, "words") {
			if quoted, ok := Quote(word); ok {
				want, text = append(want, word), append(text, quoted)
			} else if word != "" && !strings.ContainsFunc(word, isQuote) {
				t.Fatalf("%q cannot be written", word)
			}
		}
		got, ok := split(strings.Join(text, " "))
		if !ok || strings.Join(got, "\x00") != strings.Join(want, "\x00") {
			t.Fatalf("%q is read as %q", text, got)
		}
	})
}

func TestSummaries(t *testing.T) {
	for _, v := range Verbs() {
		if text := Summary(v); text == "" || len([]rune(text)) > 100 {
			t.Errorf("%s: %q has %d characters", v, text, len([]rune(text)))
		}
	}
}
