package crm

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// What an edit can be refused for.
var (
	ErrNotFound = errors.New("not found")
	ErrInvalid  = errors.New("not valid")
)

// Edit is a change of a record; nil and missing parts stay as they are.
type Edit struct {
	Name  *string `json:"name,omitempty"`
	State *string `json:"state,omitempty"`
	// Owner is the new owner; an empty ID means nobody.
	Owner *Principal `json:"owner,omitempty"`
	// Fields are set by key; a new key is appended, an empty label keeps the old.
	Fields []Field `json:"fields,omitempty"`
}

// AddRecord stores a new record with its team and sends `record.created`. An
// empty State means open. ErrInvalid: it exists, or kind, id or name is missing.
func (w *World) AddRecord(r Record, team []Entry, actor string) (Record, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	added, err := w.insert(r, team)
	if err != nil {
		return Record{}, err
	}
	w.emit("record.created", w.about(added, actor, nil))
	w.changed()
	return w.data.view(added, w.cfg.BaseURL), nil
}

func (w *World) insert(r Record, team []Entry) (*row, error) {
	if r.Kind == "" || r.ID == "" || r.Name == "" {
		return nil, fmt.Errorf("record without kind, id or name: %w", ErrInvalid)
	}
	ref := Ref{r.Kind, r.ID}
	if _, ok := w.data.records[ref]; ok {
		return nil, fmt.Errorf("record %s/%s exists: %w", r.Kind, r.ID, ErrInvalid)
	}
	r.State = cmp.Or(r.State, StateOpen)
	r.TeamVersion = 1
	added := &row{Record: r, team: slices.Clone(team)}
	added.Fields = slices.Clone(r.Fields)
	w.data.records[ref] = added
	w.data.touch(added, w.cfg.Clock())
	return added, nil
}

// EditRecord changes a record and sends one `record.updated` with what
// changed; an edit that changes nothing sends nothing.
func (w *World) EditRecord(ref Ref, e Edit, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(ref)
	if err != nil {
		return err
	}
	if e.State != nil && !knownState(*e.State) {
		return fmt.Errorf("state %q: %w", *e.State, ErrInvalid)
	}
	if e.Name != nil && *e.Name == "" {
		return fmt.Errorf("an empty name: %w", ErrInvalid)
	}
	changes := r.apply(e)
	if len(changes) == 0 {
		return nil
	}
	w.data.touch(r, w.cfg.Clock())
	w.emit("record.updated", w.about(r, actor, changes))
	w.changed()
	return nil
}

func (r *row) apply(e Edit) []Change {
	var out []Change
	note := func(key, label, before, after string) bool {
		if before == after {
			return false
		}
		out = append(out, Change{key, label, before, after})
		return true
	}
	if e.Name != nil && note("name", "Name", r.Name, *e.Name) {
		r.Name = *e.Name
	}
	if e.State != nil && note("state", "State", r.State, *e.State) {
		r.State = *e.State
		r.TeamVersion++
	}
	if e.Owner != nil && note("owner", "Owner", r.ownerID(), e.Owner.ID) {
		r.setOwner(*e.Owner)
		r.TeamVersion++
	}
	for _, f := range e.Fields {
		i := slices.IndexFunc(r.Fields, func(have Field) bool { return have.Key == f.Key })
		if i < 0 {
			f.Label = cmp.Or(f.Label, f.Key)
			r.Fields = append(r.Fields, f)
			note(f.Key, f.Label, "", f.Value)
			continue
		}
		r.Fields[i].Label = cmp.Or(f.Label, r.Fields[i].Label)
		note(f.Key, r.Fields[i].Label, r.Fields[i].Value, f.Value)
		r.Fields[i].Value = f.Value
	}
	return out
}

func (r *row) ownerID() string {
	if r.Owner == nil {
		return ""
	}
	return r.Owner.ID
}

func (r *row) setOwner(p Principal) {
	if p.ID == "" {
		r.Owner = nil
		return
	}
	p.Type = cmp.Or(p.Type, "user")
	r.Owner = &p
}

