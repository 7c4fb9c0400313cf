package stage

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Rules are what differs between platforms. E is an entry of the log of calls, C an error code, R an answer.
type Rules[E any, C comparable, R any] struct {
	// Trace finds the Trace in an entry; Kept is how many entries the log holds.
	Trace func(*E) *Trace
	Kept  int
	// Moments are those at which faults may strike; Code is that of a FaultError that has none.
	Moments []string
	Code    C

	// Refused is the answer that bears an error code.
	Refused func(code C) R
	// Foreign is an answer that the platform did not give; cause is the kind of the fault. Halved is one of which half
	// is left.
	Foreign func(status, retryAfter int, body []byte, cause string) R
	Halved  func(out R, body []byte) R
	// Body is an answer's.
	Body func(R) []byte
	// Answered says what the log is told of an answer, and fills in what only the platform's entry has.
	Answered func(R) (status int, ok bool, fill func(*E))
	// Write sends an answer.
	Write func(rw http.ResponseWriter, out R)
	// Halve makes a call one of half its size, for a fault during it; nil where there is none.
	Halve func(args map[string]string)
}

// Stage is what calls pass. It is made by New; all methods are safe for concurrent use.
type Stage[E any, C comparable, R any] struct {
	gates
	faults[C]
	calls[E]
	rules Rules[E, C, R]
	ended context.Context
}

// New makes a Stage whose held calls go on when ended is over.
func New[E any, C comparable, R any](ended context.Context, rules Rules[E, C, R]) *Stage[E, C, R] {
	return &Stage[E, C, R]{
		faults: faults[C]{moments: rules.Moments, code: rules.Code},
		calls:  calls[E]{kept: rules.Kept, trace: rules.Trace, counts: map[string]Count{}},
		rules:  rules, ended: ended,
	}
}

// Pass logs a call, takes it through gates and faults to its execution and writes what comes out. run says whether
// the method itself ran; args are what faults and gates choose calls by.
func (s *Stage[E, C, R]) Pass(rw http.ResponseWriter, r *http.Request, call E, args map[string]string, run func() (R, bool)) {
	entry := s.arrive(call)
	method := s.trace(entry).Method
	if !s.hold(r.Context(), Before, method, args) {
		s.note(entry, func(*Trace) {}, func(n *Count) { n.Gone++ })
		return
	}
	p := passage[E, C, R]{Stage: s, rw: rw, r: r, entry: entry}
	p.fault, p.cleared = s.strike(method, args)
	if p.fault.Kind != "" {
		s.note(entry, func(t *Trace) { t.Fault = p.fault.Kind }, func(*Count) {})
	}
	if p.fault.When == Before && !p.before() {
		return
	}
	if p.fault.When == During {
		s.rules.Halve(args)
	}
	out, ran := run()
	if ran {
		s.note(entry, func(t *Trace) { t.Executed = true }, func(n *Count) { n.Executed++ })
	}
	s.hold(r.Context(), After, method, args)
	p.after(out)
}

// passage is one call on its way, with the fault that it meets; the zero fault changes nothing.
type passage[E any, C comparable, R any] struct {
	*Stage[E, C, R]
	rw      http.ResponseWriter
	r       *http.Request
	entry   *E
	fault   Fault[C]
	cleared <-chan struct{}
}

// before plays a fault that strikes before the execution and says whether the call is executed after all.
func (p passage[E, C, R]) before() bool {
	switch p.fault.Kind {
	case FaultDelay:
		p.pause()
		return true
	case FaultHang:
		p.hang()
	case FaultCut:
		p.cut(nil)
	default:
		var none R
		p.write(p.spoilt(none))
	}
	return false
}

// after writes the answer, or what a fault that strikes after the execution makes of it.
func (p passage[E, C, R]) after(out R) {
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
		if p.fault.When == During {
			p.cut(p.rules.Body(out))
		}
		p.cut(nil)
	default:
		p.write(p.spoilt(out))
	}
}

// spoilt is the answer that the fault puts in the place of out.
func (p passage[E, C, R]) spoilt(out R) R {
	f := p.fault
	text := func(otherwise string) []byte {
		if f.Body == "" {
			return []byte(otherwise)
		}
		return []byte(f.Body)
	}
	switch f.Kind {
	case FaultStatus:
		return p.rules.Foreign(f.Status, f.RetryAfter, text("<!DOCTYPE html><html><body>Server Error</body></html>"), f.Kind)
	case FaultError:
		return p.rules.Refused(f.Code)
	case FaultPartial:
		body := p.rules.Body(out)
		return p.rules.Halved(out, body[:len(body)/2])
	case FaultGarbage:
		return p.rules.Foreign(http.StatusOK, 0, text("<html>upstream connect error</html>"), f.Kind)
	default:
		return p.rules.Foreign(http.StatusOK, 0, text("{}"), f.Kind)
	}
}

func (p passage[E, C, R]) pause() {
	timer := time.NewTimer(time.Duration(p.fault.Seconds * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.cleared:
	case <-p.ended.Done():
	}
}

// hang waits for the client to give up, or for the end of the fault, and then closes the connection.
func (p passage[E, C, R]) hang() {
	select {
	case <-p.r.Context().Done():
	case <-p.cleared:
	case <-p.ended.Done():
	}
	p.cut(nil)
}

// cut closes the connection, after half of an answer when there is one. It does not return.
func (p passage[E, C, R]) cut(answer []byte) {
	if answer != nil {
		p.rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		p.rw.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		p.rw.WriteHeader(http.StatusOK)
		_, _ = p.rw.Write(answer[:len(answer)/2])
		_ = http.NewResponseController(p.rw).Flush()
	}
	panic(http.ErrAbortHandler)
}

// write logs and sends an answer. The log comes first: who has the answer finds it there.
func (p passage[E, C, R]) write(out R) {
	status, ok, fill := p.rules.Answered(out)
	p.answered(p.entry, status, ok, fill)
	p.rules.Write(p.rw, out)
}

// IsHTML says whether a body is a page rather than JSON.
func IsHTML(body []byte) bool { return strings.HasPrefix(string(body), "<") }
