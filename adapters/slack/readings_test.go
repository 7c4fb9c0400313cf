package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
)

// doorway is a channel of U1, U2 and U3 that was read a moment ago, and whose changes
// are answered by what stands in answers, one after the other, then by success.
type doorway struct {
	*testing.T
	*stand
	now     time.Time
	read    time.Time
	answers []string
}

const limited = "429"

func newDoorway(t *testing.T, answers ...string) *doorway {
	t.Helper()
	d := &doorway{T: t, now: time.Unix(1.8e9, 0), answers: answers}
	change := func(w http.ResponseWriter, _ *http.Request, _ int) {
		next := inviteOK
		if len(d.answers) > 0 {
			next, d.answers = d.answers[0], d.answers[1:]
		}
		if next == limited {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = fmt.Fprint(w, next)
	}
	d.stand = newStand(t, map[string]answerer{
		membersMethod: says(`{"ok":true,"members":["UBOT","U1","U2","U3"]}`), kickMethod: change, inviteMethod: change,
	}, func(o *Options) { o.Clock = func() time.Time { return d.now } })
	d.read = d.now
	d.observe(d.Context(), 1)
	d.now = d.now.Add(time.Second)
	return d
}

// observe reads the channel, and checks how often it was read in all and whom it shows.
func (d *doorway) observe(ctx context.Context, read int, want ...connector.MemberID) {
	d.Helper()
	seen, err := d.Observe(ctx, "C1")
	if n := d.count(membersMethod); err != nil || n != read {
		d.Errorf("read %d times, want %d; %v", n, read, err)
	}
	if want != nil && !slices.Equal(seen.Members, want) {
		d.Errorf("seen %v, want %v", seen.Members, want)
	}
}

// goesOn is the context of a run that goes on with its change.
func (d *doorway) goesOn() context.Context { return connector.WithReadSince(d.Context(), d.read) }

func (d *doorway) waits(err error) {
	d.Helper()
	var wait *connector.WaitError
	if !errors.As(err, &wait) {
		d.Fatalf("error %v, want a wait", err)
	}
}

// Removals that wait one by one go by one reading, which knows who is out.
func TestRemovalsGoOn(t *testing.T) {
	d := newDoorway(t, limited, inviteOK, limited, limited)
	d.waits(d.Remove(t.Context(), "C1", "U1"))
	d.observe(d.goesOn(), 1, "U1", "U2", "U3")
	if err := d.Remove(t.Context(), "C1", "U1"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d.waits(d.Remove(t.Context(), "C1", "U2"))
		d.observe(d.goesOn(), 1, "U2", "U3")
	}
	if err := d.Remove(t.Context(), "C1", "U2"); err != nil {
		t.Fatal(err)
	}
	d.observe(d.goesOn(), 2)
}

// An invitation of which nothing was sent goes on by the reading before it.
func TestInvitationsGoOn(t *testing.T) {
	d := newDoorway(t, limited, limited)
	for range 2 {
		d.waits(d.Add(t.Context(), "C1", ids(2)))
		d.observe(d.goesOn(), 1, "U1", "U2", "U3")
	}
	if err := d.Add(t.Context(), "C1", ids(2)); err != nil {
		t.Fatal(err)
	}
	d.observe(d.goesOn(), 2)
}

// What was read is told once, and only for as long as it is true.
func TestReadAnew(t *testing.T) {
	unnamed := `{"ok":false,"error":"user_is_restricted"}`
	remove := func(d *doorway) error { return d.Remove(d.Context(), "C1", "U1") }
	add := func(n int) func(*doorway) error {
		return func(d *doorway) error { return d.Add(d.Context(), "C1", ids(n)) }
	}
	for name, c := range map[string]struct {
		answers []string
		change  func(*doorway) error
		then    func(*doorway)
		ctx     func(*doorway) context.Context
	}{
		"nothing waits":                   {change: remove},
		"told":                            {answers: []string{limited}, change: remove, then: func(d *doorway) { d.observe(d.goesOn(), 1) }},
		"old":                             {answers: []string{limited}, change: remove, then: func(d *doorway) { d.now = d.read.Add(keepReading + 1) }},
		"who asks does not go on":         {answers: []string{limited}, change: remove, ctx: func(d *doorway) context.Context { return d.Context() }},
		"read or touched since":           {answers: []string{limited}, change: remove, ctx: func(d *doorway) context.Context { return connector.WithReadSince(d.Context(), d.read.Add(1)) }},
		"a removal whose outcome is open": {answers: []string{`{"ok":false,"error":"internal_error"}`}, change: remove},
		"a refused removal":               {answers: []string{`{"ok":false,"error":"restricted_action"}`}, change: remove},
		"invited":                         {change: add(1)},
		"some are invited":                {answers: []string{inviteOK, limited}, change: add(150)},
		"some may be invited":             {answers: []string{unnamed, limited}, change: add(2)},
		"an invitation whose outcome is open, then a wait": {
			answers: []string{`{"ok":false,"error":"internal_error"}`, limited}, change: add(1),
			then: func(d *doorway) { d.observe(d.goesOn(), 2); d.read = d.now; d.waits(add(1)(d)) },
		},
		"joined": {answers: []string{limited}, change: remove, then: func(d *doorway) { _ = d.Join(d.Context(), "C1") }},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoorway(t, c.answers...)
			_ = c.change(d)
			if c.then != nil {
				c.then(d)
			}
			ctx := d.goesOn()
			if c.ctx != nil {
				ctx = c.ctx(d)
			}
			d.observe(ctx, d.count(membersMethod)+1)
		})
	}
}
