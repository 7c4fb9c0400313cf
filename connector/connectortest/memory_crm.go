package connectortest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"roomkeeper/connector"
)

// The calls of a MemoryCRM.
const (
	CRMRecord = "record"
	CRMTeam   = "team"
	CRMUsers  = "users"
	CRMFind   = "find"
	CRMPage   = "page"
	CRMExpand = "expand"
)

// MemoryCRM is a CRM in memory. It is safe for concurrent use.
type MemoryCRM struct {
	// Calls logs the calls and fails those that it is told to.
	Calls MemoryCalls
	// PageSize is how many Records a page holds; set it before use.
	PageSize int

	name  string
	clock func() time.Time

	mu      sync.Mutex
	records map[connector.RecordKey]connector.RecordTeam
	users   map[connector.UserID]connector.User
	behind  map[connector.PrincipalKey][]connector.UserID
}

// NewMemoryCRM makes an empty CRM.
func NewMemoryCRM(name string, clock func() time.Time) *MemoryCRM {
	return &MemoryCRM{
		PageSize: 100, name: name, clock: clock,
		records: map[connector.RecordKey]connector.RecordTeam{}, users: map[connector.UserID]connector.User{},
		behind: map[connector.PrincipalKey][]connector.UserID{},
	}
}

// Port returns the CRM's ports; it has no Receiver.
func (c *MemoryCRM) Port() connector.CRM {
	return connector.CRM{Name: c.name, Records: c, Teams: c, Users: c, Finder: c, Changes: c, Principals: c}
}

// Put stores a Record as changed now; its team stays.
func (c *MemoryCRM) Put(record connector.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rt := c.records[record.Key]
	record.ModifiedAt, record.TeamVersion = c.clock(), rt.Team.Version
	rt.Record = record
	c.records[record.Key] = rt
}

// SetTeam replaces the Related Team of a Record, which changes with it.
func (c *MemoryCRM) SetTeam(key connector.RecordKey, entries ...connector.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rt := c.records[key]
	// No version is no integer, and the first one is 1.
	before, _ := strconv.Atoi(string(rt.Team.Version))
	rt.Team = connector.Team{Version: connector.Version(strconv.Itoa(before + 1)), Entries: slices.Clone(entries)}
	rt.Record.TeamVersion, rt.Record.ModifiedAt = rt.Team.Version, c.clock()
	c.records[key] = rt
}

// Drop makes a Record disappear.
func (c *MemoryCRM) Drop(key connector.RecordKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.records, key)
}

// PutUser stores a person.
func (c *MemoryCRM) PutUser(users ...connector.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, u := range users {
		c.users[u.ID] = u
	}
}

// DropUser makes a person unknown.
func (c *MemoryCRM) DropUser(id connector.UserID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.users, id)
}

func (c *MemoryCRM) call(ctx context.Context, name string, effect func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Calls.do(ctx, name, effect)
}

func (c *MemoryCRM) read(ctx context.Context, call string, key connector.RecordKey) (rt connector.RecordTeam, err error) {
	err = c.call(ctx, call, func() error {
		var ok bool
		if rt, ok = c.records[key]; !ok {
			return fmt.Errorf("record %s: %w", key, connector.ErrNotFound)
		}
		return nil
	})
	if err != nil {
		return connector.RecordTeam{}, err
	}
	return rt, nil
}

// Record reads one Record.
func (c *MemoryCRM) Record(ctx context.Context, key connector.RecordKey) (connector.Record, error) {
	rt, err := c.read(ctx, CRMRecord, key)
	return rt.Record, err
}

// Team reads the team of one Record.
func (c *MemoryCRM) Team(ctx context.Context, key connector.RecordKey) (connector.Team, error) {
	rt, err := c.read(ctx, CRMTeam, key)
	return rt.Team, err
}

// UsersByID returns the known ones among ids.
func (c *MemoryCRM) UsersByID(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	found := map[connector.UserID]connector.User{}
	err := c.call(ctx, CRMUsers, func() error {
		for _, id := range ids {
			if u, ok := c.users[id]; ok {
				found[id] = u
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// UsersByEmail returns whoever has the address, in the order of ids.
func (c *MemoryCRM) UsersByEmail(ctx context.Context, email string) (found []connector.User, err error) {
	err = c.call(ctx, CRMFind, func() error {
		for _, u := range c.users {
			if connector.Address(u.Email) == connector.Address(email) {
				found = append(found, u)
			}
		}
		return nil
	})
	slices.SortFunc(found, func(a, b connector.User) int { return cmp.Compare(a.ID, b.ID) })
	return found, err
}

// Page lists the Records of a kind, oldest change first. A cursor is a place
// in the list as it is now.
func (c *MemoryCRM) Page(ctx context.Context, kind connector.Kind, since time.Time, cursor string) (page connector.ChangesPage, err error) {
	err = c.call(ctx, CRMPage, func() error {
		var all []connector.RecordTeam
		for key, rt := range c.records {
			if key.Kind == kind && !rt.Record.ModifiedAt.Before(since) {
				all = append(all, rt)
			}
		}
		slices.SortFunc(all, func(a, b connector.RecordTeam) int {
			return cmp.Or(a.Record.ModifiedAt.Compare(b.Record.ModifiedAt), cmp.Compare(a.Record.Key.ID, b.Record.Key.ID))
		})
		from := 0
		if cursor != "" {
			if from, err = strconv.Atoi(cursor); err != nil {
				return fmt.Errorf("cursor %q: %w", cursor, connector.ErrCursorLost)
			}
		}
		from = min(from, len(all))
		to := min(from+c.PageSize, len(all))
		page.Items = all[from:to]
		if to < len(all) {
			page.Next = strconv.Itoa(to)
		}
		return nil
	})
	if err != nil {
		return connector.ChangesPage{}, err
	}
	return page, nil
}

// SetPrincipal says who is behind a principal; with the units below it one is
// another than without.
func (c *MemoryCRM) SetPrincipal(p connector.Principal, users ...connector.UserID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.behind[p.Key()] = slices.Clone(users)
}

// DropPrincipal makes a principal unknown.
func (c *MemoryCRM) DropPrincipal(p connector.Principal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.behind, p.Key())
}

// Expand returns who is behind a principal.
func (c *MemoryCRM) Expand(ctx context.Context, p connector.Principal) (users []connector.UserID, err error) {
	err = c.call(ctx, CRMExpand, func() error {
		behind, known := c.behind[p.Key()]
		if !known {
			return fmt.Errorf("%s %s: %w", p.Type, p.ID, connector.ErrNotFound)
		}
		users = slices.Clone(behind)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return users, nil
}
