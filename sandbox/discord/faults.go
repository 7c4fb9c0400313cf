package discord

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// Moments at which a fault strikes.
const (
	Before = "before" // the method does not run (a delay: it runs afterwards)
	After  = "after"  // the method runs and the answer is spoilt
)

// Kinds of faults.
const (
	FaultStatus  = "status"  // an HTTP status with Body (a page of HTML); see Status and RetryAfter
	FaultError   = "error"   // one of Discord's errors; see Code
	FaultCut     = "cut"     // the connection is closed without an answer
	FaultPartial = "partial" // a complete HTTP answer with half of the body
	FaultDelay   = "delay"   // Seconds pass
	FaultHang    = "hang"    // no answer until the client gives up or the faults are cleared
	FaultGarbage = "garbage" // HTTP 200 with Body, which is no JSON (a line of HTML)
	FaultEmpty   = "empty"   // HTTP 200 with Body ("{}")
)

// Fault spoils calls of a method.
type Fault struct {
	ID          int               `json:"id"`          // given by AddFault
	Method      string            `json:"method"`      // as in Call; "*" in it stands for any text, so "*" is every method
	Match       map[string]string `json:"match"`       // variables of the path, or fields of the body, that must have these values; "*" is any
	When        string            `json:"when"`        // Before ("" too) or After
	Kind        string            `json:"kind"`        // one of the Fault… kinds
	Status      int               `json:"status"`      // of FaultStatus (500)
	RetryAfter  int               `json:"retry_after"` // seconds, of FaultStatus; 0: no header
	Code        int               `json:"code"`        // of FaultError (50013)
	Seconds     float64           `json:"seconds"`     // of FaultDelay
	Body        string            `json:"body"`        // of FaultStatus, FaultGarbage and FaultEmpty
	Times       int               `json:"times"`       // how often it strikes (0 means 1); -1: until removed
	Skip        int               `json:"skip"`        // calls that pass first
	Probability float64           `json:"probability"` // of striking a call, 0…1; 0 means 1
	Struck      int               `json:"struck"`      // how often it has struck
}

var errFault = errors.New("bad fault")

func (f Fault) checked() (Fault, error) {
	if f.When == "" {
		f.When = Before
	}
	if f.Times == 0 {
		f.Times = 1
	}
	if f.Status == 0 {
		f.Status = 500
	}
	if f.Code == 0 {
		f.Code = 50013
	}
	kinds := []string{FaultStatus, FaultError, FaultCut, FaultPartial, FaultDelay, FaultHang, FaultGarbage, FaultEmpty}
	switch {
	case f.Method == "":
		return f, fmt.Errorf("%w: no method", errFault)
	case !slices.Contains([]string{Before, After}, f.When):
		return f, fmt.Errorf("%w: when %q", errFault, f.When)
	case !slices.Contains(kinds, f.Kind):
		return f, fmt.Errorf("%w: kind %q", errFault, f.Kind)
	case f.Kind == FaultPartial && f.When == Before:
		f.When = After // half of an answer needs an answer
	}
	return f, nil
}

func (f Fault) matches(method string, args arguments) bool {
	if !fits(f.Method, method) {
		return false
	}
	for name, value := range f.Match {
		if has, ok := args[name]; !ok || value != "*" && has != value {
			return false
		}
	}
	return true
}

// fits says whether a pattern, in which "*" is any text, is that of a method.
func fits(pattern, method string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(method, parts[0])
	if !ok || len(parts) == 1 {
		return ok && rest == ""
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

type faultBox struct {
	mu      sync.Mutex
	next    int
	faults  []*Fault
	cleared chan struct{}
}

func newFaultBox() *faultBox { return &faultBox{cleared: make(chan struct{})} }

// AddFault puts a fault in and returns its id. Faults strike in the order in which they were added, one a call.
func (g *Guild) AddFault(f Fault) (int, error) {
	f, err := f.checked()
	if err != nil {
		return 0, err
	}
	g.faults.mu.Lock()
	defer g.faults.mu.Unlock()
	g.faults.next++
	f.ID, f.Struck = g.faults.next, 0
	g.faults.faults = append(g.faults.faults, &f)
	return f.ID, nil
}

// Faults lists the faults that may still strike.
func (g *Guild) Faults() []Fault {
	g.faults.mu.Lock()
	defer g.faults.mu.Unlock()
	list := []Fault{}
	for _, f := range g.faults.faults {
		list = append(list, *f)
	}
	return list
}

// RemoveFault removes a fault, or all with id 0, and ends the hangs and delays that run.
func (g *Guild) RemoveFault(id int) {
	g.faults.mu.Lock()
	defer g.faults.mu.Unlock()
	g.faults.faults = slices.DeleteFunc(g.faults.faults, func(f *Fault) bool { return id == 0 || f.ID == id })
	close(g.faults.cleared)
	g.faults.cleared = make(chan struct{})
}

// strike chooses the fault of a call, or nil, and the channel that ends a hang.
func (b *faultBox) strike(method string, args arguments) (*Fault, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, f := range b.faults {
		if !f.matches(method, args) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Probability > 0 && rand.Float64() >= f.Probability {
			continue
		}
		f.Struck++
		if f.Times > 0 && f.Struck >= f.Times {
			b.faults = slices.Delete(b.faults, i, i+1)
		}
		chosen := *f
		return &chosen, b.cleared
	}
	return nil, b.cleared
}
