package discord

import (
	"context"
	"errors"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// Archive closes a channel: it goes into an archive category, where nobody writes;
// a thread is archived and locked. Closed already is success.
func (a *Adapter) Archive(ctx context.Context, channel connector.ChannelID) error {
	a.lately.Drop(channel)
	ch, err := a.info(ctx, channel)
	if err != nil {
		return err
	}
	archived, err := a.archived(ctx, ch)
	if err != nil {
		return err
	}
	if ch.IsThread() {
		if archived {
			return nil
		}
		return a.closeThread(ctx, ch)
	}
	if !archived {
		if err := a.move(ctx, ch, a.archiveCategory()); err != nil {
			return err
		}
	}
	return a.silence(ctx, ch, true)
}

// Unarchive opens an archived channel again; open already is success.
func (a *Adapter) Unarchive(ctx context.Context, channel connector.ChannelID) error {
	a.lately.Drop(channel)
	ch, err := a.info(ctx, channel)
	if err != nil {
		return err
	}
	archived, err := a.archived(ctx, ch)
	if err != nil {
		return err
	}
	if ch.IsThread() {
		if !archived {
			return nil
		}
		err := a.setThread(ctx, ch.ID, map[string]any{"archived": false, "locked": false})
		if err == nil {
			a.rooms.addActive(1)
		}
		return err
	}
	if archived {
		if err := a.move(ctx, ch, a.openCategory()); err != nil {
			return err
		}
	}
	return a.silence(ctx, ch, false)
}

// closeThread locks a thread too: one that is archived alone opens with the next
// message.
func (a *Adapter) closeThread(ctx context.Context, ch *discordgo.Channel) error {
	err := a.awake(ctx, ch.ID, func() error {
		return a.send(ctx, request{
			method: http.MethodPatch, path: "channels/" + ch.ID, audited: true, body: map[string]any{"archived": true, "locked": true},
		}, nil)
	})
	if err == nil && (ch.ThreadMetadata == nil || !ch.ThreadMetadata.Archived) {
		a.rooms.addActive(-1)
	}
	return err
}

// move puts a channel into a category of that name and leaves its overwrites.
func (a *Adapter) move(ctx context.Context, ch *discordgo.Channel, name string) error {
	err := a.moveOnce(ctx, ch, name)
	if errors.Is(err, errCategoryFull) { // had no effect; now it goes to another one
		err = a.moveOnce(ctx, ch, name)
	}
	return err
}

func (a *Adapter) moveOnce(ctx context.Context, ch *discordgo.Channel, name string) error {
	category, err := a.place(ctx, name)
	if err != nil {
		return err
	}
	err = a.send(ctx, request{
		method: http.MethodPatch, path: "channels/" + ch.ID, audited: true,
		body: map[string]any{"parent_id": category},
	}, nil)
	switch {
	case err == nil:
		a.rooms.leave(ch.ParentID)
	case errors.Is(err, errCategoryFull):
		a.rooms.full(category, a.now())
		a.rooms.forget()
	default:
		a.rooms.leave(category)
	}
	return err
}

// silence takes the right to write from everybody but us, or gives it back: from
// @everyone, and from the people to whom an overwrite gave it.
func (a *Adapter) silence(ctx context.Context, ch *discordgo.Channel, on bool) error {
	r, err := a.rights(ctx)
	if err != nil {
		return err
	}
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	everyone := discordgo.PermissionOverwrite{ID: a.guildID, Type: discordgo.PermissionOverwriteTypeRole}
	if old := overwriteOf(ch, a.guildID); old != nil {
		everyone = *old
	}
	before := everyone
	if everyone.Deny &^= canWrite; on {
		everyone.Deny |= canWrite
		everyone.Allow &^= canWrite
	}
	if everyone != before {
		if err := a.setOverwrite(ctx, ch.ID, everyone); err != nil {
			return err
		}
	}
	for _, o := range ch.PermissionOverwrites {
		if !sees(o) || o.ID == string(me.Bot) {
			continue
		}
		changed := *o
		if on {
			changed.Allow &^= canWrite
		} else {
			changed.Allow |= r.asMember() & canWrite &^ changed.Deny
		}
		if changed.Allow == o.Allow {
			continue
		}
		if err := a.setOverwrite(ctx, ch.ID, changed); err != nil {
			return err
		}
	}
	return nil
}
