package reconcile

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// Resolver turns a Record and its Related Team into the people who should be
// in its channel.
type Resolver struct {
	CRM       connector.CRM
	People    connector.People
	Platforms map[connector.PlatformID]connector.ChatPlatform
	// Ignore names machines: users who are never wanted.
	Ignore map[connector.UserID]bool
	Clock  func() time.Time
}

// Read reads Record and team, both or an error.
func (r *Resolver) Read(ctx context.Context, key connector.RecordKey) (connector.RecordTeam, error) {
	record, err := r.CRM.Records.Record(ctx, key)
	if err != nil {
		return connector.RecordTeam{}, fmt.Errorf("read record: %w", err)
	}
	team, err := r.CRM.Teams.Team(ctx, key)
	if err != nil {
		return connector.RecordTeam{}, fmt.Errorf("read team: %w", err)
	}
	return connector.RecordTeam{Record: record, Team: team}, nil
}

// Desired reads a Record and resolves its people, for questions that need a
// fresh answer.
func (r *Resolver) Desired(ctx context.Context, platform connector.PlatformID, key connector.RecordKey) (connector.Record, Desired, error) {
	read, err := r.Read(ctx, key)
	if err != nil {
		return connector.Record{}, Desired{}, err
	}
	want, err := r.Resolve(ctx, platform, read)
	return read.Record, want, err
}

// Resolve finds the people of one reading. An error that leaves Desired
// usable is a *PartialError: people without an answer yet are in it with
// the reason rate_wait, and the run should come back.
func (r *Resolver) Resolve(ctx context.Context, platform connector.PlatformID, read connector.RecordTeam) (Desired, error) {
	paths := pathsOf(read)
	users, err := r.CRM.Users.UsersByID(ctx, paths.order)
	if err != nil {
		return Desired{}, fmt.Errorf("read users: %w", err)
	}
	want := Desired{
		Inactive:   map[connector.UserID]bool{},
		Unknown:    map[connector.UserID]bool{},
		UnknownWhy: map[connector.UserID][]connector.Path{},
		Unresolved: paths.unresolved,
	}
	for _, id := range paths.order {
		user, known := users[id]
		switch {
		case r.Ignore[id], user.External:
		case !known:
			want.Unknown[id], want.UnknownWhy[id] = true, paths.of[id]
		case !user.Active:
			want.Inactive[id] = true
		default:
			want.Wanted = append(want.Wanted, Wanted{User: user, Why: paths.of[id]})
		}
	}
	return want, r.link(ctx, platform, &want)
}

// PartialError says that some people could not be looked up yet.
type PartialError struct{ Err error }

func (e *PartialError) Error() string { return "people not looked up yet: " + e.Err.Error() }

// Unwrap returns what stopped the look-ups.
func (e *PartialError) Unwrap() error { return e.Err }
