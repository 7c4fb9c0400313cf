package tell_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/tell"
)

const slack connector.PlatformID = "slack"

// world is one Group with its channel, its owner, and the admins' channel.
type world struct {
	*testing.T
	clock  *connectortest.EngineClock
	chat   *connectortest.MemoryChat
	engine connector.Engine
	admins connector.ChannelID
	owner  connector.MemberID
	group  connector.GroupID
	// lone: there is no channel of the admins.
	lone bool
	// change alters the platform before it is used.
	change func(*connector.ChatPlatform)
	// gate fails the engine's steps; nil lets all pass.
	gate func(step string) error
	// refused is what a process knows of the admins' channels, logged what it logged.
	refused tell.Refusals
	logged  strings.Builder
	// counted is what became of tellings, "what outcome".
	counted map[string]int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: connectortest.NewEngineClock(), counted: map[string]int{}}
	w.chat = connectortest.NewMemoryChat(slack, w.clock.Now)
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "test.db"), bolt.Options{Clock: w.clock.Now})
	w.ok(err)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.engine = connectortest.GuardEngine(store.Ports(), func(step string) error {
		if w.gate == nil {
			return nil
		}
		return w.gate(step)
	})
	w.owner = w.chat.Person("olga@example.com")
	made, err := w.chat.Platform().Channels.Create(t.Context(), connector.ChannelSpec{Name: "admins", Private: true})
	w.ok(err)
	w.admins = made.ID
	w.group = w.add("1", w.owner)
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

// add stores an active Group that is two days old. An owner "" has no account.
func (w *world) add(id string, owner connector.MemberID) connector.GroupID {
	w.Helper()
	record := connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: id}
	made, err := w.chat.Platform().Channels.Create(w.Context(), connector.ChannelSpec{Name: "acme-" + id, Private: true})
	w.ok(err)
	row := connector.Membership{
		User: "olga", Name: "Olga", Member: owner, Status: connector.StatusMember, Owned: true,
		Why: []connector.Path{{Via: connector.ViaOwner, ID: "olga"}},
	}
	if owner == "" {
		row.Status, row.Reason = connector.StatusPending, connector.ReasonNoAccount
	}
	g, err := w.engine.Groups.SaveGroup(w.Context(), connector.Group{
		ID: connector.GroupIDOf(slack, record), Platform: slack, Record: record, RecordName: "Acme " + id,
		State: connector.GroupActive, Channel: made.Channel, CreatedAt: w.clock.Now().Add(-48 * time.Hour),
		Memberships: []connector.Membership{row},
	})
	w.ok(err)
	return g.ID
}

// save changes a stored Group.
func (w *world) save(id connector.GroupID, change func(*connector.Group)) {
	w.Helper()
	g := w.load(id)
	change(&g)
	_, err := w.engine.Groups.SaveGroup(w.Context(), g)
	w.ok(err)
}

func (w *world) load(id connector.GroupID) connector.Group {
	w.Helper()
	g, err := w.engine.Groups.Group(w.Context(), id)
	w.ok(err)
	return g
}

// extra has something told that is so whatever becomes of the Group.
func (w *world) extra(about string, to connector.Audience) {
	w.Helper()
	w.save(w.group, func(g *connector.Group) {
		g.Tell(connector.Telling{What: connector.TellExtra, About: about, To: to, Member: w.owner, At: w.clock.Now()})
	})
}

func (w *world) platforms() map[connector.PlatformID]connector.ChatPlatform {
	p := w.chat.Platform()
	if w.change != nil {
		w.change(&p)
	}
	return map[connector.PlatformID]connector.ChatPlatform{slack: p}
}

func (w *world) adminChannels() tell.Admins {
	if w.lone {
		return nil
	}
	return tell.Admins{{Platform: slack, Channel: w.admins}}
}

func (w *world) teller() *tell.Teller {
	return &tell.Teller{
		Poster:    &assistant.Poster{Engine: w.engine, Clock: w.clock.Now},
		Platforms: w.platforms(), Admins: w.adminChannels(), Command: "/crm",
		Backoff: func(int) time.Duration { return time.Second },
		Observe: func(what connector.TellingWhat, outcome string) { w.counted[string(what)+" "+outcome]++ },
		Logger:  slog.New(slog.NewTextHandler(&w.logged, nil)),
		Refused: &w.refused,
	}
}

// failOnce fails a step of the engine once, after it worked some times.
func (w *world) failOnce(step string, after int) {
	n := 0
	w.gate = func(s string) error {
		if s == step {
			if n++; n == after+1 {
				return errors.Join(errors.New("spoilt"), connector.ErrStoreAway)
			}
		}
		return nil
	}
}

func (w *world) run(ctx context.Context, key connector.GroupID, attempt int) connector.RunEnd {
	return w.teller().Run(ctx, connector.Lease{Key: connector.JobKey{Lane: connector.LaneTellings, Group: key}, Attempt: attempt})
}

// settle runs until the run is done, as the queue would, and then what it gathered for
// the admins: waits pass on the clock.
func (w *world) settle(key connector.GroupID) {
	w.Helper()
	w.settleOne(key)
	w.gathered(key)
}

// gathered tells the admins what was gathered of Groups.
func (w *world) gathered(ids ...connector.GroupID) {
	w.Helper()
	keys, gate := map[connector.GroupID]bool{}, w.gate
	w.gate = nil
	for _, id := range ids {
		for _, telling := range w.load(id).Tellings {
			if telling.Gathered {
				keys[connector.GroupID("gather/"+string(w.load(id).Platform)+"/"+string(telling.What))] = true
			}
		}
	}
	w.gate = gate
	for key := range keys {
		w.settleOne(key)
	}
}

func (w *world) settleOne(key connector.GroupID) {
	w.Helper()
	attempt := 1
	for range 60 {
		end := w.run(w.Context(), key, attempt)
		switch end.Outcome {
		case connector.RunDone:
			return
		case connector.RunRetry:
			attempt++
		case connector.RunWait, connector.RunDead:
		}
		w.clock.Advance(end.After)
	}
	w.Fatal("no end")
}

// told checks how many messages the owner and the admins got.
func (w *world) told(owner, admins int) {
	w.Helper()
	o, a := len(w.chat.Told(w.owner)), len(w.chat.Channel(w.admins).Messages)
	if o != owner || a != admins {
		w.Errorf("the owner got %d and the admins %d messages, want %d and %d", o, a, owner, admins)
	}
}

func fault(err error, done bool) connectortest.MemoryFault {
	return connectortest.MemoryFault{Err: fmt.Errorf("spoilt: %w", err), Done: done}
}
