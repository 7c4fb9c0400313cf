package connector_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"roomkeeper/connector"
)

func TestChannelName(t *testing.T) {
	for _, tc := range []struct {
		name, id string
		alphabet connector.Alphabet
		attempt  int
		want     string
	}{
		{"Northwind Traders AG", "4", connector.AlphabetAny, 0, "northwind-traders-ag"},
		{"  A & B / C  ", "4", connector.AlphabetAny, 0, "a-b-c"},
		{"北京科技有限公司", "4", connector.AlphabetAny, 0, "北京科技有限公司"},
		{"北京科技有限公司", "4", connector.AlphabetASCII, 0, "account-4"},
		{"Müller & Søn", "4", connector.AlphabetASCII, 0, "mueller-son"},
		{"🎉🎉", "9", connector.AlphabetAny, 0, "account-9"},
		{"", "9", connector.AlphabetAny, 0, "account-9"},
		{"שלום עולם", "9", connector.AlphabetAny, 0, "שלום-עולם"},
		{"Acme", "4", connector.AlphabetAny, 1, "acme-" + "f6a2b8"},
		{"<!channel> @here", "9", connector.AlphabetAny, 0, "channel-here"},
	} {
		r := connector.Record{Key: connector.RecordKey{CRM: "crm", Kind: "account", ID: tc.id}, Name: tc.name}
		got := connector.ChannelName("{name}", r, tc.alphabet, 80, tc.attempt)
		if tc.attempt > 0 {
			if again := connector.ChannelName("{name}", r, tc.alphabet, 80, tc.attempt); again != got {
				t.Errorf("%q: attempt %d gave %q, then %q", tc.name, tc.attempt, got, again)
			}
			if !strings.HasPrefix(got, tc.want[:5]) || len(got) != len(tc.want) {
				t.Errorf("%q: got %q, want the form of %q", tc.name, got, tc.want)
			}
			continue
		}
		if got != tc.want {
			t.Errorf("%q (%s): got %q, want %q", tc.name, tc.alphabet, got, tc.want)
		}
	}
}

func TestChannelNameIsAlwaysLegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := connector.Record{
			Key:  connector.RecordKey{CRM: "crm", Kind: "account", ID: rapid.StringMatching(`[A-Za-z0-9/-]{1,40}`).Draw(t, "id")},
			Name: rapid.String().Draw(t, "name"),
		}
		limit := rapid.IntRange(30, 100).Draw(t, "limit")
		attempt := rapid.IntRange(0, 12).Draw(t, "attempt")
		alphabet := rapid.SampledFrom([]connector.Alphabet{connector.AlphabetAny, connector.AlphabetASCII}).Draw(t, "alphabet")
		name := connector.ChannelName("{name}", r, alphabet, limit, attempt)
		if n := utf8.RuneCountInString(name); n == 0 || n > limit {
			t.Fatalf("%q has %d characters, limit %d", name, n, limit)
		}
		if !utf8.ValidString(name) || strings.ContainsAny(name, " .,;:!?<>@#&/") || strings.ToLower(name) != name {
			t.Fatalf("%q is not a legal name", name)
		}
		if alphabet == connector.AlphabetASCII {
			for _, c := range name {
				if c > 127 {
					t.Fatalf("%q is not ASCII", name)
				}
			}
		}
	})
}

func TestCut(t *testing.T) {
	for _, tc := range []struct {
		text string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"北京科技", 3, "北京…"}, {"", 0, ""}, {"x", 0, ""}} {
		if got := connector.Cut(tc.text, tc.n); got != tc.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", tc.text, tc.n, got, tc.want)
		}
	}
}
