package app

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/command"
	"roomkeeper/connector/identity"
	"roomkeeper/connector/reconcile"
	"roomkeeper/connector/tell"
	"roomkeeper/crm/neutral"
)

// services are the parts, connected.
type services struct {
	engine      connector.Engine
	crm         connector.CRM
	policies    connector.Policies
	platformIDs []connector.PlatformID
	acceptor    *reconcile.Acceptor
	opener      *reconcile.Opener
	planner     *reconcile.Planner
	adopter     *reconcile.Adopter
	recoverer   *reconcile.Recoverer
	subscriber  *assistant.Subscriber
	linker      *identity.Linker
	resync      *resync
	workers     *workers
	components  []httpapi.Component
	// admins are where the admins are told, refused which of those refuse.
	admins  tell.Admins
	refused *tell.Refusals
}

// connect makes the services out of the configuration.
func (a *App) connect(o Options) error {
	s := &a.services
	s.engine = a.store.Ports()
	s.policies = policiesOf(o.Config)
	a.metrics = httpapi.NewMetrics(httpapi.MetricsOptions{
		Queue: s.engine.Queue, Groups: s.engine.Groups, DeadLetters: s.engine.DeadLetters,
		Rooms: a.rooms, Clock: o.Clock, Logger: o.Logger,
	})
	if err := a.connectCRM(o); err != nil {
		return err
	}
	bots := &reconcile.Bots{}
	platforms, err := a.connectPlatforms(o, bots)
	if err != nil {
		return err
	}
	a.connectDomain(o, platforms, bots)
	if err := a.connectSignIn(o); err != nil {
		return err
	}
	return a.connectInbound(o, platforms)
}

func (a *App) connectCRM(o Options) error {
	c := o.Config.CRM
	var secrets [][]byte
	for _, text := range c.WebhookSecrets {
		key, err := config.WebhookKey(text.Reveal())
		if err != nil {
			return fmt.Errorf("ROOMKEEPER_CRM_WEBHOOK_SECRET: %w", err)
		}
		secrets = append(secrets, key)
	}
	outcome := &lastOutcome{}
	driver, err := neutral.New(neutral.Options{
		Name: c.Name, Secrets: secrets, URL: c.URL, Token: c.Token.Reveal(), Kinds: a.services.policies,
		Concurrency: c.Concurrency, HTTP: o.Transport, Facts: a.services.engine.Facts, Clock: o.Clock, Logger: o.Logger,
		Observe: func(call, reason string) {
			outcome.note(connector.Reason(reason))
			a.metrics.CRMCall(c.Driver, call, reason)
		},
	})
	if err != nil {
		return err
	}
	a.services.crm = driver
	a.services.components = append(a.services.components, httpapi.Component{Name: "crm", Status: outcome.Status})
	return nil
}

// connectPlatforms makes the adapter of each platform in use.
func (a *App) connectPlatforms(o Options, bots *reconcile.Bots) (map[connector.PlatformID]connector.ChatPlatform, error) {
	platforms := map[connector.PlatformID]connector.ChatPlatform{}
	a.services.recoverer = &reconcile.Recoverer{
		Engine: a.services.engine, CRM: o.Config.CRM.Name, Policies: a.services.policies, Platforms: platforms,
		Clock: o.Clock, Logger: o.Logger,
	}
	for _, id := range o.Config.Chat.Platforms {
		outcome := &lastOutcome{}
		chat, err := chatOf(id, chatOptions{
			Options: o, limiter: a.services.engine.Limiter,
			observe: func(method, reason string) {
				outcome.note(connector.Reason(reason))
				a.metrics.ChatCall(connector.PlatformID(id), method, reason)
			},
		})
		if err != nil {
			return nil, err
		}
		platform := chat.platform
		platforms[platform.ID] = platform
		a.chats = append(a.chats, chat)
		a.services.platformIDs = append(a.services.platformIDs, platform.ID)
		a.services.components = append(a.services.components, httpapi.Component{Name: string(platform.ID), Status: outcome.Status})
		a.presence = append(a.presence, &presence{
			platform: platform, marks: a.services.engine.Marks, bots: bots, recoverer: a.services.recoverer, greet: chat.greet, log: o.Logger,
			token: chat.token,
		})
	}
	return platforms, nil
}

