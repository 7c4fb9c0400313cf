package crm

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DeleteRecord deletes a record and sends `record.deleted`. It answers 404
// from then on and stays in lists of changes with state `deleted`.
func (w *World) DeleteRecord(ref Ref, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(ref)
	if err != nil {
		return err
	}
	r.State = StateDeleted
	w.lifecycle(r, "record.deleted", actor)
	return nil
}

// RestoreRecord brings a deleted record back, open, and sends
// `record.restored`.
func (w *World) RestoreRecord(ref Ref, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.data.records[ref]
	if !ok || r.State != StateDeleted {
		return fmt.Errorf("deleted record %s/%s: %w", ref.Kind, ref.ID, ErrNotFound)
	}
	r.State, r.MergedInto = StateOpen, nil
	w.lifecycle(r, "record.restored", actor)
	return nil
}

// MergeRecord merges a record into another and sends `record.merged`; another
// kind means that it was converted. The loser answers with merged_into.
func (w *World) MergeRecord(loser, survivor Ref, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(loser)
	if err != nil {
		return err
	}
	if _, err := w.live(survivor); err != nil {
		return err
	}
	if loser == survivor {
		return fmt.Errorf("a record merged into itself: %w", ErrInvalid)
	}
	r.State, r.MergedInto = StateClosed, &survivor
	w.lifecycle(r, "record.merged", actor)
	return nil
}

func (w *World) lifecycle(r *row, event, actor string) {
	r.TeamVersion++
	w.data.touch(r, w.cfg.Clock())
	data := w.about(r, actor, nil)
	data.MergedInto = r.MergedInto
	w.emit(event, data)
	w.changed()
}

// AddUser stores a person or replaces the one with the same id. Nothing is
// sent: a new person is on no team yet.
func (w *World) AddUser(u User) error {
	if u.ID == "" {
		return fmt.Errorf("a user without id: %w", ErrInvalid)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.data.putUser(u)
	w.changed()
	return nil
}

func (d *dataset) putUser(u User) {
	old, ok := d.users[u.ID]
	if !ok {
		d.userOrder = append(d.userOrder, u.ID)
	}
	if key := mailKey(old.Email); ok {
		d.byEmail[key] = slices.DeleteFunc(d.byEmail[key], func(id string) bool { return id == u.ID })
	}
	d.users[u.ID] = u
	d.byEmail[mailKey(u.Email)] = append(d.byEmail[mailKey(u.Email)], u.ID)
}

func mailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Link stores which accounts of a chat platform are whose: members' ids by those
// of users. Nothing is sent. ErrNotFound: there is no such user.
func (w *World) Link(platform string, members map[string]string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, member := range members {
		u, ok := w.data.users[id]
		if !ok {
			return fmt.Errorf("user %s: %w", id, ErrNotFound)
		}
		u.Links = maps.Clone(u.Links)
		if u.Links == nil {
			u.Links = map[string]string{}
		}
		u.Links[platform] = member
		w.data.putUser(u)
	}
	w.changed()
	return nil
}

// SetActive switches a person on or off and sends `principal.changed`.
func (w *World) SetActive(userID string, active bool, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, ok := w.data.users[userID]
	if !ok {
		return fmt.Errorf("user %q: %w", userID, ErrNotFound)
	}
	u.Active = active
	w.data.putUser(u)
	w.principalChanged("user", userID, actor)
	return nil
}

// SetUnit stores a department, role, user group, queue or territory with its
// people and sends `principal.changed`.
func (w *World) SetUnit(u Unit, actor string) error {
	if u.Type == "" || u.ID == "" {
		return fmt.Errorf("a principal without type or id: %w", ErrInvalid)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.data.putUnit(u)
	w.principalChanged(u.Type, u.ID, actor)
	return nil
}

// DropUnit forgets a department, role, user group, queue or territory and sends
// `principal.changed`. ErrNotFound: there is none.
func (w *World) DropUnit(typ, id, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.data.units[unitKey{typ, id}]; !ok {
		return fmt.Errorf("%s %q: %w", typ, id, ErrNotFound)
	}
	delete(w.data.units, unitKey{typ, id})
	w.principalChanged(typ, id, actor)
	return nil
}

func (d *dataset) putUnit(u Unit) {
	u.Users = slices.Clone(u.Users)
	d.units[unitKey{u.Type, u.ID}] = u
}

func (w *World) principalChanged(typ, id, actor string) {
	w.emit("principal.changed", EventData{Principal: &Principal{Type: typ, ID: id}, Actor: w.actor(actor)})
	w.changed()
}

// actor turns a user id into a principal; empty: nobody.
func (w *World) actor(userID string) *Principal {
	if userID == "" {
		return nil
	}
	return &Principal{Type: "user", ID: userID, Name: cmp.Or(w.data.users[userID].Name, userID)}
}
