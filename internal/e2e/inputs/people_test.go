package inputs_test

import (
	"fmt"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// TestPeopleWhoCannotBeInvited: each is listed as pending with the reason, by
// both calls of the API; partners are no business of ours.
// The kinds of account are Slack's.
func TestPeopleWhoCannotBeInvited(t *testing.T) {
	w := world.Start(t, world.Slack(), 5, 1)
	users := []crm.User{
		{ID: "nobody", Name: "Nobody", Email: "nobody@example.com", Active: true},
		{ID: "noaddress", Name: "No Address", Active: true},
		{ID: "left", Name: "Left", Email: "left@example.com", Active: true},
		{ID: "guest", Name: "Guest", Email: "guest@example.com", Active: true},
		{ID: "single", Name: "Single-channel Guest", Email: "single@example.com", Active: true},
		{ID: "both", Name: "Two Accounts", Email: "both@example.com", Active: true},
		{ID: "partner", Name: "Partner", Email: "partner@example.com", Active: true, External: true},
		{ID: "gone", Name: "Gone from the CRM", Email: "gone@example.com", Active: false},
	}
	team := []crm.Entry{world.Employee("u1"), world.Employee("u2"), world.Employee("unheard-of")}
	// The CRM itself names an account, of another workspace.
	var made struct{ ID string }
	w.Chat.Must(t, "POST", "/users", slack.User{Name: "stranger", Email: "stranger@example.com", TeamID: "T0OTHER"}, &made)
	users = append(users, crm.User{ID: "stranger", Name: "Stranger", Active: true, Links: map[string]string{"slack": made.ID}})
	for _, u := range users {
		w.CRM.Act(t, "add-user", world.Order{"user": u})
		team = append(team, world.Employee(u.ID))
	}
	// An entry that says external wins over one that does not.
	team = append(team, world.Employee("u3"), crm.Entry{Principal: crm.Principal{Type: "external", ID: "u3"}, Role: "member"})
	for _, m := range []slack.User{
		{Name: "left", Email: "left@example.com", Deleted: true},
		{Name: "guest", Email: "guest@example.com", Restricted: true},
		{Name: "single", Email: "single@example.com", Restricted: true, UltraRestricted: true},
		{Name: "both", Email: "both@example.com"}, {Name: "both2", Email: "Both@Example.com"},
		{Name: "partner", Email: "partner@example.com"},
		{Name: "gone", Email: "gone@example.com"},
	} {
		w.Chat.Must(t, "POST", "/users", m, nil)
	}
	owner := crm.Principal{Type: "user", ID: "u1"}
	w.CRM.Act(t, "edit", world.About(world.Account(1)).With("edit", world.Order{"owner": owner}))
	w.CRM.Act(t, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": team}))
	w.Open(t, world.Account(1))
	g := w.WaitState(t, world.Account(1), "active")
	want := map[string]string{
		"nobody": "no_account", "noaddress": "no_account", "left": "no_account", "guest": "guest", "single": "guest",
		"both": "ambiguous_account", "stranger": "other_workspace", "unheard-of": "unknown_user",
	}
	comparePending(t, w, g, want)
	for _, ch := range w.Chat.State(t).Own() {
		if len(ch.Members) != 2 { // u1 and u2
			t.Errorf("in the channel are %v", ch.Members)
		}
	}
}

// comparePending compares both lists of the API with user → reason.
func comparePending(t *testing.T, w *world.World, g world.Group, want map[string]string) {
	t.Helper()
	var pending struct {
		Items []struct {
			UserID  string `json:"user_id"`
			GroupID string `json:"group_id"`
			Reason  string `json:"reason"`
			Since   string `json:"since"`
		}
	}
	w.API.Must(t, "GET", "/pending", nil, &pending)
	listed := map[string]string{}
	for _, p := range pending.Items {
		if p.GroupID != g.ID || p.Since == "" {
			t.Errorf("pending: %+v", p)
		}
		listed[p.UserID] = p.Reason
	}
	inGroup := map[string]string{}
	for _, m := range g.Members {
		if m.Status == "pending" {
			inGroup[m.UserID] = m.Reason
		}
	}
	for name, have := range map[string]map[string]string{"/pending": listed, "/groups": inGroup} {
		if fmt.Sprint(have) != fmt.Sprint(want) {
			t.Errorf("%s says %v, want %v", name, have, want)
		}
	}
	if g.Pending != len(want) {
		t.Errorf("%d pending, want %d", g.Pending, len(want))
	}
}
