package connector

import (
	"fmt"
	"slices"
)

// What every engine decides alike.

// Limits on a page of an engine's lists.
const (
	DefaultPage = 200
	LargestPage = 500
)

// PageOf brings a wanted page size into its bounds.
func PageOf(limit int) int {
	if limit <= 0 {
		return DefaultPage
	}
	return min(limit, LargestPage)
}

// Selects reports whether the query asks for g.
func (q GroupQuery) Selects(g Group) bool {
	return (q.Platform == "" || g.Platform == q.Platform) &&
		(q.Channel == "" || g.Channel.ID == q.Channel) &&
		(q.Record.IsZero() || g.Record == q.Record) &&
		(q.State == "" || g.State == q.State) &&
		(!q.Pending || g.HasPending())
}

// HasPending reports whether there are people who should be in and are not.
func (g Group) HasPending() bool {
	return slices.ContainsFunc(g.Memberships, func(m Membership) bool { return m.Status == StatusPending })
}

// Again is a failed Group whose creation is begun again; what is known of it (an
// intent, people) stays.
func (g Group) Again() Group {
	g.State, g.Failure = GroupCreating, ""
	return g
}

// enrolled is g with the people who asked to be in, where they are not yet.
func (g Group) enrolled(asked []Membership) (with Group, changed bool) {
	rows := slices.Clone(g.Memberships)
	for _, a := range asked {
		if !a.Enrolled {
			continue
		}
		i := slices.IndexFunc(rows, func(m Membership) bool { return m.User == a.User })
		switch {
		case i < 0:
			rows, changed = append(rows, a), true
		case rows[i].Status == StatusLeft || rows[i].Status == StatusRemoved:
			a.Member, a.Name = rows[i].Member, rows[i].Name
			rows[i], changed = a, true
		case !rows[i].Enrolled:
			rows[i].Enrolled, rows[i].Leaving, changed = true, false, true
		}
	}
	if changed {
		g.Memberships = rows
	}
	return g, changed
}

// Opened is Open over the Group that is stored; changed: it is to be stored.
func (in Intake) Opened(stored Group, exists bool) (g Group, changed bool) {
	switch {
	case in.Open == nil:
		return stored, false
	case !exists:
		return *in.Open, true
	}
	stored, changed = stored.enrolled(in.Open.Memberships)
	if stored.State != GroupFailed {
		return stored, changed
	}
	g = stored.Again()
	if in.Open.RecordName != "" {
		g.RecordName = in.Open.RecordName
	}
	if in.Open.RecordURL != "" {
		g.RecordURL = in.Open.RecordURL
	}
	return g, true
}

// Check returns ErrInvalid for an intake that means nothing.
func (in Intake) Check() error {
	switch {
	case in.Group == "" && in.Facts.Empty():
		return fmt.Errorf("%w: no group", ErrInvalid)
	case (in.Facts.Record != nil || in.Facts.Team != nil) && in.FactsOf.IsZero():
		return fmt.Errorf("%w: facts of no record", ErrInvalid)
	case in.Open != nil && in.Open.ID != in.Group:
		return fmt.Errorf("%w: opens group %q for %q", ErrInvalid, in.Open.ID, in.Group)
	}
	for _, job := range in.Jobs {
		if job.Key.Group != in.Group {
			return fmt.Errorf("%w: a job of group %q for %q", ErrInvalid, job.Key.Group, in.Group)
		}
	}
	return nil
}

// Over is what is known of a Record and its Team after f was said. It orders
// Teams by their Version. A Record has none of its own: it is whole and
// replaces, unless what is known was modified later in the CRM.
func (f Facts) Over(known Facts) (merged Facts, changed bool) {
	if f.Record != nil && (known.Record == nil || !f.Record.ModifiedAt.Before(known.Record.ModifiedAt) || f.Record.ModifiedAt.IsZero()) {
		known.Record, changed = f.Record, true
	}
	if f.Team != nil && (known.Team == nil || f.Team.Version.Newer(known.Team.Version)) {
		known.Team, changed = f.Team, true
	}
	if changed && f.At.After(known.At) {
		known.At = f.At
	}
	return known, changed
}
