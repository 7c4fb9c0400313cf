package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"roomkeeper/connector"
)

// noGroupYet stands in the address for the id of a Record that has no Group yet.
const noGroupYet = "-"

// adoptionView is what adopting would do.
type adoptionView struct {
	ID          connector.GroupID    `json:"id"`
	Kind        connector.Kind       `json:"kind"`
	RecordID    string               `json:"record_id"`
	RecordName  string               `json:"record_name"`
	Platform    connector.PlatformID `json:"platform"`
	ChannelID   connector.ChannelID  `json:"channel_id"`
	ChannelName string               `json:"channel_name"`
	Own         bool                 `json:"own"`
	// LostChannelID and LostChannelName are of the channel in whose place it comes.
	LostChannelID   connector.ChannelID `json:"lost_channel_id,omitempty"`
	LostChannelName string              `json:"lost_channel_name,omitempty"`
	// Done: the Record has the channel already. Enters: our bot comes into it;
	// Unread: and only then who is in can be read. Public: everybody may read it.
	Done       bool          `json:"done"`
	Enters     bool          `json:"enters"`
	Unread     bool          `json:"unread"`
	Public     bool          `json:"public"`
	Members    []adopteeView `json:"members"`
	Plan       planView      `json:"plan"`
	Unresolved int           `json:"unresolved"`
}

type adopteeView struct {
	memberView
	Owned bool `json:"owned"`
}

// adoptGroup gives a Record a channel that exists already.
func (a *api) adoptGroup(w http.ResponseWriter, r *http.Request) error {
	var (
		channel            connector.ChannelID
		own, dryRun        bool
		kind, id, platform string
	)
	err := decodeBody(w, r, map[string]field{
		"channel": {&channel, "a channel's id"}, "own": {&own, "true or false"}, "dry_run": {&dryRun, "true or false"},
		"kind": {&kind, "a text"}, "id": {&id, "a text"}, "platform": {&platform, "a text"},
	})
	if err != nil {
		return err
	}
	if detail := connector.BadID(string(channel)); detail != "" {
		return invalid("channel", "is wanted, a channel's id: %s", detail)
	}
	req := connector.AdoptRequest{Channel: channel, Own: own}
	if req.Record, req.Platform, err = a.adoptWhat(r, kind, id, platform); err != nil {
		return err
	}
	if dryRun {
		return a.previewAdoption(w, r, req)
	}
	g, err := a.adopter.Adopt(r.Context(), req)
	if err != nil {
		return a.adoptProblem(err)
	}
	view, err := a.view(r.Context(), g)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, view)
	return nil
}

// adoptWhat is the Record that the address names. A Group's id tells nothing of its
// Record: of one that is not stored yet the body names it, else it is looked for among
// all that the CRM lists.
func (a *api) adoptWhat(r *http.Request, kind, id, platform string) (key connector.RecordKey, on connector.PlatformID, err error) {
	group := connector.GroupID(r.PathValue("id"))
	if kind == "" && id == "" && platform == "" {
		if group == noGroupYet {
			return key, on, invalid("kind", "is wanted, and id; in use are %s", strings.Join(a.policies.Names(), ", "))
		}
		return a.recordOf(r.Context(), group)
	}
	key, on, err = a.openWhat(kind, id, platform)
	if err != nil || group == noGroupYet || group == connector.GroupIDOf(on, key) {
		return key, on, err
	}
	for _, other := range a.platforms {
		if platform == "" && group == connector.GroupIDOf(other, key) {
			return key, other, nil
		}
	}
	return key, on, problemf(http.StatusNotFound, "the Group of this record has another id")
}

func (a *api) recordOf(ctx context.Context, group connector.GroupID) (connector.RecordKey, connector.PlatformID, error) {
	key, on, err := a.adopter.RecordOf(ctx, group)
	if errors.Is(err, connector.ErrNotFound) {
		return key, on, problemf(http.StatusNotFound, "there is no such Group, and no record whose Group has this id; a record is named by kind and id in the body")
	}
	if err != nil {
		return key, on, fmt.Errorf("find record: %w", err)
	}
	return key, on, nil
}

