package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// Adopter gives Records channels that exist already. What follows is an ordinary
// run: whoever its first whole reading shows was in before us.
type Adopter struct{ *Reconciler }

// adoption is one adoption in the making: the run that would follow it, with the
// Group as it would be stored.
type adoption struct {
	run
	req  connector.AdoptRequest
	view connector.ChannelView
	// stored is the Group as it is; has: it has the channel already. gains: somebody in
	// it would become Owned.
	stored     connector.Group
	has, gains bool
	// seen is who claimed the channel when the adoption began.
	seen connector.GroupID
	// lost is the channel that the Group has and that is gone, if so.
	lost connector.Channel
	// have is a whole reading of the channel, if looked.
	have           connector.Observed
	looked, unread bool
}

// Preview says what adopting would do now. ErrNotFound: the CRM has no such Record.
// *connector.AdoptError and *connector.RecoverError: it cannot be.
func (a *Adopter) Preview(ctx context.Context, req connector.AdoptRequest) (connector.Adoption, error) {
	n, err := a.look(ctx, req)
	if err != nil {
		return connector.Adoption{}, err
	}
	if n.has && !n.gains {
		return n.told(connector.Plan{}), nil
	}
	if !n.looked {
		if err := n.people(ctx); err != nil {
			return connector.Adoption{}, err
		}
	}
	plan, err := n.planned(ctx)
	if err != nil {
		return connector.Adoption{}, err
	}
	return n.told(plan), nil
}

// look checks that the channel can become the Record's, as far as reading tells.
func (a *Adopter) look(ctx context.Context, req connector.AdoptRequest) (*adoption, error) {
	n := &adoption{run: run{Reconciler: a.Reconciler, by: causeAdopt}, req: req}
	if err := n.loadGroup(ctx); err != nil {
		return nil, err
	}
	if !n.has {
		seen, err := claimSeen(ctx, n.Engine, req.Platform, req.Channel)
		if err != nil {
			return nil, err
		}
		n.seen = seen
	}
	if err := n.readRecord(ctx); err != nil {
		return n, err
	}
	if n.has {
		return n, n.seeGains(ctx)
	}
	if err := n.Recovery.Held(ctx, req.Platform); err != nil {
		return nil, err
	}
	if err := n.seeChannel(ctx); err != nil {
		return nil, err
	}
	if err := n.seeLost(ctx); err != nil {
		return nil, err
	}
	n.g = n.tied()
	return n, nil
}

// loadGroup reads the Record's Group, which must not have another channel that is
// not lost.
func (n *adoption) loadGroup(ctx context.Context) error {
	var ok bool
	if n.platform, ok = n.Platforms[n.req.Platform]; !ok {
		return &connector.AdoptError{Reason: connector.AdoptPlatform}
	}
	if n.policy, ok = n.Policies.Kind(string(n.req.Record.Kind)); !ok || n.policy.Kind != n.req.Record.Kind {
		return &connector.AdoptError{Reason: connector.AdoptKindUnused}
	}
	id := connector.GroupIDOf(n.req.Platform, n.req.Record)
	g, err := n.Engine.Groups.Group(ctx, id)
	switch {
	case errors.Is(err, connector.ErrNotFound):
		g = connector.Group{ID: id, Platform: n.req.Platform, Record: n.req.Record, CreatedAt: n.Clock(), Origin: connector.Adopted}
	case err != nil:
		return fmt.Errorf("load group: %w", err)
	case g.State == connector.GroupMoved || g.State == connector.GroupTombstone:
		return &connector.AdoptError{Reason: connector.AdoptRecordIsOver}
	case g.Channel.ID != "" && g.Channel.ID != n.req.Channel && g.State == connector.GroupLost:
		n.lost = g.Channel
	case g.Channel.ID != "" && g.Channel.ID != n.req.Channel:
		return &connector.AdoptError{Reason: connector.AdoptOtherChannel, Channel: g.Channel}
	case g.Channel.ID == "" && g.State != connector.GroupFailed:
		return &connector.AdoptError{Reason: connector.AdoptBeingMade}
	}
	n.g, n.stored, n.has = g, g, g.Channel.ID == n.req.Channel
	return nil
}

// readRecord reads the Record, which must not be over.
func (n *adoption) readRecord(ctx context.Context) (err error) {
	if n.read, err = n.Resolver.Read(ctx, n.req.Record); err != nil {
		return err
	}
	if n.has {
		n.view.Channel = n.g.Channel
		return nil
	}
	if goneRecord(n.read.Record) != "" {
		return &connector.AdoptError{Reason: connector.AdoptRecordIsOver}
	}
	return nil
}

