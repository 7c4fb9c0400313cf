package cases_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const callsDoc = "../../docs/calls.md"

var updateDocs = flag.Bool("update-docs", false, "write docs/calls.md")

// TestCallsDoc: what each case costs is written where people look.
func TestCallsDoc(t *testing.T) {
	want := callsTable()
	if *updateDocs {
		if err := os.WriteFile(callsDoc, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(callsDoc)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the cases say; write it with go test ./internal/cases -run CallsDoc -update-docs", callsDoc)
	}
}

// TestEachDifferenceIsExplained: where ours are not the fewest calls, and only
// there, it says why.
func TestEachDifferenceIsExplained(t *testing.T) {
	for _, s := range sections() {
		for _, r := range s.rows {
			for _, p := range platforms() {
				if o := r.on(p.id); (o.calls != o.fewest) != (len(o.why) > 0) {
					t.Errorf("%s, %s: %s, fewest %s, why %q", r.name, p.id, o.calls, o.fewest, o.why)
				}
			}
		}
	}
}

type platform struct{ id, name string }

func platforms() []platform { return []platform{{"slack", "Slack"}, {"discord", "Discord"}} }

func callsTable() string {
	var out strings.Builder
	out.WriteString("# What each case costs\n\n" +
		"Calls of one run, for a channel of four people, beside the fewest that could do it; a letter says why the others\n" +
		"are made. Generated: `go test ./internal/cases -run CallsDoc -update-docs`; the tests there make these calls, and\n" +
		"hold the dry run and the state that comes of each case besides. Tellings, which a person is sent once, and dry runs\n" +
		"are not counted.\n")
	for _, p := range platforms() {
		out.WriteString("\n## " + p.name + "\n")
		var notes []surplus
		for _, s := range sections() {
			out.WriteString("\n### " + s.name + "\n\n| case | calls | fewest possible |\n| --- | --- | --- |\n")
			for _, r := range s.rows {
				o := r.on(p.id)
				if o.absent != "" {
					out.WriteString("| " + r.name + " | no such case | " + o.absent + " |\n")
					continue
				}
				fewest := o.fewest
				if o.calls == o.fewest {
					fewest = "the same"
				}
				out.WriteString("| " + r.name + " | " + lines(o.calls) + letters(&notes, o.why) + " | " + lines(fewest) + " |\n")
			}
		}
		out.WriteString("\n")
		for i, note := range notes {
			fmt.Fprintf(&out, "* **%c**: %s.\n", 'a'+i, note)
		}
	}
	return out.String()
}

// lines puts each method on a line of its cell.
func lines(calls string) string { return strings.ReplaceAll(calls, ", ", "<br>") }

// letters names reasons by their place among the notes.
func letters(notes *[]surplus, why []surplus) string {
	var out []string
	for _, s := range why {
		if !slices.Contains(*notes, s) {
			*notes = append(*notes, s)
		}
		out = append(out, string(rune('a'+slices.Index(*notes, s))))
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}
