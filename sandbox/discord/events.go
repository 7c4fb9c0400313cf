package discord

// emit tells everybody who watches that something happened: event is the name of a gateway dispatch, data its "d"
// (docs, events/gateway-events), which is the watcher's only during the call. Watchers must not block and must not
// call the Guild. The caller holds mu.
func (g *Guild) emit(event string, data any) {
	for _, watch := range g.watchers {
		watch(event, data)
	}
}

// watch adds a watcher of dispatches. The caller holds mu.
func (g *Guild) watch(f func(event string, data any)) { g.watchers = append(g.watchers, f) }
