package world

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

// gaugeAge is how old a gauge may be at most: the connector reads its store
// for them at most every five seconds.
const gaugeAge = 5500 * time.Millisecond

// Quiet waits until nothing is queued and nobody is called: after a second
// without a call, a fresh reading of the connector's store has to show an
// empty queue.
func (w *World) Quiet(t testing.TB, within time.Duration) {
	t.Helper()
	calls, since := -1, time.Now()
	Eventually(t, within, "quiet", func() error {
		now := w.callsSoFar(t)
		if now != calls {
			calls, since = now, time.Now()
		}
		if still := time.Since(since); still < time.Second {
			return fmt.Errorf("%d calls, none for %v", calls, still.Round(time.Millisecond))
		}
		if age := time.Since(w.gaugesAt); age < gaugeAge {
			return fmt.Errorf("the gauges are %v old", age.Round(time.Millisecond))
		}
		depth, err := w.metric(t.Context(), "roomkeeper_queue_depth")
		if err != nil {
			return err
		}
		if depth != 0 {
			return fmt.Errorf("%v keys are queued", depth)
		}
		return nil
	})
}

// callsSoFar counts the calls that reached the sandbox.
func (w *World) callsSoFar(t testing.TB) int {
	t.Helper()
	n := 0
	for _, chat := range w.all {
		for _, c := range chat.Counts(t) {
			n += c.Arrived
		}
	}
	for _, c := range w.CRM.Counts(t) {
		n += c
	}
	return n
}

// Expected is what one record's channel should look like, beside what the CRM
// says of its name and team.
type Expected struct {
	Ref crm.Ref
	// guests are members whom somebody invited by hand: ids of the platform.
	guests []string
	// Sales are the subjects of its sales records, in the order in which they
	// were accepted.
	Sales []string
}

// Check compares the platform with what every record should have, and fails
// the test with everything that is wrong. All records that have a channel
// have to be named.
func (w *World) Check(t testing.TB, all ...Expected) {
	t.Helper()
	w.Chat.Lawful(t)
	s := w.Chat.State(t)
	ours := s.Own()
	if len(ours) != len(all) {
		names := []string{}
		for _, ch := range ours {
			names = append(names, ch.Name+" ("+ch.Record+")")
		}
		t.Errorf("%d channels for %d records: %s", len(ours), len(all), strings.Join(names, ", "))
	}
	for _, e := range all {
		if err := w.Wrong(t, s, e); err != nil {
			t.Errorf("%s/%s: %v", e.Ref.Kind, e.Ref.ID, err)
		}
	}
	var dead struct{ Items []json.RawMessage }
	w.API.Must(t, "GET", "/dead-letters", nil, &dead)
	if len(dead.Items) > 0 {
		t.Errorf("dead letters: %s", dead.Items)
	}
}

// Wrong says what is wrong with one record's channel.
func (w *World) Wrong(t testing.TB, s State, e Expected) error {
	t.Helper()
	g := w.Group(t, e.Ref)
	if g == nil {
		return errors.New("there is no group")
	}
	mine := slices.DeleteFunc(s.Own(), func(ch Channel) bool {
		return ch.Record != "crm/"+e.Ref.Kind+"/"+e.Ref.ID
	})
	if len(mine) != 1 || mine[0].ID != g.ChannelID {
		return fmt.Errorf("%d channels carry its key, the group has %q (%s)", len(mine), g.ChannelID, g.State)
	}
	ch, in := mine[0], w.CRM.state(t, e.Ref)
	errs := []error{w.wrongMembers(s, ch, in, e.guests), wrongCards(ch, in, e.Sales)}
	if name := w.Chat.ChannelName(in.Record.Name); ch.Name != name || g.ChannelName != name {
		errs = append(errs, fmt.Errorf("the channel is called %q, the group says %q, want %q", ch.Name, g.ChannelName, name))
	}
	if ch.Topic != in.Record.Name {
		errs = append(errs, fmt.Errorf("the topic is %q, want %q", ch.Topic, in.Record.Name))
	}
	if errs[0] != nil {
		errs = append(errs, fmt.Errorf("the group's memberships are %+v", g.Members))
	}
	if g.State != "active" || g.Held != nil || g.Pending != 0 {
		errs = append(errs, fmt.Errorf("the group is %s, held %v, %d pending", g.State, g.Held, g.Pending))
	}
	return errors.Join(errs...)
}

