package slack

import "roomkeeper/connector"

// calls estimates the calls that a Plan costs. Removals are preceded by a
// whole reading of the channel, whose size afterwards is size.
func calls(plan connector.Plan, size int) map[string]int {
	n := map[string]int{}
	add := func(method string, count int) {
		if count > 0 {
			n[method] += count
		}
	}
	creates := len(plan.Of(connector.ActionCreate))
	removals := len(plan.Of(connector.ActionRemove))
	details := len(plan.Of(connector.ActionDetails))
	add("conversations.create", creates)
	add("conversations.setPurpose", creates)
	if removals > 0 {
		add("conversations.members", max(1, pagesOf(size+removals+1, pageSize))) // and the bot
	}
	add("conversations.kick", removals)
	add("conversations.invite", pagesOf(len(plan.Of(connector.ActionAdd)), maxInvites))
	add("conversations.rename", len(plan.Of(connector.ActionRename)))
	add("conversations.setTopic", len(plan.Of(connector.ActionTopic)))
	if creates > 0 {
		add(postMessage, details)
		add("pins.add", details)
	} else {
		add("chat.update", details)
	}
	add("conversations.archive", len(plan.Of(connector.ActionArchive)))
	add("conversations.unarchive", len(plan.Of(connector.ActionUnarchive)))
	return n
}

// pagesOf is how many pages hold n items.
func pagesOf(n, size int) int { return (n + size - 1) / size }
