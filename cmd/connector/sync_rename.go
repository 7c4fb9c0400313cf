package main

import (
	"context"
	"net/url"
)

// renameAll asks that every channel be named by its kind's template as it is now.
// Platforms allow few renames: nobody waits for them.
func (s syncer) renameAll(ctx context.Context) error {
	asked := 0
	err := s.client.eachGroup(ctx, url.Values{}, func(g group) error {
		if _, idle := s.notSynced(g); idle {
			return nil
		}
		if _, err := s.client.resync(ctx, g.ID, true); err != nil {
			return err
		}
		asked++
		return nil
	})
	s.say("%s by and by, as the platforms' rates allow.", count(asked, "channel gets its name", "channels get their names"))
	return err
}
