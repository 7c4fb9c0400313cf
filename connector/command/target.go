package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"roomkeeper/connector"
)

// asker is who asked, and from where.
type asker struct {
	platform connector.PlatformID
	channel  connector.ChannelID
	member   connector.MemberID
	name     string
	id       string
}

// target is what a command is about.
type target struct {
	key    connector.RecordKey
	policy connector.Policy
	// group is the stored Group; exists is false when there is none.
	group  connector.Group
	exists bool
	// here: the command was given in the Group's own channel.
	here bool
	// at is when the command was given.
	at time.Time
}

// target finds what ref names for the asker; a zero ref is the Record of the
// channel. A *UsageError: the channel belongs to no Record.
func (h *Handler) target(ctx context.Context, a asker, verb Verb, ref RecordRef) (target, error) {
	if ref.IsZero() {
		return h.ownTarget(ctx, a, verb)
	}
	key := connector.RecordKey{CRM: h.o.CRM, Kind: ref.Kind, ID: ref.ID}
	group, err := h.o.Engine.Groups.Group(ctx, connector.GroupIDOf(a.platform, key))
	if errors.Is(err, connector.ErrNotFound) {
		policy, _ := h.o.Policies.Kind(string(ref.Kind))
		return target{key: key, policy: policy}, nil
	}
	if err != nil {
		return target{}, fmt.Errorf("reading the group: %w", err)
	}
	return h.targetOf(a, group), nil
}

func (h *Handler) ownTarget(ctx context.Context, a asker, verb Verb) (target, error) {
	outside := &UsageError{Problem: ProblemOutside, Verb: verb}
	if a.channel == "" {
		return target{}, outside
	}
	page, err := h.o.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: a.platform, Channel: a.channel})
	if err != nil {
		return target{}, fmt.Errorf("finding the channel's group: %w", err)
	}
	if len(page.Groups) == 0 {
		return target{}, outside
	}
	own := page.Groups[0]
	for _, g := range page.Groups {
		if g.State != connector.GroupMoved && g.State != connector.GroupTombstone {
			own = g
			break
		}
	}
	return h.targetOf(a, own), nil
}

func (h *Handler) targetOf(a asker, g connector.Group) target {
	policy, _ := h.o.Policies.Kind(string(g.Record.Kind))
	return target{
		key: g.Record, policy: policy, group: g, exists: true,
		here: a.channel != "" && a.channel == g.Channel.ID && a.platform == g.Platform,
		at:   h.o.Clock(),
	}
}

// words name the Record in an example: nothing in its own channel.
func (t target) words() string {
	if t.here {
		return ""
	}
	return t.named()
}

// named are the words that name the Record anywhere.
func (t target) named() string {
	id := t.key.ID
	if strings.ContainsAny(id, " \t") {
		id = `"` + id + `"`
	}
	return " " + string(t.key.Kind) + " " + id
}

// crmReadAt is when the Group's Record was last read; zero: never, or there
// is no Group (an empty id).
func (h *Handler) crmReadAt(ctx context.Context, id connector.GroupID) (time.Time, error) {
	if id == "" {
		return time.Time{}, nil
	}
	readings, err := h.o.Engine.Readings.Readings(ctx, []connector.GroupID{id})
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when the CRM was read: %w", err)
	}
	return readings[id].At, nil
}
