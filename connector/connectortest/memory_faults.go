package connectortest

import (
	"context"

	"roomkeeper/connector"
)

// GuardEngine returns an engine that asks gate before each step of a run, and
// fails the step with what gate returns. What it does not ask for works.
func GuardEngine(e connector.Engine, gate func(step string) error) connector.Engine {
	e.Groups = guardedGroups{e.Groups, gate}
	e.Outbox = guardedOutbox{e.Outbox, gate}
	e.Ledger = guardedLedger{e.Ledger, gate}
	e.Names = guardedNames{e.Names, gate}
	e.Marks = guardedMarks{e.Marks, gate}
	e.People = guardedPeople{e.People, gate}
	e.Sweeps = guardedSweeps{e.Sweeps, gate}
	e.Readings = guardedReadings{e.Readings, gate}
	e.Queue = guardedQueue{e.Queue, gate}
	return e
}

// Ports that hold a method of their own name are embedded by another one.
type (
	peoplePort   = connector.People
	readingsPort = connector.Readings

	guardedGroups struct {
		connector.Groups
		gate func(string) error
	}
	guardedOutbox struct {
		connector.Outbox
		gate func(string) error
	}
	guardedLedger struct {
		connector.Ledger
		gate func(string) error
	}
	guardedNames struct {
		connector.Names
		gate func(string) error
	}
	guardedMarks struct {
		connector.Marks
		gate func(string) error
	}
	guardedPeople struct {
		peoplePort
		gate func(string) error
	}
	guardedReadings struct {
		readingsPort
		gate func(string) error
	}
	guardedQueue struct {
		connector.Queue
		gate func(string) error
	}
)

func (g guardedGroups) Group(ctx context.Context, id connector.GroupID) (connector.Group, error) {
	if err := g.gate("group"); err != nil {
		return connector.Group{}, err
	}
	return g.Groups.Group(ctx, id)
}

func (g guardedGroups) SaveGroup(ctx context.Context, group connector.Group) (connector.Group, error) {
	if err := g.gate("save_group"); err != nil {
		return connector.Group{}, err
	}
	return g.Groups.SaveGroup(ctx, group)
}

func (g guardedOutbox) Notices(ctx context.Context, id connector.GroupID, limit int) ([]connector.Notice, error) {
	if err := g.gate("notices"); err != nil {
		return nil, err
	}
	return g.Outbox.Notices(ctx, id, limit)
}

func (g guardedOutbox) Settle(ctx context.Context, id connector.GroupID, seq uint64, entry *connector.LedgerEntry, dead *connector.DeadLetter) error {
	if err := g.gate("settle"); err != nil {
		return err
	}
	return g.Outbox.Settle(ctx, id, seq, entry, dead)
}

func (g guardedLedger) Entry(ctx context.Context, id connector.GroupID, card connector.CardID) (connector.LedgerEntry, error) {
	if err := g.gate("entry"); err != nil {
		return connector.LedgerEntry{}, err
	}
	return g.Ledger.Entry(ctx, id, card)
}

func (g guardedLedger) PutEntry(ctx context.Context, id connector.GroupID, entry connector.LedgerEntry) (connector.LedgerEntry, error) {
	if err := g.gate("put_entry"); err != nil {
		return connector.LedgerEntry{}, err
	}
	return g.Ledger.PutEntry(ctx, id, entry)
}

func (g guardedNames) Reserve(ctx context.Context, platform connector.PlatformID, name string, id connector.GroupID) (connector.GroupID, error) {
	if err := g.gate("reserve"); err != nil {
		return "", err
	}
	return g.Names.Reserve(ctx, platform, name, id)
}

func (g guardedNames) Release(ctx context.Context, platform connector.PlatformID, name string, id connector.GroupID) error {
	if err := g.gate("release"); err != nil {
		return err
	}
	return g.Names.Release(ctx, platform, name, id)
}

func (g guardedMarks) SetMark(ctx context.Context, name, value string) error {
	if err := g.gate("set_mark"); err != nil {
		return err
	}
	return g.Marks.SetMark(ctx, name, value)
}

func (g guardedPeople) People(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.Person, error) {
	if err := g.gate("people"); err != nil {
		return nil, err
	}
	return g.peoplePort.People(ctx, ids)
}

func (g guardedPeople) SavePeople(ctx context.Context, people []connector.Person) error {
	if err := g.gate("save_people"); err != nil {
		return err
	}
	return g.peoplePort.SavePeople(ctx, people)
}

func (g guardedPeople) UpdatePeople(ctx context.Context, ids []connector.UserID, change func(*connector.Person)) error {
	if err := g.gate("save_people"); err != nil {
		return err
	}
	return g.peoplePort.UpdatePeople(ctx, ids, change)
}

func (g guardedReadings) SaveReadings(ctx context.Context, readings map[connector.GroupID]connector.Reading) error {
	if err := g.gate("save_readings"); err != nil {
		return err
	}
	return g.readingsPort.SaveReadings(ctx, readings)
}

func (g guardedQueue) Add(ctx context.Context, jobs ...connector.Job) error {
	if err := g.gate("queue"); err != nil {
		return err
	}
	return g.Queue.Add(ctx, jobs...)
}

type guardedSweeps struct {
	connector.Sweeps
	gate func(string) error
}

func (g guardedSweeps) UpdateSweep(ctx context.Context, id string, change func(*connector.Sweep)) (connector.Sweep, error) {
	if err := g.gate("update_sweep"); err != nil {
		return connector.Sweep{}, err
	}
	return g.Sweeps.UpdateSweep(ctx, id, change)
}