// seeChannel reads the channel, which must be nobody else's. The chat platform is not
// asked about one that another Record has.
func (n *adoption) seeChannel(ctx context.Context) (err error) {
	if n.platform.Adopter == nil {
		return &connector.AdoptError{Reason: connector.AdoptUnfit}
	}
	held, err := n.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: n.req.Platform, Channel: n.req.Channel, Limit: 1})
	if err != nil {
		return fmt.Errorf("find holder: %w", err)
	}
	if len(held.Groups) > 0 {
		return heldBy(held.Groups[0])
	}
	if n.view, err = n.platform.Adopter.View(ctx, n.req.Channel); err != nil {
		return notAdopted("view channel", err)
	}
	if n.view.Archived {
		return &connector.AdoptError{Reason: connector.AdoptArchived}
	}
	if n.view.Shared {
		return &connector.AdoptError{Reason: connector.AdoptShared}
	}
	if key, ours := n.Recovery.recordOf(n.view.Purpose); ours && key != n.req.Record {
		return &connector.AdoptError{Reason: connector.AdoptChannelMarked, Record: key}
	}
	return nil
}

// notAdopted translates what a platform says of a channel.
func notAdopted(what string, err error) error {
	switch {
	case errors.Is(err, connector.ErrChannelGone), errors.Is(err, connector.ErrNotInChannel):
		return &connector.AdoptError{Reason: connector.AdoptNoChannel}
	case errors.Is(err, connector.ErrArchived):
		return &connector.AdoptError{Reason: connector.AdoptArchived}
	case errors.Is(err, connector.ErrForbidden):
		return &connector.AdoptError{Reason: connector.AdoptNotAllowed}
	case errors.Is(err, connector.ErrUnsupported), errors.Is(err, connector.ErrInvalid):
		return &connector.AdoptError{Reason: connector.AdoptUnfit}
	}
	return fmt.Errorf("%s: %w", what, err)
}

func heldBy(g connector.Group) error {
	return &connector.AdoptError{Reason: connector.AdoptOtherRecord, Record: g.Record}
}

// seeLost makes sure that the Group's other channel is still gone.
func (n *adoption) seeLost(ctx context.Context) error {
	if n.lost.ID == "" {
		return nil
	}
	_, err := n.platform.Adopter.View(ctx, n.lost.ID)
	switch reason := notAdopted("view lost channel", err); {
	case errors.Is(err, connector.ErrChannelGone), errors.Is(err, connector.ErrNotInChannel):
		return nil
	case err == nil, errors.As(reason, new(*connector.AdoptError)):
		return &connector.AdoptError{Reason: connector.AdoptOtherChannel, Channel: n.lost}
	default:
		return reason
	}
}

// seeGains finds out whether somebody in the Record's own channel would become Owned.
// Where people join by command nobody looked up who was in by hand: they are looked up
// now, each time that this is asked.
func (n *adoption) seeGains(ctx context.Context) error {
	byHand := func(row connector.Membership) bool { return row.Status == connector.StatusHandAdded }
	onTeam := func(row connector.Membership) bool { return byHand(row) && len(row.Why) > 0 }
	switch {
	case !n.req.Own:
		return nil
	case !n.stored.SelfEnrol:
		n.gains = slices.ContainsFunc(n.stored.Memberships, onTeam)
		n.g.OwnTeam = n.g.OwnTeam || n.gains
		return nil
	case !slices.ContainsFunc(n.stored.Memberships, byHand):
		return nil
	}
	n.g.OwnTeam = true
	if err := n.people(ctx); err != nil {
		return err
	}
	diff, err := n.spare(ctx, n.have)
	if err != nil {
		return err
	}
	n.gains = slices.ContainsFunc(diff.Rows, func(row connector.Membership) bool {
		return row.Owned && isIn(row.Status) && slices.ContainsFunc(n.stored.Memberships, func(before connector.Membership) bool {
			return byHand(before) && before.Member == row.Member
		})
	})
	if !n.gains {
		n.g = n.stored
	}
	return nil
}

