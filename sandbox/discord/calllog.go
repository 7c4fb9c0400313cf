package discord

import (
	"strings"

	"roomkeeper/sandbox/internal/stage"
)

const keptCalls = 50_000

// Call is one request to the REST API. A method is the HTTP method with the template of the path, such as
// "PUT /channels/{channel}/permissions/{id}"; "unknown" for what fits no route.
type Call struct {
	stage.Trace
	HTTPMethod  string            `json:"http_method"`
	Path        string            `json:"path"`  // below the root of the API, as it was sent
	Query       string            `json:"query"` // raw
	Vars        map[string]string `json:"vars"`  // the template's variables
	Body        string            `json:"body"`  // "" of the routes of OAuth2's tokens, as is Answer
	UserAgent   string            `json:"user_agent"`
	ContentType string            `json:"content_type"`
	Scheme      string            `json:"scheme"`      // of the Authorization: "Bot", "Bearer", …; "": there was none
	TokenValid  bool              `json:"token_valid"` // the token itself is not kept
	Reason      string            `json:"reason"`      // X-Audit-Log-Reason, percent-decoded
	RawReason   string            `json:"raw_reason"`  // as it was sent
	Error       int               `json:"error"`       // Discord's code; 0: none
	Answer      string            `json:"answer"`      // body of a refusal; of other answers it is not kept
}

// secretive says whether bodies and answers of a method are not kept: they are secrets and little else.
func secretive(method string) bool { return strings.HasPrefix(method, "POST /oauth2/") }

// The words of the stage that calls pass.
type (
	// Count is how far the calls of a method came.
	Count = stage.Count
	// Gate holds calls of a method.
	Gate = stage.Gate
	// Fault spoils calls of a method. An "error" is one of Discord's; see Code (50013).
	Fault = stage.Fault[int]
)

// Moments, kinds and phases: see package stage.
const (
	Before = stage.Before
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
