package command

import (
	"context"
	"errors"
	"strings"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

var everybody = map[string]connector.MemberID{
	"owner": olga, "team in the channel": tim, "team outside": lena, "by hand": hana, "stranger": sten, "admin": admin,
}

// viewers and the like are who may do what from outside of the channel.
var (
	openers     = []string{"owner", "team in the channel", "team outside", "admin"}
	viewers     = []string{"owner", "team in the channel", "team outside", "admin", "by hand"}
	subscribed  = []string{"owner", "team in the channel", "admin", "by hand"}
	responsible = []string{"owner", "admin"}
)

// commandRights is section 4 of the contract, as commands for account 4.
var commandRights = map[string][]string{
	"open account 4":                       openers,
	"details account 4":                    viewers,
	"members account 4":                    viewers,
	"why @Tim account 4":                   viewers,
	"status account 4":                     viewers,
	"subscriptions account 4":              subscribed,
	"subscribe account 4":                  subscribed,
	"subscribe all account 4":              responsible,
	"subscribe closed account 4":           responsible,
	"unsubscribe closed account 4":         responsible,
	"sync account 4":                       responsible,
	"sync --dry-run account 4":             responsible,
	"sync confirm account 4":               responsible,
	"sync dismiss account 4":               responsible,
	"unsubscribe all account 4":            responsible,
	"status https://crm.example/account/4": viewers,
	"adopt account 4":                      responsible,
	"adopt account 4 own":                  responsible,
}

func contains(list []string, s string) bool {
	return strings.Contains("|"+strings.Join(list, "|")+"|", "|"+s+"|")
}

func TestRightsFromOutside(t *testing.T) {
	for text, may := range commandRights {
		for who, member := range everybody {
			checkRight(t, text, who, contains(may, who), func(w *world) Answer {
				return w.handler().Run(context.Background(), Request{ID: "r1", Platform: slack, Channel: "C77", Actor: member, Text: text})
			})
		}
	}
}

// In the channel, everybody who asks is a member of it.
func TestRightsInTheChannel(t *testing.T) {
	for text, may := range commandRights {
		text = strings.TrimSpace(strings.NewReplacer("account 4", "", "https://crm.example/account/4", "").Replace(text))
		if text == "open" || strings.HasPrefix(text, "adopt") {
			continue
		}
		for who, member := range everybody {
			allowed := len(may) != len(responsible) || contains(may, who)
			checkRight(t, text, who, allowed, func(w *world) Answer {
				return w.handler().Run(context.Background(), Request{ID: "r1", Platform: slack, Channel: "C1", Actor: member, Text: text})
			})
		}
	}
}

func checkRight(t *testing.T, text, who string, allowed bool, run func(*world) Answer) {
	t.Helper()
	w := newWorld()
	w.holdNorthwind()
	before := w.state(t)
	got := run(w)
	if refused := got.Text == (texts{}).refused(); refused == allowed {
		t.Errorf("%q by %s: allowed should be %v, got %q", text, who, allowed, got.Text)
	}
	if !allowed && (got.Card != nil || got.Replace || w.state(t) != before) {
		t.Errorf("%q by %s was refused and changed something: %v", text, who, w.writes)
	}
}

func TestSubscribersEveryone(t *testing.T) {
	for who, member := range everybody {
		for _, text := range []string{"subscribe closed account 4", "unsubscribe all account 4"} {
			checkRight(t, text, who, contains(subscribed, who), func(w *world) Answer {
				h := w.handler(func(o *Options) { o.Everyone = true })
				return h.Run(context.Background(), Request{Platform: slack, Channel: "C77", Actor: member, Text: text})
			})
		}
		checkRight(t, "sync account 4", who, contains(responsible, who), func(w *world) Answer {
			h := w.handler(func(o *Options) { o.Everyone = true })
			return h.Run(context.Background(), Request{Platform: slack, Channel: "C77", Actor: member, Text: "sync account 4"})
		})
	}
}

// A stranger cannot tell a Record with a Group, one without, and none apart,
// whatever else is out of order.
func TestRefusalTellsNothing(t *testing.T) {
	outages := map[string]func(*world){
		"none":        func(*world) {},
		"crm":         func(w *world) { w.fail["crm"] = &connector.WaitError{What: "crm"} },
		"admin":       func(w *world) { w.fail["admin"] = connector.ErrTemporary },
		"crm, admin":  func(w *world) { w.fail["crm"], w.fail["admin"] = connector.ErrTemporary, connector.ErrTemporary },
		"people away": func(w *world) { w.fail["people"] = connector.ErrStoreAway },
	}
	for outage, set := range outages {
		for text := range commandRights {
			if strings.Contains(text, "https") {
				continue
			}
			seen := map[string]bool{}
			for _, id := range []string{"account 4", "account 5", "account 404"} {
				w := newWorld()
				set(w)
				text := strings.ReplaceAll(text, "account 4", id)
				seen[w.handler().Run(context.Background(), Request{Platform: slack, Channel: "C77", Actor: sten, Text: text}).Text] = true
			}
			if len(seen) != 1 {
				t.Errorf("outage %q, %q: a stranger is told %d different things: %v", outage, text, len(seen), seen)
			}
		}
	}
}

func TestRightsFollowTheFreshReading(t *testing.T) {
	w := newWorld()
	was := w.crm["account/4"]
	was.desired = reconcile.Desired{Wanted: []reconcile.Wanted{
		{User: connector.User{ID: "2"}, Why: ownerPath()}, // Tim, whose account the CRM does not name
	}}
	w.crm["account/4"] = was
	sync := func(member connector.MemberID) bool {
		got := w.handler().Run(context.Background(), Request{Platform: slack, Channel: "C77", Actor: member, Text: "sync account 4"})
		return got.Text != (texts{}).refused()
	}
	if !sync(tim) || sync(olga) {
		t.Error("the new owner should be allowed, the old one not")
	}
	w.fail["crm"] = connector.ErrTemporary
	before := len(w.writes)
	if sync(tim); len(w.writes) != before {
		t.Error("while the CRM is away, whom it would make owner may not")
	}
	if sync(olga); len(w.writes) != before+1 {
		t.Error("while the CRM is away, the stored owner may")
	}
}

// Whom the CRM now ties to another account has no right by the old one.
func TestOldAccountHasNoRight(t *testing.T) {
	w := newWorld()
	w.users[sten] = []connector.UserID{"1"}
	got := w.handler().Run(context.Background(), Request{Platform: slack, Channel: "C77", Actor: sten, Text: "sync account 4"})
	if got.Text != (texts{}).refused() || len(w.writes) != 0 {
		t.Errorf("answered %q, did %v", got.Text, w.writes)
	}
}

func TestUnknownPlatformHasNoAdmins(t *testing.T) {
	w := newWorld()
	h := w.handler(func(o *Options) { o.Platforms = nil })
	if got := h.Run(context.Background(), Request{Platform: slack, Actor: admin, Text: "sync account 4"}); got.Text != (texts{}).refused() {
		t.Errorf("answered %q", got.Text)
	}
	if got := h.Run(context.Background(), Request{Platform: slack, Actor: olga, Text: "sync account 4"}); got.Text == (texts{}).refused() {
		t.Error("the owner was refused")
	}
}

func TestPartialReadingIsARight(t *testing.T) {
	w := newWorld()
	w.fail["crm"] = &reconcile.PartialError{Err: errors.New("look-ups wait")}
	got := w.handler().Run(context.Background(), Request{Platform: slack, Channel: "C77", Actor: lena, Text: "open account 5"})
	if len(w.writes) != 1 {
		t.Errorf("a team member is answered %q while look-ups wait", got.Text)
	}
}

func TestMembersNeedNoReadingOfTheCRM(t *testing.T) {
	w := newWorld()
	w.handler().Run(context.Background(), Request{Platform: slack, Channel: "C1", Actor: hana, Text: "members"})
	if w.reads != 0 {
		t.Errorf("the CRM was read %d times", w.reads)
	}
}

func TestOtherPlatformIsAnotherGroup(t *testing.T) {
	w := newWorld()
	got := w.handler().Run(context.Background(), Request{Platform: "discord", Channel: "C1", Actor: olga, Text: "members"})
	if !strings.Contains(got.Text, "belongs to no record") {
		t.Errorf("answered %q", got.Text)
	}
}
