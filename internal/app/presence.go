package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// introduceEvery is how often a platform that was away is asked again who we are.
const introduceEvery = 10 * time.Second

// ErrOtherWorkspace says that the token belongs to another workspace than the
// state.
var ErrOtherWorkspace = errors.New("the token belongs to another workspace than the stored one; use that workspace's token, " +
	"or keep this one's state apart: by another ROOMKEEPER_DATA_DIR, with Redis by another ROOMKEEPER_REDIS_PREFIX")

// presence knows who we are on a platform, once the platform said so.
type presence struct {
	platform  connector.ChatPlatform
	token     tokenSource
	marks     connector.Marks
	bots      *reconcile.Bots
	recoverer *reconcile.Recoverer
	// greet is done once we know who we are; nil: nothing is to do.
	greet func(ctx context.Context) error
	log   *slog.Logger

	mu        sync.RWMutex
	workspace string
}

// Workspace is "" while the platform was not reached.
func (p *presence) Workspace() string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.workspace
}

// introduce asks the platform once, and has the channels there recognised. ErrOtherWorkspace and ErrUnauthorized
// are for the operator; other errors pass.
func (p *presence) introduce(ctx context.Context) error {
	self, err := p.platform.Identity.Whoami(ctx)
	if errors.Is(err, connector.ErrUnauthorized) {
		return fmt.Errorf("%s: %w; %s", p.token.variable, err, p.token.remedy)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.platform.ID, err)
	}
	mark := "workspace/" + string(p.platform.ID)
	stored, err := p.marks.Mark(ctx, mark)
	if err != nil {
		return fmt.Errorf("read workspace: %w", err)
	}
	if stored != "" && stored != self.Workspace {
		return fmt.Errorf("%s: %w", p.platform.ID, ErrOtherWorkspace)
	}
	if stored == "" {
		if err := p.marks.SetMark(ctx, mark, self.Workspace); err != nil {
			return fmt.Errorf("store workspace: %w", err)
		}
	}
	p.bots.Set(p.platform.ID, self.Bot)
	p.mu.Lock()
	p.workspace = self.Workspace
	p.mu.Unlock()
	if err := p.recognise(ctx); err != nil {
		return err
	}
	return p.setUp(ctx)
}

// setUp does what the platform needs at each start. What it refuses for good is
// said, and everything else goes on.
func (p *presence) setUp(ctx context.Context) error {
	if p.greet == nil {
		return nil
	}
	err := p.greet(ctx)
	if err != nil && !connector.ReasonOf(err).Passing() {
		p.log.ErrorContext(ctx, "platform not set up", "platform", p.platform.ID, "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.platform.ID, err)
	}
	return nil
}

// recognise looks once whether the store was lost. That is no reason not to
// start: it is said, and channels are not made until somebody decides.
func (p *presence) recognise(ctx context.Context) error {
	err := p.recoverer.Check(ctx, p.platform.ID)
	if held, ok := errors.AsType[*connector.RecoverError](err); ok {
		p.log.WarnContext(ctx, "no channels are made: "+held.Error(), "platform", p.platform.ID, "channels", held.Channels)
		return nil
	}
	return err
}

// keepIntroducing asks until the platform answered, or until the answer needs
// the operator, which is handed to fatal.
func (p *presence) keepIntroducing(ctx context.Context, fatal func(error)) {
	for {
		if !pause(ctx, introduceEvery) {
			return
		}
		err := p.introduce(ctx)
		switch {
		case err == nil:
			p.log.InfoContext(ctx, "platform reached", "platform", p.platform.ID)
			return
		case needsOperator(err):
			fatal(err)
			return
		}
		p.log.WarnContext(ctx, "platform not reached", "platform", p.platform.ID, "error", err)
	}
}

func needsOperator(err error) bool {
	return errors.Is(err, connector.ErrUnauthorized) || errors.Is(err, ErrOtherWorkspace)
}

// lastOutcome remembers how the last call to somebody went.
type lastOutcome struct {
	mu     sync.RWMutex
	reason connector.Reason
}

func (l *lastOutcome) note(reason connector.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reason = reason
}

// Status is nil unless the last call failed because the other side is away or
// refuses us.
func (l *lastOutcome) Status() error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	switch l.reason {
	case connector.ReasonTemporary, connector.ReasonUnknownOutcome:
		return connector.ErrTemporary
	case connector.ReasonUnauthorized:
		return connector.ErrUnauthorized
	default:
		return nil
	}
}