func (a *App) connectDomain(o Options, platforms map[connector.PlatformID]connector.ChatPlatform, bots *reconcile.Bots) {
	s := &a.services
	ignore := map[connector.UserID]bool{}
	for _, id := range o.Config.People.IgnoreUsers {
		ignore[connector.UserID(id)] = true
	}
	types := map[connector.PrincipalType]bool{}
	for _, t := range o.Config.People.Resolve {
		types[connector.PrincipalType(t)] = true
	}
	expander := &reconcile.Expander{CRM: s.crm.Principals, Marks: s.engine.Marks, Clock: o.Clock}
	s.resync = newResync(s.engine, o.Config.Sweep, o.Clock, o.Logger)
	removers := map[connector.PlatformID]bool{
		connector.PlatformID(config.PlatformSlack): o.Config.Slack.UserToken.Reveal() != "",
	}
	setup := reconcile.SetupOf(s.policies, types, ignore, removers)
	s.resync.sweeper = &reconcile.Sweeper{
		Engine: s.engine, CRM: s.crm, Policies: s.policies, Platforms: s.platformIDs,
		Setup: setup, Expander: expander, Replica: rand.Text(), Limit: reconcile.Limit(o.Config.Limits.GlobalRemoval),
		Clock: o.Clock, Logger: o.Logger, Nudge: s.resync.nudge, Due: s.resync.due,
	}
	s.resync.setups = &reconcile.Setups{Sweeper: s.resync.sweeper}
	if s.engine.Shared {
		s.components = append(s.components, httpapi.Component{Name: "replicas", Status: s.resync.setups.Status})
	}
	s.resync.drift = &reconcile.Drift{
		Engine: s.engine, Platforms: platforms, MaxAge: o.Config.Sweep.DriftMaxAge, Clock: o.Clock, Logger: o.Logger,
	}
	s.acceptor = &reconcile.Acceptor{
		Engine: s.engine, Policies: s.policies, Platforms: s.platformIDs, Sweeper: s.resync.sweeper,
		Bots: bots, Clock: o.Clock, Logger: o.Logger,
	}
	resolver := &reconcile.Resolver{
		CRM: s.crm, People: s.engine.People, Platforms: platforms, Policies: s.policies,
		Types: types, Expander: expander, Ignore: ignore, Clock: o.Clock,
	}
	s.opener = &reconcile.Opener{Acceptor: s.acceptor, Resolver: resolver, Recovery: s.recoverer}
	poster := &assistant.Poster{Engine: s.engine, Clock: o.Clock}
	details := &assistant.Details{Poster: poster, Platforms: platforms, Policies: s.policies}
	s.recoverer.Details = details
	reconciler := reconcile.New(reconcile.Options{
		Engine: s.engine, CRM: s.crm, Platforms: platforms, Policies: s.policies, Resolver: resolver,
		Details: details, Recovery: s.recoverer, Setup: setup,
		DriftMaxAge: o.Config.Sweep.DriftMaxAge, Observe: a.metrics.Reconcile, Clock: o.Clock, Logger: o.Logger,
	})
	s.planner = &reconcile.Planner{Reconciler: reconciler}
	s.adopter = &reconcile.Adopter{Reconciler: reconciler}
	s.subscriber = &assistant.Subscriber{Engine: s.engine, Policies: s.policies, Clock: o.Clock}
	s.linker = &identity.Linker{Engine: s.engine, CRM: s.crm, Platforms: platforms, Clock: o.Clock, Logger: o.Logger}
	s.workers = &workers{
		queue: s.engine.Queue,
		lanes: map[connector.Lane]runner{
			connector.LaneGroup:      reconciler,
			connector.LaneDrift:      s.resync.drift,
			connector.LanePrincipals: &reconcile.Spreader{Engine: s.engine, Logger: o.Logger},
			connector.LaneCards: &assistant.Assistant{
				Poster: poster, Platforms: platforms, Policies: s.policies,
				Backoff: reconcile.Backoff, Observe: a.metrics.Card, Logger: o.Logger,
			},
		},
		told: s.resync.sweeper.Told,
		log:  o.Logger,
	}
	a.connectTellings(o, platforms, poster)
}

// connectInbound makes the handlers of what the platforms send.
func (a *App) connectInbound(o Options, platforms map[connector.PlatformID]connector.ChatPlatform) error {
	s := a.services
	hosts := o.Config.People.LinkHosts
	if base, err := url.Parse(o.Config.CRM.URL); err == nil && base.Host != "" {
		hosts = append(hosts, strings.ToLower(base.Host))
	}
	handler := command.New(command.Options{
		Command: o.Config.Chat.Command, CRM: o.Config.CRM.Name, Policies: s.policies, Engine: s.engine,
		Platforms: platforms, Opener: s.opener, Planner: s.planner, Subscriber: s.subscriber, Resolver: s.opener.Resolver,
		Linker: s.linker, SignIns: a.signIns, Enroller: s.planner, Adopter: s.adopter, Finder: s.crm.Finder,
		LinkHosts: hosts, Everyone: o.Config.Chat.Subscribers == config.SubscribersEveryone,
		Status: a.status, Clock: o.Clock, Logger: o.Logger,
	})
	for i, chat := range a.chats {
		in, err := chat.listen(inboundOptions{handler: handler, acceptor: s.acceptor, workspace: a.presence[i].Workspace})
		if err != nil {
			return err
		}
		a.inbound = append(a.inbound, in)
		if chat.watch == nil {
			continue
		}
		watcher, err := chat.watch(s.acceptor)
		if err != nil {
			return err
		}
		a.watchers = append(a.watchers, watcher)
	}
	return nil
}
