package spectest

import (
	"errors"
	"fmt"
	"net/http"
)

// Types of an answer to an interaction
// (docs.discord.com/developers/interactions/receiving-and-responding).
const (
	answerMessage      = 4
	answerDeferred     = 5
	answerDeferredEdit = 6
	answerEdit         = 7
	answerChoices      = 8
	answerModal        = 9

	maxChoices    = 25
	maxChoiceText = 100
)

// CheckCallback says what is wrong with the answer to an interaction, be it the
// HTTP answer to POST /discord/interactions or the body of the callback.
func (s *DiscordSpec) CheckCallback(body []byte) error {
	return s.checkBody(http.MethodPost, "/interactions/1/token/callback", body)
}

// CheckCommands says what is wrong with a command set, the body of
// PUT /applications/{app}/guilds/{guild}/commands.
func (s *DiscordSpec) CheckCommands(body []byte) error {
	return s.checkBody(http.MethodPut, "/applications/1/guilds/1/commands", body)
}

// checkBody checks a body alone, as if it came with a faultless request.
func (s *DiscordSpec) checkBody(method, path string, body []byte) error {
	if s == nil {
		return nil
	}
	r, values, _ := s.api.find(path)
	op, known := r.operations[method]
	if !known {
		return fmt.Errorf("%s %s: not described", method, path)
	}
	decoded, _, wrong := op.checkBody(DiscordCall{Body: body, Header: http.Header{"Content-Type": {jsonType}}}, values)
	return errors.Join(wrong, errors.Join(op.checkProse(decoded)...))
}

func (p *prose) callback(c map[string]any) {
	kind, _ := whole(c["type"])
	data, at := object(c["data"]), []string{"data"}
	switch kind {
	case answerMessage:
		p.message(at, data, isNew)
	case answerEdit:
		p.message(at, data, isEdit)
	case answerDeferred:
		p.deferred(at, data)
	case answerDeferredEdit:
		if len(data) > 0 {
			p.add(at, "a deferred edit has no data")
		}
	case answerChoices:
		p.choices(at, data, maxChoiceText)
	case answerModal:
		p.modal(at, data)
	}
}

// deferred: only whether the answer will be private can be said now.
func (p *prose) deferred(at []string, data map[string]any) {
	for member, value := range data {
		if member != "flags" && !isEmpty(value) {
			p.add(under(at, member), "a deferred answer has flags only")
		}
	}
	if flags, _ := whole(data["flags"]); flags&^flagEphemeral != 0 {
		p.add(under(at, "flags"), "a deferred answer takes EPHEMERAL only")
	}
}

// choices of an option, fixed or offered while somebody types.
func (p *prose) choices(at []string, parent map[string]any, maxValue int) {
	names := map[any]bool{}
	for i, item := range p.count(at, parent, "choices", maxChoices) {
		c, at := object(item), under(at, "choices", i)
		p.text(at, c, "name", 1, maxChoiceText)
		p.text(at, c, "value", 1, maxValue)
		if names[c["name"]] {
			p.add(at, "name %v twice", c["name"])
		}
		names[c["name"]] = true
	}
}

func (p *prose) modal(at []string, data map[string]any) {
	p.text(at, data, "title", 1, maxModalTitle)
	p.text(at, data, "custom_id", 1, maxCustomID)
	items := p.count(at, data, "components", maxModalComponents)
	w := &componentWalk{prose: p, ids: map[string]bool{}}
	w.each(under(at, "components"), items)
}
