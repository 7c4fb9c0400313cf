package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/adapters/internal/inbound"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// interaction is the part of an interaction that is used
// (docs.discord.com/developers/interactions/receiving-and-responding). Own
// structs and not discordgo's: those reject a request whole when a part of it
// that nobody needs has a form that they do not know.
type interaction struct {
	ID        string                    `json:"id"`
	Type      discordgo.InteractionType `json:"type"`
	GuildID   string                    `json:"guild_id"`
	ChannelID string                    `json:"channel_id"`
	// Context is 1 in the direct message with our bot, where no guild is named.
	Context int `json:"context"`
	// Token answers this one interaction for 15 minutes; never logged.
	Token   string          `json:"token"`
	Data    json.RawMessage `json:"data"`
	User    user            `json:"user"`
	Message struct {
		ID string `json:"id"`
	} `json:"message"`
	Member struct {
		Nick string `json:"nick"`
		User user   `json:"user"`
	} `json:"member"`
}

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
}

// actor is who did it: in a guild its member, elsewhere the user.
func (i interaction) actor() (id connector.MemberID, name string) {
	u := i.Member.User
	if u.ID == "" {
		u = i.User
	}
	return connector.MemberID(u.ID), chattext.FirstOf(i.Member.Nick, u.GlobalName, u.Username)
}

// direct reports whether it comes from the direct message with our bot. What is
// pressed there is our own card, and who may do what it asks is decided as
// everywhere.
func (i interaction) direct() bool { return i.GuildID == "" && i.Context == botDirect }

// botDirect is the context of a direct message with the app's bot (docs,
// interactions/receiving-and-responding: interaction context types).
const botDirect = 1

// componentData is the data of a pressed button or a used select menu.
type componentData struct {
	CustomID string                  `json:"custom_id"`
	Type     discordgo.ComponentType `json:"component_type"`
	Values   []string                `json:"values"`
}

// serveInteraction takes one interaction. The status of one that is signed is
// 200: Discord shows people nothing of another one.
func (in *Inbound) serveInteraction(w http.ResponseWriter, r *http.Request, body []byte) {
	var i interaction
	if err := json.Unmarshal(body, &i); err != nil {
		http.Error(w, "the body is not an interaction", http.StatusBadRequest)
		return
	}
	if i.ID == "" {
		i.ID = digest(body)
	}
	switch i.Type {
	case discordgo.InteractionPing:
		in.write(w, r, reply{Type: discordgo.InteractionResponsePong})
	case discordgo.InteractionApplicationCommandAutocomplete:
		in.serveAutocomplete(w, r, i)
	case discordgo.InteractionApplicationCommand:
		in.serveCommand(w, r, i)
	case discordgo.InteractionMessageComponent:
		in.serveComponent(w, r, i)
	case discordgo.InteractionModalSubmit:
		in.write(w, r, private(command.Answer{Text: textNoForms}))
	default:
		http.Error(w, "this type of interaction is not known", http.StatusBadRequest)
	}
}

// serveComponent takes the press of a button of ours, or a select menu of a
// command. Anything else is acknowledged and changes nothing.
func (in *Inbound) serveComponent(w http.ResponseWriter, r *http.Request, i interaction) {
	var data componentData
	if err := json.Unmarshal(i.Data, &data); err != nil {
		http.Error(w, "the data is not that of a component", http.StatusBadRequest)
		return
	}
	if text, ok := menuText(data); ok {
		in.answer(w, r, i, later{first: deferredAnswer}, func(ctx context.Context) command.Answer {
			return in.handler.Run(ctx, i.request(text))
		})
		return
	}
	action, value := actionOf(data.CustomID)
	if data.Type != discordgo.ButtonComponent || !ourAction(action) {
		in.write(w, r, reply{Type: discordgo.InteractionResponseDeferredMessageUpdate})
		return
	}
	actor, _ := i.actor()
	press := command.Press{
		ID:       i.ID,
		Platform: Platform,
		Channel:  connector.ChannelID(i.ChannelID),
		Message:  connector.MessageID(i.Message.ID),
		Actor:    actor,
		Action:   action,
		Value:    value,
	}
	in.answer(w, r, i, later{first: deferredUpdate, press: true}, func(ctx context.Context) command.Answer {
		return in.handler.Press(ctx, press)
	})
}

// request is the neutral request of an interaction with text.
func (i interaction) request(text string) command.Request {
	actor, name := i.actor()
	return command.Request{
		ID: i.ID, Platform: Platform, Channel: connector.ChannelID(i.ChannelID), Actor: actor, ActorName: name, Text: text,
	}
}

// later is what is said when an answer takes longer, and how it follows.
type later struct {
	first discordgo.InteractionResponseType
	// press: what is answered is a press, whose message the answer may replace.
	press bool
}

// The deferred answers: "thinking", seen only by who asked; or nothing to see.
const (
	deferredAnswer = discordgo.InteractionResponseDeferredChannelMessageWithSource
	deferredUpdate = discordgo.InteractionResponseDeferredMessageUpdate
)

// answer runs do and answers the interaction: within patience with the real
// answer, else with a deferred one and later, by the interaction's token, with
// the real one.
func (in *Inbound) answer(w http.ResponseWriter, r *http.Request, i interaction, how later, do func(context.Context) command.Answer) {
	if refusal := in.refuseGuild(i.GuildID); refusal != "" && (!how.press || !i.direct()) {
		in.write(w, r, private(command.Answer{Text: refusal}))
		return
	}
	done, late := make(chan command.Answer), make(chan struct{})
	started := in.desk.Start(func(ctx context.Context) {
		answer := inbound.Guarded(ctx, in.desk, command.Answer{Text: textBroken}, do)
		select {
		case done <- answer:
		case <-late:
			settled(ctx)
			in.send(ctx, i, how, answer)
		}
	})
	if !started {
		in.write(w, r, private(command.Answer{Text: textBusy}))
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case answer := <-done:
		in.write(w, r, replyTo(answer, how))
	case <-timer.C:
		in.write(w, r, deferred(how))
		// A failure means that Discord hung up; the answer will find no place.
		_ = http.NewResponseController(w).Flush()
		close(late)
	}
}

// settled waits until Discord has surely taken in that the answer is deferred:
// before that it knows of no message that the answer could stand in.
func settled(ctx context.Context) {
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func ourAction(id connector.ActionID) bool {
	switch id {
	case connector.ActionHoldConfirm, connector.ActionHoldDismiss, connector.ActionCloseKeep,
		connector.ActionDetailsMore, connector.ActionAdoptConfirm, connector.ActionGroupRecreate:
		return true
	}
	return false
}

// digest names something that has no identity of its own by its bytes.
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}
