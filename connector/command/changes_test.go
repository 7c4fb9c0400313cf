package command

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

func TestSubscriptions(t *testing.T) {
	w := newWorld()
	wants(t, ask(w, hana, "C1", "subscriptions").Text, "On (3): sales_record, closed, custom:*\nOff (6): owner_changed, merged_deleted, pool, stage_changed, record_updated, team_changed",
		"these are the defaults")
	w.subs[northwind().ID] = connector.Subscription{
		Topics: map[connector.Topic]bool{"record_updated": true, "custom:b": false, "custom:a": true}, Fields: []string{"amount"},
		ChangedBy: "Olga", ChangedAt: testNow,
	}
	wants(t, ask(w, hana, "C1", "subscriptions").Text, "record_updated (only amount), custom:*, custom:a\n", "team_changed, custom:b\n",
		"Last changed by Olga, 22 Nov 2026 12:00 UTC.")
	if len(w.writes) != 0 {
		t.Errorf("looking changed %v", w.writes)
	}
}

func TestSubscribeChangesExactlyWhatIsNamed(t *testing.T) {
	all := joined(connector.Topics())
	for text, want := range map[string]string{
		"subscribe closed, pool":                "change on=closed, pool off= fields=[] by=Name of U1",
		"unsubscribe Closed":                    "change on= off=closed fields=[] by=Name of U1",
		"subscribe record_updated:AMOUNT,stage": `change on=record_updated off= fields=["amount" "stage"] by=Name of U1`,
		"subscribe all":                         "change on=" + all + ", custom:x off= fields=[] by=Name of U1",
		"unsubscribe all":                       "change on= off=" + all + ", custom:x fields=[] by=Name of U1",
		"subscribe":                             "",
		"unsubscribe":                           "",
		"subscribe record_updated:amuont":       "",
		"subscribe sales_recor":                 "",
	} {
		w := newWorld()
		w.subs[northwind().ID] = connector.Subscription{Topics: map[connector.Topic]bool{"custom:x": false}}
		before := w.subs[northwind().ID]
		ask(w, olga, "C1", text)
		if got := strings.Join(w.writes, "; "); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
		if want == "" && !reflect.DeepEqual(before, w.subs[northwind().ID]) {
			t.Errorf("%q changed the subscription", text)
		}
	}
}

func TestSubscribeAnswers(t *testing.T) {
	w := newWorld()
	wants(t, ask(w, olga, "C1", "subscribe team_changed").Text, "Subscribed to team_changed.", "closed, team_changed, custom:*", "Last changed by Name of U1, 22 Nov 2026 12:00 UTC.")
	wants(t, ask(w, olga, "C1", "subscribe record_updated:amuont").Text, `Cards do not show a field "amuont".`, `Did you mean "amount"?`, "Nothing was done.")
	wants(t, ask(w, olga, "C1", "subscribe sales_recor").Text, `Did you mean "sales_record"?`)
	if got := ask(w, olga, "C1", "unsubscribe all").Text; got != "#northwind gets no more cards. Membership is still kept in step. /crm subscribe all turns every card on." {
		t.Errorf("silenced: %q", got)
	}
	wants(t, ask(w, olga, "C1", "subscriptions").Text, "On: none")
	wants(t, ask(w, olga, "C1", "subscribe all").Text, "Subscribed to every Topic.", "Off: none")
}

func TestSync(t *testing.T) {
	w := newWorld()
	wants(t, ask(w, olga, "C1", "sync").Text, "Northwind (account 4) is queued", "/crm status tells")
	if want := []string{"resync " + string(northwind().ID)}; !reflect.DeepEqual(w.writes, want) {
		t.Errorf("did %v", w.writes)
	}
	wants(t, ask(w, olga, "C1", "sync confirm").Text, "Nothing is held for Northwind")
	wants(t, ask(w, admin, "C77", "sync account 5").Text, "has no channel here yet")
	if len(w.writes) != 1 {
		t.Errorf("did %v", w.writes)
	}
}

