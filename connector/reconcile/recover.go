package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"roomkeeper/connector"
)

// Recoverer keeps an empty store from making second channels, and rebuilds
// Groups from what the channels' purposes say. All fields are required.
type Recoverer struct {
	Engine connector.Engine
	// CRM is the first part of every RecordKey.
	CRM       string
	Policies  connector.Policies
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Details   DetailsRecaller
	Clock     func() time.Time
	Logger    *slog.Logger

	looking sync.Mutex
}

// DetailsRecaller remembers that a Group's details card may stand in its
// channel, posted since then: it is looked up before one is posted.
type DetailsRecaller interface {
	Recall(ctx context.Context, group connector.GroupID, since time.Time) error
}

// Recover makes a Group of every channel that our bot made for a Record, and
// lets channels be made again. Groups that have a channel are left alone. It
// lists what it did, or with dryRun what it would do. It may be repeated, also
// after an error.
func (r *Recoverer) Recover(ctx context.Context, dryRun bool) ([]connector.Recovered, error) {
	var all []connector.Recovered
	for _, id := range slices.Sorted(maps.Keys(r.Platforms)) {
		items, err := r.recoverPlatform(ctx, r.Platforms[id], dryRun)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if dryRun {
			continue
		}
		if err := r.found(ctx, id, foundedYes); err != nil {
			return nil, err
		}
		r.Logger.InfoContext(ctx, "recovered", "platform", id, "channels", len(items))
	}
	return all, nil
}

func (r *Recoverer) recoverPlatform(ctx context.Context, platform connector.ChatPlatform, dryRun bool) ([]connector.Recovered, error) {
	own, err := platform.Channels.Own(ctx)
	if err != nil {
		return nil, fmt.Errorf("list own channels: %w", err)
	}
	slices.SortFunc(own, bestFirst)
	listed := map[connector.ChannelID]bool{}
	for _, ch := range own {
		listed[ch.ID] = true
	}
	var all []connector.Recovered
	taken := map[connector.GroupID]bool{}
	for _, ch := range own {
		key, ok := r.recordOf(ch.Purpose)
		if !ok {
			continue
		}
		item := connector.Recovered{Platform: platform.ID, Record: key, Channel: ch.Channel, Archived: ch.Archived, Action: connector.RecoverDuplicate}
		if id := connector.GroupIDOf(platform.ID, key); !taken[id] {
			action, err := r.settle(ctx, platform, key, ch, listed, dryRun)
			if err != nil {
				return nil, fmt.Errorf("recover %s: %w", key, err)
			}
			item.Action, taken[id] = action, takes(action)
		}
		all = append(all, item)
	}
	return all, nil
}

// settle decides about one channel and carries it out, and begins again when something
// that it rests on was changed meanwhile.
func (r *Recoverer) settle(ctx context.Context, platform connector.ChatPlatform, key connector.RecordKey, ch connector.OwnChannel, listed map[connector.ChannelID]bool, dryRun bool) (connector.RecoverAction, error) {
	var first connector.RecoverAction
	for range adoptTries {
		seen, err := claimSeen(ctx, r.Engine, platform.ID, ch.ID)
		if err != nil {
			return "", err
		}
		g, action, err := r.decide(ctx, platform, key, ch, listed)
		if err != nil || dryRun {
			return action, err
		}
		if takes(first) && takes(action) {
			action = first // what the tries before stored is nothing to tell
		} else {
			first = action
		}
		err = r.carryOut(ctx, platform, g, ch, action, seen)
		if _, held := errors.AsType[*connector.AdoptError](err); held {
			return connector.RecoverOtherRecord, nil
		}
		if !errors.Is(err, connector.ErrConflict) || ctx.Err() != nil {
			return action, err
		}
	}
	return "", connector.ErrConflict
}

// bestFirst orders the channels of one Record: an open one goes before an
// archived one, then the oldest.
func bestFirst(a, b connector.OwnChannel) int {
	if a.Archived != b.Archived {
		if a.Archived {
			return 1
		}
		return -1
	}
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

// takes reports whether an action ties the channel to a Group.
func takes(a connector.RecoverAction) bool {
	return a == connector.RecoverRebuild || a == connector.RecoverAttach
}

// decide says what is to be done about one channel, seen by itself, and
// returns the Group that it is for. listed are all channels of ours that are there:
// a Group's channel that is lost gives way to another one only when it is not.
func (r *Recoverer) decide(ctx context.Context, platform connector.ChatPlatform, key connector.RecordKey, ch connector.OwnChannel, listed map[connector.ChannelID]bool) (connector.Group, connector.RecoverAction, error) {
	none := connector.Group{}
	if cut := strings.HasSuffix(ch.Purpose, "…") && utf8.RuneCountInString(ch.Purpose) >= platform.Limits.PurposeLength; cut {
		return none, connector.RecoverKeyCut, nil
	}
	if !r.inUse(key) {
		return none, connector.RecoverKindUnused, nil
	}
	g, err := r.Engine.Groups.Group(ctx, connector.GroupIDOf(platform.ID, key))
	exists := err == nil
	switch {
	case err != nil && !errors.Is(err, connector.ErrNotFound):
		return none, "", fmt.Errorf("load group: %w", err)
	case exists && g.Channel.ID == ch.ID:
		return g, connector.RecoverKeep, nil
	case exists && g.Channel.ID != "" && (g.State != connector.GroupLost || listed[g.Channel.ID]):
		return g, connector.RecoverOtherChannel, nil
	case exists && g.Channel.ID == "" && g.State != connector.GroupCreating && g.State != connector.GroupFailed:
		return g, connector.RecoverKeep, nil // it is over
	}
	held, err := r.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: platform.ID, Channel: ch.ID, Limit: 1})
	if err != nil {
		return none, "", fmt.Errorf("find holder: %w", err)
	}
	switch {
	case len(held.Groups) > 0:
		return g, connector.RecoverOtherRecord, nil
	case exists:
		return g, connector.RecoverAttach, nil
	}
	g = connector.Group{
		ID: connector.GroupIDOf(platform.ID, key), Platform: platform.ID, Record: key, CreatedAt: ch.Created,
	}
	return g, connector.RecoverRebuild, nil
}

