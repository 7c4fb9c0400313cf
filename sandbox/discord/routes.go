package discord

import (
	"slices"
	"strings"
)

// route is one operation of the REST API. Tables of them live beside what they do; allRoutes lists the tables.
type route struct {
	method string
	path   string // template below /api/v10; {guild}, {channel} and {webhook} are major parameters of rate limits
	run    func(*call) (any, *refusal)
	status int    // of success; 0: 200, or 204 when there is no body
	access access // who may call
	bucket string // name of the rate limit, see rates; "": that of the route itself
}

// access is what a route wants to know of its caller.
type access int

const (
	botAccess    access = iota // the bot's token
	bearerAccess               // somebody's OAuth2 token
	eitherAccess               // one of the two
	openAccess                 // nothing: the path or body carries a secret of its own
)

// allRoutes is every operation that the guild serves.
func allRoutes() []route {
	return slices.Concat(teamRoutes(), roleRoutes(), memberRoutes(), channelRoutes(), threadRoutes(), directRoutes(), messageRoutes(), pinRoutes(), auditRoutes(),
		commandRoutes(), interactionRoutes(), oauthRoutes())
}

// name is how logs, faults and gates call a route.
func (r route) name() string { return r.method + " " + r.path }

// match compares a path with the template.
func (r route) match(steps []string) (vars map[string]string, literals int, ok bool) {
	template := strings.Split(strings.TrimPrefix(r.path, "/"), "/")
	if len(template) != len(steps) {
		return nil, 0, false
	}
	vars = map[string]string{}
	for i, step := range template {
		if name, isVar := strings.CutPrefix(step, "{"); isVar {
			vars[strings.TrimSuffix(name, "}")] = steps[i]
			continue
		}
		if step != steps[i] {
			return nil, 0, false
		}
		literals++
	}
	return vars, literals, true
}

// find is the route of a request: of several that fit the one with the most literal steps. known says whether the
// path exists, perhaps with another method.
func (g *Guild) find(method, path string) (found route, vars map[string]string, known bool) {
	steps := strings.Split(strings.Trim(path, "/"), "/")
	best := -1
	for _, r := range g.routes {
		v, literals, ok := r.match(steps)
		if !ok {
			continue
		}
		known = true
		if r.method == method && literals > best {
			found, vars, best = r, v, literals
		}
	}
	return found, vars, known
}
