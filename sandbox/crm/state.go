package crm

import (
	"cmp"
	"slices"
	"time"
)

// State is what the record page shows.
type State struct {
	Kinds   []string        `json:"kinds"`
	Records []RecordSummary `json:"records"`
	Users   []User          `json:"users"`
	Units   []Unit          `json:"units"`
	// Record is the one asked for; nil: none, or deleted.
	Record     *Record     `json:"record"`
	Team       []Entry     `json:"team"`
	Activities []Activity  `json:"activities"`
	Group      GroupStatus `json:"group"`
	// Webhooks is the mode; Waiting is how many events are not delivered yet.
	Webhooks string     `json:"webhooks"`
	Waiting  int        `json:"waiting"`
	Now      time.Time  `json:"now"`
	Last     []Delivery `json:"last_deliveries"`
}

// RecordSummary is a line of the record picker.
type RecordSummary struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
}

// stateLimit bounds the lists of a State, so that a generated world of
// thousands stays quick to show.
const stateLimit = 500

const shownActivities = 20

// State returns what the page shows with ref chosen; a zero ref chooses none.
func (w *World) State(ref Ref) State {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := State{
		Kinds:   Kinds(),
		Records: w.summaries(), Users: []User{}, Units: []Unit{}, Team: []Entry{},
		Activities: w.activitiesOf(ref), Group: w.groups[ref],
		Webhooks: w.hooks.mode, Waiting: len(w.hooks.waiting), Now: w.cfg.Clock().UTC(),
		Last: append([]Delivery{}, w.hooks.log[max(0, len(w.hooks.log)-10):]...),
	}
	for _, id := range w.data.userOrder[:min(len(w.data.userOrder), stateLimit)] {
		s.Users = append(s.Users, w.data.users[id])
	}
	for _, u := range w.data.units {
		s.Units = append(s.Units, u)
	}
	slices.SortFunc(s.Units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	if r, err := w.live(ref); err == nil {
		rec := w.data.view(r, w.cfg.BaseURL)
		s.Record = &rec
		s.Team = append(s.Team, r.team...)
	}
	return s
}

// Kinds returns the record kinds of the product, in the order of the picker.
func Kinds() []string {
	return []string{"account", "opportunity", "account_pool", "lead_pool", "department"}
}

// summaries lists records in a stable order: kind, then name.
func (w *World) summaries() []RecordSummary {
	if w.picker == nil || w.pickerSeq != w.data.seq {
		w.picker, w.pickerSeq = []RecordSummary{}, w.data.seq
		for _, r := range w.data.records {
			w.picker = append(w.picker, RecordSummary{r.Kind, r.ID, r.Name, r.State})
		}
		kinds := Kinds()
		slices.SortFunc(w.picker, func(a, b RecordSummary) int {
			return cmp.Or(
				cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
				cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
		w.picker = w.picker[:min(len(w.picker), stateLimit)]
	}
	return slices.Clone(w.picker)
}

// activitiesOf returns the newest sales records about ref, newest first.
func (w *World) activitiesOf(ref Ref) []Activity {
	out := []Activity{}
	for _, a := range slices.Backward(w.data.activities) {
		if slices.Contains(a.Targets, Target{ref.Kind, ref.ID}) {
			if out = append(out, a.Activity); len(out) == shownActivities {
				break
			}
		}
	}
	return out
}
