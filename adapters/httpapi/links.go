package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

func (a *api) getLinks(w http.ResponseWriter, r *http.Request) error {
	return a.showLinks(w, r)
}

// putLinks stores exactly what the body says: a platform that is left out is
// unlinked.
func (a *api) putLinks(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength == 0 {
		return problemf(http.StatusBadRequest, "there is no body; {} takes all links back, as DELETE does")
	}
	members := make([]*connector.MemberID, len(a.platforms))
	fields := map[string]field{}
	for i, platform := range a.platforms {
		fields[string(platform)] = field{&members[i], "the id of an account"}
	}
	if err := decodeBody(w, r, fields); err != nil {
		return err
	}
	links := identity.Links{}
	for i, platform := range a.platforms {
		if members[i] != nil {
			links[platform] = *members[i]
		}
	}
	err := a.linker.Replace(r.Context(), connector.UserID(r.PathValue("user_id")), links, linkedBy(r))
	if err != nil {
		return linkProblem("set links", err)
	}
	return a.showLinks(w, r)
}

func (a *api) dropLinks(w http.ResponseWriter, r *http.Request) error {
	if err := a.linker.Clear(r.Context(), connector.UserID(r.PathValue("user_id")), linkedBy(r)); err != nil {
		return linkProblem("drop links", err)
	}
	writeJSON(w, http.StatusOK, identity.Links{})
	return nil
}

func (a *api) showLinks(w http.ResponseWriter, r *http.Request) error {
	links, err := a.linker.Get(r.Context(), connector.UserID(r.PathValue("user_id")))
	if err != nil {
		return linkProblem("read links", err)
	}
	writeJSON(w, http.StatusOK, links)
	return nil
}

func linkedBy(r *http.Request) string { return "api:" + infoOf(r.Context()).caller }

// linkProblem words what only a Linker says.
func linkProblem(what string, err error) error {
	var account *identity.AccountError
	switch {
	case errors.As(err, &account):
		return invalid(string(account.Platform), "%s (%s)", accountWords(account.Reason), account.Reason)
	case errors.Is(err, connector.ErrNotFound):
		return problemf(http.StatusNotFound, "the CRM does not know this user")
	}
	return fmt.Errorf("%s: %w", what, err)
}

func accountWords(reason connector.PendingReason) string {
	switch reason {
	case connector.ReasonNoAccount:
		return "there is no such account in the workspace"
	case connector.ReasonGuest:
		return "the account is a guest's"
	case connector.ReasonOtherWorkspace:
		return "the account belongs to another workspace"
	case connector.ReasonAmbiguousAccount, connector.ReasonInvitationRefused, connector.ReasonUnknownUser,
		connector.ReasonRemovalNotAllowed, connector.ReasonRateWait:
	}
	return "nobody can be linked with this account"
}
