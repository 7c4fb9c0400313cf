package command

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/identity"
)

const (
	ann  = connector.MemberID("U:ann")
	bo   = connector.MemberID("U:bo")
	boss = connector.MemberID("U:boss")
)

// linkRig is a Handler with a real Linker over a real engine.
type linkRig struct {
	*Handler
	t    *testing.T
	chat *connectortest.MemoryChat
	crm  *connectortest.MemoryCRM
}

func newLinkRig(t *testing.T, change ...func(*Options)) *linkRig {
	t.Helper()
	clock := connectortest.NewEngineClock()
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "state.db"), bolt.Options{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	r := &linkRig{t: t, chat: connectortest.NewMemoryChat(slack, clock.Now), crm: connectortest.NewMemoryCRM("crm", clock.Now)}
	for _, name := range []string{"ann", "bo", "boss"} {
		r.chat.Person(name)
	}
	r.chat.SetAccount("guest", connector.ReasonGuest)
	r.chat.SetAdmin(boss)
	r.crm.PutUser(connector.User{ID: "17", Name: "Ann Lee", Active: true}, connector.User{ID: "18", Name: "Bo\nMo", Active: true})
	platforms := map[connector.PlatformID]connector.ChatPlatform{slack: r.chat.Platform()}
	o := Options{
		Command: "/crm", CRM: "crm", Engine: store.Ports(), Platforms: platforms, Clock: clock.Now,
		Linker: &identity.Linker{Engine: store.Ports(), CRM: r.crm.Port(), Platforms: platforms, Clock: clock.Now, Logger: slog.New(slog.DiscardHandler)},
	}
	for _, f := range change {
		f(&o)
	}
	r.Handler = New(o)
	return r
}

func (r *linkRig) ask(who connector.MemberID, text string) Answer {
	return r.Run(context.Background(), Request{Platform: slack, Channel: "C1", Actor: who, Text: text})
}

func (r *linkRig) links(id connector.UserID) identity.Links {
	r.t.Helper()
	people, err := r.o.Engine.People.People(r.t.Context(), []connector.UserID{id})
	if err != nil {
		r.t.Fatal(err)
	}
	links := identity.Links{}
	for platform, link := range people[id].Links {
		if link.Source == connector.LinkStored {
			links[platform] = link.Member
		}
	}
	return links
}

