package discord

import (
	"testing"

	"github.com/bwmarrin/discordgo"
)

// Of what somebody has in a channel only that is sent again which our bot may hand
// out, and no denial beside the right.
func TestLetIn(t *testing.T) {
	const theirs, ours = int64(discordgo.PermissionMentionEveryone), int64(discordgo.PermissionAttachFiles)
	r := rights{mine: canView | canWrite | canRead | ours}
	old := &discordgo.PermissionOverwrite{ID: "7", Allow: theirs | ours, Deny: canView | theirs}
	got := letIn(old, "7", r)
	if want := canView | canWrite | canRead | ours; got.Allow != want || got.Deny != 0 || got.ID != "7" || !sees(&got) {
		t.Errorf("allowed %b, want %b; denied %b", got.Allow, want, got.Deny)
	}
}
