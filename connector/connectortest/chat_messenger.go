package connectortest

import (
	"errors"
	"strings"

	"roomkeeper/connector"
)

func messengerRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"tell":                    privately(chatTell),
		"tell, an extreme card":   privately(chatTellExtreme),
		"tell with a lost answer": privately(chatTellLost),
		"tell limited":            privately(chatTellLimited),
		"tell nobody":             privately(chatTellNobody),
		"tell who takes none":     privately(chatTellMuted),
	}
}

// privately leaves a rule out where nobody is told in private.
func privately(rule func(*chatTest)) func(*chatTest) {
	return func(t *chatTest) {
		if t.Platform.Messenger != nil {
			rule(t)
		}
	}
}

// told counts what two people got.
func (t *chatTest) told(ann, bob connector.MemberID, wantAnn, wantBob int) {
	t.Helper()
	if a, b := t.Told(ann), t.Told(bob); a != wantAnn || b != wantBob {
		t.Errorf("%d and %d messages, want %d and %d", a, b, wantAnn, wantBob)
	}
}

func chatTell(t *chatTest) {
	ann, bob := t.Person("ann@example.com"), t.Person("bob@example.com")
	t.ok(t.Platform.Messenger.Tell(t.ctx(), ann, "told-1", connector.Card{Label: "Held", Title: "Acme"}))
	t.told(ann, bob, 1, 0)
	t.ok(t.Platform.Messenger.Tell(t.ctx(), ann, "told-2", connector.Card{Title: "Acme"}))
	t.ok(t.Platform.Messenger.Tell(t.ctx(), bob, "told-1", connector.Card{Title: "Acme"}))
	t.told(ann, bob, 2, 1)
}

func chatTellExtreme(t *chatTest) {
	ann := t.Person("ann@example.com")
	hostile := strings.Repeat("<!channel> @everyone <@U1> [x](https://evil.example) ", 200)
	card := connector.Card{
		Label: hostile, Title: hostile, Text: hostile, Author: hostile, At: t.Now(), Footnote: hostile, URL: "javascript:alert(1)",
		Fields:  []connector.Field{{Key: "f", Label: hostile, Value: hostile}},
		Buttons: []connector.Button{{ID: connector.ActionHoldConfirm, Label: hostile, Value: "v", Danger: true}},
	}
	t.ok(t.Platform.Messenger.Tell(t.ctx(), ann, "extreme", card))
	t.ok(t.Platform.Messenger.Tell(t.ctx(), ann, "empty", connector.Card{}))
	t.told(ann, t.Person("bob@example.com"), 2, 0)
}

func chatTellLost(t *chatTest) {
	ann := t.Person("ann@example.com")
	for i, fault := range []ChatFault{ChatLost, ChatFailed} {
		t.Spoil(ChatTell, fault, 0)
		t.is(t.Platform.Messenger.Tell(t.ctx(), ann, connector.CardID(fault), connector.Card{Title: "Acme"}), connector.ErrUnknownOutcome)
		if got := t.Told(ann); got != 1 {
			t.Errorf("%d messages after fault %d, want 1", got, i)
		}
	}
}

func chatTellLimited(t *chatTest) {
	ann := t.Person("ann@example.com")
	t.Spoil(ChatTell, ChatLimited, 0)
	t.waits(t.Platform.Messenger.Tell(t.ctx(), ann, "told-1", connector.Card{Title: "Acme"}))
	if got := t.Told(ann); got != 0 {
		t.Errorf("%d messages, want none", got)
	}
}

func chatTellNobody(t *chatTest) {
	for _, nobody := range []connector.MemberID{t.NoMember, "", "no id"} {
		err := t.Platform.Messenger.Tell(t.ctx(), nobody, "told-1", connector.Card{Title: "Acme"})
		if !errors.Is(err, connector.ErrForbidden) && !errors.Is(err, connector.ErrInvalid) {
			t.Errorf("told %q: %v", nobody, err)
		}
	}
}

func chatTellMuted(t *chatTest) {
	ann := t.Person("ann@example.com")
	t.Mute(ann)
	t.is(t.Platform.Messenger.Tell(t.ctx(), ann, "told-1", connector.Card{Title: "Acme"}), connector.ErrForbidden)
	if got := t.Told(ann); got != 0 {
		t.Errorf("%d messages, want none", got)
	}
}
