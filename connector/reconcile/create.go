package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"roomkeeper/connector"
)

// maxSuffixes bounds how many names are tried for one channel.
const maxSuffixes = 20

// create makes the channel, once. Where names are unique the name is the
// marker: it is reserved and stored before the call, and whoever comes back
// after a crash or a lost answer finds the channel by it.
//
// There, unlike a post, the call is not bound to the time of its intent, because
// nobody concludes from time that it can no longer take effect. A worker that is
// late with it finds the name taken, and by it the same channel; what it then
// means to store loses the compare-and-swap. Only where that channel has another
// name by now is a second one made, and it stays empty and nobody's: nothing is
// done with a channel before the Group is saved with it.
//
// Where names are not unique, see send.
func (n *run) create(ctx context.Context) error {
	if why := goneRecord(n.read.Record); why != "" {
		return n.refuse(ctx, why)
	}
	if _, err := n.compare(ctx, connector.Observed{}, false); err != nil {
		return err
	}
	if err := n.somebodyToInvite(ctx); err != nil {
		return err
	}
	for {
		if err := n.intend(ctx); err != nil {
			return err
		}
		made, err := n.send(ctx)
		if err == nil {
			err = n.claimMade(ctx, made.ID)
		}
		switch {
		case err == nil:
			return n.settleChannel(ctx, made)
		case errors.Is(err, errElsewhere):
			if err := n.nextName(ctx); err != nil {
				return err
			}
		case errors.Is(err, connector.ErrInvalidName):
			if err := n.anotherName(ctx); err != nil {
				return err
			}
		case errors.Is(err, connector.ErrFull):
			return n.refuse(ctx, "the workspace has no room for another channel: "+err.Error())
		case errors.Is(err, connector.ErrForbidden), errors.Is(err, connector.ErrUnsupported):
			return n.refuse(ctx, "the workspace does not let Roomkeeper create channels: "+err.Error())
		default:
			return fmt.Errorf("create channel: %w", err)
		}
	}
}

// goneRecord says why a Record gets no channel any more, "" when it may.
func goneRecord(r connector.Record) string {
	switch {
	case r.MergedInto != nil:
		return "the record was merged into " + r.MergedInto.ID
	case r.State == connector.RecordDeleted:
		return "the record is deleted in the CRM"
	}
	return ""
}

// somebodyToInvite refuses a channel that nobody could be invited to.
func (n *run) somebodyToInvite(ctx context.Context) error {
	var missing []string
	for _, w := range n.want.Wanted {
		if w.Member != "" && w.trust != trustWaits {
			return nil
		}
		missing = append(missing, fmt.Sprintf("%s (%s)", w.User.Name, w.Reason))
	}
	if n.partial != nil {
		return n.partial
	}
	switch {
	case n.want.SelfEnrol && n.want.Listed > len(missing):
		return nil // they may join
	case len(missing) == 0 && n.want.Unresolved > 0:
		return n.refuse(ctx, "nobody is on the team who could be found: the CRM does not say who is behind its entries, or they are not resolved")
	case len(missing) == 0:
		return n.refuse(ctx, "nobody is on the team")
	}
	return n.refuse(ctx, "nobody on the team has an account: "+strings.Join(missing, ", "))
}