func (a *api) previewAdoption(w http.ResponseWriter, r *http.Request, req connector.AdoptRequest) error {
	shown, err := a.adopter.Preview(r.Context(), req)
	if err != nil {
		return a.adoptProblem(err)
	}
	v := adoptionView{
		ID: connector.GroupIDOf(req.Platform, req.Record), Kind: req.Record.Kind, RecordID: req.Record.ID, RecordName: shown.RecordName,
		Platform: req.Platform, ChannelID: req.Channel, ChannelName: shown.Found.Name, Own: req.Own,
		LostChannelID: shown.Lost.ID, LostChannelName: shown.Lost.Name,
		Done: shown.Done, Enters: shown.Enters, Unread: shown.Unread, Public: shown.Public,
		Members: make([]adopteeView, len(shown.Rows)), Plan: planOf(shown.Plan), Unresolved: shown.Unresolved,
	}
	for i, row := range shown.Rows {
		v.Members[i] = adopteeView{memberOf(row), row.Owned}
	}
	writeJSON(w, http.StatusOK, v)
	return nil
}

// adoptProblem words why a channel is not adopted.
func (a *api) adoptProblem(err error) error {
	refused, ok := errors.AsType[*connector.AdoptError](err)
	if !ok {
		held, isHeld := errors.AsType[*connector.RecoverError](err)
		switch {
		case isHeld:
			return problemf(http.StatusConflict, "%s", held.Error())
		case errors.Is(err, connector.ErrNotFound):
			return openProblem(err)
		}
		return fmt.Errorf("adopt: %w", err)
	}
	switch refused.Reason {
	case connector.AdoptKindUnused:
		return invalid("kind", "is not in use; in use are %s", strings.Join(a.policies.Names(), ", "))
	case connector.AdoptPlatform:
		return invalid("platform", "is not in use; in use are %s", join(a.platforms))
	case connector.AdoptNoChannel, connector.AdoptUnfit:
		return invalid("channel", "%s", refused.Error())
	case connector.AdoptNotAllowed, connector.AdoptArchived, connector.AdoptShared, connector.AdoptOtherRecord,
		connector.AdoptOtherChannel, connector.AdoptBeingMade, connector.AdoptRecordIsOver, connector.AdoptChannelMarked:
	}
	return problemf(http.StatusConflict, "%s", refused.Error())
}

// suggestionView is a Record and a channel that may belong together.
type suggestionView struct {
	ID          connector.GroupID    `json:"id"`
	Kind        connector.Kind       `json:"kind"`
	RecordID    string               `json:"record_id"`
	RecordName  string               `json:"record_name"`
	Platform    connector.PlatformID `json:"platform"`
	ChannelID   connector.ChannelID  `json:"channel_id"`
	ChannelName string               `json:"channel_name"`
	Likeness    float64              `json:"likeness"`
	Why         string               `json:"why"`
}

// suggestWithin is how long listing all records and channels may take.
const suggestWithin = 10 * time.Minute

// suggestAdoptions lists what may belong together, the likeliest first of each
// platform. It is one list: it is made anew by every call.
func (a *api) suggestAdoptions(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := query(r); err != nil {
		return err
	}
	// Where a deadline cannot be moved the answer is cut off, and nothing is lost.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(suggestWithin))
	found, err := a.adopter.Suggest(r.Context())
	if errors.Is(err, connector.ErrUnsupported) {
		return problemf(http.StatusConflict, "the CRM does not list its records, so that nothing can be compared with them")
	}
	if err != nil {
		return fmt.Errorf("suggest adoptions: %w", err)
	}
	views := make([]suggestionView, len(found))
	for i, s := range found {
		views[i] = suggestionView{
			ID: connector.GroupIDOf(s.Platform, s.Record), Kind: s.Record.Kind, RecordID: s.Record.ID, RecordName: s.RecordName,
			Platform: s.Platform, ChannelID: s.Channel.ID, ChannelName: s.Channel.Name, Likeness: s.Likeness, Why: s.Why,
		}
	}
	writeJSON(w, http.StatusOK, list[suggestionView]{Items: views})
	return nil
}
