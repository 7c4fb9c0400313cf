package discord

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// Bounds of a guild.
const (
	// maxChannels counts categories, and no threads (error 30013).
	maxChannels = 500
	// maxChildren of one category: discordia.me/en/server-limits; Discord names no figure.
	maxChildren = 50
	// maxActive threads of a guild: no figure is official, this is what others report
	// (error 160006 is what counts).
	maxActive = 1000
)

// rooms remembers how much of the guild's bounds is used. Our own doing counts in
// between two readings.
type rooms struct {
	mu         sync.Mutex
	at         time.Time // of the last reading of the channels; zero: none
	channels   int
	hidden     int // channels that the bot does not see, as far as a full guild has shown
	categories map[string]*category
	refused    map[string]time.Time // categories that Discord said are full
	making     map[string]bool      // names of which a category is on the way
	active     int
	activeAt   time.Time
}

// category is one of the guild's, whoever made it.
type category struct {
	name     string
	children int
}

// Rooms tells what is used of the guild's channels, and of its active threads.
func (a *Adapter) Rooms() []connector.Room {
	r := &a.rooms
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []connector.Room
	if !r.at.IsZero() {
		list = append(list, connector.Room{What: "channels of the guild", Used: r.channels + r.hidden, Limit: maxChannels})
	}
	if !r.activeAt.IsZero() {
		list = append(list, connector.Room{What: "active threads of the guild", Used: r.active, Limit: maxActive})
	}
	return list
}

// listChannels reads all channels of the guild that the bot can see, without threads.
func (a *Adapter) listChannels(ctx context.Context) ([]*discordgo.Channel, error) {
	var list []*discordgo.Channel
	if err := a.get(ctx, "guilds/"+a.guildID+"/channels", nil, &list); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(ch *discordgo.Channel) bool { return ch == nil || ch.ID == "" })
	a.rooms.count(list, a.now())
	return list, nil
}

func (r *rooms) count(list []*discordgo.Channel, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at, r.channels, r.categories = now, len(list), map[string]*category{}
	if len(list)+r.hidden > maxChannels {
		r.hidden = maxChannels - min(len(list), maxChannels)
	}
	for _, ch := range list {
		if ch.Type == discordgo.ChannelTypeGuildCategory {
			r.categories[ch.ID] = &category{name: ch.Name}
		}
	}
	for _, ch := range list {
		if in := r.categories[ch.ParentID]; in != nil {
			in.children++
		}
	}
}

// knowChannels reads the guild's channels unless that was done within so long.
func (a *Adapter) knowChannels(ctx context.Context, within time.Duration) error {
	a.rooms.mu.Lock()
	at := a.rooms.at
	a.rooms.mu.Unlock()
	if !at.IsZero() && a.now().Sub(at) < within {
		return nil
	}
	_, err := a.listChannels(ctx)
	return err
}

// forget has the channels read again before the next one is made.
func (r *rooms) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.at.IsZero() {
		r.at = time.Unix(1, 0)
	}
}

// guildFull notes that Discord has no room for another channel: what our list
// lacks of the bound are channels that the bot does not see.
func (r *rooms) guildFull() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hidden = max(maxChannels-r.channels, 0)
}

// add counts channels that we made (n > 0).
func (r *rooms) add(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.channels += n
	if r.channels+r.hidden > maxChannels { // one that was hidden is gone
		r.hidden = max(maxChannels-r.channels, 0)
	}
}

// leave gives a place in a category back.
func (r *rooms) leave(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if in := r.categories[id]; in != nil {
		in.children = max(in.children-1, 0)
	}
}

// addActive counts active threads that we made or woke, or, below 0, put to rest.
func (r *rooms) addActive(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active = max(r.active+n, 0)
}

func (r *rooms) countActive(n int, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active, r.activeAt = n, now
}
