package connectortest

import (
	"context"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

func channelRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"required ports":            chatPorts,
		"whoami":                    chatWhoami,
		"create and find":           chatCreate,
		"find is exact":             chatFindExact,
		"find by purpose":           chatFindPurpose,
		"own channels":              chatOwn,
		"name taken":                chatNameTaken,
		"bad name":                  chatBadName,
		"create with a lost answer": chatCreateLost,
		"create limited":            chatCreateLimited,
		"no such channel":           chatNoChannel,
		"rename":                    chatRename,
		"describe":                  chatDescribe,
		"failures":                  chatFailures,
		"cancelled":                 chatCancelled,
		"estimate":                  chatEstimate,
	}
}

func chatPorts(t *chatTest) {
	p := t.Platform
	if p.ID == "" || p.Identity == nil || p.Channels == nil || p.Members == nil || p.Accounts == nil || p.Cards == nil || p.Calls == nil {
		t.Fatalf("a required part is not set: %+v", p)
	}
	l := p.Limits
	if l.NameLength <= 0 || l.TopicLength <= 0 || l.PurposeLength <= 0 || l.AddBatch <= 0 || l.CallTimeout <= 0 || l.LookupDelay <= 0 {
		t.Errorf("limits %+v", l)
	}
}

func chatWhoami(t *chatTest) {
	first, err := t.Platform.Identity.Whoami(t.ctx())
	t.ok(err)
	again, err := t.Platform.Identity.Whoami(t.ctx())
	t.ok(err)
	if first != again || first.Workspace == "" || first.Bot == "" {
		t.Errorf("first %+v, then %+v", first, again)
	}
}

func chatCreate(t *chatTest) {
	for name, private := range map[string]bool{"secret": true, "open": false} {
		begun := t.Now()
		spec := specOf(name)
		spec.Private = private
		made, err := t.Platform.Channels.Create(t.ctx(), spec)
		t.ok(err)
		ch := made.Channel
		if ch.ID == "" || ch.Name != name || ch.URL == "" {
			t.Errorf("created %+v", ch)
		}
		found, err := t.Platform.Channels.Find(t.ctx(), name, "crm/account/1", begun)
		t.ok(err)
		if found != ch {
			t.Errorf("found %+v, made %+v", found, ch)
		}
		if in := t.members(ch.ID); len(in) != 0 {
			t.Errorf("members of a new channel: %v", in)
		}
	}
}

func chatFindExact(t *chatTest) {
	t.create("acme-2")
	_, err := t.Platform.Channels.Find(t.ctx(), "acme", "crm/account/1", t.Now().Add(-time.Hour))
	t.is(err, connector.ErrNotFound)
	_, err = t.Platform.Channels.Find(t.ctx(), "acme-2", "crm/account/1", t.Now().Add(t.Platform.Limits.ClockSkew+time.Hour))
	t.is(err, connector.ErrNotFound)
	_, err = t.Platform.Channels.Find(t.ctx(), "acme-2", "crm/account/1", t.Now().Add(t.Platform.Limits.ClockSkew/2))
	t.ok(err)
}

// chatFindPurpose: a purpose tells whose a channel is, whatever its age.
func chatFindPurpose(t *chatTest) {
	if t.Platform.Describer == nil {
		return
	}
	ch := t.create("acme").ID
	t.ok(t.Platform.Describer.SetPurpose(t.ctx(), ch, "crm/account/R&D <1>"))
	later := t.Now().Add(t.Platform.Limits.ClockSkew + time.Hour)
	found, err := t.Platform.Channels.Find(t.ctx(), "acme", "crm/account/R&D <1>", later)
	t.ok(err)
	if found.ID != ch {
		t.Errorf("found %+v, want %s", found, ch)
	}
	_, err = t.Platform.Channels.Find(t.ctx(), "acme", "crm/account/2", t.Now())
	t.is(err, connector.ErrNotFound)
}

