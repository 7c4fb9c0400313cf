package app

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// errControlInUse: replicas that share a machine need a folder each.
var errControlInUse = errors.New("another replica answers there; give each a DATA_DIR of its own")

// listenControl opens the control socket, which only the owner of DATA_DIR
// can reach. A socket that nobody answers at was left behind by a service that
// is gone.
func listenControl(ctx context.Context, dir string) (net.Listener, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, ControlSocket)
	if other, err := (&net.Dialer{}).DialContext(ctx, "unix", path); err == nil {
		return nil, errors.Join(errControlInUse, other.Close())
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	// Made in a folder that nobody else can enter, and shown once it is shut:
	// there is no moment in which others can connect.
	private, err := os.MkdirTemp(dir, "c")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(private) }() // empty by then
	made := filepath.Join(private, "s")
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "unix", made)
	if err != nil {
		return nil, err
	}
	if err = os.Chmod(made, 0o600); err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
