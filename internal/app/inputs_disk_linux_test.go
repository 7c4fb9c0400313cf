package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"roomkeeper/sandbox/slack"
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
func TestFullDisk(t *testing.T) {
	dir, ok := smallDisk(t, "2m")
	if !ok {
		return
	}
	addr := freeAddr(t)
	sb := startSandbox(t, 5, 3, "http://"+addr)
	w := &world{sandbox: sb, service: startConnector(t, sb, addr, dir)}
	w.waitReady(t)
	w.openTwo(t)
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	refused := w.fillStore(t)

	if h := w.health(t); h.live != http.StatusOK {
		t.Errorf("with a full disk: %+v", h)
	}
	g := w.group(t, account(1))
	w.fillByCommands(t, g.ChannelID)

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	w.slack.clearFaults(t)
	if status, p := w.post(t, refused); status != http.StatusNoContent {
		t.Errorf("with room again: %d %+v", status, p)
	}
	eventually(t, patience, "ready again", w.ready)
	w.swap(t, "u3")
	w.taken(t, teamChanged)
	w.in(t, 1, "u1", "u3")
	w.taken(t, requested(2))
	w.waitState(t, account(2), "active")
	w.say(t, "u1", g.ChannelID, "unsubscribe all", "no more cards")
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

// fillStore sends webhooks, smaller and smaller ones, until many in a row are
// refused, and returns the last one. Notices for a channel whose cards cannot
// be posted stay stored, so no room comes back.
func (w *world) fillStore(t *testing.T) (last delivery) {
	t.Helper()
	w.slack.fault(t, slack.Fault{Method: "chat.postMessage", Kind: slack.FaultStatus, Status: 503, Times: -1})
	for _, size := range []int{1000, 1} {
		for i, inARow := 0, 0; inARow < 20; i++ {
			if i == 2000 {
				t.Fatal("the disk does not fill up")
			}
			last = delivery{id: fmt.Sprintf("evt_fill_%d_%d", size, i), body: fmt.Sprintf(
				`{"type":"notification","data":{"kind":"account","record_id":"1","notification":{"topic":"x","title":"T","text":%q}}}`, strings.Repeat("x", size))}
			status, p := w.post(t, last)
			switch {
			case status == http.StatusNoContent:
				inARow = 0
			case status != http.StatusServiceUnavailable || p.retryAfter != "5":
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
func (w *world) fillByCommands(t *testing.T, channel string) {
	t.Helper()
	for i := range 3000 {
		text := fmt.Sprintf("subscribe custom:%s%d", strings.Repeat("x", 80), i)
		out := w.slack.command(t, "u1", channel, text)
		if out.Status != http.StatusOK || out.Error != "" || out.Message == nil || out.Message.EphemeralTo == "" {
			t.Fatalf("%s: %+v", text, out)
		}
		if strings.Contains(out.Message.Text, "try again") {
			return
		}
	}
	t.Fatal("the disk does not fill up")
}