func (r *Recoverer) carryOut(ctx context.Context, platform connector.ChatPlatform, g connector.Group, ch connector.OwnChannel, action connector.RecoverAction, seen connector.GroupID) error {
	switch {
	case takes(action):
		return r.take(ctx, platform, g, ch, seen)
	case action == connector.RecoverKeep && g.ChatReadAt.IsZero():
		// Perhaps it was tied and not queued by a call that was cut off.
		return r.queue(ctx, g.ID)
	}
	return nil
}

// take ties a channel to a Group and queues the Group: the run reads who is
// in, and follows what changed in the CRM meanwhile. Who would store the channel for
// another Group at the same time is kept out by a claim. An *connector.AdoptError says
// that another one has it, ErrConflict that the Group was changed meanwhile.
func (r *Recoverer) take(ctx context.Context, platform connector.ChatPlatform, g connector.Group, ch connector.OwnChannel, seen connector.GroupID) error {
	meant := ""
	if g.Intent != nil {
		meant = g.Intent.Name
	}
	g, err := r.known(ctx, g, ch)
	if err != nil {
		return err
	}
	mine, err := claimChannel(ctx, r.Engine, &g, ch.ID, seen)
	if err != nil {
		return err
	}
	if _, err := r.Engine.Names.Reserve(ctx, g.Platform, ch.Name, g.ID); err != nil {
		return fmt.Errorf("reserve name: %w", err)
	}
	// The two clocks may differ by the skew.
	if err := r.Details.Recall(ctx, g.ID, ch.Created.Add(-platform.Limits.ClockSkew)); err != nil {
		return err
	}
	if err := leaveLost(ctx, r.Engine, g, ch.Name); err != nil {
		return err
	}
	if _, err := r.Engine.Groups.SaveGroup(ctx, withChannel(g, ch, platform.Limits)); err != nil {
		return gaveUp(ctx, r.Engine, g.Platform, ch.ID, mine, fmt.Errorf("save group: %w", err))
	}
	if meant != "" && meant != ch.Name {
		if err := r.Engine.Names.Release(ctx, g.Platform, meant, g.ID); err != nil {
			return fmt.Errorf("release name: %w", err)
		}
	}
	return r.queue(ctx, g.ID)
}

// known stores a Group that is new, as one that failed, which nobody runs: a claim is
// taken from a Group by storing that Group again.
func (r *Recoverer) known(ctx context.Context, g connector.Group, ch connector.OwnChannel) (connector.Group, error) {
	if g.Revision > 0 {
		return g, nil
	}
	g.State = connector.GroupFailed
	g.Failure = fmt.Sprintf("it was about to be given back the channel #%s, which did not come to its end; recover again", ch.Name)
	saved, err := r.Engine.Groups.SaveGroup(ctx, g)
	if err != nil {
		return g, fmt.Errorf("save group: %w", err)
	}
	return saved, nil
}

func (r *Recoverer) queue(ctx context.Context, id connector.GroupID) error {
	jobs := []connector.Job{
		{Key: connector.JobKey{Lane: connector.LaneGroup, Group: id}, Tags: connector.QueuedBy(causeRecover)},
		{Key: connector.JobKey{Lane: connector.LaneCards, Group: id}},
	}
	if err := r.Engine.Queue.Add(ctx, jobs...); err != nil {
		return fmt.Errorf("queue group: %w", err)
	}
	return nil
}

// withChannel is a Group with a channel of which only is known what it says
// of itself. Our own topic is the Record's name at the time: as long as that
// is the name, the channel keeps its own, also under another template.
// Otherwise the first run compares names, and reads the topic before it writes
// one: somebody else's stays.
//
// A Group whose channel was lost keeps what it knows of people, and whether they
// are in is not known: it may be the same channel under another id.
func withChannel(g connector.Group, ch connector.OwnChannel, limits connector.Limits) connector.Group {
	if g.Channel.ID != "" {
		g = outOfSight(g)
	}
	g.Channel, g.Intent, g.Origin, g.Purposed, g.Failure = ch.Channel, nil, connector.CreatedByUs, true, ""
	g.State, g.Held = connector.GroupActive, nil
	if ch.Archived {
		g.State = connector.GroupArchived
	}
	g.RecordName, g.Topic, g.TopicMeant = "", ch.Topic, ""
	if ch.Topic == "" {
		g.TopicMeant = g.Record.String()
	} else if utf8.RuneCountInString(ch.Topic) < limits.TopicLength {
		g.RecordName = ch.Topic
	}
	return g
}
