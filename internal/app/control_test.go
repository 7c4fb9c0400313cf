package app

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// The socket is the owner's alone, takes the place of one left behind, and
// nothing else is left in the folder.
func TestControlSocket(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ControlSocket)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := listenControl(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode(); mode&os.ModeSocket == 0 || mode.Perm() != 0o600 {
		t.Errorf("mode %s, want a socket of the owner's", mode)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

// A second replica does not take the socket of the first one away.
func TestControlSocketInUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not made yet")
	first, err := listenControl(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := listenControl(t.Context(), dir); !errors.Is(err, errControlInUse) {
		t.Errorf("error %v, want %v", err, errControlInUse)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := listenControl(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