// tied is the Group with the channel. Of a topic is only known that somebody may
// have written one: it is read before one is written.
func (n *adoption) tied() connector.Group {
	g := n.stored
	g.Channel, g.Intent, g.Origin, g.State = n.view.Channel, nil, connector.Adopted, connector.GroupActive
	g.Failure, g.Held, g.NameMeant, g.NameBack, g.NameAsked, g.Purposed = "", nil, "", "", "", false
	g.RecordName, g.RecordURL = n.read.Record.Name, n.read.Record.URL
	g.Topic, g.TopicMeant, g.MadeAt = "", g.Record.String(), time.Time{}
	g.Details, g.OwnTeam = connector.DetailsCard{}, n.req.Own
	if n.lost.ID != "" {
		afresh(&g)
		// The card in the lost channel is not taken for one in this.
		g.Details.Generation = n.stored.Details.Generation + 1
	}
	// Whom a creation that failed meant to invite may have been in before us.
	g.Memberships = slices.DeleteFunc(slices.Clone(g.Memberships), func(row connector.Membership) bool { return !row.Enrolled })
	for i := range g.Memberships {
		row := &g.Memberships[i]
		row.Status, row.Owned, row.Seen, row.TriedAt = connector.StatusPending, false, false, n.Clock()
	}
	return g
}

// people reads who is in and who should be. Where people join by command, those who
// are in are looked up only when some of them are to become Owned.
func (n *adoption) people(ctx context.Context) (err error) {
	if n.view.Whole != nil {
		n.have = *n.view.Whole
	} else {
		n.have, err = n.platform.Channels.Observe(ctx, n.req.Channel)
	}
	switch {
	case n.view.Out && (errors.Is(err, connector.ErrNotInChannel) || errors.Is(err, connector.ErrChannelGone)):
		n.unread = true
	case err != nil:
		return notAdopted("read channel", err)
	}
	n.looked = true
	if err := n.resolve(ctx); err != nil || !n.want.SelfEnrol || !n.req.Own {
		return err
	}
	for _, member := range n.have.Members {
		users, err := n.Engine.People.UsersOf(ctx, n.req.Platform, member)
		if err != nil && !errors.Is(err, connector.ErrNotFound) {
			return fmt.Errorf("find users: %w", err)
		}
		for _, id := range users {
			known := func(row connector.Membership) bool { return row.User == id || row.Member == member }
			if i := slices.IndexFunc(n.g.Memberships, known); i >= 0 {
				if row := &n.g.Memberships[i]; row.User == "" {
					row.User = id
				}
			} else {
				n.g.Memberships = append(n.g.Memberships, connector.Membership{
					User: id, Member: member, Status: connector.StatusHandAdded, Since: n.Clock(), By: causeAdopt,
				})
			}
		}
	}
	return n.resolve(ctx)
}

// resolve finds the people of the reading; some may not be looked up yet.
func (n *adoption) resolve(ctx context.Context) (err error) {
	n.want, err = n.Resolver.Resolve(ctx, n.req.Platform, n.read, Known{Rows: n.g.Memberships, SelfEnrol: n.g.SelfEnrol})
	if _, partial := errors.AsType[*PartialError](err); partial {
		return nil
	}
	return err
}

// planned is what the first run would do, and puts its rows into the Group.
func (n *adoption) planned(ctx context.Context) (connector.Plan, error) {
	diff, err := n.spare(ctx, n.have)
	if err != nil {
		return connector.Plan{}, err
	}
	plan := planOf(n.stored, diff)
	if !n.unread {
		topic, err := n.topicPlanned(ctx)
		if err != nil {
			return plan, notAdopted("read topic", err)
		}
		plan.Actions = append(plan.Actions, topic...)
	}
	if n.platform.Calls != nil {
		plan.Calls = n.platform.Calls(plan, len(n.have.Members)+len(plan.Of(connector.ActionAdd)))
	}
	n.g.Memberships = diff.Rows
	n.rememberPersons()
	return plan, nil
}

// told is the adoption as it is shown.
func (n *adoption) told(plan connector.Plan) connector.Adoption {
	shown := connector.Adoption{
		AdoptRequest: n.req, RecordName: n.read.Record.Name, Found: n.view.Channel, Lost: n.lost,
		Done: n.has && !n.gains, Enters: n.view.Out, Unread: n.unread, Public: n.view.Public,
		SelfEnrol: n.want.SelfEnrol, Rows: n.g.Memberships, Plan: plan, Unresolved: n.want.Unresolved,
	}
	shown.Digest = adoptionDigest(shown)
	return shown
}

// adoptionDigest covers what somebody saw and agreed to; times are none of it.
func adoptionDigest(a connector.Adoption) string {
	type standing struct {
		User   connector.UserID
		Member connector.MemberID
		Status connector.MemberStatus
		Owned  bool
	}
	var rows []standing
	for _, row := range a.Rows {
		rows = append(rows, standing{row.User, row.Member, row.Status, row.Owned})
	}
	text, err := json.Marshal([]any{
		a.AdoptRequest, a.Found, a.Lost, a.Done, a.Enters, a.Unread, a.Public, rows, a.Plan.Actions, a.Plan.Held,
	})
	if err != nil {
		panic(err) // plain values of ours
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}