func TestSyncDryRun(t *testing.T) {
	w := newWorld()
	w.plan = connector.Plan{ID: "p7", Calls: map[string]int{"conversations.kick": 1, "conversations.invite": 2}, Actions: []connector.Action{
		{Type: connector.ActionRemove, User: "2", Member: tim, Why: "no path is left"},
		{Type: connector.ActionAdd, User: "31", Member: "U31", Why: "team"},
		{Type: connector.ActionRename, Value: "north-wind"},
	}}
	got := ask(w, olga, "C1", "sync --dry-run").Text
	wants(t, got, "3 steps (plan p7)", "• remove Tim Team: no path is left\n• add Known 31: team\n• rename the channel to north-wind\n",
		"Calls: conversations.invite 2, conversations.kick 1.", "Nothing was changed.")
	w.plan = connector.Plan{}
	wants(t, ask(w, olga, "C1", "sync --dry-run").Text, "nothing to do", "Nothing was changed.")
	w.plan.Later = []connector.LaterAction{{
		Action: connector.Action{Type: connector.ActionRemove, User: "2", Member: tim, Why: "no path is left"}, At: time.Date(2026, 1, 4, 9, 0, 0, 0, time.UTC),
	}}
	got = ask(w, olga, "C1", "sync --dry-run").Text
	wants(t, got, "no step just now", "Later:\n• remove Tim Team: no path is left; on 4 Jan 2026 09:00 UTC", "Nothing was changed.")
	if strings.Contains(got, "nothing to do") {
		t.Errorf("somebody is to go, and it says %q", got)
	}
	w.plan = connector.Plan{}
	w.holdNorthwind()
	wants(t, ask(w, admin, "C77", "sync --dry-run account 4").Text, "Plan p1 is held: more than half", "Confirm removes them: /crm sync confirm account 4. Dismiss keeps them as added by hand: /crm sync dismiss account 4.")
	w.put(northwind())
	wants(t, ask(w, olga, "C1", "sync --dry-run").Text, "After /crm sync it can be confirmed")
	w.plan = connector.Plan{ID: "p8"}
	for i := range 300 {
		w.plan.Actions = append(w.plan.Actions, connector.Action{Type: connector.ActionAdd, User: connector.UserID(fmt.Sprint(100 + i)), Why: "team"})
	}
	wants(t, ask(w, olga, "C1", "sync --dry-run").Text, "300 steps", "more; POST /api/v1/groups/<id>/sync", "Nothing was changed.")
	w.fail["plan"] = fmt.Errorf("read record: %w", connector.ErrNotFound)
	wants(t, ask(w, olga, "C1", "sync --dry-run").Text, "The CRM has no Northwind")
	w.fail["plan"] = fmt.Errorf("read channel: %w", connector.ErrTemporary)
	wants(t, ask(w, olga, "C1", "sync --dry-run").Text, "cannot read the CRM or the channel")
	if len(w.writes) != 0 {
		t.Errorf("a dry run did %v", w.writes)
	}
}

func TestSyncConfirmAndDismiss(t *testing.T) {
	for text, want := range map[string][2]string{
		"sync confirm": {"confirm p1", "Confirmed plan p1 of Northwind (account 4): 2 people will be removed"},
		"sync dismiss": {"dismiss p1", "Dismissed plan p1 of Northwind (account 4): 2 people will stay"},
	} {
		w := newWorld()
		w.holdNorthwind()
		wants(t, ask(w, olga, "C1", text).Text, want[1])
		if len(w.writes) != 1 || w.writes[0] != want[0] {
			t.Errorf("%q did %v", text, w.writes)
		}
		w.holdNorthwind()
		w.fail["plan"] = fmt.Errorf("confirm: %w", connector.ErrConflict)
		wants(t, ask(w, olga, "C1", text).Text, "not held any more", "Nothing was changed now")
	}
	w := newWorld()
	g := northwind()
	g.Held = &connector.Hold{Reason: connector.HoldTeamUnreadable, Since: testNow}
	w.put(g)
	wants(t, ask(w, olga, "C1", "sync confirm").Text, "held without a plan")
	wants(t, ask(w, olga, "C1", "members").Text, "It ends with the next whole reading.")
	if len(w.writes) != 0 {
		t.Errorf("did %v", w.writes)
	}
}

// Whoever types a command or presses a button waits for the answer.
func TestSomebodyWaits(t *testing.T) {
	w := newWorld()
	w.holdNorthwind()
	ask(w, admin, "C77", "sync --dry-run account 4")
	asked := w.urgent[true]
	w.handler().Press(t.Context(), Press{
		Platform: slack, Channel: "C77", Actor: admin, Action: connector.ActionHoldConfirm, Value: HoldValue(northwind().ID, "p1"),
	})
	if pressed := w.urgent[true] - asked; asked < 2 || pressed < 1 || w.urgent[false] > 0 {
		t.Errorf("%d urgent calls for a command, %d for a press, %d that were not", asked, pressed, w.urgent[false])
	}
}

func TestPressRights(t *testing.T) {
	for who, member := range everybody {
		for action, did := range map[connector.ActionID]string{connector.ActionHoldConfirm: "confirm p1", connector.ActionHoldDismiss: "dismiss p1"} {
			w := newWorld()
			g := w.holdNorthwind()
			before := w.state(t)
			p := Press{ID: "x1", Platform: slack, Channel: "C1", Actor: member, Action: action, Value: HoldValue(g.ID, "p1")}
			got := w.handler().Press(context.Background(), p)
			if contains(responsible, who) {
				if !got.Replace || len(w.writes) != 1 || w.writes[0] != did {
					t.Errorf("%s by %s: %+v, did %v", action, who, got, w.writes)
				}
				continue
			}
			nobodys := newWorld()
			p.Value = HoldValue("g404", "p1")
			if none := nobodys.handler().Press(context.Background(), p); got != none || w.state(t) != before {
				t.Errorf("%s by %s: %+v, for no group %+v, did %v", action, who, got, none, w.writes)
			}
		}
	}
}

