package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"roomkeeper/connector"
)

// markSetup is the Setup of the last start.
const markSetup = "sweep/setup"

// SetupOf covers the configuration that decides who should be in a channel: the kinds
// in use and how each is kept, which principals are expanded, who is ignored.
func SetupOf(policies connector.Policies, types map[connector.PrincipalType]bool, ignore map[connector.UserID]bool) string {
	h := sha256.New()
	// Encoding to a hash cannot fail for these plain types; maps are sorted.
	_ = json.NewEncoder(h).Encode([]any{policies, types, ignore})
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sameSetup reports whether a reading was applied by the configuration as it is now. Of
// one by a version that did not note it, nobody knows another.
func (s *Sweeper) sameSetup(r connector.Reading) bool { return r.Setup == "" || r.Setup == s.Setup }

// Configured asks for a full Sweep when the configuration is another one than at the
// last start; before the first one there is nothing to sweep.
func (s *Sweeper) Configured(ctx context.Context) error {
	last, err := s.Engine.Marks.Mark(ctx, markSetup)
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	if last == s.Setup {
		return nil
	}
	if last != "" {
		if err := s.want(ctx); err != nil {
			return err
		}
	}
	if err := s.Engine.Marks.SetMark(ctx, markSetup, s.Setup); err != nil {
		return fmt.Errorf("store mark: %w", err)
	}
	return nil
}
