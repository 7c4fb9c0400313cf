package inputs_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"roomkeeper/internal/world"
)

// smallDisk mounts a file system of that size; false: the test may not.
func smallDisk(t *testing.T, size string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Geteuid() == 0 && os.Getenv("CI") != "" {
			t.Fatalf("no file system of our own: %v", err)
		}
		t.Logf("no file system of our own (%v): NOT TESTED, it takes root", err)
		return "", false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir, true
}

// TestFullDisk: webhooks and events are answered 503 until there is room, who
// types a command is told to try again, the process lives, and then it goes on.
func TestFullDisk(t *testing.T) { world.OnEach(t, fullDisk) }

func fullDisk(t *testing.T, p world.Platform) {
	dir, ok := smallDisk(t, "2m")
	if !ok {
		return
	}
	addr := world.FreeAddr(t)
	sb := world.StartSandbox(t, p, 5, 3, "http://"+addr)
	w := &world.World{Sandbox: sb, Service: world.StartConnector(t, sb, addr, dir)}
	w.WaitReady(t)
	w.OpenTwo(t)
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	refused := fillDisk(t, w)

	if h := w.Health(t); h.Live != http.StatusOK {
		t.Errorf("with a full disk: %+v", h)
	}
	g := w.Group(t, world.Account(1))
	fillByCommands(t, w, g.ChannelID)

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	w.Chat.ClearFaults(t)
	if status, p := w.Post(t, refused); status != http.StatusNoContent {
		t.Errorf("with room again: %d %+v", status, p)
	}
	world.Eventually(t, world.Patience, "ready again", w.Ready)
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	w.In(t, 1, "u1", "u3")
	w.Taken(t, world.Requested(2))
	w.WaitState(t, world.Account(2), "active")
	w.Say(t, "u1", g.ChannelID, "unsubscribe all", "no more cards")
}

// fill takes what room there is, but for a little.
func fill(t *testing.T, ballast string) {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(ballast), &fs); err != nil {
		t.Fatal(err)
	}
	room := int(fs.Bavail)*int(fs.Bsize) - 96<<10
	if err := os.WriteFile(ballast, make([]byte, max(0, room)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// fillDisk sends webhooks, smaller and smaller ones, until many in a row are
// refused, and returns the last one. Notices for a channel whose cards cannot
// be posted stay stored, so no room comes back.
func fillDisk(t *testing.T, w *world.World) (last world.Delivery) {
	t.Helper()
	w.Chat.Spoil(t, world.Fault{Verb: world.Post, Kind: world.FaultStatus, Status: 503, Times: -1})
	for _, size := range []int{1000, 1} {
		for i, inARow := 0, 0; inARow < 20; i++ {
			if i == 2000 {
				t.Fatal("the disk does not fill up")
			}
			last = world.Delivery{ID: fmt.Sprintf("evt_fill_%d_%d", size, i), Body: fmt.Sprintf(
				`{"type":"notification","data":{"kind":"account","record_id":"1","notification":{"topic":"x","title":"T","text":%q}}}`, strings.Repeat("x", size))}
			status, p := w.Post(t, last)
			switch {
			case status == http.StatusNoContent:
				inARow = 0
			case status != http.StatusServiceUnavailable || p.RetryAfter != "5":
				t.Fatalf("%d %+v, want 503 with Retry-After 5", status, p)
			default:
				inARow++
			}
		}
	}
	return last
}

// fillByCommands types commands, each of which makes what is stored larger,
// until one is answered privately that it could not be done.
func fillByCommands(t *testing.T, w *world.World, channel string) {
	t.Helper()
	for i := range 3000 {
		text := fmt.Sprintf("subscribe custom:%s%d", strings.Repeat("x", 80), i)
		out := w.Chat.Command(t, "u1", channel, text)
		if out.Status != http.StatusOK || out.Error != "" || !out.Private {
			t.Fatalf("%s: %+v", text, out)
		}
		if strings.Contains(out.Text, "try again") {
			return
		}
	}
	t.Fatal("the disk does not fill up")
}
