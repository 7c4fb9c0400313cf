package discord

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// archivedPage is the largest page of archived threads and of a thread's members (OpenAPI).
const archivedPage = 100

// keepActive is how long the number of active threads is taken from memory.
const keepActive = 5 * time.Minute

// listThreads reads our bot's threads, active and archived, in the channels where
// it makes them.
func (a *Adapter) listThreads(ctx context.Context, me connector.Self) ([]*discordgo.Channel, error) {
	lists, parents, err := a.threadLists(ctx)
	if err != nil || len(lists) == 0 {
		return nil, err
	}
	page := func(ctx context.Context, cursor string) ([]*discordgo.Channel, string, error) {
		return a.threadPage(ctx, lists, cursor)
	}
	read, err := a.threaded.Whole(ctx, "threads", a.now(), page)
	if err != nil {
		return nil, err
	}
	var own []*discordgo.Channel
	at := map[string]int{}
	for _, ch := range read.Items {
		if ch == nil || ch.OwnerID != string(me.Bot) || !slices.Contains(parents, ch.ParentID) {
			continue
		}
		if i, again := at[ch.ID]; again {
			own[i] = ch
			continue
		}
		at[ch.ID] = len(own)
		own = append(own, ch)
	}
	return own, nil
}

// threadLists are the lists to be read, one after the other. The active threads
// come first and once more at the end: one that woke meanwhile is in neither of
// the lists between.
func (a *Adapter) threadLists(ctx context.Context) (lists, parents []string, err error) {
	for _, parent := range a.threads {
		if !slices.Contains(parents, parent) {
			parents = append(parents, parent)
		}
	}
	if len(parents) == 0 {
		return nil, nil, nil
	}
	slices.Sort(parents)
	lists = []string{a.activePath()}
	for _, parent := range parents {
		kind, err := a.kindOf(ctx, connector.ChannelID(parent))
		if err != nil {
			return nil, nil, err
		}
		below := "channels/" + parent + "/threads/archived/"
		lists = append(lists, below+"public")
		if kind != discordgo.ChannelTypeGuildForum {
			lists = append(lists, below+"private")
		}
	}
	return append(lists, a.activePath()), parents, nil
}

func (a *Adapter) activePath() string { return "guilds/" + a.guildID + "/threads/active" }

// threadPage reads one page. A cursor is the number of the list and the time from
// which on it goes back.
func (a *Adapter) threadPage(ctx context.Context, lists []string, cursor string) ([]*discordgo.Channel, string, error) {
	number, from, _ := strings.Cut(cursor, " ")
	i, _ := strconv.Atoi(number) // ours; "" is the first one
	if lists[i] == a.activePath() {
		threads, err := a.activeThreads(ctx)
		return threads, nextList(i, lists), err
	}
	query := url.Values{"limit": {strconv.Itoa(archivedPage)}}
	if from != "" {
		query.Set("before", from)
	}
	var page discordgo.ThreadsList
	if err := a.get(ctx, lists[i], query, &page); err != nil {
		return nil, "", err
	}
	next := nextList(i, lists)
	if page.HasMore && len(page.Threads) > 0 {
		last := page.Threads[len(page.Threads)-1]
		if last == nil || last.ThreadMetadata == nil {
			return nil, "", unreadable(ctx, "GET /channels/{channel}/threads/archived")
		}
		// Others may have been archived in the same moment: they come again.
		from := last.ThreadMetadata.ArchiveTimestamp.Add(time.Millisecond).UTC().Format("2006-01-02T15:04:05.000000Z07:00")
		next = fmt.Sprintf("%d %s", i, from)
	}
	return page.Threads, next, nil
}

func nextList(i int, lists []string) string {
	if i+1 >= len(lists) {
		return ""
	}
	return strconv.Itoa(i + 1)
}

// activeThreads reads all active threads of the guild that the bot can see.
func (a *Adapter) activeThreads(ctx context.Context) ([]*discordgo.Channel, error) {
	var list discordgo.ThreadsList
	if err := a.get(ctx, a.activePath(), nil, &list); err != nil {
		return nil, err
	}
	a.rooms.countActive(len(list.Threads), a.now())
	return list.Threads, nil
}

// knowActive counts the active threads unless that was lately.
func (a *Adapter) knowActive(ctx context.Context) error {
	a.rooms.mu.Lock()
	at := a.rooms.activeAt
	a.rooms.mu.Unlock()
	if !at.IsZero() && a.now().Sub(at) < keepActive {
		return nil
	}
	_, err := a.activeThreads(ctx)
	return err
}
