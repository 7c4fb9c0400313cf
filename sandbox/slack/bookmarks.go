package slack

import (
	"fmt"
	"net/url"
	"slices"
	"unicode/utf8"
)

// maxBookmarks is the most bookmarks of a channel (help of Slack; the method answers too_many_bookmarks).
const maxBookmarks = 100

type bookmark struct {
	ID        string `json:"id"`
	ChannelID string `json:"channel_id"`
	Title     string `json:"title"`
	Link      string `json:"link"`
	Emoji     string `json:"emoji"`
	IconURL   string `json:"icon_url"`
	Type      string `json:"type"`
	EntityID  string `json:"entity_id"`
	Created   int64  `json:"date_created"` // Unix seconds
	Updated   int64  `json:"date_updated"`
	Rank      string `json:"rank"`
	UpdatedBy string `json:"last_updated_by_user_id"`
	Team      string `json:"last_updated_by_team_id"`
	AppID     string `json:"app_id"`
}

func validLink(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(link) <= 2048
}

func (c *call) bookmarksAdd() (answer, *refusal) {
	ch, no := c.bookmarkChannel()
	switch {
	case no != nil:
		return nil, no
	case c.args["type"] != "link":
		return nil, refuse("invalid_bookmark_type")
	case !validLink(c.args["link"]):
		return nil, refuse("invalid_link")
	case c.args["title"] == "" || utf8.RuneCountInString(c.args["title"]) > 256:
		return nil, refuseArgs("title: 1 to 256 characters")
	case len(ch.bookmarks) >= maxBookmarks:
		return nil, refuse("too_many_bookmarks")
	}
	now := c.now().Unix()
	b := &bookmark{ID: c.nextID("Bk"), ChannelID: ch.ID, Title: c.args["title"], Link: c.args["link"], Emoji: c.args["emoji"], Type: "link",
		Created: now, Rank: fmt.Sprintf("%04d", len(ch.bookmarks)), UpdatedBy: c.actor.ID, Team: c.cfg.TeamID, AppID: appID}
	ch.bookmarks = append(ch.bookmarks, b)
	c.Touch()
	return answer{"bookmark": b}, nil
}

// bookmarkChannel answers channel_not_found also to who is not in: the methods have no not_in_channel.
func (c *call) bookmarkChannel() (*channel, *refusal) {
	ch, no := c.channel("channel_id")
	if no != nil {
		return nil, no
	}
	if !ch.has(c.actor.ID) {
		return nil, refuse("channel_not_found")
	}
	return ch, nil
}

func (c *call) bookmark() (*channel, *bookmark, *refusal) {
	ch, no := c.bookmarkChannel()
	if no != nil {
		return nil, nil, no
	}
	i := slices.IndexFunc(ch.bookmarks, func(b *bookmark) bool { return b.ID == c.args["bookmark_id"] })
	if i < 0 {
		return nil, nil, refuse("not_found")
	}
	return ch, ch.bookmarks[i], nil
}

func (c *call) bookmarksEdit() (answer, *refusal) {
	_, b, no := c.bookmark()
	if no != nil {
		return nil, no
	}
	if link := c.args["link"]; link != "" {
		if !validLink(link) {
			return nil, refuse("invalid_link")
		}
		b.Link = link
	}
	if title := c.args["title"]; title != "" {
		b.Title = title
	}
	if c.args.has("emoji") {
		b.Emoji = c.args["emoji"]
	}
	b.Updated, b.UpdatedBy = c.now().Unix(), c.actor.ID
	c.Touch()
	return answer{"bookmark": b}, nil
}

func (c *call) bookmarksList() (answer, *refusal) {
	ch, no := c.bookmarkChannel()
	if no != nil {
		return nil, no
	}
	list := ch.bookmarks
	if list == nil {
		list = []*bookmark{}
	}
	return answer{"bookmarks": list}, nil
}

func (c *call) bookmarksRemove() (answer, *refusal) {
	ch, b, no := c.bookmark()
	if no != nil {
		return nil, no
	}
	ch.bookmarks = slices.DeleteFunc(ch.bookmarks, func(other *bookmark) bool { return other == b })
	c.Touch()
	return answer{}, nil
}
