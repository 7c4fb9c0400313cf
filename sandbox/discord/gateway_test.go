package discord_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"roomkeeper/sandbox/discord"
)

// heard is what a connected library told.
type heard struct {
	t      *testing.T
	events chan *discordgo.Event
}

func listen(w *world, intents discordgo.Intent) (*discordgo.Session, heard) {
	w.t.Helper()
	s := w.session()
	s.Identify.Intents, s.SyncEvents = intents, true
	h := heard{w.t, make(chan *discordgo.Event, 1000)}
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { h.events <- e })
	if err := s.Open(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		s.Lock()
		s.ShouldReconnectOnError = false // a close before the first heartbeat would be one
		s.Unlock()
		_ = s.Close()
	})
	return s, h
}

// until waits for an event and returns the names of those before it.
func (h heard) until(name string) (*discordgo.Event, []string) {
	h.t.Helper()
	var before []string
	for {
		select {
		case e := <-h.events:
			if e.Type == name {
				return e, before
			}
			before = append(before, e.Type)
		case <-time.After(patience):
			h.t.Fatalf("no %s; %v", name, before)
		}
	}
}

func TestLibraryHearsEvents(t *testing.T) {
	w := newWorld(t, func(c *discord.Config) { c.General = true })
	ann := w.AddUser(discord.User{Name: "ann"})
	s, h := listen(w, discordgo.IntentsGuilds|discordgo.IntentsGuildMembers|discordgo.IntentsGuildMessages)
	h.until("READY")
	h.until("GUILD_CREATE")
	guild, err := s.State.Guild(w.GuildID())
	if err != nil || len(guild.Channels) != 1 || len(guild.Members) != 3 || guild.MemberCount != 3 {
		t.Fatalf("%+v %v", guild, err)
	}
	ch, err := s.GuildChannelCreate(w.GuildID(), "acme", discordgo.ChannelTypeGuildText)
	if err != nil {
		t.Fatal(err)
	}
	h.until("CHANNEL_CREATE")
	if err := s.ChannelPermissionSet(ch.ID, ann, discordgo.PermissionOverwriteTypeMember, discordgo.PermissionViewChannel, 0); err != nil {
		t.Fatal(err)
	}
	h.until("CHANNEL_UPDATE")
	if _, err := s.ChannelMessageSend(ch.ID, "hello"); err != nil {
		t.Fatal(err)
	}
	h.until("MESSAGE_CREATE")
	if _, err := w.Do("kick", discord.Act{User: "ann"}); err != nil {
		t.Fatal(err)
	}
	h.until("GUILD_MEMBER_REMOVE")
	if _, err := w.Do("enter", discord.Act{User: "ann"}); err != nil {
		t.Fatal(err)
	}
	h.until("GUILD_MEMBER_ADD")
	if _, err := s.ChannelEdit(ch.ID, &discordgo.ChannelEdit{Topic: "x"}); err != nil {
		t.Fatal(err)
	}
	h.until("CHANNEL_UPDATE")
	if _, err := w.Do("rename", discord.Act{Channel: ch.ID, Name: "by hand"}); err != nil {
		t.Fatal(err)
	}
	h.until("CHANNEL_UPDATE")
	thread, err := s.ThreadStart(ch.ID, "talk", discordgo.ChannelTypeGuildPrivateThread, 1440)
	if err != nil {
		t.Fatal(err)
	}
	h.until("THREAD_CREATE")
	if err := s.ThreadMemberAdd(thread.ID, ann); err != nil {
		t.Fatal(err)
	}
	h.until("THREAD_MEMBERS_UPDATE")
	if _, err := w.Do("archive", discord.Act{Channel: thread.ID}); err != nil {
		t.Fatal(err)
	}
	h.until("THREAD_UPDATE")
	if _, err := s.ChannelDelete(ch.ID); err != nil {
		t.Fatal(err)
	}
	h.until("CHANNEL_DELETE")
	if _, err := w.Do("kick", discord.Act{User: w.BotUserID()}); err != nil {
		t.Fatal(err)
	}
	h.until("GUILD_DELETE")
	if _, err := w.Do("enter", discord.Act{User: w.BotUserID()}); err != nil {
		t.Fatal(err)
	}
	h.until("GUILD_CREATE")
	_, quiet := listen(w, discordgo.IntentsGuilds)
	quiet.until("GUILD_CREATE")
	w.AddUser(discord.User{Name: "bob"})
	w.AddRole(discord.Role{Name: "x"})
	if _, before := quiet.until("GUILD_ROLE_CREATE"); len(before) != 0 {
		t.Errorf("without their intent: %v", before)
	}
}

