package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roomkeeper/internal/app"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// loseStore stops the connector, deletes its data file, renames account 1 in
// the CRM meanwhile, and starts the connector again.
func loseStore(t *testing.T, w *world.World, dir string) {
	t.Helper()
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, app.DatabaseFile)); err != nil {
		t.Fatal(err)
	}
	w.CRM.Act(t, "edit", world.About(world.Account(1)).With("edit", world.Order{"name": "Renamed Meanwhile"}))
	w.Restart(t)
}

// refused wants the REST API to refuse a channel and to say what to do.
func refused(t *testing.T, w *world.World, ref crm.Ref) {
	t.Helper()
	_, err := w.API.Do(t.Context(), "POST", "/groups", ref, nil)
	if err == nil {
		t.Fatal("a channel is made although the store is empty")
	}
	for _, part := range []string{"409", "1 channel ", "connector recover", "--fresh"} {
		if !strings.Contains(err.Error(), part) {
			t.Fatalf("the answer does not say %q: %v", part, err)
		}
	}
}

// TestRecoverCommand: a store that was lost makes no second channel, also when
// the record was renamed meanwhile; recovered, the same channel goes on.
func TestRecoverCommand(t *testing.T) { world.OnEach(t, recoverCommand) }

func recoverCommand(t *testing.T, p world.Platform) {
	dir := t.TempDir()
	w := world.Start(t, p, 5, 2, "ROOMKEEPER_DATA_DIR="+dir)
	w.Open(t, world.Account(1))
	before := w.WaitState(t, world.Account(1), "active")
	loseStore(t, w, dir)
	refused(t, w, world.Account(1))
	refused(t, w, world.Account(2))
	if log := w.Log.String(); strings.Count(log, "no channels are made") != 1 {
		t.Errorf("the log does not say it once: %s", log)
	}
	check := func(holds []string, args ...string) {
		t.Helper()
		code, said := w.Command(t, append([]string{"recover"}, args...)...)
		if code != 0 {
			t.Fatalf("recover %v: exit %d: %s", args, code, said)
		}
		for _, part := range holds {
			if !strings.Contains(said, part) {
				t.Errorf("recover %v does not say %q: %s", args, part, said)
			}
		}
	}
	line := "account 1 on " + p.Name + ": #" + before.ChannelName + ": becomes its channel again"
	check([]string{line, "1 channel: 1 to be used again", "Nothing was changed"}, "--dry-run")
	refused(t, w, world.Account(1))
	if g := w.Group(t, world.Account(1)); g != nil {
		t.Fatalf("a dry run made %+v", g)
	}
	check([]string{line, "Done."})
	world.Eventually(t, world.Patience, "renamed", func() error {
		return w.Wrong(t, w.Chat.State(t), world.Expected{Ref: world.Account(1)})
	})
	if after := w.Group(t, world.Account(1)); after.ChannelID != before.ChannelID || after.ChannelName == before.ChannelName {
		t.Errorf("the channel was %s #%s and is %s #%s", before.ChannelID, before.ChannelName, after.ChannelID, after.ChannelName)
	}
	check([]string{"1 channel: 0 to be used again, 1 known"})
	w.Open(t, world.Account(2))
	w.WaitState(t, world.Account(2), "active")
	w.Quiet(t, world.Patience)
	w.Check(t, world.Expected{Ref: world.Account(1)}, world.Expected{Ref: world.Account(2)})
}

// TestFreshStart: whoever says so gets new channels beside the old ones.
func TestFreshStart(t *testing.T) { world.OnEach(t, freshStart) }

func freshStart(t *testing.T, p world.Platform) {
	dir := t.TempDir()
	w := world.Start(t, p, 5, 1, "ROOMKEEPER_DATA_DIR="+dir)
	w.Open(t, world.Account(1))
	before := w.WaitState(t, world.Account(1), "active")
	loseStore(t, w, dir)
	refused(t, w, world.Account(1))
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	w.Flags = []string{"--fresh"}
	w.Restart(t)
	w.Open(t, world.Account(1))
	if after := w.WaitState(t, world.Account(1), "active"); after.ChannelID == before.ChannelID {
		t.Errorf("the old channel %s was taken", after.ChannelID)
	}
	if n := len(w.Chat.State(t).Own()); n != 2 {
		t.Errorf("%d channels, want the old and a new one", n)
	}
}
