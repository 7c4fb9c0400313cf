package discord

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"roomkeeper/connector"
)

// route is what a request asks for, without whom.
type route struct {
	// name is method and path with placeholders: the name of the call in logs and metrics.
	name string
	// major is the id by which rate limits of one route are kept apart (docs, topics/rate-limits).
	major string
	// interaction: an answer to an interaction, which is outside the global limit (same page).
	interaction bool
}

// routeOf takes apart a path below the version.
func routeOf(method, path string) route {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	r := route{interaction: parts[0] == "interactions" || parts[0] == "webhooks"}
	for i, part := range parts {
		switch {
		case i > 0 && (parts[i-1] == "channels" || parts[i-1] == "guilds" || parts[i-1] == "webhooks") && isID(part):
			if r.major == "" {
				r.major = part
			}
			parts[i] = "{" + strings.TrimSuffix(parts[i-1], "s") + "}"
		case i == 2 && r.interaction:
			sum := sha256.Sum256([]byte(part)) // a secret
			r.major = hex.EncodeToString(sum[:8])
			parts[i] = "{token}"
		case i > 0 && isID(part):
			parts[i] = "{" + strings.TrimSuffix(parts[i-1], "s") + "}"
		}
	}
	r.name = method + " /" + strings.Join(parts, "/")
	return r
}

// Routes whose codes or rates are particular.
const (
	putOverwrite       = "PUT /channels/{channel}/permissions/{permission}"
	deleteOverwrite    = "DELETE /channels/{channel}/permissions/{permission}"
	putThreadMember    = "PUT /channels/{channel}/thread-members/{thread-member}"
	deleteThreadMember = "DELETE /channels/{channel}/thread-members/{thread-member}"
	postChannel        = "POST /guilds/{guild}/channels"
	postThread         = "POST /channels/{channel}/threads"
	patchChannel       = "PATCH /channels/{channel}"
	getChannel         = "GET /channels/{channel}"
	getChannels        = "GET /guilds/{guild}/channels"
	getThreadMembers   = "GET /channels/{channel}/thread-members"
	postMessage        = "POST /channels/{channel}/messages"
	patchMessage       = "PATCH /channels/{channel}/messages/{message}"
	postDirect         = "POST /users/@me/channels"
	putPin             = "PUT /channels/{channel}/messages/pins/{pin}"
)

// class is how much a call matters among those that nobody waits for.
func (r route) class() connector.Priority {
	switch {
	case r.name == deleteOverwrite, r.name == deleteThreadMember:
		return connector.PriorityRemoval
	case r.name == putOverwrite, r.name == putThreadMember:
		return connector.PriorityAddition
	case strings.Contains(r.name, "/messages") && !strings.HasPrefix(r.name, http.MethodGet):
		return connector.PriorityCard
	}
	return connector.PriorityOther
}

// key names the route of one major id.
func (r route) key() string { return r.name + " " + r.major }
