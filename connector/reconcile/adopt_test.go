package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

func (w *world) adopter() *reconcile.Adopter { return &reconcile.Adopter{Reconciler: w.reconciler()} }

func wants(id string, channel connector.ChannelID, own bool) connector.AdoptRequest {
	return connector.AdoptRequest{Record: key(id), Platform: slack, Channel: channel, Own: own}
}

// theirs makes a private channel by hand, with people and our bot in it.
func (w *world) theirs(name string, in ...string) connector.ChannelID {
	id := w.chat.Occupy(name)
	w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Private, ch.Hosts = true, true })
	w.chat.Join(id, members(in...)...)
	return id
}

// refusedFor checks why a channel is not given to a Record.
func (w *world) refusedFor(err error, reason connector.AdoptReason) {
	w.Helper()
	var refused *connector.AdoptError
	if !errors.As(err, &refused) || refused.Reason != reason {
		w.Fatalf("error %v, want %s", err, reason)
	}
	if text := refused.Error(); !strings.Contains(text, " ") {
		w.Errorf("%s says %q", reason, text)
	}
}

// rows is how everybody stands, in a line.
func rows(all []connector.Membership) string {
	var out []string
	for _, row := range all {
		who := string(row.User)
		if who == "" {
			who = string(row.Member)
		}
		if row.Owned {
			who = "our " + who
		}
		out = append(out, who+" "+string(row.Status))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// adopted is a world in which account 1 of a and b is given a channel with b and x.
func adopted(t *testing.T, own bool) (*world, connector.ChannelID) {
	t.Helper()
	w := newWorld(t)
	w.person("a", "b", "x")
	w.record("1", "Acme", "a", "b")
	id := w.theirs("acme-deal", "b", "x")
	g, err := w.adopter().Adopt(t.Context(), wants("1", id, own))
	w.ok(err)
	if g.Channel.ID != id || g.Channel.Name != "acme-deal" || g.Channel.URL == "" || g.Origin != connector.Adopted || g.State != connector.GroupActive {
		t.Fatalf("%+v", g)
	}
	if jobs := w.queue.take(connector.LaneGroup); len(jobs) != 1 || !jobs[0].Urgent {
		t.Fatalf("queued %+v", jobs)
	}
	w.settle("1")
	return w, id
}

// TestAdopt: whoever was in stays as somebody added by hand, also off the team;
// the team comes in, and the channel keeps its name.
func TestAdopt(t *testing.T) {
	w, id := adopted(t, false)
	if got := rows(w.group("1").Memberships); got != "U:x@example.com hand_added, b hand_added, our a member" {
		t.Fatal(got)
	}
	w.in("1", "a", "b", "x")
	ch := w.chat.Channel(id)
	if ch.Name != "acme-deal" || ch.Topic != "Acme" || ch.Purpose != "" || len(ch.Messages) != 1 {
		t.Errorf("%+v", ch)
	}
	w.record("1", "Zenith", "a")
	w.settle("1")
	w.in("1", "a", "b", "x")
	if ch := w.chat.Channel(id); ch.Name != "acme-deal" || ch.Topic != "Zenith" {
		t.Errorf("%q, %q", ch.Name, ch.Topic)
	}
	before := w.group("1")
	g, err := w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.ok(err)
	if g.Revision != before.Revision {
		t.Error("the same again changed the Group")
	}
}

// TestAdoptOwn: whoever was in and is on the team is Owned, and out when taken off it.
func TestAdoptOwn(t *testing.T) {
	w, _ := adopted(t, true)
	if got := rows(w.group("1").Memberships); got != "U:x@example.com hand_added, our a member, our b member" {
		t.Fatal(got)
	}
	w.team("1", "a")
	w.settle("1")
	w.in("1", "a", "x")
}

// TestAdoptOwnLater: own may be said of a channel that the Record has already.
func TestAdoptOwnLater(t *testing.T) {
	w, id := adopted(t, false)
	shown, err := w.adopter().Preview(t.Context(), wants("1", id, true))
	w.ok(err)
	if got := rows(shown.Rows); shown.Done || got != "U:x@example.com hand_added, our a member, our b member" {
		t.Fatalf("%t %s", shown.Done, got)
	}
	for range 2 {
		_, err = w.adopter().Adopt(t.Context(), wants("1", id, true))
		w.ok(err)
		w.settle("1")
		if got := rows(w.group("1").Memberships); got != rows(shown.Rows) {
			t.Fatal(got)
		}
	}
	if shown, err = w.adopter().Preview(t.Context(), wants("1", id, true)); err != nil || !shown.Done {
		t.Errorf("%+v, %v", shown, err)
	}
	w.team("1", "a")
	w.settle("1")
	w.in("1", "a", "x")
}

// TestAdoptOwnWaits: nobody is taken for a stranger because they could not be looked
// up at the first reading.
func TestAdoptOwnWaits(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	id := w.theirs("acme-deal", "a", "b")
	w.chat.Calls.Spoil(string(connectortest.ChatLookup), 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Second, What: "look-ups"}})
	_, err := w.adopter().Adopt(t.Context(), wants("1", id, true))
	w.ok(err)
	w.chat.Calls.Spoil(string(connectortest.ChatLookup), 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Second, What: "look-ups"}})
	w.settle("1")
	if got := rows(w.group("1").Memberships); got != "our a member, our b member" {
		t.Fatal(got)
	}
}

