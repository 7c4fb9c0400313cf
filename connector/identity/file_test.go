package identity_test

import (
	"errors"
	"fmt"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

func (r *rig) file(lines ...identity.Line) {
	r.Helper()
	r.ok(r.ApplyFile(r.Context(), lines))
}

func TestFileLatestActCounts(t *testing.T) {
	r := newRig(t)
	ann, bo := identity.Line{User: "1", Platform: slack, Member: "U:ann"}, identity.Line{User: "2", Platform: slack, Member: "U:bo"}
	r.group("g1", slack, "1", "")
	r.group("g2", slack, "2", "")
	r.file(ann, bo)
	r.links("1", identity.Links{slack: "U:ann"})
	r.wasQueued("g1", "g2")

	// The same again does nothing, also over what was done since.
	r.ok(r.Set(t.Context(), "1", slack, "U:cy", "api:ops"))
	r.ok(r.Delete(t.Context(), "2", slack, "api:ops"))
	r.wasQueued("g1", "g2")
	r.file(bo, ann)
	r.wasQueued()
	r.links("1", identity.Links{slack: "U:cy"})
	r.links("2", identity.Links{})

	// A changed line is the latest act, a new one too.
	ann.Member = "U:bo"
	r.file(ann, bo, identity.Line{User: "1", Platform: discord, Member: "U:ann"})
	r.wasQueued("g1")
	r.links("1", identity.Links{slack: "U:bo", discord: "U:ann"})

	// A line that is gone takes back its own Link only, and may come again.
	r.ok(r.Set(t.Context(), "2", slack, "U:cy", "api:ops"))
	r.file(identity.Line{User: "1", Platform: discord, Member: "U:ann"})
	r.links("1", identity.Links{discord: "U:ann"})
	r.links("2", identity.Links{slack: "U:cy"})
	r.file(ann, bo)
	r.links("1", identity.Links{slack: "U:bo"})
	r.links("2", identity.Links{slack: "U:bo"})
	// The same Link by other means is theirs.
	r.ok(r.Set(t.Context(), "2", slack, "U:bo", "api:ops"))
	r.file(ann)
	r.links("2", identity.Links{slack: "U:bo"})
}

// Users whom nobody has spoken of yet are linked, before they are known.
func TestFileOfMany(t *testing.T) {
	r := newRig(t)
	var lines []identity.Line
	for i := range 1203 {
		lines = append(lines, identity.Line{User: connector.UserID(fmt.Sprint("u", i)), Platform: discord, Member: connector.MemberID(fmt.Sprint("D", i))})
	}
	r.file(lines...)
	r.links("u1202", identity.Links{discord: "D1202"})
	r.ok(r.Engine.People.SavePeople(t.Context(), []connector.Person{{User: connector.User{ID: "u7", Name: "Seven", Active: true}}}))
	r.links("u7", identity.Links{discord: "D7"})
	r.file(lines[:5]...)
	r.links("u7", identity.Links{})
	r.links("u4", identity.Links{discord: "D4"})
}

// Who fails to queue the Groups applies the file again at the next start.
func TestFileIsAppliedWhole(t *testing.T) {
	r := newRig(t)
	r.group("g1", slack, "1", "")
	groups, away := r.Engine.Groups, errors.New("away")
	r.Engine.Groups = failing{groups, away}
	ann := identity.Line{User: "1", Platform: slack, Member: "U:ann"}
	if err := r.ApplyFile(t.Context(), []identity.Line{ann}); !errors.Is(err, away) {
		t.Fatalf("error %v", err)
	}
	r.Engine.Groups = groups
	r.file(ann)
	r.wasQueued("g1")
}
