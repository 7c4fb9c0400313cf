package discord

// appSide is what the guild knows of the app besides its bot. The lock of the Guild guards it, except for what has
// one of its own.
type appSide struct {
	registry     registry
	interactions map[string]*interaction // by id
	tokens       map[string]*interaction // by token
	views        map[string]*view        // user id → open modal
	grants       grants
	sent         *sentLog // has a lock of its own
	gateway      *gateway // has a lock of its own
}

func newAppSide(g *Guild) appSide {
	side := appSide{
		registry: newRegistry(), interactions: map[string]*interaction{}, tokens: map[string]*interaction{}, views: map[string]*view{},
		grants: newGrants(), sent: &sentLog{}, gateway: newGateway(g),
	}
	g.watch(side.gateway.dispatch)
	return side
}
