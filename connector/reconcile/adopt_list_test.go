package reconcile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestAdoptSuggest: likely pairs, the likeliest first; what has a partner, what is
// over and what is marked is left out, and nothing is changed.
func TestAdoptSuggest(t *testing.T) {
	w := newWorld(t)
	w.crm.PageSize = 3
	w.person("a")
	for id, name := range map[string]string{
		"1": "Acme Corp", "2": "Beta & Sons", "3": "Gamma", "4": "北京智云", "5": "Delta Shipping Lines", "6": "Epsilon", "7": "Zeta", "8": "Zeta", "9": "Omega",
	} {
		w.record(id, name, "a")
	}
	w.crm.Put(connector.Record{Key: key("9"), Name: "Omega", State: connector.RecordDeleted})
	w.open("3")
	for _, name := range []string{"acme-corp", "acme-corp-old", "betasons", "gamma-2", "北京智云-项目", "delta-lines", "zeta", "omega", "unlike"} {
		w.theirs(name)
	}
	hidden := w.theirs("epsilon")
	w.chat.Change(hidden, func(ch *connectortest.MemoryChannel) { ch.Hosts = false })
	w.forget()
	found, err := w.adopter().Suggest(t.Context())
	w.ok(err)
	var got []string
	for _, s := range found {
		got = append(got, fmt.Sprintf("%s %s %.2f %s", s.Record.ID, s.Channel.Name, s.Likeness, s.Why))
		if s.Platform != slack || s.RecordName == "" || s.Channel.ID == "" {
			t.Errorf("%+v", s)
		}
	}
	want := `1 acme-corp 1.00 called as a new channel would be
7 zeta 1.00 called as a new channel would be
8 zeta 1.00 called as a new channel would be
2 betasons 0.90 the same letters
5 delta-lines 0.64 words in common
4 北京智云-项目 0.53 words in common`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	w.calls(map[string]int{"adoptable": 1})
	w.crm.Calls.Spoil(connectortest.CRMPage, 1, connectortest.MemoryFault{Err: connector.ErrTemporary})
	if found, err := w.adopter().Suggest(t.Context()); err == nil || len(found) > 0 {
		t.Errorf("half a list: %v, %v", found, err)
	}
}

// TestAdoptRecordOf: a Group's id is looked for among all Records.
func TestAdoptRecordOf(t *testing.T) {
	w := newWorld(t)
	w.crm.PageSize = 2
	for i := range 5 {
		w.record(fmt.Sprint(i), "Record")
	}
	got, on, err := w.adopter().RecordOf(t.Context(), groupOf("4"))
	w.ok(err)
	if got != key("4") || on != slack {
		t.Errorf("%v on %s", got, on)
	}
	if _, _, err = w.adopter().RecordOf(t.Context(), groupOf("none")); !errors.Is(err, connector.ErrNotFound) {
		t.Error(err)
	}
	w.crm.Calls.Spoil(connectortest.CRMPage, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	if _, _, err = w.adopter().RecordOf(t.Context(), groupOf("4")); !errors.Is(err, connector.ErrTemporary) {
		t.Error(err)
	}
	w.crm.Calls.Reset()
	w.request("1")
	if got, _, err = w.adopter().RecordOf(t.Context(), groupOf("1")); err != nil || got != key("1") {
		t.Errorf("%v, %v", got, err)
	}
	if n := w.crm.Calls.Counts()[connectortest.CRMPage]; n > 0 {
		t.Errorf("listed %d pages for a stored Group", n)
	}
}
