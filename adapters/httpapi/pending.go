package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"roomkeeper/connector"
)

// pendingChunk is how many Groups are read at once.
const pendingChunk = 100

// pendingView is somebody who should be in a channel and is not.
type pendingView struct {
	UserID     connector.UserID        `json:"user_id"`
	MemberID   connector.MemberID      `json:"member_id"`
	Name       string                  `json:"name"`
	GroupID    connector.GroupID       `json:"group_id"`
	Kind       connector.Kind          `json:"kind"`
	RecordID   string                  `json:"record_id"`
	RecordName string                  `json:"record_name"`
	Platform   connector.PlatformID    `json:"platform"`
	Reason     connector.PendingReason `json:"reason"`
	Since      *time.Time              `json:"since"`
	LastTry    *time.Time              `json:"last_try"`
}

// pendingPlace is where a page of people ends: within a Group, because one
// may have more people than a page.
type pendingPlace struct {
	// Groups is the engine's cursor of the Groups to read.
	Groups string `json:"g,omitempty"`
	// Group is the first Group that is wanted of those, "" for all.
	Group connector.GroupID `json:"i,omitempty"`
	// Skip is how many people of Group were listed.
	Skip int `json:"s,omitempty"`
}

func (a *api) listPending(w http.ResponseWriter, r *http.Request) error {
	_, page, err := query(r)
	if err != nil {
		return err
	}
	var place pendingPlace
	if page.cursor != "" && (json.Unmarshal([]byte(page.cursor), &place) != nil || place.Skip < 0) {
		return badCursor()
	}
	items, next, err := a.pending(r.Context(), place, page.limit)
	if err != nil {
		return err
	}
	answer := list[pendingView]{Items: items}
	if next != nil {
		text, err := json.Marshal(next)
		if err != nil {
			return fmt.Errorf("encode cursor: %w", err)
		}
		answer.NextCursor = encodeCursor(string(text))
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// pending lists up to limit people from place on; a nil next ends the list.
func (a *api) pending(ctx context.Context, place pendingPlace, limit int) (items []pendingView, next *pendingPlace, err error) {
	items = []pendingView{}
	for {
		page, err := a.engine.Groups.ListGroups(ctx, connector.GroupQuery{Pending: true, Cursor: place.Groups, Limit: pendingChunk})
		if err != nil {
			return nil, nil, fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			if g.ID < place.Group {
				continue
			}
			people := pendingOf(g)
			if g.ID == place.Group {
				people = people[min(place.Skip, len(people)):]
			}
			if room := limit - len(items); len(people) > room {
				end := &pendingPlace{Groups: place.Groups, Group: g.ID, Skip: room}
				if g.ID == place.Group {
					end.Skip += place.Skip
				}
				return append(items, people[:room]...), end, nil
			}
			items = append(items, people...)
		}
		if page.Next == "" {
			return items, nil, nil
		}
		place = pendingPlace{Groups: page.Next}
	}
}

func pendingOf(g connector.Group) []pendingView {
	var people []pendingView
	for _, m := range g.Memberships {
		if m.Status != connector.StatusPending {
			continue
		}
		people = append(people, pendingView{
			UserID: m.User, MemberID: m.Member, Name: m.Name,
			GroupID: g.ID, Kind: g.Record.Kind, RecordID: g.Record.ID, RecordName: g.RecordName, Platform: g.Platform,
			Reason: m.Reason, Since: timeOrNull(m.Since), LastTry: timeOrNull(m.TriedAt),
		})
	}
	return people
}
