package connector_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// What waits is told once; what is gathered takes the time of the last, so that a
// message on its way, which tells of an earlier one, does not end it.
func TestTell(t *testing.T) {
	at := time.Unix(1.8e9, 0)
	for _, gathered := range []bool{false, true} {
		var g connector.Group
		for i := range 2 {
			g.Tell(connector.Telling{What: connector.TellUnreachable, Gathered: gathered, At: at.Add(time.Duration(i) * time.Hour)})
		}
		want := at
		if gathered {
			want = at.Add(time.Hour)
		}
		if len(g.Tellings) != 1 || !g.Tellings[0].At.Equal(want) {
			t.Errorf("gathered %t: %+v", gathered, g.Tellings)
		}
	}
}
