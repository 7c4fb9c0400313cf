package discord_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"roomkeeper/adapters/discord"
	"roomkeeper/connector"
	"roomkeeper/internal/spectest"
	sandbox "roomkeeper/sandbox/discord"
)

// tokens is a Limiter of token buckets and pauses in the test's time.
type tokens struct {
	mu      sync.Mutex
	buckets map[string]*tokenBucket
}

type tokenBucket struct {
	left          float64
	at, openAgain time.Time
}

func (l *tokens) bucket(name string, burst float64) *tokenBucket {
	b := l.buckets[name]
	if b == nil {
		b = &tokenBucket{left: burst, at: time.Now()}
		l.buckets[name] = b
	}
	return b
}

func (l *tokens) Allow(_ context.Context, name string, rate connector.Rate, _ connector.Priority) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	burst, each := float64(max(rate.Burst, 1)), rate.Period/time.Duration(rate.Count)
	b, now := l.bucket(name, burst), time.Now()
	b.left = min(burst, b.left+float64(now.Sub(b.at))/float64(each))
	b.at = now
	if now.Before(b.openAgain) {
		return b.openAgain.Sub(now), nil
	}
	if b.left < 1 {
		return time.Duration((1-b.left)*float64(each)) + time.Microsecond, nil
	}
	b.left--
	return 0, nil
}

func (l *tokens) Pause(_ context.Context, name string, d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(name, 1)
	if until := time.Now().Add(d); until.After(b.openAgain) {
		b.openAgain = until
	}
	return nil
}

// inMemory answers by the handler, after a while, without a network.
type inMemory struct{ handler http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	<-time.After(30 * time.Millisecond)
	rec := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	m.handler.ServeHTTP(rec, r)
	return rec.Result(), nil
}

// pace is an Adapter before a guild that enforces its limits, in virtual time.
type pace struct {
	*testing.T
	guild    *sandbox.Guild
	platform connector.ChatPlatform
}

func newPace(t *testing.T, guild *sandbox.Guild, limiter connector.Limiter, change func(*discord.Options)) *pace {
	t.Helper()
	o := discord.Options{
		Token: "pace", APIURL: "http://guild.example/api/", GuildID: guild.GuildID(),
		Limiter: limiter, HTTP: spectest.DiscordRoundTripper(t, inMemory{guild.Handler()}),
	}
	if change != nil {
		change(&o)
	}
	adapter, err := discord.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &pace{T: t, guild: guild, platform: adapter.Platform()}
}

// until makes a call until it does not have to wait any more, as the queue does.
func (p *pace) until(do func() error) {
	p.Helper()
	for range 10_000 {
		err := do()
		var wait *connector.WaitError
		if !errors.As(err, &wait) {
			if err != nil {
				p.Errorf("unexpected error: %v", err)
			}
			return
		}
		<-time.After(wait.After)
	}
	p.Error("waits for ever")
}

// record does for one Record what the domain does.
func (p *pace) record(i int, people []connector.MemberID) {
	ctx := p.Context()
	name, purpose := fmt.Sprintf("record-%d", i), fmt.Sprintf("crm/account/%d", i)
	var ch connector.ChannelID
	p.until(func() error {
		made, err := p.platform.Channels.Create(ctx, connector.ChannelSpec{
			Kind: "account", Name: name, Private: true, Topic: name, Purpose: purpose, Members: people,
		})
		ch = made.ID
		return err
	})
	p.until(func() error { return p.platform.Members.Add(ctx, ch, people) })
	p.until(func() error { return p.platform.Describer.SetPurpose(ctx, ch, purpose) })
	var card connector.MessageID
	p.until(func() (err error) {
		card, err = p.platform.Cards.Post(ctx, ch, "card", connector.Card{Title: name})
		return err
	})
	p.until(func() error { return p.platform.Pinner.Pin(ctx, ch, card) })
	for n := range 3 { // one more than Discord takes at once
		p.until(func() error {
			_, err := p.platform.Renamer.Rename(ctx, ch, fmt.Sprintf("%s-%d", name, n), "")
			return err
		})
	}
	p.until(func() error { return p.platform.Members.Remove(ctx, ch, people[0]) })
	p.until(func() error {
		seen, err := p.platform.Channels.Observe(ctx, ch)
		if err == nil && len(seen.Members) != len(people)-1 {
			p.Errorf("%s has %d members, want %d", name, len(seen.Members), len(people)-1)
		}
		return err
	})
}

// TestNeverLimited: whatever the guild's limits are, they are kept, and with two
// replicas too; no call is refused for its rate, nor for anything else. Only what a
// route's limit is, each replica finds out by a call of its own, for which another
// one may have left nothing.
func TestNeverLimited(t *testing.T) {
	for _, c := range []struct {
		name             string
		records, members int
		threads, active  int // active threads that the guild takes
		replicas         int
		refused          int
	}{
		{name: "channels", records: 70, members: 5, replicas: 1},
		{name: "channels of many", records: 3, members: 110, replicas: 1},
		{name: "threads", records: 70, members: 5, threads: 1, active: 1000, replicas: 1},
		{name: "more threads than may be active", records: 45, members: 3, threads: 1, active: 30, replicas: 1},
		{name: "two replicas", records: 60, members: 5, replicas: 2, refused: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				guild := sandbox.New(sandbox.Config{BotToken: "pace", Limits: true})
				defer guild.Close()
				var people []connector.MemberID
				for i := range c.members {
					people = append(people, connector.MemberID(guild.AddUser(sandbox.User{Name: fmt.Sprintf("p%d", i)})))
				}
				parents := map[connector.Kind]string{}
				if c.threads > 0 {
					parents["account"] = byHand(t, guild, "create", sandbox.Act{Name: "accounts"})
					guild.UpdateSettings(func(s *sandbox.Settings) { s.MaxThreads = c.active })
				}
				limiter := &tokens{buckets: map[string]*tokenBucket{}}
				var replicas []*pace
				for range c.replicas {
					replicas = append(replicas, newPace(t, guild, limiter, func(o *discord.Options) { o.Threads = parents }))
				}
				start := time.Now()
				work := make(chan int)
				var workers sync.WaitGroup
				for range 16 {
					workers.Go(func() {
						for i := range work {
							replicas[i%c.replicas].record(i, people)
						}
					})
				}
				for i := range c.records {
					work <- i
				}
				close(work)
				workers.Wait()
				t.Logf("took %v of the guild's time", time.Since(start))
				if bad := guild.Invalid(); bad.Total > c.refused {
					t.Errorf("%d calls were refused: %v", bad.Total, bad.ByStatus)
				}
				for _, room := range replicas[0].platform.Rooms.Rooms() {
					if room.Used > room.Limit || room.Used == 0 {
						t.Errorf("%s: %d of %d", room.What, room.Used, room.Limit)
					}
				}
			})
		})
	}
}
