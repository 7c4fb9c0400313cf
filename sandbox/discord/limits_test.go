package discord_test

import (
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/discord"
)

func limits(c *discord.Config) { c.Limits = true }

func TestBuckets(t *testing.T) {
	w := newWorld(t, limits)
	one, two := w.create(object{"name": "one"}), w.create(object{"name": "two"})
	post := func(ch string) response { return w.api("POST", "/channels/"+ch+"/messages", object{"content": "x"}) }
	first := post(one)
	for header, expect := range map[string]string{"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "5.000"} {
		if got := first.header.Get(header); got != expect {
			t.Errorf("%s: %q, want %q", header, got, expect)
		}
	}
	if reset := first.header.Get("X-RateLimit-Reset"); !strings.HasSuffix(reset, ".000") || len(reset) != 14 {
		t.Errorf("reset %q", reset)
	}
	w.clock.Advance(1500 * time.Millisecond)
	for range 4 {
		post(one)
	}
	r := post(one)
	if r.status != 429 || r.header.Get("Retry-After") != "4" || r.get("retry_after") != 3.5 || r.get("global") != false ||
		r.header.Get("X-RateLimit-Scope") != "user" || r.header.Get("X-RateLimit-Remaining") != "0" || r.header.Get("X-RateLimit-Global") != "" {
		t.Errorf("%d %v %s", r.status, r.header, r.raw)
	}
	other := post(two)
	if other.status != 200 || other.header.Get("X-RateLimit-Bucket") != first.header.Get("X-RateLimit-Bucket") {
		t.Errorf("another channel: %d", other.status)
	}
	w.clock.Advance(3500 * time.Millisecond)
	if r := post(one); r.status != 200 {
		t.Error(r.raw)
	}
	// PUT and DELETE of overwrites share a bucket.
	put := w.api("PUT", "/channels/"+one+"/permissions/"+w.BotUserID(), object{"type": 1, "allow": "1024"})
	del := w.api("DELETE", "/channels/"+one+"/permissions/"+w.BotUserID(), nil)
	if put.header.Get("X-RateLimit-Bucket") != del.header.Get("X-RateLimit-Bucket") || del.header.Get("X-RateLimit-Remaining") != "8" {
		t.Errorf("%v %v", put.header, del.header)
	}
}

func TestGlobalLimit(t *testing.T) {
	w := newWorld(t, limits)
	for i := range 50 {
		if r := w.api("GET", "/users/"+[]string{w.OwnerID(), "@me"}[i%2], nil); r.status != 200 {
			t.Fatalf("call %d: %d", i, r.status)
		}
	}
	r := w.api("GET", w.guild(), nil)
	if r.status != 429 || r.get("global") != true || r.header.Get("X-RateLimit-Global") != "true" || r.header.Get("X-RateLimit-Scope") != "global" {
		t.Errorf("%d %v %s", r.status, r.header, r.raw)
	}
	w.clock.Advance(time.Second)
	if r := w.api("GET", w.guild(), nil); r.status != 200 {
		t.Error(r.raw)
	}
}

func TestHiddenRenameLimit(t *testing.T) {
	w := newWorld(t, limits)
	ch := w.create(object{"name": "x"})
	patch := func(body object) response { return w.api("PATCH", "/channels/"+ch, body) }
	patch(object{"name": "a"})
	w.clock.Advance(time.Minute)
	if r := patch(object{"topic": "t"}); r.status != 200 {
		t.Fatal(r.raw)
	}
	if r := patch(object{"topic": "t", "name": "a"}); r.status != 200 {
		t.Errorf("what changes nothing does not count: %s", r.raw)
	}
	r := patch(object{"name": "b", "permission_overwrites": w.hidden()})
	if r.status != 429 || r.header.Get("Retry-After") != "540" || r.get("retry_after") != 540.0 || r.header.Get("X-RateLimit-Scope") != "user" {
		t.Errorf("%d %v %s", r.status, r.header, r.raw)
	}
	if left, _ := strconv.Atoi(r.header.Get("X-RateLimit-Remaining")); left == 0 {
		t.Error("the ordinary headers show the hidden limit")
	}
	if state, _ := w.Channel(ch); len(state.Overwrites) != 0 || state.Name != "a" {
		t.Errorf("a limited PATCH was half done: %+v", state)
	}
	if r := patch(object{"permission_overwrites": w.hidden()}); r.status != 200 {
		t.Error(r.raw)
	}
	w.clock.Advance(9 * time.Minute)
	if r := patch(object{"name": "b"}); r.status != 200 {
		t.Error(r.raw)
	}
}

func TestInvalidBudget(t *testing.T) {
	w := newWorld(t, limits)
	bad := func() response {
		return w.api("GET", w.guild(), nil, "Authorization", "Bot wrong")
	}
	for range 5 {
		bad()
	}
	if n := w.Invalid(); n.Total != 5 || n.Recent != 5 || n.ByStatus[401] != 5 || n.Banned {
		t.Errorf("%+v", n)
	}
	w.clock.Advance(10 * time.Minute)
	if n := w.Invalid(); n.Total != 5 || n.Recent != 0 {
		t.Errorf("%+v", n)
	}
	many := httptest.NewRequest("GET", "/api/v10"+w.guild(), nil) // without a network: they are many
	many.Header.Set("Authorization", "Bot wrong")
	many.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	handler := w.Handler()
	for range 10_000 {
		r := httptest.NewRecorder()
		if handler.ServeHTTP(r, many); r.Code != 401 {
			t.Fatal(r.Body)
		}
	}
	r := w.api("GET", w.guild(), nil)
	if r.status != 429 || !strings.Contains(r.raw, "1015") || r.header.Get("Content-Type") != "text/html" || r.header.Get("Retry-After") != "3600" {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if s := w.State(); !s.Invalid.Banned || s.Invalid.Total != 10_005 {
		t.Errorf("%+v", s.Invalid)
	}
	w.clock.Advance(time.Hour)
	if r := w.api("GET", w.guild(), nil); r.status != 200 {
		t.Error(r.raw)
	}
}

func TestHeadersWithoutLimits(t *testing.T) {
	w := newWorld(t, nil)
	ch := w.create(object{"name": "x"})
	for range 20 {
		r := w.api("POST", "/channels/"+ch+"/messages", object{"content": "x"})
		if r.status != 200 || r.header.Get("X-RateLimit-Remaining") != "4" || r.header.Get("X-RateLimit-Bucket") == "" {
			t.Fatalf("%d %v", r.status, r.header)
		}
	}
	w.UpdateSettings(func(s *discord.Settings) { s.NoRates = true })
	if r := w.api("POST", "/channels/"+ch+"/messages", object{"content": "x"}); r.status != 200 || r.header.Get("X-RateLimit-Bucket") != "" {
		t.Errorf("%d %v", r.status, r.header)
	}
}
