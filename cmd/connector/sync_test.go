package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fakeService answers as the REST API does, by a script.
type fakeService struct {
	t       *testing.T
	answers map[string][]string // method and path with query → answers in order; the last one stays
	bodies  []string
}

func (f *fakeService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		f.t.Error(err)
	}
	what := r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), "/api/v1/")
	f.bodies = append(f.bodies, what+" "+body.String())
	script := f.answers[what]
	if len(script) == 0 {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprintf(w, `{"status":404,"title":"Not Found","detail":"no script for %s"}`, what)
		return
	}
	if len(script) > 1 {
		f.answers[what] = script[1:]
	}
	_, _ = w.Write([]byte(script[0]))
}

// serve lets it answer at the control socket of a fresh DATA_DIR.
func serve(t *testing.T, answers map[string][]string) *fakeService {
	t.Helper()
	// Socket paths are short; a test's own folder may be too deep.
	dir, err := os.MkdirTemp("", "rk")
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, "control.sock"))
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeService{t: t, answers: answers}
	server := &http.Server{Handler: f, ReadHeaderTimeout: time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		err := server.Close()
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("ROOMKEEPER_DATA_DIR", dir)
	return f
}

func runHere(t *testing.T, args ...string) (code int, out, log string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

const (
	listPath = "GET groups?id=4&kind=account&limit=200"
	onePath  = "GET groups/g1"
	syncPath = "POST groups/g1/sync"
)

// blue is a Group as the API shows it, with changes to some fields.
func blue(changes map[string]any) string {
	g := map[string]any{
		"id": "g1", "kind": "account", "record_id": "4", "record_name": "Blue Harbour", "platform": "slack",
		"channel_name": "blue-harbour", "state": "active", "crm_read_at": "2026-01-01T00:00:00Z",
		"members": []any{}, "held": nil, "plan": nil,
	}
	for name, value := range changes {
		g[name] = value
	}
	text, _ := json.Marshal(g)
	return string(text)
}

func listOf(groups ...string) string {
	return `{"items":[` + strings.Join(groups, ",") + `],"next_cursor":""}`
}

func readAgain(changes map[string]any) string {
	all := map[string]any{"crm_read_at": "2026-01-01T00:00:05Z"}
	for name, value := range changes {
		all[name] = value
	}
	return blue(all)
}

func TestSyncOne(t *testing.T) {
	added := []any{map[string]any{"user_id": "9", "member_id": "U9", "status": "member"}}
	noAccount := []any{map[string]any{"user_id": "13", "member_id": "", "status": "pending", "reason": "no_account"}}
	held := map[string]any{
		"state": "held", "held": map[string]any{"reason": "large_removal"},
		"plan": map[string]any{"id": "p1", "actions": []any{map[string]any{"action": "remove"}, map[string]any{"action": "remove"}}},
	}
	cases := []struct {
		name   string
		before string
		after  []string
		code   int
		out    []string
		log    []string
	}{
		{name: "waits for the reading", before: blue(nil), after: []string{blue(nil), blue(nil), readAgain(map[string]any{"members": added})},
			out: []string{"user 9 (U9): member", "account 4 (Blue Harbour) on slack: done, active"}},
		{name: "pending", before: blue(nil), after: []string{readAgain(map[string]any{"members": noAccount})}, out: []string{"user 13: pending no_account"}},
		{name: "held removals", before: blue(nil), after: []string{readAgain(held)}, out: []string{"large_removal", "plan p1, 2 people", "/crm sync confirm account 4"}},
		{name: "CRM away", before: blue(nil), after: []string{blue(map[string]any{"state": "held", "held": map[string]any{"reason": "team_unreadable"}})},
			code: 1, log: []string{"the CRM could not be read", "nobody was removed"}},
		{name: "refused while waiting", before: blue(map[string]any{"state": "creating", "crm_read_at": nil}),
			after: []string{blue(map[string]any{"state": "failed", "failure": "nobody is on the team"})}, code: 1, out: []string{"nobody is on the team"}},
		{name: "refused before", before: blue(map[string]any{"state": "failed", "failure": "nobody is on the team"}), code: 1,
			out: []string{"nobody is on the team", "/crm open account 4"}},
		{name: "left alone", before: blue(map[string]any{"state": "frozen"}), out: []string{"it is frozen"}},
		{name: "lost", before: blue(nil), after: []string{readAgain(map[string]any{"state": "lost"})}, code: 1, log: []string{"its channel is gone"}},
		{name: "bot removed", before: blue(nil), after: []string{readAgain(map[string]any{"state": "unreachable"})}, code: 1, log: []string{"#blue-harbour", "invite it"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			serve(t, map[string][]string{listPath: {listOf(c.before)}, syncPath: {c.before}, onePath: c.after})
			code, out, log := runHere(t, "sync", "--kind", "account", "--id", "4")
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s%s", code, c.code, out, log)
			}
			wants(t, "output", out, c.out)
			wants(t, "log", log, c.log)
		})
	}
}

