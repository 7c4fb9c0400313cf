package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// pollOne is how often a Group is looked at while a person waits.
	pollOne = 200 * time.Millisecond
	// unreadableFor is how long a Group may stay held by an unreadable team
	// before the wait for it ends.
	unreadableFor = 10 * time.Second
	// stillEvery is how often a person who waits is told that it goes on.
	stillEvery = 10 * time.Second
)

const teamUnreadable = "team_unreadable"

// record syncs the Groups of one record.
func (s syncer) record(ctx context.Context, kind, id string) error {
	groups, err := s.client.groupsOf(ctx, kind, id)
	if err != nil {
		return err
	}
	var errs []error
	for _, g := range groups {
		if s.dryRun {
			err = s.previewOne(ctx, g)
		} else {
			err = s.one(ctx, g)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// one syncs one Group, waits, and says what happened.
func (s syncer) one(ctx context.Context, before group) error {
	if why, idle := s.notSynced(before); idle {
		s.say("%s: %s", before.label(), why)
		if before.State == "failed" {
			return errors.New("nothing was synced")
		}
		return nil
	}
	if _, err := s.client.resync(ctx, before.ID, s.rename); err != nil {
		return err
	}
	if s.noWait {
		s.say("%s: queued", before.label())
		return nil
	}
	after, err := s.wait(ctx, before)
	if err != nil {
		return err
	}
	return s.report(before, after)
}

// notSynced reports whether no run would look at a Group, and why.
func (s syncer) notSynced(g group) (why string, idle bool) {
	switch g.State {
	case "failed":
		return fmt.Sprintf("its channel was refused: %s; put that right and use `%s open %s %s`", g.Failure, s.client.command, g.Kind, g.RecordID), true
	case "unmanaged":
		return "its kind is not in ROOMKEEPER_KINDS any more; the channel stays as it is", true
	case "frozen", "closing", "moved", "tombstone":
		return "it is " + g.State + "; the channel stays as it is", true
	}
	return "", false
}

// wait returns the Group once a run has read the CRM after the request, or
// once it is clear that none will for now.
func (s syncer) wait(ctx context.Context, before group) (group, error) {
	began, told := time.Now(), time.Now()
	for {
		if err := pause(ctx, pollOne); err != nil {
			return before, fmt.Errorf("no longer waiting; the sync goes on in the service: %w", err)
		}
		g, err := s.client.group(ctx, before.ID)
		if err != nil {
			return before, err
		}
		_, idle := s.notSynced(g)
		unreadable := g.heldFor(teamUnreadable) && (!before.heldFor(teamUnreadable) || time.Since(began) > unreadableFor)
		if idle || unreadable || readLater(before, g) {
			return g, nil
		}
		if time.Since(told) >= stillEvery {
			told = time.Now()
			s.note("%s: still waiting, %s so far (%s); Ctrl-C stops the waiting only", g.label(), g.State, time.Since(began).Round(time.Second))
		}
	}
}

func readLater(before, after group) bool {
	return after.CRMReadAt != nil && (before.CRMReadAt == nil || after.CRMReadAt.After(*before.CRMReadAt))
}

// report says what a run changed; the error is for the exit code.
func (s syncer) report(before, after group) error {
	for _, line := range differences(before, after) {
		s.say("  %s", line)
	}
	why, idle := s.notSynced(after)
	switch {
	case idle:
		s.say("%s: %s", after.label(), why)
	case after.heldFor(teamUnreadable):
		return fmt.Errorf("%s: the CRM could not be read; nobody was removed, and it is tried again by itself", after.label())
	case after.Held != nil:
		s.say("%s: done; removals are held (%s): %s", after.label(), after.Held.Reason, s.release(after))
	case after.State == "lost":
		return fmt.Errorf("%s: its channel is gone; it is not made again by itself", after.label())
	case after.State == "unreachable":
		return fmt.Errorf("%s: Roomkeeper is not in #%s any more; invite it there", after.label(), after.ChannelName)
	default:
		s.say("%s: done, %s", after.label(), after.State)
	}
	if after.State == "failed" {
		return errors.New("the Group failed")
	}
	return nil
}

func (s syncer) release(g group) string {
	if g.Plan == nil {
		return "they end with a later reading"
	}
	return fmt.Sprintf("plan %[1]s, %[2]d people; `%[3]s sync confirm %[4]s %[5]s` removes them, `%[3]s sync dismiss %[4]s %[5]s` keeps them as added by hand",
		g.Plan.ID, len(g.Plan.Actions), s.client.command, g.Kind, g.RecordID)
}

// differences lists who stands otherwise than before, a line each.
func differences(before, after group) []string {
	was := map[string]member{}
	for _, m := range before.Members {
		was[m.UserID+" "+m.MemberID] = m
	}
	var lines []string
	if before.ChannelName != after.ChannelName {
		lines = append(lines, strings.TrimSpace("channel: #"+after.ChannelName))
	}
	for _, m := range after.Members {
		old := was[m.UserID+" "+m.MemberID]
		if old.Status != m.Status || old.Reason != m.Reason {
			lines = append(lines, fmt.Sprintf("%s: %s", who(m.UserID, m.MemberID), strings.TrimSpace(m.Status+" "+m.Reason)))
		}
	}
	return lines
}

// who names a person by both ids, as far as they are known.
func who(user, member string) string {
	switch {
	case user == "":
		return member
	case member == "":
		return "user " + user
	}
	return "user " + user + " (" + member + ")"
}
