package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"roomkeeper/connector"
)

// eventEnvelope is the part of an Events API request that is used. Own structs
// and not slackevents: that rejects an event whole when a part of it that
// nobody needs has a form that it does not know.
type eventEnvelope struct {
	Type      string          `json:"type"`
	Challenge string          `json:"challenge"`
	TeamID    string          `json:"team_id"`
	EventID   string          `json:"event_id"`
	EventTime int64           `json:"event_time"`
	Event     json.RawMessage `json:"event"`
	// Minute is set with app_rate_limited: the minute from which events were lost.
	Minute int64 `json:"minute_rate_limited"`
}

// channelEvent is the part of an event that is used.
type channelEvent struct {
	Type    string     `json:"type"`
	Channel channelRef `json:"channel"`
	User    userRef    `json:"user"`
	// OldChannel and NewChannel come with channel_id_changed.
	OldChannel string `json:"old_channel_id"`
	NewChannel string `json:"new_channel_id"`
	Tokens     struct {
		OAuth []string `json:"oauth"`
		Bot   []string `json:"bot"`
	} `json:"tokens"`
}

// channelRef is a channel as events name it: by its id alone, or by an object
// with id and name.
type channelRef struct{ ID, Name string }

// UnmarshalJSON takes both forms, and anything else as no channel.
func (c *channelRef) UnmarshalJSON(raw []byte) error {
	var object struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	if json.Unmarshal(raw, &object.ID) == nil || json.Unmarshal(raw, &object) == nil {
		*c = channelRef(object)
	}
	return nil
}

// userRef is a user as events name them: by the id alone, or by the whole object.
type userRef struct {
	ID string
	// Unfit: they are no full member with an account.
	Unfit bool
}

// UnmarshalJSON takes both forms, and anything else as nobody.
func (u *userRef) UnmarshalJSON(raw []byte) error {
	var object struct {
		ID              string `json:"id"`
		Deleted         bool   `json:"deleted"`
		Restricted      bool   `json:"is_restricted"`
		UltraRestricted bool   `json:"is_ultra_restricted"`
	}
	if json.Unmarshal(raw, &object.ID) == nil || json.Unmarshal(raw, &object) == nil {
		*u = userRef{ID: object.ID, Unfit: object.Deleted || object.Restricted || object.UltraRestricted}
	}
	return nil
}

// serveEvent takes one event. 200 means that it is stored or of no use, 503
// that Slack shall send it again; a repeated one has the same event_id.
func (in *Inbound) serveEvent(w http.ResponseWriter, r *http.Request, body []byte) {
	var envelope eventEnvelope
	if err := json.Unmarshal(body, &envelope); err != nil {
		http.Error(w, "the body is not an event", http.StatusBadRequest)
		return
	}
	if envelope.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		// A failed write means that Slack hung up: nobody is left to tell.
		_, _ = w.Write([]byte(envelope.Challenge))
		return
	}
	event, ok := envelope.chatEvent(body)
	if !ok || in.foreign(envelope.TeamID) {
		w.WriteHeader(http.StatusOK)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), acceptLimit)
	defer cancel()
	if err := in.acceptor.AcceptChat(ctx, event); err != nil {
		in.log.ErrorContext(ctx, "slack: event not stored", "event", event.ID, "type", event.Type, "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(storeRetryAfter(err)))
		http.Error(w, "the event could not be stored", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// storeRetryAfter is how many seconds to wait after a failure to store.
func storeRetryAfter(err error) int {
	var wait *connector.WaitError
	if errors.As(err, &wait) {
		return max(1, int((wait.After+time.Second-1)/time.Second))
	}
	return 5
}

// chatEvent translates an envelope; ok is false for what is of no use.
func (e eventEnvelope) chatEvent(body []byte) (event connector.ChatEvent, ok bool) {
	event = connector.ChatEvent{ID: e.EventID, Platform: Platform}
	if e.EventTime > 0 {
		event.At = time.Unix(e.EventTime, 0).UTC()
	}
	switch e.Type {
	case "app_rate_limited":
		event.Type = connector.ChatEventsWereMissed
		event.ID = "app_rate_limited/" + e.TeamID + "/" + strconv.FormatInt(e.Minute, 10)
		event.At = time.Unix(e.Minute, 0).UTC()
		return event, true
	case "event_callback":
	default:
		return connector.ChatEvent{}, false
	}
	var inner channelEvent
	if json.Unmarshal(e.Event, &inner) != nil {
		return connector.ChatEvent{}, false
	}
	if event.ID == "" {
		event.ID = digest(body)
	}
	event.Type, ok = chatEventType(inner)
	event.Channel, event.Name = connector.ChannelID(inner.Channel.ID), inner.Channel.Name
	event.Member = connector.MemberID(inner.User.ID)
	if event.Type == connector.ChatChannelMoved {
		event.Channel, event.NewChannel = connector.ChannelID(inner.OldChannel), connector.ChannelID(inner.NewChannel)
	}
	if event.Channel == "" && aboutChannel(event.Type) {
		return connector.ChatEvent{}, false
	}
	return event, ok
}

// chatEventType is the table of the events in use.
func chatEventType(e channelEvent) (t connector.ChatEventType, ok bool) {
	switch e.Type {
	case "member_joined_channel":
		return connector.ChatMemberJoined, true
	case "member_left_channel":
		return connector.ChatMemberLeft, true
	case "channel_rename", "group_rename":
		return connector.ChatChannelRenamed, true
	case "channel_archive", "group_archive":
		return connector.ChatChannelArchived, true
	case "channel_unarchive", "group_unarchive":
		return connector.ChatChannelRestored, true
	case "channel_deleted", "group_deleted":
		return connector.ChatChannelDeleted, true
	case "channel_left", "group_left":
		return connector.ChatBotRemoved, true
	case "channel_id_changed":
		return connector.ChatChannelMoved, e.OldChannel != "" && e.NewChannel != ""
	case "team_join":
		return connector.ChatPersonArrived, e.User.ID != "" && !e.User.Unfit
	case "user_change":
		// Any change of a profile raises it, and a deactivation too.
		if e.User.Unfit {
			return connector.ChatPersonLeft, e.User.ID != ""
		}
		return connector.ChatPersonChanged, e.User.ID != ""
	case "app_uninstalled":
		return connector.ChatTokenRevoked, true
	case "tokens_revoked":
		// Somebody's user token is not ours.
		return connector.ChatTokenRevoked, len(e.Tokens.Bot) > 0 || len(e.Tokens.OAuth) == 0
	case "app_rate_limited":
		return connector.ChatEventsWereMissed, true
	}
	return "", false
}

// aboutChannel reports whether an event of this type names a channel.
func aboutChannel(t connector.ChatEventType) bool {
	switch t {
	case connector.ChatTokenRevoked, connector.ChatEventsWereMissed,
		connector.ChatPersonArrived, connector.ChatPersonChanged, connector.ChatPersonLeft:
		return false
	default:
		return true
	}
}