// wrongMembers compares the channel with the Related Team: our bot, whoever
// of the team has an account, by link or by e-mail, and guests.
func (w *World) wrongMembers(s State, ch Channel, in crm.State, guests []string) error {
	byMail := map[string]string{}
	for _, p := range s.People {
		byMail[p.Email] = p.ID
	}
	delete(byMail, "")
	want := slices.Clone(guests)
	add := func(p *crm.Principal) {
		i := slices.IndexFunc(in.Users, func(u crm.User) bool { return p != nil && u.ID == p.ID })
		if i < 0 || !in.Users[i].Active {
			return
		}
		if id := cmp.Or(in.Users[i].Links[w.Chat.Name], byMail[in.Users[i].Email]); id != "" {
			want = append(want, id)
		}
	}
	add(in.Record.Owner)
	for _, entry := range in.Team {
		add(&entry.Principal)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	have := slices.Sorted(slices.Values(ch.Members))
	if !ch.Usable {
		return errors.New("our bot is not in the channel")
	}
	if slices.Equal(have, want) {
		return nil
	}
	return fmt.Errorf("in the channel but not wanted: %v; wanted but not in it: %v", without(have, want), without(want, have))
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

func (c Card) holds(text string) bool { return strings.Contains(c.Text, text) }

// wrongCards wants one details card that is pinned and shows the record as it
// is, and each sales record once, in order.
func wrongCards(ch Channel, in crm.State, sales []string) error {
	var errs []error
	var titles, details []string
	seen := map[string]bool{}
	for _, c := range ch.Cards {
		if c.ID == "" || seen[c.ID] {
			errs = append(errs, fmt.Errorf("card %q (%s) is there twice, or has no id", c.Title, c.ID))
		}
		seen[c.ID] = true
		if !c.Details {
			titles = append(titles, c.Title)
			continue
		}
		details = append(details, c.Message)
		for _, f := range append([]crm.Field{{Value: in.Record.Name}}, in.Record.Fields...) {
			if !c.holds(f.Value) {
				errs = append(errs, fmt.Errorf("the details card does not show %q: %s", f.Value, c.Text))
			}
		}
	}
	if len(details) != 1 || !slices.Equal(ch.Pinned, details) {
		errs = append(errs, fmt.Errorf("details cards %v, pinned %v", details, ch.Pinned))
	}
	if !slices.Equal(titles, sales) {
		errs = append(errs, fmt.Errorf("cards\n%q, want\n%q", titles, sales))
	}
	return errors.Join(errs...)
}

// Sale is the webhook of a sales record about records.
func Sale(id, subject string, targets ...crm.Ref) crm.Event {
	a := crm.Activity{
		ID: id, Kind: "visit", Subject: subject, Text: "Met at the office.",
		Author: &crm.Principal{Type: "user", ID: "u1", Name: "Alma Arnold 1"}, At: time.Now().UTC(),
	}
	for _, ref := range targets {
		a.Targets = append(a.Targets, crm.Target{Kind: ref.Kind, RecordID: ref.ID})
	}
	return crm.Event{Type: "activity.created", Data: crm.EventData{
		Kind: targets[0].Kind, RecordID: targets[0].ID, Actor: a.Author, Activity: &a,
	}}
}

// told is the webhook of something that happened to a record.
func told(what string, ref crm.Ref) crm.Event {
	return crm.Event{Type: what, Data: crm.EventData{Kind: ref.Kind, RecordID: ref.ID}}
}
