package slack

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
		{"ab", 0, ""},
		{"ab", 1, "…"},
	} {
		if got := cut(c.text, c.limit); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}

func TestCutUnits(t *testing.T) {
	if got := cutUnits("🙂🙂🙂", 5); got != "🙂🙂…" {
		t.Errorf("%q", got)
	}
	if got := cutUnits("🙂🙂🙂", 4); got != "🙂…" {
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
		got := cut(text, limit)
		if n := utf8.RuneCountInString(got); n > limit || !utf8.ValidString(got) {
			t.Errorf("cut(%q, %d) = %q with %d characters", text, limit, got, n)
		}
		if !strings.HasPrefix(text, strings.TrimSuffix(got, ellipsis)) {
			t.Errorf("cut(%q, %d) = %q is no part of it", text, limit, got)
		}
		if units(cutUnits(text, limit)) > limit {
			t.Errorf("cutUnits(%q, %d) is too long", text, limit)
		}
	})
}
