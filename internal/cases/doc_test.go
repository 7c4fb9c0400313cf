package cases_test

import (
	"flag"
	"os"
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
	all := wanted()
	for name, w := range all {
		if (w.calls != w.fewest) != (len(w.why) > 0) {
			t.Errorf("%s: %s, fewest %s, why %q", name, w.calls, w.fewest, w.why)
		}
	}
	if len(all) != 2*len(rows()) {
		t.Errorf("%d cases wanted of %d rows on two platforms", len(all), len(rows()))
	}
}

func callsTable() string {
	var out strings.Builder
	out.WriteString("# What each case costs\n\n" +
		"Calls of one run, for a channel of four people, beside the fewest that could do it. Generated:\n" +
		"`go test ./internal/cases -run CallsDoc -update-docs`; the tests there make these calls. Tellings, which a\n" +
		"person is sent once, and dry runs are not counted.\n")
	for _, p := range []struct{ id, name string }{{"slack", "Slack"}, {"discord", "Discord"}} {
		out.WriteString("\n## " + p.name + "\n\n| section | case | calls | fewest possible | why they differ |\n| --- | --- | --- | --- | --- |\n")
		for _, r := range rows() {
			w := wanted()[r.section+" "+r.name+"/"+p.id]
			var why []string
			for _, s := range w.why {
				why = append(why, string(s))
			}
			out.WriteString("| " + strings.Join([]string{r.section, r.name, w.calls, w.fewest, strings.Join(why, "; ")}, " | ") + " |\n")
		}
	}
	return out.String()
}
