package main

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// pollAll is how often a Sweep is looked at while a person waits.
const pollAll = 300 * time.Millisecond

// all runs a full Sweep, which looks at every Group.
func (s syncer) all(ctx context.Context) error {
	var sw sweep
	if err := s.client.post(ctx, "sweeps", map[string]bool{"full": true}, &sw); err != nil {
		return err
	}
	if s.noWait {
		s.say("Sweep %s: begun", sw.ID)
		return nil
	}
	bar := newProgress(s.log, time.Now)
	for {
		if err := s.client.get(ctx, "sweeps/"+url.PathEscape(sw.ID), nil, &sw); err != nil {
			bar.end()
			return err
		}
		bar.show(sw.standing())
		switch sw.State {
		case "done":
			bar.end()
			s.say("Sweep %s: %d Groups, %d done, %d failed.", sw.ID, sw.Queued, sw.Done, sw.Failed)
			if sw.Held > 0 {
				s.say("%d removals are held: a Sweep would remove unusually many people over all channels (%d of %d). Compare the teams in the CRM; then confirm or dismiss each Group's plan, or all %d at once with POST /api/v1/sweeps/%s {\"confirm\":true} or {\"dismiss\":true}.",
					sw.Removals, sw.Removals, sw.Owned, sw.Held, sw.ID)
			}
			if sw.Failed > 0 {
				return fmt.Errorf("%d Groups failed; the service's log and GET /api/v1/dead-letters say why, and what can pass is tried again by itself", sw.Failed)
			}
			return nil
		case "failed":
			bar.end()
			return fmt.Errorf("the sweep failed before all was queued, and nothing is concluded from it: %s", sw.Error)
		}
		if err := pause(ctx, pollAll); err != nil {
			bar.end()
			return fmt.Errorf("no longer waiting; the sweep goes on in the service: %w", err)
		}
	}
}

// standing is how far the Sweep is: it does not know how much there is to do
// until it has listed all.
func (sw sweep) standing() standing {
	if sw.State == "listing" {
		return standing{waiting: "Listing …"}
	}
	return standing{ended: sw.Done + sw.Failed, failed: sw.Failed, all: sw.Queued}
}