// chatOwn: a lost store is rebuilt from what the channels say of themselves.
func chatOwn(t *chatTest) {
	begun := t.Now()
	want := map[connector.ChannelID]connector.OwnChannel{}
	for _, name := range []string{"acme", "gone", "bare"} {
		ch := t.create(name)
		own := connector.OwnChannel{Channel: ch, Archived: name == "gone"}
		if t.Platform.Describer != nil && name != "bare" {
			own.Purpose, own.Topic = "crm/account/R&D <"+name+">", "R&D <"+name+">"
			t.ok(t.Platform.Describer.SetPurpose(t.ctx(), ch.ID, own.Purpose))
			t.ok(t.Platform.Describer.SetTopic(t.ctx(), ch.ID, own.Topic))
		}
		if own.Archived {
			t.Archive(ch.ID)
		}
		want[ch.ID] = own
	}
	got, err := t.Platform.Channels.Own(t.ctx())
	t.ok(err)
	if len(got) != len(want) {
		t.Errorf("%d channels, want %d: %+v", len(got), len(want), got)
	}
	for _, own := range got {
		if age := own.Created.Sub(begun).Abs(); age > t.Platform.Limits.ClockSkew {
			t.Errorf("%s was created %v from when it was made", own.Name, age)
		}
		own.Created = time.Time{}
		if own != want[own.ID] {
			t.Errorf("%+v, want %+v", own, want[own.ID])
		}
	}
	for _, fault := range []ChatFault{ChatFailed, ChatLost} {
		t.Spoil(ChatOwn, fault, 0)
		_, err = t.Platform.Channels.Own(t.ctx())
		t.is(err, connector.ErrTemporary)
	}
	t.Spoil(ChatOwn, ChatLimited, 0)
	_, err = t.Platform.Channels.Own(t.ctx())
	t.waits(err)
}

func chatNameTaken(t *chatTest) {
	first := t.create("acme")
	second, err := t.Platform.Channels.Create(t.ctx(), specOf("acme"))
	if t.Platform.Limits.UniqueNames {
		t.is(err, connector.ErrNameTaken)
		return
	}
	t.ok(err)
	if second.ID == first.ID {
		t.Error("a second channel of the name is the first one")
	}
}

func chatBadName(t *chatTest) {
	_, err := t.Platform.Channels.Create(t.ctx(), specOf(strings.Repeat("n", t.Platform.Limits.NameLength+1)))
	t.is(err, connector.ErrInvalidName)
}

func chatCreateLost(t *chatTest) {
	begun := t.Now()
	t.Spoil(ChatCreate, ChatLost, 0)
	_, err := t.Platform.Channels.Create(t.ctx(), specOf("acme"))
	t.is(err, connector.ErrUnknownOutcome)
	found, err := t.Platform.Channels.Find(t.ctx(), "acme", "crm/account/1", begun)
	t.ok(err)
	if found.Name != "acme" {
		t.Errorf("found %+v", found)
	}
}

func chatCreateLimited(t *chatTest) {
	begun := t.Now()
	t.Spoil(ChatCreate, ChatLimited, 0)
	_, err := t.Platform.Channels.Create(t.ctx(), specOf("acme"))
	t.waits(err)
	_, err = t.Platform.Channels.Find(t.ctx(), "acme", "crm/account/1", begun)
	t.is(err, connector.ErrNotFound)
}

func chatNoChannel(t *chatTest) {
	_, err := t.Platform.Channels.Observe(t.ctx(), t.NoChannel)
	t.is(err, connector.ErrChannelGone)
	_, err = t.Platform.Cards.Post(t.ctx(), t.NoChannel, "c1", connector.Card{Title: "Acme"})
	t.is(err, connector.ErrChannelGone)
	t.is(t.Platform.Members.Add(t.ctx(), t.NoChannel, t.crowd(1)), connector.ErrChannelGone)
	t.is(t.Platform.Members.Remove(t.ctx(), t.NoChannel, t.crowd(1)[0]), connector.ErrChannelGone)
}

