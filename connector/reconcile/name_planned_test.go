package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
)

// planned is the name that a dry run says for a Group, and what it says of it.
func planned(w *world, id string, what connector.ActionType) (name, why string) {
	w.Helper()
	plan, err := w.planner().Preview(w.Context(), groupOf(id))
	w.ok(err)
	for _, a := range plan.Of(what) {
		name, why = a.Value, a.Why
	}
	return name, why
}

// TestPreviewOfAName: a dry run says the name that the run then uses: another Group's is
// none, and nothing is reserved or called for it.
func TestPreviewOfAName(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.record("2", "Acme", "a")
	w.record("3", "Other", "a")
	w.open("1")
	w.request("2")
	name, why := planned(w, "2", connector.ActionCreate)
	if name == "acme" || why == "" {
		t.Errorf("planned %q %q", name, why)
	}
	w.calls(map[string]int{})
	if holder, err := w.engine.Names.Holder(t.Context(), slack, name); err != nil || holder != "" {
		t.Errorf("a dry run had %q reserved by %q, %v", name, holder, err)
	}
	w.settle("2")
	w.called("2", name)

	w.open("3")
	w.record("3", "Acme", "a")
	name, _ = planned(w, "3", connector.ActionRename)
	w.settle("3")
	w.called("3", name)
	w.record("2", "ACME!", "a")
	if name, _ = planned(w, "2", connector.ActionRename); name != "" {
		t.Errorf("planned %q for a channel that is called so already", name)
	}
	w.settle("2")
}

// TestPreviewOfANameInHand: what is stored of a creation that was begun counts.
func TestPreviewOfANameInHand(t *testing.T) {
	for name, intent := range map[string]connector.Intent{"a name": {Name: "begun", Attempt: 1}, "the next one": {Attempt: 2}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("a")
			w.record("1", "Acme", "a")
			w.request("1")
			g := w.group("1")
			g.Intent, g.RecordName = &intent, "Acme"
			_, err := w.engine.Groups.SaveGroup(t.Context(), g)
			w.ok(err)
			name, _ := planned(w, "1", connector.ActionCreate)
			w.settle("1")
			w.called("1", name)
			if name == "acme" {
				t.Error("planned the plain name")
			}
		})
	}
}