func TestLinkParses(t *testing.T) {
	for text, want := range map[string]Invocation{
		"link":              {Verb: VerbLink},
		"LINK <@U1|ann> 17": {Verb: VerbLink, Person: PersonRef{Member: "U1", Name: "ann"}, User: "17"},
		`link <@!12> "A 7"`: {Verb: VerbLink, Person: PersonRef{Member: "12"}, User: "A 7"},
		"link @ann 17":      {Verb: VerbLink, Person: PersonRef{Name: "ann"}, User: "17"},
		"unlink":            {Verb: VerbUnlink},
		"unlink <@U1>":      {Verb: VerbUnlink, Person: PersonRef{Member: "U1"}},
		"help unlink":       {Verb: VerbHelp, Word: VerbUnlink},
	} {
		got, err := testGrammar().parse(text)
		if err != nil || got.Verb != want.Verb || got.Person != want.Person || got.User != want.User || got.Word != want.Word {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]Problem{
		"link 17": ProblemNoPerson, "link ann 17": ProblemNoPerson, "link <@U1>": ProblemNoUser, "link <@U1> ..": ProblemBadUser,
		`link <@U1> " "`: ProblemBadUser, "link <@U1> 17 18": ProblemExtra, "unlink 17": ProblemNoPerson, "unlink <@U1> 17": ProblemExtra,
		"unlinks": ProblemWord,
	} {
		_, err := testGrammar().parse(text)
		var usage *UsageError
		if !errors.As(err, &usage) || usage.Problem != want {
			t.Errorf("%q: %v, want %s", text, err, want)
			continue
		}
		if told := (texts{cmd: "/crm"}).usage(usage); !strings.Contains(told, "Nothing was done") || strings.Contains(told, "That was not understood") {
			t.Errorf("%q is told %q", text, told)
		}
	}
}

func TestAdminLinksAndUnlinks(t *testing.T) {
	r := newLinkRig(t)
	wants(t, r.ask(boss, "link <@U:ann|ann> 17").Text, "Linked: ann is Ann Lee (17) in the CRM")
	if got := r.links("17"); got[slack] != ann {
		t.Errorf("linked %v", got)
	}
	wants(t, r.ask(boss, "link <@U:ann> 18").Text, "is Bo Mo (18)", "They are also Ann Lee (17)")
	wants(t, r.ask(ann, "link").Text, "In the CRM you are Ann Lee (17), Bo Mo (18).")
	wants(t, r.ask(boss, "unlink <@U:ann|ann>").Text, "ann is not linked with Ann Lee (17), Bo Mo (18) any more", "or the e-mail address")
	wants(t, r.ask(boss, "unlink <@U:ann|ann>").Text, "ann is not linked by hand")
	if got := r.links("17"); len(got) != 0 {
		t.Errorf("still linked %v", got)
	}
	for text, want := range map[string]string{
		"link <@U:ann> 404":    `The CRM knows no user "404"`,
		"link <@U:nobody> 17":  "there is no such account",
		"link <@U:guest> 17":   "the account is a guest's",
		"link @ann 17":         "mention the person",
		"unlink @ann":          "mention the person",
		"link <@U:a\u0001> 17": "cannot be linked",
	} {
		wants(t, r.ask(boss, text).Text, want)
	}
	if got := r.links("17"); len(got) != 0 {
		t.Errorf("linked %v", got)
	}
}

// Others learn nothing and change nothing.
func TestOnlyAdminsLinkOthers(t *testing.T) {
	r := newLinkRig(t)
	r.ask(boss, "link <@U:ann> 17")
	for _, text := range []string{
		"link <@U:ann> 18", "link <@U:bo> 18", "link <@U:bo> 404", "link <@U:nobody> 18", "unlink <@U:ann>", "unlink <@U:bo>", "unlink @bo",
	} {
		if got := r.ask(bo, text); got.Text != (texts{}).refused() {
			t.Errorf("%q: %q", text, got.Text)
		}
	}
	if r.links("17")[slack] != ann || len(r.links("18")) != 0 {
		t.Error("something was changed")
	}
	r.chat.Calls.Spoil(string(connectortest.ChatAdmin), 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	wants(t, r.ask(boss, "link <@U:bo> 18").Text, "did not say just now what you may do")
}

func TestUnlinkMyself(t *testing.T) {
	r := newLinkRig(t)
	wants(t, r.ask(ann, "unlink").Text, "You are not linked by hand")
	r.ask(boss, "link <@U:ann> 17")
	wants(t, r.ask(bo, "unlink").Text, "You are not linked by hand")
	wants(t, r.ask(ann, "unlink").Text, "You are not linked with Ann Lee (17) any more")
	if got := r.links("17"); len(got) != 0 {
		t.Errorf("still linked %v", got)
	}
	found := connector.Person{User: connector.User{ID: "18", Name: "Bo"}, Links: map[connector.PlatformID]connector.Link{slack: {Member: bo, Source: connector.LinkEmail}}}
	if err := r.o.Engine.People.SavePeople(t.Context(), []connector.Person{found}); err != nil {
		t.Fatal(err)
	}
	wants(t, r.ask(bo, "unlink").Text, "says: Bo (18)", "an admin with /crm link")
}

func TestLinkMyself(t *testing.T) {
	wants(t, newLinkRig(t).ask(ann, "link").Text, "does not know yet who you are", "found by itself", "/crm link @you")

	r := newLinkRig(t, func(o *Options) {
		p := o.Platforms[slack]
		p.Directory = nil
		o.Platforms[slack] = p
	})
	if got := r.ask(ann, "link").Text; strings.Contains(got, "found by itself") {
		t.Errorf("%q", got)
	}
	wants(t, r.ask(ann, "link").Text, "ask an admin: /crm link @you")
	r.ask(boss, "link <@U:ann> 17")
	if got := r.ask(ann, "unlink").Text; strings.Contains(got, "e-mail address") {
		t.Errorf("%q", got)
	}

	var asked connector.MemberID
	var failed error
	r = newLinkRig(t, func(o *Options) {
		o.SignIns = map[connector.PlatformID]SignIn{slack: func(_ context.Context, m connector.MemberID) (string, time.Time, error) {
			asked = m
			return "https://rooms.example/start?ticket=1", testNow, failed
		}}
	})
	got := r.ask(ann, "link")
	wants(t, got.Text, "does not know yet who you are", "works until 22 Nov 2026 12:00 UTC")
	if asked != ann || got.Card == nil || got.Card.URL != "https://rooms.example/start?ticket=1" || got.Card.LinkLabel == "" {
		t.Errorf("asked for %s: %+v", asked, got.Card)
	}
	failed = errors.New("broken")
	if got := r.ask(ann, "link"); got.Card != nil {
		t.Errorf("%+v", got)
	}
}

// A link that is stored by hand is told with who stored it, also where it is another's
// account that somebody is taken for.
func TestLinkTellsWhatIsStored(t *testing.T) {
	d := directory{
		emails: map[connector.MemberID]string{ann: "ann@x.example"}, names: map[connector.MemberID]string{boss: "The Boss", bo: "Bo Account"},
		users: []connector.User{{ID: "17", Name: "Ann Lee", Email: "ann@x.example", Active: true}},
	}
	r := newLinkRig(t, d.on(slack))
	at := when(r.o.Clock())
	wants(t, r.ask(ann, "link").Text, "found by itself")
	wants(t, r.ask(boss, "link <@U:bo> 17").Text, "Linked: Bo Account is Ann Lee (17)")
	got := r.ask(ann, "link").Text
	wants(t, got, "does not know yet who you are", "The CRM has your address for Ann Lee (17), who is linked by hand with another account, that of Bo Account: by The Boss with /crm link, "+at)
	if strings.Contains(got, "found by itself") {
		t.Error(got)
	}
	wants(t, r.ask(boss, "link <@U:ann|Ann> 17").Text, "This takes the place of another account of theirs: Bo Account (U:bo), linked by The Boss with /crm link, "+at)
	got = r.ask(ann, "link").Text
	wants(t, got, "Your account is linked with Ann Lee (17) by hand: by The Boss with /crm link, "+at)
	if strings.Contains(got, "found by itself") || strings.Contains(r.ask(boss, "link <@U:ann|Ann> 17").Text, "takes the place") {
		t.Error(got)
	}
	wants(t, r.ask(boss, "link 13").Text, "Mention them, by choosing them from the list; without anybody it is about you.")
	wants(t, r.ask(ann, "unlink").Text, "You are not linked with Ann Lee (17) any more", "you wait outside")
	for by, want := range map[string]string{"api:ops": "by the API, token ops", connector.BySignIn: "by signing in", connector.ByFile: "by the file of known accounts"} {
		wants(t, (texts{}).storedBy(connector.Link{By: by}, ""), want)
	}
}
