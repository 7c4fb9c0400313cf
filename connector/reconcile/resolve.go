package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// Resolver turns a Record and its Related Team into the people who should be
// in its channel.
type Resolver struct {
	CRM       connector.CRM
	People    connector.People
	Platforms map[connector.PlatformID]connector.ChatPlatform
	// Policies say whose users belong to a Record, and whether they join by
	// themselves; a kind without one has a Related Team.
	Policies connector.Policies
	// Types are the principals on a Related Team that are expanded, beyond users.
	Types map[connector.PrincipalType]bool
	// Expander expands them; nil: nobody is behind any as far as is known.
	Expander *Expander
	// Ignore names machines: users who are never wanted, and who stay where somebody
	// let them in by hand.
	Ignore map[connector.UserID]bool
	Clock  func() time.Time
}

// Known is what a reading is resolved against.
type Known struct {
	// Rows are the memberships as they were last stored: whom a principal brought
	// that the CRM does not know just now stays.
	Rows []connector.Membership
	// Ask is who asks, or is asked about. Where people join by themselves, only
	// they and those with a row are looked up.
	Ask Asker
	// SelfEnrol is how it was: who belongs is not counted anew while the CRM does not
	// know all principals.
	SelfEnrol bool
}

// Asker is a Member, and the Users that they are as far as is known; or somebody of
// whom only the name is known.
type Asker struct {
	Member connector.MemberID
	Users  []connector.UserID
	Name   string
}

// Read reads Record and team, both or an error.
func (r *Resolver) Read(ctx context.Context, key connector.RecordKey) (connector.RecordTeam, error) {
	record, err := r.CRM.Records.Record(ctx, key)
	if err != nil {
		return connector.RecordTeam{}, fmt.Errorf("read record: %w", err)
	}
	if policy, _ := r.Policies.Kind(string(key.Kind)); policy.MembersOf != "" {
		return connector.RecordTeam{Record: record}, nil
	}
	team, err := r.CRM.Teams.Team(ctx, key)
	if err != nil {
		return connector.RecordTeam{}, fmt.Errorf("read team: %w", err)
	}
	return connector.RecordTeam{Record: record, Team: team}, nil
}

// Desired reads a Record and resolves its people, for questions that need a
// fresh answer. ask is who asks.
func (r *Resolver) Desired(ctx context.Context, platform connector.PlatformID, key connector.RecordKey, ask Asker) (connector.Record, Desired, error) {
	read, err := r.Read(ctx, key)
	if err != nil {
		return connector.Record{}, Desired{}, err
	}
	want, err := r.Resolve(ctx, platform, read, Known{Ask: ask})
	// Without an answer the names stay that the entries have.
	_ = r.nameOutside(ctx, want.Outside)
	return read.Record, want, err
}

// Resolve finds the people of one reading. An error that leaves Desired
// usable is a *PartialError: people without an answer yet are in it with
// the reason rate_wait, and the run should come back.
func (r *Resolver) Resolve(ctx context.Context, platform connector.PlatformID, read connector.RecordTeam, known Known) (Desired, error) {
	paths, err := r.pathsOf(ctx, read)
	if err != nil {
		return Desired{}, fmt.Errorf("read team: %w", err)
	}
	kept := paths.keep(known.Rows)
	want := Desired{
		Inactive:   map[connector.UserID]bool{},
		Unknown:    map[connector.UserID]bool{},
		UnknownWhy: map[connector.UserID][]connector.Path{},
		Missing:    len(paths.missing) > 0,
		Unresolved: paths.unresolved,
		Listed:     len(paths.order),
		SelfEnrol:  r.selfEnrol(read.Record.Key.Kind, len(paths.order)) || known.SelfEnrol && len(paths.missing) > 0,
		Principals: paths.principals(),
		Expansions: expansionsDigest(paths.expanded),
		leads:      paths.leads,
		expanded:   paths.expanded,
	}
	ids, places := paths.order, known.places()
	if want.SelfEnrol && !r.sendsAway(read.Record.Key.Kind) {
		if known.Ask.Users, err = r.told(ctx, platform, known.Ask, ids); err != nil {
			return Desired{}, err
		}
		ids = known.among(ids, paths)
	}
	off := known.off(paths)
	users, err := r.CRM.Users.UsersByID(ctx, slices.Concat(ids, off))
	if err != nil {
		return Desired{}, fmt.Errorf("read users: %w", err)
	}
	for _, id := range off {
		if user, there := users[id]; there && !user.Active && !user.External {
			want.Inactive[id] = true
		}
	}
	for _, id := range ids {
		user, there := users[id]
		switch {
		case r.Ignore[id]:
		case !there:
			want.Unknown[id], want.UnknownWhy[id] = true, paths.of[id]
		case user.External:
			want.Outside = append(want.Outside, Outsider{User: user, Why: paths.of[id]})
		case !user.Active:
			want.Inactive[id] = true
			want.Outside = append(want.Outside, Outsider{User: user, Why: paths.of[id]})
		default:
			want.Wanted = append(want.Wanted, Wanted{User: user, Why: paths.of[id], Kept: kept[id], place: places[id].Member, stays: isIn(places[id].Status) && places[id].Reason != ""})
		}
	}
	want.Outside = sortedOutside(append(want.Outside, paths.outside...))
	return want, r.link(ctx, platform, &want)
}

