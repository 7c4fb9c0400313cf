package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// GroupStatus is what the record page knows about the record's Group.
type GroupStatus struct {
	// State is the Group's state, `requested` before the connector knows it,
	// or empty when there is none.
	State       string     `json:"state"`
	ChannelID   string     `json:"channel_id,omitempty"`
	ChannelName string     `json:"channel_name,omitempty"`
	ChannelURL  string     `json:"channel_url,omitempty"`
	Platform    string     `json:"platform,omitempty"`
	Pending     int        `json:"pending"`
	Unresolved  int        `json:"unresolved"`
	CRMReadAt   string     `json:"crm_read_at,omitempty"`
	ChatReadAt  string     `json:"chat_read_at,omitempty"`
	Held        *HeldGroup `json:"held,omitempty"`
	// Members are the people that the connector knows of, in or not.
	Members []GroupMember `json:"members,omitempty"`
	// Subscriptions are passed on as the connector gives them.
	Subscriptions []json.RawMessage `json:"subscriptions,omitempty"`
	// Waiting is true while the page asks the connector again and again.
	Waiting bool `json:"waiting"`
	// Failure is the connector's own word on a Group that failed.
	Failure string `json:"failure,omitempty"`
	// Message says what went wrong, for a person; empty: nothing.
	Message string `json:"message,omitempty"`
}

// HeldGroup says why nobody is removed from the channel at present.
type HeldGroup struct {
	Reason string `json:"reason"`
}

// GroupMember is a person in the connector's account of a Group.
type GroupMember struct {
	UserID   string `json:"user_id"`
	MemberID string `json:"member_id"`
	Status   string `json:"status"`
	Reason   string `json:"reason"`
}

// buttonPatience is how long the page waits for a channel.
const buttonPatience = 2 * time.Minute

// PressButton is the [Account Group] button: it sends `channel.requested` for
// the actor and asks the connector until the channel's link shows. platform
// may be empty.
func (w *World) PressButton(ref Ref, platform, actor string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(ref)
	if err != nil {
		return err
	}
	if u, ok := w.data.users[actor]; !ok || !u.Active {
		return fmt.Errorf("active user %q: %w", actor, ErrNotFound)
	}
	data := w.about(r, actor, nil)
	data.Platform = platform
	w.emit("channel.requested", data)
	status := w.groups[ref]
	if status.ChannelURL == "" {
		status.State = "requested"
	}
	status.Waiting, status.Message = true, ""
	w.groups[ref] = status
	if !w.watching[ref] && w.ctx.Err() == nil {
		w.watching[ref] = true
		w.done.Go(func() { w.watchGroup(ref, platform) })
	}
	w.changed()
	return nil
}

// watchGroup polls the connector until the Group has a link or has failed.
func (w *World) watchGroup(ref Ref, platform string) {
	ctx, cancel := context.WithTimeout(w.ctx, buttonPatience)
	defer cancel()
	ticker := time.NewTicker(w.cfg.PollWait)
	defer ticker.Stop()
	for {
		status, err := w.askConnector(ctx, ref, platform)
		settled := err == nil && (status.ChannelURL != "" || status.State == "failed")
		late := ctx.Err() != nil
		if err != nil {
			status = w.Group(ref)
			status.Message = "The connector cannot be reached."
		}
		if late && !settled {
			status.Message = "The channel is not there yet. Press the button again."
		}
		status.Waiting = !settled && !late
		if status.State == "" {
			status.State = "requested"
		}
		w.mu.Lock()
		w.storeGroup(ref, status)
		if !status.Waiting {
			delete(w.watching, ref)
		}
		w.mu.Unlock()
		if !status.Waiting {
			return
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// storeGroup keeps a status and tells the watchers if it is new; the caller
// holds w.mu.
func (w *World) storeGroup(ref Ref, status GroupStatus) {
	old, had := w.groups[ref]
	same := had && sameJSON(old, status)
	w.groups[ref] = status
	if !same {
		w.changed()
	}
}

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// Group returns the last known state of a record's Group; zero: none known.
func (w *World) Group(ref Ref) GroupStatus {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.groups[ref]
}

// RefreshGroup asks the connector once for the state of a record's Group. An
// error leaves the last known state.
func (w *World) RefreshGroup(ctx context.Context, ref Ref) (GroupStatus, error) {
	status, err := w.askConnector(ctx, ref, "")
	if err != nil {
		return w.Group(ref), err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watching[ref] {
		return w.groups[ref], nil
	}
	if old := w.groups[ref]; status.State == "" {
		status.Message = old.Message
	}
	w.storeGroup(ref, status)
	return status, nil
}

// askConnector reads GET /api/v1/groups; no Group gives a zero status.
func (w *World) askConnector(ctx context.Context, ref Ref, platform string) (GroupStatus, error) {
	w.mu.Lock()
	base, token := w.cfg.ConnectorURL, w.cfg.APIToken
	w.mu.Unlock()
	if base == "" {
		return GroupStatus{}, fmt.Errorf("crm sandbox: no connector configured")
	}
	q := url.Values{"kind": {ref.Kind}, "id": {ref.ID}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/v1/groups?"+q.Encode(), nil)
	if err != nil {
		return GroupStatus{}, fmt.Errorf("crm sandbox: connector's address: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := w.client.Do(req)
	if err != nil {
		return GroupStatus{}, fmt.Errorf("crm sandbox: ask the connector: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing to do about it
	if resp.StatusCode != http.StatusOK {
		return GroupStatus{}, fmt.Errorf("crm sandbox: ask the connector: status %d", resp.StatusCode)
	}
	var list struct {
		Items []GroupStatus `json:"items"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 4<<20)).Decode(&list); err != nil {
		return GroupStatus{}, fmt.Errorf("crm sandbox: the connector's answer: %w", err)
	}
	for _, g := range list.Items {
		if platform == "" || g.Platform == platform {
			return g, nil
		}
	}
	return GroupStatus{}, nil
}
