package discord_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/connector"
	"roomkeeper/internal/spectest"
	sandbox "roomkeeper/sandbox/discord"
)

// rig is an Adapter before a guild in memory, over HTTP.
type rig struct {
	*testing.T
	guild    *sandbox.Guild
	platform connector.ChatPlatform
}

// newRig opens a guild. parent is the type of the channel in which the kind
// "account" has threads: 0 a text channel, 15 a forum; -1: it has channels.
func newRig(t *testing.T, parent int, config sandbox.Config) *rig {
	t.Helper()
	config.BotToken = "rig"
	guild := sandbox.New(config)
	server := httptest.NewServer(guild.Handler())
	base := &http.Transport{}
	t.Cleanup(func() {
		base.CloseIdleConnections()
		server.Close()
		guild.Close()
	})
	o := discord.Options{
		Token: "rig", APIURL: server.URL + "/api/", GuildID: guild.GuildID(),
		Limiter: adaptertest.NewLimiter(), HTTP: spectest.DiscordRoundTripper(t, base),
	}
	if parent >= 0 {
		o.Threads = map[connector.Kind]string{"account": byHand(t, guild, "create", sandbox.Act{Name: "accounts", Type: parent})}
	}
	adapter, err := discord.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &rig{T: t, guild: guild, platform: adapter.Platform()}
}

func (r *rig) people(n int) []connector.MemberID {
	ids := make([]connector.MemberID, n)
	for i := range ids {
		ids[i] = connector.MemberID(r.guild.AddUser(sandbox.User{Name: fmt.Sprintf("p%d", i)}))
	}
	return ids
}

func (r *rig) create(name string, people ...connector.MemberID) connector.Created {
	r.Helper()
	made, err := r.platform.Channels.Create(r.Context(), connector.ChannelSpec{
		Kind: "account", Name: name, Private: true, Topic: "Topic of " + name, Purpose: "crm/account/" + name, Members: people,
	})
	r.ok(err)
	return made
}

func (r *rig) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("unexpected error: %v", err)
	}
}

func (r *rig) is(err, want error) {
	r.Helper()
	if !errors.Is(err, want) {
		r.Errorf("error %v, want %v", err, want)
	}
}

func (r *rig) state(name string) sandbox.StateChannel {
	r.Helper()
	ch, ok := r.guild.Channel(name)
	if !ok {
		r.Fatalf("no channel %s", name)
	}
	return ch
}

func (r *rig) members(id connector.ChannelID) []connector.MemberID {
	r.Helper()
	seen, err := r.platform.Channels.Observe(r.Context(), id)
	r.ok(err)
	return seen.Members
}

// TestOneCall: a channel with topic, purpose and people is one call, and from then
// on no list of overwrites is sent.
func TestOneCall(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	people := r.people(120)
	r.create("first", people[0])
	r.guild.ResetCounts()
	ctx := connector.WithCause(t.Context(), connector.Cause{Record: connector.RecordKey{CRM: "crm", Kind: "account", ID: "ä"}, Why: "made"})
	made, err := r.platform.Channels.Create(ctx, connector.ChannelSpec{Kind: "deal", Name: "acme", Private: true, Topic: "T", Purpose: "p", Members: people})
	r.ok(err)
	if counts := r.guild.Counts(); len(counts) != 1 || counts["POST /guilds/{guild}/channels"].Arrived != 1 {
		t.Errorf("calls %v", counts)
	}
	if got := len(r.members(made.ID)); got != 98 || !made.Members || !made.Topic || !made.Purpose {
		t.Errorf("%d members, %+v", got, made)
	}
	r.ok(r.platform.Members.Add(ctx, made.ID, people))
	r.ok(r.platform.Members.Remove(ctx, made.ID, people[3]))
	if got := len(r.members(made.ID)); got != 119 {
		t.Errorf("%d members", got)
	}
	if n := r.guild.Counts()["PUT /channels/{channel}/permissions/{id}"].Arrived; n != 22 {
		t.Errorf("%d people were let in one by one, want 22", n)
	}
	if state := r.guild.State(); !slices.ContainsFunc(state.Audit, func(a sandbox.StateAudit) bool { return a.Reason == "crm/account/ä: made" }) {
		t.Errorf("audit log %+v", state.Audit)
	}
	for _, call := range r.guild.Calls(0, "PATCH /channels/{channel}") {
		if strings.Contains(call.Body, "permission_overwrites") {
			t.Errorf("a list of overwrites: %s", call.Body)
		}
	}
	if !strings.HasPrefix(made.URL, "https://discord.com/channels/"+r.guild.GuildID()+"/") {
		t.Errorf("link %s", made.URL)
	}
}

