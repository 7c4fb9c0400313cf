package connectortest

import (
	"slices"

	"roomkeeper/connector"
)

// adoptRules are about channels that somebody else made.
func adoptRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"adopt a public channel":       func(t *chatTest) { chatAdopt(t, false) },
		"adopt a private channel":      func(t *chatTest) { chatAdopt(t, true) },
		"list what can be adopted":     chatAdoptable,
		"adopt an archived channel":    chatAdoptArchived,
		"adopt a channel of our own":   chatAdoptOwn,
		"adopt what is not there":      chatAdoptNone,
		"adopt a channel we lost":      chatAdoptExpelled,
		"adopt a channel with a topic": chatAdoptTopic,
	}
}

// adopts says whether there is anything to adopt.
func (t *chatTest) adopts() bool { return t.Platform.Adopter != nil && t.Found != nil }

// chatAdopt: seeing a channel changes nothing; in it, our bot lets people in and out
// and posts, and the channel keeps its name.
func chatAdopt(t *chatTest, private bool) {
	if !t.adopts() {
		return
	}
	in, other := t.Person("in@example.com"), t.Person("other@example.com")
	id := t.Found("found", private, in)
	for range 2 {
		view, err := t.Platform.Adopter.View(t.ctx(), id)
		t.ok(err)
		if view.ID != id || view.Name != "found" || view.URL == "" || view.Public == private || view.Archived || view.Shared || view.Purpose != "" {
			t.Fatalf("%+v", view)
		}
		if whole := view.Whole; whole != nil && (!slices.Equal(whole.Members, []connector.MemberID{in}) || whole.Name != "found" || whole.At.IsZero()) {
			t.Errorf("in are %+v", whole)
		}
	}
	for range 2 { // in already is success
		t.ok(t.Platform.Adopter.Enter(t.ctx(), id))
		if view, err := t.Platform.Adopter.View(t.ctx(), id); err != nil || view.Out {
			t.Fatalf("%+v, %v", view, err)
		}
	}
	if seen := t.members(id); len(seen) != 1 || !seen[in] {
		t.Errorf("in are %v", seen)
	}
	t.ok(t.Platform.Members.Add(t.ctx(), id, []connector.MemberID{other}))
	t.ok(t.Platform.Members.Remove(t.ctx(), id, in))
	if seen := t.members(id); len(seen) != 1 || !seen[other] {
		t.Errorf("in are %v", seen)
	}
	_, err := t.Platform.Cards.Post(t.ctx(), id, "card", connector.Card{Title: "Hello"})
	t.ok(err)
	if over := t.Platform.Overview; over != nil {
		all, err := over.Overview(t.ctx())
		t.ok(err)
		if g, ok := all.Channels[id]; !ok || g.Out || g.Name != "found" {
			t.Errorf("listed %t: %+v", ok, g)
		}
	}
	own, err := t.Platform.Channels.Own(t.ctx())
	t.ok(err)
	if slices.ContainsFunc(own, func(ch connector.OwnChannel) bool { return ch.ID == id && ch.Purpose != "" }) {
		t.Error("it carries a purpose")
	}
}

// chatAdoptable: what is listed is what View shows, and what cannot be adopted is
// not listed.
func chatAdoptable(t *chatTest) {
	if !t.adopts() {
		return
	}
	want := map[connector.ChannelID]bool{t.Found("open", false): true, t.Found("secret", true): true, t.create("ours").ID: true}
	shut, closed := t.Found("shut", true), t.Found("closed", false)
	if t.Expel != nil {
		t.Expel(shut)
		want[shut] = false
	}
	if t.Archive != nil {
		t.ok(t.Platform.Adopter.Enter(t.ctx(), closed))
		t.Archive(closed)
		want[closed] = false
	}
	views, err := t.Platform.Adopter.Adoptable(t.ctx())
	t.ok(err)
	for _, view := range views {
		if listed, known := want[view.ID]; known && !listed {
			t.Errorf("%s is listed", view.Name)
		}
		one, err := t.Platform.Adopter.View(t.ctx(), view.ID)
		if one.Whole = nil; err != nil || one != view {
			t.Errorf("listed as %+v, seen as %+v, %v", view, one, err)
		}
		delete(want, view.ID)
	}
	for id, listed := range want {
		if listed {
			t.Errorf("%s is not listed", id)
		}
	}
	for _, fault := range []ChatFault{ChatLimited, ChatFailed} {
		t.Spoil(ChatAdoptable, fault, 0)
		if views, err := t.Platform.Adopter.Adoptable(t.ctx()); err == nil || len(views) > 0 {
			t.Errorf("%s: %d channels, %v", fault, len(views), err)
		}
	}
}

func chatAdoptArchived(t *chatTest) {
	if !t.adopts() || t.Archive == nil {
		return
	}
	id := t.Found("found", false)
	t.ok(t.Platform.Adopter.Enter(t.ctx(), id))
	t.Archive(id)
	view, err := t.Platform.Adopter.View(t.ctx(), id)
	t.ok(err)
	if !view.Archived {
		t.Errorf("%+v", view)
	}
}

func chatAdoptOwn(t *chatTest) {
	if !t.adopts() || t.Platform.Describer == nil || t.NoTopic {
		return
	}
	ch, purpose := t.create("ours"), "crm/account/1"
	t.ok(t.Platform.Describer.SetPurpose(t.ctx(), ch.ID, purpose))
	view, err := t.Platform.Adopter.View(t.ctx(), ch.ID)
	t.ok(err)
	if view.Channel != ch || view.Out || view.Purpose != purpose || view.Public {
		t.Errorf("%+v", view)
	}
}

func chatAdoptNone(t *chatTest) {
	if !t.adopts() {
		return
	}
	_, err := t.Platform.Adopter.View(t.ctx(), t.NoChannel)
	t.is(err, connector.ErrChannelGone)
	t.is(t.Platform.Adopter.Enter(t.ctx(), t.NoChannel), connector.ErrChannelGone)
}

// chatAdoptExpelled: of what our bot was shut out of nothing is told, and it does not
// come back by itself.
func chatAdoptExpelled(t *chatTest) {
	if !t.adopts() || t.Expel == nil {
		return
	}
	id := t.Found("found", true)
	t.Expel(id)
	if _, err := t.Platform.Adopter.View(t.ctx(), id); connector.ReasonOf(err) != connector.ReasonChannelGone && connector.ReasonOf(err) != connector.ReasonNotInChannel {
		t.Errorf("error %v", err)
	}
	if err := t.Platform.Adopter.Enter(t.ctx(), id); err == nil || connector.ReasonOf(err).Passing() {
		t.Errorf("error %v, want one that does not pass", err)
	}
}

// chatAdoptTopic: what people wrote is read as it is.
func chatAdoptTopic(t *chatTest) {
	if !t.adopts() || t.Platform.Describer == nil || t.NoTopic {
		return
	}
	id := t.Found("found", false)
	t.ok(t.Platform.Adopter.Enter(t.ctx(), id))
	for _, set := range []string{"", "first & second"} {
		if set != "" {
			t.ok(t.Platform.Describer.SetTopic(t.ctx(), id, set))
		}
		got, err := t.Platform.Describer.Topic(t.ctx(), id)
		t.ok(err)
		if got != set {
			t.Errorf("topic %q, want %q", got, set)
		}
	}
}
