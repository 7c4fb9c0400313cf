package discord

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/connector"
)

func TestRequest(t *testing.T) {
	s := newStand(t, says(http.StatusNoContent, ""))
	ctx := connector.WithCause(t.Context(), connector.Cause{
		Record: connector.RecordKey{CRM: "crm", Kind: "account", ID: "Müller & Söhne / " + strings.Repeat("x", 600)}, Why: "team changed",
	})
	if err := s.dropOverwrite(connector.WithUrgent(ctx), testID, testID); err != nil {
		t.Fatal(err)
	}
	r := s.sent[0]
	if got, want := r.URL.String(), "https://discord.example/api/v10/channels/"+testID+"/permissions/"+testID; got != want {
		t.Errorf("sent to %s, want %s", got, want)
	}
	if got := r.Header.Get("User-Agent"); !strings.HasPrefix(got, "DiscordBot (https://") {
		t.Errorf("user agent %q", got)
	}
	if got := r.Header.Get("Authorization"); got != "Bot "+testToken {
		t.Errorf("authorization %q", got)
	}
	escaped := r.Header.Get("X-Audit-Log-Reason")
	reason, err := url.PathUnescape(escaped)
	if err != nil || len([]rune(reason)) != 512 || !strings.HasPrefix(reason, "crm/account/Müller & Söhne") || strings.ContainsAny(escaped, "ü /") {
		t.Errorf("reason %q of %d characters, %v", escaped, len([]rune(reason)), err)
	}
	if got := s.limiter.Priorities[globalBucket]; got != connector.PriorityRemoval.Urgent() {
		t.Errorf("priority %v", got)
	}
	if strings.Contains(s.log.String(), testToken) || len(s.seen) != 1 || s.seen[0] != deleteOverwrite+" ok" {
		t.Errorf("seen %v, log %s", s.seen, s.log.String())
	}
}

func TestRouteOf(t *testing.T) {
	for path, want := range map[string]route{
		"channels/1/messages/2":              {name: "GET /channels/{channel}/messages/{message}", major: "1"},
		"channels/1/messages/pins/2":         {name: "GET /channels/{channel}/messages/pins/{pin}", major: "1"},
		"channels/1/permissions/2":           {name: "GET /channels/{channel}/permissions/{permission}", major: "1"},
		"channels/1/thread-members/2":        {name: "GET /channels/{channel}/thread-members/{thread-member}", major: "1"},
		"guilds/1/members/2":                 {name: "GET /guilds/{guild}/members/{member}", major: "1"},
		"guilds/1/threads/active":            {name: "GET /guilds/{guild}/threads/active", major: "1"},
		"users/@me":                          {name: "GET /users/@me"},
		"applications/1/guilds/2/commands":   {name: "GET /applications/{application}/guilds/{guild}/commands", major: "2"},
		"channels/1/threads/archived/public": {name: "GET /channels/{channel}/threads/archived/public", major: "1"},
	} {
		if got := routeOf("GET", path); got != want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
	got := routeOf("POST", "webhooks/1/secret/messages/@original")
	if got.name != "POST /webhooks/{webhook}/{token}/messages/@original" || strings.Contains(got.major, "secret") || !got.interaction {
		t.Errorf("%+v", got)
	}
	for route, want := range map[string]connector.Priority{
		deleteOverwrite: connector.PriorityRemoval, deleteThreadMember: connector.PriorityRemoval,
		putOverwrite: connector.PriorityAddition, putThreadMember: connector.PriorityAddition,
		postMessage: connector.PriorityCard, patchMessage: connector.PriorityCard, putPin: connector.PriorityCard,
		"GET /channels/{channel}/messages": connector.PriorityOther, postChannel: connector.PriorityOther,
	} {
		if got := (route2(route)).class(); got != want {
			t.Errorf("%s: class %v, want %v", route, got, want)
		}
	}
}

func route2(name string) route { return route{name: name} }

// TestLimited: every form of a rate limit is a wait, and closes what it speaks of.
func TestLimited(t *testing.T) {
	const scope, after = "X-RateLimit-Scope", "Retry-After"
	for name, c := range map[string]struct {
		header  []string
		body    string
		title   bool
		want    time.Duration
		paused  string
		invalid bool
	}{
		"of the route": {
			header: append(rated("5", "0", "1800000004", "3.5"), scope, "user", after, "4"), body: `{"retry_after":3.5,"global":false}`,
			want: 3500 * time.Millisecond, paused: sharedBucket("abc", testID), invalid: true,
		},
		"of everything": {
			header: []string{scope, "global", after, "2"}, body: `{"retry_after":1.2,"global":true}`,
			want: 1200 * time.Millisecond, paused: globalBucket, invalid: true,
		},
		"shared": {
			header: append(rated("5", "0", "1800000004", "3.5"), scope, "shared", after, "9"), body: `{"retry_after":9}`,
			want: 9 * time.Second, paused: sharedBucket("abc", testID),
		},
		"of Cloudflare": {
			header: []string{after, "900"}, body: "<html>1015</html>", want: 15 * time.Minute, paused: globalBucket, invalid: true,
		},
		"without a word": {body: "", want: 30 * time.Second, paused: globalBucket, invalid: true},
		"hidden, of the title": {
			header: append(rated("10", "8", "1800000010", "10"), scope, "user", after, "583"), body: `{"retry_after":582.1}`, title: true,
			want: 582100 * time.Millisecond, paused: titleBucket(testID), invalid: true,
		},
		"too long to believe": {header: []string{after, "1e12"}, body: `{"retry_after":1e300}`, want: time.Hour, invalid: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, says(http.StatusTooManyRequests, c.body, c.header...))
			m := manners{once: true}
			if c.title {
				m.title = testID
			}
			err := s.send(t.Context(), request{method: http.MethodPatch, path: "channels/" + testID, manners: m}, nil)
			var wait *connector.WaitError
			if !errors.As(err, &wait) || wait.After < c.want || wait.After > c.want+100*time.Millisecond {
				t.Fatalf("%v, want a wait of %v", err, c.want)
			}
			if got := s.limiter.Pauses[c.paused]; c.paused != "" && (got < c.want || got > c.want+100*time.Millisecond) {
				t.Errorf("paused %v, want %s for %v", s.limiter.Pauses, c.paused, c.want)
			}
			if _, counted := s.limiter.Rates[invalidBucket]; counted != c.invalid {
				t.Errorf("counted as invalid: %v", counted)
			}
			if c.title && s.limiter.Pauses[sharedBucket("abc", testID)] > 0 {
				t.Error("a hidden limit closed the route")
			}
		})
	}
}

