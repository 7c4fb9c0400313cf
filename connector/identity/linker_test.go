package identity_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/identity"
)

const (
	slack   = connector.PlatformID("slack")
	discord = connector.PlatformID("discord")
)

// rig is a Linker over a real engine, with two platforms and a CRM in memory.
type rig struct {
	*identity.Linker
	*testing.T
	slack, discord *connectortest.MemoryChat
	crm            *connectortest.MemoryCRM
	queued         map[connector.GroupID]connector.Job
}

// queue notes what is queued.
type queue struct {
	connector.Queue
	rig *rig
}

func (q queue) Add(ctx context.Context, jobs ...connector.Job) error {
	for _, job := range jobs {
		q.rig.queued[job.Key.Group] = job
	}
	return q.Queue.Add(ctx, jobs...)
}

func newRig(t *testing.T) *rig {
	t.Helper()
	clock := connectortest.NewEngineClock()
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "state.db"), bolt.Options{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	r := &rig{
		T: t, slack: connectortest.NewMemoryChat(slack, clock.Now), discord: connectortest.NewMemoryChat(discord, clock.Now),
		crm: connectortest.NewMemoryCRM("crm", clock.Now), queued: map[connector.GroupID]connector.Job{},
	}
	r.discord.SetManners(connectortest.Manners{NoDirectory: true})
	engine := store.Ports()
	engine.Queue = queue{engine.Queue, r}
	r.Linker = &identity.Linker{
		Engine: engine, CRM: r.crm.Port(), Clock: clock.Now, Logger: slog.New(slog.DiscardHandler),
		Platforms: map[connector.PlatformID]connector.ChatPlatform{slack: r.slack.Platform(), discord: r.discord.Platform()},
	}
	r.crm.PutUser(connector.User{ID: "1", Name: "Ann", Email: "Ann@example.com ", Active: true}, connector.User{ID: "2", Name: "Bo", Active: true})
	for _, chat := range []*connectortest.MemoryChat{r.slack, r.discord} {
		for _, name := range []string{"ann", "bo", "cy"} {
			chat.Person(name)
		}
		chat.SetAccount("guest", connector.ReasonGuest)
	}
	return r
}

func (r *rig) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("unexpected error: %v", err)
	}
}

// group stores a Group that names a User and a Member.
func (r *rig) group(id string, platform connector.PlatformID, user connector.UserID, member connector.MemberID) {
	r.Helper()
	_, err := r.Engine.Groups.SaveGroup(r.Context(), connector.Group{
		ID: connector.GroupID(id), Platform: platform, State: connector.GroupActive,
		Memberships: []connector.Membership{{User: "other"}, {User: user, Member: member}},
	})
	r.ok(err)
}

// wasQueued takes what was queued since the last time.
func (r *rig) wasQueued(want ...connector.GroupID) {
	r.Helper()
	if got := slices.Sorted(maps.Keys(r.queued)); !slices.Equal(got, want) {
		r.Errorf("queued %v, want %v", got, want)
	}
	clear(r.queued)
}

func (r *rig) links(id connector.UserID, want identity.Links) {
	r.Helper()
	got, err := r.Get(r.Context(), id)
	r.ok(err)
	if !maps.Equal(got, want) {
		r.Errorf("user %s has %v, want %v", id, got, want)
	}
}

func TestSet(t *testing.T) {
	r := newRig(t)
	r.links("1", identity.Links{})
	r.group("wanted", slack, "1", "")
	r.group("else", slack, "2", "U:cy")
	r.group("by-member", slack, "", "U:ann")
	r.group("other-platform", discord, "1", "")
	r.group("other-member", discord, "", "U:ann")
	r.ok(r.Set(t.Context(), "1", slack, "U:ann", "api:ops"))
	r.links("1", identity.Links{slack: "U:ann"})
	r.wasQueued("by-member", "other-platform", "wanted")
	people, err := r.Engine.People.People(t.Context(), []connector.UserID{"1"})
	r.ok(err)
	if p := people["1"]; p.User.Name != "Ann" || p.Links[slack].By != "api:ops" || p.Links[slack].At.IsZero() {
		t.Errorf("stored %+v", p)
	}

	// Somebody waits; whom the Link leaves is concerned too.
	ctx := connector.WithUrgent(t.Context())
	r.ok(r.Set(ctx, "1", slack, "U:cy", "member:U:ann"))
	for id, job := range r.queued {
		if !job.Urgent {
			t.Errorf("%s is not urgent", id)
		}
	}
	r.wasQueued("by-member", "else", "other-platform", "wanted")
	// Two Users on one Member.
	r.ok(r.Set(t.Context(), "2", slack, "U:cy", "api:ops"))
	users, err := r.Engine.People.UsersOf(t.Context(), slack, "U:cy")
	r.ok(err)
	if !slices.Equal(users, []connector.UserID{"1", "2"}) {
		t.Errorf("cy is %v", users)
	}
}

