package discord

import (
	"errors"
	"net/http"

	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

// signInContent is what a page says.
type signInContent struct {
	Title string
	Text  []string
}

// signInTexts is everything that the pages say, in English.
type signInTexts struct{ command string }

func (x signInTexts) again() string {
	return "Go back to Discord and give the command " + x.command + " link to begin again."
}

func (x signInTexts) admin() string { return "A server admin can link you without it: ask one." }

// of says how a sign-in ended; user is told when err is nil.
func (x signInTexts) of(err error, user connector.User) signInContent {
	if err == nil {
		name := connector.Cut(user.Name, 80)
		if name == "" {
			name = "user " + string(user.ID)
		}
		return signInContent{"You are linked", []string{
			"In the CRM you are " + name + ". Your channels appear in Discord within a minute.",
			"You can close this page.",
		}}
	}
	content := x.refusal(err)
	if status, _ := signInStatus(err); status != http.StatusServiceUnavailable {
		content.Text[0] += " Nothing was changed."
	}
	return content
}

func (x signInTexts) refusal(err error) signInContent {
	var account *identity.AccountError
	switch {
	case errors.Is(err, errSignInStale):
		return signInContent{"This link is over", []string{
			"It was not begun in this browser, or more than ten minutes ago, or another one was begun after it.", x.again(),
		}}
	case errors.Is(err, errSignInUsed):
		return signInContent{"This link was used", []string{"It is good for one time, and that was before.", x.again()}}
	case errors.Is(err, errSignInDeclined):
		return signInContent{"You said no", []string{"Roomkeeper was not told who you are.", x.admin()}}
	case errors.Is(err, errSignInRefused):
		return signInContent{"Discord did not confirm it", []string{"Discord did not say who you are.", x.again()}}
	case errors.Is(err, errSignInOther):
		return signInContent{"That is another account", []string{
			"You are signed in to Discord as somebody else than the account that asked for this link. Sign in there with that account.", x.again(),
		}}
	case errors.Is(err, errSignInUnverified):
		return signInContent{"No verified address", []string{
			"Your Discord account has no verified e-mail address, so it proves nothing. Verify it in Discord's settings.", x.again(),
		}}
	case errors.Is(err, identity.ErrNobody):
		return signInContent{"The CRM does not know this address", []string{
			"Nobody who is active in the CRM has the e-mail address of your Discord account.", x.admin(),
		}}
	case errors.Is(err, identity.ErrSeveral):
		return signInContent{"Several have this address", []string{
			"More than one user of the CRM has the e-mail address of your Discord account, and nobody can tell which of them you are.", x.admin(),
		}}
	case errors.As(err, &account):
		return signInContent{"Not a member here", []string{
			"Your Discord account is not a full member of the server that Roomkeeper serves. Join it first.", x.again(),
		}}
	}
	return x.failure(err)
}

func (x signInTexts) failure(err error) signInContent {
	switch connector.ReasonOf(err) {
	case connector.ReasonUnsupported, connector.ReasonNotFound:
		return signInContent{"The CRM cannot say", []string{"The CRM cannot be asked who has an e-mail address.", x.admin()}}
	case connector.ReasonUnauthorized, connector.ReasonForbidden, connector.ReasonInvalid:
		return signInContent{"Roomkeeper is not set up right", []string{
			"Discord or the CRM refuses Roomkeeper. Tell a server admin; the log says more.", x.again(),
		}}
	default:
		return signInContent{"Not just now", []string{
			"Discord, the CRM or Roomkeeper's store cannot be reached.", "Try again in a minute. " + x.again(),
		}}
	}
}
