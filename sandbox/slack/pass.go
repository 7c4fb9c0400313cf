package slack

import (
	"net/http"
	"strconv"
	"strings"

	"roomkeeper/sandbox/internal/stage"
)

// rules are how Slack answers on the stage that its calls pass.
func (w *Workspace) rules() stage.Rules[Call, string, reply] {
	return stage.Rules[Call, string, reply]{
		Trace: func(c *Call) *stage.Trace { return &c.Trace }, Kept: keptCalls,
		Moments: []string{Before, During, After}, Code: "internal_error",
		Refused: func(code string) reply { return refused(refuse(code)) },
		Foreign: func(status, retryAfter int, body []byte, cause string) reply {
			if cause == FaultStatus {
				cause = "http_" + strconv.Itoa(status)
			}
			return reply{status: status, retryAfter: retryAfter, body: body, errorCode: cause}
		},
		Halved: func(out reply, body []byte) reply {
			out.body, out.errorCode = body, FaultPartial
			return out
		},
		Body: func(out reply) []byte { return out.body },
		Answered: func(out reply) (int, bool, func(*Call)) {
			return out.status, out.status == http.StatusOK && out.errorCode == "", func(c *Call) { c.Error = out.errorCode }
		},
		Write: w.write,
		Halve: halve,
	}
}

// halve leaves the first half of a list of users, for a fault in the middle of an execution.
func halve(args map[string]string) {
	if users := arguments(args).list("users"); len(users) > 1 {
		args["users"] = strings.Join(users[:len(users)/2], ",")
	}
}

func (w *Workspace) write(rw http.ResponseWriter, out reply) {
	header := rw.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	if stage.IsHTML(out.body) {
		header.Set("Content-Type", "text/html")
	}
	header.Set("X-OAuth-Scopes", w.Settings().Scopes)
	if out.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(out.retryAfter))
	}
	rw.WriteHeader(out.status)
	_, _ = rw.Write(out.body)
}