func TestPressOfOtherButtons(t *testing.T) {
	w := newWorld()
	g := w.holdNorthwind()
	value := HoldValue(g.ID, "p1")
	for _, p := range []Press{
		{Action: connector.ActionCloseKeep, Value: value},
		{Action: "later.one", Value: value},
		{Action: connector.ActionHoldConfirm, Value: string(g.ID)},
		{Action: connector.ActionHoldConfirm, Value: value + " x"},
		{Action: connector.ActionHoldConfirm, Value: ""},
	} {
		p.Platform, p.Actor = slack, olga
		wants(t, w.handler().Press(context.Background(), p).Text, "belongs to another version")
	}
	old := Press{Platform: slack, Actor: olga, Action: connector.ActionHoldConfirm, Value: HoldValue(g.ID, "p0")}
	wants(t, w.handler().Press(context.Background(), old).Text, "not held any more")
	foreign := Press{Platform: "discord", Actor: olga, Action: connector.ActionHoldConfirm, Value: value}
	wants(t, w.handler().Press(context.Background(), foreign).Text, (texts{}).refused())
	if len(w.writes) != 0 {
		t.Errorf("did %v", w.writes)
	}
}

func TestSameRequestIsAnsweredLikeTheFirst(t *testing.T) {
	w := newWorld()
	h := w.handler()
	for _, text := range []string{"sync", "subscribe team_changed", "members", "details", "open account 5"} {
		r := Request{ID: "id of " + text, Platform: slack, Channel: "C1", Actor: olga, Text: text}
		first := h.Run(context.Background(), r)
		did := len(w.writes)
		g := northwind()
		g.RecordName = "Renamed meanwhile"
		w.put(g)
		again := h.Run(context.Background(), r)
		if !reflect.DeepEqual(first, again) || len(w.writes) != did {
			t.Errorf("%q again:\n%+v\n%+v\ndid %v", text, first, again, w.writes[did:])
		}
		w.put(northwind())
	}
	g := w.holdNorthwind()
	p := Press{ID: "id of sync", Platform: slack, Actor: olga, Action: connector.ActionHoldConfirm, Value: HoldValue(g.ID, "p1")}
	first, again := h.Press(context.Background(), p), h.Press(context.Background(), p)
	if first != again || !first.Replace || w.writes[len(w.writes)-1] != "confirm p1" {
		t.Errorf("pressed twice: %+v, %+v, did %v", first, again, w.writes)
	}
}

// Who presses a button that was pressed already is told what came of it, if they
// may know; the other button, and one of an earlier plan, say that it is over.
func TestPressedAgain(t *testing.T) {
	w := newWorld()
	h := w.handler()
	g := w.holdNorthwind()
	press := func(id string, by connector.MemberID, action connector.ActionID) Answer {
		return h.Press(context.Background(), Press{ID: id, Platform: slack, Channel: "D1", Actor: by, Action: action, Value: HoldValue(g.ID, "p1")})
	}
	first := press("x1", olga, connector.ActionHoldConfirm)
	w.put(northwind())
	if again := press("x2", admin, connector.ActionHoldConfirm); again != first || !again.Replace {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if got := press("x3", hana, connector.ActionHoldConfirm); got.Text != (texts{}).refused() || got.Replace {
		t.Errorf("by somebody who may not: %+v", got)
	}
	wants(t, press("x4", olga, connector.ActionHoldDismiss).Text, "not held any more")
	if len(w.writes) != 1 {
		t.Errorf("did %v", w.writes)
	}
}

func TestFailuresAreNotRemembered(t *testing.T) {
	w := newWorld()
	h := w.handler()
	for port, told := range map[string]string{
		"groups": (texts{}).storeAway(), "answers": (texts{}).storeAway(), "change": (texts{}).storeAway(),
		"subscriptions": (texts{}).storeAway(), "people": (texts{}).storeAway(),
	} {
		channel := connector.ChannelID("C77")
		r := Request{ID: port, Platform: slack, Channel: channel, Actor: olga, Text: "subscribe all account 4"}
		w.fail = map[string]error{port: fmt.Errorf("bolt: %w", connector.ErrStoreAway)}
		if got := h.Run(context.Background(), r); got.Text != told {
			t.Errorf("%s away: %q", port, got.Text)
		}
		w.fail = map[string]error{}
		if got := h.Run(context.Background(), r); !strings.HasPrefix(got.Text, "Subscribed") {
			t.Errorf("%s back: %q", port, got.Text)
		}
	}
	w.fail["answers"] = connector.ErrStoreAway
	wants(t, h.Run(context.Background(), Request{ID: "h", Platform: slack, Text: "help"}).Text, "/crm open")
	w.fail = map[string]error{"remember": connector.ErrStoreAway}
	wants(t, h.Run(context.Background(), Request{ID: "r", Platform: slack, Channel: "C1", Actor: olga, Text: "sync"}).Text, "is queued")
	w.fail = map[string]error{"change": connector.ErrConflict}
	wants(t, ask(w, olga, "C1", "subscribe closed").Text, "at the same moment")
	w.fail = map[string]error{"change": connector.ErrNewerFormat}
	wants(t, ask(w, olga, "C1", "subscribe closed").Text, "Something went wrong")
	w.fail = map[string]error{"crm": connector.ErrTemporary}
	wants(t, ask(w, olga, "C77", "open account 5").Text, "cannot read the CRM")
}
