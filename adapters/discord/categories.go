package discord

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

const (
	// archiveSuffix makes the name of the categories of archived channels.
	archiveSuffix = " archive"
	// keepFull is how long a category counts as full because Discord said so.
	keepFull = 10 * time.Minute
	// makingWait is for a category that another run is making.
	makingWait = time.Second
	// keepNames is how long a category's name is taken from memory: only renaming it by
	// hand makes an archive of it or none. One that is not known is looked for at once.
	keepNames = time.Hour
)

// openCategory is the name of the categories for channels, archiveCategory for archived ones.
func (a *Adapter) openCategory() string    { return a.category }
func (a *Adapter) archiveCategory() string { return a.category + archiveSuffix }

// place takes a place in a category of that name, "CRM", "CRM 2" and so on, and
// makes one when all that there are are full.
func (a *Adapter) place(ctx context.Context, name string) (string, error) {
	if err := a.knowChannels(ctx, keepGuild); err != nil {
		return "", err
	}
	id, next := a.rooms.take(name, a.now())
	switch {
	case id != "":
		return id, nil
	case next == "":
		return "", &connector.WaitError{After: makingWait, What: "a category on the way"}
	}
	id, err := a.makeCategory(ctx, next)
	a.rooms.made(name, next, id)
	if hasCode(err, codeChannelsFull) {
		a.rooms.forget()
	}
	return id, err
}

// take is a category with room, which has one place less now. If there is none,
// next is what the caller is to make; "": another one makes it.
func (r *rooms) take(name string, now time.Time) (id, next string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	best, used := 0, map[int]bool{}
	for known, c := range r.categories {
		n := ordinal(c.name, name)
		if n == 0 {
			continue
		}
		used[n] = true
		if c.children < maxChildren && now.Sub(r.refused[known]) >= keepFull && (best == 0 || n < best) {
			id, best = known, n
		}
	}
	if id != "" {
		r.categories[id].children++
		return id, ""
	}
	if r.making[name] {
		return "", ""
	}
	if r.making == nil {
		r.making = map[string]bool{}
	}
	r.making[name] = true
	n := 1
	for used[n] {
		n++
	}
	if n == 1 {
		return "", name
	}
	return "", name + " " + strconv.Itoa(n)
}

// ordinal is which of the categories of a name this one is, from 1; 0: none of them.
func ordinal(category, name string) int {
	if strings.EqualFold(category, name) {
		return 1
	}
	if len(category) <= len(name) || !strings.EqualFold(category[:len(name)], name) {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimPrefix(category[len(name):], " "))
	if err != nil || n < 2 {
		return 0
	}
	return n
}

// made notes what became of a category that take told to make; id "": nothing.
func (r *rooms) made(name, full, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.making, name)
	if id != "" {
		r.channels++
		r.categories[id] = &category{name: full, children: 1}
	}
}

// full notes that Discord takes no more channels in a category.
func (r *rooms) full(id string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refused == nil {
		r.refused = map[string]time.Time{}
	}
	r.refused[id] = now
}

// makeCategory may be repeated: two categories of one name do no harm.
func (a *Adapter) makeCategory(ctx context.Context, name string) (string, error) {
	var made discordgo.Channel
	err := a.send(ctx, request{
		method: http.MethodPost, path: "guilds/" + a.guildID + "/channels", audited: true,
		body: map[string]any{"name": name, "type": discordgo.ChannelTypeGuildCategory},
	}, &made)
	if err != nil {
		return "", err
	}
	if !isID(made.ID) {
		return "", unreadable(ctx, postChannel)
	}
	return made.ID, nil
}

// inArchive reports whether a channel lies in a category of archived ones. A
// category that nobody knows, perhaps another replica made it.
func (a *Adapter) inArchive(ctx context.Context, ch *discordgo.Channel) (bool, error) {
	if ch.ParentID == "" {
		return false, nil
	}
	if err := a.knowChannels(ctx, keepNames); err != nil {
		return false, err
	}
	name, known := a.rooms.category(ch.ParentID)
	if !known {
		if _, err := a.listChannels(ctx); err != nil {
			return false, err
		}
		name = a.rooms.remember(ch.ParentID)
	}
	return ordinal(name, a.archiveCategory()) > 0, nil
}

func (r *rooms) category(id string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.categories[id]; c != nil {
		return c.name, true
	}
	return "", false
}

// remember is the name of a category that was just looked for; one that is hidden
// from us is not looked for again until the next reading.
func (r *rooms) remember(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.categories[id] == nil {
		r.categories[id] = &category{children: maxChildren}
	}
	return r.categories[id].name
}
