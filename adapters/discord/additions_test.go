package discord

import (
	"slices"
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
	run := a.take("1", begun)
	run.seen = connector.Observed{Members: []connector.MemberID{"7"}, At: begun}
	run.channel = &discordgo.Channel{ID: "1"}
	run.settle("8", "")
	run.settle("9", connector.ReasonUnknownUser)
	if _, known := a.seen("1", begun); known {
		t.Error("a run that goes on is no interrupted one")
	}
	a.keep("1", run)
	seen, known := a.seen("1", begun.Add(keepReading))
	if !known || !seen.At.Equal(begun) || !slices.Equal(seen.Members, []connector.MemberID{"7", "8"}) {
		t.Errorf("seen %+v, %t", seen, known)
	}
	if _, known := a.seen("1", begun); known {
		t.Error("a reading is told to who does not go on with its Add")
	}
	run.seen = connector.Observed{At: begun}
	if _, known := a.seen("1", begun.Add(keepReading+1)); known {
		t.Error("an old reading is gone on with")
	}
	if run.reached(begun.Add(keepReading)) == nil || run.reached(begun.Add(keepReading+1)) != nil {
		t.Error("an old channel is gone on with")
	}
	a.drop("1")
	if _, known := a.seen("1", begun); known {
		t.Error("a reading outlives its Add")
	}
}
