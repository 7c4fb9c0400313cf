package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"roomkeeper/sandbox/crm"
)

func TestRunServesUntilStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--addr", "127.0.0.1:0", "--connector", "", "--people", "30", "--records", "40"}, in, io.Discard)
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var urls map[string]string
	if err := json.Unmarshal(line, &urls); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, urls["crm"]+"/records?kind=account&limit=500", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sandbox-crm-token")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Records []json.RawMessage }
	err = json.NewDecoder(resp.Body).Decode(&list)
	_ = resp.Body.Close()
	if err != nil || len(list.Records) != 40 {
		t.Errorf("%d records, %v", len(list.Records), err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("run: %v", err)
	}
}

func TestLinks(t *testing.T) {
	o, err := parse([]string{"--people", "3", "--records", "1", "--platforms", "slack,discord", "--links", "slack,discord"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	world, chats, err := o.world("http://127.0.0.1:1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	defer chats.close()
	users := world.State(crm.Ref{Kind: "account", ID: "1"}).Users
	if len(users) != 3 || len(chats) != 2 {
		t.Fatalf("%d users, %d platforms", len(users), len(chats))
	}
	for _, c := range chats {
		members := map[string]string{}
		for _, m := range c.Look().Members {
			members[m.Email] = m.ID
		}
		for _, u := range users {
			if id := members[u.Email]; id == "" || u.Links[c.Platform()] != id {
				t.Errorf("%s is linked to %v, want %q", u.ID, u.Links, id)
			}
		}
	}
}

func TestDiscordIsServed(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--addr", "127.0.0.1:0", "--platforms", "discord", "--discord-token", "x", "--discord-guild", "5"}, in, io.Discard)
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var urls map[string]string
	if err := json.Unmarshal(line, &urls); err != nil || urls["slack_api"] != "" || urls["discord_public_key"] == "" {
		t.Fatalf("%s: %v", line, err)
	}
	for path, want := range map[string]int{urls["discord_api"] + "v10/guilds/5": http.StatusOK, urls["discord_control"] + "state": http.StatusOK} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bot x")
		req.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("run: %v", err)
	}
}

func TestRunRefusesNonsense(t *testing.T) {
	for _, args := range [][]string{{"--records", "3"}, {"--no-such-flag"}, {"--platforms", "slack,carrier-pigeon"}, {"--links", "discord"}, {"--webhook-secret", "plain", "--addr", "127.0.0.1:0"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
