package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// doing is the body of everything that a person does in chat.
type doing struct {
	Platform string              `json:"platform"` // "": the first
	As       string              `json:"as"`       // a person's key
	Channel  string              `json:"channel"`
	Text     string              `json:"text"`
	Message  string              `json:"message"`
	ViewID   string              `json:"view_id"`
	BlockID  string              `json:"block_id"`
	ActionID string              `json:"action_id"`
	Picked   []string            `json:"picked"`
	Values   map[string][]string `json:"values"` // by action_id
	User     string              `json:"user"`   // who is removed
	Name     string              `json:"name"`   // of the channel
}

// done is the answer: OK, or Error for people; Errors are by block_id.
type done struct {
	OK      bool              `json:"ok"`
	Error   string            `json:"error,omitempty"`
	Errors  map[string]string `json:"errors,omitempty"`
	Channel string            `json:"channel,omitempty"`
}

// maxBody is the largest request of the page, in bytes.
const maxBody = 1 << 20

// hand is a handler of what a member of a chat platform does.
func (s *server) hand(do func(ctx context.Context, chat Chat, member string, d doing) (done, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var d doing
		if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&d); err != nil {
			writeJSON(rw, http.StatusBadRequest, done{Error: "the request is not JSON"})
			return
		}
		if d.As == "" || strings.HasPrefix(d.As, "crm:") {
			writeJSON(rw, http.StatusConflict, done{Error: `This person has no chat account. Choose another one under "Acting as".`})
			return
		}
		out, err := do(r.Context(), s.chat(d.Platform), d.As, d)
		if err != nil {
			out.Error = err.Error()
		}
		out.OK = out.Error == ""
		status := http.StatusOK
		if !out.OK {
			status = http.StatusConflict
		}
		writeJSON(rw, status, out)
	}
}

// became is the answer for an outcome. A refused modal is no error: its fields say what is wrong.
func became(out Outcome, err error) (done, error) {
	if err == nil && len(out.Errors) > 0 {
		return done{Errors: out.Errors}, nil
	}
	return done{Error: out.Error}, err
}

var errNoPlace = errors.New("there is no channel to write in; create one first")

// say posts a message or runs a slash command. A command happens in #general
// when no channel is chosen, or one that the person does not see.
func say(ctx context.Context, chat Chat, member string, d doing) (done, error) {
	command := strings.HasPrefix(d.Text, "/")
	look := chat.Look()
	there, found := look.channel(d.Channel)
	if d.Channel == "" || command && (!found || !there.sees(member)) {
		general, found := look.channel("general")
		if !found {
			return done{}, errNoPlace
		}
		d.Channel = general.ID
	}
	if command {
		out, err := became(chat.Command(ctx, member, d.Channel, d.Text))
		out.Channel = d.Channel
		return out, err
	}
	err := chat.Say(member, d.Channel, d.Text)
	if err != nil {
		err = fmt.Errorf("only members of the channel can write in it: %w", err)
	}
	return done{Channel: d.Channel}, err
}

// act clicks a button or chooses from a menu, in a message or a modal. What a
// modal's fields hold is in Values.
func act(ctx context.Context, chat Chat, member string, d doing) (done, error) {
	return became(chat.Press(ctx, member, Press{Channel: d.Channel, Message: d.Message, View: d.ViewID, Block: d.BlockID, Action: d.ActionID, Picked: d.Picked}))
}

func submit(ctx context.Context, chat Chat, member string, d doing) (done, error) {
	return became(chat.Submit(ctx, member, d.ViewID, d.Values))
}

// closeView tells the app even when the browser does not wait for it.
func closeView(ctx context.Context, chat Chat, member string, _ doing) (done, error) {
	return done{}, chat.Dismiss(context.WithoutCancel(ctx), member)
}

// move is what a person does with a channel by hand; Text is the Move… word.
func move(_ context.Context, chat Chat, member string, d doing) (done, error) {
	return done{}, chat.Move(d.Text, Moving{By: member, Channel: d.Channel, User: d.User, Name: d.Name})
}