// TestBuckets: Discord's headers are kept to without being met.
func TestBuckets(t *testing.T) {
	left := "1"
	s := newStand(t, func(*http.Request) answer {
		a := says(http.StatusOK, `{"id":"`+testID+`"}`, rated("2", left, "1800000005.000", "5")...)(nil)
		left = "0"
		return a
	})
	for range 2 {
		if _, err := s.info(t.Context(), testID); err != nil {
			t.Fatal(err)
		}
	}
	var wait *connector.WaitError
	if _, err := s.info(t.Context(), testID); !errors.As(err, &wait) || wait.After < 5*time.Second || wait.After > 6*time.Second {
		t.Errorf("%v, want a wait until the reset", err)
	}
	bucket := sharedBucket("abc", testID)
	if s.limiter.Pauses[bucket] < 5*time.Second || s.limiter.Rates[bucket] != (connector.Rate{Count: 2, Period: 5 * time.Second, Burst: 2}) {
		t.Errorf("pauses %v, rates %v", s.limiter.Pauses, s.limiter.Rates)
	}
	other := strings.Replace(testID, "77", "78", 1)
	if _, err := s.info(t.Context(), connector.ChannelID(other)); errors.As(err, &wait) {
		t.Errorf("another channel waits too: %v", err)
	}
	s.pass(6 * time.Second)
	if _, err := s.info(t.Context(), testID); err != nil {
		t.Errorf("after the reset: %v", err)
	}
	s.limiter.Closed[globalBucket] = time.Second
	s.pass(time.Minute)
	for range 5 { // refused here: no place is used up
		if _, err := s.info(t.Context(), testID); !errors.As(err, &wait) || wait.After != time.Second {
			t.Errorf("%v, want the wait of the shared bucket", err)
		}
	}
}

