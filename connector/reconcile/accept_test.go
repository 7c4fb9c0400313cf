package reconcile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

func (w *world) accept(events ...connector.Event) {
	w.Helper()
	w.ok(w.acceptor().Accept(w.Context(), events))
}

func (w *world) notices(id string) []connector.Notice {
	w.Helper()
	notices, err := w.engine.Outbox.Notices(w.Context(), groupOf(id), 100)
	w.ok(err)
	return notices
}

func twoGroups(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.person("a")
	for _, id := range []string{"1", "2"} {
		w.record(id, "Acme "+id, "a")
		w.open(id)
	}
	return w
}

func TestAcceptTheSameAgain(t *testing.T) {
	w := twoGroups(t)
	e := connector.Event{ID: "e1", Type: connector.EventTeamChanged, Record: key("1"), At: w.clock.Now()}
	w.accept(e, e)
	w.accept(e)
	if n := len(w.notices("1")); n != 1 {
		t.Errorf("%d notices", n)
	}
	if n := len(w.notices("2")); n != 0 {
		t.Errorf("%d notices of another Record", n)
	}
}

func TestAcceptOutOfOrder(t *testing.T) {
	w := twoGroups(t)
	now := w.clock.Now()
	late := connector.Event{ID: "e1", Type: connector.EventTeamChanged, Record: key("1"), At: now.Add(-time.Hour)}
	w.accept(connector.Event{ID: "e2", Type: connector.EventTeamChanged, Record: key("1"), At: now}, late)
	if n := w.notices("1"); len(n) != 2 || n[0].Event.ID != "e2" || n[1].Event.ID != "e1" {
		t.Errorf("notices %+v", n)
	}
}

func TestAcceptActivityOfTwoRecords(t *testing.T) {
	w := twoGroups(t)
	w.accept(connector.Event{ID: "e1", Type: connector.EventActivityCreated, Activity: &connector.Activity{
		ID: "a1", Targets: []connector.RecordKey{key("1"), key("2"), key("1"), key("none")},
	}})
	for _, id := range []string{"1", "2"} {
		n := w.notices(id)
		if len(n) != 1 || n[0].Event.Activity.ID != "a1" || n[0].Event.Activity.Targets != nil {
			t.Errorf("notices of %s: %+v", id, n)
		}
	}
}

func TestRequestedTwice(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	for _, id := range []string{"e1", "e2", "e1"} {
		w.accept(connector.Event{ID: id, Type: connector.EventChannelRequested, Record: key("1")})
	}
	page, err := w.engine.Groups.ListGroups(t.Context(), connector.GroupQuery{})
	w.ok(err)
	if len(page.Groups) != 1 || page.Groups[0].Platform != slack {
		t.Errorf("groups %+v", page.Groups)
	}
	depth, err := w.engine.Queue.Depth(t.Context())
	w.ok(err)
	if depth.Waiting != 1 {
		t.Errorf("%d jobs wait", depth.Waiting)
	}
	w.settle("1")
	opener := &reconcile.Opener{Acceptor: w.acceptor(), Resolver: w.resolver(), Recovery: w.recoverer()}
	if g, asked, err := opener.Open(t.Context(), key("1"), "", "x"); err != nil || asked || g.ID != groupOf("1") {
		t.Errorf("%v, %t, %v", g.ID, asked, err)
	}
}

func TestRequestedOnAnotherPlatform(t *testing.T) {
	w := newWorld(t)
	w.record("1", "Acme")
	other := connector.Event{ID: "e2", Type: connector.EventChannelRequested, Record: key("1"), Platform: "discord"}
	for index, events := range map[int][]connector.Event{
		-1: {other}, 1: {{ID: "e1", Type: connector.EventChannelRequested, Record: key("1"), Platform: slack}, other},
	} {
		var wrong *connector.MeaningError
		if err := w.acceptor().Accept(t.Context(), events); !errors.As(err, &wrong) || wrong.Index != index ||
			wrong.Field != "platform" || !strings.Contains(wrong.Detail, "slack") {
			t.Errorf("error %v", err)
		}
	}
	page, err := w.engine.Groups.ListGroups(t.Context(), connector.GroupQuery{})
	w.ok(err)
	if len(page.Groups) != 0 {
		t.Errorf("groups %+v", page.Groups)
	}
}

func TestOpenerAsksTheCRM(t *testing.T) {
	w := newWorld(t)
	opener := &reconcile.Opener{Acceptor: w.acceptor(), Resolver: w.resolver(), Recovery: w.recoverer()}
	if _, _, err := opener.Open(t.Context(), key("1"), "", ""); connector.ReasonOf(err) != connector.ReasonNotFound {
		t.Errorf("error %v", err)
	}
	w.crm.Put(connector.Record{Key: key("1"), Name: "Acme", State: connector.RecordDeleted})
	if _, _, err := opener.Open(t.Context(), key("1"), "", ""); connector.ReasonOf(err) != connector.ReasonConflict {
		t.Errorf("error %v", err)
	}
	w.person("a")
	w.record("1", "Acme", "a")
	if g, asked, err := opener.Open(t.Context(), key("1"), "", ""); err != nil || !asked || g.State != connector.GroupCreating {
		t.Errorf("%+v, %t, %v", g, asked, err)
	}
}

