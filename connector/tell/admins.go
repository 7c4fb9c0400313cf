package tell

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"roomkeeper/connector"
)

// Admins are the channels in which the admins of the deployment are told, the
// default one first; none: nobody is.
type Admins []AdminChannel

// AdminChannel is one of them.
type AdminChannel struct {
	Platform connector.PlatformID
	Channel  connector.ChannelID
}

// of is the channel in which the admins hear of what is on a platform: that
// platform's own, else the first one.
func (a Admins) of(platform connector.PlatformID) (AdminChannel, bool) {
	for _, c := range a {
		if c.Platform == platform {
			return c, true
		}
	}
	if len(a) == 0 {
		return AdminChannel{}, false
	}
	return a[0], true
}

// Refusals knows which of the admins' channels refused to be written to when it was
// last tried. The zero value knows of none; it may be used by several at once.
type Refusals struct {
	mu sync.Mutex
	of map[AdminChannel]refusal
}

type refusal struct {
	err error
	at  time.Time
}

// Of is why a channel refused; nil: it did not, as far as is known.
func (r *Refusals) Of(at AdminChannel) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of[at].err
}

// Put notes what became of the last try; nil is no refusal. It reports whether that is
// something new.
func (r *Refusals) Put(at AdminChannel, err error, now time.Time) (changed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.of[at].err
	if err == nil {
		delete(r.of, at)
		return before != nil
	}
	if r.of == nil {
		r.of = map[AdminChannel]refusal{}
	}
	r.of[at] = refusal{err: err, at: now}
	return connector.ReasonOf(before) != connector.ReasonOf(err)
}

// Check asks each channel once, without writing, whether it could be written to, warns
// of those that could not, and forgets what is put right. What may pass is not said.
func (a Admins) Check(
	ctx context.Context, platforms map[connector.PlatformID]connector.ChatPlatform, refused *Refusals, now time.Time, log *slog.Logger,
) {
	for _, at := range a {
		platform := platforms[at.Platform]
		if platform.Adopter == nil {
			continue
		}
		view, err := platform.Adopter.View(ctx, at.Channel)
		switch {
		case err == nil && view.Archived:
			err = connector.ErrArchived
		case err == nil && view.Out && platform.Joiner != nil:
			// Where nobody joins channels, whoever sees one may write in it.
			err = connector.ErrNotInChannel
		}
		switch {
		case err == nil:
			refused.seen(at)
		case ctx.Err() == nil && !connector.ReasonOf(err).Passing() && !errors.Is(err, connector.ErrUnsupported):
			refused.warn(ctx, at, err, now, log)
		}
	}
}

// seen forgets a refusal of a channel that is there and has us in it; whether it lets us
// write, only writing tells.
func (r *Refusals) seen(at AdminChannel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch connector.ReasonOf(r.of[at].err) {
	case connector.ReasonForbidden, connector.ReasonUnsupported:
	default:
		delete(r.of, at)
	}
}

// warn notes a refusal and says it, if it is news.
func (r *Refusals) warn(ctx context.Context, at AdminChannel, err error, now time.Time, log *slog.Logger, about ...any) {
	if r.Put(at, err, now) {
		log.WarnContext(ctx, "ROOMKEEPER_ADMIN_CHANNEL cannot be written to: "+Remedy(err),
			append([]any{"platform", at.Platform, "channel", at.Channel, "error", err}, about...)...)
	}
}

// since reports whether a channel refused after a time.
func (r *Refusals) since(at AdminChannel, begin time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, refused := r.of[at]
	return refused && last.at.After(begin)
}

// Remedy says what to do about an admins' channel that refuses.
func Remedy(err error) string {
	const variable = ", or set ROOMKEEPER_ADMIN_CHANNEL to the id of another one"
	switch connector.ReasonOf(err) {
	case connector.ReasonChannelGone, connector.ReasonNotFound:
		return "invite the app to that channel if it is there" + variable
	case connector.ReasonArchived:
		return "unarchive that channel" + variable
	case connector.ReasonForbidden, connector.ReasonUnsupported:
		return "let the app write in that channel" + variable
	default:
		return "invite the app to that channel" + variable
	}
}
