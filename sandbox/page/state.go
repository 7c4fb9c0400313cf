package page

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// view is the page's state: what /state answers.
type view struct {
	Connector bool      `json:"connector"`
	Chosen    *crm.Ref  `json:"chosen"`
	People    []person  `json:"people"`
	CRM       crm.State `json:"crm"`
	Chat      chatView  `json:"chat"`
}

type chatView struct {
	Team     string           `json:"team"`
	Command  string           `json:"command"`
	Users    []member         `json:"users"`
	Channels []channelSummary `json:"channels"`
	Channel  *channelView     `json:"channel"`
	View     *slack.StateView `json:"view"`
}

type member struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Bot     bool   `json:"bot,omitempty"`
	Guest   bool   `json:"guest,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
}

// state answers with everything for one choice: ?kind=&id= the record,
// &channel= the channel (empty: the record's own), &as= who looks.
func (s *server) state(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ref := crm.Ref{Kind: q.Get("kind"), ID: q.Get("id")}
	v := view{Connector: s.opts.Connector, CRM: s.crm.State(ref)}
	if ref.ID == "" && len(v.CRM.Records) > 0 {
		ref = firstLive(v.CRM.Records)
		v.CRM = s.crm.State(ref)
	}
	v.Chosen = &ref
	if s.opts.Connector && v.CRM.Group.ChannelURL != "" {
		v.CRM.Group = s.standing(r.Context(), ref)
	}
	chat := s.chat.State()
	v.People = everybody(v.CRM.Users, chat.Users)
	wanted := place(chat, q.Get("channel"), v.CRM.Group.ChannelID)
	v.Chat = s.chatView(chat, wanted, whoever(v.People, q.Get("as")))
	writeJSON(rw, http.StatusOK, v)
}

// standing asks the connector how the Group is now; a connector that does not
// answer leaves what was known.
func (s *server) standing(ctx context.Context, ref crm.Ref) crm.GroupStatus {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	status, err := s.crm.RefreshGroup(ctx, ref)
	if err != nil {
		s.opts.Logger.Debug("state of the group", "error", err)
	}
	return status
}

// firstLive returns the first record that is not deleted.
func firstLive(records []crm.RecordSummary) crm.Ref {
	for _, r := range records {
		if r.State != crm.StateDeleted {
			return crm.Ref{Kind: r.Kind, ID: r.ID}
		}
	}
	return crm.Ref{}
}

// whoever returns the member id of a person, empty if they have none; an
// unknown key is the first person.
func whoever(people []person, key string) string {
	for _, p := range people {
		if p.Key == key {
			return p.MemberID
		}
	}
	if len(people) > 0 {
		return people[0].MemberID
	}
	return ""
}

// place returns the channel to show: the one asked for if it is there, else
// the record's own.
func place(chat slack.State, asked, own string) string {
	for _, c := range chat.Channels {
		if c.ID == asked {
			return asked
		}
	}
	return own
}

func (s *server) chatView(chat slack.State, wanted, viewer string) chatView {
	v := chatView{Team: chat.Team, Command: s.opts.Command, Users: []member{}, Channels: []channelSummary{}}
	names := map[string]string{}
	for _, u := range chat.Users {
		names[u.ID] = u.RealName
		v.Users = append(v.Users, member{u.ID, u.RealName, u.Bot, u.Restricted || u.UltraRestricted, u.Deleted})
	}
	for _, c := range chat.Channels {
		if c.Direct && !slices.Contains(c.Members, viewer) {
			continue
		}
		if c.Direct {
			c.Name = directName(c, viewer, names)
		}
		v.Channels = append(v.Channels, summary(c))
		if c.ID == wanted {
			v.Channel = channelFor(c, viewer, chat, names)
		}
	}
	if stack := chat.Views[viewer]; len(stack) > 0 {
		v.View = &stack[len(stack)-1]
	}
	return v
}

func directName(c slack.StateChannel, viewer string, names map[string]string) string {
	var others []string
	for _, id := range c.Members {
		if id != viewer {
			others = append(others, names[id])
		}
	}
	return strings.Join(others, ", ")
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v) // the browser has gone if this fails
}
