package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// Observation is how old the readings of a platform's channels were when they were
// last planned.
type Observation struct {
	Platform connector.PlatformID `json:"platform"`
	At       time.Time            `json:"at"`
	// Groups counts the channels that are read one by one.
	Groups int `json:"groups"`
	// Oldest is when the channel that was read the longest ago was read; zero: there
	// is none.
	Oldest time.Time `json:"oldest,omitzero"`
	// Takes is how long reading all of them takes with the share that the platform
	// gives to it; 0: no bound is known.
	Takes time.Duration `json:"takes,omitempty"`
	// MaxAge is how old a reading may become, as configured.
	MaxAge time.Duration `json:"max_age"`
}

// TooMany reports whether the platform's rate does not suffice for MaxAge.
func (o Observation) TooMany() bool { return o.Takes > o.MaxAge }

func observationMark(platform connector.PlatformID) string {
	return "drift/observation/" + string(platform)
}

// Observations returns what the last plan of each platform found; none for a
// platform that was not planned yet.
func (d *Drift) Observations(ctx context.Context) ([]Observation, error) {
	var all []Observation
	for platform := range d.Platforms {
		text, err := d.Engine.Marks.Mark(ctx, observationMark(platform))
		if err != nil {
			return nil, fmt.Errorf("read mark: %w", err)
		}
		var o Observation
		if text != "" && json.Unmarshal([]byte(text), &o) == nil {
			all = append(all, o)
		}
	}
	return all, nil
}

// report stores what a plan found, and warns when the rate begins not to suffice.
func (d *Drift) report(ctx context.Context, platform connector.ChatPlatform, c census) error {
	o := Observation{
		Platform: platform.ID, At: d.Clock(), Groups: c.single, Oldest: c.oldest, MaxAge: d.MaxAge,
		Takes: time.Duration(c.single) * platform.Limits.AgedReads.Interval(),
	}
	name := observationMark(platform.ID)
	text, err := d.Engine.Marks.Mark(ctx, name)
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	var before Observation
	_ = json.Unmarshal([]byte(text), &before) // none is one that sufficed
	if o.TooMany() && !before.TooMany() {
		d.Logger.WarnContext(ctx, "channels are read again later than DRIFT_MAX_AGE says: half of the platform's rate does not suffice",
			"platform", platform.ID, "groups", o.Groups, "takes", o.Takes, "drift_max_age", d.MaxAge)
	}
	after, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := d.Engine.Marks.SetMark(ctx, name, string(after)); err != nil {
		return fmt.Errorf("store mark: %w", err)
	}
	return nil
}