// intend stores the name that is about to be used; a stored one is kept.
func (n *run) intend(ctx context.Context) error {
	alphabet, err := n.alphabet(ctx)
	if err != nil {
		return err
	}
	for n.g.Intent == nil || n.g.Intent.Name == "" {
		if n.g.Intent == nil {
			n.g.Intent = &connector.Intent{}
		}
		name := n.nameOf(alphabet, n.g.Intent.Attempt)
		holder, err := n.Engine.Names.Reserve(ctx, n.g.Platform, name, n.g.ID)
		if err != nil {
			return fmt.Errorf("reserve name: %w", err)
		}
		if holder != n.g.ID {
			n.g.Intent.Attempt++
			continue
		}
		n.g.Intent.Name, n.g.Intent.At = name, n.Clock()
		n.g.RecordName = n.read.Record.Name
		if err := n.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (n *run) nameOf(alphabet connector.Alphabet, attempt int) string {
	template := n.policy.NameTemplate
	if n.g.Intent != nil && n.g.Intent.Plain {
		template = "{kind}-{id}"
	}
	return connector.ChannelName(template, n.read.Record, alphabet, n.platform.Limits.NameLength, attempt)
}

// findOwn looks for the channel that an earlier try of this creation made: by our
// bot, not older than the intent, of this name or, where names are not unique, with the
// Record's key, and held by no other Group. One that carries the Record's key is the Record's at any age:
// a store that was lost makes no second channel. ErrNotFound: the name is
// somebody else's.
func (n *run) findOwn(ctx context.Context) (connector.Channel, error) {
	channel, err := n.platform.Channels.Find(ctx, n.g.Intent.Name, n.purpose(), n.g.Intent.At)
	if err != nil {
		return channel, fmt.Errorf("find channel: %w", err)
	}
	held, err := n.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: n.g.Platform, Channel: channel.ID, Limit: 1})
	if err != nil {
		return channel, fmt.Errorf("find holder: %w", err)
	}
	if len(held.Groups) > 0 {
		return channel, fmt.Errorf("held by another group: %w", connector.ErrNotFound)
	}
	return channel, nil
}

// claimMade claims a channel that was made or found. One that somebody gave to
// another Record at the same moment is that one's; it gives way to no claim, since
// nobody else makes the channel.
func (n *run) claimMade(ctx context.Context, channel connector.ChannelID) error {
	seen, err := claimSeen(ctx, n.Engine, n.g.Platform, channel)
	if err != nil {
		return err
	}
	_, err = claimChannel(ctx, n.Engine, &n.g, channel, seen)
	if _, held := errors.AsType[*connector.AdoptError](err); held {
		return fmt.Errorf("held by another group: %w", connector.ErrNotFound)
	}
	return err
}

// nextName gives up a name that somebody else has and goes on to the next suffix.
func (n *run) nextName(ctx context.Context) error {
	taken := n.g.Intent.Name
	if n.g.Intent.Attempt >= maxSuffixes {
		n.g.Intent = nil
		return n.refuse(ctx, fmt.Sprintf("every name up to %q is taken", taken))
	}
	n.g.Intent = &connector.Intent{Attempt: n.g.Intent.Attempt + 1, Plain: n.g.Intent.Plain}
	if err := n.save(ctx); err != nil {
		return err
	}
	return n.release(ctx, taken)
}

// anotherName gives up a name that the platform does not take. Where its letters may be
// why, it is remembered that the workspace takes only ASCII; else the channel is called
// by the Record's kind and id, the last that is tried.
func (n *run) anotherName(ctx context.Context) error {
	refused := n.g.Intent.Name
	next := connector.Intent{Plain: n.g.Intent.Plain}
	switch {
	case !plainASCII(refused):
		if err := n.onlyASCII(ctx); err != nil {
			return err
		}
	case next.Plain:
		n.g.Intent = nil
		return n.refuse(ctx, fmt.Sprintf("the platform does not accept the channel name %q", refused))
	default:
		next.Plain = true
	}
	n.g.Intent = &next
	if err := n.save(ctx); err != nil {
		return err
	}
	return n.release(ctx, refused)
}

func plainASCII(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII })
}

func (n *run) release(ctx context.Context, name string) error {
	return release(ctx, n.Engine, n.g, name)
}

// release frees a name that a Group has reserved.
func release(ctx context.Context, engine connector.Engine, g connector.Group, name string) error {
	if err := engine.Names.Release(ctx, g.Platform, name, g.ID); err != nil {
		return fmt.Errorf("release name: %w", err)
	}
	return nil
}

func (n *run) alphabet(ctx context.Context) (connector.Alphabet, error) {
	mark, err := n.Engine.Marks.Mark(ctx, alphabetMark(n.g.Platform))
	if err != nil {
		return "", fmt.Errorf("read alphabet: %w", err)
	}
	if mark == "" {
		return connector.AlphabetAny, nil
	}
	return connector.Alphabet(mark), nil
}

