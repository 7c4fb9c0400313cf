package discord_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/discord"
)

// broken sends a post whose answer does not come, and returns the error.
func (w *world) broken(path string) error {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	return w.post(ctx, path)
}

func (w *world) post(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, "POST", w.server.URL+"/discord/api/v10"+path, strings.NewReader(`{"content":"x","name":"x"}`))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bot token")
	req.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	res, err := w.server.Client().Do(req)
	if err == nil {
		_ = res.Body.Close()
	}
	return err
}

// hung sends a post, gives up on it some time after the only fault has struck, and returns the error.
func (w *world) hung(path string) error {
	ctx, giveUp := context.WithCancel(w.t.Context())
	defer giveUp()
	ended := make(chan error, 1)
	go func() { ended <- w.post(ctx, path) }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); len(w.Faults()) > 0; {
		select {
		case <-tick.C:
		case <-late:
			return errors.New("the fault did not strike")
		}
	}
	time.AfterFunc(100*time.Millisecond, giveUp)
	return <-ended
}

func (w *world) fault(f discord.Fault) {
	w.t.Helper()
	if _, err := w.AddFault(f); err != nil {
		w.t.Fatal(err)
	}
}

func TestFaults(t *testing.T) {
	const post = "POST /channels/{channel}/messages"
	w := newWorld(t, nil)
	ch := w.create(object{"name": "x"})
	path := "/channels/" + ch + "/messages"
	messages := func() int { state, _ := w.Channel(ch); return len(state.Messages) }

	w.fault(discord.Fault{Method: post, Kind: discord.FaultStatus, Status: 503, RetryAfter: 7})
	if r := w.api("POST", path, object{"content": "x"}); r.status != 503 || r.header.Get("Retry-After") != "7" {
		t.Errorf("%d %s", r.status, r.raw)
	}
	w.fault(discord.Fault{Method: post, Kind: discord.FaultStatus, Status: 429, Body: `{"global":true}`})
	if r := w.api("POST", path, object{"content": "x"}); r.status != 429 || r.get("global") != true {
		t.Errorf("%d %s", r.status, r.raw)
	}
	w.fault(discord.Fault{Method: "* /channels/*", Kind: discord.FaultError, Code: 50001, Skip: 1, Match: map[string]string{"channel": ch}})
	if r := w.api("POST", path, object{"content": "x"}); r.status != 200 {
		t.Error(r.raw)
	}
	w.refused(w.api("POST", path, object{"content": "x"}), 403, 50001)
	w.fault(discord.Fault{Method: "POST *", Kind: discord.FaultError, Code: 50001, Match: map[string]string{"content": "*"}})
	if r := w.api("POST", path, object{"embeds": []object{{"title": "x"}}}); r.status != 200 {
		t.Error(r.raw)
	}
	w.refused(w.api("POST", path, object{"content": "anything"}), 403, 50001)
	if n := w.Invalid(); n.ByStatus[403] != 2 {
		t.Errorf("answers of faults count: %+v", n)
	}

	before := messages()
	w.fault(discord.Fault{Method: post, Kind: discord.FaultCut})
	if err := w.broken(path); err == nil || messages() != before {
		t.Errorf("cut before: %v, %d messages", err, messages()-before)
	}
	w.fault(discord.Fault{Method: post, Kind: discord.FaultCut, When: discord.After})
	if err := w.broken(path); err == nil || messages() != before+1 {
		t.Errorf("cut after: %v, %d messages", err, messages()-before)
	}
	w.fault(discord.Fault{Method: post, Kind: discord.FaultHang})
	if err := w.hung(path); !errors.Is(err, context.Canceled) || messages() != before+1 {
		t.Errorf("hang: %v", err)
	}
	w.fault(discord.Fault{Method: post, Kind: discord.FaultGarbage})
	if r := w.api("POST", path, object{"content": "x"}); !strings.HasPrefix(r.raw, "<") {
		t.Error(r.raw)
	}
	if left := w.Faults(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestGates(t *testing.T) {
	w := newWorld(t, nil)
	id, err := w.AddGate(discord.Gate{Method: "GET /guilds/{guild}"})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan response, 1)
	go func() { done <- w.api("GET", w.guild(), nil) }()
	if err := w.Wait(t.Context(), "GET /guilds/{guild}", discord.PhaseArrived, 1); err != nil {
		t.Fatal(err)
	}
	w.ReleaseGate(id)
	if r := <-done; r.status != 200 {
		t.Error(r.raw)
	}
}

func TestCallLog(t *testing.T) {
	w := newWorld(t, nil)
	ch := w.create(object{"name": "x"})
	w.api("PATCH", "/channels/"+ch+"?a=b", object{"topic": "t"}, "X-Audit-Log-Reason", "caf%C3%A9")
	w.api("GET", "/nothing", nil)
	calls := w.Calls(0, "PATCH /channels/{channel}")
	if len(calls) != 1 {
		t.Fatalf("%+v", calls)
	}
	c := calls[0]
	if c.Reason != "café" || c.RawReason != "caf%C3%A9" || c.Path != "/channels/"+ch || c.Query != "a=b" || c.Vars["channel"] != ch ||
		c.Body != `{"topic":"t"}` || c.Status != 200 || !c.OK || !c.Executed || !c.TokenValid {
		t.Errorf("%+v", c)
	}
	if n := w.Counts()["unknown"]; n.Arrived != 1 {
		t.Errorf("%+v", w.Counts())
	}
	w.ResetCounts()
	if len(w.Counts()) != 0 {
		t.Error("counts are left")
	}
}

// TestCutOffRequest: what did not come to its end is no request.
func TestCutOffRequest(t *testing.T) {
	w := newWorld(t, nil)
	line, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = line.Write([]byte("POST /discord/api/v10/channels/1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"content\":"))
	if err != nil || line.(*net.TCPConn).CloseWrite() != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(line)
	_ = line.Close()
	if n := len(w.Calls(0, "")); n != 0 || len(answer) != 0 {
		t.Errorf("%d calls, answered %q", n, answer)
	}
	w.api("POST", w.guild()+"/channels", object{"name": "x"})
	if call := w.Calls(0, "")[0]; call.ContentType != "application/json" || call.Scheme != "Bot" {
		t.Errorf("%+v", call)
	}
}
