package inputs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"roomkeeper/internal/app"
	"roomkeeper/internal/world"
)

// TestRefusedStart: what only the operator can mend ends the start with exit
// code 2, says what it is, and changes nothing.
// The variables are Slack's.
func TestRefusedStart(t *testing.T) {
	w := world.Start(t, world.Slack(), 5, 1)
	w.Open(t, world.Account(1))
	w.WaitState(t, world.Account(1), "active")
	addr := "ROOMKEEPER_HTTP_ADDR=127.0.0.1:0"
	fresh := func() string { return "ROOMKEEPER_DATA_DIR=" + t.TempDir() }
	t.Run("variables", func(t *testing.T) {
		w.RefusesToStart(t, []string{
			"ROOMKEEPER_RATE_FACTR: unknown; the nearest known name is ROOMKEEPER_RATE_FACTOR", "ROOMKEEPER_HTTP_ADDR", "ROOMKEEPER_SLACK_SIGNING_SECRET",
		}, fresh(), "ROOMKEEPER_RATE_FACTR=2", "ROOMKEEPER_HTTP_ADDR=here", "ROOMKEEPER_SLACK_SIGNING_SECRET=")
	})
	t.Run("no platform", func(t *testing.T) {
		w.RefusesToStart(t, []string{"ROOMKEEPER_SLACK_BOT_TOKEN"}, fresh(), addr, "ROOMKEEPER_SLACK_BOT_TOKEN=", "ROOMKEEPER_SLACK_SIGNING_SECRET=")
	})
	t.Run("refused token", func(t *testing.T) {
		w.RefusesToStart(t, []string{"ROOMKEEPER_SLACK_BOT_TOKEN: slack auth.test: invalid_auth: token refused; copy the bot token, xoxb-"}, fresh(), addr, "ROOMKEEPER_SLACK_BOT_TOKEN=xoxb-of-nobody")
	})
	t.Run("token that the CRM refuses", func(t *testing.T) {
		w.RefusesToStart(t, []string{"ROOMKEEPER_CRM_TOKEN", "token refused"}, fresh(), addr, "ROOMKEEPER_CRM_TOKEN=of-nobody")
	})
	t.Run("address in use", func(t *testing.T) {
		w.RefusesToStart(t, []string{"ROOMKEEPER_HTTP_ADDR", "address already in use"}, fresh())
	})
	t.Run("store in use", func(t *testing.T) {
		w.RefusesToStart(t, []string{"another Roomkeeper uses this database", app.DatabaseFile, "DATA_DIR"}, addr)
	})
	dir := t.TempDir()
	file := filepath.Join(dir, app.DatabaseFile)
	t.Run("not a database", func(t *testing.T) {
		refusesFile(t, w, file, bytes.Repeat([]byte("no database. "), 5000), "not a Roomkeeper database")
	})
	t.Run("database of a later version", func(t *testing.T) {
		later := filepath.Join(t.TempDir(), "later.db")
		if err := writeSchema(later, "99"); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(later) //nolint:gosec // a test's own file
		if err != nil {
			t.Fatal(err)
		}
		refusesFile(t, w, file, content, "written by a newer version")
	})
	if err := w.Ready(); err != nil {
		t.Errorf("the one that ran all the time: %v", err)
	}
}

// refusesFile wants a start with this data file to fail and the file to stay
// as it is.
func refusesFile(t *testing.T, w *world.World, file string, content []byte, says string) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	w.RefusesToStart(t, []string{says, file, "set ROOMKEEPER_DATA_DIR to another folder"}, "ROOMKEEPER_HTTP_ADDR=127.0.0.1:0", "ROOMKEEPER_DATA_DIR="+filepath.Dir(file))
	after, err := os.ReadFile(file) //nolint:gosec // a test's own file
	if err != nil || !bytes.Equal(after, content) {
		t.Errorf("the file was changed (%v)", err)
	}
}

// writeSchema makes a database as a program with that schema would.
func writeSchema(file, schema string) error {
	db, err := bbolt.Open(file, 0o600, nil)
	if err != nil {
		return err
	}
	if err := db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket([]byte("meta"))
		if err != nil {
			return err
		}
		return meta.Put([]byte("schema"), []byte(schema))
	}); err != nil {
		return fmt.Errorf("write schema: %w", err)
	}
	return db.Close()
}
