package chattext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"", 5, ""},
		{"short", 5, "short"},
		{"longer", 5, "long…"},
		{"界界界界", 3, "界界…"},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"}, // an accent stays with its letter
		{"👩‍👩‍👧 family", 4, "…"},                 // a joined emoji is whole or gone
		{"ok 👍🏽👍🏽", 5, "ok …"},                   // with its colour
		{"🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"},                     // a flag with its second half
		{"ab", 0, ""},
		{"ab", 1, "…"},
	} {
		if got := Cut(c.text, c.limit); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}

func TestCutUnits(t *testing.T) {
	if got := CutUnits("🙂🙂🙂", 5); got != "🙂🙂…" {
		t.Errorf("%q", got)
	}
	if got := CutUnits("🙂🙂🙂", 4); got != "🙂…" {
		t.Errorf("%q", got)
	}
}

func FuzzCut(f *testing.F) {
	f.Add("e\u0301 👩‍👩‍👧 界 <!channel>", 7)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = max(0, limit%200)
		if !utf8.ValidString(text) {
			return
		}
		got := Cut(text, limit)
		if n := utf8.RuneCountInString(got); n > limit || !utf8.ValidString(got) {
			t.Errorf("Cut(%q, %d) = %q with %d characters", text, limit, got, n)
		}
		if !strings.HasPrefix(text, strings.TrimSuffix(got, Ellipsis)) {
			t.Errorf("Cut(%q, %d) = %q is no part of it", text, limit, got)
		}
		if Units(CutUnits(text, limit)) > limit {
			t.Errorf("CutUnits(%q, %d) is too long", text, limit)
		}
	})
}
