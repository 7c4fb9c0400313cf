package slack

import "roomkeeper/sandbox/internal/stage"

// keptCalls is how many calls the log holds; older ones are forgotten.
const keptCalls = 100_000

// Call is one request to the Web API, or to a response_url (method "response_url").
type Call struct {
	stage.Trace
	HTTPMethod  string    `json:"http_method"`
	ContentType string    `json:"content_type"`
	TokenIn     string    `json:"token_in"` // header, form, query, none; the token itself is not kept
	TokenValid  bool      `json:"token_valid"`
	Actor       string    `json:"actor"` // id of the account that the token acts for; "" of no known token
	Args        arguments `json:"args"`
	Error       string    `json:"error"`
}

// The words of the stage that calls pass.
type (
	// Count is how far the calls of a method came.
	Count = stage.Count
	// Gate holds calls of a method.
	Gate = stage.Gate
	// Fault spoils calls of a method. An "error" is HTTP 200 with "ok": false and Code ("internal_error"); one During a
	// call lets the method run for the first half of its "users" only.
	Fault = stage.Fault[string]
)

// Moments, kinds and phases: see package stage.
const (
	Before = stage.Before
	During = stage.During
	After  = stage.After

	FaultStatus  = stage.FaultStatus
	FaultError   = stage.FaultError
	FaultCut     = stage.FaultCut
	FaultPartial = stage.FaultPartial
	FaultDelay   = stage.FaultDelay
	FaultHang    = stage.FaultHang
	FaultGarbage = stage.FaultGarbage
	FaultEmpty   = stage.FaultEmpty

	PhaseArrived  = stage.PhaseArrived
	PhaseExecuted = stage.PhaseExecuted
	PhaseAnswered = stage.PhaseAnswered
	PhaseGone     = stage.PhaseGone
)