// selfEnrol reports whether people join a Record's channel by themselves, when so
// many belong to it.
func (r *Resolver) selfEnrol(kind connector.Kind, listed int) bool {
	policy, _ := r.Policies.Kind(string(kind))
	return policy.SelfEnrol || policy.EnrolLimit > 0 && listed > policy.EnrolLimit
}

// sendsAway reports whether people may be removed whom Roomkeeper did not add: then
// it has to be known of everybody whether they belong.
func (r *Resolver) sendsAway(kind connector.Kind) bool {
	policy, _ := r.Policies.Kind(string(kind))
	return policy.Extras == connector.ExtrasKick || policy.Remove == connector.RemoveStrict
}

// told are the Users that the CRM says an unknown Member is, or whose name begins so,
// among so many.
func (r *Resolver) told(ctx context.Context, platform connector.PlatformID, ask Asker, ids []connector.UserID) ([]connector.UserID, error) {
	if ask.Member == "" && ask.Name == "" || len(ask.Users) > 0 {
		return ask.Users, nil
	}
	users, err := r.CRM.Users.UsersByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	var told []connector.UserID
	for id, user := range users {
		if ask.Member != "" && user.Links[platform] == ask.Member || ask.Member == "" && connector.StartsName(user.Name, ask.Name) {
			told = append(told, id)
		}
	}
	return told, nil
}

// among are those of ids who have a row, who ask, or who may have the owner's duties.
func (k Known) among(ids []connector.UserID, p *paths) []connector.UserID {
	some := map[connector.UserID]bool{}
	for _, id := range k.Ask.Users {
		some[id] = true
	}
	for _, row := range k.Rows {
		if row.User != "" && (row.Enrolled || row.Status != connector.StatusRemoved) {
			some[row.User] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id connector.UserID) bool {
		owner := slices.ContainsFunc(p.of[id], func(w connector.Path) bool { return w.Via == connector.ViaOwner })
		return !some[id] && !owner && !p.leads[id]
	})
}

// off are those whom we added, who are in, and to whom no path leads any more: they
// may be inactive, too.
func (k Known) off(p *paths) (ids []connector.UserID) {
	for _, row := range k.Rows {
		if _, led := p.of[row.User]; row.User != "" && row.Owned && isIn(row.Status) && !led {
			ids = append(ids, row.User)
		}
	}
	return ids
}

// places are the rows of those who have a place, or are being let in.
func (k Known) places() map[connector.UserID]connector.Membership {
	places := map[connector.UserID]connector.Membership{}
	for _, row := range k.Rows {
		if row.User != "" && row.Member != "" && (isIn(row.Status) || row.Status == connector.StatusPending && row.Owned) {
			places[row.User] = row
		}
	}
	return places
}

// PartialError says that some people could not be looked up yet.
type PartialError struct{ Err error }

func (e *PartialError) Error() string { return "people not looked up yet: " + e.Err.Error() }

// Unwrap returns what stopped the look-ups.
func (e *PartialError) Unwrap() error { return e.Err }

func isPartial(err error) bool {
	var partial *PartialError
	return errors.As(err, &partial)
}
