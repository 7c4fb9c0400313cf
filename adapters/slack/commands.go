package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"roomkeeper/adapters/internal/inbound"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// Texts that this adapter answers by itself.
const (
	textWorking  = "Working on it…"
	textBusy     = "Roomkeeper is busy just now. Nothing was changed; try again in a minute."
	textBroken   = "Something went wrong here. Try again in a minute; the log says more."
	textForeign  = "Roomkeeper does not serve this workspace. Nothing was changed."
	textStarting = "Roomkeeper has not reached Slack yet. Nothing was changed; try again in a minute."
)

// serveCommand answers a slash command: within patience with the real answer,
// else with textWorking and later, by the response URL, with the real one. The
// status is always 200, because Slack shows people nothing of another one.
func (in *Inbound) serveCommand(w http.ResponseWriter, r *http.Request, body []byte) {
	// Only the signed body counts, never the query string.
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "the body is not a form", http.StatusBadRequest)
		return
	}
	if form.Get("ssl_check") == "1" {
		w.WriteHeader(http.StatusOK)
		return
	}
	if refusal := in.refuseTeam(form.Get("team_id")); refusal != "" {
		in.writeAnswer(w, r, command.Answer{Text: refusal})
		return
	}
	if name := form.Get("command"); name != in.command {
		in.writeAnswer(w, r, command.Answer{Text: "Roomkeeper answers to " + in.command + ". Nothing was changed."})
		return
	}
	in.runCommand(w, r, commandRequest(form, body), form.Get("response_url"))
}

// refuseTeam returns what to tell somebody of another workspace, or anybody
// while ours is not known; "" for ours.
func (in *Inbound) refuseTeam(team string) string {
	switch {
	case in.team() == "":
		return textStarting
	case in.foreign(team):
		return textForeign
	}
	return ""
}

func (in *Inbound) runCommand(w http.ResponseWriter, r *http.Request, request command.Request, responseURL string) {
	done, late := make(chan command.Answer), make(chan struct{})
	started := in.desk.Start(func(ctx context.Context) {
		answer := inbound.Guarded(ctx, in.desk, command.Answer{Text: textBroken}, func(ctx context.Context) command.Answer { return in.handler.Run(ctx, request) })
		select {
		case done <- answer:
		case <-late:
			in.send(ctx, responseURL, answer)
		}
	})
	if !started {
		in.writeAnswer(w, r, command.Answer{Text: textBusy})
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case answer := <-done:
		in.writeAnswer(w, r, answer)
	case <-timer.C:
		in.writeAnswer(w, r, command.Answer{Text: textWorking})
		close(late)
	}
}

// commandRequest makes the neutral request of a command.
func commandRequest(form url.Values, body []byte) command.Request {
	id := form.Get("trigger_id")
	if id == "" {
		id = digest(body)
	}
	return command.Request{
		ID:        id,
		Platform:  Platform,
		Channel:   connector.ChannelID(form.Get("channel_id")),
		Actor:     connector.MemberID(form.Get("user_id")),
		ActorName: form.Get("user_name"),
		Text:      plainText(form.Get("text")),
	}
}

// digest names a request that has no identity of its own by its bytes.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// plainText undoes Slack's escaping of what a person typed. A mention keeps
// its brackets and loses its label: <@U1|ann> becomes <@U1>; a link becomes
// its address.
func plainText(text string) string {
	text = reMention().ReplaceAllString(text, "<@$1>")
	text = reLink().ReplaceAllString(text, "$1")
	return unescapeText(text)
}

func reMention() *regexp.Regexp { return regexp.MustCompile(`<@([A-Z0-9]+)\|[^>]*>`) }

func reLink() *regexp.Regexp { return regexp.MustCompile(`<(https?://[^|>]+)(?:\|[^>]*)?>`) }
