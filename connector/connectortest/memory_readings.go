package connectortest

import (
	"context"
	"errors"
	"slices"
	"time"

	"roomkeeper/connector"
)

// memoryKeeps is how long a reading is good for a change that has to wait: long, so that
// much happens meanwhile.
const memoryKeeps = 5 * time.Minute

// memoryReading is who was in a channel. It waits when a change that goes by it does.
type memoryReading struct {
	seen  connector.Observed
	waits bool
}

// told is the reading of a change that had to wait, once, where ReadSince lets it do.
func (p memoryPorts) told(ctx context.Context, id connector.ChannelID) (connector.Observed, bool) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	read, at := p.c.lately[id], p.c.lately[id].seen.At
	delete(p.c.lately, id)
	since, may := connector.ReadSince(ctx)
	if !may || !read.waits || at.Before(since) || p.c.clock().Sub(at) > memoryKeeps {
		return connector.Observed{}, false
	}
	p.c.keep(id, read.seen, false)
	return read.seen, true
}

// changed takes in how a change went that went by what was read, sent or not.
func (p memoryPorts) changed(id connector.ChannelID, err error, sent bool, goes func(*connector.Observed)) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	read, known := p.c.lately[id]
	delete(p.c.lately, id)
	_, waits := errors.AsType[*connector.WaitError](err)
	switch {
	case !known:
	case waits && !sent:
		p.c.keep(id, read.seen, true)
	case err == nil && goes != nil:
		goes(&read.seen)
		p.c.keep(id, read.seen, false)
	}
}

func (c *MemoryChat) keep(id connector.ChannelID, seen connector.Observed, waits bool) {
	if !c.manners.GoesOn {
		return
	}
	if c.lately == nil {
		c.lately = map[connector.ChannelID]memoryReading{}
	}
	seen.Members, seen.Service = slices.Clone(seen.Members), slices.Clone(seen.Service)
	c.lately[id] = memoryReading{seen, waits}
}

// without takes somebody out of a reading.
func without(member connector.MemberID) func(*connector.Observed) {
	return func(seen *connector.Observed) {
		out := func(m connector.MemberID) bool { return m == member }
		seen.Members, seen.Service = slices.DeleteFunc(seen.Members, out), slices.DeleteFunc(seen.Service, out)
	}
}
