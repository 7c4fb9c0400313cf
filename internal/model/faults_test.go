package model_test

import (
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// mishap is one way in which a call fails.
type mishap string

const (
	temporary mishap = "a temporary failure"
	forbidden mishap = "is forbidden"
	notFound  mishap = "finds nothing"
	lostAfter mishap = "has its effect and its answer is lost"
	lostHere  mishap = "has no effect and nobody knows"
	wait      mishap = "has to wait"
	crash     mishap = "is the last one before a crash"
	crashed   mishap = "has its effect before a crash"
)

func mishaps() []mishap {
	return []mishap{temporary, forbidden, notFound, lostAfter, lostHere, wait, crash, crashed}
}

// errCrash is thrown where a process is killed.
var errCrash = errors.New("killed")

// faults fail the calls that they are told to, by their number from the last
// arming on.
type faults struct {
	// calls counts those to CRM and chat, steps those and the store's.
	calls int
	plan  map[int]mishap
	// storePlan counts the store's steps.
	storeSteps int
	storePlan  map[int]mishap
	// dead: the process was killed, nothing works any more.
	dead bool
	// log names the calls, if it is kept.
	log []string
	// happened are the mishaps since they were last asked for.
	happened []string
}

func (f *faults) arm(plan, storePlan map[int]mishap) {
	*f = faults{plan: plan, storePlan: storePlan}
}

func (f *faults) chat(call string) (connectortest.MemoryFault, bool) { return f.call("chat", call) }
func (f *faults) crm(call string) (connectortest.MemoryFault, bool)  { return f.call("crm", call) }

func (f *faults) call(side, call string) (connectortest.MemoryFault, bool) {
	if f.dead {
		panic(errCrash)
	}
	f.calls++
	f.log = append(f.log, side+" "+call)
	how, fails := f.plan[f.calls]
	if !fails {
		return connectortest.MemoryFault{}, false
	}
	f.happened = append(f.happened, fmt.Sprintf("%s %s %s", side, call, how))
	switch how {
	case crash:
		f.dead = true
		panic(errCrash)
	case crashed:
		f.dead = true
		return connectortest.MemoryFault{Err: fmt.Errorf("spoilt: %w", connector.ErrUnknownOutcome), Done: true}, true
	case temporary, forbidden, notFound, lostAfter, lostHere, wait:
	}
	return connectortest.MemoryFault{Err: fmt.Errorf("spoilt: %w", errorOf(side, call, how)), Done: how == lostAfter}, true
}

// errorOf is what an adapter makes of a mishap: a call that may not be repeated
// blindly has an unknown outcome, all others may be repeated.
func errorOf(side, call string, how mishap) error {
	blind := side == "chat" && (call == string(connectortest.ChatCreate) || call == string(connectortest.ChatPost))
	switch how {
	case temporary:
		return connector.ErrTemporary
	case forbidden:
		return connector.ErrForbidden
	case notFound:
		if call == string(connectortest.ChatAccount) || call == string(connectortest.ChatFind) {
			return connector.ErrTemporary // there it would be an answer, and a wrong one
		}
		return connector.ErrNotFound
	case wait:
		return &connector.WaitError{After: time.Minute, What: call}
	case lostAfter, lostHere:
		if blind || side == "chat" {
			return connector.ErrUnknownOutcome
		}
		return connector.ErrTemporary
	case crash, crashed:
	}
	return errCrash
}

// store is asked before each of the engine's steps.
func (f *faults) store(stepName string) error {
	if f.dead {
		panic(errCrash)
	}
	f.storeSteps++
	switch how, fails := f.storePlan[f.storeSteps]; {
	case !fails:
		return nil
	case how == crash:
		f.happened = append(f.happened, "the store's "+stepName+" "+string(how))
		f.dead = true
		panic(errCrash)
	default:
		f.happened = append(f.happened, "the store's "+stepName+" fails")
		return connector.ErrStoreAway
	}
}

// took returns the mishaps that happened and forgets them.
func (f *faults) took() []string {
	happened := f.happened
	f.happened = nil
	return happened
}