func chatRename(t *chatTest) {
	if t.Platform.Renamer == nil {
		return
	}
	ch := t.create("acme")
	t.create("taken")
	name, err := t.Platform.Renamer.Rename(t.ctx(), ch.ID, "acme-new", "")
	t.ok(err)
	now, err := t.Platform.Renamer.Name(t.ctx(), ch.ID)
	t.ok(err)
	if name != "acme-new" || now != name {
		t.Errorf("renamed to %q, and is called %q", name, now)
	}
	if t.Platform.Limits.UniqueNames {
		_, err = t.Platform.Renamer.Rename(t.ctx(), ch.ID, "taken", "")
		t.is(err, connector.ErrNameTaken)
	}
	if t.Platform.Limits.TitleTogether && t.Platform.Describer != nil {
		_, err = t.Platform.Renamer.Rename(t.ctx(), ch.ID, "acme-newest", "Acme, newest")
		t.ok(err)
		topic, err := t.Platform.Describer.Topic(t.ctx(), ch.ID)
		t.ok(err)
		if topic != "Acme, newest" {
			t.Errorf("the topic that came with a name is %q", topic)
		}
	}
}

func chatDescribe(t *chatTest) {
	d := t.Platform.Describer
	if d == nil {
		return
	}
	ch := t.create("acme")
	const topic = "Acme & Sons <Berlin>, 阿克梅"
	t.ok(d.SetTopic(t.ctx(), ch.ID, topic))
	got, err := d.Topic(t.ctx(), ch.ID)
	t.ok(err)
	if got != topic {
		t.Errorf("topic %q, want %q", got, topic)
	}
	long := make([]rune, t.Platform.Limits.TopicLength+100)
	for i := range long {
		long[i] = '界'
	}
	other := t.create("other")
	t.ok(d.SetTopic(t.ctx(), other.ID, string(long)))
	t.ok(d.SetPurpose(t.ctx(), other.ID, "crm/account/4"))
	got, err = d.Topic(t.ctx(), other.ID)
	t.ok(err)
	if n := len([]rune(got)); n != t.Platform.Limits.TopicLength {
		t.Errorf("a long topic has %d characters", n)
	}
}

// chatFailures: what may be repeated is temporary, what may not has an unknown
// outcome.
func chatFailures(t *chatTest) {
	ch, member := t.create("acme"), t.crowd(1)
	for op, do := range map[ChatOp]func(context.Context) error{
		ChatFind: func(ctx context.Context) error {
			_, err := t.Platform.Channels.Find(ctx, "acme", "crm/account/1", t.Now())
			return err
		},
		ChatObserve: func(ctx context.Context) error { _, err := t.Platform.Channels.Observe(ctx, ch.ID); return err },
		ChatAdd:     func(ctx context.Context) error { return t.Platform.Members.Add(ctx, ch.ID, member) },
		ChatRemove:  func(ctx context.Context) error { return t.Platform.Members.Remove(ctx, ch.ID, member[0]) },
	} {
		t.Run(string(op), func(tt *testing.T) {
			sub := &chatTest{T: tt, ChatWorld: t.ChatWorld}
			for _, fault := range []ChatFault{ChatFailed, ChatLost} {
				t.Spoil(op, fault, 0)
				sub.is(do(sub.ctx()), connector.ErrTemporary)
			}
			t.Spoil(op, ChatLimited, 0)
			sub.waits(do(sub.ctx()))
		})
	}
	t.Spoil(ChatCreate, ChatFailed, 0)
	_, err := t.Platform.Channels.Create(t.ctx(), specOf("other"))
	t.is(err, connector.ErrUnknownOutcome)
}

func chatCancelled(t *chatTest) {
	ch := t.create("acme")
	ctx, cancel := context.WithCancel(t.ctx())
	cancel()
	if _, err := t.Platform.Channels.Observe(ctx, ch.ID); err == nil {
		t.Error("a reading under a cancelled context succeeded")
	}
}

func chatEstimate(t *chatTest) {
	if n := t.Platform.Calls(connector.Plan{}, 10); len(n) != 0 {
		t.Errorf("an empty plan costs %v", n)
	}
	plan := connector.Plan{Actions: []connector.Action{{Type: connector.ActionCreate, Value: "acme"}}}
	for range t.Platform.Limits.AddBatch + 1 {
		plan.Actions = append(plan.Actions, connector.Action{Type: connector.ActionAdd, Member: "m"})
	}
	total := 0
	for method, n := range t.Platform.Calls(plan, t.Platform.Limits.AddBatch+1) {
		if method == "" || n <= 0 {
			t.Errorf("%q costs %d", method, n)
		}
		total += n
	}
	if total < 3 {
		t.Errorf("creation and two batches cost %d calls", total)
	}
}
