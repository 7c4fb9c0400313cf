package discord

import (
	"fmt"
	"slices"
	"strconv"
)

// maxReason is the longest X-Audit-Log-Reason in characters, after decoding (docs, resources/audit-log). How Discord
// refuses a longer one is not documented; the sandbox answers an invalid form.
const maxReason = 512

// Actions of the audit log (docs, resources/audit-log: audit log events).
const (
	channelCreate   = 10
	channelUpdate   = 11
	channelDelete   = 12
	overwriteCreate = 13
	overwriteUpdate = 14
	overwriteDelete = 15
	memberKick      = 20
	messageDelete   = 72
	messagePin      = 74
	messageUnpin    = 75
	threadCreate    = 110
	threadUpdate    = 111
	threadDelete    = 112
)

// keptAudit is how many lines are kept; Discord keeps 45 days.
const keptAudit = 20_000

// auditEntry is one line of the audit log.
type auditEntry struct {
	ID, User, Target, Reason string
	Action                   int
	Changes                  []change
	Options                  answer
}

// change is one field before and after; nil: not there.
type change struct {
	key      string
	old, now any
}

// record writes a line. The caller holds mu.
func (g *Guild) record(user string, action int, target, reason string, changes []change, options answer) {
	entry := &auditEntry{ID: g.nextID(), User: user, Target: target, Reason: reason, Action: action, Changes: changes, Options: options}
	if len(g.audit) >= keptAudit {
		g.audit = slices.Clone(g.audit[keptAudit/10:])
	}
	g.audit = append(g.audit, entry)
	object := entry.object()
	object["guild_id"] = g.cfg.GuildID
	g.emit("GUILD_AUDIT_LOG_ENTRY_CREATE", object)
}

func (e *auditEntry) object() answer {
	object := answer{"id": e.ID, "user_id": e.User, "target_id": e.Target, "action_type": e.Action}
	if len(e.Changes) > 0 {
		list := []answer{}
		for _, c := range e.Changes {
			line := answer{"key": c.key}
			if c.old != nil {
				line["old_value"] = c.old
			}
			if c.now != nil {
				line["new_value"] = c.now
			}
			list = append(list, line)
		}
		object["changes"] = list
	}
	if e.Options != nil {
		object["options"] = e.Options
	}
	if e.Reason != "" {
		object["reason"] = e.Reason
	}
	return object
}

// differences are the fields of two objects that differ, by name.
func differences(old, now answer) []change {
	keys := []string{}
	for key := range now {
		if fmt.Sprint(old[key]) != fmt.Sprint(now[key]) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var changes []change
	for _, key := range keys {
		changes = append(changes, change{key, old[key], now[key]})
	}
	return changes
}

func auditRoutes() []route {
	return []route{{method: "GET", path: "/guilds/{guild}/audit-logs", run: (*call).auditLog}}
}

// auditLog lists the newest lines first, or with after the oldest (docs, resources/audit-log: get guild audit log).
func (c *call) auditLog() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	if !c.basePermissions(c.actor.ID).Has(ViewAuditLog) {
		return nil, refuse(50013)
	}
	limit, no := c.queryWhole("limit", 1, 100, 50)
	if no != nil {
		return nil, no
	}
	before, no := c.queryID("before")
	if no != nil {
		return nil, no
	}
	after, no := c.queryID("after")
	if no != nil {
		return nil, no
	}
	list := slices.Clone(c.audit)
	if !c.query.Has("after") {
		slices.Reverse(list)
	}
	entries, users := []answer{}, []answer{}
	seen := map[string]bool{}
	for _, e := range list {
		id, _ := snowflake(e.ID)
		if before > 0 && id >= before || id <= after || !c.wanted(e) {
			continue
		}
		if len(entries) == limit {
			break
		}
		entries = append(entries, e.object())
		if u := c.users[e.User]; u != nil && !seen[u.ID] {
			seen[u.ID] = true
			users = append(users, c.userObject(u))
		}
	}
	return answer{"audit_log_entries": entries, "users": users, "integrations": []answer{}, "webhooks": []answer{}, "threads": []answer{},
		"guild_scheduled_events": []answer{}, "application_commands": []answer{}, "auto_moderation_rules": []answer{}}, nil
}

func (c *call) wanted(e *auditEntry) bool {
	for name, value := range map[string]string{"user_id": e.User, "target_id": e.Target, "action_type": strconv.Itoa(e.Action)} {
		if wanted := c.query.Get(name); wanted != "" && wanted != value {
			return false
		}
	}
	return true
}
