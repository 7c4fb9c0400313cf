package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"roomkeeper/connector"
)

// markSetup is the Setup of the last start, and when a replica that runs by it was
// last heard of.
const markSetup = "sweep/setup"

// SetupOf covers the configuration that decides who should be in a channel: the kinds
// in use and how each is kept, which principals are expanded, who is ignored, and on which
// platforms another account than the bot's removes people too.
func SetupOf(policies connector.Policies, types map[connector.PrincipalType]bool, ignore map[connector.UserID]bool, removers map[connector.PlatformID]bool) string {
	h := sha256.New()
	// Encoding to a hash cannot fail for these plain types; maps are sorted.
	_ = json.NewEncoder(h).Encode([]any{policies, types, ignore, removers})
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sameSetup reports whether a reading was applied by the configuration as it is now. Of
// one by a version that did not note it, nobody knows another.
func (s *Sweeper) sameSetup(r connector.Reading) bool { return r.Setup == "" || r.Setup == s.Setup }

// Configured asks for a full Sweep when the configuration is another one than at the
// last start; before the first one there is nothing to sweep. Replicas that still run by
// the last one may go on applying it: Setups asks again when they are gone.
func (s *Sweeper) Configured(ctx context.Context) error {
	last, err := s.Engine.Marks.Mark(ctx, markSetup)
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	if setupIn(last) == s.Setup {
		return nil
	}
	if last != "" {
		if err := s.want(ctx); err != nil {
			return err
		}
	}
	if last != "" && s.Engine.Shared {
		// Some may be killed before they noticed that theirs is not the last any more.
		if err := s.setMark(ctx, markOtherSetup, last); err != nil {
			return err
		}
	}
	return s.setMark(ctx, markSetup, s.heard())
}

func (s *Sweeper) setMark(ctx context.Context, name, value string) error {
	if err := s.Engine.Marks.SetMark(ctx, name, value); err != nil {
		return fmt.Errorf("store mark: %w", err)
	}
	return nil
}

// heard says that a replica runs by this Setup now; no two times it says the same.
func (s *Sweeper) heard() string { return s.Setup + " " + s.Clock().UTC().Format(markTime) }

// setupIn is the Setup of such a word, also of one by a version that noted no time.
func setupIn(heard string) string {
	setup, _, _ := strings.Cut(heard, " ")
	return setup
}
