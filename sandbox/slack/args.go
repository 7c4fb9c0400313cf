package slack

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// maxBody is the largest request body that is read; the largest legal one is a view of 250 kB.
const maxBody = 1 << 20

// arguments of a call by name. Values of a JSON body that are not strings are kept as their JSON text, so that
// a form and a JSON body read the same.
type arguments map[string]string

func (a arguments) has(name string) bool { _, ok := a[name]; return ok }

// flag reads a boolean in any of the forms that Slack takes.
func (a arguments) flag(name string) bool {
	switch strings.ToLower(a[name]) {
	case "1", "true", "t", "yes", "on":
		return true
	default:
		return false
	}
}

// list splits a comma-separated argument, without blanks, empty items and repetitions.
func (a arguments) list(name string) []string {
	var items []string
	seen := map[string]bool{}
	for item := range strings.SplitSeq(a[name], ",") {
		item = strings.TrimSpace(item)
		if item != "" && !seen[item] {
			seen[item] = true
			items = append(items, item)
		}
	}
	return items
}

// number reads an integer; ok is false when the argument is there and is none.
func (a arguments) number(name string, absent int) (n int, ok bool) {
	if a[name] == "" {
		return absent, true
	}
	n, err := strconv.Atoi(a[name])
	return n, err == nil
}

// request is what a call brought: its arguments, the token and where the token was.
type request struct {
	args        arguments
	token       string
	tokenIn     string // "header", "form", "query" or "none"
	contentType string
}

// readRequest takes a call apart. A JSON body counts only where the method takes JSON, and a token only from
// outside of it (docs.slack.dev/authentication). The code is Slack's, or empty.
func readRequest(r *http.Request, takesJSON bool) (request, string) {
	req := request{args: arguments{}, tokenIn: "none"}
	req.contentType, _, _ = mime.ParseMediaType(r.Header.Get("Content-Type"))
	for name, values := range r.URL.Query() {
		req.args[name] = values[0]
	}
	if req.args["token"] != "" {
		req.token, req.tokenIn = req.args["token"], "query"
	}
	if r.Method == http.MethodPost {
		if code := readBody(r, &req, takesJSON); code != "" {
			return req, code
		}
	}
	if header, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		req.token, req.tokenIn = header, "header"
	}
	delete(req.args, "token")
	return req, ""
}

func readBody(r *http.Request, req *request, takesJSON bool) string {
	switch req.contentType {
	case "application/json":
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
		if err != nil {
			return "invalid_post_type"
		}
		if !takesJSON {
			return ""
		}
		return readJSON(body, req.args)
	case "application/x-www-form-urlencoded", "multipart/form-data":
		r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
		if err := r.ParseMultipartForm(maxBody); err != nil && r.PostForm == nil {
			return "invalid_form_data"
		}
		for name, values := range r.PostForm {
			req.args[name] = values[0]
		}
		if token := r.PostForm.Get("token"); token != "" {
			req.token, req.tokenIn = token, "form"
		}
		return ""
	case "":
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
		return ""
	default:
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
		return "invalid_post_type"
	}
}

func readJSON(body []byte, into arguments) string {
	if len(bytes.TrimSpace(body)) == 0 {
		return ""
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return "invalid_json"
	}
	for name, raw := range fields {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			into[name] = text
		default:
			into[name] = string(raw)
		}
	}
	delete(into, "token")
	return ""
}
