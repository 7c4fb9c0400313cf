package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"roomkeeper/connector"
)

// syncGroup shows a Plan, queues a run, or ends a hold: one of these.
func (a *api) syncGroup(w http.ResponseWriter, r *http.Request) error {
	var (
		dryRun, rename   bool
		confirm, dismiss connector.PlanID
	)
	err := decodeBody(w, r, map[string]field{
		"dry_run": {&dryRun, "true or false"}, "rename": {&rename, "true or false"},
		"confirm": {&confirm, "a plan's id"}, "dismiss": {&dismiss, "a plan's id"},
	})
	if err != nil {
		return err
	}
	g, err := a.group(r)
	if err != nil {
		return err
	}
	switch {
	case rename && (dryRun || confirm != "" || dismiss != ""):
		return invalid("rename", "cannot come with dry_run, confirm or dismiss")
	case dryRun && (confirm != "" || dismiss != ""):
		return invalid("dry_run", "cannot come with confirm or dismiss")
	case confirm != "" && dismiss != "":
		return invalid("dismiss", "cannot come with confirm")
	case dryRun:
		return a.preview(w, r, g.ID)
	case confirm != "":
		err = a.planner.Confirm(r.Context(), g.ID, confirm)
	case dismiss != "":
		err = a.planner.Dismiss(r.Context(), g.ID, dismiss)
	case rename:
		err = a.planner.Rename(r.Context(), g.ID)
	default:
		err = a.planner.Resync(r.Context(), g.ID)
	}
	if (confirm != "" || dismiss != "") && errors.Is(err, connector.ErrConflict) {
		return problemf(http.StatusConflict, "this is not the current plan; read the Group again")
	}
	if err != nil {
		return fmt.Errorf("sync group: %w", err)
	}
	return a.showQueued(w, r)
}

func (a *api) preview(w http.ResponseWriter, r *http.Request, id connector.GroupID) error {
	plan, err := a.planner.Preview(r.Context(), id)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	writeJSON(w, http.StatusOK, planOf(plan))
	return nil
}

// showQueued answers 202 with the Group as it is now.
func (a *api) showQueued(w http.ResponseWriter, r *http.Request) error {
	g, err := a.group(r)
	if err != nil {
		return err
	}
	view, err := a.view(r.Context(), g)
	if err != nil {
		return err
	}
	w.Header().Set("Location", groupPath(g.ID))
	writeJSON(w, http.StatusAccepted, view)
	return nil
}

// maxTopics is how many topics one request may name.
const maxTopics = 200

// putSubscriptions makes exactly these Topics the ones that are on.
func (a *api) putSubscriptions(w http.ResponseWriter, r *http.Request) error {
	var (
		topics  []connector.Topic
		filters map[string]any
	)
	err := decodeBody(w, r, map[string]field{
		"topics": {&topics, "a list of topics"}, "filters": {&filters, "an object"},
	})
	if err != nil {
		return err
	}
	if topics == nil {
		return invalid("topics", "is wanted; an empty list silences the Group")
	}
	if len(topics) > maxTopics {
		return invalid("topics", "%d of them; at most %d are taken", len(topics), maxTopics)
	}
	if len(filters) > 0 {
		return invalid("filters", "this version has none; leave it out")
	}
	for i, topic := range topics {
		if !knownTopic(topic) {
			return invalid(fmt.Sprintf("topics[%d]", i), "there is no such topic; there are %s and custom:<name>", join(connector.Topics()))
		}
	}
	g, err := a.group(r)
	if err != nil {
		return err
	}
	if _, err := a.subscriber.Set(r.Context(), g.ID, topics, "api:"+infoOf(r.Context()).caller); err != nil {
		return fmt.Errorf("set subscriptions: %w", err)
	}
	view, err := a.view(r.Context(), g)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, view)
	return nil
}

// knownTopic reports whether t is a fixed topic or names a custom one.
func knownTopic(t connector.Topic) bool {
	for _, known := range connector.Topics() {
		if t == known {
			return true
		}
	}
	name, custom := strings.CutPrefix(string(t), connector.CustomPrefix)
	return custom && name != "" && len(name) <= 100 && !strings.ContainsAny(name, " \t\r\n")
}
