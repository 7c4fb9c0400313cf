package connector_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"roomkeeper/connector"
)

var updateNames = flag.Bool("update-names", false, "write testdata/names.golden again")

// scripts are names of Records in many scripts, and such as are hard to write.
func scripts() [][2]string {
	return [][2]string{
		{"latin", "Northwind Traders AG"},
		{"latin with marks", "Éclair Façade & Søn, Łódź"},
		{"latin umlauts", "Müller Größe Österreich"},
		{"latin vietnamese", "Công ty Cổ phần Sữa Việt Nam"},
		{"latin turkish", "İstanbul Işık Ğ"},
		{"latin full width", "ＡＢＣ　１２３"},
		{"combining marks", "Cafe\u0301 Mu\u0308ller"},
		{"greek", "Ελληνική Εταιρεία ΑΕ"},
		{"cyrillic", "ООО «Ёлка и Щит»"},
		{"ukrainian", "Київський завод №5"},
		{"han", "北京科技有限公司"},
		{"han traditional", "臺灣積體電路（股）公司"},
		{"kana", "カブシキガイシャ・さくら"},
		{"japanese", "株式会社ソニー 東京"},
		{"hangul", "삼성 전자 주식회사"},
		{"arabic", "شركة النفط العربية"},
		{"persian joiner", "می\u200cخواهم شرکت"},
		{"hebrew", "חברת חשמל בע\"מ"},
		{"thai", "บริษัท น้ำตาล จำกัด"},
		{"devanagari", "भारतीय रेल निगम"},
		{"bengali", "বাংলাদেশ ব্যাংক"},
		{"tamil", "தமிழ் நிறுவனம்"},
		{"georgian", "საქართველოს ბანკი"},
		{"georgian capitals", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ"},
		{"armenian", "Հայաստան ՍՊԸ"},
		{"ethiopic", "ኢትዮጵያ ባንክ"},
		{"khmer", "ក្រុមហ៊ុន កម្ពុជា"},
		{"lao", "ບໍລິສັດ ລາວ"},
		{"burmese", "မြန်မာ ကုမ္ပဏီ"},
		{"sinhala", "ශ්\u200dරී ලංකා සමාගම"},
		{"tibetan", "བོད་ལྗོངས་"},
		{"cherokee", "ᏣᎳᎩ ᎦᏬᏂ"},
		{"mixed directions", "Acme חברה שרכה العربية 2024"},
		{"direction marks", "\u202eAcme\u202c \u2066GmbH\u2069"},
		{"other digits", "شركة ٢٠٢٤"},
		{"emoji only", "🎉🚀👩‍👩‍👧"},
		{"emoji among letters", "Acme 🚀 Rocket❤️s"},
		{"keycap", "Team 1️⃣"},
		{"punctuation only", "!?… -- ***"},
		{"underscores", "__a_b__"},
		{"mentions", "<!channel> @here <@U123>"},
		{"newlines", "Acme\r\n\tCorp\x00"},
		{"300 characters", strings.Repeat("Long name ", 30)},
		{"300 han", strings.Repeat("長", 300)},
		{"broken", "Acme \xff\xfe Corp"},
		{"empty", ""},
	}
}

func scriptRecord(name string) connector.Record {
	return connector.Record{Key: connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: "4"}, Name: name}
}

// The names of testdata/names.golden: what is tried first, and what a workspace gets
// that takes ASCII only.
func TestNamesInAllScripts(t *testing.T) {
	var b strings.Builder
	for _, one := range scripts() {
		plain := connector.ChannelName("{name}", scriptRecord(one[1]), connector.AlphabetAny, 80, 0)
		ascii := connector.ChannelName("{name}", scriptRecord(one[1]), connector.AlphabetASCII, 80, 0)
		for _, name := range []string{plain, ascii} {
			if n := utf8.RuneCountInString(name); n == 0 || n > 80 || !utf8.ValidString(name) || strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-") {
				t.Errorf("%s: %q is not a name", one[0], name)
			}
		}
		fmt.Fprintf(&b, "%s\n  %q\n  any   %s\n  ascii %s\n", one[0], one[1], plain, ascii)
	}
	const file = "testdata/names.golden"
	if *updateNames {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("names differ from %s; see with -update-names\n%s", file, b.String())
	}
}

// What a template adds stays where the name cannot be written.
func TestTemplatesOfNamesThatCannotBeWritten(t *testing.T) {
	for template, want := range map[string]string{
		"{name}": "account-4", "crm-{name}": "crm-account-4", "{kind}-{name}": "account-4", "{name}-{id}": "account-4",
		"{kind}-{name}-{id}": "account-4", "客户-{name}": "account-4", "room": "room",
	} {
		if got := connector.ChannelName(template, scriptRecord("北京 №5"), connector.AlphabetASCII, 80, 0); got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
	if got := connector.ChannelName("{name}", scriptRecord("2024"), connector.AlphabetASCII, 80, 0); got != "2024" {
		t.Errorf("a number is %q", got)
	}
}

// Records whose names are written alike get names of their own, the same each time.
func TestNamesThatCollide(t *testing.T) {
	for _, alphabet := range []connector.Alphabet{connector.AlphabetAny, connector.AlphabetASCII} {
		seen := map[string]string{}
		for _, id := range []string{"1", "2", "3", "001", "A", "a"} {
			r := scriptRecord("Acme!")
			r.Key.ID = id
			name := connector.ChannelName("{name}", r, alphabet, 80, 1)
			if before, taken := seen[name]; taken {
				t.Errorf("%s and %s are both %s", before, id, name)
			}
			seen[name] = id
		}
	}
}
