package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
)

// A test that needs another process runs this test binary again with these set.
const (
	childVariable = "ROOMKEEPER_TEST_CHILD"
	childPath     = "ROOMKEEPER_TEST_CHILD_PATH"

	childAccepts = "accepts"
	childHolds   = "holds"
	childFills   = "fills"
)

func runChild(kind, path string) int {
	var err error
	switch kind {
	case childAccepts:
		err = acceptForEver(path)
	case childHolds:
		err = hold(path)
	case childFills:
		err = fillUpToLimit(path)
	default:
		err = fmt.Errorf("no child %q", kind)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func child(t *testing.T, kind, path string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), childVariable+"="+kind, childPath+"="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// hold keeps the file open until its input ends.
func hold(path string) error {
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return e.Close()
}

// acceptForEver prints the identity of every intake that was acknowledged.
func acceptForEver(path string) error {
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	ports := e.Ports()
	var (
		callers sync.WaitGroup
		out     sync.Mutex
	)
	for caller := range 8 {
		callers.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("p%d-c%d-%d", os.Getpid(), caller, i)
				if _, err := ports.Inbox.Accept(context.Background(), killIntake(id)); err != nil {
					return
				}
				out.Lock()
				fmt.Println(id)
				out.Unlock()
			}
		})
	}
	callers.Wait()
	return errors.New("accepting ended")
}

// killIntake is an intake that writes into every bucket of the inbox.
func killIntake(id string) connector.Intake {
	group := connector.GroupID("g-" + id)
	return connector.Intake{
		ID: id, Group: group,
		Open:   &connector.Group{ID: group, Platform: "slack", State: connector.GroupCreating},
		Notice: &connector.Notice{Event: connector.NoticeEvent{ID: id}},
		Jobs:   []connector.Job{{Key: connector.JobKey{Lane: connector.LaneCards, Group: group}}},
	}
}

// What was acknowledged before a kill -9 is there after it.
func TestAcknowledgedSurvivesKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	var acknowledged []string
	for range 10 {
		acknowledged = append(acknowledged, killedAfter(t, path, randomCount(t))...)
	}
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine(t, e)
	ports := e.Ports()
	for _, id := range acknowledged {
		group := connector.GroupID("g-" + id)
		if _, err := ports.Groups.Group(t.Context(), group); err != nil {
			t.Fatalf("acknowledged %s: %v", id, err)
		}
		notices, err := ports.Outbox.Notices(t.Context(), group, 2)
		if err != nil || len(notices) != 1 {
			t.Fatalf("acknowledged %s has %d notices, %v", id, len(notices), err)
		}
	}
	depth, err := ports.Queue.Depth(t.Context())
	if err != nil || depth.Waiting < len(acknowledged) {
		t.Fatalf("%d jobs wait for %d acknowledged intakes, %v", depth.Waiting, len(acknowledged), err)
	}
	for _, id := range acknowledged {
		if fresh, err := ports.Inbox.Accept(t.Context(), killIntake(id)); err != nil || fresh != 0 {
			t.Fatalf("acknowledged %s is new again (%d, %v)", id, fresh, err)
		}
		if testing.Short() {
			break
		}
	}
}

func randomCount(t *testing.T) int {
	t.Helper()
	return rapid.IntRange(1, 400).Example(int(time.Now().UnixNano() & 0xffff))
}

// killedAfter lets a child acknowledge some intakes, kills it, and returns all
// that it has printed.
func killedAfter(t *testing.T, path string, count int) (acknowledged []string) {
	t.Helper()
	cmd := child(t, childAccepts, path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		acknowledged = append(acknowledged, strings.TrimSpace(line))
		if len(acknowledged) == count {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(acknowledged) < count {
		t.Fatalf("the child ended by itself after %d of %d: %v", len(acknowledged), count, err)
	}
	return acknowledged
}

func closeEngine(t *testing.T, e *bolt.Engine) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// Another process is told what to do.
func TestLockedByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roomkeeper.db")
	cmd := child(t, childHolds, path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the child did not open the file: %v", err)
	}
	_, err = bolt.Open(path, bolt.Options{})
	if !errors.Is(err, bolt.ErrLocked) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "DATA_DIR") {
		t.Errorf("opening a locked file: %v", err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the child: %v", err)
	}
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatalf("opening after the other is gone: %v", err)
	}
	closeEngine(t, e)
}
