package both_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/discord"
)

// TestDiscordSigned: what comes to /discord/interactions does something only when
// it is Discord's, fresh, of our guild, and the first of its kind.
func TestDiscordSigned(t *testing.T) {
	guild := world.StartWith(t, []world.Platform{world.Discord(), world.Slack()}, 5, 2)
	guild.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	ask(t, guild, world.Account(1), "")
	guild.WaitState(t, world.Account(1), "active")
	t.Run("forged", func(t *testing.T) { forged(t, guild) })
	t.Run("ping", func(t *testing.T) {
		var passed struct{ OK bool }
		if guild.Chat.Must(t, "POST", "/verify", world.Order{}, &passed); !passed.OK {
			t.Error("Discord would not take the address")
		}
	})
	t.Run("twice", func(t *testing.T) { twice(t, guild) })
	t.Run("another guild", func(t *testing.T) { anotherGuild(t, guild) })
	t.Run("large", func(t *testing.T) { large(t, guild) })
	guild.Say(t, "u1", room(t, guild, 1).ID, "status", "Account 1")
	guild.Chat.Lawful(t)
}

// forge has a command of u1's in account 1's channel delivered under a seal.
func forge(t *testing.T, guild *world.World, text string, seal discord.Seal) (sent discord.Sent) {
	t.Helper()
	f := discord.Forgery{User: "u1", Channel: room(t, guild, 1).ID, Text: text, Seal: seal}
	guild.Chat.Must(t, "POST", "/forge", f, &sent)
	return sent
}

// off says whether account 1 is not told of its sales records.
func off(t *testing.T, guild *world.World) bool {
	t.Helper()
	said := guild.Say(t, "u1", room(t, guild, 1).ID, "subscriptions")
	_, after, found := strings.Cut(said, "Off (")
	if !found {
		t.Fatalf("subscriptions: %s", said)
	}
	return strings.Contains(after, "sales_record")
}

func forged(t *testing.T, guild *world.World) {
	for name, seal := range map[string]discord.Seal{
		"corrupt": {Corrupt: true}, "unsigned": {Unsigned: true}, "old": {Age: 320}, "of the future": {Age: -320},
	} {
		sent := forge(t, guild, "unsubscribe sales_record", seal)
		if sent.Status != http.StatusUnauthorized || sent.Error != "" || strings.Contains(sent.Answer, "Account") {
			t.Errorf("%s: %+v", name, sent)
		}
	}
	if off(t, guild) {
		t.Error("a forged command was carried out")
	}
}

// again delivers an interaction once more.
func again(t *testing.T, guild *world.World, id string) (sent discord.Sent) {
	t.Helper()
	guild.Chat.Must(t, "POST", "/redeliver", discord.Redelivery{ID: id}, &sent)
	return sent
}

// twice: the second delivery is answered like the first and changes nothing,
// also what was changed otherwise in between.
func twice(t *testing.T, guild *world.World) {
	first := forge(t, guild, "unsubscribe sales_record", discord.Seal{})
	if first.Status != http.StatusOK || !off(t, guild) {
		t.Fatalf("unsubscribe: %+v", first)
	}
	if second := again(t, guild, first.ID); second.Status != http.StatusOK || second.Answer != first.Answer {
		t.Errorf("again: %+v\nfirst: %+v", second, first)
	}
	forge(t, guild, "subscribe sales_record", discord.Seal{})
	if second := again(t, guild, first.ID); second.Status != http.StatusOK || second.Answer != first.Answer || off(t, guild) {
		t.Errorf("again after a change: %+v", second)
	}
	opened := forge(t, guild, "open account 2", discord.Seal{})
	if second := again(t, guild, opened.ID); opened.Status != http.StatusOK || second.Answer != opened.Answer {
		t.Errorf("open twice: %+v\n%+v", opened, second)
	}
	guild.WaitState(t, world.Account(2), "active")
	again(t, guild, opened.ID)
	guild.Quiet(t, world.Patience)
	if own := guild.Chat.State(t).Own(); len(own) != 2 {
		t.Errorf("%d channels, want 2", len(own))
	}
}

// signed sends a body as Discord would, which signs whatever it sends.
func signed(t *testing.T, guild *world.World, body []byte) (int, string) {
	t.Helper()
	at := slices.Index(guild.Chat.Flags, "--discord-seed")
	signer := discord.New(discord.Config{Seed: guild.Chat.Flags[at+1]})
	defer signer.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, guild.URL+"/discord/interactions", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	req.Header.Set("X-Signature-Timestamp", strconv.FormatInt(now, 10))
	req.Header.Set("X-Signature-Ed25519", signer.Signature(now, body))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(said)
}

// anotherGuild: our app may be installed elsewhere; there it does nothing.
func anotherGuild(t *testing.T, guild *world.World) {
	sent := forge(t, guild, "subscribe sales_record", discord.Seal{})
	var log []discord.Delivery
	guild.Chat.Must(t, "GET", "/deliveries", nil, &log)
	at := slices.IndexFunc(log, func(d discord.Delivery) bool { return d.ID == sent.ID })
	var body map[string]any
	if err := json.Unmarshal([]byte(log[at].Body), &body); err != nil {
		t.Fatal(err)
	}
	ours := fmt.Sprint(body["guild_id"])
	for n, elsewhere := range []any{"1200000000000000000", "", nil} {
		text := strings.ReplaceAll(strings.ReplaceAll(log[at].Body, "subscribe", "unsubscribe"), sent.ID, "12000000000000000"+strconv.Itoa(10+n))
		var fields map[string]any
		if err := json.Unmarshal([]byte(text), &fields); err != nil {
			t.Fatal(err)
		}
		fields["guild_id"] = elsewhere
		raw, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		status, said := signed(t, guild, raw)
		var answer struct {
			Type int
			Data struct {
				Content string
				Flags   int
			}
		}
		if err := json.Unmarshal([]byte(said), &answer); err != nil || status != http.StatusOK {
			t.Fatalf("guild %v: %d %s", elsewhere, status, said)
		}
		const ephemeral = 64
		if answer.Data.Flags&ephemeral == 0 || !strings.Contains(answer.Data.Content, "does not serve this server") {
			t.Errorf("guild %v: %s", elsewhere, said)
		}
	}
	if off(t, guild) {
		t.Errorf("a command of another guild than %s was carried out", ours)
	}
}

// large: 3 MB are not read to their end, whoever signed them.
func large(t *testing.T, guild *world.World) {
	body := append(bytes.Repeat([]byte(" "), 3<<20), []byte(`{"type":1}`)...)
	if status, said := signed(t, guild, body); status != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", status, said)
	}
}
