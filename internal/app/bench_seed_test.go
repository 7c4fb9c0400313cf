package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
	"roomkeeper/crm/neutral"
	"roomkeeper/internal/app"
	"roomkeeper/internal/world"
)

// seeded is an engine that is filled without a chat platform: Groups as they
// are once everything agrees.
type seeded struct {
	connector.Engine
	crm   connector.CRM
	items map[connector.RecordKey]connector.RecordTeam
	users map[connector.UserID]connector.User
}

// policies are those of the rig's one kind.
func policies() connector.Policies {
	return connector.Policies{{
		Kind: connector.KindAccount, NameTemplate: "{name}", Private: true, Remove: connector.RemoveOwned,
		Leavers: connector.LeaversRespect, RemovalShare: 0.5, RemovalPeople: 1,
	}}
}

// seed fills the embedded store of the rig's folder.
func (r *rig) seed(tb testing.TB, state connector.GroupState) {
	tb.Helper()
	engine, err := bolt.Open(filepath.Join(r.dir, app.DatabaseFile), bolt.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	r.fill(tb, engine.Ports(), state)
	if err := engine.Close(); err != nil {
		tb.Fatal(err)
	}
}

// fill gives every account of the rig's CRM a Group in that state, with its
// team as members, and what a run of it leaves behind.
func (r *rig) fill(tb testing.TB, engine connector.Engine, state connector.GroupState) {
	tb.Helper()
	driver, err := neutral.New(neutral.Options{Name: "crm", URL: r.Base + "/crm", Token: world.CRMToken, Kinds: policies(), Concurrency: 4})
	if err != nil {
		tb.Fatal(err)
	}
	s := &seeded{Engine: engine, crm: driver, items: map[connector.RecordKey]connector.RecordTeam{}, users: map[connector.UserID]connector.User{}}
	if err := s.fill(context.Background(), state); err != nil {
		tb.Fatal(err)
	}
}

func (s *seeded) fill(ctx context.Context, state connector.GroupState) error {
	for cursor := ""; ; {
		page, err := s.crm.Changes.Page(ctx, connector.KindAccount, time.Time{}, cursor)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			s.items[item.Record.Key] = item
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if err := s.people(ctx); err != nil {
		return err
	}
	return s.groups(ctx, state)
}

// people makes everybody on a team known and linked.
func (s *seeded) people(ctx context.Context) error {
	var ids []connector.UserID
	seen := map[string]bool{}
	for _, item := range s.items {
		for _, entry := range item.Team.Entries {
			if id := entry.Principal.ID; !seen[id] {
				seen[id] = true
				ids = append(ids, connector.UserID(id))
			}
		}
	}
	users, err := s.crm.Users.UsersByID(ctx, ids)
	if err != nil {
		return err
	}
	var people []connector.Person
	for id, user := range users {
		s.users[id] = user
		people = append(people, connector.Person{User: user, ReadAt: time.Now(), Links: map[connector.PlatformID]connector.Link{
			"slack": {Member: memberOf(id), Source: connector.LinkEmail, Email: user.Email, At: time.Now()},
		}})
	}
	return s.People.SavePeople(ctx, people)
}

func memberOf(id connector.UserID) connector.MemberID { return connector.MemberID("M" + id) }

// groups stores the Groups and lets the product itself agree that nothing is
// to be done; a platform without ports would not survive anything else.
func (s *seeded) groups(ctx context.Context, state connector.GroupState) error {
	platforms := map[connector.PlatformID]connector.ChatPlatform{"slack": {ID: "slack", Limits: connector.Limits{NameLength: 80, TopicLength: 250}}}
	recoverer := &reconcile.Recoverer{Engine: s.Engine, Platforms: platforms}
	if err := recoverer.Fresh(ctx); err != nil {
		return err
	}
	ports := connector.CRM{Name: "crm", Records: s, Teams: s, Users: s}
	reconciler := reconcile.New(reconcile.Options{
		Engine: s.Engine, CRM: ports, Platforms: platforms, Policies: policies(), Details: sameDetails{}, Recovery: recoverer,
		Resolver:    &reconcile.Resolver{CRM: ports, People: s.People, Platforms: platforms, Clock: time.Now},
		DriftMaxAge: 24 * time.Hour, Observe: func(connector.Outcome, connector.Reason) {}, Clock: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	waiting, failed := make(chan connector.RecordTeam), make(chan error, len(s.items))
	var workers sync.WaitGroup
	for range 128 { // the engine gathers their writes into few transactions
		workers.Go(func() {
			for item := range waiting {
				g := s.group(item, state)
				if _, err := s.Groups.SaveGroup(ctx, g); err != nil {
					failed <- err
					continue
				}
				key := connector.JobKey{Lane: connector.LaneGroup, Group: g.ID}
				if end := reconciler.Run(ctx, connector.Lease{Key: key, Attempt: 1}); end.Outcome != connector.RunDone {
					failed <- fmt.Errorf("%s: %s", g.Record, end.Outcome)
				}
			}
		})
	}
	for _, item := range s.items {
		waiting <- item
	}
	close(waiting)
	workers.Wait()
	close(failed)
	return <-failed
}

func (s *seeded) group(item connector.RecordTeam, state connector.GroupState) connector.Group {
	r := item.Record
	g := connector.Group{
		ID: connector.GroupIDOf("slack", r.Key), Platform: "slack", Record: r.Key, RecordName: r.Name, RecordURL: r.URL,
		State: state, Origin: connector.CreatedByUs, CreatedAt: time.Now(), Purposed: true, Topic: r.Name, ChatReadAt: time.Now(),
		Channel: connector.Channel{ID: connector.ChannelID("C" + r.Key.ID), Name: "account-" + r.Key.ID},
	}
	for _, entry := range item.Team.Entries {
		id := connector.UserID(entry.Principal.ID)
		g.Memberships = append(g.Memberships, connector.Membership{
			User: id, Member: memberOf(id), Name: entry.Principal.Name, Status: connector.StatusMember, Owned: true, Seen: true, Since: time.Now(),
		})
	}
	return g
}

// Record implements connector.Records from what was listed.
func (s *seeded) Record(_ context.Context, key connector.RecordKey) (connector.Record, error) {
	return s.items[key].Record, nil
}

// Team implements connector.Teams from what was listed.
func (s *seeded) Team(_ context.Context, key connector.RecordKey) (connector.Team, error) {
	return s.items[key].Team, nil
}

// UsersByID implements connector.Users from what was read.
func (s *seeded) UsersByID(_ context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	found := map[connector.UserID]connector.User{}
	for _, id := range ids {
		found[id] = s.users[id]
	}
	return found, nil
}

// sameDetails leaves the details card as it is.
type sameDetails struct{}

// Refresh implements reconcile.Details.
func (sameDetails) Refresh(_ context.Context, g connector.Group, _ connector.Record) (connector.DetailsCard, error) {
	return g.Details, nil
}
