package connector

import "time"

// Card is a neutral message. Every text is CRM text: an adapter shows it as
// it is and never lets it mention, notify, link or format anything.
type Card struct {
	// Label says what the card is about: "Sales record", "Details".
	Label string
	Title string
	Text  string
	// Fields and Changes are shown as label and value.
	Fields  []Field
	Changes []Change
	// Author and At say who did what the card tells, and when; At may be zero.
	Author string
	At     time.Time
	// URL leads to the CRM, or where LinkLabel says; empty or not http(s): no link
	// is shown.
	URL string
	// LinkLabel is what the link is called; "": as one to the CRM.
	LinkLabel string
	Buttons   []Button
	// Footnote is small print: what is not shown, how to silence the card.
	Footnote string
	// Gone marks a card whose subject was deleted in the CRM.
	Gone bool
}

// ActionID is the stable id of a button.
type ActionID string

// The buttons of the public contract.
const (
	ActionHoldConfirm   ActionID = "hold.confirm"
	ActionHoldDismiss   ActionID = "hold.dismiss"
	ActionCloseKeep     ActionID = "close.keep"
	ActionDetailsMore   ActionID = "details.more"
	ActionAdoptConfirm  ActionID = "adopt.confirm"
	ActionGroupRecreate ActionID = "group.recreate"
)

// Known reports whether id is one of these: what others put under a message is
// theirs to answer.
func (id ActionID) Known() bool {
	switch id {
	case ActionHoldConfirm, ActionHoldDismiss, ActionCloseKeep, ActionDetailsMore, ActionAdoptConfirm, ActionGroupRecreate:
		return true
	}
	return false
}

// Button is something that a person can press on a card.
type Button struct {
	ID    ActionID
	Label string
	// Value is opaque and comes back with the press.
	Value   string
	Primary bool
	Danger  bool
}
