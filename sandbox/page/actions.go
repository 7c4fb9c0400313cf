package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"roomkeeper/sandbox/slack"
)

// doing is the body of everything that a person does in chat.
type doing struct {
	As       string              `json:"as"` // a person's key
	Channel  string              `json:"channel"`
	Text     string              `json:"text"`
	TS       string              `json:"ts"`
	ViewID   string              `json:"view_id"`
	BlockID  string              `json:"block_id"`
	ActionID string              `json:"action_id"`
	Picked   []string            `json:"picked"`
	Values   map[string][]string `json:"values"` // by action_id
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

// read decodes a request and finds out who acts; false: it was answered.
func (s *server) read(rw http.ResponseWriter, r *http.Request) (d doing, member string, ok bool) {
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&d); err != nil {
		writeJSON(rw, http.StatusBadRequest, done{Error: "the request is not JSON"})
		return d, "", false
	}
	member = d.As
	if member == "" || strings.HasPrefix(member, "crm:") {
		writeJSON(rw, http.StatusConflict, done{Error: `This person has no chat account. Choose another one under "Acting as".`})
		return d, "", false
	}
	return d, member, true
}

// finish answers with what came of a command, click or modal.
func finish(rw http.ResponseWriter, d done, out slack.Outcome, err error) {
	switch {
	case err != nil:
		d.Error = err.Error()
	case out.Error == "dispatch_failed":
		d.Error = "The connector did not take it (dispatch_failed). Is it running?"
	case out.Error == "operation_timeout":
		d.Error = "The connector did not answer within 3 seconds (operation_timeout)."
	default:
		d.Error = out.Error
	}
	d.OK, d.Errors = d.Error == "", out.Errors
	status := http.StatusOK
	if !d.OK {
		status = http.StatusConflict
	}
	writeJSON(rw, status, d)
}

var errNoPlace = errors.New("there is no channel to write in; create one first")

// say posts a message or runs a slash command. A command happens in #general
// when no channel is chosen, or one that the person does not see.
func (s *server) say(rw http.ResponseWriter, r *http.Request) {
	d, member, ok := s.read(rw, r)
	if !ok {
		return
	}
	command := strings.HasPrefix(d.Text, "/")
	if d.Channel == "" || command && !s.sees(member, d.Channel) {
		general, found := s.chat.Channel("general")
		if !found {
			finish(rw, done{}, slack.Outcome{}, errNoPlace)
			return
		}
		d.Channel = general.ID
	}
	where := done{Channel: d.Channel}
	if command {
		out, err := s.chat.Command(r.Context(), member, d.Channel, d.Text)
		finish(rw, where, out, err)
		return
	}
	_, err := s.chat.Do("post", slack.Act{User: member, Channel: d.Channel, Text: d.Text})
	if err != nil {
		err = fmt.Errorf("only members of the channel can write in it: %w", err)
	}
	finish(rw, where, slack.Outcome{}, err)
}

// sees reports whether a member can open a channel.
func (s *server) sees(member, id string) bool {
	ch, found := s.chat.Channel(id)
	return found && (!ch.Private || slices.Contains(ch.Members, member))
}

// act clicks a button or chooses from a menu, in a message or a modal. What a
// modal's fields hold is in Values.
func (s *server) act(rw http.ResponseWriter, r *http.Request) {
	d, member, ok := s.read(rw, r)
	if !ok {
		return
	}
	click := slack.Click{User: member, Channel: d.Channel, TS: d.TS, ViewID: d.ViewID, ActionID: d.ActionID, BlockID: d.BlockID, Values: d.Picked}
	out, err := s.chat.Click(r.Context(), click)
	finish(rw, done{}, out, err)
}

func (s *server) submit(rw http.ResponseWriter, r *http.Request) {
	d, member, ok := s.read(rw, r)
	if !ok {
		return
	}
	values := map[string]any{}
	for action, list := range d.Values {
		values[action] = list
	}
	out, err := s.chat.Submit(r.Context(), slack.Submission{User: member, ViewID: d.ViewID, Values: values})
	if err == nil && len(out.Errors) > 0 {
		writeJSON(rw, http.StatusOK, done{OK: true, Errors: out.Errors})
		return
	}
	finish(rw, done{}, out, err)
}

func (s *server) closeView(rw http.ResponseWriter, r *http.Request) {
	_, member, ok := s.read(rw, r)
	if !ok {
		return
	}
	// The app is told even when the browser does not wait for it.
	out, err := s.chat.CloseView(context.WithoutCancel(r.Context()), member, false)
	finish(rw, done{}, out, err)
}
