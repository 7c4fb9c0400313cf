package slack

import (
	"maps"
	"net/http"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

// A response_url lives for 30 minutes and five uses (docs.slack.dev/interactivity/handling-user-interaction).
const (
	responseLife = 30 * time.Minute
	responseUses = 5
)

// responseHook is the target of one response_url.
type responseHook struct {
	user    string
	channel string // id
	ts      string // the message that replace_original and delete_original mean; "": none yet
	at      time.Time
	uses    int
}

// newHook makes a response_url. The caller holds mu.
func (w *Workspace) newHook(user, channel, ts string) (id, address string) {
	for old, h := range w.hooks {
		if w.now().Sub(h.at) > 2*responseLife {
			delete(w.hooks, old)
		}
	}
	id = unguessable()
	w.hooks[id] = &responseHook{user: user, channel: channel, ts: ts, at: w.now()}
	return id, w.settings.BaseURL + "/response/" + id
}

func (w *Workspace) serveResponseURL(rw http.ResponseWriter, r *http.Request) {
	req, code := readRequest(r, true)
	entry := Call{Trace: stage.Trace{Method: "response_url", Time: w.now()}, HTTPMethod: r.Method, ContentType: req.contentType,
		TokenIn: req.tokenIn, Args: maps.Clone(req.args)}
	w.Pass(rw, r, entry, req.args, func() (reply, bool) {
		if code != "" {
			return refused(refuse("invalid_payload")), false
		}
		return w.respond(r.PathValue("id"), req.args)
	})
}

func (w *Workspace) respond(id string, args arguments) (reply, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.hooks[id]
	dead := func(code string) (reply, bool) {
		out := refused(refuse(code))
		out.status = http.StatusNotFound
		return out, false
	}
	switch {
	case h == nil:
		return dead("no_such_hook")
	case w.now().Sub(h.at) > responseLife:
		return dead("expired_url")
	case h.uses >= responseUses:
		return dead("used_url")
	}
	h.uses++
	c := &call{Workspace: w, args: args, actor: w.users[w.botUserID]}
	if no := c.answerHook(h); no != nil {
		return refused(no), true
	}
	return succeeded(answer{}), true
}

// answerHook posts, replaces or deletes what a response asks for. An ephemeral message stays one.
func (c *call) answerHook(h *responseHook) *refusal {
	ch := c.channels[h.channel]
	if ch == nil {
		return refuse("channel_not_found")
	}
	original := ch.message(h.ts)
	if c.args.flag("delete_original") {
		if original != nil {
			ch.removeMessage(original.TS)
			c.Touch()
		}
		return nil
	}
	content, no := c.content(maxText)
	if no != nil {
		return no
	}
	if content.empty() {
		return refuse("no_text")
	}
	if c.args.flag("replace_original") && original != nil {
		if content.blocks == nil {
			content.blocks = []map[string]any{}
		}
		c.edit(original, content, nil, false)
		return nil
	}
	m := message{User: c.actor.ID, Text: content.text, Blocks: content.blocks, Attachments: content.attachments, EphemeralTo: h.user}
	if c.args["response_type"] == "in_channel" {
		m.EphemeralTo = ""
	}
	posted := c.say(ch, m)
	if h.ts == "" {
		h.ts = posted.TS
	}
	return nil
}
