package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// What the service says, as far as commands show it (public contract, section 7).

type group struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind"`
	RecordID    string     `json:"record_id"`
	RecordName  string     `json:"record_name"`
	Platform    string     `json:"platform"`
	ChannelName string     `json:"channel_name"`
	State       string     `json:"state"`
	Failure     string     `json:"failure"`
	CRMReadAt   *time.Time `json:"crm_read_at"`
	Members     []member   `json:"members"`
	Held        *struct {
		Reason string `json:"reason"`
	} `json:"held"`
	Plan *plan `json:"plan"`
}

type member struct {
	UserID   string `json:"user_id"`
	MemberID string `json:"member_id"`
	Status   string `json:"status"`
	Reason   string `json:"reason"`
}

type plan struct {
	ID      string         `json:"id"`
	Actions []action       `json:"actions"`
	Held    *string        `json:"held"`
	Calls   map[string]int `json:"calls"`
	// Later are removals whose time has not come. Counted is how many the limit over
	// all Groups would count.
	Later   []delayed `json:"later"`
	Counted int       `json:"counted"`
}

type delayed struct {
	action
	At time.Time `json:"at"`
}

// verdict is what a Sweep would make of so many removals, of so many people whom
// Roomkeeper let in.
type verdict struct {
	Verdict  string `json:"verdict"`
	Removals int    `json:"removals"`
	Owned    int    `json:"owned"`
}

type action struct {
	Action   string `json:"action"`
	UserID   string `json:"user_id"`
	MemberID string `json:"member_id"`
	Value    string `json:"value"`
	Why      string `json:"why"`
}

type sweep struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Queued int    `json:"queued"`
	Done   int    `json:"done"`
	Failed int    `json:"failed"`
	Error  string `json:"error"`
	// Held counts the Groups whose removals the Sweep holds, Removals are those of
	// Owned members.
	Held     int `json:"held"`
	Removals int `json:"removals"`
	Owned    int `json:"owned"`
}

// label names a Group for a person.
func (g group) label() string {
	name := g.Kind + " " + g.RecordID
	if g.RecordName != "" {
		name += " (" + g.RecordName + ")"
	}
	return name + " on " + g.Platform
}

func (g group) heldFor(reason string) bool { return g.Held != nil && g.Held.Reason == reason }

// page is the largest page of a list.
const page = "200"

// eachGroup calls do for every Group that the filters select.
func (c *client) eachGroup(ctx context.Context, filters url.Values, do func(group) error) error {
	query := url.Values{"limit": {page}}
	for name, values := range filters {
		query[name] = values
	}
	for {
		var answer struct {
			Items      []group `json:"items"`
			NextCursor string  `json:"next_cursor"`
		}
		if err := c.get(ctx, "groups", query, &answer); err != nil {
			return err
		}
		for _, g := range answer.Items {
			if err := do(g); err != nil {
				return err
			}
		}
		if answer.NextCursor == "" {
			return nil
		}
		query.Set("cursor", answer.NextCursor)
	}
}

func (c *client) group(ctx context.Context, id string) (g group, err error) {
	err = c.get(ctx, "groups/"+url.PathEscape(id), nil, &g)
	return g, err
}

// preview returns what a run would do now.
func (c *client) preview(ctx context.Context, id string) (p plan, err error) {
	err = c.post(ctx, "groups/"+url.PathEscape(id)+"/sync", map[string]bool{"dry_run": true}, &p)
	return p, err
}

// judge asks what a Sweep would make of so many removals.
func (c *client) judge(ctx context.Context, removals int) (v verdict, err error) {
	err = c.get(ctx, "sweeps/verdict", url.Values{"removals": {strconv.Itoa(removals)}}, &v)
	return v, err
}

// resync queues a run and returns the Group as it is now. rename: the channel is also
// named by its kind's template.
func (c *client) resync(ctx context.Context, id string, rename bool) (g group, err error) {
	body := map[string]bool{}
	if rename {
		body["rename"] = true
	}
	err = c.post(ctx, "groups/"+url.PathEscape(id)+"/sync", body, &g)
	return g, err
}

// groupsOf returns the Groups of one record, one for each platform.
func (c *client) groupsOf(ctx context.Context, kind, id string) ([]group, error) {
	var found []group
	err := c.eachGroup(ctx, url.Values{"kind": {kind}, "id": {id}}, func(g group) error {
		found = append(found, g)
		return nil
	})
	if err == nil && len(found) == 0 {
		err = c.noGroup(ctx, kind, id)
	}
	return found, err
}

// noGroup says why a record has no Group: what a creation would be refused for, else
// how one is made.
func (c *client) noGroup(ctx context.Context, kind, id string) error {
	var checked struct{}
	body := map[string]any{"kind": kind, "id": id, "dry_run": true}
	if err := c.post(ctx, "groups", body, &checked); err != nil {
		return fmt.Errorf("there is no Group for %s %s: %w", kind, id, err)
	}
	return fmt.Errorf("there is no Group for %s %s; `%s open %s %s` in the chat makes one", kind, id, c.command, kind, id)
}