func (n *run) onlyASCII(ctx context.Context) error {
	if err := n.Engine.Marks.SetMark(ctx, alphabetMark(n.g.Platform), string(connector.AlphabetASCII)); err != nil {
		return fmt.Errorf("remember alphabet: %w", err)
	}
	return nil
}

func alphabetMark(platform connector.PlatformID) string { return "alphabet/" + string(platform) }

// settleChannel makes a channel the Group's. The Group stays creating until
// its first members are in.
func (n *run) settleChannel(ctx context.Context, made creation) error {
	if err := n.takeName(ctx, made.Name, n.g.Intent.Name); err != nil {
		return err
	}
	n.g.Channel, n.g.Intent, n.g.Origin = made.Channel, nil, connector.CreatedByUs
	n.g.Failure = ""
	if made.now {
		n.g.MadeAt = n.Clock()
	}
	switch {
	case made.now && made.Whole != nil:
		n.seenMade(*made.Whole)
	case made.now && !made.Members:
		// What was just made holds nobody but us: that is a whole reading.
		n.g.ChatReadAt = n.Clock()
	}
	n.g.Purposed = made.Purpose
	switch {
	case made.Topic:
		n.g.Topic, n.g.TopicMeant = n.wantedTopic(), ""
	case made.now:
		n.g.TopicMeant = ""
	}
	if err := n.save(ctx); err != nil {
		return err
	}
	n.warnOfRooms(ctx)
	return nil
}

// madeWithin is how old the answer to a creation may be to be a reading. What happens
// before the channel is the Group's, no event is taken for: nobody's hand is as quick.
const madeWithin = 2 * time.Second

// seenMade takes the answer to a creation for the whole reading that it is, where it
// shows just those who are to be in; of anything else a reading that follows tells.
func (n *run) seenMade(have connector.Observed) {
	n.verify(have)
	if sameMembers(believed(n.g).Members, have.Members) && n.Clock().Sub(have.At) < madeWithin {
		n.g.ChatReadAt = have.At
	}
}

// takeName reserves the name that the platform gave a channel in place of the one that
// was asked for. The one that it gave is the truth; the other stays reserved, for it
// would become the same again. Another Group may have it where names are not unique.
func (n *run) takeName(ctx context.Context, got, asked string) error {
	n.g.NameAsked = ""
	if got == asked {
		return nil
	}
	n.g.NameAsked = asked
	if _, err := n.Engine.Names.Reserve(ctx, n.g.Platform, got, n.g.ID); err != nil {
		return fmt.Errorf("reserve name: %w", err)
	}
	return nil
}

// refuse ends a creation for good. The dead letter has the same id each time,
// so that a crash between the two steps neither loses nor doubles it. An
// intent stays: a channel may have come of it, to be found when asked again.
func (n *run) refuse(ctx context.Context, why string) error {
	letter := connector.DeadLetter{
		ID: "group-" + string(n.g.ID), At: n.Clock(), Group: n.g.ID, Record: n.g.Record, Platform: n.g.Platform,
		What: "group", Reason: why, Attempts: 1,
	}
	if err := n.Engine.Outbox.Settle(ctx, n.g.ID, 0, nil, &letter); err != nil {
		return fmt.Errorf("store refusal: %w", err)
	}
	n.Logger.WarnContext(ctx, "channel not created", "group", n.g.ID, "kind", n.g.Record.Kind)
	n.g.State, n.g.Failure, n.g.Held = connector.GroupFailed, why, nil
	if err := n.save(ctx); err != nil {
		return err
	}
	return errors.Join(errRefused, n.queueCards(ctx))
}

// errRefused ends a run whose creation was refused.
var errRefused = errors.New("creation refused")

// queueCards lets the cards that waited for the channel go.
func (n *run) queueCards(ctx context.Context) error {
	cards := connector.Job{Key: connector.JobKey{Lane: connector.LaneCards, Group: n.g.ID}}
	if err := n.Engine.Queue.Add(ctx, cards); err != nil {
		return fmt.Errorf("queue cards: %w", err)
	}
	return nil
}
