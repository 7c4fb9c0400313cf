package migrate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/world"
)

// describe asks every port of an engine for everything, and writes down one line
// for each answer. It leases every job and ends no run.
func (f *filled) describe(t *testing.T, e connector.Engine) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), world.Patience)
	defer cancel()
	d := &description{}
	d.groups(ctx, f, e)
	for _, id := range f.groups {
		notices, err := e.Outbox.Notices(ctx, id, 0)
		d.note("notices", id, notices, err)
		for _, card := range []connector.CardID{"card:1", "card:2"} {
			entry, err := e.Ledger.Entry(ctx, id, card)
			d.note("entry", id, entry, err)
		}
		wants, err := e.Subscriptions.Subscription(ctx, id)
		d.note("subscription", id, wants, err)
	}
	readings, err := e.Readings.Readings(ctx, f.groups)
	d.note("readings", nil, readings, err)
	for _, key := range f.records {
		facts, err := e.Facts.Facts(ctx, key)
		d.note("facts", key, facts, err)
	}
	told, err := e.Facts.FactUsers(ctx, f.users)
	d.note("fact users", nil, told, err)
	d.people(ctx, f, e)
	d.rest(ctx, f, e)
	d.dead(ctx, e)
	d.jobs(ctx, f, e)
	d.again(ctx, f, e)
	return d.String()
}

// pruned has everything that is old forgotten, and writes down what is left.
func (f *filled) pruned(t *testing.T, e connector.Engine) string {
	t.Helper()
	ctx, d := t.Context(), &description{}
	d.note("prune", nil, nil, e.Keeper.Prune(ctx, f.later, 10*time.Hour, 10*time.Hour))
	for _, id := range f.groups {
		_, err := e.Ledger.Entry(ctx, id, "card:2")
		d.note("old entry", id, nil, err)
	}
	for i := range 30 {
		_, errAnswer := e.Answers.Answer(ctx, fmt.Sprint("r", i))
		_, errSweep := e.Sweeps.Sweep(ctx, fmt.Sprint("done", i))
		d.note("old answer", i, nil, errAnswer)
		d.note("old sweep", i, nil, errSweep)
	}
	d.dead(ctx, e)
	fresh, err := e.Inbox.Accept(ctx, f.intakes...)
	d.note("forgotten identities", nil, fresh, err)
	return d.String()
}

type description struct{ strings.Builder }

func (d *description) note(what string, of, answer any, err error) {
	if errors.Is(err, connector.ErrNotFound) {
		err = connector.ErrNotFound
	}
	text, errJSON := json.Marshal(answer)
	_, _ = fmt.Fprintf(d, "%s %v: %s %v\n", what, of, text, errors.Join(err, errJSON))
}

func (d *description) groups(ctx context.Context, f *filled, e connector.Engine) {
	for _, q := range []connector.GroupQuery{
		{}, {Platform: "slack"}, {State: connector.GroupActive}, {State: connector.GroupFailed}, {State: connector.GroupCreating}, {Pending: true}, {Channel: "C0"},
		{Record: f.records[3]},
	} {
		for more := true; more; more = q.Cursor != "" {
			page, err := e.Groups.ListGroups(ctx, q)
			d.note("groups", q, page, err)
			q.Cursor = page.Next
		}
	}
}

func (d *description) people(ctx context.Context, f *filled, e connector.Engine) {
	for cursor, more := "", true; more; more = cursor != "" {
		page, next, err := e.People.ListPeople(ctx, cursor, 0)
		d.note("people", cursor, page, err)
		cursor = next
	}
	for i := range len(f.groups) / 2 {
		users, err := e.People.UsersOf(ctx, "slack", connector.MemberID(fmt.Sprint("U", i)))
		d.note("users of", i, users, err)
	}
}

func (d *description) rest(ctx context.Context, f *filled, e connector.Engine) {
	for i := range 31 {
		holder, err := e.Names.Reserve(ctx, "slack", fmt.Sprintf("c-%d\x00", i), f.groups[40])
		d.note("name", i, holder, err)
		answer, err := e.Answers.Answer(ctx, fmt.Sprint("r", i))
		d.note("answer", i, answer, err)
		mark, err := e.Marks.Mark(ctx, fmt.Sprint("m", i))
		d.note("mark", i, mark, err)
		for _, claim := range []string{"long", "short"} {
			given, err := e.Claims.Claim(ctx, fmt.Sprint(claim, i), time.Second)
			d.note("claim", claim, given, err)
		}
		for _, name := range []string{"listing", "running", "done"} {
			sweep, err := e.Sweeps.Sweep(ctx, fmt.Sprint(name, i))
			d.note("sweep", name, sweep, err)
		}
	}
	listing, err := e.Sweeps.OpenSweeps(ctx)
	ids := map[string]connector.Sweep{} // in no order
	for _, s := range listing {
		ids[s.ID] = s
	}
	d.note("listing", nil, ids, err)
}

func (d *description) dead(ctx context.Context, e connector.Engine) {
	for cursor, more := "", true; more; more = cursor != "" {
		page, next, err := e.DeadLetters.ListDead(ctx, cursor, 0)
		d.note("dead", nil, page, err)
		cursor = next
	}
}

// again accepts everything a second time, with facts that are newer than those
// of the first time: they must not count.
func (d *description) again(ctx context.Context, f *filled, e connector.Engine) {
	var users []connector.UserID
	for _, in := range f.intakes {
		for i, user := range in.Facts.Users {
			users = append(users, user.ID)
			in.Facts.Users = append([]connector.User{}, in.Facts.Users...)
			in.Facts.Users[i].Name = "told again"
		}
		if in.Facts.Record != nil {
			record := *in.Facts.Record
			record.Name, record.ModifiedAt = "told again", f.later
			in.Facts.Record = &record
		}
		if in.Facts.Team != nil {
			in.Facts.Team = &connector.Team{Version: "99"}
		}
		if !in.Facts.Empty() {
			in.Facts.At = f.later
		}
		fresh, err := e.Inbox.Accept(ctx, in)
		if fresh != 0 || err != nil {
			d.note("new", in.ID, fresh, err)
		}
	}
	told, err := e.Facts.FactUsers(ctx, users)
	d.note("fact users", nil, told, err)
	for _, key := range f.records[:10] {
		facts, err := e.Facts.Facts(ctx, key)
		d.note("facts", key, facts, err)
	}
}

// jobs are leased one after the other. A backoff stays, whatever is asked for.
func (d *description) jobs(ctx context.Context, f *filled, e connector.Engine) {
	for _, key := range f.waiting {
		d.note("add", key, nil, e.Queue.Add(ctx, connector.Job{Key: key}))
	}
	depth, err := e.Queue.Depth(ctx)
	d.note("depth", nil, depth.Waiting, err)
	for range depth.Waiting - len(f.waiting) {
		lease, err := e.Queue.Take(ctx)
		lease.Token, lease.Tags = "", append([]string{}, lease.Tags...) // none may be nil
		d.note("job", nil, lease, err)
		if err != nil {
			return
		}
	}
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	lease, err := e.Queue.Take(short)
	d.note("a job too many", nil, lease.Key, err)
}

// same compares descriptions line by line.
func same(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	wrong := 0
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a == b {
			continue
		}
		if wrong++; wrong <= 5 {
			t.Errorf("line %d:\n got %s\nwant %s", i, shortened(a), shortened(b))
		}
	}
	if wrong > 5 {
		t.Errorf("%d lines differ in all", wrong)
	}
}

func shortened(text string) string { return text[:min(len(text), 700)] }
