package discord

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// refusal is a call that Discord answers with an error.
type refusal struct {
	status  int
	code    int
	message string
	errors  map[string]any // the nested list of an invalid form
	wait    time.Duration  // of a 429
}

// refuse is an error of Discord's table (docs, topics/opcodes-and-status-codes: JSON error codes).
func refuse(code int) *refusal {
	message, status := errorNamed(code)
	return &refusal{status: status, code: code, message: message}
}

// unauthorized and its likes are answers of the HTTP layer, without a code of their own.
func refuseHTTP(status int) *refusal {
	return &refusal{status: status, message: strconv.Itoa(status) + ": " + http.StatusText(status)}
}

func (no *refusal) body() answer {
	body := answer{"message": no.message, "code": no.code}
	if no.errors != nil {
		body["errors"] = no.errors
	}
	if no.wait > 0 {
		body["retry_after"], body["global"] = no.wait.Seconds(), false
		if no.code == 0 {
			delete(body, "code")
		}
	}
	return body
}

func errorNamed(code int) (message string, status int) {
	switch code {
	case 10002:
		return "Unknown Application", http.StatusNotFound
	case 10003:
		return "Unknown Channel", http.StatusNotFound
	case 10004:
		return "Unknown Guild", http.StatusNotFound
	case 10007:
		return "Unknown Member", http.StatusNotFound
	case 10008:
		return "Unknown Message", http.StatusNotFound
	case 10009:
		return "Unknown Overwrite", http.StatusNotFound
	case 10011:
		return "Unknown Role", http.StatusNotFound
	case 10013:
		return "Unknown User", http.StatusNotFound
	case 10015:
		return "Unknown Webhook", http.StatusNotFound
	case 10062:
		return "Unknown interaction", http.StatusNotFound
	case 10063:
		return "Unknown application command", http.StatusNotFound
	case 30003:
		return "Maximum number of pins reached for the channel (250)", http.StatusBadRequest
	case 30013:
		return "Maximum number of guild channels reached (500)", http.StatusBadRequest
	case 30032:
		return "Maximum number of application commands reached (100)", http.StatusBadRequest
	case 30033:
		return "Maximum number of thread participants has been reached (1000)", http.StatusBadRequest
	case 30034:
		return "Max number of daily application command creates has been reached (200)", http.StatusBadRequest
	case 30046:
		return "Maximum number of edits to messages older than 1 hour reached. Try again later", http.StatusTooManyRequests
	case 30060:
		return "Maximum number of channel permission overwrites reached (1000)", http.StatusBadRequest
	case 40001:
		return "Unauthorized. Provide a valid token and try again", http.StatusUnauthorized
	case 40060:
		return "Interaction has already been acknowledged", http.StatusBadRequest
	case 40333:
		return "internal network error", http.StatusForbidden
	default:
		return refusedAction(code)
	}
}

func refusedAction(code int) (message string, status int) {
	switch code {
	case 50001:
		return "Missing Access", http.StatusForbidden
	case 50005:
		return "Cannot edit a message authored by another user", http.StatusForbidden
	case 50006:
		return "Cannot send an empty message", http.StatusBadRequest
	case 50007, 50278:
		return "Cannot send messages to this user", http.StatusForbidden
	case 50008:
		return "Cannot send messages in a non-text channel", http.StatusBadRequest
	case 50013:
		return "Missing Permissions", http.StatusForbidden
	case 50021:
		return "Cannot execute action on a system message", http.StatusForbidden
	case 50024:
		return "Cannot execute action on this channel type", http.StatusBadRequest
	case 50025:
		return "Invalid OAuth2 access token provided", http.StatusUnauthorized
	case 50027:
		return "Invalid Webhook Token", http.StatusUnauthorized
	case 50035:
		return "Invalid Form Body", http.StatusBadRequest
	case 50083:
		return "Thread is archived", http.StatusBadRequest
	case 50109:
		return "The request body contains invalid JSON.", http.StatusBadRequest
	case 160002:
		return "Cannot reply without permission to read message history", http.StatusBadRequest
	case 160004:
		return "A thread has already been created for this message", http.StatusBadRequest
	case 160005:
		return "Thread is locked", http.StatusBadRequest
	case 160006:
		return "Maximum number of active threads reached", http.StatusBadRequest
	default:
		return "General error", http.StatusBadRequest
	}
}

// formErrors collects what is wrong with the fields of a body, by the path of each field.
type formErrors struct{ tree map[string]any }

// add notes one field: path is like "embeds.0.title", the code is Discord's, e.g. BASE_TYPE_REQUIRED.
func (f *formErrors) add(path, code, format string, args ...any) {
	if f.tree == nil {
		f.tree = map[string]any{}
	}
	at := f.tree
	for step := range strings.SplitSeq(path, ".") {
		next, ok := at[step].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[step] = next
		}
		at = next
	}
	list, _ := at["_errors"].([]any)
	at["_errors"] = append(list, answer{"code": code, "message": fmt.Sprintf(format, args...)})
}

// refusal is the answer of an invalid form, or nil when nothing is wrong.
func (f *formErrors) refusal() *refusal {
	if len(f.tree) == 0 {
		return nil
	}
	no := refuse(50035)
	no.errors = f.tree
	return no
}

// refuseField is an invalid form with one wrong field.
func refuseField(path, code, format string, args ...any) *refusal {
	var f formErrors
	f.add(path, code, format, args...)
	return f.refusal()
}
