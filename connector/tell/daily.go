package tell

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// firstLoad is how long a Group stays out of the message of the day after it was
// asked for. Slack lets 1,200 channels be made in an hour, so this is a load of
// 14,000: whoever lacks an account then is told of once, when all is there.
const firstLoad = 12 * time.Hour

// dayMark names the last day whose messages are queued, and to whom lists went.
const dayMark = "daily"

// Daily makes the messages of a day: to each owner, over all Groups, who should be
// in and is not. What is to be sent is stored, and sent by a Teller.
type Daily struct {
	Engine    connector.Engine
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Admins    Admins
	Clock     func() time.Time
}

// days is the value of dayMark.
type days struct {
	Day string `json:"day"`
	// Listeners got a list that was not empty, then or later.
	Listeners []connector.GroupID `json:"listeners,omitempty"`
}

// LastDay is the last day whose messages are queued, as 2006-01-02; "": none.
func (d *Daily) LastDay(ctx context.Context) (string, error) {
	last, err := load[days](ctx, d.Engine.Marks, dayMark)
	return last.Day, err
}

// Prepare stores and queues the messages of a day, as 2006-01-02: for each listener
// whose list differs from the one before. Doing it again for the same day, also
// after it was cut short, sends nothing twice.
func (d *Daily) Prepare(ctx context.Context, day string) error {
	last, err := load[days](ctx, d.Engine.Marks, dayMark)
	if err != nil {
		return err
	}
	lists, err := d.lists(ctx)
	if err != nil {
		return err
	}
	everybody := slices.Sorted(maps.Keys(lists))
	for _, key := range last.Listeners {
		if _, ok := lists[key]; !ok {
			everybody = append(everybody, key)
		}
	}
	// Whoever may have a list is known before they have it.
	if err := save(ctx, d.Engine.Marks, dayMark, days{Day: last.Day, Listeners: everybody}); err != nil {
		return err
	}
	for _, key := range everybody {
		if err := d.give(ctx, key, day, lists[key]); err != nil {
			return err
		}
	}
	return save(ctx, d.Engine.Marks, dayMark, days{Day: day, Listeners: slices.Sorted(maps.Keys(lists))})
}

// lists is who is missing, by listener.
func (d *Daily) lists(ctx context.Context) (map[connector.GroupID][]missing, error) {
	lists := map[connector.GroupID][]missing{}
	q := connector.GroupQuery{Pending: true}
	for {
		page, err := d.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			people := d.missingIn(g)
			if len(people) == 0 {
				continue
			}
			for _, key := range d.listeners(g) {
				lists[key] = append(lists[key], people...)
			}
		}
		if page.Next == "" {
			return lists, nil
		}
		q.Cursor = page.Next
	}
}

// listeners are those whose message tells of a Group.
func (d *Daily) listeners(g connector.Group) []connector.GroupID {
	var keys []connector.GroupID
	if d.Platforms[g.Platform].Messenger != nil {
		for _, m := range owners(g) {
			keys = append(keys, dailyKey{Platform: g.Platform, Member: m}.id())
		}
	}
	if len(keys) > 0 {
		return keys
	}
	if at, set := d.Admins.of(g.Platform); set {
		keys = append(keys, dailyKey{Platform: at.Platform, Channel: at.Channel}.id())
	}
	return keys
}

// missing is one person who should be in one channel and is not.
type missing struct {
	Group  string                  `json:"group"`
	Name   string                  `json:"name"`
	Reason connector.PendingReason `json:"reason"`
	// key is what makes a list differ, and its order: a new name makes none.
	key   string
	group connector.GroupID
}

// missingIn lists who is missing from a Group: nobody while its channel is being
// made or out of use, or during a first load. Whom only the platform's rate keeps
// out is on the way.
func (d *Daily) missingIn(g connector.Group) []missing {
	if g.State != connector.GroupActive && g.State != connector.GroupHeld || d.Clock().Sub(g.CreatedAt) < firstLoad {
		return nil
	}
	var list []missing
	for _, row := range g.Memberships {
		if row.Status != connector.StatusPending || row.Reason == "" || row.Reason == connector.ReasonRateWait {
			continue
		}
		list = append(list, missing{
			Group: titleOf(g), Name: command.NameOf(row), Reason: row.Reason, group: g.ID,
			key: fmt.Sprintf("%s\x00%s\x00%s\x00%s", g.ID, row.Reason, row.User, row.Member),
		})
	}
	return list
}

// give stores what a listener is to be told on a day, if it differs from what they
// know, and queues it while it was not told. Of what was told no name is kept.
func (d *Daily) give(ctx context.Context, key connector.GroupID, day string, list []missing) error {
	before, err := load[due](ctx, d.Engine.Marks, string(key))
	if err != nil {
		return err
	}
	told, err := d.Engine.Marks.Mark(ctx, toldMark(key))
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	now := dueOf(day, list)
	if now.Digest == before.Digest || before.Day == day {
		now = before
	}
	if told == now.Day || now.Count == 0 {
		now.People = nil
	}
	if now.Day != before.Day || len(now.People) != len(before.People) {
		if err := save(ctx, d.Engine.Marks, string(key), now); err != nil {
			return err
		}
	}
	if now.Count == 0 || told == now.Day {
		return nil
	}
	job := connector.Job{Key: connector.JobKey{Lane: connector.LaneTellings, Group: key}}
	if err := d.Engine.Queue.Add(ctx, job); err != nil {
		return fmt.Errorf("queue message: %w", err)
	}
	return nil
}

// due is what a listener is to be told, or was told, on a day.
type due struct {
	Day string `json:"day"`
	// Digest is of the whole list, People its beginning.
	Digest string    `json:"digest"`
	Count  int       `json:"count"`
	People []missing `json:"people,omitempty"`
	Groups int       `json:"groups"`
}

// peopleKept is how many people of a list a message may name.
const peopleKept = 30

func dueOf(day string, list []missing) due {
	slices.SortFunc(list, func(a, b missing) int { return cmp.Compare(a.key, b.key) })
	sum, groups := sha256.New(), map[connector.GroupID]bool{}
	for _, m := range list {
		_, _ = sum.Write([]byte(m.key + "\n"))
		groups[m.group] = true
	}
	return due{
		Day: day, Digest: hex.EncodeToString(sum.Sum(nil)[:12]), Count: len(list), Groups: len(groups),
		People: list[:min(len(list), peopleKept)],
	}
}

// load reads a mark that holds JSON; the zero value when it was never set.
func load[T any](ctx context.Context, marks connector.Marks, name string) (value T, err error) {
	text, err := marks.Mark(ctx, name)
	if err != nil {
		return value, fmt.Errorf("read mark: %w", err)
	}
	if text == "" {
		return value, nil
	}
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return value, fmt.Errorf("mark %s: %w", name, errors.Join(connector.ErrInvalid, err))
	}
	return value, nil
}

func save(ctx context.Context, marks connector.Marks, name string, value any) error {
	// Plain data always encodes.
	text, _ := json.Marshal(value)
	if err := marks.SetMark(ctx, name, string(text)); err != nil {
		return fmt.Errorf("set mark: %w", err)
	}
	return nil
}
