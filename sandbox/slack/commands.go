package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"roomkeeper/sandbox/internal/stage"
)

// Outcome is what a person sees after a command, a click or a modal.
type Outcome struct {
	Status  int               `json:"status"`            // HTTP status of the app's answer; 0: none
	Error   string            `json:"error,omitempty"`   // operation_timeout or dispatch_failed, as Slack shows it
	Message *StateMessage     `json:"message,omitempty"` // the answer, for who asked
	Modal   *StateView        `json:"modal,omitempty"`   // the person's uppermost modal
	Errors  map[string]string `json:"errors,omitempty"`  // of a refused submission, by block_id
}

// errNotPossible is something that a person could not do in Slack either.
var errNotPossible = errors.New("not possible")

// Command enters a slash command as a person. user and channel are ids or names; text may begin with the command
// itself. It returns when the app has answered or its time is over. An error means that the person cannot do it.
func (w *Workspace) Command(ctx context.Context, user, channel, text string) (Outcome, error) {
	form, h, err := w.commandForm(user, channel, text)
	if err != nil {
		return Outcome{}, err
	}
	status, body, err := w.send(ctx, "/slack/commands", "application/x-www-form-urlencoded", []byte(form.Encode()), nil)
	w.mu.Lock()
	defer w.mu.Unlock()
	out := Outcome{Status: status, Error: shownError(status, err)}
	ch := w.channels[h.channel]
	if ch == nil {
		return out, nil
	}
	before := w.lastTS
	if out.Error != "" {
		w.say(ch, message{User: slackbotID, EphemeralTo: h.user, Text: fmt.Sprintf("%s failed with the error \"%s\"", form.Get("command"), out.Error)})
	} else {
		w.answerCommand(h, body)
	}
	if m := ch.messages; len(m) > 0 && w.lastTS != before {
		last := w.stateMessage(m[len(m)-1])
		out.Message = &last
	}
	out.Modal = w.topView(h.user)
	return out, nil
}

// commandForm builds the request of a command with a fresh trigger and response_url.
func (w *Workspace) commandForm(user, channel, text string) (url.Values, *responseHook, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, ch := w.userNamed(user), w.channelNamed(channel)
	switch {
	case u == nil || u.Bot || u.Deleted:
		return nil, nil, fmt.Errorf("%w: no active person %q", errNotPossible, user)
	case ch == nil || (ch.Private || ch.Direct) && !ch.has(u.ID):
		return nil, nil, fmt.Errorf("%w: %s sees no channel %q", errNotPossible, u.Name, channel)
	}
	command := w.cfg.Command
	if strings.HasPrefix(text, "/") {
		command, text, _ = strings.Cut(text, " ")
	}
	id, address := w.newHook(u.ID, ch.ID, "")
	name := ch.Name
	switch {
	case ch.Direct:
		name = "directmessage"
	case ch.Private:
		name = "privategroup"
	}
	return url.Values{
		"token": {verificationToken}, "team_id": {w.cfg.TeamID}, "team_domain": {w.cfg.TeamDomain},
		"channel_id": {ch.ID}, "channel_name": {name}, "user_id": {u.ID}, "user_name": {u.Name},
		"command": {command}, "text": {w.escape(strings.TrimSpace(text))}, "api_app_id": {appID},
		"is_enterprise_install": {"false"}, "response_url": {address}, "trigger_id": {w.newTrigger(u.ID, false)},
	}, w.hooks[id], nil
}

// escape turns @name, #channel and links into <@U…|name>, <#C…|name> and <https://…>, as the app's setting
// "Escape channels, users, and links" does; a private channel comes without its name
// (docs.slack.dev/interactivity/implementing-slash-commands).
func (w *Workspace) escape(text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	text = regexp.MustCompile(`(^|\s)(https?://\S+)`).ReplaceAllString(text, "$1<$2>")
	mention := regexp.MustCompile(`(^|\s)([@#])([\p{L}\p{M}\p{N}._-]+)`)
	return mention.ReplaceAllStringFunc(text, func(found string) string {
		parts := mention.FindStringSubmatch(found)
		name := strings.TrimRight(parts[3], ".")
		rest := strings.TrimPrefix(parts[3], name)
		if parts[2] == "@" {
			if u := w.userNamed(name); u != nil {
				return parts[1] + "<@" + u.ID + "|" + u.Name + ">" + rest
			}
			return found
		}
		ch := w.channelNamed(name)
		switch {
		case ch == nil || ch.Direct:
			return found
		case ch.Private:
			return parts[1] + "<#" + ch.ID + "|>" + rest
		default:
			return parts[1] + "<#" + ch.ID + "|" + ch.Name + ">" + rest
		}
	})
}

// shownError is what Slack shows when an app does not answer well.
func shownError(status int, err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "operation_timeout"
	case err != nil || status != http.StatusOK:
		return "dispatch_failed"
	default:
		return ""
	}
}

// answerCommand shows the immediate answer of a command: JSON like a response_url's, or plain text. An empty one
// shows nothing. The caller holds mu.
func (w *Workspace) answerCommand(h *responseHook, body stage.Received) {
	text := strings.TrimSpace(string(body.Content))
	if text == "" {
		return
	}
	args := arguments{}
	if !strings.HasPrefix(body.Header.Get("Content-Type"), "application/json") || readJSON([]byte(text), args) != "" {
		args = arguments{"text": text}
	}
	c := &call{Workspace: w, args: args, actor: w.users[w.botUserID]}
	if no := c.answerHook(h); no != nil && no.code != "no_text" {
		w.say(w.channels[h.channel], message{User: slackbotID, EphemeralTo: h.user, Text: "failed with the error \"" + no.code + "\""})
	}
}
