package slack

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
)

// Moments at which a fault strikes.
const (
	Before = "before" // the method does not run (a delay: it runs afterwards)
	During = "during" // the method runs, for the first half of its "users" only, and the answer breaks off
	After  = "after"  // the method runs and the answer is spoilt
)

// Kinds of faults.
const (
	FaultStatus  = "status"  // an HTTP status with an HTML body; see Status and RetryAfter
	FaultError   = "error"   // HTTP 200 with "ok": false and Code
	FaultCut     = "cut"     // the connection is closed without an answer; during: in the middle of one
	FaultPartial = "partial" // a complete HTTP answer with half of the body
	FaultDelay   = "delay"   // Seconds pass
	FaultHang    = "hang"    // no answer until the client gives up or the faults are cleared
	FaultGarbage = "garbage" // HTTP 200 with Body, which is no JSON (a line of HTML)
	FaultEmpty   = "empty"   // HTTP 200 with Body ("{}")
)

// Fault spoils calls of a method.
type Fault struct {
	ID          int               `json:"id"`          // given by AddFault
	Method      string            `json:"method"`      // "*": every method; "response_url": response URLs
	Match       map[string]string `json:"match"`       // arguments that must have these values
	When        string            `json:"when"`        // Before ("" too), During or After
	Kind        string            `json:"kind"`        // one of the Fault… kinds
	Status      int               `json:"status"`      // of FaultStatus (500)
	RetryAfter  int               `json:"retry_after"` // seconds, of FaultStatus; 0: no header
	Code        string            `json:"code"`        // of FaultError ("internal_error")
	Seconds     float64           `json:"seconds"`     // of FaultDelay
	Body        string            `json:"body"`        // of FaultGarbage and FaultEmpty
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
	if f.Code == "" {
		f.Code = "internal_error"
	}
	kinds := []string{FaultStatus, FaultError, FaultCut, FaultPartial, FaultDelay, FaultHang, FaultGarbage, FaultEmpty}
	switch {
	case f.Method == "":
		return f, fmt.Errorf("%w: no method", errFault)
	case !slices.Contains([]string{Before, During, After}, f.When):
		return f, fmt.Errorf("%w: when %q", errFault, f.When)
	case !slices.Contains(kinds, f.Kind):
		return f, fmt.Errorf("%w: kind %q", errFault, f.Kind)
	case f.Kind == FaultPartial && f.When == Before:
		f.When = After // half of an answer needs an answer
	}
	return f, nil
}

func (f Fault) matches(method string, args arguments) bool {
	if f.Method != "*" && f.Method != method {
		return false
	}
	for name, value := range f.Match {
		if args[name] != value {
			return false
		}
	}
	return true
}

type faultBox struct {
	mu      sync.Mutex
	next    int
	faults  []*Fault
	cleared chan struct{}
}

func newFaultBox() *faultBox { return &faultBox{cleared: make(chan struct{})} }

// AddFault puts a fault in and returns its id. Faults strike in the order in which they were added, one a call.
func (w *Workspace) AddFault(f Fault) (int, error) {
	f, err := f.checked()
	if err != nil {
		return 0, err
	}
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.next++
	f.ID, f.Struck = w.faults.next, 0
	w.faults.faults = append(w.faults.faults, &f)
	return f.ID, nil
}

// Faults lists the faults that may still strike.
func (w *Workspace) Faults() []Fault {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	list := []Fault{}
	for _, f := range w.faults.faults {
		list = append(list, *f)
	}
	return list
}

// RemoveFault removes a fault, or all with id 0, and ends the hangs and delays that run.
func (w *Workspace) RemoveFault(id int) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.faults = slices.DeleteFunc(w.faults.faults, func(f *Fault) bool { return id == 0 || f.ID == id })
	close(w.faults.cleared)
	w.faults.cleared = make(chan struct{})
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