// TestAdoptPreview: a dry run says who would be what, and changes nothing.
func TestAdoptPreview(t *testing.T) {
	for own, want := range map[bool]string{
		false: "U:x@example.com hand_added, b hand_added, n pending, our a pending",
		true:  "U:x@example.com hand_added, n pending, our a pending, our b member",
	} {
		w := newWorld(t)
		w.person("a", "b", "x")
		w.crm.PutUser(user("n"))
		w.record("1", "Acme", "a", "b", "n")
		id := w.theirs("acme-deal", "b", "x")
		shown, err := w.adopter().Preview(t.Context(), wants("1", id, own))
		w.ok(err)
		if got := rows(shown.Rows); got != want {
			t.Errorf("own %t: %s", own, got)
		}
		if shown.RecordName != "Acme" || shown.Found.Name != "acme-deal" || shown.Done || shown.Public || shown.Unread {
			t.Errorf("%+v", shown)
		}
		var plan []string
		for _, a := range shown.Plan.Actions {
			plan = append(plan, string(a.Type)+" "+string(a.User)+a.Value)
		}
		if got := strings.Join(plan, ", "); got != "add a, topic Acme" {
			t.Errorf("plan: %s", got)
		}
		again, err := w.adopter().Preview(t.Context(), wants("1", id, own))
		w.ok(err)
		w.chat.Leave(id, member("x"))
		other, err := w.adopter().Preview(t.Context(), wants("1", id, own))
		w.ok(err)
		if again.Digest != shown.Digest || other.Digest == shown.Digest {
			t.Error("the digest does not tell whether something changed")
		}
		if _, err := w.engine.Groups.Group(t.Context(), groupOf("1")); !errors.Is(err, connector.ErrNotFound) {
			t.Errorf("a Group is stored: %v", err)
		}
		if jobs := w.queue.take(connector.LaneGroup); len(jobs) > 0 {
			t.Errorf("queued %+v", jobs)
		}
	}
}

// TestAdoptPublic: our bot enters a public channel, and only when it is adopted.
func TestAdoptPublic(t *testing.T) {
	w := newWorld(t)
	w.person("a", "x")
	w.record("1", "Acme", "a")
	id := w.chat.Occupy("acme-open")
	w.chat.Join(id, member("x"))
	w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Topic = "theirs" })
	shown, err := w.adopter().Preview(t.Context(), wants("1", id, false))
	w.ok(err)
	if !shown.Enters || !shown.Unread || !shown.Public || w.chat.Channel(id).Hosts {
		t.Fatalf("%+v", shown)
	}
	_, err = w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.ok(err)
	w.settle("1")
	w.in("1", "a", "x")
	w.record("1", "Zenith", "a")
	w.settle("1")
	if ch := w.chat.Channel(id); ch.Topic != "theirs" || ch.Name != "acme-open" {
		t.Errorf("%q, %q", ch.Name, ch.Topic)
	}
}