// AddTeam puts an entry on the Related Team, or replaces the one for the same
// principal, and sends `team.changed`.
func (w *World) AddTeam(ref Ref, e Entry, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(ref)
	if err != nil {
		return err
	}
	e.Principal.Type = cmp.Or(e.Principal.Type, "user")
	e.Role, e.Access = cmp.Or(e.Role, "member"), cmp.Or(e.Access, "read")
	if e.Principal.ID == "" {
		return fmt.Errorf("a team entry without a principal: %w", ErrInvalid)
	}
	if e.Principal.Type == "user" {
		u, ok := w.data.users[e.Principal.ID]
		if !ok {
			return fmt.Errorf("user %q: %w", e.Principal.ID, ErrNotFound)
		}
		e.Principal.Name = u.Name
	}
	if i := slices.IndexFunc(r.team, e.Principal.same); i >= 0 {
		if r.team[i] == e {
			return nil
		}
		r.team[i] = e
	} else {
		r.team = append(r.team, e)
	}
	w.teamChanged(r, actor)
	return nil
}

func (p Principal) same(e Entry) bool { return e.Principal.Type == p.Type && e.Principal.ID == p.ID }

// RemoveTeam takes the entry for a principal off the Related Team and sends
// `team.changed`. ErrNotFound: no such entry.
func (w *World) RemoveTeam(ref Ref, p Principal, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(ref)
	if err != nil {
		return err
	}
	p.Type = cmp.Or(p.Type, "user")
	i := slices.IndexFunc(r.team, p.same)
	if i < 0 {
		return fmt.Errorf("%s %q on the team: %w", p.Type, p.ID, ErrNotFound)
	}
	r.team = slices.Delete(r.team, i, i+1)
	w.teamChanged(r, actor)
	return nil
}

// SetTeam replaces the whole Related Team and sends `team.changed`.
func (w *World) SetTeam(ref Ref, team []Entry, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(ref)
	if err != nil {
		return err
	}
	r.team = slices.Clone(team)
	w.teamChanged(r, actor)
	return nil
}

func (w *World) teamChanged(r *row, actor string) {
	r.TeamVersion++
	w.data.touch(r, w.cfg.Clock())
	data := w.about(r, actor, nil)
	data.Changed = []string{"team"}
	w.emit("team.changed", data)
	w.changed()
}

// AddActivity stores a sales record, with an id and the time if it has none,
// and sends `activity.created`; an id that exists is replaced with
// `activity.updated`. Every target has to exist.
func (w *World) AddActivity(a Activity) (Activity, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a.Subject == "" && a.Text == "" {
		return a, fmt.Errorf("a sales record without subject and text: %w", ErrInvalid)
	}
	if len(a.Targets) == 0 {
		return a, fmt.Errorf("a sales record about no record: %w", ErrInvalid)
	}
	for _, t := range a.Targets {
		if _, err := w.live(Ref{t.Kind, t.RecordID}); err != nil {
			return a, err
		}
	}
	now := w.cfg.Clock().UTC()
	if a.At.IsZero() {
		a.At = now
	}
	a.Kind = cmp.Or(a.Kind, "Note")
	a.ID = cmp.Or(a.ID, "act-"+strconv.Itoa(len(w.data.activities)+1))
	if a.Author != nil && a.Author.Name == "" {
		a.Author = &Principal{Type: cmp.Or(a.Author.Type, "user"), ID: a.Author.ID, Name: w.data.users[a.Author.ID].Name}
	}
	kind := "activity.created"
	if i := slices.IndexFunc(w.data.activities, func(b sale) bool { return a.ID == b.ID }); i >= 0 {
		kind = "activity.updated"
		w.data.activities = slices.Delete(w.data.activities, i, i+1)
	}
	w.data.seq++
	w.data.activities = append(w.data.activities, sale{a, now, w.data.seq})
	w.emit(kind, EventData{Kind: a.Targets[0].Kind, RecordID: a.Targets[0].RecordID, Actor: a.Author, Activity: &a})
	w.changed()
	return a, nil
}

// live returns a record that is not deleted; the caller holds w.mu.
func (w *World) live(ref Ref) (*row, error) {
	r, ok := w.data.records[ref]
	if !ok || r.State == StateDeleted {
		return nil, fmt.Errorf("record %s/%s: %w", ref.Kind, ref.ID, ErrNotFound)
	}
	return r, nil
}
