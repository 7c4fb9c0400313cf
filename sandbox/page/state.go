package page

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"roomkeeper/sandbox/crm"
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
	Platform  string       `json:"platform"`
	Platforms []string     `json:"platforms"`
	Team      string       `json:"team"`
	Command   string       `json:"command"`
	Users     []Member     `json:"users"`
	Channels  []Channel    `json:"channels"`
	Channel   *channelView `json:"channel"`
	View      *View        `json:"view"`
}

// state answers with everything for one choice: ?kind=&id= the record,
// &platform= the chat platform (empty: the first), &channel= the channel (empty:
// the record's own), &as= who looks.
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
	chat := s.chat(q.Get("platform"))
	look := chat.Look()
	v.People = everybody(v.CRM.Users, chat.Platform(), look.Members)
	wanted := place(look, q.Get("channel"), v.CRM.Group.ChannelID, ref)
	v.Chat = s.chatView(look, wanted, whoever(v.People, q.Get("as")))
	v.Chat.Platform, v.Chat.Platforms = chat.Platform(), s.platforms()
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

// place returns the channel to show: the one asked for if it is there, else the
// record's own, which the CRM names, or a channel names the record.
func place(look Look, asked, own string, ref crm.Ref) string {
	marked := ""
	for _, c := range look.Channels {
		if c.ID == asked {
			return asked
		}
		if c.ID == own || marked == "" && c.Record != nil && *c.Record == ref {
			marked = c.ID
		}
	}
	return marked
}

func (s *server) chatView(look Look, wanted, viewer string) chatView {
	v := chatView{Team: look.Team, Command: s.opts.Command, Users: append([]Member{}, look.Members...), Channels: []Channel{}}
	names := map[string]string{}
	for _, m := range look.Members {
		names[m.ID] = m.Name
	}
	for _, c := range look.Channels {
		if c.Direct {
			name, mine := direct(c, viewer, names)
			if !mine {
				continue
			}
			c.Name = name
		}
		v.Channels = append(v.Channels, c)
		if c.ID == wanted {
			v.Channel = channelFor(c, viewer)
		}
	}
	if view, open := look.Views[viewer]; open {
		v.View = &view
	}
	return v
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v) // the browser has gone if this fails
}