func TestSyncOneWithoutWaiting(t *testing.T) {
	f := serve(t, map[string][]string{listPath: {listOf(blue(nil))}, syncPath: {blue(nil)}})
	code, out, _ := runHere(t, "sync", "--kind", "account", "--id", "4", "--no-wait")
	if code != 0 || !strings.Contains(out, "queued") {
		t.Errorf("exit %d: %s", code, out)
	}
	if last := f.bodies[len(f.bodies)-1]; last != "POST groups/g1/sync {}" {
		t.Errorf("the last call is %s", last)
	}
}

func TestSyncUnknownRecord(t *testing.T) {
	f := serve(t, map[string][]string{listPath: {listOf()}, "POST groups": {`{"kind":"account","id":"4","platform":"slack"}`}})
	code, _, log := runHere(t, "sync", "--kind", "account", "--id", "4")
	if code != 1 || !strings.Contains(log, "/crm open account 4") {
		t.Errorf("exit %d: %s", code, log)
	}
	if last := f.bodies[len(f.bodies)-1]; last != `POST groups {"dry_run":true,"id":"4","kind":"account"}` {
		t.Errorf("the last call is %s", last)
	}
}

// What would not be made is not said to be makeable.
func TestSyncRecordThatCannotBe(t *testing.T) {
	serve(t, map[string][]string{listPath: {listOf()}}) // refuses every other call
	code, _, log := runHere(t, "sync", "--kind", "account", "--id", "4")
	if code != 1 || strings.Contains(log, "/crm open") || !strings.Contains(log, "no Group for account 4: the service answered 404: no script for POST groups") {
		t.Errorf("exit %d: %s", code, log)
	}
}

const twoSteps = `{"id":"p1","held":"large_removal","calls":{"conversations.invite":1,"conversations.kick":100},"actions":[
	{"action":"remove","user_id":"3","member_id":"U3","why":"no path is left"},{"action":"add","user_id":"9","member_id":"U9","why":"team"}]}`

func TestSyncPreview(t *testing.T) {
	f := serve(t, map[string][]string{listPath: {listOf(blue(nil))}, syncPath: {twoSteps}})
	code, out, log := runHere(t, "sync", "--kind", "account", "--id", "4", "--dry-run")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, log)
	}
	wants(t, "output", out, []string{
		"remove user 3 (U3): no path is left\n", "add user 9 (U9): team\n", "held: large_removal",
		"1 conversations.invite, 100 conversations.kick; about 2m0s", "Nothing was changed.",
	})
	if last := f.bodies[len(f.bodies)-1]; last != `POST groups/g1/sync {"dry_run":true}` {
		t.Errorf("the last call is %s", last)
	}
}

