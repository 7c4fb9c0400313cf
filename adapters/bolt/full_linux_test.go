package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
)

// fullDisk is what a store must do on a disk that fills up: refuse writes,
// go on reading, and write again when there is room.
func fullDisk(path string, fill, free func() error) error {
	ctx := context.Background()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	ports := e.Ports()
	before := bigIntake("before")
	before.Jobs = append(before.Jobs, connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: "g-before"}})
	if _, err := ports.Inbox.Accept(ctx, before); err != nil {
		return fmt.Errorf("before the disk is full: %w", err)
	}
	lease, err := ports.Queue.Take(ctx)
	if err != nil {
		return err
	}
	if err := fill(); err != nil {
		return err
	}
	accepted, refused, err := acceptUntilRefused(ctx, ports)
	if err != nil {
		return err
	}
	if err := free(); err != nil {
		return err
	}
	for _, id := range refused {
		if fresh, err := ports.Inbox.Accept(ctx, killIntake(id)); err != nil || fresh != 1 {
			return fmt.Errorf("with room again: %d new, %w", fresh, err)
		}
	}
	if err := ports.Queue.Finish(ctx, lease, connector.RunEnd{Outcome: connector.RunDone}); err != nil {
		return fmt.Errorf("finish with room again: %w", err)
	}
	if err := e.Close(); err != nil {
		return err
	}
	return reopenAfterFull(ctx, path, slices.Concat(accepted, refused))
}

func reopenAfterFull(ctx context.Context, path string, ids []string) error {
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return fmt.Errorf("reopen: %w", err)
	}
	for _, id := range ids {
		if err := find(ctx, e.Ports(), id); err != nil {
			return fmt.Errorf("after reopening: %w", err)
		}
	}
	return e.Close()
}

func bigIntake(id string) connector.Intake {
	in := killIntake(id)
	in.Notice.Event.Notification = &connector.Notification{Topic: "x", Title: "x", Text: strings.Repeat("x", 20_000)}
	return in
}

func find(ctx context.Context, ports connector.Engine, id string) error {
	if _, err := ports.Groups.Group(ctx, connector.GroupID("g-"+id)); err != nil {
		return fmt.Errorf("intake %s: %w", id, err)
	}
	return nil
}

// acceptUntilRefused fills the disk until twenty intakes were refused. One may
// still fit after a bigger one did not; what was accepted can be read all along.
func acceptUntilRefused(ctx context.Context, ports connector.Engine) (accepted, refused []string, err error) {
	for i := 0; i < 2000 && len(refused) < 20; i++ {
		id := fmt.Sprint("fill", i)
		_, err := ports.Inbox.Accept(ctx, bigIntake(id))
		switch {
		case err == nil:
			accepted = append(accepted, id)
		case !errors.Is(err, connector.ErrStoreAway):
			return nil, nil, fmt.Errorf("refused with another error: %w", err)
		default:
			refused = append(refused, id)
			if err := find(ctx, ports, id); !errors.Is(err, connector.ErrNotFound) {
				return nil, nil, fmt.Errorf("what was refused is there: %w", err)
			}
		}
		for _, id := range accepted {
			if err := find(ctx, ports, id); err != nil {
				return nil, nil, fmt.Errorf("reading on a full disk: %w", err)
			}
		}
	}
	if len(accepted) == 0 || len(refused) < 20 {
		return nil, nil, fmt.Errorf("%d accepted and %d refused", len(accepted), len(refused))
	}
	return accepted, refused, nil
}

// A file system of 1 MiB, where the tests may mount one.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Logf("no file system of our own (%v): TestFileSizeLimit stands in", err)
		return
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	ballast := filepath.Join(dir, "ballast")
	fill := func() error { return os.WriteFile(ballast, make([]byte, 400<<10), 0o600) }
	free := func() error { return os.Remove(ballast) }
	if err := fullDisk(filepath.Join(dir, "roomkeeper.db"), fill, free); err != nil {
		t.Fatal(err)
	}
}

// The same through a limit on the size of files, in a process of its own.
func TestFileSizeLimit(t *testing.T) {
	cmd := child(t, childFills, filepath.Join(t.TempDir(), "roomkeeper.db"))
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
}

func fillUpToLimit(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	var unlimited syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &unlimited); err != nil {
		return err
	}
	limit := func(size uint64) error {
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: unlimited.Max})
	}
	return fullDisk(path,
		func() error { return limit(512 << 10) },
		func() error { return limit(unlimited.Cur) })
}
