package discord

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// Whoever an interrupted Add has let in is in the reading that is gone on with,
// whoever was refused is not; and it is gone on with for a while only.
func TestReadingOfAnInterruptedAdd(t *testing.T) {
	begun := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var a additions
	run := a.Take("1", begun)
	run.State.seen = connector.Observed{Members: []connector.MemberID{"7"}, At: begun}
	run.State.channel = &discordgo.Channel{ID: "1"}
	run.Settle([]connector.MemberID{"8"})
	run.Settle([]connector.MemberID{"9"}, connector.MemberError{Member: "9", Reason: connector.ReasonUnknownUser})
	if _, known := a.told("1", begun); known {
		t.Error("a run that goes on is no interrupted one")
	}
	a.Keep("1", run, begun)
	told, known := a.told("1", begun.Add(keepReading))
	if seen := told.seen; !known || !seen.At.Equal(begun) || !slices.Equal(seen.Members, []connector.MemberID{"7", "8"}) {
		t.Errorf("told %+v, %t", seen, known)
	}
	if _, known := a.told("1", begun); known {
		t.Error("a reading is told to who does not go on with its Add")
	}
	run.State.seen = connector.Observed{At: begun}
	if _, known := a.told("1", begun.Add(keepReading+1)); known {
		t.Error("an old reading is gone on with")
	}
	if reached(run, begun.Add(keepReading)) == nil || reached(run, begun.Add(keepReading+1)) != nil {
		t.Error("an old channel is gone on with")
	}
	a.Drop("1")
	if _, known := a.told("1", begun); known {
		t.Error("a reading outlives its Add")
	}
}

// doorkeeper is one channel of a guild, in which it is noted who is let in.
type doorkeeper struct {
	in      map[string]bool
	limited string // for whom the rate is over
	puts    []string
}

func (d *doorkeeper) answer(r *http.Request) answer {
	path := strings.TrimPrefix(r.URL.Path, "/api/"+apiVersion)
	who := path[strings.LastIndex(path, "/")+1:]
	switch {
	case path == "/users/@me":
		return answer{body: `{"id":"42"}`}
	case strings.HasSuffix(path, "/members/42"):
		return answer{body: `{"user":{"id":"42"},"roles":[]}`}
	case path == "/guilds/"+testGuild:
		return answer{body: `{"id":"` + testGuild + `","owner_id":"42","roles":[]}`}
	case r.Method == http.MethodPut && who == d.limited:
		return says(http.StatusTooManyRequests, `{"retry_after":1}`, rated("1", "0", "1800000001", "1")...)(r)
	case r.Method == http.MethodPut:
		d.in[who], d.puts = true, append(d.puts, who)
		return answer{status: http.StatusNoContent}
	case r.Method == http.MethodDelete:
		delete(d.in, who)
		return answer{status: http.StatusNoContent}
	}
	var list []string
	for id := range d.in {
		list = append(list, `{"id":"`+id+`","type":1,"allow":"1024","deny":"0"}`)
	}
	return answer{body: `{"id":"` + testID + `","type":0,"name":"acme","permission_overwrites":[` + strings.Join(list, ",") + `]}`}
}

// Whom an interrupted Add has let in and who was taken out since is let in again.
func TestTakenOutDuringAnInterruptedAdd(t *testing.T) {
	d := &doorkeeper{in: map[string]bool{}, limited: "8"}
	s := newStand(t, d.answer)
	both := []connector.MemberID{"7", "8"}
	if _, err := s.Observe(goesOn(t.Context()), testID); err != nil {
		t.Fatal(err)
	}
	var wait *connector.WaitError
	if err := s.Add(t.Context(), testID, both); !errors.As(err, &wait) {
		t.Fatalf("add: %v, want a wait", err)
	}
	s.pass(2 * time.Second)
	if err := s.Remove(t.Context(), testID, "7"); err != nil {
		t.Fatal(err)
	}
	if seen, err := s.Observe(goesOn(t.Context()), testID); err != nil || len(seen.Members) != 0 {
		t.Errorf("seen %v, %v", seen.Members, err)
	}
	d.limited = ""
	if err := s.Add(t.Context(), testID, both); err != nil {
		t.Fatal(err)
	}
	if !d.in["7"] || !d.in["8"] {
		t.Errorf("in are %v", d.in)
	}
}

// An Add goes on where a wait stopped it: nobody is let in twice, and the channel
// is not read again.
func TestAddGoesOn(t *testing.T) {
	d := &doorkeeper{in: map[string]bool{}, limited: "8"}
	s := newStand(t, d.answer)
	both := []connector.MemberID{"7", "8"}
	var wait *connector.WaitError
	if err := s.Add(t.Context(), testID, both); !errors.As(err, &wait) {
		t.Fatalf("add: %v, want a wait", err)
	}
	s.pass(2 * time.Second)
	d.limited = ""
	before := len(s.sent)
	if err := s.Add(t.Context(), testID, both); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.puts, []string{"7", "8"}) || len(s.sent) != before+1 {
		t.Errorf("let in %v, by %d calls more", d.puts, len(s.sent)-before)
	}
}