// touched reports whether the channel is read again by the next run.
func (w *world) touched(id string) bool {
	w.Helper()
	w.clock.Advance(time.Second)
	w.forget()
	w.settle(id)
	n := w.chat.Calls.Counts()["observe"]
	w.clock.Advance(time.Second)
	w.settle(id)
	return n > 0
}

func TestOwnEchoes(t *testing.T) {
	w := twoGroups(t)
	w.person("b", "h")
	w.team("1", "a", "b")
	w.settle("1")
	bot := func(event connector.ChatEventType) {
		w.Helper()
		w.clock.Advance(time.Second)
		w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
			ID: "bot-" + w.clock.Now().String(), Type: event, Platform: slack, Channel: w.group("1").Channel.ID, Member: connectortest.MemoryBot,
		}))
	}
	bot(connector.ChatMemberJoined)
	w.touch("1", connector.ChatMemberJoined, "b")
	if w.touched("1") {
		t.Error("our own doings touched the channel")
	}
	w.touch("1", connector.ChatMemberJoined, "h")
	if !w.touched("1") {
		t.Error("a stranger's joining did not touch the channel")
	}
	w.touch("1", connector.ChatMemberLeft, "b")
	if !w.touched("1") {
		t.Error("a leaver did not touch the channel")
	}
	g := w.group("1")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = true })
	w.touch("1", connector.ChatBotRemoved, "")
	w.settle("1")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = false })
	w.forget()
	bot(connector.ChatMemberJoined)
	depth, err := w.engine.Queue.Depth(t.Context())
	w.ok(err)
	if depth.Waiting == 0 || !w.group("1").TouchedAt.After(g.TouchedAt) {
		t.Error("the bot's return did not touch the channel")
	}
}

func TestMissedChatEvents(t *testing.T) {
	w := twoGroups(t)
	w.clock.Advance(time.Second)
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{ID: "m", Type: connector.ChatEventsWereMissed, Platform: slack}))
	for _, id := range []string{"1", "2"} {
		if !w.touched(id) {
			t.Errorf("channel %s was not read again", id)
		}
		if w.touched(id) {
			t.Errorf("channel %s was read for ever", id)
		}
	}
}

// Somebody who came to the workspace or left it is in these channels, or awaited;
// who was taken out of one is neither.
func TestPersonLeavesTheWorkspace(t *testing.T) {
	w := twoGroups(t)
	w.person("b", "gone", "h")
	w.team("1", "a", "b", "gone")
	w.settle("1")
	w.team("1", "a", "b")
	w.settle("1")
	for _, event := range []connector.ChatEventType{connector.ChatPersonLeft, connector.ChatPersonArrived} {
		for who, want := range map[string][2]bool{"b": {true, false}, "gone": {}, "h": {}} {
			w.clock.Advance(time.Second)
			w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
				ID: string(event) + who, Type: event, Platform: slack, Member: member(who),
			}))
			for i, id := range []string{"1", "2"} {
				if got := w.touched(id); got != want[i] {
					t.Errorf("%s of %s touched channel %s: %t", event, who, id, got)
				}
			}
		}
	}
}

func TestChatEventOfAnotherChannel(t *testing.T) {
	w := twoGroups(t)
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{ID: "x", Type: connector.ChatMemberJoined, Platform: slack, Channel: "C99", Member: "U"}))
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{ID: "y", Type: connector.ChatTokenRevoked, Platform: slack}))
	if jobs := w.queue.take(connector.LaneGroup); len(jobs) != 0 {
		t.Errorf("queued %v", jobs)
	}
}

// What an old event said does not come back with its repetition, also for a
// Record without a Group.
func TestAcceptFacts(t *testing.T) {
	w := newWorld(t)
	team := func(event, role string) connector.Event {
		return connector.Event{ID: event, Type: connector.EventTeamChanged, Record: key("1"), Facts: connector.Facts{
			Team: &connector.Team{Entries: []connector.Entry{{Role: role}}}, At: w.clock.Now(),
		}}
	}
	told := func() string {
		t.Helper()
		facts, err := w.engine.Facts.Facts(t.Context(), key("1"))
		w.ok(err)
		return facts.Team.Entries[0].Role
	}
	w.accept(team("e1", "old"))
	w.accept(team("e2", "young"))
	w.accept(team("e1", "old"))
	if got := told(); got != "young" {
		t.Errorf("known is the %s team", got)
	}
	w.accept(connector.Event{ID: "e3", Type: connector.EventPrincipalChanged, Facts: connector.Facts{
		Users: []connector.User{user("u")}, At: w.clock.Now(),
	}})
	users, err := w.engine.Facts.FactUsers(t.Context(), []connector.UserID{"u"})
	w.ok(err)
	w.wanted(true)
	if len(users) != 1 {
		t.Errorf("known users %v", users)
	}
}
