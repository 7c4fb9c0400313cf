package reconcile

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"roomkeeper/connector"
)

// Values of the mark that says whether a platform's channels are known: unset
// while nobody looked, or one of these. The second one is followed by how many
// channels were found.
const (
	foundedYes     = "yes"
	foundedRecover = "recover "
)

func foundedMark(platform connector.PlatformID) string { return "founded/" + string(platform) }

// Held returns a *connector.RecoverError while no channel is made on a
// platform because an empty store lies beside channels of ours. It asks
// nobody: nil also while nobody looked yet.
func (r *Recoverer) Held(ctx context.Context, platform connector.PlatformID) error {
	_, err := r.verdict(ctx, platform)
	return err
}

// verdict reads the mark. known: somebody looked; the error is what came of it.
func (r *Recoverer) verdict(ctx context.Context, platform connector.PlatformID) (known bool, err error) {
	mark, err := r.Engine.Marks.Mark(ctx, foundedMark(platform))
	if err != nil {
		return false, fmt.Errorf("read mark: %w", err)
	}
	if count, held := strings.CutPrefix(mark, foundedRecover); held {
		n, _ := strconv.Atoi(count) // ours; a broken one counts none
		return true, &connector.RecoverError{Platform: platform, Channels: n}
	}
	return mark != "", nil
}

// Check returns nil when channels may be made on a platform, and a
// *connector.RecoverError when they may not. The first time it looks: a store
// that has no channel of the platform, beside channels there that our bot made
// for Records, was lost. From then on it asks nobody.
func (r *Recoverer) Check(ctx context.Context, platform connector.PlatformID) error {
	if known, err := r.verdict(ctx, platform); known || err != nil {
		return err
	}
	// One looks, the others wait for what it finds.
	r.looking.Lock()
	defer r.looking.Unlock()
	if known, err := r.verdict(ctx, platform); known || err != nil {
		return err
	}
	if err := r.look(ctx, platform); err != nil {
		return err
	}
	return r.Held(ctx, platform)
}

// look finds out what the mark is to say.
func (r *Recoverer) look(ctx context.Context, platform connector.PlatformID) error {
	used, err := r.hasChannels(ctx, platform)
	if err != nil {
		return err
	}
	if used {
		return r.found(ctx, platform, foundedYes)
	}
	own, err := r.Platforms[platform].Channels.Own(ctx)
	if err != nil {
		return fmt.Errorf("list own channels: %w", err)
	}
	n := 0
	for _, ch := range own {
		if key, ok := r.recordOf(ch.Purpose); ok && r.inUse(key) {
			n++
		}
	}
	if n == 0 {
		return r.found(ctx, platform, foundedYes)
	}
	return r.found(ctx, platform, foundedRecover+strconv.Itoa(n))
}

// Fresh lets channels be made on all platforms, whatever lies there.
func (r *Recoverer) Fresh(ctx context.Context) error {
	for platform := range r.Platforms {
		if err := r.found(ctx, platform, foundedYes); err != nil {
			return err
		}
	}
	return nil
}

func (r *Recoverer) found(ctx context.Context, platform connector.PlatformID, value string) error {
	if err := r.Engine.Marks.SetMark(ctx, foundedMark(platform), value); err != nil {
		return fmt.Errorf("set mark: %w", err)
	}
	return nil
}

// hasChannels reports whether any Group has a channel on a platform. One that
// was only asked for says nothing: that may be a moment ago.
func (r *Recoverer) hasChannels(ctx context.Context, platform connector.PlatformID) (bool, error) {
	q := connector.GroupQuery{Platform: platform}
	for {
		page, err := r.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return false, fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			if g.Channel.ID != "" {
				return true, nil
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return false, nil
		}
	}
}

// recordOf reads the Record's key that a purpose carries.
func (r *Recoverer) recordOf(purpose string) (connector.RecordKey, bool) {
	rest, ours := strings.CutPrefix(purpose, r.CRM+"/")
	kind, id, whole := strings.Cut(rest, "/")
	if !ours || !whole || kind == "" || connector.BadID(id) != "" {
		return connector.RecordKey{}, false
	}
	return connector.RecordKey{CRM: r.CRM, Kind: connector.Kind(kind), ID: id}, true
}

// inUse reports whether channels are made for Records of the key's kind.
func (r *Recoverer) inUse(key connector.RecordKey) bool {
	policy, ok := r.Policies.Kind(string(key.Kind))
	return ok && policy.Kind == key.Kind
}
