package discord

import (
	"slices"
	"strings"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// Codes that something depends on besides their meaning (docs,
// topics/opcodes-and-status-codes: JSON error codes).
const (
	codeUnknownChannel = 10003
	codeUnknownMember  = 10007
	codeUnknownUser    = 10013
	codeChannelsFull   = 30013
	codeThreadFull     = 30033
	codeOldEdits       = 30046
	codeOverwritesFull = 30060
	codeDirectsTooFast = 40003
	codeMissingAccess  = 50001
	codeThreadArchived = 50083
	codeThreadsFull    = 160006
)

// tooManyEdits: not a rate to wait for, although it comes with 429; a new card
// is posted instead.
func tooManyEdits(code int) bool { return code == codeOldEdits }

// translate gives Discord's code, answered by a route, its meaning in the domain;
// nil for a code that is not known. Rate limits are not among the codes here.
func translate(route string, code int, paths []string) error {
	if kind := ofRoute(route, code); kind != nil {
		return kind
	}
	switch code {
	case 10003:
		return connector.ErrChannelGone
	case 10004, 40001:
		return connector.ErrUnauthorized
	case 10007, 10009, 10011, 10013, 10062:
		return connector.ErrNotFound
	case 10008, 30046:
		return connector.ErrMessageGone
	case 20028, 20029, 40333, 130000:
		return connector.ErrTemporary
	case 30005, 30013, 30033, 30060, 30061, 160006, 160007:
		return connector.ErrFull
	case 40060:
		return outbound.ErrDone
	case 50001:
		return missingAccess(route)
	case 50083, 160005:
		return connector.ErrArchived
	case 50035:
		return ofForm(route, paths)
	case 50006, 50109:
		return connector.ErrInvalid
	case 20001, 30003, 50005, 50013, 50007, 50021, 50024, 50025, 50027, 50074, 50278, 60003, 200000, 200001:
		return connector.ErrForbidden
	}
	return nil
}

// ofRoute holds the codes that mean something else elsewhere.
func ofRoute(route string, code int) error {
	switch {
	case route == deleteOverwrite && (code == 10009 || code == 10007 || code == 10013),
		route == deleteThreadMember && (code == 10007 || code == 10013):
		return outbound.ErrDone
	}
	return nil
}

// missingAccess: a channel is hidden from us; a guild that is, we are not in.
func missingAccess(route string) error {
	_, path, _ := strings.Cut(route, " ")
	if strings.HasPrefix(path, "/guilds/") {
		return connector.ErrUnauthorized
	}
	return connector.ErrNotInChannel
}

// ofForm reads which field of a form is not accepted.
func ofForm(route string, paths []string) error {
	about := func(field string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, field+" ") })
	}
	names := route == postChannel || route == postThread || route == patchChannel
	switch {
	case names && about("parent_id"):
		return errCategoryFull
	case names && about("name"):
		return connector.ErrInvalidName
	}
	return connector.ErrInvalid
}