// TestCategories: a category takes 50 channels, and then there is another one.
func TestCategories(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	for i := range 103 {
		r.create(fmt.Sprintf("c%d", i))
	}
	children := map[string]int{}
	state := r.guild.State()
	names := map[string]string{}
	for _, ch := range state.Channels {
		names[ch.ID] = ch.Name
		if ch.Kind != "category" {
			children[names[ch.Parent]]++
		}
	}
	if children["CRM"] != 50 || children["CRM 2"] != 50 || children["CRM 3"] != 3 {
		t.Errorf("channels by category: %v", children)
	}
	rooms := r.platform.Rooms.Rooms()
	if len(rooms) != 1 || rooms[0].Used != 106 || rooms[0].Limit != 500 {
		t.Errorf("rooms %+v", rooms)
	}
}

// TestCategoryFilledByHand: what was counted a moment ago may be wrong.
func TestCategoryFilledByHand(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	r.create("first")
	for i := range 49 {
		byHand(t, r.guild, "create", sandbox.Act{Name: fmt.Sprintf("hand%d", i), Parent: "CRM"})
	}
	r.create("second")
	if got, want := r.state("second").Parent, r.state("CRM 2").ID; got != want {
		t.Errorf("in %s, want %s", got, want)
	}
}

func TestGuildFull(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	r.create("first")
	for i := range 498 {
		byHand(t, r.guild, "create", sandbox.Act{Name: fmt.Sprintf("hand%d", i)})
	}
	_, err := r.platform.Channels.Create(t.Context(), connector.ChannelSpec{Kind: "account", Name: "last", Private: true})
	r.is(err, connector.ErrFull)
}

// TestArchive: nobody but us writes in an archived channel, and everybody again
// in one that was opened.
func TestArchive(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	people := r.people(2)
	made := r.create("acme", people...)
	before := r.state("acme")
	for range 2 {
		r.ok(r.platform.Archiver.Archive(t.Context(), made.ID))
	}
	closed := r.state("acme")
	if closed.Parent != r.state("CRM archive").ID || !closed.Private || !slices.Equal(closed.Members, before.Members) {
		t.Errorf("archived: %+v", closed)
	}
	if i := slices.IndexFunc(closed.Overwrites, func(o sandbox.Overwrite) bool { return o.ID == r.guild.GuildID() }); i < 0 ||
		!closed.Overwrites[i].Deny.Has(sandbox.SendMessages|sandbox.ViewChannel) {
		t.Errorf("overwrites %+v", closed.Overwrites)
	}
	own, err := r.platform.Channels.Own(t.Context())
	r.ok(err)
	if len(own) != 1 || !own[0].Archived || own[0].Topic != "Topic of acme" || own[0].Purpose != "crm/account/acme" {
		t.Errorf("own %+v", own)
	}
	for range 2 {
		r.ok(r.platform.Unarchiver.Unarchive(t.Context(), made.ID))
	}
	if open := r.state("acme"); open.Parent != before.Parent || !slices.Equal(open.Overwrites, before.Overwrites) {
		t.Errorf("opened: %+v, before %+v", open, before)
	}
}

// TestNobodyGoesFromAnArchivedChannel: what was read before it was archived is not
// gone by.
func TestNobodyGoesFromAnArchivedChannel(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	people := r.people(2)
	made := r.create("acme", people...)
	r.members(made.ID)
	r.ok(r.platform.Archiver.Archive(t.Context(), made.ID))
	r.is(r.platform.Members.Remove(t.Context(), made.ID, people[0]), connector.ErrArchived)
	r.is(r.platform.Members.Add(t.Context(), made.ID, people), connector.ErrArchived)
}

