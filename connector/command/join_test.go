package command

import (
	"context"
	"strings"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

type enroller struct{ w *world }

func (e enroller) Join(_ context.Context, id connector.GroupID, people []reconcile.Wanted) error {
	for _, w := range people {
		e.w.note("join %s %s", id, w.User.ID)
	}
	return e.w.fail["enrol"]
}

func (e enroller) Leave(_ context.Context, id connector.GroupID, member connector.MemberID) error {
	if err := e.w.fail["enrol"]; err != nil {
		return err
	}
	for _, m := range e.w.groups[id].Memberships {
		if m.Member == member && m.Status != connector.StatusRemoved {
			e.w.note("leave %s", member)
			return nil
		}
	}
	return connector.ErrNotFound
}

// known finds Users by address, and asks whom with which.
type known struct{ connector.Accounts }

func (known) Email(_ context.Context, member connector.MemberID) (string, error) {
	return string(member) + "@example.com", nil
}

func (known) UsersByEmail(_ context.Context, email string) ([]connector.User, error) {
	if email == string(sten)+"@example.com" {
		return []connector.User{{ID: "8"}}, nil
	}
	return nil, nil
}

func (w *world) say(t *testing.T, who connector.MemberID, channel connector.ChannelID, text string, change ...func(*Options)) string {
	t.Helper()
	return w.handler(change...).Run(t.Context(), Request{Platform: slack, Channel: channel, Actor: who, Text: text}).Text
}

func TestWhoMayJoinAndLeave(t *testing.T) {
	for text, may := range map[string][]string{
		"join account 4":                     {"owner", "team in the channel", "team outside"},
		"join https://crm.example/account/4": {"owner", "team in the channel", "team outside"},
		"leave account 4":                    {"owner", "team in the channel", "team outside", "by hand"},
	} {
		for who, member := range everybody {
			checkRight(t, text, who, contains(may, who), func(w *world) Answer {
				return w.handler().Run(context.Background(), Request{ID: "r1", Platform: slack, Channel: "C77", Actor: member, Text: text})
			})
		}
	}
}

func TestJoinMakesTheChannel(t *testing.T) {
	w := newWorld()
	wants(t, w.say(t, tim, "C77", "join account 5"), "You have joined", "is being created")
	if got := strings.Join(w.writes, "; "); !strings.Contains(got, "open crm/account/5") || !strings.Contains(got, " 2") {
		t.Errorf("writes %s", got)
	}
	wants(t, w.say(t, olga, "C77", "join account 4"), "You are in the channel")
	wants(t, w.say(t, lena, "C77", "join account 4"), "in a moment you are in its channel")
}

// A channel that could not be read says nothing of who is in it.
func TestLeaveUnread(t *testing.T) {
	w := newWorld()
	w.fail["enrol"] = &reconcile.ReadError{Err: connector.ErrTemporary}
	got := w.say(t, tim, "C1", "leave")
	if got != (texts{cmd: "/crm"}).chatAway() {
		t.Errorf("%q", got)
	}
}

func TestLeave(t *testing.T) {
	w := newWorld()
	wants(t, w.say(t, tim, "C1", "leave"), "You have left", "/crm join account 4")
	wants(t, w.say(t, tim, "C77", "leave"), "belongs to no record")
	wants(t, w.say(t, tim, "C77", "leave account 5"), "has no channel here yet")
	readd := func(o *Options) { o.Policies[0].Leavers = connector.LeaversReadd }
	wants(t, w.say(t, tim, "C1", "leave", readd), "is added again", "nothing was changed")
	wants(t, w.say(t, hana, "C1", "leave", readd), "You have left")
}

// selfEnrolled lets people join account 4 by themselves.
func selfEnrolled() *world {
	w := newWorld()
	c := w.crm["account/4"]
	c.desired.SelfEnrol, c.desired.Listed = true, 312
	w.crm["account/4"] = c
	g := w.groups[connector.GroupIDOf(slack, account("4"))]
	g.SelfEnrol, g.Listed = true, 312
	g.Memberships[1].Status, g.Memberships[1].Enrolled = connector.StatusJoined, true
	w.put(g)
	return w
}

func TestWhereOneJoinsByOneself(t *testing.T) {
	w := selfEnrolled()
	wants(t, w.say(t, tim, "C1", "members"), "joined by themselves", "/crm join account 4", "312 people who may")
	wants(t, w.say(t, tim, "C1", "why @Pia"), "Pia Pending")
	w.say(t, tim, "C77", "open account 4")
	if got := strings.Join(w.writes, "; "); !strings.HasPrefix(got, "join ") || !strings.HasSuffix(got, " 2") {
		t.Errorf("whoever opens it joins: %s", got)
	}
	w.writes = nil
	w.say(t, admin, "C77", "open account 4")
	if len(w.writes) != 0 {
		t.Errorf("an admin who is not listed: %v", w.writes)
	}
}

// Somebody who was never looked up is found by their address.
func TestWhoAsksIsFoundByTheirAddress(t *testing.T) {
	w := selfEnrolled()
	asked := &asking{resolver: resolver{w}, who: sten}
	text := w.say(t, sten, "C77", "join account 4", func(o *Options) {
		o.Resolver, o.Finder = asked, known{}
		o.Platforms = map[connector.PlatformID]connector.ChatPlatform{slack: {ID: slack, Accounts: w, Profiles: known{}}}
	})
	wants(t, text, "in a moment you are in its channel")
	if len(asked.by) != 2 || len(asked.by[1].Users) != 1 || asked.by[1].Users[0] != "8" || asked.by[1].Member != sten {
		t.Errorf("asked %+v", asked.by)
	}
}

// asking is a resolver that notes for whom it is asked, and knows who once it is.
type asking struct {
	resolver
	who connector.MemberID
	by  []reconcile.Asker
}

func (a *asking) Desired(ctx context.Context, p connector.PlatformID, key connector.RecordKey, by reconcile.Asker) (connector.Record, reconcile.Desired, error) {
	a.by = append(a.by, by)
	record, desired, err := a.resolver.Desired(ctx, p, key, by)
	for _, id := range by.Users {
		desired.Wanted = append(desired.Wanted, reconcile.Wanted{User: connector.User{ID: id}, Member: a.who, Why: teamPath(string(id))})
	}
	return record, desired, err
}
