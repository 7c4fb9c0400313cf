package discord

import "roomkeeper/connector"

// calls estimates the calls that a Plan costs. Of the kinds that have threads and
// those that have channels, what costs more is counted: a Plan does not tell which.
func (a *Adapter) calls(plan connector.Plan, size int) map[string]int {
	n := map[string]int{}
	add := func(route string, count int) {
		if count > 0 {
			n[route] += count
		}
	}
	creates, removals := len(plan.Of(connector.ActionCreate)), len(plan.Of(connector.ActionRemove))
	additions, details := len(plan.Of(connector.ActionAdd)), len(plan.Of(connector.ActionDetails))
	topics, renames := len(plan.Of(connector.ActionTopic)), len(plan.Of(connector.ActionRename))
	moves := len(plan.Of(connector.ActionArchive)) + len(plan.Of(connector.ActionUnarchive))
	put, drop := putOverwrite, deleteOverwrite
	if len(a.threads) > 0 {
		put, drop = putThreadMember, deleteThreadMember
		add(postThread, creates)
		add(postMessage, creates) // the purpose
		add(getThreadMembers, min(removals, 1)*max(1, pagesOf(size+removals+1, archivedPage)))
		add(patchChannel, moves)
	} else {
		add(postChannel, creates)
		additions -= min(additions, creates*maxFirst) // who comes in with it
		add(patchChannel, moves+topics)
		add(putOverwrite, moves)
	}
	add(drop, removals)
	add(put, additions)
	// Each call that speaks of people or the topic looks at the channel first.
	add(getChannel, min(additions, 1)+removals+topics+moves+renames)
	add(patchChannel, renames)
	if creates > 0 {
		add(postMessage, details)
		add(putPin, details)
	} else {
		add(patchMessage, details)
	}
	return n
}

// pagesOf is how many pages hold n items.
func pagesOf(n, size int) int { return (n + size - 1) / size }
