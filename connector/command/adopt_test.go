package command

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"roomkeeper/connector"
)

// adopter knows one channel, C77, and account 5 that may have it.
type adopter struct{ w *world }

func (a *adopter) Preview(_ context.Context, req connector.AdoptRequest) (connector.Adoption, error) {
	if err := a.w.fail["adopt"]; err != nil {
		return connector.Adoption{}, err
	}
	_, done := a.w.groups[connector.GroupIDOf(slack, req.Record)]
	kept := connector.Membership{User: "2", Member: tim, Name: "Tim Team", Status: connector.StatusHandAdded, Why: teamPath("2")}
	if req.Own {
		kept.Status, kept.Owned = connector.StatusMember, true
	}
	return connector.Adoption{
		AdoptRequest: req, RecordName: "Northwind", Found: connector.Channel{ID: req.Channel, Name: "deal-room", URL: "https://chat.example/C77"},
		Done: done, Public: true, Unresolved: 3,
		Rows: []connector.Membership{
			{User: "1", Member: olga, Name: "Olga Owner", Status: connector.StatusPending, Owned: true, Why: ownerPath()}, kept,
			{Member: hana, Status: connector.StatusHandAdded},
			{User: "6", Name: "Pia Pending", Status: connector.StatusPending, Reason: connector.ReasonNoAccount, Why: teamPath("6")},
		},
		Plan:   connector.Plan{Actions: []connector.Action{{Type: connector.ActionTopic, Value: "Northwind"}}},
		Digest: fmt.Sprint("d", a.w.reads/1000, req.Own, req.Record.ID),
	}, nil
}

func (a *adopter) Adopt(_ context.Context, req connector.AdoptRequest) (connector.Group, error) {
	if err := a.w.fail["adopt_now"]; err != nil {
		return connector.Group{}, err
	}
	a.w.note("adopt %s %s %t", req.Record, req.Channel, req.Own)
	g := northwind()
	g.ID, g.Record, g.Channel = connector.GroupIDOf(slack, req.Record), req.Record, connector.Channel{ID: req.Channel, Name: "deal-room", URL: "https://chat.example/C77"}
	a.w.put(g)
	return g, nil
}

func pressAdopt(h *Handler, id string, who connector.MemberID, channel connector.ChannelID, value string) Answer {
	return h.Press(context.Background(), Press{
		ID: id, Platform: slack, Channel: channel, Actor: who, Action: connector.ActionAdoptConfirm, Value: value,
	})
}

// valueOf is what the one button of an answer carries.
func valueOf(t *testing.T, a Answer) string {
	t.Helper()
	if a.Card == nil || len(a.Card.Buttons) != 1 || a.Card.Buttons[0].ID != connector.ActionAdoptConfirm {
		t.Fatalf("%s\nno button: %+v", a.Text, a.Card)
	}
	return a.Card.Buttons[0].Value
}

func TestAdopt(t *testing.T) {
	for text, says := range map[string][]string{
		"adopt account 5": {
			"If #deal-room becomes the channel of Northwind (account 5):", "Added (1):\n• Olga Owner", "stay when they are taken off it (1):\n• Tim Team",
			"not on the team, and stay (1):\n• member U5", "cannot be added yet (1):\n• Pia Pending: no account", "3 team entries are not resolved",
			"The topic becomes: Northwind", "is public", "keeps its name", "/crm adopt account 5 own", "Nothing was changed yet",
		},
		"adopt account 5 own": {"leave when they are taken off the team (1):\n• Tim Team"},
	} {
		w := newWorld()
		h := w.handler()
		shown := h.Run(context.Background(), Request{ID: "r1", Platform: slack, Channel: "C77", Actor: olga, Text: text})
		wants(t, shown.Text, says...)
		value := valueOf(t, shown)
		if len(value) > 60 || len(w.writes) > 0 {
			t.Fatalf("%q, did %v", value, w.writes)
		}
		first := pressAdopt(h, "p1", olga, "C77", value)
		wants(t, first.Text, "#deal-room is the channel of Northwind (account 5) now")
		if !first.Replace || first.Link == "" {
			t.Errorf("%+v", first)
		}
		if again := pressAdopt(h, "p1", olga, "C77", value); again != first {
			t.Errorf("the same press: %+v", again)
		}
		wants(t, pressAdopt(h, "p2", admin, "C77", value).Text, "has this channel already")
		own := strings.HasSuffix(text, "own")
		if len(w.writes) != 1 || w.writes[0] != fmt.Sprintf("adopt crm/account/5 C77 %t", own) {
			t.Errorf("did %v", w.writes)
		}
		wants(t, ask(w, olga, "C77", text).Text, "has this channel already")
	}
}

