package app

import (
	"fmt"
	"strings"
	"testing"

	"roomkeeper/connector"
)

func TestHeldChannelsInStatus(t *testing.T) {
	if got := heldLines(nil, "/crm"); got[0] != "No channel is held." {
		t.Errorf("%q", got)
	}
	var held []connector.Group
	for i := range 7 {
		hold := connector.Hold{Reason: connector.HoldTeamUnreadable}
		if i < 2 {
			hold = connector.Hold{Reason: connector.HoldGlobalRemoval, Sweep: "s1"}
		}
		held = append(held, connector.Group{
			Platform: "slack", RecordName: fmt.Sprintf("Acme\n%d", i), Held: &hold,
			Record: connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: fmt.Sprint(i)},
		})
	}
	got := strings.Join(heldLines(held, "/crm"), "\n")
	for _, want := range []string{
		"7 channels are held", "• 2 because one sweep would remove unusually many people over all channels",
		"• 5 because the team could not be read whole", "Acme 0 (account 0, slack)", "and 2 more", "/crm members <kind> <id>",
		`Sweep s1 holds 2 of them.`, `POST /api/v1/sweeps/s1 {"confirm":true}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in:\n%s", want, got)
		}
	}
	if one := heldLines(held[6:], "/crm")[0]; one != "1 channel is held, nobody is removed there meanwhile:" {
		t.Errorf("%q", one)
	}
}

func TestWhoIsReachedInStatus(t *testing.T) {
	for err, want := range map[error]string{
		nil: "reached.", connector.ErrTemporary: "the last call got no answer", connector.ErrUnauthorized: "refuses Roomkeeper's token",
	} {
		if got := reached(err); !strings.Contains(got, want) {
			t.Errorf("%v: %q", err, got)
		}
	}
}
