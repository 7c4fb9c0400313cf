package redistest

import "net"

// serve accepts connections until the listener is closed.
func (p *Proxy) serve(l net.Listener) {
	p.listener = l
	p.all.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			p.all.Go(func() { p.handle(near.(*net.TCPConn)) })
		}
	})
}

// handle carries one connection until its end.
func (p *Proxy) handle(near *net.TCPConn) {
	c := newPair(near)
	defer c.abort()
	if !p.enter(c) {
		return
	}
	defer p.leave(c)
	if c.lost.Load() {
		c.swallow()
		return
	}
	far, err := (&net.Dialer{}).DialContext(p.dials, "tcp", p.target)
	if err != nil || !c.join(far.(*net.TCPConn)) {
		return
	}
	c.carry(p)
}

// enter counts a connection in; false: it has to go.
func (p *Proxy) enter(c *pair) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault != healthy && p.fault != halfOpen {
		return false
	}
	c.lost.Store(p.fault == halfOpen)
	p.pairs[c] = true
	return true
}

func (p *Proxy) leave(c *pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pairs, c)
}

// harm changes the fault, closed stays.
func (p *Proxy) harm(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == closed {
		return
	}
	p.fault = f
	if (f == cut || f == closed) && p.listener != nil {
		_ = p.listener.Close() // whoever waits to be accepted is reset
		p.listener = nil
	}
	for c := range p.pairs {
		switch {
		case f == halfOpen:
			c.lost.Store(true)
		case f != healthy || c.lost.Load():
			c.abort()
		}
	}
	if f != cut && f != closed && p.listener == nil {
		p.listenAgain()
	}
}

// listenAgain is for a proxy that was cut.
func (p *Proxy) listenAgain() {
	l, err := listen(p.addr)
	if err != nil {
		p.tb.Errorf("redistest: proxy %s: %v", p.addr, err)
		return
	}
	p.serve(l)
}