func TestReplaceAndDelete(t *testing.T) {
	r := newRig(t)
	r.ok(r.Replace(t.Context(), "1", identity.Links{slack: "U:ann", discord: "U:bo"}, "api:ops"))
	r.ok(r.Replace(t.Context(), "1", identity.Links{discord: "U:ann"}, "api:ops"))
	r.links("1", identity.Links{discord: "U:ann"})
	// What was found out is no business of theirs.
	r.ok(r.Engine.People.SavePeople(t.Context(), []connector.Person{{
		User:  connector.User{ID: "1", Active: true},
		Links: map[connector.PlatformID]connector.Link{slack: {Member: "U:bo", Source: connector.LinkEmail}},
	}}))
	r.group("g", slack, "1", "U:bo")
	r.ok(r.Delete(t.Context(), "1", slack, "api:ops"))
	r.ok(r.Delete(t.Context(), "1", discord, "api:ops"))
	r.wasQueued("g")
	r.links("1", identity.Links{})
	people, err := r.Engine.People.People(t.Context(), []connector.UserID{"1"})
	r.ok(err)
	if link := people["1"].Links[slack]; link.Source != connector.LinkEmail || link.Member != "U:bo" {
		t.Errorf("found out: %+v", link)
	}
	r.ok(r.Clear(t.Context(), "1", "api:ops"))
	r.wasQueued("g")
}

// Somebody whom the CRM has forgotten can still be unlinked, and not be linked.
func TestForgottenUser(t *testing.T) {
	r := newRig(t)
	r.ok(r.Set(t.Context(), "1", slack, "U:ann", "api:ops"))
	r.crm.DropUser("1")
	if err := r.Set(t.Context(), "1", slack, "U:bo", "api:ops"); !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("set: %v", err)
	}
	r.links("1", identity.Links{slack: "U:ann"})
	r.ok(r.Clear(t.Context(), "1", "api:ops"))
	r.links("1", identity.Links{})
}

func TestRefused(t *testing.T) {
	away := errors.New("away")
	tests := map[string]struct {
		user     connector.UserID
		platform connector.PlatformID
		member   connector.MemberID
		reason   connector.PendingReason
		field    string
		want     error
	}{
		"unknown user":    {user: "404", platform: slack, member: "U:ann", want: connector.ErrNotFound},
		"no user":         {user: " ", platform: slack, member: "U:ann", field: "user_id"},
		"no account":      {user: "1", platform: slack, member: "U:nobody", reason: connector.ReasonNoAccount},
		"a guest":         {user: "1", platform: discord, member: "U:guest", reason: connector.ReasonGuest},
		"no id":           {user: "1", platform: slack, member: "", field: "slack"},
		"other platform":  {user: "1", platform: "teams", member: "U:ann", field: "teams"},
		"platform is out": {user: "1", platform: slack, member: "U:ann", want: away},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.ok(r.Set(t.Context(), "1", discord, "U:ann", "api:ops"))
			if errors.Is(test.want, away) {
				r.slack.Calls.Spoil(string(connectortest.ChatAccount), 0, connectortest.MemoryFault{Err: away})
			}
			err := r.Replace(t.Context(), test.user, identity.Links{test.platform: test.member}, "api:ops")
			var account *identity.AccountError
			var meaning *connector.MeaningError
			switch {
			case test.want != nil && !errors.Is(err, test.want),
				test.reason != "" && (!errors.As(err, &account) || account.Reason != test.reason),
				test.field != "" && (!errors.As(err, &meaning) || meaning.Field != test.field):
				t.Errorf("got %v", err)
			}
			r.links("1", identity.Links{discord: "U:ann"})
		})
	}
	r := newRig(t)
	for _, id := range []connector.UserID{"404"} {
		if _, err := r.Get(t.Context(), id); !errors.Is(err, connector.ErrNotFound) {
			t.Errorf("get: %v", err)
		}
		if err := r.Clear(t.Context(), id, ""); !errors.Is(err, connector.ErrNotFound) {
			t.Errorf("clear: %v", err)
		}
	}
}

func TestFind(t *testing.T) {
	r := newRig(t)
	user := func(id connector.UserID, email string, active, external bool) connector.User {
		return connector.User{ID: id, Email: email, Active: active, External: external}
	}
	r.crm.PutUser(
		user("3", "two@example.com", true, false), user("4", "TWO@example.com", true, false),
		user("5", "gone@example.com", false, false), user("6", "partner@example.com", true, true),
		user("7", "one@example.com", true, false), user("8", "one@example.com", false, false), user("9", "one@example.com", true, true),
	)
	for email, want := range map[string]error{
		" ann@EXAMPLE.com": nil, "one@example.com": nil, "two@example.com": identity.ErrSeveral, "": identity.ErrNobody,
		"gone@example.com": identity.ErrNobody, "partner@example.com": identity.ErrNobody, "nn@example.com": identity.ErrNobody,
	} {
		found, err := r.Find(t.Context(), email)
		if !errors.Is(err, want) || (err == nil) != (found.ID != "") {
			t.Errorf("%q: %v, %v; want %v", email, found.ID, err, want)
		}
	}
	r.CRM.Finder = loose{r.CRM.Finder}
	if found, err := r.Find(t.Context(), "nn@example.com"); !errors.Is(err, identity.ErrNobody) {
		t.Errorf("somebody with another address: %v, %v", found.ID, err)
	}
	r.CRM.Finder = nil
	if _, err := r.Find(t.Context(), "one@example.com"); !errors.Is(err, connector.ErrUnsupported) {
		t.Errorf("without a finder: %v", err)
	}
}

// loose is a CRM that answers with somebody else too.
type loose struct{ connector.UserFinder }

func (l loose) UsersByEmail(ctx context.Context, email string) ([]connector.User, error) {
	users, err := l.UserFinder.UsersByEmail(ctx, email)
	return append(users, connector.User{ID: "1", Email: "ann@example.com", Active: true}), err
}

// failing is an engine that cannot list its Groups.
type failing struct {
	connector.Groups
	err error
}

func (f failing) ListGroups(context.Context, connector.GroupQuery) (connector.GroupPage, error) {
	return connector.GroupPage{}, f.err
}
