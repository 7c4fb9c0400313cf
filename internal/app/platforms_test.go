package app_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"roomkeeper/adapters/discord"
	"roomkeeper/adapters/slack"
	"roomkeeper/connector"
)

var updateDocs = flag.Bool("update-docs", false, "write docs/platforms.md")

// The table stands between these lines.
const (
	platformsDoc = "../../docs/platforms.md"
	tableBegins  = "<!-- table of internal/app/platforms_test.go -->\n"
	tableEnds    = "<!-- end of the table -->\n"
)

// TestPlatformsDoc: what the platforms cannot do is written where people look.
func TestPlatformsDoc(t *testing.T) {
	raw, err := os.ReadFile(platformsDoc)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(raw), tableBegins)
	old, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", platformsDoc)
	}
	table := verbTable(t)
	if *updateDocs {
		if err := os.WriteFile(platformsDoc, []byte(before+tableBegins+table+tableEnds+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != table {
		t.Errorf("%s is not what the adapters say; write it with -update-docs. It should be:\n%s", platformsDoc, table)
	}
}

// verbTable is what every platform says of itself, as Markdown.
func verbTable(t *testing.T) string {
	t.Helper()
	limiter := struct{ connector.Limiter }{} // no call is made
	s, err := slack.New(slack.Options{Token: "xoxb-docs", Limiter: limiter})
	if err != nil {
		t.Fatal(err)
	}
	d, err := discord.New(discord.Options{Token: "docs", GuildID: "1", Limiter: limiter})
	if err != nil {
		t.Fatal(err)
	}
	platforms := []connector.ChatPlatform{s.Platform(), d.Platform()}
	var out strings.Builder
	out.WriteString("\n| what | Slack | Discord |\n| --- | --- | --- |\n")
	for _, verb := range connector.Verbs() {
		out.WriteString("| " + string(verb))
		for _, p := range platforms {
			out.WriteString(" | " + cell(p, verb))
		}
		out.WriteString(" |\n")
	}
	out.WriteString("\n")
	return out.String()
}

func cell(p connector.ChatPlatform, verb connector.Verb) string {
	for _, s := range p.Verbs {
		if s.Verb != verb {
			continue
		}
		if s.Note == "" {
			return string(s.How)
		}
		return string(s.How) + ": " + s.Note
	}
	return ""
}
