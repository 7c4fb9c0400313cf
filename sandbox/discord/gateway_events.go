package discord

import (
	"encoding/json"
	"maps"
	"strings"

	"roomkeeper/sandbox/internal/stage"
)

// intentOf are the intents of which one lets a dispatch through (docs, events/gateway: list of intents). Zero: none
// is needed.
func intentOf(event string) int {
	switch {
	case event == "THREAD_MEMBERS_UPDATE":
		return guildsIntent | membersIntent
	case event == "GUILD_AUDIT_LOG_ENTRY_CREATE" || strings.HasPrefix(event, "GUILD_BAN_"):
		return moderationIntent
	case strings.HasPrefix(event, "GUILD_MEMBER_"):
		return membersIntent
	case strings.HasPrefix(event, "GUILD_"), strings.HasPrefix(event, "CHANNEL_"), strings.HasPrefix(event, "THREAD_"):
		return guildsIntent
	case strings.HasPrefix(event, "MESSAGE_"):
		return messagesIntent
	default:
		return 0
	}
}

// wants says whether a session gets a dispatch: by its intents, and of messages only those of channels that the bot
// sees. With the intent GUILDS alone only what concerns the bot itself is told of the members of threads. The Guild's
// lock is held.
func (g *Guild) wants(s *session, event string, data any) bool {
	if !g.settings.Events {
		return false
	}
	if intents := intentOf(event); intents != 0 && s.intents&intents == 0 {
		return false
	}
	bot, object := g.cfg.ApplicationID, asAnswer(data)
	if g.users[bot].Outside && event != "GUILD_DELETE" {
		return false
	}
	if id, ok := object["channel_id"].(string); ok && strings.HasPrefix(event, "MESSAGE_") {
		ch := g.channels[id]
		return ch != nil && g.permissionsIn(ch, bot).Has(ViewChannel)
	}
	if event == "THREAD_MEMBERS_UPDATE" && s.intents&membersIntent == 0 {
		return strings.Contains(string(stage.Encode(object)), bot)
	}
	return true
}

func asAnswer(data any) answer {
	object, _ := data.(answer)
	return object
}

// cut takes out of a message what a session without the intent MESSAGE_CONTENT does not get: the content of others'
// messages in which the bot is not mentioned.
func (g *Guild) cut(s *session, event string, data any) any {
	object := asAnswer(data)
	if event != "MESSAGE_CREATE" && event != "MESSAGE_UPDATE" || s.intents&contentIntent != 0 {
		return data
	}
	author, _ := object["author"].(answer)
	bot := g.cfg.ApplicationID
	if author != nil && author["id"] == bot || strings.Contains(string(stage.Encode(object["mentions"])), bot) {
		return data
	}
	cut := maps.Clone(object)
	cut["content"] = ""
	for _, name := range []string{"embeds", "attachments", "components"} {
		cut[name] = []any{}
	}
	return cut
}

func (g *Guild) readyEvent(s *session) answer {
	return answer{"v": 10, "user": g.ownUserObject(), "guilds": []answer{{"id": g.cfg.GuildID, "unavailable": true}}, "session_id": s.id,
		"resume_gateway_url": g.gatewayURL(), "session_type": "normal", "private_channels": []any{}, "shard": []int{0, 1},
		"application": answer{"id": g.cfg.ApplicationID, "flags": 0}}
}

func (g *Guild) ownUserObject() answer {
	object := g.userObject(g.users[g.cfg.ApplicationID])
	object["verified"], object["mfa_enabled"], object["email"] = true, false, nil
	return object
}

// largeGuild is the number of members from which GUILD_CREATE does not name them (docs: large_threshold, its default).
const largeGuild = 50

// guildEvent is the GUILD_CREATE of a session with these intents. The Guild's lock is held.
func (g *Guild) guildEvent(intents int) answer {
	object := g.guildObject()
	channels, threads, members := []answer{}, []answer{}, []answer{}
	for _, id := range g.order {
		ch := g.channels[id]
		switch {
		case !ch.thread():
			channels = append(channels, g.channelObject(ch))
		case !ch.Archived && g.permissionsIn(ch, g.cfg.ApplicationID).Has(ViewChannel):
			threads = append(threads, g.channelObject(ch))
		}
	}
	count := 0
	for _, id := range g.userOrder {
		if g.member(id) != nil {
			count++
		}
	}
	for _, id := range g.userOrder {
		named := intents&membersIntent != 0 && count <= largeGuild || id == g.cfg.ApplicationID
		if u := g.member(id); u != nil && named {
			members = append(members, g.memberObject(u))
		}
	}
	object["joined_at"], object["large"], object["unavailable"] = stamp(g.users[g.cfg.ApplicationID].Joined), count > largeGuild, false
	object["member_count"], object["members"], object["channels"], object["threads"] = count, members, channels, threads
	for _, name := range []string{"voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"} {
		object[name] = []any{}
	}
	return object
}

// chunkSize is how many members a GUILD_MEMBERS_CHUNK holds at most (docs, events/gateway-events: request guild members).
const chunkSize = 1000

// members answers a request for the members of the guild by chunks.
func (s *socket) members(raw []byte) {
	var said struct {
		Query   *string
		Limit   int
		UserIDs []string `json:"user_ids"`
		Nonce   string
	}
	_ = json.Unmarshal(raw, &said) // what is not there is not asked for
	g := s.g
	g.mu.Lock()
	defer g.mu.Unlock()
	found := []answer{}
	for _, id := range g.userOrder {
		u := g.member(id)
		if u == nil || said.Limit > 0 && len(found) >= said.Limit {
			continue
		}
		byName := said.Query != nil && strings.HasPrefix(strings.ToLower(u.Name), strings.ToLower(*said.Query))
		if byName || strings.Contains(strings.Join(said.UserIDs, ","), id) {
			found = append(found, g.memberObject(u))
		}
	}
	w := g.gateway
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.session == nil || said.Query != nil && *said.Query == "" && s.session.intents&membersIntent == 0 {
		return
	}
	chunks := max(1, (len(found)+chunkSize-1)/chunkSize)
	for i := range chunks {
		part := found[i*chunkSize : min(len(found), (i+1)*chunkSize)]
		s.session.add("GUILD_MEMBERS_CHUNK", answer{"guild_id": g.cfg.GuildID, "members": part, "chunk_index": i, "chunk_count": chunks,
			"not_found": []string{}, "nonce": said.Nonce})
	}
}
