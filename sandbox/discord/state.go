package discord

// State is a copy of everything that people see.
type State struct {
	GuildID   string         `json:"guild_id"`
	Name      string         `json:"name"`
	OwnerID   string         `json:"owner_id"`
	BotUserID string         `json:"bot_user_id"`
	Users     []User         `json:"users"`
	Roles     []Role         `json:"roles"`
	Channels  []StateChannel `json:"channels"` // categories and threads too, by creation
	Settings  Settings       `json:"settings"`
}

// StateChannel is a channel, category, forum or thread with its messages, oldest first.
type StateChannel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// State returns a copy of the present state.
func (g *Guild) State() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	return State{GuildID: g.cfg.GuildID, Name: g.cfg.Name, OwnerID: g.ownerID, BotUserID: g.cfg.ApplicationID, Settings: g.settings}
}

// Channel returns a copy of one channel or thread by id or name. False: there is none.
func (g *Guild) Channel(name string) (StateChannel, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ch := g.channelNamed(name)
	if ch == nil {
		return StateChannel{}, false
	}
	return StateChannel{ID: ch.ID, Name: ch.Name}, true
}

// channelNamed finds a channel or thread by id, name or #name; of several with one name the first. The caller holds mu.
func (g *Guild) channelNamed(name string) *channel {
	if ch := g.channels[name]; ch != nil {
		return ch
	}
	for _, id := range g.order {
		if ch := g.channels[id]; ch.Name == name || "#"+ch.Name == name {
			return ch
		}
	}
	return nil
}