// TestBudget: when too much was refused, nothing is sent for a while.
func TestBudget(t *testing.T) {
	s := newStand(t, says(http.StatusForbidden, `{"code":50001}`))
	s.limiter.Closed[invalidBucket] = 0
	if _, err := s.info(t.Context(), testID); !errors.Is(err, connector.ErrNotInChannel) {
		t.Fatalf("%v", err)
	}
	if s.limiter.Rates[invalidBucket] != (connector.Rate{Count: 1000, Period: 10 * time.Minute, Burst: 1000}) {
		t.Errorf("rates %v", s.limiter.Rates)
	}
	s.limiter.Closed[invalidBucket] = 20 * time.Second
	_, _ = s.info(t.Context(), testID)
	if s.limiter.Pauses[globalBucket] != 20*time.Second || !strings.Contains(s.log.String(), "level=WARN") {
		t.Errorf("pauses %v", s.limiter.Pauses)
	}
	n := len(s.sent)
	var wait *connector.WaitError
	if _, err := s.info(t.Context(), testID); !errors.As(err, &wait) || len(s.sent) != n {
		t.Errorf("%v after the budget was used up", err)
	}
}

// TestUnanswered: what may be repeated is temporary, what may not has an unknown
// outcome, and no error tells the token.
func TestUnanswered(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	cut := errors.New("cut beside " + testToken)
	for name, c := range map[string]struct {
		once bool
		a    answer
		want error
	}{
		"cut":                      {false, answer{err: cut}, connector.ErrTemporary},
		"cut, once":                {true, answer{err: cut}, connector.ErrUnknownOutcome},
		"never sent":               {true, answer{err: dial}, connector.ErrTemporary},
		"500":                      {false, answer{status: 500}, connector.ErrTemporary},
		"502, once":                {true, answer{status: 502, body: "<html>"}, connector.ErrUnknownOutcome},
		"a redirect":               {false, answer{status: 302}, connector.ErrTemporary},
		"no JSON":                  {false, answer{body: "<html>"}, connector.ErrTemporary},
		"no JSON, once":            {true, answer{body: "<html>"}, connector.ErrUnknownOutcome},
		"401":                      {false, answer{status: 401, body: `{"code":0}`}, connector.ErrUnauthorized},
		"403 without a code":       {false, answer{status: 403, body: "<html>"}, connector.ErrForbidden},
		"404 of a proxy":           {false, answer{status: 404, body: "<html>"}, connector.ErrTemporary},
		"404 without a code":       {true, answer{status: 404, body: `{"message":"404: Not Found","code":0}`}, connector.ErrUnknownOutcome},
		"a code that nobody knows": {false, answer{status: 400, body: `{"code":99999999}`}, connector.ErrInvalid},
	} {
		s := newStand(t, func(*http.Request) answer { return c.a })
		var out map[string]any
		err := s.send(t.Context(), request{method: http.MethodPost, path: "channels/1/messages", body: 1, manners: manners{once: c.once}}, &out)
		if !errors.Is(err, c.want) || strings.Contains(err.Error(), testToken) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	s := newStand(t, func(*http.Request) answer { return answer{err: context.Canceled} })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.get(ctx, "users/@me", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestRefusedToken: a token that is refused is not tried over and over.
func TestRefusedToken(t *testing.T) {
	s := newStand(t, says(http.StatusUnauthorized, `{"message":"401: Unauthorized","code":0}`))
	for range 3 {
		if _, err := s.Whoami(t.Context()); !errors.Is(err, connector.ErrUnauthorized) {
			t.Fatal(err)
		}
	}
	var wait *connector.WaitError
	if _, err := s.Whoami(t.Context()); !errors.As(err, &wait) || len(s.sent) != 3 {
		t.Errorf("%v after %d calls", err, len(s.sent))
	}
	s.pass(wait.After)
	if _, err := s.Whoami(t.Context()); !errors.Is(err, connector.ErrUnauthorized) {
		t.Error(err)
	}
}

func TestOptions(t *testing.T) {
	good := Options{Token: "t", GuildID: testGuild, Limiter: adaptertest.NewLimiter()}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Options){
		"no token": func(o *Options) { o.Token = "" }, "no guild": func(o *Options) { o.GuildID = "x" },
		"no limiter": func(o *Options) { o.Limiter = nil }, "a bad factor": func(o *Options) { o.RateFactor = -1 },
		"a bad address": func(o *Options) { o.APIURL = "discord.com/api" }, "a bad app": func(o *Options) { o.ApplicationID = "../1" },
		"a bad parent": func(o *Options) { o.Threads = map[connector.Kind]string{"account": "general"} },
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