func TestStanding(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	for name, c := range map[string]struct {
		user  sandbox.User
		want  connector.PendingReason
		admin bool
	}{
		"a member":             {user: sandbox.User{}},
		"a bot":                {user: sandbox.User{Bot: true}, want: connector.ReasonNoAccount},
		"before the screening": {user: sandbox.User{Pending: true}, want: connector.ReasonGuest},
		"elsewhere":            {user: sandbox.User{Outside: true}, want: connector.ReasonOtherWorkspace},
		"an admin":             {user: sandbox.User{Admin: true}, admin: true},
	} {
		c.user.Name = name
		id := connector.MemberID(r.guild.AddUser(c.user))
		account, err := r.platform.Accounts.Account(t.Context(), id)
		r.ok(err)
		if account.Reason != c.want || (account.Member == id) != (c.want == "") {
			t.Errorf("%s: %+v", name, account)
		}
		admin, err := r.platform.Accounts.Admin(t.Context(), id)
		r.ok(err)
		if admin != c.admin {
			t.Errorf("%s: admin %v", name, admin)
		}
	}
	owner := connector.MemberID(r.guild.OwnerID())
	if admin, err := r.platform.Accounts.Admin(t.Context(), owner); err != nil || !admin {
		t.Errorf("the owner: %v, %v", admin, err)
	}
	for _, id := range []connector.MemberID{"", "../../users/@me", "U123", "-1"} {
		account, err := r.platform.Accounts.Account(t.Context(), id)
		if err != nil || account.Reason != connector.ReasonNoAccount {
			t.Errorf("%q: %+v, %v", id, account, err)
		}
	}
}

func TestStrangerIsNotLetIn(t *testing.T) {
	for _, parent := range []int{-1, 0} {
		r := newRig(t, parent, sandbox.Config{})
		made := r.create("acme")
		outside := connector.MemberID(r.guild.AddUser(sandbox.User{Name: "outside", Outside: true}))
		var failed *connector.MembersError
		err := r.platform.Members.Add(t.Context(), made.ID, append(r.people(1), outside, "no id"))
		if !errors.As(err, &failed) || len(failed.Failed) != 2 || len(r.members(made.ID)) != 1 {
			t.Errorf("%v", err)
		}
	}
}

func TestNotInTheGuild(t *testing.T) {
	guild := sandbox.New(sandbox.Config{BotToken: "rig"})
	server := httptest.NewServer(guild.Handler())
	base := &http.Transport{}
	defer func() { base.CloseIdleConnections(); server.Close(); guild.Close() }()
	adapter, err := discord.New(discord.Options{
		Token: "rig", APIURL: server.URL + "/api/", GuildID: noBody, Limiter: adaptertest.NewLimiter(), HTTP: base, CallTimeout: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = adapter.Whoami(t.Context())
	if !errors.Is(err, connector.ErrUnauthorized) || !strings.Contains(err.Error(), "not in the guild "+noBody) {
		t.Errorf("%v", err)
	}
}

// TestHandMadeOverwrite: what people set for somebody stays beside our own bit.
func TestHandMadeOverwrite(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	people := r.people(2)
	made := r.create("acme", people[0])
	byHand(t, r.guild, "shut", sandbox.Act{Channel: string(made.ID), User: string(people[0])})
	if got := r.members(made.ID); len(got) != 0 {
		t.Errorf("members %v", got)
	}
	r.ok(r.platform.Members.Remove(t.Context(), made.ID, people[0])) // nobody to remove: the overwrite stays
	if n := len(r.state("acme").Overwrites); n != 3 {
		t.Errorf("%d overwrites", n)
	}
	r.ok(r.platform.Members.Add(t.Context(), made.ID, people))
	if got := r.members(made.ID); len(got) != 2 {
		t.Errorf("members %v", got)
	}
}

// TestFindOursOnly: a channel of somebody else is not ours for its name.
func TestFindOursOnly(t *testing.T) {
	r := newRig(t, -1, sandbox.Config{})
	since := time.Now()
	byHand(t, r.guild, "create", sandbox.Act{Name: "acme"})
	_, err := r.platform.Channels.Find(t.Context(), "acme", "crm/account/1", since)
	r.is(err, connector.ErrNotFound)
	own, err := r.platform.Channels.Own(t.Context())
	r.ok(err)
	if len(own) != 0 {
		t.Errorf("own %+v", own)
	}
	made := r.create("acme")
	found, err := r.platform.Channels.Find(t.Context(), "acme", "crm/account/1", since)
	if found.ID == made.ID { // it carries another purpose
		t.Errorf("found %+v, %v", found, err)
	}
	found, err = r.platform.Channels.Find(t.Context(), "acme", "crm/account/acme", since.Add(time.Hour))
	r.ok(err)
	if found.ID != made.ID {
		t.Errorf("found %+v", found)
	}
}
