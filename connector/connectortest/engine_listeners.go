package connectortest

import "roomkeeper/connector"

// engineListenerRules: jobs, marks and the ledger take keys that are no Group's:
// those of who is told something over all Groups.
func engineListenerRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){"a key that is no group's": listenerKeys}
}

func listenerKeys(t *engineTest) {
	const key = "daily/slack/member/U1"
	t.group("g1")
	t.add(connector.Job{Key: connector.JobKey{Lane: connector.LaneTellings, Group: key}})
	t.add(connector.Job{Key: connector.JobKey{Lane: connector.LaneTellings, Group: key}})
	lease := t.takeAny()
	t.same(lease.Key, connector.JobKey{Lane: connector.LaneTellings, Group: key})
	t.putEntry(key, connector.LedgerEntry{Card: "c1", Trying: t.Clock.Now()})
	entry, err := t.Engine.Ledger.Entry(t.ctx(), key, "c1")
	t.ok(err)
	entry.Message, entry.At = "m1", t.Clock.Now()
	t.putEntry(key, entry)
	t.ok(t.Engine.Marks.SetMark(t.ctx(), key+"/told", "2026-03-01"))
	t.finish(lease, connector.RunDone)
	t.noneDue()
	t.reopen(true)
	entry, err = t.Engine.Ledger.Entry(t.ctx(), key, "c1")
	t.ok(err)
	t.same(entry.Message, connector.MessageID("m1"))
	mark, err := t.Engine.Marks.Mark(t.ctx(), key+"/told")
	t.ok(err)
	t.same(mark, "2026-03-01")
}
