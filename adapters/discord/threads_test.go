package discord_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"roomkeeper/adapters/discord"
	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/connector"
	sandbox "roomkeeper/sandbox/discord"
)

// TestIdleThread: a thread that slept is opened for what is to be done in it; one
// that was closed stays closed.
func TestIdleThread(t *testing.T) {
	r := newRig(t, 0, sandbox.Config{})
	made := r.create("acme")
	people := r.people(1)
	asleep := func() { byHand(t, r.guild, "archive", sandbox.Act{Channel: string(made.ID)}) }
	for name, do := range map[string]func() error{
		"add":     func() error { return r.platform.Members.Add(t.Context(), made.ID, people) },
		"rename":  func() error { _, err := r.platform.Renamer.Rename(t.Context(), made.ID, "acme 2", "x"); return err },
		"purpose": func() error { return r.platform.Describer.SetPurpose(t.Context(), made.ID, "crm/account/acme") },
	} {
		asleep()
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	asleep()
	if got := r.members(made.ID); !slices.Equal(got, people) {
		t.Errorf("members of a sleeping thread %v", got)
	}
	r.ok(r.platform.Archiver.Archive(t.Context(), made.ID))
	r.is(r.platform.Members.Add(t.Context(), made.ID, r.people(1)), connector.ErrArchived)
	if ch := r.state(string(made.ID)); !ch.Archived || !ch.Locked {
		t.Errorf("closed: %+v", ch)
	}
}

// TestThreadKinds: what is made where, and what carries the purpose.
func TestThreadKinds(t *testing.T) {
	for _, c := range []struct {
		parent   int
		kind     string
		purposed bool
	}{{0, "private_thread", false}, {15, "public_thread", true}} {
		r := newRig(t, c.parent, sandbox.Config{})
		made := r.create("Acme & Sons")
		ch := r.state(string(made.ID))
		if ch.Kind != c.kind || made.Purpose != c.purposed || made.Topic || made.Members || ch.ArchiveAfter != 10080 || made.Name != "Acme & Sons" {
			t.Errorf("%+v, %+v", made, ch)
		}
		for range 2 {
			r.ok(r.platform.Describer.SetPurpose(t.Context(), made.ID, "crm/account/Acme & Sons"))
		}
		if n := len(r.state(string(made.ID)).Messages); n != 1 {
			t.Errorf("%d messages carry the purpose", n)
		}
		other := newRigOn(t, r) // a service that knows nothing
		own, err := other.Channels.Own(t.Context())
		r.ok(err)
		if len(own) != 1 || own[0].Purpose != "crm/account/Acme & Sons" {
			t.Errorf("own %+v", own)
		}
	}
}

// newRigOn is another Adapter for the same guild.
func newRigOn(t *testing.T, r *rig) connector.ChatPlatform {
	t.Helper()
	parent, _ := r.guild.Channel("accounts")
	server := httptest.NewServer(r.guild.Handler())
	base := &http.Transport{}
	t.Cleanup(func() { base.CloseIdleConnections(); server.Close() })
	adapter, err := discord.New(discord.Options{
		Token: "rig", APIURL: server.URL + "/api/", GuildID: r.guild.GuildID(), Limiter: adaptertest.NewLimiter(), HTTP: base,
		Threads: map[connector.Kind]string{"account": parent.ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	return adapter.Platform()
}

// TestThreadsFull: the thread that was quiet for the longest time makes room.
func TestThreadsFull(t *testing.T) {
	r := newRig(t, 0, sandbox.Config{})
	r.guild.UpdateSettings(func(s *sandbox.Settings) { s.MaxThreads = 12 })
	first := r.create("first")
	for i := range 20 {
		r.create(fmt.Sprintf("t%d", i))
	}
	if !r.state(string(first.ID)).Archived {
		t.Error("the oldest thread is still active")
	}
	_, err := r.platform.Cards.Post(t.Context(), first.ID, "c", connector.Card{Title: "Acme"})
	r.ok(err)
	active := 0
	for _, ch := range r.guild.State().Channels {
		if ch.Kind == "private_thread" && !ch.Archived {
			active++
		}
	}
	if active > 12 || r.state(string(first.ID)).Archived {
		t.Errorf("%d threads are active", active)
	}
}

// TestWithoutIntent says what is to be switched on.
func TestWithoutIntent(t *testing.T) {
	r := newRig(t, 0, sandbox.Config{NoMembers: true})
	made := r.create("acme")
	_, err := r.platform.Channels.Observe(t.Context(), made.ID)
	r.is(err, connector.ErrUnsupported)
	if !strings.Contains(err.Error(), "Server Members Intent") {
		t.Error(err)
	}
}

// TestParentHidden: a channel of threads that is gone is no channel that is gone.
func TestParentHidden(t *testing.T) {
	r := newRig(t, 0, sandbox.Config{})
	byHand(t, r.guild, "shut", sandbox.Act{Channel: "accounts", User: r.guild.BotUserID()})
	_, err := r.platform.Channels.Create(t.Context(), connector.ChannelSpec{Kind: "account", Name: "acme", Private: true})
	r.is(err, connector.ErrForbidden)
	if errors.Is(err, connector.ErrChannelGone) || errors.Is(err, connector.ErrNotInChannel) {
		t.Error(err)
	}
}
