package model_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// Stories about one thing: a few people go from each of several Records, so few that
// no Record's own brake minds, and a Sweep finds it, near the limit over all Groups.
func TestSweepLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := slackManners()
		if rapid.Bool().Draw(rt, "discord") {
			p = discordManners()
		}
		withBolt(rt, func(engine connector.Engine, clock *connectortest.EngineClock) {
			m := &machine{world: newWorld(rt, p, engine, clock)}
			m.use(account("north"), recordKey(connector.KindAccountPool, "south"), account("east"))
			m.begin()
			m.changeLimit(rt)
			rt.Repeat(m.limitActions())
			m.settle()
			m.settled()
		})
	})
}

func (m *machine) limitActions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"take off team": m.takeOffTeam, "several go": m.severalGo, "several go ": m.severalGo, "add to team": m.addToTeam, "several come": m.severalCome,
		"sweep": m.someSweep, "limit": m.changeLimit, "grace": m.changeGrace, "decide": m.decideHold,
		"deliver": m.deliver, "lose": m.lose, "run": m.run, "time": m.time, "by hand": m.byHand, "faults": m.someFaults,
	}
}

// severalGo takes somebody off the team of several Records each, and a Sweep finds it.
func (m *machine) severalGo(rt *rapid.T) {
	for _, key := range m.records[:rapid.IntRange(1, len(m.records)).Draw(rt, "records")] {
		u := user(rt)
		m.changeTeam(rt, "off the team: "+string(u), key, func(es []connector.Entry) []connector.Entry {
			return slices.DeleteFunc(es, func(e connector.Entry) bool { return e.Principal.ID == string(u) })
		})
	}
	m.someSweep(rt)
}

// severalCome puts the teams of all Records back to how they were, and tells.
func (m *machine) severalCome(rt *rapid.T) {
	for i, key := range m.records {
		m.changeTeam(rt, "the team is whole again", key, func([]connector.Entry) (es []connector.Entry) {
			for _, u := range people()[i : i+4] {
				es = append(es, entry(connector.PrincipalUser, string(u), "member"))
			}
			return es
		})
	}
	for len(m.waiting) > 0 && rapid.Bool().Draw(rt, "told") {
		m.deliver(rt)
	}
}

// changeLimit draws a limit that three Records of four people come near to.
func (m *machine) changeLimit(rt *rapid.T) {
	m.limit = reconcile.Limit{
		Share:  rapid.SampledFrom([]float64{0.05, 0.125, 0.25, 0.34}).Draw(rt, "share"),
		People: rapid.SampledFrom([]int{0, 1, 2, 3, 20}).Draw(rt, "people"),
	}
	m.note("configured: GLOBAL_REMOVAL_LIMIT=%v", m.limit)
}

func (m *machine) changeGrace(rt *rapid.T) {
	grace := rapid.SampledFrom(graces()).Draw(rt, "grace")
	m.adjust(func(p *connector.Policy) { p.Grace = grace })
	m.past.reconfigured = true
	m.note("configured: GRACE=%s", grace)
}
