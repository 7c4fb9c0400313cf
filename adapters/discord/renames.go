package discord

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// auditPage is how many lines one call reads, the most that there may be
// (docs, resources/audit-log: get guild audit log).
const auditPage = 100

// RenamedBy looks for the newest line of the audit log that says so; Discord keeps
// them for 45 days (docs, resources/audit-log). ErrForbidden: the bot lacks
// VIEW_AUDIT_LOG.
func (a *Adapter) RenamedBy(ctx context.Context, channel connector.ChannelID, name string) (connector.MemberID, error) {
	kind, err := a.kindOf(ctx, channel)
	if err != nil {
		return "", err
	}
	me, err := a.self(ctx)
	if err != nil {
		return "", err
	}
	action := discordgo.AuditLogActionChannelUpdate
	if (&discordgo.Channel{Type: kind}).IsThread() {
		action = discordgo.AuditLogActionThreadUpdate
	}
	query := url.Values{"action_type": {strconv.Itoa(int(action))}, "limit": {strconv.Itoa(auditPage)}}
	var log auditLog
	if err := a.get(ctx, "guilds/"+a.guildID+"/audit-logs", query, &log); err != nil {
		return "", err
	}
	for _, line := range log.Entries {
		if line.Target == string(channel) && line.User != "" && line.User != string(me.Bot) && line.renamed(name) {
			return connector.MemberID(line.User), nil
		}
	}
	return "", connector.ErrNotFound
}

// auditLog is the part of an audit log that is used; newest lines come first.
type auditLog struct {
	Entries []auditLine `json:"audit_log_entries"`
}

type auditLine struct {
	User    string        `json:"user_id"`
	Target  string        `json:"target_id"`
	Changes []auditChange `json:"changes"`
}

// auditChange is one field that changed; its value has the field's own form.
type auditChange struct {
	Key string          `json:"key"`
	Now json.RawMessage `json:"new_value"`
}

// renamed reports whether the line is of a change to this name.
func (l auditLine) renamed(name string) bool {
	return slices.ContainsFunc(l.Changes, func(c auditChange) bool {
		var now string
		return c.Key == "name" && json.Unmarshal(c.Now, &now) == nil && now == name
	})
}
