// Package membership holds what the chat adapters share about who is in a channel:
// reading the platform's list of it, and letting people in one after the other.
package membership

import "roomkeeper/connector"

// Others are those of ids who are not the bot, each once, in their order.
func Others(ids []connector.MemberID, bot connector.MemberID) []connector.MemberID {
	seen := map[connector.MemberID]bool{bot: true}
	others := make([]connector.MemberID, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			others = append(others, id)
		}
	}
	return others
}
