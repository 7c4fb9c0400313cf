package discord

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

const (
	// restBatch is how many idle threads make room for new ones at a time.
	restBatch = 10
	// roomWait is for room that was made and that another run took.
	roomWait = time.Second
)

// awake makes a call for a thread. One that Discord has archived for its silence
// is opened first: the refused call had no effect. ErrArchived: it is locked too.
func (a *Adapter) awake(ctx context.Context, thread string, do func() error) error {
	err := a.withRoom(ctx, thread, do)
	if !hasCode(err, codeThreadArchived) {
		return err
	}
	if _, err := a.reach(ctx, connector.ChannelID(thread)); err != nil {
		return err
	}
	if err := a.wake(ctx, thread); err != nil {
		return err
	}
	return a.withRoom(ctx, thread, do)
}

// wake opens a thread that has been idle.
func (a *Adapter) wake(ctx context.Context, thread string) error {
	err := a.setThread(ctx, thread, map[string]any{"archived": false})
	if err == nil {
		a.rooms.addActive(1)
	}
	return err
}

// withRoom makes a call, and makes room where it would give one active thread too
// many, except by the thread itself.
func (a *Adapter) withRoom(ctx context.Context, thread string, do func() error) error {
	err := do()
	if !hasCode(err, codeThreadsFull) {
		return err
	}
	if err := a.restIdle(ctx, thread); err != nil {
		return err
	}
	if err = do(); hasCode(err, codeThreadsFull) {
		return &connector.WaitError{After: roomWait, What: "room for an active thread"}
	}
	return err
}

// setThread changes a thread's state.
func (a *Adapter) setThread(ctx context.Context, thread string, state map[string]any) error {
	return a.withRoom(ctx, thread, func() error {
		return a.send(ctx, request{method: http.MethodPatch, path: "channels/" + thread, audited: true, body: state}, nil)
	})
}

// restIdle archives those of our threads in which nothing was said for the
// longest time, all but one, so that others find room. ErrFull: there are none.
func (a *Adapter) restIdle(ctx context.Context, except string) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	_, parents, err := a.threadLists(ctx)
	if err != nil {
		return err
	}
	active, err := a.activeThreads(ctx)
	if err != nil {
		return err
	}
	active = slices.DeleteFunc(active, func(ch *discordgo.Channel) bool {
		return ch == nil || ch.ID == except || ch.OwnerID != string(me.Bot) || !slices.Contains(parents, ch.ParentID)
	})
	slices.SortFunc(active, func(x, y *discordgo.Channel) int {
		return cmp.Compare(timeOf(lastWord(x)).UnixMilli(), timeOf(lastWord(y)).UnixMilli())
	})
	rested := 0
	failure := refused("active threads of the guild", connector.ErrFull)
	for _, ch := range active[:min(len(active), restBatch)] {
		err := a.send(ctx, request{
			method: http.MethodPatch, path: "channels/" + ch.ID, audited: true, body: map[string]any{"archived": true},
		}, nil)
		if err != nil {
			failure = err
			break
		}
		rested++
	}
	a.rooms.addActive(-rested)
	if rested == 0 {
		return failure
	}
	return nil
}

// lastWord is the id of a thread's last message, or its own.
func lastWord(ch *discordgo.Channel) string {
	if older(ch.ID, ch.LastMessageID) {
		return ch.LastMessageID
	}
	return ch.ID
}
