package httpapi

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// groupView is a Group as the public contract shows it.
type groupView struct {
	ID            connector.GroupID    `json:"id"`
	Kind          connector.Kind       `json:"kind"`
	RecordID      string               `json:"record_id"`
	RecordName    string               `json:"record_name"`
	Platform      connector.PlatformID `json:"platform"`
	ChannelID     connector.ChannelID  `json:"channel_id"`
	ChannelName   string               `json:"channel_name"`
	ChannelURL    string               `json:"channel_url"`
	CreatedBy     connector.Origin     `json:"created_by"`
	State         connector.GroupState `json:"state"`
	Failure       string               `json:"failure,omitempty"`
	CRMReadAt     *time.Time           `json:"crm_read_at"`
	ChatReadAt    *time.Time           `json:"chat_read_at"`
	Members       []memberView         `json:"members"`
	Pending       int                  `json:"pending"`
	Unresolved    int                  `json:"unresolved"`
	Held          *heldView            `json:"held"`
	Plan          *planView            `json:"plan"`
	Subscriptions []connector.Topic    `json:"subscriptions"`
	// Name is "contested" while a name that was given by hand stays.
	Name string `json:"name,omitempty"`
}

type memberView struct {
	UserID   connector.UserID        `json:"user_id"`
	MemberID connector.MemberID      `json:"member_id"`
	Status   connector.MemberStatus  `json:"status"`
	Reason   connector.PendingReason `json:"reason"`
	Since    *time.Time              `json:"since"`
	By       string                  `json:"by,omitempty"`
	Why      []pathView              `json:"why"`
}

type pathView struct {
	Via  connector.Via `json:"via"`
	ID   string        `json:"id"`
	Name string        `json:"name"`
}

type heldView struct {
	Reason connector.HoldReason `json:"reason"`
}

type planView struct {
	ID      connector.PlanID      `json:"id"`
	Actions []actionView          `json:"actions"`
	Held    *connector.HoldReason `json:"held"`
	Calls   map[string]int        `json:"calls"`
	// Later and Counted are a dry run's only.
	Later   []laterView `json:"later,omitempty"`
	Counted int         `json:"counted,omitempty"`
}

type actionView struct {
	Action   connector.ActionType `json:"action"`
	UserID   connector.UserID     `json:"user_id"`
	MemberID connector.MemberID   `json:"member_id"`
	Value    string               `json:"value"`
	Why      string               `json:"why"`
}

// laterView is a step that is not taken before a time.
type laterView struct {
	actionView
	At time.Time `json:"at"`
}

// views shows Groups, with what the engine keeps beside them.
func (a *api) views(ctx context.Context, groups []connector.Group) ([]groupView, error) {
	ids := make([]connector.GroupID, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	readings, err := a.engine.Readings.Readings(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read readings: %w", err)
	}
	views := make([]groupView, len(groups))
	for i, g := range groups {
		topics, err := a.subscriber.Effective(ctx, g)
		if err != nil {
			return nil, fmt.Errorf("read subscription: %w", err)
		}
		views[i] = viewOf(g, readings[g.ID], topics)
	}
	return views, nil
}

// view shows one Group.
func (a *api) view(ctx context.Context, g connector.Group) (groupView, error) {
	views, err := a.views(ctx, []connector.Group{g})
	if err != nil {
		return groupView{}, err
	}
	return views[0], nil
}

func viewOf(g connector.Group, reading connector.Reading, topics []connector.Topic) groupView {
	v := groupView{
		ID: g.ID, Kind: g.Record.Kind, RecordID: g.Record.ID, RecordName: g.RecordName,
		Platform: g.Platform, ChannelID: g.Channel.ID, ChannelName: g.Channel.Name, ChannelURL: g.Channel.URL,
		CreatedBy: g.Origin, State: g.State, Failure: g.Failure,
		CRMReadAt: timeOrNull(reading.At), ChatReadAt: timeOrNull(g.ChatReadAt),
		Members: make([]memberView, len(g.Memberships)), Unresolved: g.Unresolved,
		Subscriptions: append([]connector.Topic{}, topics...),
	}
	if g.NameContested {
		v.Name = "contested"
	}
	if v.CreatedBy == "" {
		v.CreatedBy = connector.CreatedByUs
	}
	for i, m := range g.Memberships {
		v.Members[i] = memberOf(m)
		if m.Status == connector.StatusPending {
			v.Pending++
		}
	}
	if g.Held != nil {
		v.Held = &heldView{Reason: g.Held.Reason}
		if g.Held.Plan.ID != "" {
			plan := planOf(g.Held.Plan)
			v.Plan = &plan
		}
	}
	return v
}

func memberOf(m connector.Membership) memberView {
	v := memberView{
		UserID: m.User, MemberID: m.Member, Status: m.Status, Reason: m.Reason,
		Since: timeOrNull(m.Since), By: m.By, Why: make([]pathView, len(m.Why)),
	}
	for i, p := range m.Why {
		v.Why[i] = pathView(p)
	}
	return v
}

func planOf(p connector.Plan) planView {
	v := planView{ID: p.ID, Actions: make([]actionView, len(p.Actions)), Calls: p.Calls, Counted: p.Counted}
	for i, action := range p.Actions {
		v.Actions[i] = actionOf(action)
	}
	for _, later := range p.Later {
		v.Later = append(v.Later, laterView{actionOf(later.Action), later.At.UTC()})
	}
	if p.Held != "" {
		v.Held = &p.Held
	}
	if v.Calls == nil {
		v.Calls = map[string]int{}
	}
	return v
}

func actionOf(a connector.Action) actionView {
	return actionView{Action: a.Type, UserID: a.User, MemberID: a.Member, Value: a.Value, Why: a.Why}
}

// timeOrNull keeps "never" apart from any time.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
