package crm

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Event is the body of one neutral webhook.
type Event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      EventData `json:"data"`
}

// EventData is what an Event is about. Record, Team, TeamVersion and Users are
// the optional "fat" parts.
type EventData struct {
	Kind         string        `json:"kind,omitempty"`
	RecordID     string        `json:"record_id,omitempty"`
	Platform     string        `json:"platform,omitempty"`
	Principal    *Principal    `json:"principal,omitempty"`
	Actor        *Principal    `json:"actor,omitempty"`
	Changed      []string      `json:"changed,omitempty"`
	Changes      []Change      `json:"changes,omitempty"`
	MergedInto   *Ref          `json:"merged_into,omitempty"`
	Activity     *Activity     `json:"activity,omitempty"`
	Notification *Notification `json:"notification,omitempty"`
	Record       *Record       `json:"record,omitempty"`
	Team         []Entry       `json:"team,omitzero"`
	TeamVersion  int64         `json:"team_version,omitempty"`
	Users        []User        `json:"users,omitempty"`
}

// Notification is a message of the CRM's own about a record; its Topic is the
// bare name.
type Notification struct {
	ID     string         `json:"id,omitempty"`
	Topic  string         `json:"topic"`
	Title  string         `json:"title"`
	Text   string         `json:"text,omitempty"`
	Fields []LabeledValue `json:"fields,omitempty"`
	URL    string         `json:"url,omitempty"`
}

// LabeledValue is a line of a Notification.
type LabeledValue struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Send queues any event, with the time of now if it has none: `ping`, `gap`,
// `notification` or whatever a test wants to send.
func (w *World) Send(e Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue(e)
	w.changed()
}

// about returns the data of an event about r; the caller holds w.mu.
func (w *World) about(r *row, actor string, changes []Change) EventData {
	data := EventData{Kind: r.Kind, RecordID: r.ID, Actor: w.actor(actor), Changes: changes}
	for _, c := range changes {
		data.Changed = append(data.Changed, c.Key)
	}
	if !w.cfg.Fat {
		return data
	}
	rec := w.data.view(r, w.cfg.BaseURL)
	data.Record = &rec
	data.Team = append([]Entry{}, r.team...)
	data.TeamVersion = r.TeamVersion
	ids := []string{r.ownerID()}
	for _, e := range r.team {
		if e.Principal.Type == "user" || e.Principal.Type == "external" {
			ids = append(ids, e.Principal.ID)
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if u, ok := w.data.users[id]; ok {
			data.Users = append(data.Users, u)
		}
	}
	return data
}

func (w *World) emit(typ string, data EventData) { w.queue(Event{Type: typ, Data: data}) }

// queue hands an event to the sender; the caller holds w.mu.
func (w *World) queue(e Event) {
	if w.key == nil {
		return
	}
	if e.Timestamp.IsZero() {
		e.Timestamp = w.cfg.Clock()
	}
	e.Timestamp = e.Timestamp.UTC().Truncate(time.Millisecond)
	body, err := json.Marshal(e)
	if err != nil {
		w.cfg.Logger.Error("webhook not encoded", "type", e.Type, "error", fmt.Sprint(err))
		return
	}
	w.hooks.add(e.Type, body, w.cfg.Clock())
}