// TestAdoptByOthers: who may not learns nothing by command or button.
func TestAdoptByOthers(t *testing.T) {
	w := newWorld()
	h := w.handler()
	refused := (texts{}).refused()
	value := valueOf(t, h.Run(context.Background(), Request{Platform: slack, Channel: "C77", Actor: admin, Text: "adopt account 5"}))
	for who, member := range everybody {
		if contains(responsible, who) {
			continue
		}
		for _, text := range []string{"adopt account 5", "adopt account 404"} {
			if got := ask(w, member, "C77", text); got.Text != refused || got.Card != nil {
				t.Errorf("%s by %s: %s", text, who, got.Text)
			}
		}
		if got := pressAdopt(h, "p-"+who, member, "C77", value); got.Text != refused || got.Replace {
			t.Errorf("pressed by %s: %s", who, got.Text)
		}
	}
	if got := ask(w, admin, "C77", "adopt account 404"); got.Text != refused {
		t.Error(got.Text)
	}
	if got := pressAdopt(h, "p1", admin, "C1", value); got.Text != refused {
		t.Errorf("from another channel: %s", got.Text)
	}
	if len(w.writes) > 0 {
		t.Errorf("did %v", w.writes)
	}
}

// TestAdoptStale: what is other than it was shown is shown again, and not done.
func TestAdoptStale(t *testing.T) {
	w := newWorld()
	h := w.handler()
	value := valueOf(t, ask(w, admin, "C77", "adopt account 5"))
	w.reads += 1000
	got := pressAdopt(h, "p1", admin, "C77", value)
	wants(t, got.Text, "Something changed", "nothing was done", "Added (1)")
	if fresh := valueOf(t, got); fresh == value || !got.Replace || len(w.writes) > 0 {
		t.Errorf("%+v, did %v", got, w.writes)
	}
	wants(t, pressAdopt(h, "p2", admin, "C77", "dunno").Text, "not known any more", "/crm adopt again")
	wants(t, pressAdopt(h, "p3", admin, "C77", valueOf(t, got)).Text, "is the channel of Northwind")
}

func TestAdoptRefusals(t *testing.T) {
	for want, err := range map[string]error{
		"belongs to account 9 already": &connector.AdoptError{Reason: connector.AdoptOtherRecord, Record: account("9")},
		"invite the bot":               &connector.AdoptError{Reason: connector.AdoptNoChannel},
		"connector recover":            &connector.RecoverError{Platform: slack, Channels: 2},
		"cannot read the CRM or":       connector.ErrTemporary,
		"There is no such record":      connector.ErrNotFound,
		"cannot reach its store":       connector.ErrStoreAway,
		"at the same moment":           connector.ErrConflict,
	} {
		w := newWorld()
		w.fail["adopt"] = fmt.Errorf("look: %w", err)
		wants(t, ask(w, admin, "C77", "adopt account 5").Text, want)
		w.fail["adopt"], w.fail["adopt_now"] = nil, fmt.Errorf("adopt: %w", err)
		h := w.handler()
		wants(t, pressAdopt(h, "p1", admin, "C77", valueOf(t, ask(w, admin, "C77", "adopt account 5"))).Text, want)
		if len(w.writes) > 0 {
			t.Errorf("did %v", w.writes)
		}
	}
	wants(t, ask(newWorld(), admin, "", "adopt account 5").Text, "in the channel that the record is to have")
}

// What is said of a channel in whose place another one comes, and of one that carries
// another record's key: what happened, and what to do next.
func TestAdoptWords(t *testing.T) {
	x := texts{cmd: "/crm"}
	foot := strings.Join(x.adoptFoot(target{}, connector.Adoption{Lost: connector.Channel{ID: "C1", Name: "old-deal"}}, adoptees{}), "\n")
	if !strings.HasPrefix(foot, "Its channel #old-deal is lost: this one takes its place") {
		t.Error(foot)
	}
	marked := x.notAdopted(&connector.AdoptError{Reason: connector.AdoptChannelMarked, Record: connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: "9"}})
	for _, part := range []string{"made this channel for account 9", "crm/account/9", "`connector recover`", "delete that note", "adopt it again", "Nothing was changed."} {
		if !strings.Contains(marked, part) {
			t.Errorf("no %q in %s", part, marked)
		}
	}
}