func TestAdoptRefused(t *testing.T) {
	type change = func(w *world, id connector.ChannelID)
	for reason, act := range map[connector.AdoptReason]change{
		connector.AdoptArchived: func(w *world, id connector.ChannelID) {
			w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Archived = true })
		},
		connector.AdoptShared: func(w *world, id connector.ChannelID) {
			w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Shared = true })
		},
		connector.AdoptNoChannel: func(w *world, id connector.ChannelID) {
			w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Hosts = false })
		},
		connector.AdoptChannelMarked: func(w *world, id connector.ChannelID) {
			w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Purpose = "crm/account/9" })
		},
		connector.AdoptOtherRecord: func(w *world, id connector.ChannelID) {
			_, err := w.adopter().Adopt(w.Context(), wants("2", id, false))
			w.ok(err)
		},
		connector.AdoptOtherChannel: func(w *world, _ connector.ChannelID) { w.open("1") },
		connector.AdoptBeingMade:    func(w *world, _ connector.ChannelID) { w.request("1") },
		connector.AdoptRecordIsOver: func(w *world, _ connector.ChannelID) {
			w.crm.Put(connector.Record{Key: key("1"), Name: "Acme", State: connector.RecordDeleted})
		},
	} {
		t.Run(string(reason), func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "x")
			w.record("1", "Acme", "a")
			w.record("2", "Beta", "a")
			id := w.theirs("acme-deal", "x")
			act(w, id)
			for range 2 {
				_, err := w.adopter().Preview(t.Context(), wants("1", id, false))
				w.refusedFor(err, reason)
				_, err = w.adopter().Adopt(t.Context(), wants("1", id, false))
				w.refusedFor(err, reason)
			}
			w.chat.Change(id, func(ch *connectortest.MemoryChannel) {
				if !slices.Equal(ch.Members, members("x")) || len(ch.Messages) > 0 {
					t.Errorf("%v, %d messages", ch.Members, len(ch.Messages))
				}
			})
		})
	}
	w := newWorld(t)
	id := w.theirs("acme-deal")
	_, err := w.adopter().Adopt(t.Context(), wants("none", id, false))
	if !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("no such record: %v", err)
	}
	other := wants("1", id, false)
	other.Record.Kind = "lead"
	_, err = w.adopter().Adopt(t.Context(), other)
	w.refusedFor(err, connector.AdoptKindUnused)
	other = wants("1", id, false)
	other.Platform = "irc"
	_, err = w.adopter().Adopt(t.Context(), other)
	w.refusedFor(err, connector.AdoptPlatform)
}

// TestAdoptAfterRefusal: a Record whose channel was refused can be given one.
func TestAdoptAfterRefusal(t *testing.T) {
	w := newWorld(t)
	w.record("1", "Acme")
	w.request("1")
	w.settle("1")
	if g := w.group("1"); g.State != connector.GroupFailed {
		t.Fatal(g.State)
	}
	w.person("a")
	w.record("1", "Acme", "a")
	id := w.theirs("acme-deal", "a")
	_, err := w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.ok(err)
	w.settle("1")
	if g := w.group("1"); g.State != connector.GroupActive || g.Failure != "" || g.Channel.ID != id {
		t.Errorf("%+v", g)
	}
}

// TestAdoptHeldByRecover: an empty store beside channels of ours adopts nothing.
func TestAdoptHeldByRecover(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.record("2", "Beta", "a")
	w.open("1")
	w.lose()
	w.heldByRecover(w.recoverer().Check(t.Context(), slack), 1)
	id := w.theirs("beta-deal")
	_, err := w.adopter().Adopt(t.Context(), wants("2", id, false))
	w.heldByRecover(err, 1)
}

// TestAdoptRenamedByHand: an adopted channel that people rename keeps that name, and
// the old one is free for others.
func TestAdoptRenamedByHand(t *testing.T) {
	w, id := adopted(t, false)
	w.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Name = "by-hand" })
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
		ID: "e1", Type: connector.ChatChannelRenamed, Platform: slack, Channel: id, Name: "by-hand", At: w.clock.Now(),
	}))
	w.settle("1")
	for name, free := range map[string]bool{"by-hand": false, "acme-deal": true} {
		holder, err := w.engine.Names.Reserve(t.Context(), slack, name, "another")
		w.ok(err)
		if (holder == "another") != free {
			t.Errorf("%s is held by %s", name, holder)
		}
	}
}

// gone is a world in which the channel of account 1, of a and b, is lost: b left it, x
// was in by hand.
func gone(t *testing.T) (*world, connector.Group) {
	t.Helper()
	w := newWorld(t)
	w.person("a", "b", "x")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.handIn("x")
	w.handOut("b")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Deleted = true })
	w.touchChannel()
	w.settle("1")
	w.stands("1", connector.GroupLost)
	return w, w.group("1")
}

// TestAdoptForALostChannel: a Record whose channel is lost is given another one, in
// which everybody is judged afresh, and of the lost one nothing is left.
func TestAdoptForALostChannel(t *testing.T) {
	w, before := gone(t)
	id := w.theirs("acme-deal", "x")
	shown, err := w.adopter().Preview(t.Context(), wants("1", id, false))
	w.ok(err)
	if got := rows(shown.Rows); shown.Lost != before.Channel || shown.Done || got != "U:x@example.com hand_added, our a pending, our b pending" {
		t.Fatalf("%+v, %s", shown.Lost, got)
	}
	if g := w.group("1"); g.Revision != before.Revision {
		t.Error("a dry run changed the Group")
	}
	g, err := w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.ok(err)
	if g.Channel.ID != id || g.State != connector.GroupActive || g.Origin != connector.Adopted || g.BotRemoved {
		t.Fatalf("%+v", g)
	}
	w.settle("1")
	w.in("1", "a", "b", "x")
	if got := rows(w.group("1").Memberships); got != "U:x@example.com hand_added, our a member, our b member" {
		t.Error(got)
	}
	ch := w.chat.Channel(id)
	if ch.Name != "acme-deal" || ch.Topic != "Acme" || ch.Purpose != "" || len(ch.Messages) != 1 || w.group("1").Details.Message != ch.Messages[0].ID {
		t.Errorf("%+v", ch)
	}
	for name, free := range map[string]bool{before.Channel.Name: true, "acme-deal": false, "channel/" + string(before.Channel.ID): true} {
		holder, err := w.engine.Names.Reserve(t.Context(), slack, name, "another")
		w.ok(err)
		if (holder == "another") != free {
			t.Errorf("%s is held by %s", name, holder)
		}
	}
	again, err := w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.ok(err)
	if again.Revision != w.group("1").Revision {
		t.Error("the same again changed the Group")
	}
}

