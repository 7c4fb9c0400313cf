package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"roomkeeper/connector"
)

func (a *api) listGroups(w http.ResponseWriter, r *http.Request) error {
	values, page, err := query(r, "kind", "id", "platform", "channel", "state")
	if err != nil {
		return err
	}
	q, err := a.groupQuery(values)
	if err != nil {
		return err
	}
	q.Cursor, q.Limit = page.cursor, page.limit
	found, err := a.engine.Groups.ListGroups(r.Context(), q)
	if err != nil {
		return fmt.Errorf("list groups: %w", err)
	}
	views, err := a.views(r.Context(), found.Groups)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, list[groupView]{Items: views, NextCursor: encodeCursor(found.Next)})
	return nil
}

// groupQuery reads the filters; those that only make sense together are
// wanted together.
func (a *api) groupQuery(values url.Values) (connector.GroupQuery, error) {
	q := connector.GroupQuery{
		Platform: connector.PlatformID(values.Get("platform")),
		Channel:  connector.ChannelID(values.Get("channel")),
		State:    connector.GroupState(values.Get("state")),
	}
	kind, id := values.Get("kind"), values.Get("id")
	switch {
	case kind != "" && id == "":
		return q, invalid("id", "is wanted with kind")
	case kind == "" && id != "":
		return q, invalid("kind", "is wanted with id")
	case id != "" && connector.BadID(id) != "":
		return q, invalid("id", "cannot name a record: %s", connector.BadID(id))
	case q.Channel != "" && q.Platform == "":
		return q, invalid("platform", "is wanted with channel")
	case q.State != "" && !slices.Contains(groupStates(), q.State):
		return q, invalid("state", "there is no such state; there are %s", join(groupStates()))
	}
	if kind != "" {
		q.Record = connector.RecordKey{CRM: a.crm, Kind: connector.Kind(kind), ID: id}
		// A kind that is no longer in use still has Groups.
		if policy, ok := a.policies.Kind(kind); ok {
			q.Record.Kind = policy.Kind
		}
	}
	return q, nil
}

func groupStates() []connector.GroupState {
	return []connector.GroupState{
		connector.GroupCreating, connector.GroupActive, connector.GroupHeld, connector.GroupFrozen,
		connector.GroupClosing, connector.GroupArchived, connector.GroupUnreachable, connector.GroupLost,
		connector.GroupFailed, connector.GroupUnmanaged, connector.GroupMoved, connector.GroupTombstone,
	}
}

func join[T ~string](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = string(item)
	}
	return strings.Join(texts, ", ")
}

func (a *api) getGroup(w http.ResponseWriter, r *http.Request) error {
	g, err := a.group(r)
	if err != nil {
		return err
	}
	view, err := a.view(r.Context(), g)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, view)
	return nil
}

// group reads the Group that the address names.
func (a *api) group(r *http.Request) (connector.Group, error) {
	g, err := a.engine.Groups.Group(r.Context(), connector.GroupID(r.PathValue("id")))
	if errors.Is(err, connector.ErrNotFound) {
		return g, problemf(http.StatusNotFound, "there is no such Group")
	}
	if err != nil {
		return g, fmt.Errorf("read group: %w", err)
	}
	return g, nil
}

// openGroup answers 202 while the channel is being made and 200 once it is; a dry run
// the same refusals, or 200, and makes none.
func (a *api) openGroup(w http.ResponseWriter, r *http.Request) error {
	var kind, id, platform string
	var dryRun bool
	err := decodeBody(w, r, map[string]field{
		"kind": {&kind, "a text"}, "id": {&id, "a text"}, "platform": {&platform, "a text"}, "dry_run": {&dryRun, "true or false"},
	})
	if err != nil {
		return err
	}
	key, on, err := a.openWhat(kind, id, platform)
	if err != nil {
		return err
	}
	if dryRun {
		if err := a.opener.Check(r.Context(), key, on); err != nil {
			return openProblem(err)
		}
		writeJSON(w, http.StatusOK, map[string]string{"kind": string(key.Kind), "id": key.ID, "platform": string(on)})
		return nil
	}
	g, created, err := a.opener.Open(r.Context(), key, on, "")
	if err != nil {
		return openProblem(err)
	}
	view, err := a.view(r.Context(), g)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created || g.State == connector.GroupCreating {
		status = http.StatusAccepted
		w.Header().Set("Location", groupPath(g.ID))
	}
	writeJSON(w, status, view)
	return nil
}

func (a *api) openWhat(kind, id, platform string) (connector.RecordKey, connector.PlatformID, error) {
	var none connector.RecordKey
	if kind == "" {
		return none, "", invalid("kind", "is wanted; in use are %s", strings.Join(a.policies.Names(), ", "))
	}
	if id == "" {
		return none, "", invalid("id", "is wanted")
	}
	if detail := connector.BadID(id); detail != "" {
		return none, "", invalid("id", "cannot name a record: %s", detail)
	}
	policy, ok := a.policies.Kind(kind)
	if !ok {
		return none, "", invalid("kind", "is not in use; in use are %s", strings.Join(a.policies.Names(), ", "))
	}
	on := connector.PlatformID(platform)
	switch {
	case on == "" && len(a.platforms) > 0:
		on = a.platforms[0]
	case !slices.Contains(a.platforms, on):
		return none, "", invalid("platform", "is not in use; in use are %s", join(a.platforms))
	}
	return connector.RecordKey{CRM: a.crm, Kind: policy.Kind, ID: id}, on, nil
}

func openProblem(err error) error {
	var held *connector.RecoverError
	switch {
	case errors.As(err, &held):
		return problemf(http.StatusConflict, "%s", held.Error())
	case errors.Is(err, connector.ErrNotFound):
		if errors.Is(err, connector.ErrUntold) {
			return problemf(http.StatusNotFound, "the CRM has not told us about this record")
		}
		return problemf(http.StatusNotFound, "the CRM knows no such record")
	case errors.Is(err, connector.ErrConflict):
		return problemf(http.StatusConflict, "the record is deleted")
	}
	return fmt.Errorf("open group: %w", err)
}

func groupPath(id connector.GroupID) string {
	return apiPrefix + "groups/" + url.PathEscape(string(id))
}
