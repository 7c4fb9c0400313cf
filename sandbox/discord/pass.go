package discord

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// pass takes a call through gates and faults to its execution and writes what comes out. run says whether the
// method itself ran.
func (g *Guild) pass(rw http.ResponseWriter, r *http.Request, entry *Call, args arguments, run func() (reply, bool)) {
	if !g.gates.hold(r.Context(), Before, entry.Method, args) {
		g.calls.gone(entry)
		return
	}
	fault, cleared := g.faults.strike(entry.Method, args)
	if fault == nil {
		fault = &Fault{}
	} else {
		g.calls.faulted(entry, fault.Kind)
	}
	p := passage{Guild: g, rw: rw, r: r, entry: entry, fault: *fault, cleared: cleared}
	if fault.When == Before && !p.before() {
		return
	}
	out, ran := run()
	if ran {
		g.calls.executed(entry)
	}
	g.gates.hold(r.Context(), After, entry.Method, args)
	p.after(out)
}

// passage is one call on its way, with the fault that it meets; the zero fault changes nothing.
type passage struct {
	*Guild
	rw      http.ResponseWriter
	r       *http.Request
	entry   *Call
	fault   Fault
	cleared <-chan struct{}
}

// before plays a fault that strikes before the execution and says whether the call is executed after all.
func (p passage) before() bool {
	switch p.fault.Kind {
	case FaultDelay:
		p.pause()
		return true
	case FaultHang:
		p.hang()
	case FaultCut:
		p.cut()
	default:
		p.write(p.spoilt(reply{}))
	}
	return false
}

// after writes the answer, or what a fault that strikes after the execution makes of it.
func (p passage) after(out reply) {
	if p.fault.When == Before || p.fault.When == "" {
		p.write(out)
		return
	}
	switch p.fault.Kind {
	case FaultDelay:
		p.pause()
		p.write(out)
	case FaultHang:
		p.hang()
	case FaultCut:
		p.cut()
	default:
		p.write(p.spoilt(out))
	}
}

// spoilt is the answer that the fault puts in the place of out.
func (p passage) spoilt(out reply) reply {
	switch p.fault.Kind {
	case FaultStatus:
		return reply{status: p.fault.Status, retryAfter: p.fault.RetryAfter,
			body: orElse(p.fault.Body, "<!DOCTYPE html><html><body>Server Error</body></html>")}
	case FaultError:
		return refused(refuse(p.fault.Code))
	case FaultPartial:
		out.body = out.body[:len(out.body)/2]
		return out
	case FaultGarbage:
		return reply{status: http.StatusOK, body: orElse(p.fault.Body, "<html>upstream connect error</html>")}
	default:
		return reply{status: http.StatusOK, body: orElse(p.fault.Body, "{}")}
	}
}

func orElse(text, otherwise string) []byte {
	if text == "" {
		return []byte(otherwise)
	}
	return []byte(text)
}

func (p passage) pause() {
	timer := time.NewTimer(time.Duration(p.fault.Seconds * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.cleared:
	case <-p.ctx.Done():
	}
}

// hang waits for the client to give up, or for the end of the fault, and then closes the connection.
func (p passage) hang() {
	select {
	case <-p.r.Context().Done():
	case <-p.cleared:
	case <-p.ctx.Done():
	}
	p.cut()
}

// cut closes the connection. It does not return.
func (p passage) cut() { panic(http.ErrAbortHandler) }

// write logs and sends an answer. The log comes first: who has the answer finds it there.
func (p passage) write(out reply) {
	p.calls.answered(p.entry, out)
	p.countInvalid(out)
	header := p.rw.Header()
	maps.Copy(header, out.header)
	if out.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(out.retryAfter))
	}
	switch {
	case strings.HasPrefix(string(out.body), "<"):
		header.Set("Content-Type", "text/html")
	case len(out.body) > 0:
		header.Set("Content-Type", "application/json")
	}
	p.rw.WriteHeader(out.status)
	_, _ = p.rw.Write(out.body)
}