func TestSyncPreviewAll(t *testing.T) {
	frozen := strings.ReplaceAll(blue(map[string]any{"state": "frozen"}), `"g1"`, `"g2"`)
	broken := strings.ReplaceAll(blue(nil), `"g1"`, `"g3"`)
	serve(t, map[string][]string{
		"GET groups?limit=200":           {`{"items":[` + blue(nil) + `],"next_cursor":"c2"}`},
		"GET groups?cursor=c2&limit=200": {listOf(frozen, broken)},
		syncPath:                         {twoSteps},
	})
	code, out, log := runHere(t, "sync", "--all", "--dry-run")
	if code != 1 || !strings.Contains(log, "1 Groups cannot be planned") {
		t.Errorf("exit %d: %s", code, log)
	}
	wants(t, "output", out, []string{"it is frozen", "cannot be planned: the service answered 404", "3 Groups: 1 to change, 1 without change or left alone, 1 that cannot be planned.", "add: 1", "remove: 1"})
}

// TestSyncPreviewOfTheLimit: a dry run of all says when the removals together would be held.
func TestSyncPreviewOfTheLimit(t *testing.T) {
	const counted = `{"id":"p1","held":null,"calls":{},"counted":30,"actions":[{"action":"remove","user_id":"3","member_id":"U3"}]}`
	broken := strings.ReplaceAll(blue(nil), `"g1"`, `"g3"`)
	const held, passed = `{"verdict":"held","removals":30,"owned":200}`, `{"verdict":"passed","removals":30,"owned":900}`
	cases := []struct {
		name, list, verdict, out string
		code                     int
	}{
		{"held", listOf(blue(nil)), held, "ROOMKEEPER_GLOBAL_REMOVAL_LIMIT together: 30 of 200 memberships", 0},
		{"passed", listOf(blue(nil)), passed, "", 0},
		{"held, some failed", listOf(blue(nil), broken), held, "ROOMKEEPER_GLOBAL_REMOVAL_LIMIT together: at least 30 of 200 memberships", 1},
		{"passed, some failed", listOf(blue(nil), broken), passed, "At least 30 removals count for ROOMKEEPER_GLOBAL_REMOVAL_LIMIT; whether it is exceeded", 1},
		{"not to be known", listOf(blue(nil)), `no JSON`, "cannot be said", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			serve(t, map[string][]string{"GET groups?limit=200": {c.list}, syncPath: {counted}, "GET sweeps/verdict?removals=30": {c.verdict}})
			code, out, _ := runHere(t, "sync", "--all", "--dry-run")
			if code != c.code || !strings.Contains(out, c.out) || (c.out == "") == strings.Contains(out, "REMOVAL_LIMIT") {
				t.Errorf("exit %d: %s", code, out)
			}
		})
	}
}

// TestSyncPreviewCutShort: what was looked at is told.
func TestSyncPreviewCutShort(t *testing.T) {
	serve(t, map[string][]string{
		"GET groups?limit=200":           {`{"items":[` + blue(nil) + `],"next_cursor":"c2"}`},
		"GET groups?cursor=c2&limit=200": {"cut"},
		syncPath:                         {`{"id":"p1","held":null,"calls":{},"counted":30,"actions":[{"action":"remove","user_id":"3"}]}`},
		"GET sweeps/verdict?removals=30": {`{"verdict":"held","removals":30,"owned":200}`},
	})
	code, out, _ := runHere(t, "sync", "--all", "--dry-run")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, "output", out, []string{"Cut short", "1 Groups: 1 to change", "at least 30 of 200"})
}

// TestSyncPreviewLater: who is to go later is listed, with the time.
func TestSyncPreviewLater(t *testing.T) {
	const waits = `{"id":"p1","held":null,"calls":{},"actions":[],"later":[
		{"action":"remove","user_id":"3","member_id":"U3","value":"","why":"no path is left","at":"2026-01-04T09:00:00Z"}]}`
	serve(t, map[string][]string{listPath: {listOf(blue(nil))}, "GET groups?limit=200": {listOf(blue(nil))}, syncPath: {waits}})
	line := "later, on 4 Jan 2026 09:00 UTC: remove user 3 (U3): no path is left\n"
	for args, parts := range map[string][]string{
		"sync --kind account --id 4 --dry-run": {line}, "sync --all --dry-run": {line, "1 Groups: 1 to change", "remove later: 1"},
	} {
		code, out, _ := runHere(t, strings.Fields(args)...)
		if code != 0 || strings.Contains(out, "nothing to do") {
			t.Errorf("%s: exit %d: %s", args, code, out)
		}
		wants(t, args, out, parts)
	}
}

