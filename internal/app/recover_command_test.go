package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roomkeeper/internal/app"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// loseStore stops the connector, deletes its data file, renames account 1 in
// the CRM meanwhile, and starts the connector again.
func (w *world) loseStore(t *testing.T, dir string) {
	t.Helper()
	if err := w.term(t); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, app.DatabaseFile)); err != nil {
		t.Fatal(err)
	}
	w.crm.act(t, "edit", about(account(1)).with("edit", order{"name": "Renamed Meanwhile"}))
	w.restart(t)
}

// ownChannels are the channels that our bot made.
func (w *world) ownChannels(t *testing.T) []slack.StateChannel {
	t.Helper()
	s := w.slack.state(t)
	return slices.DeleteFunc(s.Channels, func(ch slack.StateChannel) bool { return ch.Creator != s.BotUserID || ch.Direct })
}

// refused wants the REST API to refuse a channel and to say what to do.
func (w *world) refused(t *testing.T, ref crm.Ref) {
	t.Helper()
	_, err := w.api.do(t.Context(), "POST", "/groups", ref, nil)
	if err == nil {
		t.Fatal("a channel is made although the store is empty")
	}
	for _, part := range []string{"409", "1 channels", "connector recover", "--fresh"} {
		if !strings.Contains(err.Error(), part) {
			t.Fatalf("the answer does not say %q: %v", part, err)
		}
	}
}

// TestRecoverCommand: a store that was lost makes no second channel, also when
// the record was renamed meanwhile; recovered, the same channel goes on.
func TestRecoverCommand(t *testing.T) {
	dir := t.TempDir()
	w := startWorld(t, 5, 2, "ROOMKEEPER_DATA_DIR="+dir)
	w.open(t, account(1))
	before := w.waitState(t, account(1), "active")
	w.loseStore(t, dir)
	w.refused(t, account(1))
	w.refused(t, account(2))
	if log := w.service.log.String(); strings.Count(log, "no channels are made") != 1 {
		t.Errorf("the log does not say it once: %s", log)
	}
	check := func(holds []string, args ...string) {
		t.Helper()
		code, said := w.command(t, append([]string{"recover"}, args...)...)
		if code != 0 {
			t.Fatalf("recover %v: exit %d: %s", args, code, said)
		}
		for _, part := range holds {
			if !strings.Contains(said, part) {
				t.Errorf("recover %v does not say %q: %s", args, part, said)
			}
		}
	}
	line := "account 1 on slack: #" + before.ChannelName + ": becomes its channel again"
	check([]string{line, "1 channels: 1 to be used again", "Nothing was changed"}, "--dry-run")
	w.refused(t, account(1))
	if g := w.group(t, account(1)); g != nil {
		t.Fatalf("a dry run made %+v", g)
	}
	check([]string{line, "Done."})
	eventually(t, patience, "renamed", func() error { return w.wrong(t, w.slack.state(t), w.ownChannels(t), expected{ref: account(1)}) })
	if after := w.group(t, account(1)); after.ChannelID != before.ChannelID || after.ChannelName == before.ChannelName {
		t.Errorf("the channel was %s #%s and is %s #%s", before.ChannelID, before.ChannelName, after.ChannelID, after.ChannelName)
	}
	check([]string{"1 channels: 0 to be used again, 1 known"})
	w.open(t, account(2))
	w.waitState(t, account(2), "active")
	w.quiet(t, patience)
	w.check(t, expected{ref: account(1)}, expected{ref: account(2)})
}

// TestFreshStart: whoever says so gets new channels beside the old ones.
func TestFreshStart(t *testing.T) {
	dir := t.TempDir()
	w := startWorld(t, 5, 1, "ROOMKEEPER_DATA_DIR="+dir)
	w.open(t, account(1))
	before := w.waitState(t, account(1), "active")
	w.loseStore(t, dir)
	w.refused(t, account(1))
	if err := w.term(t); err != nil {
		t.Fatal(err)
	}
	w.flags = []string{"--fresh"}
	w.restart(t)
	w.open(t, account(1))
	if after := w.waitState(t, account(1), "active"); after.ChannelID == before.ChannelID {
		t.Errorf("the old channel %s was taken", after.ChannelID)
	}
	if n := len(w.ownChannels(t)); n != 2 {
		t.Errorf("%d channels, want the old and a new one", n)
	}
}
