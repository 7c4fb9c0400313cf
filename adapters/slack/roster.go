package slack

import (
	"context"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

const (
	listMethod = "users.list"
	// rosterPage is the page size that Slack recommends for users.list.
	rosterPage = 200
	// keepRoster is how long a finished list answers.
	keepRoster = 5 * time.Minute
)

// directory is the workspace's people by e-mail address, as far as they were
// listed. One reader at a time; the others wait for it and use what it read.
type directory struct {
	turn    chan struct{}
	reading *interrupted.List[entry]
	done    bool
	// pages is how many pages the list is known to have at least.
	pages int
	// refused remembers that the workspace does not let us list, until then.
	refused      error
	refusedUntil time.Time
}

// entry is what is kept of a person: no name, nothing of bots.
type entry struct {
	email   string
	account connector.Account
}

func newDirectory() directory { return directory{turn: make(chan struct{}, 1)} }

// enter waits for the turn; release gives it back.
func (d *directory) enter(ctx context.Context) (release func(), err error) {
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fresh drops what is too old and reports whether a finished list is there.
func (d *directory) fresh(now time.Time) bool {
	if d.reading != nil {
		limit := interrupted.KeepFor
		if d.done {
			limit = keepRoster
		}
		if now.Sub(d.reading.Began) > limit {
			d.reading, d.done = nil, false
		}
	}
	if d.reading == nil {
		d.reading = &interrupted.List[entry]{Began: now}
	}
	return d.done
}

// worth reports whether reading on, after read pages, can cost fewer calls
// than asking for the addresses that are left.
func (d *directory) worth(read, left int) bool {
	return read < left && max(1, d.pages-d.reading.Pages) < left
}

// listWhileCheaper reads the list of people while that can be the cheaper way
// for the addresses that are left. whole: the list is finished.
func (a *Adapter) listWhileCheaper(ctx context.Context, me identity, left int) (whole bool, err error) {
	d := &a.people
	now := a.now()
	if d.fresh(now) {
		return true, nil
	}
	if d.refused != nil && now.Before(d.refusedUntil) {
		return false, d.refused
	}
	d.refused = nil
	for read := 0; d.worth(read, left); read++ {
		next, err := a.listPage(ctx, me)
		if err != nil {
			return false, d.fail(err, now)
		}
		d.pages = max(d.pages, d.reading.Pages+1)
		if next == "" {
			d.pages, d.done = d.reading.Pages, true
			return true, d.checkEmails(now)
		}
	}
	return false, nil
}

// listPage takes one more page in. What was read of a list whose cursor is
// lost is dropped.
func (a *Adapter) listPage(ctx context.Context, me identity) (next string, err error) {
	reading := a.people.reading
	page, err := a.api.GetUsersPaginated(
		slackapi.GetUsersOptionLimit(rosterPage), slackapi.GetUsersOptionCursor(reading.Cursor),
		slackapi.GetUsersOptionTeamID(me.Workspace), slackapi.GetUsersOptionIncludeLocale(false),
	).Next(ctx)
	if err != nil {
		return "", failed(listMethod, err)
	}
	entries := make([]entry, 0, len(page.Users))
	for _, u := range page.Users {
		account := standing(me, u)
		if account.Reason == connector.ReasonNoAccount {
			continue
		}
		entries = append(entries, entry{strings.ToLower(strings.TrimSpace(u.Profile.Email)), account})
	}
	if err := reading.Add(entries, page.Cursor); err != nil {
		a.people.reading = nil
		return "", failed(listMethod, err)
	}
	return page.Cursor, nil
}

func (d *directory) fail(err error, now time.Time) error {
	if !interrupted.Passing(err) {
		d.reading, d.done = &interrupted.List[entry]{Began: now}, false
	}
	if refused(err) {
		d.refused, d.refusedUntil = err, now.Add(keepRoster)
	}
	return err
}

// checkEmails refuses a list of people without a single address: that is a
// missing users:read.email, not a workspace in which nobody has an account.
func (d *directory) checkEmails(now time.Time) error {
	for _, e := range d.reading.Items {
		if e.email != "" {
			return nil
		}
	}
	if len(d.reading.Items) == 0 {
		return nil
	}
	return d.fail(failed(listMethod, &apiError{code: "no_addresses", needed: "users:read.email", kind: connector.ErrUnsupported}), now)
}

// accounts answers from what was listed. Only a whole list can say that there
// is no account, or find a second one.
func (d *directory) accounts(emails []string, whole bool) map[string]connector.Account {
	if d.reading == nil || whole && !d.done {
		return nil
	}
	wanted := make(map[string][]connector.Account, len(emails))
	for _, email := range emails {
		wanted[email] = nil
	}
	for _, e := range d.reading.Items {
		if found, ok := wanted[e.email]; ok {
			wanted[e.email] = append(found, e.account)
		}
	}
	answers := map[string]connector.Account{}
	for email, found := range wanted {
		if account, ok := choose(found); ok || whole {
			answers[email] = account
		}
	}
	return answers
}

// choose reduces the accounts of one address: the full one, if there is
// exactly one. false: none is full.
func choose(found []connector.Account) (connector.Account, bool) {
	answer := connector.Account{Reason: connector.ReasonNoAccount}
	for _, account := range found {
		switch {
		case account.Member == "":
			if answer.Member == "" && answer.Reason == connector.ReasonNoAccount {
				answer = account
			}
		case answer.Member != "" && answer.Member != account.Member:
			return connector.Account{Reason: connector.ReasonAmbiguousAccount}, true
		default:
			answer = account
		}
	}
	return answer, answer.Member != ""
}