func TestSyncAll(t *testing.T) {
	sweepAs := func(state string, queued, done, failed int) string {
		return fmt.Sprintf(`{"id":"s1","full":true,"state":%q,"queued":%d,"done":%d,"failed":%d,"error":"the list broke off"}`, state, queued, done, failed)
	}
	cases := []struct {
		name  string
		sweep []string
		code  int
		out   string
		log   string
	}{
		{"all done", []string{sweepAs("listing", 0, 0, 0), sweepAs("running", 7, 3, 0), sweepAs("done", 7, 7, 0)}, 0, "7 Groups, 7 done, 0 failed", "Listing"},
		{"one failed", []string{sweepAs("done", 7, 6, 1)}, 1, "7 Groups, 6 done, 1 failed", "1 Groups failed"},
		{"list failed", []string{sweepAs("failed", 7, 0, 0)}, 1, "", "the list broke off"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := serve(t, map[string][]string{"POST sweeps": {sweepAs("listing", 0, 0, 0)}, "GET sweeps/s1": c.sweep})
			code, out, log := runHere(t, "sync", "--all")
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(log, c.log) {
				t.Errorf("exit %d, want %d\n%s%s", code, c.code, out, log)
			}
			if f.bodies[0] != `POST sweeps {"full":true}` {
				t.Errorf("the first call is %s", f.bodies[0])
			}
			if strings.Contains(log, "\r") {
				t.Error("a bar moves where there is no terminal")
			}
		})
	}
}

func TestProgress(t *testing.T) {
	now := time.Unix(0, 0)
	var out bytes.Buffer
	p := newProgress(&out, func() time.Time { return now })
	p.terminal = true
	p.show(sweep{State: "running", Queued: 100}.standing())
	now = now.Add(10 * time.Second)
	p.show(sweep{State: "running", Queued: 100, Done: 18, Failed: 2}.standing())
	if want := "[######........................] 20 of 100, 2 failed, about 40s left"; !strings.HasSuffix(out.String(), "\r"+want) {
		t.Errorf("%q does not end with %q", out.String(), want)
	}
	// Another label has a pace of its own.
	p.show(standing{label: "Comparing", all: 100})
	now = now.Add(time.Second)
	p.show(standing{label: "Comparing", ended: 50, all: 100})
	if want := "Comparing [###############...............] 50 of 100, about 1s left"; !strings.Contains(out.String(), "\r"+want) {
		t.Errorf("%q has no %q", out.String(), want)
	}
	p.show(sweep{State: "done"}.standing())
	p.end()
	if !strings.HasSuffix(out.String(), "\n") {
		t.Errorf("the bar's line does not end: %q", out.String())
	}
}

func TestUnauthorized(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer right" {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"status":401,"detail":"send an API token"}`))
			return
		}
		_, _ = w.Write([]byte(`{"id":"s1","state":"listing"}`))
	})}
	go func() { _ = server.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	t.Setenv("ROOMKEEPER_API", "http://"+l.Addr().String())
	t.Setenv("ROOMKEEPER_API_TOKEN", "wrong")
	code, _, log := runHere(t, "sync", "--all", "--no-wait")
	if code != 1 || !strings.Contains(log, "401: send an API token; set ROOMKEEPER_API_TOKEN") || strings.Contains(log, "wrong") {
		t.Errorf("exit %d: %s", code, log)
	}
	t.Setenv("ROOMKEEPER_API_TOKEN", "right")
	if code, out, log := runHere(t, "sync", "--all", "--no-wait"); code != 0 || !strings.Contains(out, "Sweep s1: begun") {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
}