func TestLibraryResumes(t *testing.T) {
	w := newWorld(t, nil)
	_, h := listen(w, discordgo.IntentsGuilds|discordgo.IntentsGuildMembers)
	h.until("GUILD_CREATE")
	w.AddUser(discord.User{Name: "ann"})
	h.until("GUILD_MEMBER_ADD")
	if n := w.DisturbGateway(discord.GatewayReconnect); n != 1 {
		t.Fatalf("%d connections", n)
	}
	w.AddUser(discord.User{Name: "bob"})
	w.AddUser(discord.User{Name: "cleo"})
	if _, before := h.until("RESUMED"); strings.Join(before, " ") != "GUILD_MEMBER_ADD GUILD_MEMBER_ADD" {
		t.Errorf("before RESUMED: %v", before)
	}
	if s := w.Sessions(); len(s) != 1 || !s[0].Connected {
		t.Errorf("%+v", s)
	}
}

// line is a connection by hand.
type line struct {
	t    *testing.T
	conn *websocket.Conn
}

func dial(w *world) line {
	w.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(w.server.URL, "http")+"/discord/gateway?v=10&encoding=json", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	w.t.Cleanup(func() { _ = conn.Close() })
	l := line{w.t, conn}
	if p := l.next(); p["op"] != 10.0 {
		w.t.Fatalf("no HELLO: %v", p)
	}
	return l
}

func (l line) send(raw string) {
	l.t.Helper()
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(raw)); err != nil {
		l.t.Fatal(err)
	}
}

func (l line) next() map[string]any {
	l.t.Helper()
	var p map[string]any
	if err := l.conn.ReadJSON(&p); err != nil {
		l.t.Fatal(err)
	}
	return p
}

// closes wants the connection to end with a code.
func (l line) closes(code int) {
	l.t.Helper()
	for {
		_, _, err := l.conn.ReadMessage()
		if err != nil {
			if !websocket.IsCloseError(err, code) {
				l.t.Errorf("ended with %v, want %d", err, code)
			}
			return
		}
	}
}

func TestGatewayRefusals(t *testing.T) {
	w := newWorld(t, func(c *discord.Config) { c.NoMembers = true })
	for raw, code := range map[string]int{
		`{"op":2,"d":{"token":"wrong","intents":1}}`:     4004,
		`{"op":2,"d":{"token":"token","intents":3}}`:     4014,
		`{"op":2,"d":{"token":"token","intents":32768}}`: 4014,
		`{"op":2,"d":{"token":"token","intents":-1}}`:    4013,
		`{"op":3,"d":{}}`: 4003,
		`nonsense`:        4002,
		`{"op":6,"d":{"token":"x","session_id":"x","seq":1}}`: 4004,
	} {
		l := dial(w)
		l.send(raw)
		l.closes(code)
	}
	l := dial(w)
	l.send(`{"op":1,"d":null}`)
	if p := l.next(); p["op"] != 11.0 {
		t.Errorf("no ACK before the identify: %v", p)
	}
	l.send(`{"op":6,"d":{"token":"token","session_id":"x","seq":1}}`)
	if p := l.next(); p["op"] != 9.0 || p["d"] != false {
		t.Errorf("unknown session: %v", p)
	}
	l.send(`{"op":2,"d":{"token":"token","intents":1}}`)
	if p := l.next(); p["t"] != "READY" || p["s"] != 1.0 {
		t.Errorf("%v", p)
	}
	l.next()
	l.send(`{"op":1,"d":2}`)
	if p := l.next(); p["op"] != 11.0 {
		t.Errorf("no ACK: %v", p)
	}
	l.send(`{"op":2,"d":{"token":"token","intents":1}}`)
	l.closes(4005)
}

func TestGatewayClosesTheSilent(t *testing.T) {
	w := newWorld(t, func(c *discord.Config) { c.Heartbeat = 60 * time.Millisecond })
	dial(w).closes(4009)
}

// leavesNothing waits until only the goroutines of before are left.
func leavesNothing(t *testing.T, before goleak.Option) {
	t.Helper()
	for began := time.Now(); ; {
		err := goleak.Find(before) // which looks for about half a second
		if err == nil {
			return
		}
		if time.Since(began) > patience {
			t.Fatal(err)
		}
	}
}

func TestClosedGatewayLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	w := newWorld(t, nil)
	l := dial(w)
	l.send(`{"op":2,"d":{"token":"token","intents":1}}`)
	l.next()
	w.Close()
	w.server.Close()
	_ = l.conn.Close()
	w.server.Client().CloseIdleConnections()
	leavesNothing(t, before)
}
