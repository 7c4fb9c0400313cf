package cut_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// cut is a place at which connections are cut: the first calls of a method of
// Slack, or of a path of the CRM.
type cut struct {
	method string
	when   string // slack.Before, During, After; a kind of crm.Fault for a path
	kept   bool
	// edited: what the call is about to show is no longer so when it is repeated.
	edited bool
}

func (c cut) String() string {
	name := c.method + " " + c.when
	if c.edited {
		name += ", edited meanwhile"
	}
	if c.kept {
		return name + ", kept channel"
	}
	return name + ", new channel"
}

// cuts are the moments around and within every call that makes a channel and
// posts to it.
func cuts() []cut {
	var all []cut
	add := func(kept bool, moments []string, methods ...string) {
		for _, m := range methods {
			for _, when := range moments {
				all = append(all, cut{method: m, when: when, kept: kept})
			}
		}
	}
	slackMoments := []string{slack.Before, slack.During, slack.After}
	add(false, slackMoments, "auth.test", "users.list", "conversations.create", "conversations.setPurpose",
		"conversations.invite", "conversations.members", "conversations.setTopic", "chat.postMessage", "pins.add")
	add(true, slackMoments, "conversations.members", "conversations.kick", "conversations.invite", "conversations.rename",
		"conversations.info", "conversations.setTopic", "chat.update", "chat.postMessage")
	crmMoments := []string{crm.FaultCut, crm.FaultPartial, crm.FaultBroken}
	add(false, crmMoments, "/records/*/team", "/users*")
	add(true, crmMoments, "/records/account/*")
	all = append(all, cut{method: "conversations.create", when: slack.After, edited: true}, cut{method: "chat.postMessage", when: slack.After, edited: true})
	for _, m := range []string{"conversations.kick", "conversations.invite", "conversations.rename", "conversations.setTopic", "chat.update"} {
		all = append(all, cut{method: m, when: slack.After, kept: true, edited: true})
	}
	return all
}

// cutTwice is how often in a row each place is cut, if it is tried again:
// people are only invited or removed again when they are not in or out.
const cutTwice = 2

func TestCutConnections(t *testing.T) {
	world.Together(t, cuts(), cut.String, cutAt)
}

func cutAt(t *testing.T, c cut) {
	s := world.Begin(t, c.kept)
	if path, ok := strings.CutPrefix(c.method, "/"); ok {
		s.CRM.Act(t, "fault", world.Order{"fault": crm.Fault{Match: "/" + path, Kind: c.when, Times: cutTwice}})
	} else {
		s.Slack.Fault(t, slack.Fault{Method: c.method, When: c.when, Kind: slack.FaultCut, Times: cutTwice})
	}
	if c.method == "auth.test" {
		s.Kill(t) // it is asked for at the start
		s.Restart(t)
	}
	if c.method == "chat.postMessage" {
		s.Slack.Fault(t, slack.Fault{Method: "conversations.history", When: c.when, Kind: slack.FaultCut})
	}
	s.Act(t)
	if c.edited {
		struck(t, s, c.method)
		s.Outdate(t)
		s.TellEdited(t)
	}
	s.Quiet(t, world.Patience)
	s.Sell(t)
	s.Quiet(t, world.Patience)
	for _, f := range s.Slack.Faults(t) {
		if f.Struck == 0 {
			t.Errorf("a fault that did not strike: %+v", f)
		}
	}
	s.Check(t, s.Expected()...)
}

// struck waits until a fault has spoilt a call of the method.
func struck(t *testing.T, s *world.Story, method string) {
	t.Helper()
	world.Eventually(t, world.Patience, "fault at "+method, func() error {
		calls := s.Slack.Calls(t, 0, method)
		for _, c := range calls {
			if c.Fault != "" {
				return nil
			}
		}
		return fmt.Errorf("none in %d calls", len(calls))
	})
}

// cutFor is how long connections are cut at random.
const cutFor = 35 * time.Second

func TestCutAtRandom(t *testing.T) {
	t.Parallel()
	n := world.Seed(t)
	addr := world.FreeAddr(t)
	hooks := world.StartCutter(t, addr, 0.05, n)
	sb := world.StartSandbox(t, world.StormPeople, world.StormRecords, hooks.URL)
	pull := world.StartCutter(t, strings.TrimPrefix(sb.Base, "http://"), 0.05, n+1)
	w := &world.World{Sandbox: sb, Service: world.StartConnector(t, sb, addr, t.TempDir(), append(world.Unbraked(), "ROOMKEEPER_CRM_URL="+pull.URL+"/crm")...)}
	w.Hooks = hooks.URL
	w.WaitReady(t)
	s := world.NewStorm(t, w, n)
	for _, when := range []string{slack.Before, slack.During, slack.After} {
		w.Slack.Fault(t, slack.Fault{Method: "*", When: when, Kind: slack.FaultCut, Times: -1, Probability: 0.035})
	}
	s.Rage(t, func() {
		end := time.NewTimer(cutFor)
		<-end.C
	})
	w.Slack.ClearFaults(t)
	hooks.Calm.Store(true)
	pull.Calm.Store(true)
	t.Logf("%d webhooks and %d calls to the CRM were cut", hooks.Cuts.Load(), pull.Cuts.Load())
	s.Settle(t, 3*world.Patience)
}
