package slack

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// User is a person or a bot as the workspace knows them.
type User struct {
	ID              string `json:"id"`
	Name            string `json:"name"` // user name; the id in lower case when empty
	RealName        string `json:"real_name"`
	Email           string `json:"email"`
	Bot             bool   `json:"bot"`
	Restricted      bool   `json:"restricted"`       // multi-channel guest
	UltraRestricted bool   `json:"ultra_restricted"` // single-channel guest
	Deleted         bool   `json:"deleted"`          // deactivated
	Invited         bool   `json:"invited"`          // invited to the workspace, has not joined yet
	Admin           bool   `json:"admin"`
	Owner           bool   `json:"owner"`
	TeamID          string `json:"team_id"` // another workspace's id makes a stranger; empty is this one
	Updated         int64  `json:"updated"` // Unix seconds
}

// AddUser adds a person, or replaces the one with the same id, and returns the id. A new person of this
// workspace raises team_join.
func (w *Workspace) AddUser(u User) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.ID == "" {
		u.ID = w.nextID("U")
	}
	if u.Name == "" {
		u.Name = strings.ToLower(u.ID)
	}
	if u.RealName == "" {
		u.RealName = u.Name
	}
	if u.TeamID == "" {
		u.TeamID = w.cfg.TeamID
	}
	u.Updated = w.now().Unix()
	_, known := w.users[u.ID]
	w.users[u.ID] = &u
	if !known {
		w.userOrder = append(w.userOrder, u.ID)
		if !u.Bot && u.TeamID == w.cfg.TeamID {
			w.raise("team_join", answer{"user": w.userObject(&u)})
			w.enterGeneral(&u)
		}
	}
	w.Touch()
	return u.ID
}

func (w *Workspace) enterGeneral(u *User) {
	if ch := w.channels[w.names["general"]]; ch != nil && ch.General && !u.Restricted && !u.UltraRestricted {
		w.addMember(ch, u.ID, "")
	}
}

// UpdateUser changes a person and raises user_change. False: no such person.
func (w *Workspace) UpdateUser(id string, change func(*User)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.users[id]
	if u == nil {
		return false
	}
	change(u)
	u.ID, u.Updated = id, w.now().Unix()
	if u.Deleted && !w.settings.DeactivatedStay {
		w.takeOut(id)
	}
	w.raise("user_change", answer{"user": w.userObject(u), "cache_ts": w.now().Unix()})
	w.Touch()
	return true
}

// takeOut ends all memberships of somebody without a notice or an event: conversations.members does not list
// the deactivated, and no source describes an event for it. The caller holds mu.
func (w *Workspace) takeOut(user string) {
	for _, ch := range w.channels {
		if !ch.Direct {
			ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == user })
		}
	}
}

// userNamed finds a person by id, user name or @name; nil when there is none. The caller holds mu.
func (w *Workspace) userNamed(name string) *User {
	name = strings.TrimPrefix(name, "@")
	if u := w.users[name]; u != nil {
		return u
	}
	for _, id := range w.userOrder {
		if strings.EqualFold(w.users[id].Name, name) && name != "" {
			return w.users[id]
		}
	}
	return nil
}

// userObject is a person as the Web API shows them (docs.slack.dev/reference/objects/user-object).
func (w *Workspace) userObject(u *User) answer {
	profile := answer{
		"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name,
		"display_name_normalized": u.Name, "avatar_hash": "", "status_text": "", "status_emoji": "",
		"image_24": "", "image_32": "", "image_48": "", "image_72": "", "image_192": "", "image_512": "",
		"team": u.TeamID,
	}
	if u.Email != "" && u.TeamID == w.cfg.TeamID {
		profile["email"] = u.Email
	}
	if u.Bot {
		profile["bot_id"], profile["api_app_id"] = botID, appID
	}
	object := answer{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "profile": profile,
		"is_bot": u.Bot, "is_app_user": false, "updated": u.Updated,
	}
	if u.Deleted { // the flags of a role are missing on deactivated people
		return object
	}
	maps.Copy(object, answer{
		"color": "9f69e7", "real_name": u.RealName, "tz": "Etc/UTC", "tz_label": "UTC", "tz_offset": 0,
		"is_admin": u.Admin || u.Owner, "is_owner": u.Owner, "is_primary_owner": false,
		"is_restricted": u.Restricted || u.UltraRestricted, "is_ultra_restricted": u.UltraRestricted,
		"is_email_confirmed": !u.Invited, "who_can_share_contact_card": "EVERYONE",
	})
	if u.Invited {
		object["is_invited_user"] = true
	}
	if u.TeamID != w.cfg.TeamID {
		object["is_stranger"] = true
	}
	return object
}

func (c *call) usersInfo() (answer, *refusal) {
	if !c.args.has("user") { // undocumented form that SDKs use
		found := []answer{}
		for _, id := range c.args.list("users") {
			if u := c.users[id]; u != nil {
				found = append(found, c.userObject(u))
			}
		}
		return answer{"users": found}, nil
	}
	u := c.users[c.args["user"]]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	object := c.userObject(u)
	if c.args.flag("include_locale") {
		object["locale"] = "en-US"
	}
	return answer{"user": object}, nil
}

// usersList pages through the people of this workspace, deactivated ones included; 1000 a page at most.
func (c *call) usersList() (answer, *refusal) {
	limit, ok := c.args.number("limit", 0)
	if !ok || limit < 0 {
		return nil, refuseArgs("limit must be a number")
	}
	if above := c.settings.LimitRequiredAbove; limit == 0 && above > 0 && len(c.userOrder) > above {
		return nil, refuse("limit_required")
	}
	limit = min(limit, 1000)
	if limit == 0 {
		limit = len(c.userOrder)
	}
	start, ok := readCursor(c.args["cursor"], "user", len(c.userOrder))
	if !ok {
		return nil, refuse("invalid_cursor")
	}
	end := min(start+limit, len(c.userOrder))
	members := []answer{}
	for _, id := range c.userOrder[start:end] {
		if u := c.users[id]; u.TeamID == c.cfg.TeamID {
			members = append(members, c.userObject(u))
		}
	}
	return answer{"members": members, "cache_ts": c.now().Unix(), "response_metadata": answer{"next_cursor": nextCursor("user", end, len(c.userOrder))}}, nil
}

// usersLookupByEmail finds nobody for a deactivated person, as for a stranger (docs of the method).
func (c *call) usersLookupByEmail() (answer, *refusal) {
	i := slices.IndexFunc(c.userOrder, func(id string) bool {
		u := c.users[id]
		return !u.Bot && !u.Deleted && u.TeamID == c.cfg.TeamID && u.Email != "" && strings.EqualFold(u.Email, strings.TrimSpace(c.args["email"]))
	})
	if i < 0 {
		return nil, refuse("users_not_found")
	}
	return answer{"user": c.userObject(c.users[c.userOrder[i]])}, nil
}

// readCursor takes apart a cursor that nextCursor made. An empty one is the start.
func readCursor(cursor, kind string, size int) (start int, ok bool) {
	if cursor == "" {
		return 0, true
	}
	text, err := base64.StdEncoding.DecodeString(cursor)
	rest, right := strings.CutPrefix(string(text), kind+":")
	if err != nil || !right {
		return 0, false
	}
	start, err = strconv.Atoi(rest)
	return start, err == nil && start >= 0 && start <= size
}

// nextCursor marks where the next page starts; empty after the last.
func nextCursor(kind string, next, size int) string {
	if next >= size {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(kind + ":" + strconv.Itoa(next)))
}
