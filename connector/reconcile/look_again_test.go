package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
)

// Before somebody is removed, whoever is wanted and was not found lately is looked
// up again: they may be the same person.
func TestLookAgainBeforeRemoving(t *testing.T) {
	w := newWorld(t)
	w.policy.Remove = connector.RemoveStrict
	w.person("a", "b")
	w.crm.PutUser(user("c"))
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	if row := w.row("1", "c"); row.Reason != connector.ReasonNoAccount {
		t.Fatalf("row %+v", row)
	}
	w.chat.Person(email("c"))
	w.chat.Join(g.Channel.ID, members("c")...)
	w.touch("1", connector.ChatMemberJoined, "c")
	w.settle("1")
	w.in("1", "a", "b", "c")
}