// TestAdoptForAChannelThatIsBack: a channel that only seemed lost stays the Record's.
func TestAdoptForAChannelThatIsBack(t *testing.T) {
	w, before := gone(t)
	id := w.theirs("acme-deal", "x")
	w.chat.Change(before.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Deleted = false })
	_, err := w.adopter().Preview(t.Context(), wants("1", id, false))
	w.refusedFor(err, connector.AdoptOtherChannel)
	_, err = w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.refusedFor(err, connector.AdoptOtherChannel)
	w.chat.Change(before.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Deleted = true })
	w.chat.Calls.Spoil(string(connectortest.ChatView), 1, connectortest.MemoryFault{Err: connector.ErrTemporary})
	if _, err = w.adopter().Adopt(t.Context(), wants("1", id, false)); !errors.Is(err, connector.ErrTemporary) {
		t.Errorf("nobody knows whether it is lost: %v", err)
	}
	if g := w.group("1"); g.Channel.ID != before.Channel.ID {
		t.Errorf("%+v", g)
	}
}

// TestAdoptForALostChannelCrash: after a crash at any step the same adoption works.
func TestAdoptForALostChannelCrash(t *testing.T) {
	for crash := 1; ; crash++ {
		w, _ := gone(t)
		id := w.theirs("acme-deal", "x")
		steps := 0
		w.gate = func(string) error {
			if steps++; steps >= crash {
				return fmt.Errorf("killed: %w", connector.ErrStoreAway)
			}
			return nil
		}
		_, err := w.adopter().Adopt(t.Context(), wants("1", id, false))
		w.gate = nil
		if err == nil {
			if crash < 8 {
				t.Fatalf("%d steps", crash)
			}
			return
		}
		_, err = w.adopter().Adopt(t.Context(), wants("1", id, false))
		w.ok(err)
		w.settle("1")
		w.in("1", "a", "b", "x")
	}
}

// linked stores whose account a Member is, by hand.
func (w *world) linked(users ...string) {
	w.Helper()
	for _, u := range users {
		w.ok(w.engine.People.UpdatePeople(w.Context(), []connector.UserID{connector.UserID(u)}, func(p *connector.Person) {
			p.User = user(u)
			p.Links = map[connector.PlatformID]connector.Link{slack: {Member: member(u), Source: connector.LinkStored}}
		}))
	}
}

// TestAdoptOwnAgainWherePeopleJoin: each time that own is said, whoever is in by hand is
// looked up, and the answer says who becomes Owned by that: nobody, or those.
func TestAdoptOwnAgainWherePeopleJoin(t *testing.T) {
	w := staffed(t)
	w.linked("b", "x")
	id := w.theirs("sales-talk", "b", "c", "x")
	own := func(done bool, want string) {
		t.Helper()
		shown, err := w.adopter().Preview(t.Context(), wants("1", id, true))
		w.ok(err)
		if shown.Done != done || rows(shown.Rows) != want {
			t.Fatalf("done %t: %s, want %s", shown.Done, rows(shown.Rows), want)
		}
		before := w.group("1")
		g, err := w.adopter().Adopt(t.Context(), wants("1", id, true))
		w.ok(err)
		if done && g.Revision != before.Revision {
			t.Error("the Group was stored for nothing")
		}
		w.settle("1")
		if got := rows(w.group("1").Memberships); got != want {
			t.Fatalf("it became %s, want %s", got, want)
		}
	}
	_, err := w.adopter().Adopt(t.Context(), wants("1", id, false))
	w.ok(err)
	w.settle("1")
	if got := rows(w.group("1").Memberships); got != "U:b@example.com hand_added, U:c@example.com hand_added, U:x@example.com hand_added" {
		t.Fatal(got)
	}
	own(false, "U:c@example.com hand_added, our b member, x hand_added")
	own(true, "U:c@example.com hand_added, our b member, x hand_added")
	w.linked("c")
	own(false, "our b member, our c member, x hand_added")
	own(true, "our b member, our c member, x hand_added")
}
