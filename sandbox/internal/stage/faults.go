package stage

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
	During = "during" // the method runs by half and the answer breaks off; not every platform has it
	After  = "after"  // the method runs and the answer is spoilt
)

// Kinds of faults.
const (
	FaultStatus  = "status"  // an HTTP status with Body (a page of HTML); see Status and RetryAfter
	FaultError   = "error"   // one of the platform's errors; see Code
	FaultCut     = "cut"     // the connection is closed without an answer; during: in the middle of one
	FaultPartial = "partial" // a complete HTTP answer with half of the body
	FaultDelay   = "delay"   // Seconds pass
	FaultHang    = "hang"    // no answer until the client gives up or the faults are cleared
	FaultGarbage = "garbage" // HTTP 200 with Body, which is no JSON (a line of HTML)
	FaultEmpty   = "empty"   // HTTP 200 with Body ("{}")
)

// Fault spoils calls of a method. C is the type of the platform's error codes.
type Fault[C comparable] struct {
	ID          int               `json:"id"`          // given by AddFault
	Method      string            `json:"method"`      // as in the log; "*" in it stands for any text, so "*" is every method
	Match       map[string]string `json:"match"`       // arguments that must have these values; "*" is any
	When        string            `json:"when"`        // Before ("" too), During or After
	Kind        string            `json:"kind"`        // one of the Fault… kinds
	Status      int               `json:"status"`      // of FaultStatus (500)
	RetryAfter  int               `json:"retry_after"` // seconds, of FaultStatus; 0: no header
	Code        C                 `json:"code"`        // of FaultError; unset: the platform's most general one
	Seconds     float64           `json:"seconds"`     // of FaultDelay
	Body        string            `json:"body"`        // of FaultStatus, FaultGarbage and FaultEmpty
	Times       int               `json:"times"`       // how often it strikes (0 means 1); -1: until removed
	Skip        int               `json:"skip"`        // calls that pass first
	Probability float64           `json:"probability"` // of striking a call, 0…1; 0 means 1
	Struck      int               `json:"struck"`      // how often it has struck
}

var errFault = errors.New("bad fault")

// checked fills in what is left out.
func (f Fault[C]) checked(moments []string, code C) (Fault[C], error) {
	if f.When == "" {
		f.When = Before
	}
	if f.Times == 0 {
		f.Times = 1
	}
	if f.Status == 0 {
		f.Status = 500
	}
	var unset C
	if f.Code == unset {
		f.Code = code
	}
	kinds := []string{FaultStatus, FaultError, FaultCut, FaultPartial, FaultDelay, FaultHang, FaultGarbage, FaultEmpty}
	switch {
	case f.Method == "":
		return f, fmt.Errorf("%w: no method", errFault)
	case !slices.Contains(moments, f.When):
		return f, fmt.Errorf("%w: when %q", errFault, f.When)
	case !slices.Contains(kinds, f.Kind):
		return f, fmt.Errorf("%w: kind %q", errFault, f.Kind)
	case f.Kind == FaultPartial && f.When == Before:
		f.When = After // half of an answer needs an answer
	}
	return f, nil
}

// faults are those of one stage.
type faults[C comparable] struct {
	moments []string
	code    C // of a FaultError that has none

	mu      sync.Mutex
	next    int
	list    []*Fault[C]
	cleared Signal
}

// AddFault puts a fault in and returns its id. Faults strike in the order in which they were added, one a call.
func (b *faults[C]) AddFault(f Fault[C]) (int, error) {
	f, err := f.checked(b.moments, b.code)
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	f.ID, f.Struck = b.next, 0
	b.list = append(b.list, &f)
	return f.ID, nil
}

// Faults lists the faults that may still strike.
func (b *faults[C]) Faults() []Fault[C] {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []Fault[C]{}
	for _, f := range b.list {
		list = append(list, *f)
	}
	return list
}

// RemoveFault removes a fault, or all with id 0, and ends the hangs and delays that run.
func (b *faults[C]) RemoveFault(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = slices.DeleteFunc(b.list, func(f *Fault[C]) bool { return id == 0 || f.ID == id })
	b.cleared.Touch()
}

// strike chooses the fault of a call, or the zero fault, and the channel that ends a hang.
func (b *faults[C]) strike(method string, args map[string]string) (Fault[C], <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, f := range b.list {
		if !concerns(f.Method, f.Match, method, args) {
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
			b.list = slices.Delete(b.list, i, i+1)
		}
		return *f, b.cleared.Changed()
	}
	return Fault[C]{}, b.cleared.Changed()
}
