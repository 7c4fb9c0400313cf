package discord

import (
	"maps"
	"net/http"
	"strconv"

	"roomkeeper/sandbox/internal/stage"
)

// rules are how Discord answers on the stage that its calls pass.
func (g *Guild) rules() stage.Rules[Call, int, reply] {
	return stage.Rules[Call, int, reply]{
		Trace: func(c *Call) *stage.Trace { return &c.Trace }, Kept: keptCalls,
		Moments: []string{Before, After}, Code: 50013,
		Refused: func(code int) reply { return refused(refuse(code)) },
		Foreign: func(status, retryAfter int, body []byte, _ string) reply {
			return reply{status: status, retryAfter: retryAfter, body: body}
		},
		Halved: func(out reply, body []byte) reply {
			out.body = body
			return out
		},
		Body:     func(out reply) []byte { return out.body },
		Answered: answered,
		Write:    g.write,
	}
}

// answered is what the log is told of an answer.
func answered(out reply) (status int, ok bool, fill func(*Call)) {
	return out.status, out.status/100 == 2, func(c *Call) {
		c.Error = out.code
		if out.status >= 400 && !secretive(c.Method) {
			c.Answer = string(out.body)
		}
	}
}

func (g *Guild) write(rw http.ResponseWriter, out reply) {
	g.countInvalid(out)
	header := rw.Header()
	maps.Copy(header, out.header)
	if out.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(out.retryAfter))
	}
	switch {
	case stage.IsHTML(out.body):
		header.Set("Content-Type", "text/html")
	case len(out.body) > 0:
		header.Set("Content-Type", "application/json")
	}
	rw.WriteHeader(out.status)
	_, _ = rw.Write(out.body)
}
