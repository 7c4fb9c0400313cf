package discord

import (
	"net/http"
	"net/url"
	"time"
)

// firstPatience is how long a follow-up waits for the answer that it follows: the app may be faster than the
// sandbox reads.
const firstPatience = time.Second

func interactionRoutes() []route {
	const hook = "/webhooks/{webhook}/{token}"
	return []route{
		{method: "POST", path: "/interactions/{interaction}/{token}/callback", run: (*call).callbackRoute, access: openAccess, bucket: "interaction"},
		{method: "POST", path: hook, run: (*call).createFollowup, access: openAccess, bucket: "follow-up"},
		{method: "GET", path: hook + "/messages/{message}", run: (*call).getFollowup, access: openAccess, bucket: "follow-up"},
		{method: "PATCH", path: hook + "/messages/{message}", run: (*call).editFollowup, access: openAccess, bucket: "follow-up"},
		{method: "DELETE", path: hook + "/messages/{message}", run: (*call).deleteFollowup, access: openAccess, bucket: "follow-up"},
	}
}

// callbackRoute answers an interaction by a call of its own instead of in the answer to its request.
func (c *call) callbackRoute() (any, *refusal) {
	it := c.interactions[c.vars["interaction"]]
	switch {
	case it == nil || it.token != c.vars["token"] || c.expired(it):
		return nil, refuse(10062)
	case it.answered:
		return nil, refuse(40060)
	}
	if no := c.callback(it); no != nil {
		return nil, no
	}
	c.Touch()
	if c.query.Get("with_response") != "true" {
		return nil, nil
	}
	about := answer{"id": it.id, "type": it.kind, "response_message_loading": it.thinking, "response_message_ephemeral": it.private}
	said := answer{"interaction": about}
	if it.original != nil {
		about["response_message_id"] = it.original.ID
		said["resource"] = answer{"type": messageAnswer, "message": c.messageObject(c.channels[it.channel], it.original)}
	}
	return said, nil
}

// follows is the interaction of the path's token. An app that has not answered yet has no webhook (10015).
func (c *call) follows() (*interaction, *refusal) {
	if c.vars["webhook"] != c.cfg.ApplicationID {
		return nil, refuse(10015)
	}
	it := c.tokens[c.vars["token"]]
	if it != nil && !it.answered && !it.dead {
		c.await(it)
	}
	switch {
	case it == nil, !it.dead && c.expired(it):
		return nil, refuse(50027)
	case it.dead, !it.answered, c.channels[it.channel] == nil:
		return nil, refuse(10015)
	default:
		return it, nil
	}
}

// await lets go of the lock until the first answer was taken.
func (c *call) await(it *interaction) {
	c.mu.Unlock()
	defer c.mu.Lock()
	timer := time.NewTimer(firstPatience)
	defer timer.Stop()
	select {
	case <-it.first:
	case <-timer.C:
	case <-c.ctx.Done():
	}
}

// createFollowup posts one more answer. After a deferred one it gives that its content instead, as private as the
// deferral said (docs: create followup message).
func (c *call) createFollowup() (any, *refusal) {
	it, no := c.follows()
	if no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	brought := readContent(f)
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if brought.empty() {
		return nil, refuse(50006)
	}
	m := it.original
	if it.thinking && c.there(it, m) {
		c.change(it, m, brought)
	} else {
		m = c.post(it, brought, brought.Flags&ephemeralFlag != 0)
		it.follow = append(it.follow, m)
		it.last = m
		it.settle()
	}
	return withStatus{http.StatusOK, c.messageObject(c.channels[it.channel], m)}, nil
}

// followed is the answer of the path: @original, or a follow-up by its id.
func (c *call) followed() (*interaction, *message, *refusal) {
	it, no := c.follows()
	if no != nil {
		return nil, nil, no
	}
	id, _ := url.PathUnescape(c.vars["message"])
	for _, m := range append([]*message{it.original}, it.follow...) {
		if c.there(it, m) && (m.ID == id || id == "@original" && m == it.original) {
			return it, m, nil
		}
	}
	return nil, nil, refuse(10008)
}

func (c *call) getFollowup() (any, *refusal) {
	it, m, no := c.followed()
	if no != nil {
		return nil, no
	}
	return c.messageObject(c.channels[it.channel], m), nil
}

func (c *call) editFollowup() (any, *refusal) {
	it, m, no := c.followed()
	if no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	edited, no := merged(f, m.content)
	if no != nil {
		return nil, no
	}
	c.change(it, m, edited)
	return c.messageObject(c.channels[it.channel], m), nil
}

func (c *call) deleteFollowup() (any, *refusal) {
	it, m, no := c.followed()
	if no != nil {
		return nil, no
	}
	c.removeMessage(c.channels[it.channel], m)
	if m == it.original {
		it.thinking = false
	}
	if m == it.last {
		it.last = nil
	}
	it.settle()
	return nil, nil
}
